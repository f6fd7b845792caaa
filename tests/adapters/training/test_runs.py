"""Trainings are kept under their adapter's name: listed, found again, and deleted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.training import runs
from adapters.training.run import RUN_FILE
from assistant.errors import AdapterError, ConfigError, TrainingError
from tests.adapters.training.loops import rows, settings

ABOUT = {"data": {"name": "notes", "sha256": "ab"}, "model": "tiny"}


def make(name="bio", **options) -> None:
    runs.create(name, settings(), ABOUT, rows(), **options).close()


def finish(name="bio") -> None:
    with runs.open_run(name) as run:
        run.note(state="finished", step=9, total=9)


def leftovers() -> list[str]:
    return sorted(entry.name for entry in runs.runs_dir().iterdir() if not entry.name.endswith(".lock"))


def test_what_a_run_was_made_with_is_found_again_exactly():
    make()
    with runs.open_run("bio") as run:
        assert run.examples() == tuple(rows())
        assert (run.settings, run.about, run.rungs()) == (settings(), ABOUT, ())


def test_runs_are_listed_the_latest_first():
    for name in ("a", "b", "c"):
        make(name)
    finish("a")
    assert [(record.name, record.state) for record in runs.list_runs()] == [
        ("a", "finished"),
        ("c", "interrupted"),
        ("b", "interrupted"),
    ]
    assert [record.can_resume for record in runs.list_runs()] == [False, True, True]
    assert all(record.bytes > 0 for record in runs.list_runs())


def test_a_run_that_a_process_has_is_running():
    with runs.create("bio", settings(), ABOUT, rows()):
        assert runs.find_run("bio").state == "running"
        with pytest.raises(TrainingError, match="Another Sunto is training"):
            runs.remove_run("bio")
        with pytest.raises(TrainingError, match="Another Sunto is training"):
            make(overwrite=True)
    assert runs.find_run("bio").state == "interrupted"


def test_an_unfinished_run_is_not_overwritten_unless_asked_and_both_ways_are_told():
    make()
    with pytest.raises(TrainingError, match="unfinished") as caught:
        make()
    assert "--resume" in caught.value.hint
    assert "--overwrite" in caught.value.hint
    make(overwrite=True)
    assert leftovers() == ["bio"]


def test_a_finished_run_makes_room_for_the_next_of_its_name():
    make()
    finish()
    make()
    assert runs.find_run("bio").step == 0


def test_capitals_do_not_tell_two_runs_apart():
    make("Bio")
    with pytest.raises(TrainingError, match="unfinished"):
        make("bio")
    assert runs.find_run("BIO").name == "Bio"
    runs.remove_run("bIo")
    assert runs.find_run("Bio") is None


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "con", "none", "a\x1b[31m"])
def test_names_that_lead_elsewhere_are_refused(name):
    for ask in (make, runs.open_run, runs.find_run, runs.remove_run):
        with pytest.raises(AdapterError):
            ask(name)


def test_what_is_not_there_is_said():
    for ask in (runs.open_run, runs.remove_run):
        with pytest.raises(TrainingError, match="no training called") as caught:
            ask("bio")
        assert "sunto runs list" in caught.value.hint


def test_a_removed_run_is_gone_with_all_it_had():
    make()
    runs.remove_run("bio")
    assert runs.list_runs() == []
    assert leftovers() == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 99}', '{"format": 1, "name": "bio", "x": 1}'])
def test_a_damaged_run_is_left_out_of_the_list_and_can_be_deleted_or_begun_anew(text):
    make()
    make("law")
    (runs.runs_dir() / "bio" / RUN_FILE).write_text(text, encoding="utf-8")
    assert [record.name for record in runs.list_runs()] == ["law"]
    with pytest.raises(TrainingError, match="cannot be read"):
        runs.open_run("bio")
    make(overwrite=True)
    runs.remove_run("bio")


def test_damaged_examples_are_said():
    make()
    (runs.runs_dir() / "bio" / "examples.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    with runs.open_run("bio") as run, pytest.raises(TrainingError, match="cannot be read"):
        run.examples()


def test_one_that_was_begun_to_be_made_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(TrainingError, match="the disk is full"):
        make()
    assert leftovers() == []
    monkeypatch.undo()


def test_a_home_that_cannot_be_written_to_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SUNTO_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigError):
        make()


def test_run_json_is_plain_json_that_a_person_can_read():
    make("perché")
    written = json.loads((runs.runs_dir() / "perché" / RUN_FILE).read_text(encoding="utf-8"))
    assert written["name"] == "perché"
    assert written["settings"]["learning_rate"] == settings().learning_rate


def test_looking_at_runs_needs_no_torch():
    make()
    script = "import sys; from adapters.training import runs; runs.list_runs(); runs.open_run('bio').rungs(); "
    script += "sys.exit('torch' in sys.modules)"
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", script], cwd=root).returncode == 0
