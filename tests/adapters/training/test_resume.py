"""Paused, killed or short of disk space, a training goes on and ends as if nothing had been."""

from __future__ import annotations

import dataclasses
import errno
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from adapters.training import runs
from adapters.training.checkpoints import (
    FOLDER,
    checkpoint_path,
    checkpoint_steps,
    read_checkpoint,
    write_checkpoint,
)
from adapters.training.loop import train
from adapters.training.metrics import read_metrics
from adapters.training.records import Adjustment, EvaluationDone, Stepped
from assistant.engine import load_engine
from assistant.errors import OutOfMemoryError, TrainingError
from tests.adapters.training.loops import Around, go, learnable, prepared, rows, settings

ROOT = Path(__file__).parents[3]


def step_is(step):
    return lambda told: isinstance(told, Stepped) and told.step == step


def directory(name="bio") -> Path:
    return runs.runs_dir() / name


def steps_in_metrics(name="bio") -> list[int]:
    return [row["step"] for row in read_metrics(directory(name)) if row["kind"] == "step"]


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be forked and killed at one call")
def test_killed_at_random_moments_it_ends_with_the_same_weights_bit_for_bit(tiny_kept, tmp_path):
    """By a timer, before a call that changes the disk, and in the middle of a checkpoint, twice each."""
    command = [sys.executable, "-m", "tests.adapters.training.killing", str(tiny_kept.directory), "3", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(result["kind"], result["how"]) for result in results] == [
        (kind, how) for kind in ("lora", "alora") for how in ("timer", "call", "write")
    ]
    for result in results:
        assert result["same"], result
        assert result["steps_once"], result
        assert set(result["states"]) <= {"interrupted", "none"}, result
    for kind in ("lora", "alora"):
        assert sum(result["kills"] for result in results if result["kind"] == kind) >= 3


@pytest.fixture(scope="module")
def uninterrupted(tiny_kept, tmp_path_factory):
    """Kind → what comes of a training that nothing disturbs; each is made once."""

    @functools.cache
    def ran(kind: str):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SUNTO_HOME", str(tmp_path_factory.mktemp("whole")))
            return go(load_engine(tiny_kept, "cpu"), settings(kind=kind))

    return ran


@pytest.fixture
def whole(uninterrupted):
    return uninterrupted("lora")


@pytest.mark.parametrize("kind", ["lora", "alora"])
@pytest.mark.parametrize("stopped_at", [1, 4, 7])
def test_a_pause_and_a_continuation_end_with_the_very_same_weights(engine, uninterrupted, kind, stopped_at):
    whole = uninterrupted(kind)
    paused = go(engine, settings(kind=kind), after=step_is(stopped_at))
    assert (paused.outcome.end, paused.outcome.steps) == ("stopped", stopped_at)
    assert runs.find_run("bio").state == "paused"
    ended = go(engine, settings(kind=kind), resume=True)
    assert [step.step for step in ended.steps] == list(range(stopped_at + 1, 10))
    assert ended.same_weights(whole)
    assert ended.outcome == whole.outcome
    assert steps_in_metrics() == list(range(1, 10))


class OneAtATime(Around):
    """Each example is a micro-batch, so that there is something between them."""

    def micro_batches(self, examples):
        return [[example] for example in examples]


def test_a_pause_within_a_step_takes_that_step_back(engine):
    whole = go(engine, name="whole", wrap=OneAtATime)
    looks = []

    def after_the_first_example_of_the_third_step():
        looks.append(None)
        return len(looks) > 1 + 2 + 2 + 1 + 1  # at an evaluation, the steps of two examples, an evaluation …

    paused = go(engine, wrap=OneAtATime, should_stop=after_the_first_example_of_the_third_step)
    assert [step.step for step in paused.steps] == [1, 2]
    ended = go(engine, wrap=OneAtATime, resume=True)
    assert ended.steps[0].step == 3
    assert ended.same_weights(whole)


def test_a_pause_while_evaluating_evaluates_again(engine):
    evaluated = []

    class Counting(Around):
        def losses(self, examples):
            evaluated.append(len(examples))
            return self.forward.losses(examples)

    held_out = learnable(engine, 3, seed=1) * 6  # two looks at whether to stop
    whole = go(engine, name="whole", held_out=held_out)
    paused = go(engine, wrap=Counting, held_out=held_out, should_stop=lambda: len(evaluated) == 3)
    assert isinstance(paused.told[-1], Stepped)
    ended = go(engine, held_out=held_out, resume=True)
    assert isinstance(ended.told[0], EvaluationDone)
    assert ended.told[0].step == paused.told[-1].step
    assert ended.same_weights(whole)


def test_what_others_do_with_random_numbers_between_two_steps_changes_nothing(engine, whole):
    disturbed = go(engine, after=lambda _told: torch.rand(7).sum() < 0)
    assert disturbed.same_weights(whole)


def test_a_closed_generator_loses_no_more_than_the_steps_since_the_last_checkpoint(engine):
    chosen = settings(epochs=10)
    with runs.create("bio", chosen, {}, rows()) as run, prepared(engine, chosen) as (forward, adapter):
        loop = train(forward, adapter, learnable(engine), [], chosen, run)
        while not step_is(11)(next(loop)):
            pass
        loop.close()
    assert runs.find_run("bio").state == "interrupted"
    ended = go(engine, chosen, held_out=[], resume=True)
    assert ended.steps[0].step == 7
    assert steps_in_metrics() == list(range(1, 31))


def test_a_run_that_has_ended_is_not_trained_again(engine):
    first = go(engine)
    again = go(engine, resume=True)
    assert again.told == []
    assert again.outcome == first.outcome
    assert again.same_weights(first)
    assert checkpoint_steps(directory()) == [9]


def test_only_two_checkpoints_are_kept_while_it_goes_on(engine):
    seen = []
    go(engine, settings(epochs=10), after=lambda _told: seen.append(len(checkpoint_steps(directory()))))
    assert 2 in seen
    assert max(seen) <= 3, "while one is written, the one that it takes the place of is still there"


def test_other_examples_than_it_began_with_are_refused(engine):
    go(engine, after=step_is(3))
    with pytest.raises(TrainingError, match="look different"):
        go(engine, examples=learnable(engine, seed=4), resume=True)
    assert go(engine, resume=True).outcome.end == "done"


# --- damage and a full disk ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:-100] + bytes(100),
        lambda data: b"\xff" * 8 + data[8:],
        lambda data: data.replace(b'\\"step\\": ', b'\\"stop\\": ', 1),
    ],
    ids=["cut", "empty", "overwritten", "header", "state"],
)
def test_a_torn_checkpoint_is_noticed_and_the_one_before_it_is_taken(engine, whole, damage):
    go(engine, after=step_is(5))
    path = checkpoint_path(directory(), 5)
    before, after = path.read_bytes(), damage(path.read_bytes())
    assert after != before
    path.write_bytes(after)
    ended = go(engine, resume=True)
    assert [(one.kind, one.step) for one in ended.adjustments] == [("disk", 4)]
    assert "damaged" in ended.adjustments[0].message
    assert ended.steps[0].step == 5
    assert ended.same_weights(whole)


def test_with_all_checkpoints_torn_it_begins_anew_and_says_so(engine, whole):
    go(engine, after=step_is(5))
    for path in (directory() / FOLDER).iterdir():
        path.write_bytes(b"torn")
    ended = go(engine, resume=True)
    assert ended.adjustments[0].step == 0
    assert ended.same_weights(whole)
    assert steps_in_metrics() == list(range(1, 10))


class FullDisk:
    """No checkpoint can be written while `full`."""

    def __init__(self, monkeypatch) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        self.full = False

        def save(tensors, path, metadata):
            if self.full:
                Path(path).write_bytes(b"half of it")
                raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")
            save_file(tensors, path, metadata)

        monkeypatch.setattr("safetensors.torch.save_file", save)


def test_a_full_disk_at_a_checkpoint_leaves_the_one_before_whole_and_the_training_goes_on(engine, whole, monkeypatch):
    disk = FullDisk(monkeypatch)

    def fill(told):
        disk.full = disk.full or step_is(4)(told)

    ended = go(engine, after=fill)
    assert ended.outcome.end == "done"
    assert ended.same_weights(whole), "the best one was kept in memory"
    assert {one.kind for one in ended.adjustments} == {"disk"}
    assert "the disk is full" in ended.adjustments[0].message
    left = checkpoint_steps(directory())
    assert left == sorted(int(path.stem) for path in (directory() / FOLDER).iterdir()), "and no half of one"
    assert 0 < max(left) <= 4
    for step in left:
        assert read_checkpoint(checkpoint_path(directory(), step)).state.step == step
    disk.full = False
    assert go(engine, resume=True).same_weights(whole)


def test_when_there_is_room_again_everything_is_saved_again(engine, whole, monkeypatch):
    disk = FullDisk(monkeypatch)

    def fill(told):
        disk.full = isinstance(told, Stepped) and 3 <= told.step < 6

    go(engine, after=lambda told: fill(told) or step_is(8)(told))
    assert read_checkpoint(checkpoint_path(directory(), 8)).state.step == 8
    assert (directory() / "best.safetensors").exists()
    assert go(engine, resume=True).same_weights(whole)


def test_a_best_one_that_was_lost_with_a_full_disk_is_not_believed_in(engine, monkeypatch):
    """Killed then, the run has an older best one on the disk than its checkpoint speaks of: it looks for a new one."""
    go(engine, settings(patience=0), after=step_is(7))
    (directory() / "best.safetensors").unlink()
    ended = go(engine, settings(patience=0), resume=True)
    later = [one for one in ended.evaluations if one.step > 7]
    assert ended.outcome.best_loss == min(one.loss for one in later)
    assert ended.outcome.kept_step > 7


def test_where_nothing_can_be_written_at_all_it_does_not_begin(engine, monkeypatch):
    FullDisk(monkeypatch).full = True
    with pytest.raises(TrainingError, match="the disk is full") as caught:
        go(engine)
    assert caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
def test_a_real_limit_of_the_system_is_told_in_its_words(tmp_path):
    """`save_file` has its own way of telling what the system said."""
    import resource
    import signal

    from adapters.training.checkpoints import Checkpoint, State, write_checkpoint
    from adapters.training.guard import GuardState

    state = State(step=1, optimizer="adamw", guard=GuardState(), data="")
    path = checkpoint_path(tmp_path, 1)
    write_checkpoint(path, Checkpoint(state, {"m": (torch.zeros(2), torch.zeros(2))}))
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="large") as caught:
            write_checkpoint(path, Checkpoint(state, {"m": (torch.zeros(9999), torch.zeros(2))}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.errno == errno.EFBIG
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_metrics_wait_for_room_on_the_disk_and_lose_no_line(tmp_path, monkeypatch):
    from adapters.training.metrics import MetricsFile

    metrics = MetricsFile(tmp_path)
    told = [Adjustment(step=step, kind="power", message="…") for step in range(4)]
    metrics.add(told[0], 0)
    opened = Path.open

    def full(path, mode="r", **options):
        if "a" in mode:
            with opened(path, "ab") as file:
                file.write(b'{"half')
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, **options)

    with monkeypatch.context() as context:
        context.setattr(Path, "open", full)
        metrics.add(told[1], 0)
        metrics.add(told[2], 0)
    metrics.add(told[3], 0)
    assert [row["step"] for row in read_metrics(tmp_path)] == [0, 1, 2, 3]


def test_a_half_line_at_the_end_of_the_metrics_is_left_out_and_cut_off(engine):
    go(engine, after=step_is(5))
    path = directory() / "metrics.jsonl"
    path.write_bytes(path.read_bytes() + b'{"kind": "step", "st')
    assert steps_in_metrics() == [1, 2, 3, 4, 5]
    go(engine, resume=True)
    assert steps_in_metrics() == list(range(1, 10))
    assert all(line.endswith(b"}") for line in path.read_bytes().splitlines())


def test_two_processes_do_not_train_one_run():
    with runs.create("bio", settings(), {}, rows()):
        script = "from adapters.training import runs; print(runs.find_run('bio').state); runs.open_run('bio')"
        other = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=os.environ, capture_output=True, encoding="utf-8"
        )
        assert other.stdout.strip() == "running"
        assert "Another Sunto is training" in other.stderr
        assert "torch" not in other.stderr
    assert runs.find_run("bio").state == "interrupted"
    runs.open_run("bio").close()


def test_what_a_run_gave_up_for_memory_it_gives_up_again_when_it_goes_on(engine):
    from adapters.training.records import Room
    from tests.adapters.training.training_models import plan

    class Short(Around):
        fails = iter([False, True] + [False] * 99)

        def backward(self, micro, scale):
            loss = self.forward.backward(micro, scale)
            if next(self.fails):
                raise torch.OutOfMemoryError("CUDA out of memory")
            return loss

    room = Room(message="Smaller.", plan=plan(micro_tokens=60), optimizer="adamw8bit", record={"rung": "all"})
    paused = go(engine, wrap=Short, ladder=lambda _error: room, after=step_is(5))
    assert [(one.kind, one.step) for one in paused.adjustments] == [("memory", 1)]
    assert [step.step for step in paused.steps] == [1, 2, 3, 4, 5]
    with runs.open_run("bio") as run:
        assert run.rungs() == ({"rung": "all"},)
    ended = go(engine, resume=True)
    assert ended.outcome.rungs == ({"rung": "all"},)


def test_a_checkpoint_that_lacks_a_moment_is_said_to_be_damaged(engine):
    go(engine, after=step_is(5))
    path = checkpoint_path(directory(), 5)
    whole = read_checkpoint(path)
    first = next(iter(whole.optimizer))
    rest = {name: tensor for name, tensor in whole.optimizer.items() if name != first}
    write_checkpoint(path, dataclasses.replace(whole, optimizer=rest))
    with pytest.raises(TrainingError, match="damaged or from another version"):
        go(engine, resume=True)


def test_without_a_ladder_a_lack_of_memory_is_raised_as_it_is(engine):
    class Short(Around):
        def losses(self, _examples):
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        go(engine, wrap=Short)
    assert go(engine, resume=True).outcome.end == "done"


def test_where_nothing_is_left_to_give_up_no_step_is_lost(engine):
    class Short(Around):
        losses_left = iter(range(11))

        def backward(self, micro, scale):
            if next(self.losses_left, None) is None:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return self.forward.backward(micro, scale)

    def nothing_left(error):
        raise OutOfMemoryError("Too large.") from error

    whole = go(engine, settings(epochs=10, patience=0), name="whole")
    with pytest.raises(OutOfMemoryError):
        go(engine, settings(epochs=10, patience=0), wrap=Short, ladder=nothing_left)
    ended = go(engine, settings(epochs=10, patience=0), resume=True)
    assert ended.steps[0].step == 12
    assert ended.same_weights(whole)


class FailsOnce:
    """Stands before a function; memory runs out the first time."""

    def __init__(self, function, at=1) -> None:
        self.function, self.at, self.calls = function, at, 0

    def __call__(self, *arguments):
        self.calls += 1
        if self.calls == self.at:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.function(*arguments)


def test_memory_that_runs_out_in_the_optimizers_step_is_made_and_costs_no_weight(engine, whole, monkeypatch):
    from adapters.training.records import Room
    from tests.adapters.training.training_models import plan

    step = FailsOnce(torch.optim.AdamW.step, at=3)
    monkeypatch.setattr(torch.optim.AdamW, "step", lambda self: step(self))
    ran = go(engine, settings(), ladder=lambda _error: Room(message="Smaller.", plan=plan()))
    assert [(one.kind, one.step) for one in ran.adjustments] == [("memory", 2)]
    assert [one.step for one in ran.steps] == list(range(1, 10))
    assert ran.same_weights(whole)
    assert ran.outcome.rungs == ({},)


def test_where_not_even_the_smaller_optimizer_fits_no_step_is_lost(engine, whole, monkeypatch):
    from adapters.training import standing
    from adapters.training.records import Room
    from tests.adapters.training.training_models import plan

    with monkeypatch.context() as short:
        step = FailsOnce(torch.optim.AdamW.step, at=3)
        short.setattr(torch.optim.AdamW, "step", lambda self: step(self))
        short.setattr(standing, "change_kind", FailsOnce(standing.change_kind))
        with pytest.raises(torch.OutOfMemoryError):
            go(engine, settings(), ladder=lambda _error: Room(message="Smaller.", plan=plan(), optimizer="adamw8bit"))
    ended = go(engine, settings(), resume=True)
    assert ended.steps[0].step == 3
    assert ended.same_weights(whole)
