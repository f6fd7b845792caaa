"""Trainings that are stopped, paused, refused, or short of something, on the tiny model."""

from __future__ import annotations

import dataclasses
import json
import shutil

import pytest
import torch
from safetensors.torch import load_file

from adapters.jobs import run
from adapters.registry import get_adapter
from adapters.training import checkpoints, checks, fit, runs, samples
from adapters.training.ladder import Plan
from assistant import protocol
from tests.adapters.training.test_job import logits_with


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(samples, "MAX_NEW_TOKENS", 3)


def rows(count):
    return [
        {"document": f"Plants turn light into sugar number {n}. " * 3, "summary": f"Sugar {n}."} for n in range(count)
    ]


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows(30))), encoding="utf-8")
    return path


def request(data, **fields):
    given = {"data": str(data), "name": "bio", "batch_size": 4, "epochs": 1, "r": 4, "evaluate": False, **fields}
    return protocol.Train(job="t", **given)


def resumed(name="bio"):
    return protocol.Train(job="t", data="", name=name, resume=True, evaluate=False)


def kinds(events):
    return [type(event).__name__ for event in events]


def trained(session, request, stop_after=None):
    """All events; a stop is asked for after so many steps."""
    events, steps = [], []
    for event in run(request, session, lambda: stop_after is not None and len(steps) >= stop_after):
        events.append(event)
        if isinstance(event, protocol.TrainStep):
            steps.append(event)
    return events


def weights(name):
    return load_file(get_adapter(name).directory / "adapter_model.safetensors")


def test_a_stopped_training_goes_on_and_ends_with_the_same_weights(session, pairs):
    whole = trained(session, request(pairs, name="whole"))
    assert isinstance(whole[-1], protocol.Finished), whole[-1]
    stopped = trained(session, request(pairs), stop_after=3)
    assert isinstance(stopped[-1], protocol.Cancelled)
    assert runs.find_run("bio").state == "paused"
    pairs.unlink()  # its own data counts
    shutil.rmtree(runs.runs_dir().parent / "datasets")
    rest = trained(session, resumed())
    first = next(event for event in rest if isinstance(event, protocol.TrainStep))
    assert first.step == 4
    assert rest[-1].result["steps"] == whole[-1].result["steps"]
    one, other = weights("whole"), weights("bio")
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert get_adapter("bio").card["scores"] == get_adapter("whole").card["scores"]


def test_a_chat_in_between_changes_nothing_of_what_is_learnt(session, pairs):
    trained(session, request(pairs, name="whole"))
    question = protocol.Chat(job="c", messages=(("user", "What do plants do?"),), max_new_tokens=4, temperature=1.0)
    answers = []
    for event in run(request(pairs), session):
        if isinstance(event, protocol.TrainStep):
            for adapter in ("none", "whole", "bio", "bio (in training)"):
                with session.training.turn():
                    answers.append(list(run(dataclasses.replace(question, adapter=adapter), session))[-1])
    assert all(isinstance(answer, protocol.Finished) for answer in answers), answers
    one, other = weights("whole"), weights("bio")
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert not session.training


def test_the_adapter_in_training_answers_with_the_weights_of_the_moment(session, pairs):
    base = logits_with(session, "none")
    seen = []
    for event in run(request(pairs, learning_rate=1e-2), session):
        if isinstance(event, protocol.TrainStep):
            with session.training.turn():
                ask = protocol.LoadModel(job="c", adapter="bio")
                job = session.engine(ask, lambda: False)
                while True:
                    try:
                        next(job)
                    except StopIteration as end:
                        engine = end.value
                        break
                assert engine.adapter == "bio (in training)"
                with torch.inference_mode():
                    seen.append(engine.model(input_ids=torch.tensor([[1, 5, 9, 40]])).logits[0, -1])
    assert len({tuple(logits.tolist()) for logits in seen}) == len(seen)
    assert torch.equal(logits_with(session, "none"), base)
    assert not torch.equal(logits_with(session, "bio"), base)


def test_a_second_training_is_refused_in_words_and_the_first_goes_on(session, pairs):
    told = []
    for event in run(request(pairs), session):
        if isinstance(event, protocol.TrainStep) and not told:
            with session.training.turn():
                told = list(run(request(pairs, name="law"), session))
    assert told[-1].kind == "TrainingError"
    assert "“bio” is being trained" in told[-1].message
    assert isinstance(event, protocol.Finished)


def test_an_unfinished_training_is_not_begun_anew_by_mistake(session, pairs):
    trained(session, request(pairs), stop_after=2)
    (refused,) = trained(session, request(pairs))
    assert (refused.kind, "--resume" in refused.hint, "--overwrite" in refused.hint) == ("TrainingError", True, True)
    anew = trained(session, request(pairs, overwrite=True))
    assert next(event for event in anew if isinstance(event, protocol.TrainStep)).step == 1


def test_to_go_on_with_nothing_is_an_error_that_says_where_to_look(session):
    (failed,) = trained(session, resumed("nothing"))
    assert failed.kind == "TrainingError"
    assert "sunto runs list" in failed.hint


def test_a_base_that_was_replaced_cannot_go_on(session, pairs, tiny_kept, monkeypatch):
    trained(session, request(pairs), stop_after=2)
    session.unload()
    other = dataclasses.replace(tiny_kept, weights_sha256="c" * 64)
    monkeypatch.setattr("adapters.session._ensure", lambda wanted, reporter, should_stop: other)
    failed = trained(session, resumed())[-1]
    assert failed.kind == "TrainingError"
    assert "is not the one" in failed.message


def test_three_examples_are_too_few_and_the_prompt_is_proposed_instead(session, tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(map(json.dumps, rows(3))), encoding="utf-8")
    failed = trained(session, request(path))[-1]
    assert failed.kind == "DatasetError"
    assert "into your question instead" in failed.hint
    assert isinstance(trained(session, request(path, few=True))[-1], protocol.Finished)


def test_broken_rows_are_named_and_the_rest_is_used(session, tmp_path):
    lines = [json.dumps(row) for row in rows(40)]
    lines[6:6] = ["{broken", '{"document": 3}']
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    events = trained(session, request(path, max_steps=1))
    notice = next(event for event in events if isinstance(event, protocol.Notice) and event.level == "warning")
    assert "2 rows cannot be used and are left out: line 7: " in notice.message
    assert "line 8: " in notice.message
    assert isinstance(events[-1], protocol.Finished)


def test_what_does_not_fit_is_said_before_the_first_step_with_what_to_change(session, pairs, monkeypatch):
    monkeypatch.setattr("assistant.engine.memory.free_bytes", lambda _device: 1000)
    events = trained(session, request(pairs))
    checked = next(event for event in events if isinstance(event, protocol.FitChecked))
    assert not checked.fits
    assert any("smaller base" in line for line in checked.advice)
    assert events[-1].kind == "OutOfMemoryError"
    assert "TrainStep" not in kinds(events)
    assert runs.find_run("bio") is None
    check = protocol.CheckFit(job="f", data=str(pairs), name="bio", r=4)
    assert list(run(check, session))[-1].result["fits"] is False


def test_the_fit_check_leaves_the_adapter_and_the_random_numbers_as_they_were(session, pairs):
    state = torch.random.get_rng_state()
    check = protocol.CheckFit(job="f", data=str(pairs), name="bio", r=4, batch_size=4)
    events = list(run(check, session))
    estimated, measured = (event for event in events if isinstance(event, protocol.FitChecked))
    assert (estimated.measured, measured.measured) == (False, True)
    assert measured.seconds_left > 0
    assert sum(size for _name, size in estimated.parts) == estimated.needed_bytes
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not runs.list_runs()


def test_a_training_takes_the_fit_that_was_just_tried_unless_something_else_is_asked_for(session, pairs, monkeypatch):
    real, tried = fit.try_two_steps, []
    monkeypatch.setattr(fit, "try_two_steps", lambda *arguments: tried.append(arguments) or real(*arguments))
    check = protocol.CheckFit(job="f", data=str(pairs), name="bio", r=4, batch_size=4, epochs=1)
    for times in (1, 2):
        list(run(check, session))
        assert len(tried) == times, "who asks for a trial gets one"
    events = trained(session, request(pairs, r=4))
    assert len(tried) == 2
    checked = [event for event in events if isinstance(event, protocol.FitChecked)]
    assert [event.measured for event in checked] == [False, True]
    assert events[-1].result["name"] == "bio"
    trained(session, request(pairs, r=8, name="bio8"))
    assert len(tried) == 3


def test_what_a_conversation_keeps_is_let_go_before_the_training_gives_up_anything(session, pairs, monkeypatch):
    real, asked = fit.try_two_steps, []
    monkeypatch.setattr("assistant.engine.engine.Engine.forget", lambda _self: asked.append("forget"))

    def short(*arguments):
        asked.append("try")
        if "forget" not in asked:
            raise out_of_memory()
        return real(*arguments)

    monkeypatch.setattr(fit, "try_two_steps", short)
    check = protocol.CheckFit(job="f", data=str(pairs), name="bio", r=4)
    events = list(run(check, session))
    assert asked[-3:] == ["try", "forget", "try"]
    assert [event for event in events if isinstance(event, protocol.Adjusted)] == []


@pytest.mark.parametrize("always", [False, True])
def test_memory_that_runs_out_in_the_trial_steps_is_made_do_with_or_said(session, pairs, monkeypatch, always):
    real, tried = fit.try_two_steps, []

    def short(*arguments):
        tried.append(arguments)
        if always or len(tried) < 4:
            raise out_of_memory()
        return real(*arguments)

    monkeypatch.setattr(fit, "try_two_steps", short)
    events = trained(session, request(pairs))
    checked = [event for event in events if isinstance(event, protocol.FitChecked)]
    adjusted = [event for event in events if isinstance(event, protocol.Adjusted)]
    if always:
        assert (checked[-1].fits, events[-1].kind) == (False, "OutOfMemoryError")
        assert runs.find_run("bio") is None
    else:
        assert (checked[-1].fits, checked[-1].measured, len(adjusted)) == (True, True, 2)
        assert runs.find_run("bio").about["plan"]["micro_tokens"] < fit.MICRO_TOKENS["cpu"]


def out_of_memory():
    return RuntimeError("[enforce fail at alloc_cpu.cpp:119] DefaultCPUAllocator: can't allocate memory")


def test_when_memory_runs_out_the_training_goes_on_with_less_and_says_so(session, pairs, monkeypatch):
    from adapters.training.forward import Forward

    monkeypatch.setitem(fit.MICRO_TOKENS, "cpu", 4096)
    real, calls = Forward.backward, []

    def backward(self, micro, scale):
        calls.append(len(micro))
        if len(calls) in (5, 6):
            raise out_of_memory()
        return real(self, micro, scale)

    monkeypatch.setattr(Forward, "backward", backward)
    events = trained(session, request(pairs))
    adjusted = [event for event in events if isinstance(event, protocol.Adjusted)]
    assert [event.kind for event in adjusted] == ["memory", "memory"]
    assert "Fewer examples go through the model at a time" in adjusted[0].message
    assert events[-1].result["steps"] == 6
    assert get_adapter("bio").card["training"]["given_up_for_memory"] == ["micro_batch", "micro_batch"]


def test_a_sample_that_memory_is_too_short_for_ends_no_training(session, pairs, monkeypatch):
    from assistant.engine.engine import Engine
    from assistant.errors import OutOfMemoryError

    def full(*_arguments):
        raise OutOfMemoryError("Full.")
        yield

    monkeypatch.setattr(Engine, "stream", full)
    events = trained(session, request(pairs))
    assert isinstance(events[-1], protocol.Finished), events[-1]
    assert {event.samples for event in events if isinstance(event, protocol.Evaluated)} == {()}


def test_memory_too_short_to_go_on_is_said_and_costs_nothing(session, pairs, monkeypatch):
    trained(session, request(pairs), stop_after=3)
    with monkeypatch.context() as short:

        def full(*_arguments, **_more):
            raise out_of_memory()

        short.setattr("adapters.training.standing.make_optimizer", full)
        assert trained(session, resumed())[-1].kind == "OutOfMemoryError"
    assert runs.find_run("bio").can_resume
    rest = trained(session, resumed())
    assert isinstance(rest[-1], protocol.Finished), rest[-1]


def test_memory_that_runs_out_while_learning_rates_are_tried_is_said(session, pairs, monkeypatch):
    from adapters.training.forward import Forward

    def full(*_arguments):
        raise out_of_memory()

    monkeypatch.setattr(Forward, "backward", full)
    events = list(run(protocol.TryRates(job="t", name="trial", data=str(pairs), r=4), session, lambda: False))
    assert events[-1].kind == "OutOfMemoryError"


def test_a_run_that_shortened_its_texts_goes_on_with_the_very_same_ones(session, tmp_path, monkeypatch):
    """The tokens after a resume must be those before it, or the run refuses to go on."""
    from adapters.training.forward import Forward

    long = [
        {"document": f"Number {n}. " + "Plants turn light into sugar. " * 90, "summary": f"Sugar {n}."}
        for n in range(24)
    ]
    path = tmp_path / "long.jsonl"
    path.write_text("\n".join(map(json.dumps, long)), encoding="utf-8")
    smallest = Plan(micro_tokens=100, checkpointed_layers=2, max_tokens=1024)
    monkeypatch.setattr(fit.Demand, "plan", lambda self, window: smallest)
    real, calls = Forward.backward, []

    def backward(self, micro, scale):
        calls.append(max(len(example.input_ids) for example in micro))
        if len(calls) == 6:
            raise out_of_memory()
        return real(self, micro, scale)

    monkeypatch.setattr(Forward, "backward", backward)
    stopped = trained(session, request(path, batch_size=2, few=True), stop_after=3)
    adjusted = next(event for event in stopped if isinstance(event, protocol.Adjusted))
    assert "Texts are read up to" in adjusted.message
    assert max(calls[7:]) < max(calls[:6])
    assert isinstance(stopped[-1], protocol.Cancelled)
    rest = trained(session, resumed())
    assert isinstance(rest[-1], protocol.Finished), rest[-1]


def test_a_full_disk_is_said_before_the_first_step(session, pairs, monkeypatch):
    usage = shutil.disk_usage(pairs)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    failed = trained(session, request(pairs))[-1]
    assert failed.kind == "TrainingError"
    assert "Not enough disk space for bio" in failed.message


def test_a_disk_that_is_full_at_every_checkpoint_is_told_once(session, pairs, monkeypatch):
    real, written = checkpoints.write_checkpoint, []

    def full(path, checkpoint):
        written.append(path)
        if len(written) > 1:
            raise OSError(28, "No space left on device")
        real(path, checkpoint)

    monkeypatch.setattr("adapters.training.keeper.write_checkpoint", full)
    events = trained(session, request(pairs))
    assert len(written) > 3
    assert [event.kind for event in events if isinstance(event, protocol.Adjusted)] == ["disk"]
    assert isinstance(events[-1], protocol.Finished)


def test_a_run_whose_facts_are_not_ours_is_damaged_in_words(session, pairs):
    trained(session, request(pairs), stop_after=1)
    path = runs.runs_dir() / "bio" / "run.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**facts, "about": {}}), encoding="utf-8")
    failed = trained(session, resumed())[-1]
    assert failed.kind == "TrainingError"
    assert "damaged" in failed.message


def test_being_unplugged_is_said_once(session, pairs, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr("adapters.training.power._EVERY_SECONDS", 0)
    battery = SimpleNamespace(power_plugged=False)
    monkeypatch.setattr("psutil.sensors_battery", lambda: battery, raising=False)
    events = trained(session, request(pairs))
    told = [event for event in events if isinstance(event, protocol.Adjusted)]
    assert [event.kind for event in told] == ["power"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"learning_rate": 0.5}, "cannot work"),
        ({"r": 500}, "more than Sunto trains"),
        ({"kind": "dora"}, "no kind of adapter"),
        ({"max_tokens": 5}, "at least 64"),
        ({"lora_dropout": 1.5}, "dropout"),
        ({"epochs": 0}, "at least 1"),
        ({"patience": -1}, "at least 0"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_read(session, fields, said):
    (failed,) = trained(session, request("nowhere", **fields))
    assert failed.kind == "ConfigError"
    assert said in failed.message


def test_an_activated_adapter_is_trained_and_published_as_one(session, pairs):
    events = trained(session, request(pairs, kind="alora", epochs=2))
    assert events[-1].result["kind"] == "alora"
    record = get_adapter("bio")
    assert record.kind == "alora"
    config = json.loads((record.directory / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["alora_invocation_tokens"]


def test_learning_rates_are_compared_and_one_is_suggested(session, pairs, monkeypatch):
    monkeypatch.setattr("adapters.training.rates.STEPS", 2)
    events = list(run(protocol.TryRates(job="r", data=str(pairs), name="bio", r=4, batch_size=2), session))
    tried = [event for event in events if isinstance(event, protocol.RateTried)]
    assert {event.learning_rate for event in tried} == {5e-5, 1e-4, 2e-4}
    result = events[-1].result
    assert [curve["learning_rate"] for curve in result["curves"]] == [5e-5, 1e-4, 2e-4]
    assert result["suggestion"] in (5e-5, 1e-4, 2e-4)
    assert result["sentence"]
    assert not runs.list_runs()
