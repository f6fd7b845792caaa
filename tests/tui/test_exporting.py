"""An answer becomes a file of the person's own, in the format that its name asks for, and never over another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.errors import ConfigError
from tests.assistant.export_results import summary_result
from tests.tui.desk import app_with, desk_of
from tui.conversation import Message
from tui.exporting import export_last, file_name, free_name

RESULT = summary_result()


def answered(**changes) -> list[Message]:
    return [
        Message("user", "/summarize"),
        Message("assistant", RESULT["summary"], "done", {"result": {**RESULT, **changes}}),
        Message("user", "/doctor"),
        Message("assistant", "All is well.", "done", {}),
    ]


def test_the_last_answer_that_says_something_is_exported(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert export_last(answered(), "out.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert export_last(answered(), "").name == "Photosynthesis light & life.md"


def test_a_file_that_exists_is_never_replaced(tmp_path: Path):
    target = tmp_path / "out.md"
    target.write_text("mine", encoding="utf-8")
    assert export_last(answered(), str(target)) == tmp_path / "out (2).md"
    assert export_last(answered(), str(target)) == tmp_path / "out (3).md"
    assert target.read_text(encoding="utf-8") == "mine"
    assert free_name(tmp_path / "new.md") == tmp_path / "new.md"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_an_exported_file_is_for_whom_any_new_file_is(tmp_path: Path):
    """It used to be for the owner alone: a teammate, or a web server, could not read what was put there for them."""
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert export_last(answered(), str(tmp_path / "out.md")).stat().st_mode == ordinary.stat().st_mode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ordinary", "out.md"]


@pytest.mark.parametrize(
    ("argument", "words"),
    [("a.xyz", "cannot write"), ("cards.tsv", "needs cards"), ("none/a.md", "no folder"), (".", "folder")],
)
def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch, argument: str, words: str):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=words):
        export_last(answered(), argument)
    assert list(tmp_path.iterdir()) == []


def test_before_the_first_answer_there_is_nothing_to_export():
    with pytest.raises(ConfigError, match="nothing to export"):
        export_last([Message("user", "/summarize")], "a.md")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("a/b:c", "a b c"),
        ("...", "sunto"),
        ("", "sunto"),
        ("x" * 300, "x" * 60),
        ("Che cos'è \"l'io\"?", "Che cos'è l'io"),
    ],
)
def test_a_file_is_named_after_its_document_as_any_system_can_write_it(title: str, name: str):
    assert file_name({"title": title}) == name


async def test_export_in_the_app_says_where_the_file_is(tmp_path: Path):
    source = tmp_path / "light.txt"
    source.write_text("Light makes sugar. " * 20, encoding="utf-8")
    app = app_with({"when": "summarize", "text": RESULT["summary"], "result": RESULT})
    async with desk_of(app) as desk:
        await desk.send(f"/open {source}")
        await desk.wait_until(lambda: desk.chat.panel.documents)
        await desk.send("/summarize")
        await desk.answered()
        await desk.send(f"/export {tmp_path / 'sunto.docx'}")
        await desk.wait_until(lambda: (tmp_path / "sunto.docx").exists())
        await desk.wait_until(lambda: "sunto.docx" in "".join(desk.shown("notice")).replace("\n", ""))
        await desk.send("/export nowhere.xyz")
        await desk.wait_until(lambda: desk.shown("error"))
        assert ".docx" in desk.shown("error")[0]
