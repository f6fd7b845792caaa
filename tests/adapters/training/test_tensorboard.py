"""A run's curves can be looked at in TensorBoard; without it a training is the same."""

from __future__ import annotations

import math

from adapters.training import tensorboard
from adapters.training.tensorboard import FOLDER
from tests.adapters.training.loops import go, settings
from tests.adapters.training.test_loop_guard import failing_at
from tests.adapters.training.test_resume import directory, step_is


def shown(tag: str) -> list[int]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(directory() / FOLDER))
    events.Reload()
    return [event.step for event in events.Scalars(tag)]


def test_without_it_nothing_is_written_and_nothing_is_missing(engine, monkeypatch):
    monkeypatch.setattr(tensorboard, "is_installed", lambda: False)
    assert go(engine).outcome.end == "done"
    assert not (directory() / FOLDER).exists()


def test_with_it_the_curves_are_there_and_no_step_twice_after_a_pause(engine):
    go(engine, settings(epochs=10), after=step_is(7))
    go(engine, settings(epochs=10, patience=0), resume=True)
    assert shown("loss/training") == list(range(1, 31))
    assert shown("loss/held_out")[0] == 0


def test_steps_that_were_taken_back_are_not_shown(engine, monkeypatch):
    go(engine, settings(patience=0), wrap=failing_at({7: math.nan}))
    assert shown("loss/training") == list(range(1, 10))
