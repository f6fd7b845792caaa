"""Answers side by side are the answers one by one: on tiny random models in float32, token for token."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.engine import lora, memory
from assistant.engine.adapter_files import LoraSettings, write_adapter
from assistant.engine.batch_cache import can_batch
from assistant.engine.engine import Engine
from assistant.errors import ContextOverflowError, OutOfMemoryError
from assistant.generation import ChatMessage, Completion, Delta, GenerationConfig, Prefill
from tests.tiny_model import make_tiny_tokenizer

WORDS = ["light", "water", "sugar", "leaf", "green", "plant", "derivative", "value", "perché", "così", "1789", "€"]


def prompt(length: int, start: int = 0) -> list[ChatMessage]:
    text = " ".join(WORDS[(start + i * i) % len(WORDS)] for i in range(length))
    return [ChatMessage("system", "Summarize the text."), ChatMessage("user", text)]


PROMPTS = [prompt(length, start) for start, length in enumerate((3, 150, 12, 80, 1, 40, 41, 9, 300))]


def tiny_engine(tiny_kept, kind: str = "llama", **config) -> Engine:
    """Random float32 weights; sharp enough that the two best logits do not tie within rounding."""
    import transformers

    tokenizer = make_tiny_tokenizer()
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    made = transformers.AutoConfig.for_model(
        kind,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=config.pop("num_hidden_layers", 3),
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        vocab_size=512,
        max_position_embeddings=2048,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        initializer_range=0.3,
        **config,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = transformers.AutoModelForCausalLM.from_config(made).eval().requires_grad_(False)
    return Engine(model, tokenizer, tiny_kept)


@pytest.fixture
def tiny(tiny_kept) -> Engine:
    return tiny_engine(tiny_kept)


@pytest.fixture(autouse=True)
def four_rows(monkeypatch):
    monkeypatch.setitem(memory.MAX_ROWS, "cpu", 4)


def alone(engine, prompts=PROMPTS, **config) -> list[Completion]:
    config = GenerationConfig(**{"max_new_tokens": 24, **config})
    answers = []
    for messages in prompts:
        *_, completion = engine.stream(messages, config)
        answers.append(completion)
    return answers


def together(
    engine, prompts=PROMPTS, should_stop=lambda: False, should_end=lambda index: False, adapters=None, **config
):
    """The completions in the order of the prompts; the deltas are checked on the way."""
    config = GenerationConfig(**{"max_new_tokens": 24, **config})
    texts, completions = [""] * len(prompts), {}
    for index, event in engine.stream_many(prompts, config, should_stop, should_end, adapters):
        assert index not in completions, "an answer went on after its end"
        if isinstance(event, Delta):
            assert event.text
            texts[index] += event.text
        elif isinstance(event, Completion):
            completions[index] = event
    answers = [completions[index] for index in range(len(prompts))]
    assert [answer.text for answer in answers] == texts
    return answers


def said(answers: list[Completion]) -> list[tuple[str, str, int, int]]:
    return [(a.text, a.finish_reason, a.prompt_tokens, a.generated_tokens) for a in answers]


# --- the same text ---------------------------------------------------------------------------------------------


def test_greedy_answers_are_token_identical_to_one_by_one(tiny):
    expected = alone(tiny)
    assert len({answer.text for answer in expected}) == len(PROMPTS), "the test needs answers that differ"
    assert said(together(tiny)) == said(expected)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths=st.lists(st.integers(0, 120), min_size=2, max_size=7), rows=st.integers(2, 5))
def test_whatever_the_lengths_and_the_rows(tiny, monkeypatch, lengths, rows):
    monkeypatch.setitem(memory.MAX_ROWS, "cpu", rows)
    prompts = [prompt(length, start) for start, length in enumerate(lengths)]
    config = {"max_new_tokens": 9, "repetition_penalty": 1.3}
    assert said(together(tiny, prompts, **config)) == said(alone(tiny, prompts, **config))


def test_a_sampled_answer_does_not_depend_on_its_neighbours(tiny):
    config = {"temperature": 1.3, "seed": 7, "repetition_penalty": 1.2}
    expected = alone(tiny, **config)
    assert said(together(tiny, **config)) == said(expected)
    assert said(together(tiny, PROMPTS[::-1], **config)) == said(expected[::-1])
    assert said(together(tiny, **{**config, "seed": 8})) != said(expected)


def test_answers_that_end_early_make_room_for_the_next(tiny, monkeypatch):
    """Stop tokens at different places in each answer, as real answers have."""
    common = {tiny.tokenizer.encode(WORDS[i], add_special_tokens=False)[0] for i in range(len(WORDS))}
    monkeypatch.setattr(tiny, "_stop_tokens", frozenset(common | set(range(0, 512, 9))))
    expected = alone(tiny, max_new_tokens=60)
    assert len({answer.generated_tokens for answer in expected}) >= 4
    assert "stop" in {answer.finish_reason for answer in expected}
    assert said(together(tiny, max_new_tokens=60)) == said(expected)


def test_an_adapter_answers_side_by_side_as_it_does_alone(tiny, tmp_path):
    bare = alone(tiny)
    generator = torch.Generator().manual_seed(3)
    weights = {
        name: (
            torch.randn(4, layer.in_features, generator=generator),
            torch.randn(layer.out_features, 4, generator=generator) * 0.2,
        )
        for name, layer in lora.linear_modules(tiny.model).items()
    }
    directory = tmp_path / "biology"
    directory.mkdir()
    write_adapter(directory, weights, LoraSettings(r=4, lora_alpha=8), "tiny")
    tiny.use_adapter(directory)
    expected = alone(tiny)
    assert [a.text for a in expected] != [a.text for a in bare]
    assert said(together(tiny)) == said(expected)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("qwen3", {}),
        ("qwen2", {"use_sliding_window": True, "sliding_window": 24, "max_window_layers": 1}),
        ("mistral", {"sliding_window": 32}),
        ("smollm3", {"num_hidden_layers": 4, "no_rope_layer_interval": 2}),
        ("gemma3_text", {"sliding_window": 24, "num_hidden_layers": 6}),
    ],
)
def test_other_families_too_with_sliding_windows_and_without(tiny_kept, kind, config):
    engine = tiny_engine(tiny_kept, kind, **config)
    assert can_batch(engine.model.config)
    assert said(together(engine)) == said(alone(engine))


def test_a_model_with_states_that_padding_would_change_answers_one_by_one(tiny_kept):
    engine = tiny_engine(
        tiny_kept, "lfm2", num_hidden_layers=2, layer_types=["conv", "full_attention"], block_ff_dim=96
    )
    assert engine.batch_rows == 1
    order = [index for index, _event in engine.stream_many(PROMPTS[:3], GenerationConfig(max_new_tokens=4))]
    assert order == sorted(order)
    assert said(together(engine, PROMPTS[:3])) == said(alone(engine, PROMPTS[:3]))


# --- how it goes on --------------------------------------------------------------------------------------------


def test_answers_grow_together_and_begin_in_order(tiny):
    events = list(tiny.stream_many(PROMPTS, GenerationConfig(max_new_tokens=24)))
    begun = [index for index, event in events if isinstance(event, Prefill)]
    assert begun == sorted(begun)
    first_end = next(place for place, (_index, event) in enumerate(events) if isinstance(event, Completion))
    assert {index for index, event in events[:first_end] if isinstance(event, Delta)} == {0, 1, 2, 3}


def test_a_long_prompt_shows_its_progress(tiny):
    events = list(tiny.stream_many([prompt(600), prompt(600, 5)], GenerationConfig(max_new_tokens=2)))
    for wanted in (0, 1):
        progress = [event for index, event in events if index == wanted and isinstance(event, Prefill)]
        assert len(progress) > 1
        assert [event.done for event in progress] == sorted({event.done for event in progress})
        assert progress[-1].done == progress[-1].total


def test_the_instructions_that_all_prompts_share_are_read_once(tiny):
    first, *others = together(tiny)
    assert first.cached_tokens == 0
    assert all(answer.cached_tokens > 5 for answer in others)


def test_it_says_how_long_it_took(tiny):
    for answer in together(tiny):
        assert answer.prefill_seconds > 0
        assert answer.tokens_per_second > 0
        assert answer.peak_memory_bytes > 0


def test_after_answers_side_by_side_a_single_one_is_as_before(tiny):
    expected = alone(tiny)
    together(tiny)
    assert said(alone(tiny)) == said(expected)


def test_no_prompts_no_answers(tiny):
    assert together(tiny, []) == []


def test_an_answer_of_no_tokens_is_over_at_once(tiny):
    assert said(together(tiny, max_new_tokens=0)) == said(alone(tiny, max_new_tokens=0))


def test_one_prompt_that_does_not_fit_is_refused_before_anything_is_said(tiny):
    with pytest.raises(ContextOverflowError):
        next(tiny.stream_many([PROMPTS[0], prompt(3000)], GenerationConfig()))


# --- stopping --------------------------------------------------------------------------------------------------


def test_a_stop_ends_all_and_keeps_what_there_is(tiny):
    whole = alone(tiny)
    deltas = 0

    def count(event):
        nonlocal deltas
        deltas += isinstance(event, Delta)

    events = []
    for event in tiny.stream_many(PROMPTS, GenerationConfig(max_new_tokens=24), lambda: deltas >= 20):
        count(event[1])
        events.append(event)
    ends = {index: event for index, event in events if isinstance(event, Completion)}
    assert sorted(ends) == list(range(len(PROMPTS)))
    assert {end.finish_reason for end in ends.values()} == {"cancelled"}
    assert all(whole[index].text.startswith(end.text) for index, end in ends.items())
    assert sum(1 for end in ends.values() if end.text) == 4
    assert deltas <= 24  # one more token for each at most, then what was held back


def test_a_stop_is_noticed_while_a_prompt_is_read(tiny):
    calls = iter([False, False])
    answers = together(tiny, [prompt(900), prompt(900)], lambda: next(calls, True))
    assert [answer.finish_reason for answer in answers] == ["cancelled"] * 2
    assert not any(answer.text for answer in answers)


def test_one_answer_can_be_ended_and_the_others_go_on(tiny):
    whole = alone(tiny)
    seen = dict.fromkeys(range(len(PROMPTS)), 0)
    answers = {}
    end = lambda index: index in (1, 6) and seen[index] >= 3  # noqa: E731
    for index, event in tiny.stream_many(PROMPTS, GenerationConfig(max_new_tokens=24), should_end=end):
        seen[index] += isinstance(event, Delta)
        if isinstance(event, Completion):
            answers[index] = event
    for index, expected in enumerate(whole):
        if index in (1, 6):
            assert answers[index].finish_reason == "cancelled"
            assert 0 < len(answers[index].text) < len(expected.text)
            assert expected.text.startswith(answers[index].text)
        else:
            assert answers[index].text == expected.text


def test_whoever_stops_listening_leaves_the_engine_usable(tiny):
    expected = alone(tiny)
    events = tiny.stream_many(PROMPTS, GenerationConfig(max_new_tokens=24))
    for _ in range(20):
        next(events)
    events.close()
    assert said(together(tiny)) == said(expected)


# --- memory ----------------------------------------------------------------------------------------------------


def fail_above(monkeypatch, engine, rows: int, error: Exception, after: int = 0):
    """The last layer's memory runs out, so that the earlier ones have already grown their part of the cache."""
    layer = engine.model.model.layers[-1].mlp
    real, calls, widest = layer.forward, 0, 0

    def forward(x):
        nonlocal calls, widest
        calls += x.shape[0] > rows
        if x.shape[0] > rows and calls > after:
            raise error
        widest = max(widest, x.shape[0])
        return real(x)

    monkeypatch.setattr(layer, "forward", forward)
    return lambda: widest


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_too_large_a_batch_is_halved_and_nothing_is_lost(tiny, monkeypatch, limit, error):
    expected = alone(tiny)
    widest = fail_above(monkeypatch, tiny, limit, error)
    assert said(together(tiny)) == said(expected)
    assert widest() == (1 if limit == 1 else 2)


def test_memory_that_runs_out_later_takes_nothing_back(tiny, monkeypatch):
    """`together` also checks that all deltas join to the text: none is said twice."""
    expected = alone(tiny, temperature=1.0)
    fail_above(monkeypatch, tiny, 2, torch.OutOfMemoryError("full"), after=9)
    assert said(together(tiny, temperature=1.0)) == said(expected)


def test_memory_that_runs_out_while_a_prompt_is_read(tiny, monkeypatch):
    expected = alone(tiny)
    real, failed = tiny.reader.forward, []

    def forward(tokens, slot):
        if len(tokens) > 60 and not failed:
            failed.append(len(tokens))
            raise torch.OutOfMemoryError("full")
        return real(tokens, slot)

    tiny.forget()
    monkeypatch.setattr(tiny.reader, "forward", forward)
    assert said(together(tiny)) == said(expected)
    assert failed


def test_not_even_one_fits(tiny, monkeypatch):
    fail_above(monkeypatch, tiny, 0, torch.OutOfMemoryError("full"))
    with pytest.raises(OutOfMemoryError, match="tokens"):
        together(tiny)


def test_another_error_is_not_taken_for_missing_memory(tiny, monkeypatch):
    fail_above(monkeypatch, tiny, 1, RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes"):
        together(tiny)


def test_real_memory_that_cannot_be_had_is_recognized():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 62, dtype=torch.uint8)
    assert memory.is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
    ],
)
def test_missing_memory_is_recognized_where_a_library_says_so(said):
    assert memory.is_out_of_memory(RuntimeError(said))


def test_rows_follow_the_free_memory(tiny, monkeypatch):
    per_token = memory.kv_bytes_per_token(tiny.model.config, tiny.model.dtype)
    assert per_token == 3 * 2 * 2 * 16 * 4  # layers, keys and values, heads, head size, float32
    tokens = tiny.chunk_tokens + 1024
    for free_rows, expected in ((0, 1), (1, 1), (2, 2), (3, 3), (100, 4)):
        monkeypatch.setattr(memory, "free_bytes", lambda device, n=free_rows: 2 * n * tokens * per_token)
        assert tiny.batch_rows == expected


# --- 4 bits ----------------------------------------------------------------------------------------------------


def logits_gap(engine, prompts, steps: int) -> float:
    """Largest difference of teacher-forced logits between the batch and each alone, as a part of their range."""
    from assistant.engine.answer import Answer
    from assistant.engine.batch_cache import BatchCache

    config = GenerationConfig(max_new_tokens=steps + 1)
    cache, answers, worst = BatchCache(engine.model.config, engine.device), [], 0.0
    for messages in prompts:
        answer = Answer(engine.encode_prompt(messages), config, engine.tokenizer, frozenset(), engine.device)
        logits = yield_from(engine.reader.read(answer))
        list(answer.take(logits))
        cache.join(engine.reader.store.values, len(answer.prompt))
        answers.append(answer)
    for _ in range(steps):
        batched = cache.forward(engine.model, [answer.generated[-1] for answer in answers]).float()
        for row, answer in enumerate(answers):
            engine.forget()
            reference = yield_from(engine.reader.read(answer)).float()
            worst = max(worst, float((batched[row] - reference).abs().max() / (reference.max() - reference.min())))
            list(answer.take(reference))
    return worst


def yield_from(generator):
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def test_in_four_bits_the_logits_agree_within_rounding(engine):
    assert logits_gap(engine, PROMPTS[:4], 6) < 0.03


@pytest.mark.starter
def test_the_starters_logits_agree_within_rounding(starter_home, monkeypatch):
    from assistant.engine import load_engine
    from assistant.weights.store import read_manifest

    monkeypatch.setenv("SUNTO_HOME", str(starter_home))
    manifest = read_manifest("starter")
    assert manifest is not None
    assert logits_gap(load_engine(manifest.model), PROMPTS[:3], 4) < 0.03


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_side_by_side_on_cuda(tiny_kept):
    from assistant.engine import load_engine

    engine = load_engine(tiny_kept, "cuda")
    assert engine.batch_rows == memory.MAX_ROWS["cuda"]
    assert logits_gap(engine, PROMPTS[:4], 6) < 0.03
    assert all(answer.generated_tokens for answer in together(engine))
