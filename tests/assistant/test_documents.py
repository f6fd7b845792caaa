"""Opening a document: what is found, what is refused, and in which words."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Document, file_sha256, format_pages, load_document, parse_pages
from assistant.documents.child.limits import Limits
from assistant.documents.source import Source
from assistant.documents.text import read_text
from assistant.errors import (
    ConfigError,
    DocumentAccessError,
    DocumentError,
    DocumentLimitError,
    DocumentNotFoundError,
    ExitCode,
    NoTextError,
    UnsupportedDocumentError,
)


def refused(path: str | Path, kind: type[DocumentError], **options: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_document(path, **options)
    error = caught.value
    assert type(error) is kind
    assert error.exit_code == ExitCode.DOCUMENT
    assert error.hint
    assert error.path == str(Path(path).absolute())
    return error


def test_a_document_knows_its_file_its_title_its_language_and_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "Appunti.TXT"
    path.write_bytes("Che cos'è la vita? È una domanda che non ha una risposta.".encode())
    document = load_document(path)
    assert (document.path, document.name, document.title) == (str(path), "Appunti.TXT", "Appunti")
    assert document.language == "it"
    assert document.sha256 == file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document.warnings == ()


def test_progress_is_told(tmp_path: Path) -> None:
    path = tmp_path / "two.txt"
    path.write_text("one\ftwo", encoding="utf-8")
    seen: list[tuple[int, int]] = []
    load_document(path, on_page=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 2)]


def test_a_path_may_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")
    assert load_document("~/a.txt").pages[0].text == "hello"


def test_a_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "photosynthesis.pdf").touch()
    error = refused(tmp_path / "Fotosynthesis.pdf", DocumentNotFoundError)
    assert error.message == f"There is no file {tmp_path / 'Fotosynthesis.pdf'}."
    assert error.hint == "Did you mean photosynthesis.pdf?"


@pytest.mark.parametrize(
    "name", ["nothing.txt", "no/such/folder/a.txt", "a\0b.txt", "a.txt/inside.txt", "x" * 300 + ".txt"]
)
def test_paths_that_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("I am no folder", encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_document(tmp_path / name)
    assert caught.value.hint


def test_the_home_of_nobody_is_a_file_not_found() -> None:
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        load_document("~nobody-of-this-name/a.txt")


def test_a_folder_is_not_a_document(tmp_path: Path) -> None:
    folder = tmp_path / "notes.pdf"
    folder.mkdir()
    assert refused(folder, DocumentNotFoundError).message == f"{folder} is a folder, not a document."


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    refused(pipe, UnsupportedDocumentError)


@pytest.mark.parametrize("name", ["empty.txt", "empty.md", "empty.pdf"])
def test_an_empty_file_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert refused(tmp_path / name, NoTextError).message == f"{name} is empty: it has no bytes at all."


def test_a_file_we_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "private.txt"
    path.write_text("secret", encoding="utf-8")

    def denied(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", denied)  # a test may run as root, whom no mode bits stop
    assert refused(path, DocumentAccessError).message == "You are not allowed to read private.txt."


def test_a_file_on_a_broken_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.txt"
    path.write_text("x", encoding="utf-8")

    def broken(*_args: object, **_options: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)
    assert refused(path, DocumentAccessError).message == "old.txt cannot be read: Input/output error."


def test_a_file_that_vanishes_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gone.txt"
    path.write_text("x", encoding="utf-8")
    check = Source.check

    def check_then_lose(self: Source) -> None:
        check(self)
        path.unlink()

    monkeypatch.setattr(Source, "check", check_then_lose)
    assert refused(path, DocumentNotFoundError).message == f"There is no file {path}."


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    path.write_bytes(b"x" * (3 << 20))
    with pytest.raises(DocumentLimitError, match=r"huge\.txt is 3 MB, more than the 2 MB Sunto reads\."):
        Source(path, limits=Limits(file_bytes=2 << 20)).check()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids such names")
def test_a_file_name_with_escapes_is_shown_harmlessly(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31mred\x1b[0m.txt"
    path.write_text("x y z", encoding="utf-8")
    document = read_text(Source(path))
    assert (document.name, document.title) == ("red.txt", "red")
    assert "\x1b" not in refused(tmp_path / "\x1b[31mnone.txt", DocumentNotFoundError).message


def test_readable_pages_are_those_with_text(tmp_path: Path) -> None:
    path = tmp_path / "gap.txt"
    path.write_text("one\f\fthree\f", encoding="utf-8")
    document: Document = load_document(path)
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert [page.number for page in document.readable_pages] == [1, 3]


# --- page numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("", (1, 2, 3, 4, 5)),
        ("2", (2,)),
        ("4,1-2", (1, 2, 4)),
        (" 2 – 3 , 3", (2, 3)),
        ("4-", (4, 5)),
        ("-2", (1, 2)),
    ],
)
def test_pages_as_people_write_them(text: str, pages: tuple[int, ...]) -> None:
    assert parse_pages(text, 5) == pages


@pytest.mark.parametrize("text", ["x", "-", ",", "1,,2", "1-2-3", "1.5", "0x3", "٣", "-1-2", "1 to 3", "9" * 5000])
def test_what_is_no_list_of_pages_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a list of pages") as caught:
        parse_pages(text, 5)
    assert caught.value.hint == "Write pages as in 3-9,12: single pages and ranges with commas between."


def test_a_page_that_is_not_there_is_refused_with_the_number_of_pages() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_pages("3-9", 5)
    assert (caught.value.message, caught.value.hint) == ("There is no page 9.", "The document has 5 pages.")
    with pytest.raises(ConfigError, match="There is no page 0"):
        parse_pages("0", 5)


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ConfigError, match="The pages 4-2 run backwards") as caught:
        parse_pages("4-2", 5)
    assert caught.value.hint == "Write the smaller number first: 2-4."


@given(st.text(alphabet="0123456789-–, x", max_size=12), st.integers(0, 30))
def test_any_text_gives_pages_of_the_document_or_a_config_error(text: str, page_count: int) -> None:
    try:
        pages = parse_pages(text, page_count)
    except ConfigError:
        return
    assert list(pages) == sorted(set(pages))
    assert all(1 <= page <= page_count for page in pages)


@given(st.sets(st.integers(1, 60)))
def test_format_is_the_inverse_of_parse(numbers: set[int]) -> None:
    expected = tuple(sorted(numbers)) if numbers else tuple(range(1, 61))
    assert parse_pages(format_pages(numbers), 60) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_to_nowhere_is_not_suggested_for_itself(tmp_path: Path) -> None:
    """It was “Did you mean notes.txt?” for notes.txt."""
    link = tmp_path / "notes.txt"
    link.symlink_to("gone")
    with pytest.raises(DocumentNotFoundError) as caught:
        load_document(link)
    assert "Did you mean" not in caught.value.hint
