"""The training job from pairs to a published adapter, on the tiny model."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors import SafetensorError

from adapters.dataset.tokens import TokenizedExample
from adapters.jobs import run
from adapters.registry import adapters_dir, earlier_versions, get_adapter, remove
from adapters.training import data, runs, samples
from adapters.training.publishing import trend
from assistant import protocol
from assistant.generation import ChatMessage


@pytest.fixture(autouse=True)
def short_samples(monkeypatch):
    monkeypatch.setattr(samples, "MAX_NEW_TOKENS", 3)


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    rows = [{"document": f"Plants turn light into sugar number {n}.", "summary": f"Sugar {n}."} for n in range(6)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def request(pairs, **fields):
    return protocol.Train(
        job="t",
        **{
            "data": str(pairs),
            "name": "bio",
            "batch_size": 2,
            "epochs": 2,
            "r": 4,
            "few": True,
            "evaluate": False,
            **fields,
        },
    )


def leftovers():
    return sorted(path.name for path in adapters_dir().iterdir()) if adapters_dir().exists() else []


def test_training_publishes_a_plain_peft_directory_with_its_card(session, pairs, tiny_kept):
    events = list(run(request(pairs), session))
    steps = [event for event in events if isinstance(event, protocol.TrainStep)]
    assert [step.step for step in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[0].learning_rate == pytest.approx(1e-4)
    result = events[-1].result
    assert (result["steps"], result["examples"]) == (6, 6)
    record = get_adapter("bio")
    assert (record.model, record.r) == ("tiny", 4)
    assert record.card["base"]["weights_sha256"] == tiny_kept.weights_sha256
    assert record.card["training"]["learning_rate"] == 1e-4
    assert leftovers() == ["bio"]

    from peft import PeftConfig

    config = PeftConfig.from_pretrained(record.directory)
    assert (config.peft_type.value, config.r, config.base_model_name_or_path) == ("LORA", 4, "tiny")


def logits_with(session, adapter):
    """Of one prompt, through the engine that a job with this adapter gets."""
    job = session.engine(protocol.LoadModel(job="1", adapter=adapter), lambda: False)
    while True:
        try:
            next(job)
        except StopIteration as end:
            engine = end.value
            break
    assert (engine.adapter or "none") == adapter
    ids = engine.encode_prompt([ChatMessage("user", "What do plants do?")])
    with torch.inference_mode():
        return engine.model(input_ids=torch.tensor([ids])).logits[0, -1]


def test_the_next_answer_uses_the_adapter_and_without_it_the_base_is_as_it_was(session, pairs):
    before = logits_with(session, "none")
    list(run(request(pairs, learning_rate=1e-2), session))
    assert not torch.equal(logits_with(session, "bio"), before)
    assert torch.equal(logits_with(session, "none"), before)


def test_a_stopped_training_leaves_nothing_behind(session, pairs):
    seen = []
    job = run(request(pairs, epochs=50), session, lambda: len(seen) >= 2)
    for event in job:
        if isinstance(event, protocol.TrainStep):
            seen.append(event)
    assert isinstance(event, protocol.Cancelled)
    assert leftovers() == []


def test_a_name_that_is_taken_is_told_before_anything_is_loaded(session, pairs):
    list(run(request(pairs, max_steps=1), session))
    events = list(run(request(pairs, max_steps=1), session))
    assert events[-1].kind == "AdapterError"
    assert len(events) == 1
    replaced = list(run(request(pairs, max_steps=2, overwrite=True), session))
    assert replaced[-1].result["steps"] == 2
    assert get_adapter("bio").card["training"]["steps"] == 2
    assert leftovers() == ["bio"]


def test_training_again_keeps_the_adapter_from_before_and_says_so(session, pairs):
    list(run(request(pairs, max_steps=1), session))
    result = list(run(request(pairs, max_steps=2, overwrite=True), session))[-1].result
    assert (result["version"], result["versions"]) == (2, [1])
    record = get_adapter("bio")
    (before,) = earlier_versions(record)
    assert before.card["training"]["steps"] == 1
    assert [step["training"]["steps"] for step in record.card["lineage"]] == [1]


def test_more_epochs_than_anybody_means_are_refused_before_their_order_fills_the_memory(session, pairs):
    (ending,) = run(request(pairs, epochs=10**9), session)
    assert (ending.kind, "1000 the most" in ending.hint) == ("ConfigError", True)


def test_a_finished_training_has_nothing_to_go_on_with_and_stays_finished(session, pairs):
    list(run(request(pairs, max_steps=1), session))
    again = protocol.Train(job="t", data="", name="bio", resume=True, evaluate=False)
    (ending,) = run(again, session)  # told before anything is loaded
    assert (ending.kind, "finished" in ending.message, "--adapter bio" in ending.hint) == ("TrainingError", True, True)
    assert runs.find_run("bio").state == "finished"
    remove("bio")
    assert isinstance(list(run(again, session))[-1], protocol.Finished)  # its adapter was deleted: made again
    assert get_adapter("bio").card["training"]["steps"] == 1


def test_a_disk_that_becomes_full_at_the_end_is_told_and_the_old_adapter_stays(session, pairs, monkeypatch):
    list(run(request(pairs, max_steps=1), session))

    def full(*_arguments, **_options):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    with monkeypatch.context() as patched:
        patched.setattr("assistant.engine.adapter_files.write_adapter", full)
        ending = list(run(request(pairs, max_steps=2, overwrite=True), session))[-1]
    assert (ending.kind, "the disk is full" in ending.message) == ("AdapterError", True)
    assert get_adapter("bio").versions == ()
    assert leftovers() == ["bio"]
    assert runs.find_run("bio").can_resume
    events = list(run(protocol.Train(job="t", data="", name="bio", resume=True, evaluate=False), session))
    assert events[-1].result["version"] == 2  # nothing was learnt anew: it is published now
    assert not any(isinstance(event, protocol.TrainStep) for event in events)


def test_an_adapter_trained_for_a_subject_answers_about_it(session, pairs, tmp_path):
    unknown = list(run(request(pairs, subject="Biology"), session))
    assert [event.kind for event in unknown] == ["ConfigError"]
    (tmp_path / "notes.txt").write_text("The cell is the smallest unit of life. " * 20, encoding="utf-8")
    add = protocol.AddDocuments(job="a", paths=(str(tmp_path / "notes.txt"),), subject="Biology")
    list(run(add, session))
    list(run(request(pairs, subject="Biology", max_steps=1), session))
    assert session.library.subject_adapter("Biology") == "bio"
    assert get_adapter("bio").subject == "Biology"


def test_the_trend_is_told_by_thirds_not_by_single_steps():
    """A training that had lowered the loss once reported it as risen: its last step held the hardest texts."""
    losses = trend([3.1, 2.9, 2.9, 2.8, 3.1, 2.8, 2.6, 2.75, 3.19])
    assert losses["last_loss"] < losses["first_loss"]
    assert trend([2.0]) == {"first_loss": 2.0, "last_loss": 2.0}
    assert trend([]) == {}


def test_it_is_said_when_nothing_is_kept_aside_to_watch_the_training_with():
    example = TokenizedExample((1, 2), (-100, 2), False, id="a")
    (notice,) = data.told("t", data.Tokens([example], [], 0))
    assert "No example is kept aside" in notice.message
    assert notice.hint
    assert list(data.told("t", data.Tokens([example], [example], 0))) == []
