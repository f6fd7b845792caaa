"""Versions, names, locks and full disks: what changes in the registry, and what stays when it cannot."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from adapters import registry
from adapters.registry import journal
from assistant.config import data_dir
from assistant.errors import AdapterCorruptError, AdapterError, AdapterNotFoundError
from tests.adapters.registry_files import install, leftovers, state

ROOT = Path(__file__).parents[2]

# --- versions ----------------------------------------------------------------------------------------------------


def test_training_again_keeps_the_version_before_with_its_card():
    install("bio", 1, data={"file": "a.jsonl"})
    install("bio", 2, data={"file": "b.jsonl"})
    record = registry.get_adapter("bio")
    assert (record.version, record.versions, record.r) == (2, (1,), 2)
    (before,) = registry.earlier_versions(record)
    assert (before.name, before.version, before.r, before.card["data"]["file"]) == ("bio", 1, 1, "a.jsonl")
    assert [step["data"]["file"] for step in record.card["lineage"]] == ["a.jsonl"]


def test_lineage_is_told_even_of_versions_that_were_removed():
    for mark in (1, 2, 3):
        install("bio", mark, data={"file": f"{mark}.jsonl"})
    registry.remove("bio", 1)
    registry.remove("bio", 2)
    steps = registry.get_adapter("bio").card["lineage"]
    assert [(step["version"], step["data"]["file"]) for step in steps] == [(1, "1.jsonl"), (2, "2.jsonl")]


def test_rolling_back_swaps_and_can_be_undone():
    for mark in (1, 2, 3):
        install("bio", mark)
    record, was = registry.roll_back("bio")
    assert (record.version, was) == (2, 3)
    assert state() == {"bio": (2, {1: 1, 2: 2, 3: 3})}
    registry.roll_back("bio", 3)
    assert state() == {"bio": (3, {1: 1, 2: 2, 3: 3})}
    registry.roll_back("bio", 1)
    assert state() == {"bio": (1, {1: 1, 2: 2, 3: 3})}
    install("bio", 4)
    assert state() == {"bio": (4, {1: 1, 2: 2, 3: 3, 4: 4})}
    assert leftovers() == []


def test_there_is_no_way_back_from_the_first_version_and_none_to_what_is_not_there():
    install("bio", 1)
    with pytest.raises(AdapterError, match="no version before 1"):
        registry.roll_back("bio")
    install("bio", 2)
    with pytest.raises(AdapterError, match="no version 7") as caught:
        registry.roll_back("bio", 7)
    assert "Kept beside it: 1" in caught.value.hint
    with pytest.raises(AdapterError, match=r"Version 2 .* is the one in use"):
        registry.remove("bio", 2)
    with pytest.raises(AdapterNotFoundError):
        registry.roll_back("law")


def test_a_damaged_version_is_no_way_back_but_a_way_back_from_a_damaged_one_is():
    install("bio", 1)
    directory = install("bio", 2)
    config = directory / "versions" / "1" / "adapter_config.json"
    whole = config.read_text(encoding="utf-8")
    config.write_text("{", encoding="utf-8")
    with pytest.raises(AdapterCorruptError):
        registry.roll_back("bio")
    assert registry.get_adapter("bio").r == 2
    config.write_text(whole, encoding="utf-8")
    (directory / "adapter_config.json").write_text("{", encoding="utf-8")
    registry.roll_back("bio")
    assert registry.get_adapter("bio").r == 1


def test_an_adapter_copied_in_by_hand_becomes_a_version_as_well():
    directory = registry.adapters_dir() / "bio"
    directory.mkdir(parents=True)
    (directory / "adapter_config.json").write_text('{"r": 5}', encoding="utf-8")
    (directory / "adapter_model.safetensors").write_bytes(bytes([5]) * 64)
    install("bio", 6)
    assert state() == {"bio": (2, {1: 5, 2: 6})}
    registry.roll_back("bio")
    assert registry.get_adapter("bio").r == 5
    install("bio", 7)
    record = registry.get_adapter("bio")
    assert sorted(version.r for version in registry.earlier_versions(record)) == [5, 6]


def test_removing_takes_everything_or_one_version():
    for mark in (1, 2, 3):
        install("bio", mark)
    registry.remove("bio", 1)
    assert state() == {"bio": (3, {2: 2, 3: 3})}
    registry.remove("bio")
    assert state() == {}
    assert list(registry.adapters_dir().iterdir()) == []
    with pytest.raises(AdapterNotFoundError):
        registry.remove("bio")


def test_a_broken_adapter_can_still_be_removed():
    directory = install("bio", 1)
    (directory / "adapter_config.json").unlink()
    registry.remove("bio")
    assert not directory.exists()


# --- names -------------------------------------------------------------------------------------------------------


def test_renaming_keeps_the_versions_and_titles_the_card_anew():
    install("bio", 1)
    install("bio", 2)
    directory = registry.rename("bio", "biology")
    assert state() == {"biology": (2, {1: 1, 2: 2})}
    assert "# biology" in (directory / "README.md").read_text(encoding="utf-8")
    assert registry.get_adapter("biology").card["name"] == "biology"


def test_a_name_that_is_taken_is_not_taken_again():
    install("bio", 1)
    install("law", 2)
    with pytest.raises(AdapterError, match="already an adapter called “law”"):
        registry.rename("bio", "law")
    with pytest.raises(AdapterError, match="already an adapter called “bio”"):
        install("bio", 3, overwrite=False)
    assert state() == {"bio": (1, {1: 1}), "law": (1, {1: 2})}


def test_names_that_windows_and_macos_take_for_one_are_one_everywhere():
    install("biology", 1)
    assert registry.get_adapter("Biology").name == "biology"
    with pytest.raises(AdapterError, match="already an adapter called “biology”"):
        install("BIOLOGY", 2, overwrite=False)
    install("Biology", 2)
    assert state() == {"biology": (2, {1: 1, 2: 2})}
    registry.rename("biology", "Biology")
    assert state() == {"Biology": (2, {1: 1, 2: 2})}
    install("law", 3)
    with pytest.raises(AdapterError, match="already an adapter called “Biology”"):
        registry.rename("law", "BIOLOGY")


def test_one_name_in_two_unicode_forms_is_one_name():
    composed, decomposed = "perché", unicodedata.normalize("NFD", "perché")
    assert registry.check_name(decomposed) == composed
    install(decomposed, 1)
    assert state() == {composed: (1, {1: 1})}
    assert registry.get_adapter(composed) == registry.get_adapter(decomposed)


@pytest.mark.parametrize(
    "name", ["auto", "None", "COM1", "lpt9.txt", "com²", "aux.tar.gz", "-rf", ".bio", "a\0b", "a\nb", "bio.", "𠀀" * 64]
)
def test_a_name_that_some_system_or_sunto_itself_means_otherwise_is_refused(name):
    with pytest.raises(AdapterError, match="cannot be an adapter's name"):
        install(name, 1)
    assert not registry.adapters_dir().is_dir() or state() == {}


@given(st.text(max_size=70))
def test_what_is_a_name_stays_the_same_name(name):
    try:
        checked = registry.check_name(name)
    except AdapterError:
        return
    assert registry.check_name(checked) == checked
    assert len(checked.encode()) <= 240


# --- several at once ---------------------------------------------------------------------------------------------

INSTALL = """
import sys, pathlib
from adapters import registry
from assistant.errors import AdapterError
from tests.adapters.registry_files import fill
mark, overwrite, start = int(sys.argv[1]), sys.argv[2] == "overwrite", pathlib.Path(sys.argv[3])
with registry.staging() as staging:
    fill(staging, mark)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        registry.publish(staging, "bio", overwrite=overwrite)
        print("published")
    except AdapterError as error:
        print(error.message)
"""


def install_at_once(how: str, count: int = 4) -> list[str]:
    """What processes that have everything ready say when all are told to go."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", INSTALL, str(mark), how, str(ROOT)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for mark in range(1, count + 1)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in processes]


def test_of_processes_that_install_one_name_at_once_one_wins_and_the_others_are_told():
    said = install_at_once("keep")
    assert (said.count("published"), said.count("There is already an adapter called “bio”.")) == (1, 3)
    ((version, marks),) = state().values()
    assert (version, len(marks)) == (1, 1)
    assert leftovers() == []


def test_where_overwriting_was_asked_for_all_of_them_become_versions():
    assert install_at_once("overwrite") == ["published"] * 4
    version, marks = state()["bio"]
    assert version == 4
    assert sorted(marks.values()) == [1, 2, 3, 4]
    assert leftovers() == []


def test_a_change_that_never_ends_is_an_error_for_the_others_not_a_wait_without_end(monkeypatch):
    install("bio", 1)
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.1)
    with FileLock(data_dir() / "adapters.lock"), pytest.raises(AdapterError, match="Another Sunto is changing"):
        install("law", 2)
    assert state() == {"bio": (1, {1: 1})}


def test_a_folder_that_nothing_can_be_written_to_can_be_read(monkeypatch):
    install("bio", 1)

    def refused(_self: FileLock) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(FileLock, "acquire", refused)
    assert state() == {"bio": (1, {1: 1})}
    with pytest.raises(AdapterError, match="Permission denied"):
        install("law", 2)


def test_a_note_of_a_change_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    install("bio", 1)
    (tmp_path / "mine").mkdir()
    note = registry.adapters_dir() / ".journal.json"
    note.write_text(json.dumps([["../../mine", "taken"], ["bio", "law"]]), encoding="utf-8")
    with pytest.raises(AdapterError, match="interrupted change"):
        registry.list_adapters()
    assert (tmp_path / "mine").is_dir()


# --- a full disk -------------------------------------------------------------------------------------------------

CHANGES = {
    "publish": lambda: install("bio", 9),
    "publish the first": lambda: install("law", 9),
    "roll back": lambda: registry.roll_back("bio"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_disk_that_becomes_full_at_any_moment_is_told_and_leaves_the_registry_as_it_was(what, monkeypatch):
    install("bio", 1)
    install("bio", 2)
    before = state()
    really = os.fsync
    for room in range(100):
        left = iter(range(room))

        def fsync(descriptor: int, left=left) -> None:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, "No space left on device")
            really(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)
        said = attempt(CHANGES[what])
        monkeypatch.setattr(os, "fsync", really)
        assert leftovers() == []
        if said is None:
            break
        assert "the disk is full" in said
        assert state() == before
    assert room > 1, "no write was waited for"
    assert state() != before


def attempt(change: Callable[[], object]) -> str | None:
    """What is said where it cannot be done."""
    try:
        change()
    except AdapterError as error:
        return error.message
    return None


def test_on_a_full_disk_adapters_can_still_be_renamed_and_removed(monkeypatch):
    install("bio", 1)
    install("law", 2)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AdapterError):
        install("physics", 3)
    registry.rename("bio", "biology")
    registry.remove("law")
    assert state() == {"biology": (1, {1: 1})}


def test_a_rename_that_the_system_refuses_halfway_is_taken_back(monkeypatch):
    """On Windows a folder cannot be moved while a file in it is open."""
    install("bio", 1)
    install("bio", 2)
    before = state()
    really = Path.rename
    for refused in range(3):
        calls = iter(range(10))

        def rename(self: Path, target: Path, calls=calls, refused=refused) -> Path:
            if next(calls) == refused:
                raise PermissionError(errno.EACCES, "Permission denied")
            return really(self, target)

        monkeypatch.setattr(Path, "rename", rename)
        monkeypatch.setattr(journal, "_TRIES", 1)
        with pytest.raises(AdapterError, match="They are as they were"):
            install("bio", 3)
        monkeypatch.setattr(Path, "rename", really)
        assert state() == before
        assert leftovers() == []


@pytest.mark.parametrize("refusals", [2, 1000], ids=["for a moment", "for long"])
def test_a_change_that_is_done_is_no_failure_though_its_note_cannot_be_deleted(monkeypatch, refusals):
    """On Windows a scanner may have it open."""
    install("bio", 1)
    really, calls = Path.unlink, iter(range(refusals))

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.name == ".journal.json" and self.exists() and next(calls, None) is not None:
            raise PermissionError(errno.EACCES, "Permission denied")
        really(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    monkeypatch.setattr(journal, "_TRIES", 4)
    monkeypatch.setattr(journal, "_RETRY_SECONDS", 0)
    install("bio", 2)
    if refusals > 4:
        with pytest.raises(AdapterError, match="Permission denied"):
            registry.get_adapter("bio")
        monkeypatch.setattr(Path, "unlink", really)
    assert registry.get_adapter("bio").versions == (1,)
    assert leftovers() == []


# --- what is opened ----------------------------------------------------------------------------------------------

OPENED = """
import asyncio, sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)

def of_adapters():
    found = [path.replace(chr(92), "/").rpartition("sunto-home/")[2] for path in opened if "sunto-home" in path]
    opened.clear()
    return sorted(path for path in found if path.startswith("adapters/a"))

from adapters.jobs import Session, run
from assistant import protocol
from assistant.config import Settings
list(run(protocol.ListLibrary(job="1"), Session(Settings())))
print("model process:", *of_adapters())

from tui.app import SuntoApp
async def first_screen():
    async with SuntoApp(model_command=(sys.executable, "-c", "")).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
asyncio.run(first_screen())
print("app:", *of_adapters())

from adapters import registry
assert len(registry.adapter_names()) == 50
print("names:", *of_adapters())
registry.get_adapter("a7")
print("one:", *of_adapters())
registry.list_adapters()
print("list:", *{path.split("/", 2)[2] for path in of_adapters()})
"""


def test_with_50_adapters_nothing_of_them_is_opened_until_it_is_asked_for():
    for number in range(50):
        install(f"a{number}", number)
    install("a7", 51)
    done = subprocess.run(
        [sys.executable, "-c", OPENED], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    opened = dict(line.split(":", 1) for line in done.stdout.splitlines())
    assert (opened["model process"], opened["app"], opened["names"]) == ("", "", "")
    assert opened["one"] == " adapters/a7/adapter_config.json adapters/a7/sunto.json"
    assert set(opened["list"].split()) == {"adapter_config.json", "sunto.json"}
