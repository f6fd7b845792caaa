"""A document is its content: read once, kept by passages, versioned, and found by what people call it."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import documents
from assistant.documents import Document, Page, Section
from assistant.errors import ConfigError, DocumentNotFoundError, EncryptedDocumentError
from assistant.i18n import set_language
from assistant.library import Library, schema
from assistant.library.passages import PASSAGE_CHARACTERS, passage_spans

VERSION_1 = Path(__file__).parent / "libraries" / "version-1.sqlite3"

READ_FOREVER = """
import sys
from pathlib import Path
from assistant.library import Library
library = Library(Path(sys.argv[1]))
for path in sorted(Path(sys.argv[2]).iterdir()):
    library.add_document(path)
    print(path.name, flush=True)
"""


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path / "library.sqlite3") as opened:
        yield opened


def note(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def count(library: Library, table: str) -> int:
    return library._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def index_is_sound(library: Library) -> bool:
    """FTS5's own check: whether the index holds the words of `passages` and no others."""
    library._connection.execute("INSERT INTO passage_index (passage_index, rank) VALUES ('integrity-check', 1)")
    return True


CHAPTERS = [f"## Chapter {number}\n\n" + f"Words of chapter {number} about cells. " * 20 for number in range(1, 11)]


# --- from version 1 ----------------------------------------------------------------------------------------------


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    return Path(shutil.copy(VERSION_1, tmp_path / "library.sqlite3"))


def test_a_library_of_version_1_keeps_its_conversations_and_its_finished_work(old_file: Path):
    with Library(old_file) as library:
        (conversation,) = library.conversations()
        assert conversation.title == "Che cosa misura una derivata?"
        assert library.attached_documents(conversation.id) == ["/home/anna/derivate.txt"]
        assert library.messages(conversation.id)[1].details["footnote"] == "starter"
        assert library.unit("unit of version 1") == "Una derivata misura la rapidità."


def test_a_library_of_version_1_reads_its_documents_anew_and_can_search_them(old_file: Path, sample_docs: Path):
    with Library(old_file) as library:
        assert library.documents() == []
        library.open_document(sample_docs / "derivate.txt")
        assert library.search("derivata")
    assert sqlite3.connect(old_file).execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)


def test_no_text_of_a_document_of_version_1_stays_behind_in_the_file(old_file: Path):
    assert b"secante" in old_file.read_bytes()
    Library(old_file).close()
    assert b"secante" not in old_file.read_bytes()


# --- what is read comes back as it was ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["photosynthesis.pdf", "rivoluzione-francese.md", "derivate.txt"])
def test_a_document_from_the_library_is_the_one_that_was_read(library: Library, sample_docs: Path, name: str):
    read = documents.load_document(sample_docs / name)
    assert library.open_document(sample_docs / name) == read
    assert library.open_document(sample_docs / name) == read


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000)


@given(ANY_TEXT, st.lists(st.integers(0, 3000), max_size=5))
def test_the_passages_of_a_text_are_the_text(text: str, headings: list[int]):
    spans = list(passage_spans(text, headings))
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(0 < end - start <= PASSAGE_CHARACTERS for start, end in spans)


@settings(max_examples=30, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_any_pages_come_back_to_the_last_character(tmp_path_factory: pytest.TempPathFactory, texts: list[str]):
    folder = tmp_path_factory.mktemp("any")
    file = note(folder / "a.txt", "x")
    pages = tuple(Page(number, f"p{number}", text, "text") for number, text in enumerate(texts, 1))
    made = Document(str(file), "a.txt", "A title", pages, sha256=documents.file_sha256(file))
    with Library(folder / "library.sqlite3") as library:
        library._keep(made, None)
        assert [page.text for page in library.open_document(file).pages] == texts
        assert index_is_sound(library)


STEPS = st.tuples(
    st.sampled_from(["write", "write", "copy", "delete file", "remove"]), st.integers(0, 3), st.integers(0, 3)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_whatever_happens_to_files_the_tables_and_the_index_agree(tmp_path_factory, steps: list[tuple[str, int, int]]):
    """Some contents share passages, so that every step shares, adds and orphans some."""
    folder = tmp_path_factory.mktemp("steps")
    shared = [f"Paragraph {number} of the book. " * 25 for number in range(5)]
    contents = ["\n\n".join(shared[start : start + 3]) for start in range(3)] + ["Nothing in common."]
    with Library(folder / "library.sqlite3") as library:
        for step, first, second in steps:
            path = folder / f"{first}.txt"
            if step == "write":
                library.add_document(note(path, contents[second]))
            elif step == "copy" and path.exists():
                library.add_document(shutil.copy(path, folder / f"{second} copy.txt"))
            elif step == "delete file":
                path.unlink(missing_ok=True)
            elif step == "remove":
                library.remove_documents([record.id for record in library.documents()][first : first + 1])
            check_agreement(library)


def check_agreement(library: Library) -> None:
    assert index_is_sound(library)
    orphans = "SELECT count(*) FROM passages WHERE id NOT IN (SELECT passage FROM places)"
    assert library._connection.execute(orphans).fetchone() == (0,)
    for record in library.documents():
        assert record.paths, "every document was seen somewhere"
        if record.state == "ready":
            text = Path(record.paths[0]).read_text(encoding="utf-8").strip("\n")
            row = library._document_with(record.sha256)
            assert row is not None
            assert library._load(row, Path(record.paths[0])).pages[0].text == text


def test_processes_that_add_the_same_folder_at_once_make_each_document_once(tmp_path: Path):
    folder = tmp_path / "folder"
    for number in range(12):
        note(folder / f"{number:02}.txt", f"Document {number}. " * 100)
    command = [sys.executable, "-c", READ_FOREVER, str(tmp_path / "library.sqlite3"), str(folder)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _child in range(2)]
    for child in children:
        _out, errors = child.communicate()
        assert child.returncode == 0, errors
    with Library(tmp_path / "library.sqlite3") as library:
        assert len(library.documents()) == 12
        check_agreement(library)


def test_a_passage_begins_with_its_heading():
    text = "".join(CHAPTERS)
    starts = [text.index(f"## Chapter {number}\n") for number in range(1, 11)]
    assert set(starts) <= {start for start, _end in passage_spans(text, starts)}


def test_a_title_alone_is_no_passage():
    text = "# Cells\n\n## What they are\n\n" + "Cells are small. " * 30
    assert next(passage_spans(text, [0, text.index("##")]))[1] > len("# Cells\n\n")


# --- one content, one document -----------------------------------------------------------------------------------


def test_the_same_bytes_under_two_names_are_one_document(library: Library, tmp_path: Path):
    first, second = note(tmp_path / "a" / "one.txt", "Cells."), note(tmp_path / "b" / "two.txt", "Cells.")
    library.open_document(first)
    assert library.open_document(second).title == "two"
    (record,) = library.documents()
    assert set(record.paths) == {str(first), str(second)}
    assert len(library.search("cells")) == 1


def test_the_same_bytes_under_another_ending_are_read_by_its_reader(library: Library, tmp_path: Path):
    text = "# Cells\n\nThey are small."
    assert library.open_document(note(tmp_path / "a.txt", text)).sections == ()
    assert library.open_document(note(tmp_path / "a.md", text)).sections == (Section("Cells", 1, 1, 0),)
    assert len(library.documents()) == 1


def test_pages_that_two_documents_share_are_kept_once(library: Library, tmp_path: Path):
    common = "The same words on every handout. " * 10
    library.open_document(note(tmp_path / "a.txt", common + "\fOnly in the first."))
    library.open_document(note(tmp_path / "b.txt", common + "\fOnly in the second."))
    assert count(library, "passages") == 3
    assert len(library.search("handout")) == 2


def test_a_changed_file_is_a_new_version_that_keeps_what_did_not_change(library: Library, tmp_path: Path):
    path = note(tmp_path / "book.md", "".join(CHAPTERS))
    library.open_document(path)
    before = dict(library._connection.execute("SELECT sha256, id FROM passages").fetchall())
    old = library.documents()[0]
    note(path, "".join(CHAPTERS).replace("Words of chapter 5", "Other words of chapter 5", 1))
    library.open_document(path)

    (record,) = library.documents()
    assert (record.id, record.version) == (old.id, 2)
    assert record.sha256 != old.sha256
    after = dict(library._connection.execute("SELECT sha256, id FROM passages").fetchall())
    assert len(after.items() & before.items()) == len(before) - 1
    assert library.search('"other words"')
    assert index_is_sound(library)


def test_finished_work_of_the_old_version_belongs_to_the_new_one(library: Library, tmp_path: Path):
    path = note(tmp_path / "book.md", "".join(CHAPTERS))
    sha256 = library.open_document(path).sha256
    library.put_unit("chapter 1", "About cells.", [sha256])
    library.open_document(note(path, "".join(CHAPTERS[:5])))
    assert library.unit("chapter 1") == "About cells."
    assert library.plan_removal([library.documents()[0].id]).units == 1


def test_a_changed_copy_is_a_document_of_its_own_and_of_the_same_subject(library: Library, tmp_path: Path):
    first, copy = note(tmp_path / "a.txt", "Cells."), note(tmp_path / "b.txt", "Cells.")
    library.add_document(first, subject="Biology")
    library.add_document(copy)
    library.add_document(note(copy, "Cells and more."))
    records = {record.paths: record for record in library.documents()}
    assert set(records) == {(str(first),), (str(copy),)}
    assert {record.subject for record in records.values()} == {"Biology"}


def test_a_file_that_becomes_a_copy_of_another_leaves_no_document_behind(library: Library, tmp_path: Path):
    first, second = note(tmp_path / "a.txt", "Cells."), note(tmp_path / "b.txt", "Chloroplasts.")
    library.open_document(first)
    library.open_document(second)
    library.open_document(note(second, "Cells."))
    (record,) = library.documents()
    assert set(record.paths) == {str(first), str(second)}
    assert library.search("chloroplasts") == []


def test_a_better_reader_reads_anew_without_making_a_version(library: Library, tmp_path: Path, monkeypatch):
    path = note(tmp_path / "a.txt", "Cells.")
    library.open_document(path)
    monkeypatch.setattr(documents, "READER_VERSION", documents.READER_VERSION + 1)
    assert library.documents()[0].state == "outdated"
    assert library.current_document(path) is None
    library.open_document(path)
    (record,) = library.documents()
    assert (record.version, record.state) == (1, "ready")


def test_sentences_that_follow_from_the_pages_speak_the_language_of_the_day(library: Library, tmp_path: Path):
    file = note(tmp_path / "a.txt", "x")
    pages = (Page(1, "1", "Words.", "pdfium"), Page(2, "2", "", "none", ("scanned",)))
    from assistant.documents.outcome import warning_sentences

    warned = Document(
        str(file), "a.txt", "A", pages, warnings=tuple(warning_sentences(pages)), sha256=documents.file_sha256(file)
    )
    library._keep(warned, None)
    set_language("it")
    assert library._load(library._document_with(warned.sha256), file).warnings == tuple(warning_sentences(pages))


def test_other_sentences_are_read_again_for_another_language(library: Library, tmp_path: Path):
    file = note(tmp_path / "a.txt", "Words.")
    read = documents.load_document(file)
    library._keep(dataclasses.replace(read, warnings=("A sentence.",)), None)
    assert library.open_document(file).warnings == ("A sentence.",)
    set_language("it")
    assert library.open_document(file).warnings == ()


# --- adding ------------------------------------------------------------------------------------------------------


def test_adding_tells_new_from_known_and_changed(library: Library, tmp_path: Path):
    path = note(tmp_path / "a.txt", "Cells.")
    assert library.add_document(path).outcome == "added"
    assert library.add_document(path).outcome == "known"
    assert library.current_document(path) == 1
    note(path, "Cells, again.")
    assert library.current_document(path) is None
    assert library.add_document(path).outcome == "updated"


def test_a_file_that_changes_while_it_is_read_is_not_taken_for_current(library: Library, tmp_path: Path, monkeypatch):
    path = note(tmp_path / "a.txt", "Cells.")
    load = documents.load_document

    def slow(*arguments, **options):
        read = load(*arguments, **options)
        note(path, "Changed meanwhile, and longer.")
        return read

    monkeypatch.setattr(documents, "load_document", slow)
    library.add_document(path)
    assert library.current_document(path) is None


def test_a_locked_document_is_kept_only_when_it_is_added_with_its_password(library: Library, sample_docs: Path):
    locked = sample_docs / "dna-encrypted.pdf"
    with pytest.raises(EncryptedDocumentError):
        library.add_document(locked)
    library.open_document(locked, password="sunto")
    assert library.documents() == []
    library.add_document(locked, password="sunto")
    assert [record.name for record in library.documents()] == ["dna-encrypted.pdf"]


def test_nothing_that_is_made_from_a_locked_document_is_kept(library: Library, sample_docs: Path):
    read = library.open_document(sample_docs / "dna-encrypted.pdf", password="sunto")
    library.put_unit("summary", "DNA is copied.", [read.sha256])
    assert library.unit("summary") is None
    library.add_document(sample_docs / "dna-encrypted.pdf", password="sunto")
    library.put_unit("summary", "DNA is copied.", [read.sha256])
    assert library.unit("summary") == "DNA is copied."


def test_kill_9_while_adding_loses_only_the_document_in_progress(tmp_path: Path):
    folder = tmp_path / "folder"
    for number in range(40):
        note(folder / f"{number:02}.txt", f"Document {number}. " * 400)
    file = tmp_path / "library.sqlite3"
    child = subprocess.Popen([sys.executable, "-c", READ_FOREVER, str(file), str(folder)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    said = [child.stdout.readline().decode().strip() for _line in range(10)]
    child.kill()
    said += child.stdout.read().decode().split()
    child.wait()
    with Library(file) as library:
        kept = [record.name for record in library.documents()]
        assert kept[: len(said)] == said
        assert len(kept) <= len(said) + 1
        assert all(record.readable_pages == 1 for record in library.documents())
        assert index_is_sound(library)


# --- subjects and names ------------------------------------------------------------------------------------------


def test_subjects_are_made_named_once_and_go_when_they_are_empty(library: Library, tmp_path: Path):
    paths = [note(tmp_path / f"{number}.txt", f"Text {number}.") for number in range(3)]
    for path, subject in zip(paths, ("Biologia", "biologia ", "Fisica"), strict=True):
        library.add_document(path, subject=subject)
    assert [(subject.name, subject.documents) for subject in library.subjects()] == [("Biologia", 2), ("Fisica", 1)]
    assert [record.name for record in library.documents("BIOLOGIA")] == ["0.txt", "1.txt"]
    library.move_documents([record.id for record in library.find_documents(["2.txt"])], "")
    assert [subject.name for subject in library.subjects()] == ["Biologia"]
    assert [record.subject for record in library.documents()] == ["Biologia", "Biologia", ""]


@pytest.mark.parametrize("name", ["", "   ", "\x1b[2J", "x" * 101])
def test_what_cannot_be_a_subject_is_refused(library: Library, tmp_path: Path, name: str):
    path = note(tmp_path / "a.txt", "Cells.")
    library.add_document(path)
    with pytest.raises(ConfigError, match="cannot be the name"):
        library.move_documents([1], name or " ")


def test_an_unknown_subject_names_the_nearest(library: Library, tmp_path: Path):
    library.add_document(note(tmp_path / "a.txt", "Cells."), subject="Biologia")
    with pytest.raises(ConfigError, match="no subject called") as caught:
        library.documents("Biolgia")
    assert "Biologia" in caught.value.hint


def test_a_document_is_found_by_path_name_and_title(library: Library, tmp_path: Path, monkeypatch):
    path = note(tmp_path / "cells.md", "# The cell\n\nIt is small.")
    library.add_document(path)
    monkeypatch.chdir(tmp_path)
    for name in (str(path), "cells.md", "CELLS.MD", "the cell"):
        assert [record.paths for record in library.find_documents([name])] == [(str(path),)]
    assert len(library.find_documents(["cells.md", "The cell"])) == 1


def test_a_name_that_two_documents_bear_is_not_guessed(library: Library, tmp_path: Path):
    paths = [note(tmp_path / folder / "notes.txt", f"In {folder}.") for folder in "ab"]
    for path in paths:
        library.add_document(path)
    with pytest.raises(ConfigError, match="names 2 documents") as caught:
        library.find_documents(["notes.txt"])
    assert all(str(path) in caught.value.hint for path in paths)
    assert len(library.find_documents([str(paths[0])])) == 1


def test_a_name_that_nothing_bears_gets_the_nearest(library: Library, tmp_path: Path):
    library.add_document(note(tmp_path / "cells.txt", "Cells."))
    with pytest.raises(DocumentNotFoundError) as caught:
        library.find_documents(["cell.txt"])
    assert "cells.txt" in caught.value.hint


def test_the_state_of_a_document_is_that_of_its_file(library: Library, tmp_path: Path):
    path = note(tmp_path / "a.txt", "Cells.")
    library.add_document(path)
    assert library.documents()[0].state == "ready"
    note(path, "Cells, and more of them.")
    assert library.documents()[0].state == "changed"
    path.unlink()
    assert library.documents()[0].state == "missing"


@pytest.mark.skipif(os.name == "nt", reason="no such file names there")
def test_a_file_with_a_name_that_is_not_text_is_kept(library: Library, tmp_path: Path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caff\xe8\n\x1b[2J.txt"))
    path.write_text("Cells.", encoding="utf-8")
    library.add_document(path)
    assert library.search("cells")[0].page == 1
    assert "\x1b" not in library.documents()[0].name
