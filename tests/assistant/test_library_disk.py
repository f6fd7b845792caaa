"""What takes space is counted and can be freed; folders are walked without surprises."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from assistant.doctor.data import check_library
from assistant.errors import DocumentAccessError
from assistant.library import Library
from assistant.library.folders import find_files

TEXT = " ".join(f"Le cellule numero {number} possiedono organelli avvolti da una membrana." for number in range(30))


def note(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def library(sunto_home: Path):
    with Library() as opened:
        yield opened


def age(library: Library, key: str, days: float) -> None:
    library._connection.execute("UPDATE units SET used = ? WHERE key = ?", (time.time() - days * 86_400, key))


# --- counting ----------------------------------------------------------------------------------------------------


def test_the_parts_of_the_library_are_counted_and_add_up_to_its_file(library: Library, sunto_home: Path, tmp_path):
    library.add_document(note(tmp_path / "a.txt"))
    library.put_unit("key", "x" * 5_000)
    library.add_message(library.new_conversation(), "user", "y" * 3_000)
    note(sunto_home / "models" / "starter" / "model.safetensors", "m" * 70_000)
    note(sunto_home / "settings.toml", "[a]")
    library.clean()

    use = library.disk_use()

    assert use.text >= len(TEXT)
    assert use.index > 0
    assert use.units >= 5_000
    assert use.conversations >= 3_000
    assert use.text + use.index + use.units + use.conversations + use.free + use.other == use.library
    assert use.library == library.path.stat().st_size
    assert use.folders == {"models": 70_000, "settings.toml": 3}


def test_an_empty_library_can_be_counted_and_cleaned(library: Library):
    assert library.disk_use().text == 0
    cleaned = library.clean()
    assert (cleaned.units, cleaned.missing) == (0, ())


# --- cleaning ----------------------------------------------------------------------------------------------------


def test_work_that_nobody_asked_for_in_a_long_time_is_cleaned(library: Library):
    for key in ("old", "new"):
        library.put_unit(key, key * 10_000)
    age(library, "old", 100)
    plan = library.plan_cleaning(days=90)
    assert (plan.units, plan.units_bytes) == (1, 30_000)
    assert library.clean(days=90).units == 1
    assert library.unit("old") is None
    assert library.unit("new") is not None


def test_work_that_is_asked_for_counts_as_used(library: Library):
    library.put_unit("old", "text")
    age(library, "old", 100)
    assert library.unit("old") == "text"
    assert library.plan_cleaning(days=90).units == 0


def test_documents_without_a_file_stay_unless_they_are_asked_for(library: Library, tmp_path: Path):
    for name in ("gone.txt", "there.txt"):
        library.add_document(note(tmp_path / name, name + TEXT))
    (tmp_path / "gone.txt").unlink()
    assert [record.name for record in library.plan_cleaning().missing] == ["gone.txt"]
    assert library.clean().missing == ()
    assert len(library.documents()) == 2
    assert [record.name for record in library.clean(missing=True).missing] == ["gone.txt"]
    assert [record.name for record in library.documents()] == ["there.txt"]


def test_cleaning_makes_the_files_smaller(library: Library):
    for number in range(50):
        library.put_unit(str(number), "x" * 20_000)
        age(library, str(number), 100)
    before = sum(path.stat().st_size for path in library.path.parent.glob("library*"))
    freed = library.clean().freed
    after = sum(path.stat().st_size for path in library.path.parent.glob("library*"))
    assert freed > 1_000_000
    assert before - after >= freed


# --- the doctor --------------------------------------------------------------------------------------------------


def test_the_doctor_says_what_takes_space_and_how_to_clean_it(library: Library, tmp_path: Path):
    library.add_document(note(tmp_path / "a.txt"))
    for number in range(60):
        library.put_unit(str(number), "x" * 200_000)
        age(library, str(number), 100)
    check = check_library(library.path)
    assert check.status == "ok"
    assert "12.0 MB" in check.message
    assert check.command == "sunto library clean"
    library.clean()
    assert check_library(library.path).command == ""


def test_the_doctor_leaves_a_library_of_an_older_version_as_it_is(tmp_path: Path):
    from tests.assistant.test_library_documents import VERSION_1

    path = tmp_path / "library.sqlite3"
    path.write_bytes(VERSION_1.read_bytes())
    assert check_library(path).status == "ok"
    assert path.read_bytes() == VERSION_1.read_bytes()


# --- folders -----------------------------------------------------------------------------------------------------

SUFFIXES = {".txt", ".pdf"}


def found_names(folder: Path, *paths: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in find_files(paths or (folder,), SUFFIXES).files]


def test_a_folder_is_walked_in_a_stable_order_files_before_folders(tmp_path: Path):
    for name in ("b.txt", "A.txt", "sub/2.pdf", "sub/1.txt", "Another/x.TXT", "c.pdf"):
        note(tmp_path / name)
    names = [name.replace(os.sep, "/") for name in found_names(tmp_path)]
    assert names == ["A.txt", "b.txt", "c.pdf", "Another/x.TXT", "sub/1.txt", "sub/2.pdf"]


def test_hidden_files_junk_and_suntos_own_data_are_passed_over(tmp_path: Path, sunto_home: Path):
    for name in (".hidden.txt", ".git/a.txt", "~$lecture.txt", "__MACOSX/a.txt", "node_modules/a.txt", "._a.txt"):
        note(tmp_path / name)
    note(sunto_home / "a.txt")
    note(tmp_path / "real.txt")
    assert found_names(tmp_path) == ["real.txt"]


def test_files_of_other_kinds_are_counted_by_their_ending(tmp_path: Path):
    for name in ("a.mp3", "b.MP3", "c", "d.txt"):
        note(tmp_path / name)
    assert find_files([tmp_path], SUFFIXES).ignored == {".mp3": 2, "": 1}


def test_the_icons_beside_a_web_page_are_passed_over_but_not_a_page_nor_one_that_is_named(tmp_path: Path):
    for name, width, height in (("icon.png", 32, 32), ("page.png", 1240, 1754)):
        header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
        (tmp_path / name).write_bytes(header + b"\x08\0\0\0\0")
    found = find_files([tmp_path], {".png"})
    assert ([file.name for file in found.files], dict(found.ignored)) == (["page.png"], {".png": 1})
    assert find_files([tmp_path / "icon.png"], {".png"}).files == [tmp_path / "icon.png"]


def test_a_file_that_is_named_is_taken_whatever_it_is(tmp_path: Path):
    named = [note(tmp_path / ".hidden.txt"), note(tmp_path / "song.mp3"), tmp_path / "missing.txt"]
    assert find_files(named, SUFFIXES).files == named


def test_a_file_named_twice_is_one(tmp_path: Path, monkeypatch):
    path = note(tmp_path / "a.txt")
    monkeypatch.chdir(tmp_path)
    assert find_files([tmp_path, path, "a.txt"], SUFFIXES).files == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_followed_and_a_loop_of_them_ends(tmp_path: Path):
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    note(folder / "a.txt")
    note(elsewhere / "b.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)
    assert found_names(folder) == ["a.txt", "linked/b.txt"]


def test_a_folder_that_may_not_be_looked_into_is_reported(tmp_path: Path, monkeypatch):
    closed = tmp_path / "closed"
    note(closed / "a.txt")
    note(tmp_path / "b.txt")
    scandir = os.scandir

    def refusing(path):  # as the system does for everybody but root
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = find_files([tmp_path], SUFFIXES)
    assert [path.name for path in found.files] == ["b.txt"]
    assert [type(error) for error in found.closed] == [DocumentAccessError]
