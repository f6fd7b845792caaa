"""Text seen as paths, the way different terminals write a dropped file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.dropped_paths import existing_files, to_path


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "my notes (1).pdf"
    path.write_bytes(b"%PDF-")
    return path


@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"', "  {}\n", "{}\r\n"])
def test_a_bare_or_quoted_path_is_a_file(notes, form):
    assert existing_files(form.format(notes)) == [notes]


@pytest.mark.skipif(os.name == "nt", reason="on Windows a backslash escapes nothing")
def test_backslashes_before_spaces_and_brackets_are_taken_away(notes):
    escaped = str(notes).replace(" ", r"\ ").replace("(", r"\(").replace(")", r"\)")
    assert existing_files(escaped) == [notes]


@pytest.mark.skipif(os.name == "nt", reason="a backslash cannot be in a name there")
def test_a_backslash_that_is_in_the_name_stays(tmp_path):
    path = tmp_path / r"a\b.txt"
    path.write_text("", encoding="utf-8")
    assert existing_files(str(path)) == [path]


def test_a_file_address_is_a_path(notes):
    assert existing_files(notes.as_uri()) == [notes]


def test_several_files_on_one_line_or_on_several_are_all_found(notes, tmp_path):
    other = tmp_path / "b.md"
    other.write_text("", encoding="utf-8")
    assert existing_files(f"'{notes}' '{other}'") == [notes, other]
    assert existing_files(f"{notes}\n{other}\n") == [notes, other]


@pytest.mark.parametrize("text", ["", "what is light?", "\0", "a\nb", "~", "~nobody/a.pdf", "file://[", "x" * 5000])
def test_text_that_is_not_only_files_is_text(text):
    assert existing_files(text) == []


def test_one_missing_file_makes_the_whole_a_text(notes, tmp_path):
    assert existing_files(f"{notes}\n{tmp_path / 'missing.pdf'}") == []


def test_a_folder_is_not_a_document(tmp_path):
    assert existing_files(str(tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (r'"C:\Users\Ada Rossi\dispense.pdf"', r"C:\Users\Ada Rossi\dispense.pdf"),
        ("file:///C:/Users/Ada%20Rossi/a.pdf", "C:/Users/Ada Rossi/a.pdf"),
        ("file://server/share/a.pdf", "//server/share/a.pdf"),
    ],
)
def test_windows_paths_keep_their_backslashes(text, path):
    assert to_path(text, windows=True) == Path(path)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text):
    assert all(path.is_file() for path in existing_files(text))
