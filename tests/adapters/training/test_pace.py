"""How long it will still take: told from the last steps, whatever lay between them."""

from __future__ import annotations

import pytest

from adapters.training import pace
from adapters.training.pace import Pace


def test_a_laptop_that_slept_for_a_night_has_not_become_slow():
    spent = Pace()
    for seconds in (10.0, 11.0, 30_000.0, 9.0, 10.0):
        spent.step_done(seconds)
    assert spent.seconds_left(100, 0) == pytest.approx(1000)


def test_evaluations_count_too():
    spent = Pace()
    spent.step_done(2.0)
    spent.evaluation_done(30.0)
    assert spent.seconds_left(10, 3) == pytest.approx(20 + 90)


def test_before_the_first_step_nothing_is_known():
    assert Pace().seconds_left(10, 3) == 0


def test_what_others_do_between_two_steps_is_not_the_loops_own_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    spent = Pace()
    with spent.apart():  # the forward pass, or somebody who asks the model something
        now[0] += 50
    now[0] += 2
    assert spent.step_done(52.0) == pytest.approx(2)
    now[0] += 1
    assert spent.step_done(1.0) == pytest.approx(1)
