"""Ours and PEFT's own module: the same text, for ordinary adapters and for those that begin at their invocation.

In float32 on tiny models greedy decoding is token-identical. In 4 bits and bfloat16 teacher-forced logits agree within
`TOLERANCE` of their range, and the likeliest token is another only where PEFT's two best are closer than that: PEFT
keeps A and B in float32, we in bfloat16 and the base in another layout. With the starter the gap was 0.017 to 0.024.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engine import load_engine, packing, reading
from assistant.engine.activation import BARE_BASE, activate, last_occurrence
from assistant.engine.answer import Answer
from assistant.engine.slots import PlacedAdapter
from assistant.generation import ChatMessage, GenerationConfig, never_stop
from tests.assistant.test_engine_batch import alone, prompt, said, tiny_engine, together, yield_from
from tests.tiny_adapters import make_adapter, peft_model

TOLERANCE = 0.04
NEW_TOKENS = 16
TALK = [
    ChatMessage("system", "Answer about: light water sugar leaf green plant"),
    ChatMessage("user", "why? " * 30),
]


def header(engine) -> list[int]:
    """What every answer begins with in this chat template."""
    return engine.tokenizer.encode("<|im_start|>assistant\n", add_special_tokens=False)


CHANGES = {
    "lora": {},
    "alpha-pattern": {"alpha_pattern": {"q_proj": 12, "layers.0.mlp.up_proj": 1}},
    "rank-pattern": {"rank_pattern": {"v_proj": 2, "model.layers.1.mlp.down_proj": 8}},
    "rank-stabilized": {"use_rslora": True, "lora_alpha": 6},
    "alora": {"alora_invocation_tokens": "header"},
    "alora-with-patterns": {
        "alora_invocation_tokens": "header",
        "rank_pattern": {"v_proj": 2},
        "alpha_pattern": {"q_proj": 12},
        "use_rslora": True,
    },
    "alora-not-invoked": {"alora_invocation_tokens": [7, 7, 7, 7, 7]},
}


def adapter(engine, directory, kind: str, **options):
    change = dict(CHANGES[kind])
    if change.get("alora_invocation_tokens") == "header":
        change["alora_invocation_tokens"] = header(engine)
    return make_adapter(engine, directory, change=change, **options)


def answer_tokens(engine, messages) -> list[int]:
    answer = engine._begin(messages, GenerationConfig(max_new_tokens=NEW_TOKENS), engine._selected)
    list(engine._stream(answer, never_stop))
    return answer.generated


def peft_tokens(engine, peft, messages) -> list[int]:
    ids = torch.tensor([engine.encode_prompt(messages)])
    with torch.inference_mode():
        out = peft.generate(input_ids=ids, max_new_tokens=NEW_TOKENS, do_sample=False, use_cache=True)
    generated = out[0, ids.shape[1] :].tolist()
    ends = [place for place, token in enumerate(generated) if token in engine._stop_tokens]
    return generated[: ends[0]] if ends else generated


@pytest.mark.parametrize("kind", CHANGES)
def test_in_float32_greedy_answers_are_token_identical_to_pefts(tiny_kept, tmp_path, kind):
    engine = tiny_engine(tiny_kept)
    directory = adapter(engine, tmp_path / "bio", kind, size=0.2)
    peft = peft_model(tiny_engine(tiny_kept).model, directory)
    bare = answer_tokens(engine, TALK)
    engine.use_adapter(directory)
    ours = answer_tokens(engine, TALK)
    assert ours == peft_tokens(engine, peft, TALK)
    assert (ours == bare) == (kind == "alora-not-invoked")


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_the_second_turn_too_although_the_first_was_written_with_the_adapter(tiny_kept, tmp_path, kind):
    """An earlier answer stands before the last invocation, so it is read with the bare base, as PEFT reads it."""
    engine = tiny_engine(tiny_kept)
    directory = adapter(engine, tmp_path / "bio", kind, size=0.2)
    peft = peft_model(tiny_engine(tiny_kept).model, directory)
    engine.use_adapter(directory)
    talk = list(TALK)
    for question in ("how?", "when?"):
        said_before = engine.tokenizer.decode(answer_tokens(engine, talk), skip_special_tokens=True)
        talk += [ChatMessage("assistant", said_before), ChatMessage("user", question)]
        assert answer_tokens(engine, talk) == peft_tokens(engine, peft, talk)


@pytest.mark.parametrize(("kind", "config"), [("qwen3", {}), ("gemma3_text", {"sliding_window": 24})])
def test_other_families_with_an_activated_adapter(tiny_kept, tmp_path, kind, config):
    engine = tiny_engine(tiny_kept, kind, **config)
    directory = adapter(engine, tmp_path / "bio", "alora", size=0.2)
    peft = peft_model(tiny_engine(tiny_kept, kind, **config).model, directory)
    engine.use_adapter(directory)
    assert answer_tokens(engine, TALK) == peft_tokens(engine, peft, TALK)


def test_an_invocation_in_the_middle_of_the_question(tiny_kept, tmp_path):
    """The prompt is cut there, wherever the chunks would end."""
    engine = tiny_engine(tiny_kept)
    talk = [ChatMessage("user", "light water " * 150 + "green leaf" + " sugar" * 20)]
    ids = engine.encode_prompt(talk)
    invocation = ids[-45:-42]
    assert last_occurrence(invocation, ids) not in (None, 0)
    directory = make_adapter(engine, tmp_path / "bio", size=0.2, change={"alora_invocation_tokens": invocation})
    peft = peft_model(tiny_engine(tiny_kept).model, directory)
    engine.use_adapter(directory)
    assert answer_tokens(engine, talk) == peft_tokens(engine, peft, talk)


# --- 4 bits ----------------------------------------------------------------------------------------------------

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=[pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")],
    ),
]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", ["lora", "rank-pattern", "rank-stabilized", "alora"])
def test_in_four_bits_teacher_forced_logits_agree_within_the_tolerance(tiny_kept, tmp_path, kind, device):
    assert largest_gap(tiny_kept, tmp_path, kind, device) < TOLERANCE


@pytest.mark.starter
@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_the_starters_logits_agree_with_pefts(starter_home, monkeypatch, tmp_path, kind):
    from assistant.weights.store import read_manifest

    monkeypatch.setenv("SUNTO_HOME", str(starter_home))
    manifest = read_manifest("starter")
    assert manifest is not None
    assert largest_gap(manifest.model, tmp_path, kind, "cpu", size=0.05) < TOLERANCE


def largest_gap(kept, folder, kind: str, device: str, **options) -> float:
    """Between our teacher-forced logits and PEFT's, as a part of their range.

    Fails where another token is the likeliest although PEFT's two best are further apart than the tolerance.
    """
    engine, reference = load_engine(kept, device), load_engine(kept, device)
    directory = adapter(engine, folder / "bio", kind, **options)
    packing.unpack(reference.model)
    peft = peft_model(reference.model, directory)
    engine.use_adapter(directory)
    assert engine.is_invoked()
    ids, forced = engine.encode_prompt(TALK), engine.tokenizer.encode("light water green leaf plant")
    with torch.inference_mode():
        whole = peft(input_ids=torch.tensor([ids + forced], device=device)).logits[0, len(ids) - 1 :].float()
    spread = whole.max() - whole.min()

    def gaps(slot) -> list[float]:
        ours = [read(engine, ids), *(engine.reader.forward([token], slot) for token in forced)]
        for logits, expected in zip(ours, whole, strict=True):
            best, second = expected.topk(2).values
            if engine.adapter and best - second > TOLERANCE * spread:
                assert logits.argmax() == expected.argmax()
        return [float((logits - expected).abs().max() / spread) for logits, expected in zip(ours, whole, strict=True)]

    found = max(gaps(engine._selected.slot))
    engine.select(None)
    assert min(gaps(None)) > 1.5 * TOLERANCE, "the test needs an adapter that does something"
    return found


def read(engine, ids):
    """The logits after the prompt."""
    answer = Answer(
        ids, GenerationConfig(), engine.tokenizer, frozenset(), engine.device, activate(engine._selected, ids)
    )
    return yield_from(engine.reader.read(answer))


# --- several at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "config"), [("llama", {}), ("qwen3", {}), ("gemma3_text", {"sliding_window": 24})])
def test_a_queue_of_different_adapters_gives_the_texts_of_one_by_one(tiny_kept, tmp_path, family, config):
    from assistant.engine.adapter_files import read_adapter

    engine = tiny_engine(tiny_kept, family, **config)
    kinds = {"law": "lora", "bio": "alora", "art": "rank-pattern", "music": "alora-not-invoked"}
    placed = {
        name: engine.place(read_adapter(adapter(engine, tmp_path / name, kind, size=0.2, seed=seed)))
        for seed, (name, kind) in enumerate(kinds.items())
    }
    queue = ["law", "bio", None, "art", "bio", "law", None, "music", "bio"]
    prompts = [prompt(length, start) for start, length in enumerate((3, 90, 12, 80, 1, 40, 41, 9, 30))]
    expected = []
    for name, messages in zip(queue, prompts, strict=True):
        engine.select(placed[name] if name else None)
        expected += alone(engine, [messages])
    engine.select(placed["law"])
    assert said(together(engine, prompts, adapters=queue)) == said(expected)
    assert engine.adapter == "law"
    assert said(together(engine, prompts[:2])) == said(alone(engine, prompts[:2]))  # all with the one selected


def test_rows_that_the_memory_drove_out_go_on_with_their_own_adapter(tiny_kept, tmp_path, monkeypatch):
    from assistant.engine.adapter_files import read_adapter
    from tests.assistant.test_engine_batch import fail_above

    engine = tiny_engine(tiny_kept)
    for seed, name in enumerate(("law", "bio")):
        kind = "alora" if name == "bio" else "lora"
        engine.place(read_adapter(adapter(engine, tmp_path / name, kind, size=0.2, seed=seed)))
    queue, prompts = ["law", "bio", None, "bio"], [prompt(20, start) for start in range(4)]
    expected = said(together(engine, prompts, adapters=queue))
    fail_above(monkeypatch, engine, 2, torch.OutOfMemoryError("full"), after=9)
    assert said(together(engine, prompts, adapters=queue)) == expected


@pytest.mark.parametrize("begun_tokens", [0, 5], ids=["while it is read", "while it grows"])
@pytest.mark.parametrize("between", ["another answer", "training", "a batch"])
def test_an_answer_goes_on_as_it_began_whatever_comes_between(tiny_kept, tmp_path, monkeypatch, between, begun_tokens):
    """Keys and values of the one were once taken for the other's."""
    from assistant.engine.adapter_files import read_adapter

    monkeypatch.setitem(reading.PREFILL_CHUNK_TOKENS, "cpu", 16)
    engine = tiny_engine(tiny_kept)
    law = engine.place(read_adapter(adapter(engine, tmp_path / "law", "lora", size=0.2)))
    bio = engine.place(read_adapter(adapter(engine, tmp_path / "bio", "alora", size=0.2, seed=2)))
    engine.select(law)
    expected = answer_tokens(engine, TALK)
    engine.forget()
    begun = engine._begin(TALK, GenerationConfig(max_new_tokens=NEW_TOKENS), law)
    stream = engine._stream(begun, never_stop)
    next(stream)
    while len(begun.generated) < begun_tokens:
        next(stream)
    engine.select(bio)
    if between == "training":
        with engine.training():
            pass
    elif between == "a batch":
        together(engine, [prompt(5), prompt(9)], adapters=["bio", None])
    else:
        answer_tokens(engine, prompt(20))
    list(stream)
    assert begun.generated == expected
    assert engine.adapter == "bio"


def test_an_adapter_that_is_not_resident_is_an_error_before_anything_is_said(tiny_kept):
    with pytest.raises(KeyError, match="law"):
        next(tiny_engine(tiny_kept).stream_many([TALK, TALK], GenerationConfig(), adapters=["law", None]))


# --- where it begins -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "start"),
    [([5, 6, 1, 5, 6, 2], 3), ([5, 6], 0), ([1, 5, 5, 6], 2), ([5], None), ([6, 5], None), ([], None)],
)
def test_an_activated_adapter_begins_at_its_last_invocation(tokens, start):
    activation = activate(PlacedAdapter("bio", 0, "", (5, 6)), tokens)
    assert (activation.start if activation.adapter else None) == start


@settings(max_examples=200, deadline=None)
@given(invocation=st.lists(st.integers(0, 2), min_size=1, max_size=4), tokens=st.lists(st.integers(0, 2), max_size=30))
def test_it_begins_where_pefts_own_function_says(invocation, tokens):
    from peft.tuners.lora.variants import calculate_alora_offsets

    config = {"bio": SimpleNamespace(alora_invocation_tokens=invocation)}
    offset = calculate_alora_offsets(config, "bio", torch.tensor([tokens], dtype=torch.long))[0]
    assert last_occurrence(invocation, tokens) == (None if offset is None else len(tokens) - offset)


def test_without_an_invocation_an_adapter_is_active_on_every_token():
    assert activate(PlacedAdapter("bio", 3, ""), [1, 2]).slot_at(0) == 3
    assert activate(None, [1, 2]) == BARE_BASE
