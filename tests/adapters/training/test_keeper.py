"""Checkpoints are written beside the training: it need not wait, and loses nothing by not waiting."""

from __future__ import annotations

import dataclasses
import errno
import threading

import pytest
import torch

from adapters.training import keeper as keeping
from adapters.training.checkpoints import (
    BEST,
    Checkpoint,
    State,
    checkpoint_path,
    checkpoint_steps,
    read_checkpoint,
    write_checkpoint,
)
from adapters.training.guard import GuardState
from adapters.training.keeper import Keeper
from adapters.training.records import Stepped
from tests.adapters.training.loops import go, settings
from tests.adapters.training.test_resume import directory, step_is

TOTAL = 10
"""Steps; a checkpoint is due every second one."""


def at(step: int, value: float = 0.0) -> Checkpoint:
    weights = {"m": (torch.full((4,), value), torch.full((4,), value))}
    return Checkpoint(
        State(step=step, optimizer="adamw", guard=GuardState(), data=""), weights, {"0.step": weights["m"][0]}
    )


@pytest.fixture
def keeper(tmp_path):
    kept = Keeper(tmp_path, TOTAL)
    yield kept
    kept.close()


class SlowDisk:
    """Writes nothing before it is told to go on; `fails` afterwards."""

    def __init__(self, monkeypatch) -> None:
        self.go_on, self.fails, self.writes = threading.Event(), False, 0
        monkeypatch.setattr(keeping, "write_checkpoint", self._write)

    def _write(self, path, checkpoint) -> None:
        self.writes += 1
        assert self.go_on.wait(20)
        if self.fails:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_checkpoint(path, checkpoint)


def test_what_is_written_is_what_was_handed_over_however_it_changes_meanwhile(keeper, tmp_path, monkeypatch):
    disk = SlowDisk(monkeypatch)
    checkpoint = at(2, 1.0)
    keeper.keep(checkpoint)
    checkpoint.weights["m"][0].fill_(7.0)
    disk.go_on.set()
    keeper.settle()
    written = read_checkpoint(checkpoint_path(tmp_path, 2))
    assert written.weights["m"][0].tolist() == written.optimizer["0.step"].tolist() == [1.0] * 4


def test_the_next_one_waits_for_the_one_before(keeper, tmp_path, monkeypatch):
    disk = SlowDisk(monkeypatch)
    keeper.keep(at(2))
    assert checkpoint_steps(tmp_path) == []
    threading.Timer(0.2, disk.go_on.set).start()
    keeper.keep(at(4))
    assert checkpoint_steps(tmp_path)[0] == 2
    keeper.settle()
    assert checkpoint_steps(tmp_path) == [2, 4]


def test_what_could_not_be_written_is_said_later_and_is_still_there_to_go_back_to(keeper, tmp_path, monkeypatch):
    disk = SlowDisk(monkeypatch)
    disk.go_on.set()
    keeper.keep(at(2, 2.0))
    keeper.settle()
    disk.fails = True
    keeper.keep(at(4, 4.0))
    with pytest.raises(OSError, match="No space left"):
        keeper.keep(at(6, 6.0))
    with pytest.raises(OSError, match="No space left"):
        keeper.settle()
    keeper.settle()  # said once
    assert checkpoint_steps(tmp_path) == [2]
    assert keeper.trusted(100).weights["m"][0][0] == 6.0


def test_a_best_one_is_tried_again_with_the_next_checkpoint(keeper, tmp_path, monkeypatch):
    disk = SlowDisk(monkeypatch)
    disk.go_on.set()
    disk.fails = True
    keeper.keep_best(at(3, 3.0))
    with pytest.raises(OSError, match="No space left"):
        keeper.settle()
    best = keeper.best()
    assert best
    assert best.state.step == 3
    disk.fails = False
    keeper.keep(at(4))
    keeper.settle()
    assert read_checkpoint(tmp_path / BEST).state.step == 3


def test_closing_writes_to_its_end_what_was_begun(tmp_path, monkeypatch):
    disk = SlowDisk(monkeypatch)
    kept = Keeper(tmp_path, TOTAL)
    kept.keep(at(2))
    threading.Timer(0.2, disk.go_on.set).start()
    kept.close()
    assert read_checkpoint(checkpoint_path(tmp_path, 2)).state.step == 2


def test_steps_are_made_while_a_checkpoint_is_written(engine, monkeypatch):
    whole = go(engine, settings(epochs=10, patience=0), held_out=[], name="whole")
    disk = SlowDisk(monkeypatch)
    disk.go_on.set()
    during = []

    def hold(told):
        if not isinstance(told, Stepped):
            return
        if told.step == 6:  # the checkpoint of this step is written next …
            disk.go_on.clear()
        if told.step == 11:  # … and the one of step 12 would wait for it
            during.append(checkpoint_steps(directory()))
            disk.go_on.set()

    ran = go(engine, settings(epochs=10, patience=0), held_out=[], after=hold)
    assert during == [[0]]
    assert ran.same_weights(whole)


def test_a_training_is_paused_when_its_checkpoint_is_written_and_not_before(engine, monkeypatch):
    disk = SlowDisk(monkeypatch)
    disk.go_on.set()

    def hold(told):
        if step_is(5)(told):
            disk.go_on.clear()
            threading.Timer(0.3, disk.go_on.set).start()
            return True
        return False

    assert go(engine, after=hold).outcome.end == "stopped"
    assert read_checkpoint(checkpoint_path(directory(), 5)).state.step == 5


def test_a_pause_for_which_there_is_no_room_says_so(engine, monkeypatch):
    disk = SlowDisk(monkeypatch)
    disk.go_on.set()

    def fill(told):
        disk.fails = disk.fails or step_is(5)(told)
        return disk.fails

    stopped = go(engine, after=fill)
    assert "disk" in {one.kind for one in stopped.adjustments}
    assert max(checkpoint_steps(directory())) < 5
    disk.fails = False
    assert go(engine, resume=True).outcome.end == "done"


def test_the_state_of_a_best_one_in_memory_is_known(keeper, monkeypatch):
    disk = SlowDisk(monkeypatch)
    disk.go_on.set()
    disk.fails = True
    checkpoint = at(3)
    keeper.keep_best(dataclasses.replace(checkpoint, optimizer={}))
    with pytest.raises(OSError, match="No space left"):
        keeper.settle()
    state = keeper.best_state()
    assert state
    assert state.step == 3
