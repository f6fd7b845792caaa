"""The losses of given answers are those of teacher forcing with PEFT's own module, and of the training."""

from __future__ import annotations

import pytest
import torch

from assistant.engine import reading, scoring
from assistant.errors import ContextOverflowError, Stopped
from assistant.generation import ChatMessage, GenerationConfig
from tests.adapters.training.training_models import training
from tests.assistant.test_alora import CHANGES, TALK, adapter, answer_tokens
from tests.assistant.test_engine_batch import prompt, tiny_engine
from tests.tiny_adapters import peft_model

ITEMS = [(TALK, "green leaf"), (TALK, "water"), (prompt(40), "sugar in a plant, light and green"), (prompt(3), "")]
FAMILIES = [("llama", {}), ("gemma3_text", {"sliding_window": 24})]


def forced(model, engine, items=ITEMS) -> list[tuple[float, int]]:
    """Each whole sequence through a model at once."""
    found = []
    for messages, text in items:
        ids, completion = engine.encode_prompt(messages), engine.encode_completion(text)
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([ids + completion])).logits[0, len(ids) - 1 : -1]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(completion), reduction="sum")
        found.append((float(loss), len(completion)))
    return found


def assert_same(found, expected, rel=1e-4):
    assert [count for _loss, count in found] == [count for _loss, count in expected]
    assert [loss for loss, _count in found] == [pytest.approx(loss, rel=rel) for loss, _count in expected]


@pytest.fixture(params=["pieces of 16", "whole"])
def pieces(request, monkeypatch):
    if request.param != "whole":
        monkeypatch.setitem(reading.PREFILL_CHUNK_TOKENS, "cpu", 16)
        monkeypatch.setattr(scoring, "_ANSWER_CHUNK_TOKENS", 3)


@pytest.mark.parametrize(("family", "config"), FAMILIES)
@pytest.mark.parametrize("kind", CHANGES)
def test_the_losses_are_those_of_peft(tiny_kept, tmp_path, pieces, family, config, kind):
    engine = tiny_engine(tiny_kept, family, **config)
    directory = adapter(engine, tmp_path / "bio", kind, size=0.2)
    assert_same(list(engine.score(ITEMS)), bare := forced(engine.model, engine))
    engine.use_adapter(directory)
    found = list(engine.score(ITEMS))
    assert_same(found, forced(peft_model(tiny_engine(tiny_kept, family, **config).model, directory), engine))
    assert ([loss for loss, _ in found] == [pytest.approx(loss) for loss, _ in bare]) == (kind == "alora-not-invoked")


def test_the_token_that_ends_an_answer_can_be_left_out(tiny_kept):
    engine = tiny_engine(tiny_kept)
    _messages, text = ITEMS[0]
    ((ended, count),), ((open_, fewer),) = engine.score(ITEMS[:1]), engine.score(ITEMS[:1], ended=False)
    assert fewer == count - 1 == engine.count_tokens(text)
    assert open_ < ended


def test_several_answers_to_one_prompt_share_its_reading_and_change_nothing(tiny_kept, monkeypatch):
    engine = tiny_engine(tiny_kept)
    answers = ["green leaf", "water", "light light", "sugar"]
    alone = [next(engine.score([(TALK, answer)])) for answer in answers]
    read = []
    forward = engine.model.forward
    monkeypatch.setattr(
        engine.model, "forward", lambda **inputs: read.append(inputs["input_ids"].shape[1]) or forward(**inputs)
    )
    assert_same(list(engine.score([(TALK, answer) for answer in answers])), alone, rel=1e-5)
    assert sum(read) < len(engine.encode_prompt(TALK)) + sum(count for _loss, count in alone) + len(answers)


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_an_answer_that_was_begun_goes_on_as_if_nothing_had_been_scored(tiny_kept, tmp_path, kind):
    engine = tiny_engine(tiny_kept)
    engine.use_adapter(adapter(engine, tmp_path / "bio", kind, size=0.2))
    expected = answer_tokens(engine, TALK)
    answer = engine._begin(TALK, GenerationConfig(max_new_tokens=16), engine._selected)
    stream = engine._stream(answer, lambda: False)
    while len(answer.generated) < 4:
        next(stream)
    list(engine.score(ITEMS))
    list(stream)
    assert answer.generated == expected


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_in_four_bits_they_are_those_that_the_training_had_within_bfloat16(engine, tmp_path, kind):
    from adapters.dataset.tokens import IGNORED, TokenizedExample
    from assistant.engine.adapter_files import write_adapter

    rows = [(engine.encode_prompt(messages), engine.encode_completion(text)) for messages, text in ITEMS]
    tokens = [
        TokenizedExample((*ids, *target), (*[IGNORED] * len(ids), *target), False, id=str(row))
        for row, (ids, target) in enumerate(rows)
    ]
    with training(engine, kind) as (forward, in_training):
        trained = forward.losses(tokens)
        write_adapter(tmp_path, in_training.weights(), in_training.settings, "tiny")
    engine.use_adapter(tmp_path)
    assert_same(list(engine.score(ITEMS)), trained, rel=5e-3)


def test_while_training_the_adapter_is_scored_aside(engine):
    with training(engine) as (_forward, in_training), engine.aside():
        (before,) = engine.score(ITEMS[:1])
        engine.select(engine.place(in_training.snapshot("now")))
        (after,) = engine.score(ITEMS[:1])
    assert before != after


def test_what_does_not_fit_is_said_before_anything_is_read(engine):
    with pytest.raises(ContextOverflowError, match="do not fit"):
        next(engine.score([(TALK, "short"), ([ChatMessage("user", "water " * 3000)], "long")]))


def test_it_can_be_stopped_between_two_pieces(engine, monkeypatch):
    monkeypatch.setitem(reading.PREFILL_CHUNK_TOKENS, "cpu", 16)
    asked = []
    with pytest.raises(Stopped):
        list(engine.score(ITEMS, lambda: bool(asked.append(1)) or len(asked) > 3))
    assert_same(list(engine.score(ITEMS)), list(engine.score(ITEMS)), rel=1e-7)
