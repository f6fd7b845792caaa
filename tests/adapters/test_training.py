"""What can be known to be wrong is said before the model is loaded, not when the training is over."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from adapters import training
from adapters.jobs import Session, run
from adapters.training import MAX_RANK
from assistant.config import Settings
from assistant.errors import ExitCode, TrainingError
from assistant.protocol import Failed, Train


class NoModel(Session):
    """Nothing here may get as far as loading one."""

    def engine(self, request, should_stop):
        raise AssertionError("the model was loaded first")


@pytest.fixture
def failure(tmp_path):
    """What a training ends with that should not begin."""
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"document": "a b c", "summary": "a"}\n', encoding="utf-8")

    def attempt(**options):
        options = {"data": str(pairs), "name": "bio", **options}
        (ending,) = run(Train(job="1", **options), NoModel(Settings()))
        assert isinstance(ending, Failed)
        assert ending.hint
        return ending

    return attempt


def test_a_rank_that_no_memory_holds_is_refused(failure):
    """`--r 100000` was tried, until the system killed the program."""
    ending = failure(r=MAX_RANK + 1)
    assert ending.exit_code == ExitCode.USAGE
    assert str(MAX_RANK) in ending.hint


@pytest.mark.parametrize("name", ["none", "BASE"])
def test_a_name_that_means_no_adapter_is_explained(failure, name):
    """The hint was about letters and digits, which such a name has."""
    ending = failure(name=name)
    assert ending.exit_code == ExitCode.ADAPTER
    assert "without an adapter" in ending.hint


def test_an_empty_file_is_called_empty(failure, tmp_path):
    """It was “line 0: it is empty”."""
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    ending = failure(data=str(empty))
    assert ending.exit_code == ExitCode.DATASET
    assert ending.message == f"{empty} is empty."


def test_a_folder_that_cannot_be_written_to_is_found_out_before_the_training(failure, monkeypatch):
    """On a read-only disk all steps were done first, and their result was lost."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    ending = failure()
    assert ending.exit_code == ExitCode.USAGE
    assert "SUNTO_HOME" in ending.hint


def test_a_disk_without_room_for_the_adapter_is_found_out_before_the_first_step(monkeypatch, sunto_home):
    """All steps were done, and then “SafetensorError: Error while serializing”."""
    (sunto_home / "adapters").mkdir(parents=True)
    monkeypatch.setattr(training.shutil, "disk_usage", lambda _path: SimpleNamespace(free=2_000_000))
    training._check_room("bio", 900_000)
    with pytest.raises(TrainingError, match=r"it needs 2\.0 MB, and 2\.0 MB are free") as caught:
        training._check_room("bio", 1_000_000)
    assert caught.value.exit_code == ExitCode.TRAINING


def test_a_file_where_the_adapters_folder_should_be_is_named(failure, sunto_home):
    sunto_home.mkdir(exist_ok=True)
    (sunto_home / "adapters").write_text("", encoding="utf-8")
    ending = failure()
    assert ending.exit_code == ExitCode.USAGE
    assert str(sunto_home / "adapters") in ending.message
