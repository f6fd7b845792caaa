"""Work that calls back comes out as events, with an honest estimate."""

from __future__ import annotations

import pytest

from adapters import relay as relay_module
from adapters.relay import Reporter, relay
from assistant.protocol import Notice, Progress


def drain(generator):
    """(events, result)"""
    events = []
    while True:
        try:
            events.append(next(generator))
        except StopIteration as stop:
            return events, stop.value


def test_events_come_in_order_and_the_result_last():
    def work(emit):
        for number in range(3):
            emit(Notice(job="1", level="info", message=str(number)))
        return "done"

    events, result = drain(relay(work))
    assert [event.message for event in events] == ["0", "1", "2"]
    assert result == "done"


def test_what_the_work_raises_is_raised_to_the_caller_after_its_events():
    def work(emit):
        emit(Notice(job="1", level="info", message="first"))
        raise LookupError("lost")

    generator = relay(work)
    assert next(generator).message == "first"
    with pytest.raises(LookupError, match="lost"):
        next(generator)


class Clock:
    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(relay_module, "time", clock)
    return clock


def test_the_estimate_is_the_pace_of_this_run_not_of_what_was_there_before(clock):
    events: list[Progress] = []
    reporter = Reporter("1", events.append)
    reporter.progress("download", 600, 1000, "bytes")  # resumed: 600 were on the disk
    clock.now += 10
    reporter.progress("download", 700, 1000, "bytes")
    assert events[0].seconds_left is None
    assert events[-1].seconds_left == pytest.approx(30)


def test_what_turns_out_to_be_there_already_does_not_quicken_the_estimate(clock):
    events: list[Progress] = []
    reporter = Reporter("1", events.append)
    reporter.progress("evaluate", 0, 1000)
    reporter.skip(600)
    clock.now += 10
    reporter.progress("evaluate", 700, 1000)
    assert events[-1].seconds_left == pytest.approx(30)


def test_a_flood_of_progress_is_thinned_but_the_end_is_always_told(clock):
    events: list[Progress] = []
    reporter = Reporter("1", events.append)
    for done in range(1000):
        clock.now += 0.001
        reporter.progress("load", done, 1000)
    reporter.progress("load", 1000, 1000)
    assert 10 <= len(events) <= 13
    assert events[-1].done == 1000


def test_a_new_stage_starts_a_new_estimate(clock):
    events: list[Progress] = []
    reporter = Reporter("1", events.append)
    reporter.progress("download", 10, 10)
    clock.now += 0.001
    reporter.progress("quantize", 0, 4)
    assert [event.stage for event in events] == ["download", "quantize"]
    assert events[-1].seconds_left is None
