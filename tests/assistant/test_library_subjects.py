"""Which adapter answers about a subject is kept with the subject, and nothing but a person takes it away."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ConfigError
from assistant.library import Library, store
from assistant.library.schema import MIGRATIONS

VERSION_1 = Path(__file__).parent / "libraries" / "version-1.sqlite3"
WITHOUT_ADAPTERS = 3
"""The version of the last library whose subjects had none."""


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


def note(path: Path, text: str = "") -> Path:
    path.write_text(text or f"Le cellule di {path.stem}.", encoding="utf-8")
    return path


def add(library: Library, path: Path, subject: str = "") -> Path:
    library.add_document(note(path), subject=subject)
    return path


def subjects(library: Library) -> list[tuple[str, int, str]]:
    return [(subject.name, subject.documents, subject.adapter) for subject in library.subjects()]


# --- old files ---------------------------------------------------------------------------------------------------


def test_the_subjects_of_an_older_library_have_no_adapter_and_can_be_given_one(tmp_path: Path, monkeypatch):
    path = tmp_path / "old.sqlite3"
    with monkeypatch.context() as patched:
        patched.setattr(store, "MIGRATIONS", MIGRATIONS[:WITHOUT_ADAPTERS])
        connection = store._connect(path)
        store._migrate(connection, path)
        connection.execute("INSERT INTO subjects (name, folded, created) VALUES ('Biologia', 'biologia', 0)")
        connection.close()
    with Library(path) as library:
        assert subjects(library) == [("Biologia", 0, "")]
        library.set_subject_adapter("Biologia", "bio")
    with Library(path) as library:
        assert subjects(library) == [("Biologia", 0, "bio")]


def test_a_library_of_version_1_gets_subjects_with_adapters(tmp_path: Path):
    path = Path(shutil.copy(VERSION_1, tmp_path / "library.sqlite3"))
    with Library(path) as library:
        add(library, tmp_path / "a.txt", "Biologia")
        library.set_subject_adapter("biologia", "bio")
        assert library.subject_adapter("BIOLOGIA") == "bio"
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


# --- giving and taking -------------------------------------------------------------------------------------------


def test_setting_an_adapter_tells_which_it_was_before(library: Library, tmp_path: Path):
    add(library, tmp_path / "a.txt", "Biologia")
    assert library.set_subject_adapter("biologia", "bio").adapter == ""
    assert library.set_subject_adapter("Biologia", "bio-2").adapter == "bio"
    before = library.set_subject_adapter("Biologia", "")
    assert (before.name, before.documents, before.adapter) == ("Biologia", 1, "bio-2")
    assert subjects(library) == [("Biologia", 1, "")]


def test_an_unknown_subject_is_not_made_for_an_adapter(library: Library, tmp_path: Path):
    """It would be a slip of the finger, and answers would go on without the adapter."""
    add(library, tmp_path / "a.txt", "Biologia")
    with pytest.raises(ConfigError) as caught:
        library.set_subject_adapter("Biolgia", "bio")
    assert "Biologia" in caught.value.hint
    assert subjects(library) == [("Biologia", 1, "")]


def test_a_renamed_adapter_goes_on_answering_about_all_its_subjects(library: Library, tmp_path: Path):
    for name, adapter in (("Biologia", "bio"), ("Botanica", "bio"), ("Fisica", "fis")):
        add(library, tmp_path / f"{name}.txt", name)
        library.set_subject_adapter(name, adapter)
    assert library.rename_subject_adapter("bio", "life") == ["Biologia", "Botanica"]
    assert [adapter for _name, _documents, adapter in subjects(library)] == ["life", "life", "fis"]
    assert library.rename_subject_adapter("life", "") == ["Biologia", "Botanica"]
    assert [adapter for _name, _documents, adapter in subjects(library)] == ["", "", "fis"]
    assert library.rename_subject_adapter("nobody's", "x") == []


# --- subjects without documents ----------------------------------------------------------------------------------


def test_a_subject_with_an_adapter_outlives_its_last_document(library: Library, tmp_path: Path):
    """At the end of a year the notes go and the next year's come: the adapter was made for the course."""
    for name in ("Biologia", "Fisica", "Storia"):
        add(library, tmp_path / f"{name}.txt", name)
    for name in ("Biologia", "Storia"):
        library.set_subject_adapter(name, name.lower())

    library.move_documents([1, 2], "")
    assert subjects(library) == [("Biologia", 0, "biologia"), ("Storia", 1, "storia")]
    library.remove_documents([3])
    assert subjects(library) == [("Biologia", 0, "biologia"), ("Storia", 0, "storia")]

    again = add(library, tmp_path / "new.txt", "storia")
    assert [subject.adapter for subject in library.subjects_of([again])] == ["storia"]


def test_a_subject_without_documents_goes_with_its_adapter(library: Library, tmp_path: Path):
    for name in ("Biologia", "Storia"):
        add(library, tmp_path / f"{name}.txt", name)
        library.set_subject_adapter(name, name.lower())
    library.move_documents([1, 2], "")
    library.set_subject_adapter("Biologia", "")
    assert subjects(library) == [("Storia", 0, "storia")]
    library.rename_subject_adapter("storia", "")
    assert subjects(library) == []


def test_a_subject_without_an_adapter_goes_with_its_last_document_however_that_leaves(library: Library, tmp_path: Path):
    for name in ("Biologia", "Storia"):
        add(library, tmp_path / f"{name}.txt", name)
    library.move_documents([1], "")
    library.remove_documents([2])
    assert subjects(library) == []


def test_deleting_a_subject_says_which_adapter_stays(library: Library, tmp_path: Path):
    add(library, tmp_path / "a.txt", "Biologia")
    library.set_subject_adapter("Biologia", "bio")
    assert library.plan_subject_removal("biologia").adapter == "bio"
    assert subjects(library) == [("Biologia", 1, "bio")]
    assert library.remove_subject("biologia").adapter == "bio"
    assert subjects(library) == []


# --- whose documents these are -----------------------------------------------------------------------------------


def names_of(library: Library, paths: Iterable[str | Path]) -> list[str]:
    return [subject.name for subject in library.subjects_of(paths)]


def test_documents_are_of_the_subjects_they_are_filed_under_and_one_of_none_spoils_it(library: Library, tmp_path: Path):
    cells = [add(library, tmp_path / f"{number}.txt", "Biologia") for number in range(3)]
    law, loose = add(library, tmp_path / "law.txt", "Diritto"), add(library, tmp_path / "loose.txt")
    unread = note(tmp_path / "unread.txt")

    assert names_of(library, cells) == names_of(library, map(str, cells)) == ["Biologia"]
    assert names_of(library, [law, *cells, law]) == ["Biologia", "Diritto"]
    for mixed in ([*cells, loose], [*cells, unread], [loose], [unread], [loose, unread], []):
        assert names_of(library, mixed) == []


def test_a_changed_file_and_a_copy_of_it_are_of_the_same_subject(library: Library, tmp_path: Path):
    path = add(library, tmp_path / "a.txt", "Biologia")
    library.open_document(note(path, "Un altro testo sulle cellule."))
    copy = Path(shutil.copy(path, tmp_path / "copy.txt"))
    library.open_document(copy)
    assert names_of(library, [path, copy]) == ["Biologia"]


def test_a_path_is_one_path_however_it_is_written(library: Library, tmp_path: Path, monkeypatch):
    add(library, tmp_path / "a.txt", "Biologia")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for written in ("a.txt", "~/a.txt", str(tmp_path / "a.txt")):
        assert names_of(library, [written]) == ["Biologia"]


NAMES = st.sampled_from(["Biologia", "Storia"])
ADAPTERS = st.sampled_from(["", "bio", "law"])
STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 3), NAMES),
    st.tuples(st.just("move"), st.integers(0, 3), NAMES | st.just("")),
    st.tuples(st.just("remove"), st.integers(0, 3)),
    st.tuples(st.just("set"), NAMES, ADAPTERS),
    st.tuples(st.just("rename"), st.sampled_from(["bio", "law"]), ADAPTERS),
)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=12))
def test_whatever_is_done_a_subject_has_documents_or_an_adapter_and_keeps_the_one_it_was_given(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]
):
    folder = tmp_path_factory.mktemp("subjects")
    expected: dict[str, str] = {}
    with Library(folder / "library.sqlite3") as library:
        for what, *arguments in steps:
            numbers = {record.name: record.id for record in library.documents()}
            known = {name: expected.get(name, "") for name, _documents, _adapter in subjects(library)}
            match what, *arguments:
                case "add", number, subject:
                    add(library, folder / f"{number}.txt", subject)
                case "move", number, subject if f"{number}.txt" in numbers:
                    library.move_documents([numbers[f"{number}.txt"]], subject)
                case "remove", number if f"{number}.txt" in numbers:
                    library.remove_documents([numbers[f"{number}.txt"]])
                case "set", subject, adapter if subject in known:
                    library.set_subject_adapter(subject, adapter)
                    expected[subject] = adapter
                case "rename", old, new:
                    library.rename_subject_adapter(old, new)
                    expected = {name: new if adapter == old else adapter for name, adapter in known.items()}
            now = subjects(library)
            assert {name for name, adapter in expected.items() if adapter} <= {name for name, *_rest in now}
            assert all(adapter == expected.get(name, "") for name, _documents, adapter in now)
            assert all(documents or adapter for _name, documents, adapter in now)
