"""The library keeps what was finished, whatever happens to the process, and says what is wrong with its file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant import documents
from assistant.errors import DocumentNotFoundError, ExitCode, LibraryError, UnsupportedDocumentError
from assistant.i18n import set_language
from assistant.library import Library, store

WRITER = """
import sys
from pathlib import Path
from assistant.library import Library
library = Library(Path(sys.argv[1]))
number = 0
while True:
    library.put_unit(f"unit {number}", "text " * 2000)
    print(number, flush=True)
    number += 1
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite3"


@pytest.fixture
def library(path: Path):
    with Library(path) as opened:
        yield opened


# --- units ------------------------------------------------------------------------------------------------------


def test_a_unit_is_found_again_by_its_key_and_no_other(library: Library):
    library.put_unit("key", "La cellula è l'unità della vita.")

    assert library.unit("key") == "La cellula è l'unità della vita."
    assert library.unit("other key") is None


def test_a_unit_written_twice_has_its_last_value(library: Library):
    library.put_unit("key", "first")
    library.put_unit("key", "second")

    assert library.unit("key") == "second"


def test_every_committed_unit_survives_kill_9_of_the_process_that_writes(path: Path):
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    seen = [int(child.stdout.readline()) for _line in range(20)]
    child.kill()
    seen += [int(line) for line in child.stdout.read().split()]
    child.wait()

    with Library(path) as library:
        assert all(library.unit(f"unit {number}") == "text " * 2000 for number in seen)


def test_two_processes_write_at_once(path: Path):
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        for _child in range(2)
    ]
    lines = [[child.stdout.readline() for _line in range(10)] for child in children if child.stdout]
    for child in children:
        child.kill()
        child.communicate()

    assert [int(line) for line in lines[0]] == [int(line) for line in lines[1]] == list(range(10))


def test_threads_share_one_library(library: Library):
    def write(name: str) -> None:
        for number in range(30):
            library.put_unit(f"{name} {number}", name)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(library.unit(f"{name} {number}") == name for name in "abcd" for number in range(30))


# --- conversations ----------------------------------------------------------------------------------------------


def test_a_conversation_is_found_again_after_reopening(path: Path):
    with Library(path) as library:
        conversation = library.new_conversation()
        library.attach_document(conversation, "/notes/b.pdf")
        library.attach_document(conversation, "/notes/a.pdf")
        library.add_message(conversation, "user", "Che cos'è una cellula?")
        answer = library.add_message(conversation, "assistant", "", state="partial")
        library.update_message(answer, "L'unità della vita.", state="done", details={"claims": [1]})

    with Library(path) as library:
        assert library.latest_conversation() == conversation
        assert library.attached_documents(conversation) == ["/notes/b.pdf", "/notes/a.pdf"]
        question, reply = library.messages(conversation)
        assert (question.role, question.content, question.state) == ("user", "Che cos'è una cellula?", "done")
        assert (reply.content, reply.state, reply.details) == ("L'unità della vita.", "done", {"claims": [1]})


def test_the_first_question_names_a_conversation_without_a_title(library: Library):
    named, unnamed = library.new_conversation("Biology"), library.new_conversation()
    for conversation in (named, unnamed):
        library.add_message(conversation, "user", "What is\na cell? " + "Please " * 30)
        library.add_message(conversation, "user", "Another question")

    titles = {record.id: record.title for record in library.conversations()}
    assert titles[named] == "Biology"
    assert titles[unnamed].startswith("What is a cell? Please")
    assert titles[unnamed].endswith("…")
    assert len(titles[unnamed]) <= 60


def test_the_conversation_used_last_comes_first(library: Library):
    older, newer = library.new_conversation("older"), library.new_conversation("newer")
    assert [record.id for record in library.conversations()] == [newer, older]

    library.add_message(older, "user", "again")

    assert library.latest_conversation() == older
    assert [(record.title, record.message_count) for record in library.conversations()] == [
        ("older", 1),
        ("newer", 0),
    ]
    assert len(library.conversations(limit=1)) == 1


def test_an_empty_library_has_no_latest_conversation(library: Library):
    assert library.latest_conversation() is None


def test_updating_the_text_alone_keeps_the_details(library: Library):
    message = library.add_message(library.new_conversation(), "assistant", "", details={"page": 3})
    library.update_message(message, "text", state="stopped")

    (record,) = library.messages(1)
    assert (record.content, record.state, record.details) == ("text", "stopped", {"page": 3})


def test_a_document_is_attached_once_and_can_be_detached(library: Library):
    conversation = library.new_conversation()
    library.attach_document(conversation, Path("notes.pdf"))
    library.attach_document(conversation, "notes.pdf")
    assert library.attached_documents(conversation) == ["notes.pdf"]

    library.detach_document(conversation, "notes.pdf")
    assert library.attached_documents(conversation) == []


def test_what_was_chosen_of_an_attached_document_is_kept_until_all_of_it_is(library: Library):
    conversation = library.new_conversation()
    for path in ("a.pdf", "b.pdf"):
        library.attach_document(conversation, path)
    library.choose_of_attached(conversation, "a.pdf", "2,4-5", "")
    library.choose_of_attached(conversation, "b.pdf", "", "3-9")
    assert library.choices_of_attached(conversation) == {"a.pdf": ("2,4-5", ""), "b.pdf": ("", "3-9")}

    library.choose_of_attached(conversation, "a.pdf", "", "")
    assert library.choices_of_attached(conversation) == {"b.pdf": ("", "3-9")}


def test_text_that_is_not_unicode_is_kept_as_far_as_it_can_be(library: Library):
    conversation = library.new_conversation()
    library.add_message(conversation, "user", "caff\udce8", details={"path": "caff\udce8"})

    assert library.messages(conversation)[0].content == "caff?"


# --- documents --------------------------------------------------------------------------------------------------


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were really read."""
    read: list[str] = []
    load = documents.load_document

    def counted(path: Path, **options):
        read.append(path.name)
        return load(path, **options)

    monkeypatch.setattr(documents, "load_document", counted)
    return read


def note(folder: Path, name: str = "cell.md", text: str = "# The cell\n\nThe cell is the unit of life.\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_same_bytes_are_read_once_wherever_they_lie(library: Library, tmp_path: Path, readings: list[str]):
    first = library.open_document(note(tmp_path / "one"))
    second = library.open_document(note(tmp_path / "two"))

    assert readings == ["cell.md"]
    assert second.path == str(tmp_path / "two" / "cell.md")
    assert (second.pages, second.sections, second.title) == (first.pages, first.sections, first.title)
    assert second.title == "The cell"


def test_a_changed_file_is_read_again(library: Library, tmp_path: Path, readings: list[str]):
    library.open_document(note(tmp_path))
    changed = library.open_document(note(tmp_path, text="# Chloroplasts\n\nThey capture light.\n"))

    assert len(readings) == 2
    assert changed.title == "Chloroplasts"


def test_a_new_reader_reads_again(library: Library, tmp_path: Path, readings: list[str], monkeypatch):
    library.open_document(note(tmp_path))
    monkeypatch.setattr(documents, "READER_VERSION", documents.READER_VERSION + 1)
    library.open_document(note(tmp_path))

    assert len(readings) == 2


def test_a_document_without_warnings_is_read_once_for_every_language_of_the_interface(
    library: Library, tmp_path: Path, readings: list[str]
):
    library.open_document(note(tmp_path))
    set_language("it")
    library.open_document(note(tmp_path))

    assert len(readings) == 1


def test_what_a_password_opened_is_not_kept(library: Library, tmp_path: Path, readings: list[str]):
    library.open_document(note(tmp_path), password="segreto")
    library.open_document(note(tmp_path), password="segreto")

    assert len(readings) == 2
    rows = sqlite3.connect(library.path).execute("SELECT count(*) FROM documents").fetchone()
    assert rows == (0,)


def test_a_missing_document_is_reported_by_the_reader(library: Library, tmp_path: Path):
    with pytest.raises(DocumentNotFoundError):
        library.open_document(tmp_path / "missing.pdf")


# --- the file ---------------------------------------------------------------------------------------------------


@pytest.mark.timeout(20)
@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in the file system there")
def test_a_pipe_is_refused_before_anybody_waits_for_its_end(library: Library, tmp_path: Path):
    """It was hashed before it was looked at, which for a pipe or /dev/zero never ended."""
    pipe = tmp_path / "notes.txt"
    os.mkfifo(pipe)
    with open(os.open(pipe, os.O_RDWR)), pytest.raises(UnsupportedDocumentError):  # noqa: PTH123 - a descriptor
        library.open_document(pipe, should_stop=lambda: True)


def test_without_a_path_the_library_lies_in_the_data_directory(sunto_home: Path):
    with Library() as library:
        assert library.path == sunto_home / "library.sqlite3"
    assert library.path.exists()


def test_a_library_of_a_newer_program_is_left_alone(path: Path):
    Library(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(store.MIGRATIONS) + 1}")
    connection.close()

    with pytest.raises(LibraryError, match="newer Sunto") as caught:
        Library(path)
    assert str(path) in caught.value.message
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_library_of_an_older_program_is_brought_up_to_date_without_loss(path: Path, monkeypatch):
    with Library(path) as library:
        library.put_unit("key", "kept")
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, ("ALTER TABLE units ADD COLUMN note TEXT",)))

    with Library(path) as library:
        assert library.unit("key") == "kept"
    assert sqlite3.connect(path).execute("SELECT note FROM units").fetchall() == [(None,)]


def test_a_migration_that_fails_leaves_the_library_as_it_was(path: Path, monkeypatch):
    with Library(path) as library:
        library.put_unit("key", "kept")
    broken = ("ALTER TABLE units ADD COLUMN note TEXT", "ALTER TABLE nowhere ADD COLUMN note TEXT")
    with monkeypatch.context() as patched:
        patched.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, broken))
        with pytest.raises(sqlite3.OperationalError):
            Library(path)

    with Library(path) as library:
        assert library.unit("key") == "kept"


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one " * 50, b"x" * 4096])
def test_a_damaged_file_is_named_and_not_touched(path: Path, content: bytes):
    path.write_bytes(content)

    with pytest.raises(LibraryError, match="is damaged") as caught:
        Library(path)
    assert str(path) in caught.value.message
    assert "Rename" in caught.value.hint
    assert path.read_bytes() == content


def test_a_file_damaged_in_the_middle_is_reported_when_it_is_reached(path: Path):
    with Library(path) as library:
        for number in range(200):
            library.put_unit(f"{number}", "text " * 500)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\xff" * (size - 4096 * 8))

    def read_all() -> None:
        with Library(path) as library:
            for number in range(200):
                library.unit(f"{number}")

    with pytest.raises(LibraryError, match="is damaged"):
        read_all()


def test_a_folder_where_the_file_should_be_is_reported(path: Path):
    path.mkdir()
    with pytest.raises(LibraryError, match="cannot be opened for writing"):
        Library(path)


def test_a_file_that_cannot_be_written_is_reported(path: Path):
    Library(path).close()
    with Library(path) as library:
        library._connection.execute("PRAGMA query_only = ON")
        with pytest.raises(LibraryError, match="cannot be opened for writing") as caught:
            library.put_unit("key", "value")
    assert "SUNTO_HOME" in caught.value.hint


def test_a_full_disk_is_reported_and_what_was_kept_stays(library: Library):
    library.put_unit("key", "kept")
    pages = library._connection.execute("PRAGMA page_count").fetchone()[0]
    library._connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(LibraryError, match="disk is full"):
        library.put_unit("large", "text " * 100_000)
    assert library.unit("key") == "kept"
    assert library.unit("large") is None


def test_a_library_that_another_program_holds_is_reported(path: Path, monkeypatch):
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    with Library(path) as library:
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="in use by another program"):
            library.put_unit("key", "value")
        other.close()
