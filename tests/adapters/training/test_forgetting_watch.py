"""A training that is watched for what it costs the model: told at amber, ended at red, and otherwise the very same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adapters.evaluation.probes import LANGUAGES, OPTIONS, load_items, load_passages
from adapters.evaluation.probes.scores import ProbeScores, passage_losses
from adapters.jobs import run
from adapters.training import forgetting_watch
from adapters.training.forgetting_watch import ForgettingWatch
from adapters.training.records import Forgot
from assistant import protocol
from assistant.config import Settings
from assistant.errors import OutOfMemoryError, Stopped
from tests.adapters.training.loops import go, settings
from tests.adapters.training.test_resume import step_is

RED, AMBER, GREEN = (
    Forgot(light="red", change=0.4),
    Forgot(light="amber", change=0.1),
    Forgot(light="green", change=0.0),
)


def seeing(*looks):
    """At one evaluation after the other; the last one from then on."""
    left = list(looks)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_a_training_ends_at_red_with_the_best_weights_from_before(engine):
    chosen = settings(epochs=4, evaluations_per_epoch=1, patience=0)
    ran = go(engine, chosen, watch=seeing(GREEN, RED))
    assert (ran.outcome.end, ran.outcome.steps, ran.outcome.kept_step) == ("forgetting", 6, 3)
    assert ran.evaluations[-1].loss < ran.evaluations[-2].loss  # the better summaries are not worth it
    assert [one.best for one in ran.evaluations] == [True, True, False]
    assert [one.kind for one in ran.adjustments] == ["forgetting"]
    assert "as it was at step 3" in ran.adjustments[0].message
    assert "+0.40" in ran.adjustments[0].message
    at_three = go(engine, chosen, name="three", after=step_is(3))
    assert ran.same_weights(at_three)


def test_where_the_first_look_is_red_the_adapter_is_kept_as_it_is_and_that_is_said(engine):
    ran = go(engine, settings(patience=0), watch=seeing(RED))
    assert (ran.outcome.end, ran.outcome.kept_step) == ("forgetting", ran.outcome.steps)
    assert "no earlier one" in ran.adjustments[0].message


def test_red_ends_a_training_without_held_out_examples_too(engine):
    ran = go(engine, settings(), held_out=[], watch=seeing(RED))
    assert (ran.outcome.end, ran.outcome.kept_step) == ("forgetting", ran.outcome.steps)


def test_amber_is_told_and_ends_nothing(engine):
    ran = go(engine, settings(epochs=2, evaluations_per_epoch=1, patience=0), watch=seeing(AMBER, GREEN))
    assert ran.outcome.end == "done"
    assert [(one.kind, one.step) for one in ran.adjustments] == [("forgetting", 3)]


def test_a_run_that_was_ended_stays_ended(engine):
    go(engine, settings(patience=0), watch=seeing(RED))
    again = go(engine, settings(patience=0), resume=True, watch=seeing(GREEN))
    assert (again.outcome.end, again.steps) == ("forgetting", [])


def test_a_look_that_is_stopped_is_taken_again_when_the_run_goes_on(engine):
    chosen = settings(epochs=2, evaluations_per_epoch=1, patience=0)

    def stopped():
        raise Stopped

    paused = go(engine, chosen, watch=stopped)
    assert (paused.outcome.end, paused.outcome.steps) == ("stopped", 3)
    ran = go(engine, chosen, resume=True, watch=seeing(RED))
    assert (ran.outcome.end, ran.outcome.steps, ran.steps) == ("forgetting", 3, [])


# --- looking ------------------------------------------------------------------------------------------------------


@pytest.fixture
def few_passages(monkeypatch):
    monkeypatch.setattr(forgetting_watch, "PASSAGES", 3)


def knowing(engine, *, right: dict[str, int], lower: float = 0.0) -> ProbeScores:
    """As if this engine answered so many questions; its own losses, lower by so much."""
    passages = [passage for language in LANGUAGES for passage in load_passages(language)]
    losses = {passage.id: loss - lower for passage, loss in zip(passages, _losses(engine, passages), strict=True)}
    items = {}
    for language in LANGUAGES:
        for number, item in enumerate(load_items(language)):
            chosen = item.answer if number < right[language] else (item.answer + 1) % OPTIONS
            items[item.id] = [0.0 if option == chosen else 1.0 for option in range(OPTIONS)]
    return ProbeScores(losses, items)


def _losses(engine, passages):
    found = passage_losses(engine, passages)
    return [found[passage.id] for passage in passages]


def watched(engine, known, **more):
    """A training with a real look at every evaluation."""
    looks = []

    def wrap(forward):
        watch = ForgettingWatch(engine, forward.adapter.snapshot, engine.aside, known, lambda: False)
        watches.append(lambda: looks.append(watch()) or looks[-1])
        return forward

    watches = []
    ran = go(engine, wrap=wrap, watch=lambda: watches[0](), **more)
    return ran, looks


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_a_look_changes_nothing_of_the_training(engine, few_passages, kind):
    chosen = settings(kind=kind, patience=0)
    known = knowing(engine, right={"it": 30, "en": 30}, lower=-9.0)  # much better now than before: green
    ran, looks = watched(engine, known, chosen=chosen)
    assert [one.light for one in looks] == ["green"] * (len(ran.evaluations) - 1)
    assert ran.same_weights(go(engine, chosen, name="unwatched"))


def test_a_look_sees_the_adapter_as_it_is_now_in_the_language_that_lost_most(engine, few_passages):
    known = knowing(engine, right={"it": 30, "en": 30})
    known = replace(known, passages={one: loss - 5.0 * one.startswith("en") for one, loss in known.passages.items()})
    ran, looks = watched(engine, known)
    assert (ran.outcome.end, looks[0].light) == ("forgetting", "red")
    assert looks[0].change == pytest.approx(5.0, abs=1.0)
    assert looks[0].change != pytest.approx(5.0, abs=1e-6)  # that of the bare base


def test_a_language_in_which_the_base_only_guesses_is_not_watched(engine, few_passages):
    known = knowing(engine, right={"it": 5, "en": 5}, lower=9.0)
    ran, looks = watched(engine, known)
    assert ran.outcome.end != "forgetting"
    assert set(looks) == {None}


def test_a_look_that_memory_is_too_short_for_ends_nothing(engine, few_passages, monkeypatch):
    known = knowing(engine, right={"it": 30, "en": 30}, lower=9.0)

    def short(*_args, **_more):
        raise OutOfMemoryError("Too large.")

    monkeypatch.setattr(forgetting_watch, "passage_losses", short)
    ran, looks = watched(engine, known)
    assert set(looks) == {None}
    assert ran.outcome.end != "forgetting"


# --- the job ------------------------------------------------------------------------------------------------------


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    rows = [{"document": f"Plants turn light into sugar number {n}.", "summary": f"Sugar {n}."} for n in range(6)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def asked(pairs):
    return protocol.Train(job="t", data=str(pairs), name="bio", batch_size=2, epochs=1, r=4, few=True, evaluate=False)


def test_nobody_looks_unless_it_is_asked_for(session, pairs, monkeypatch):
    monkeypatch.setattr(forgetting_watch, "kept_scores", None)
    assert list(run(asked(pairs), session))[-1].result["ended"] == "done"


def test_the_setting_has_a_training_end_by_itself(session, pairs, monkeypatch, few_passages):
    def known(model, _library, _should_stop):
        yield 1, 1
        return knowing(model, right={"it": 30, "en": 30}, lower=9.0)

    monkeypatch.setattr(forgetting_watch, "kept_scores", known)
    monkeypatch.setattr(session, "_settings", Settings(device="cpu", stop_on_forgetting="on"))
    events = list(run(asked(pairs), session))
    assert events[-1].result["ended"] == "forgetting"
    assert "forgetting" in [event.kind for event in events if isinstance(event, protocol.Adjusted)]
    assert any("knows" in event.detail for event in events if isinstance(event, protocol.Progress))


def test_that_nothing_can_be_watched_is_said(session, pairs, monkeypatch):
    def known(model, _library, _should_stop):
        yield from ()
        return knowing(model, right={"it": 5, "en": 5})

    monkeypatch.setattr(forgetting_watch, "kept_scores", known)
    monkeypatch.setattr(session, "_settings", Settings(device="cpu", stop_on_forgetting="on"))
    events = list(run(asked(pairs), session))
    assert any("by guessing" in event.message for event in events if isinstance(event, protocol.Notice))
    assert events[-1].result["ended"] == "done"
