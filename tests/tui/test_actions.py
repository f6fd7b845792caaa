"""The table of actions, and what completion makes of it."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.i18n import set_language
from tui.actions import actions, commands, find_command, key_label, nearest_command, split_command
from tui.completion import complete, is_whole


def test_no_two_actions_share_a_name_an_alias_or_a_key():
    spellings = [word for action in actions() for word in (action.name, *action.aliases)]
    keys = [action.key for action in actions() if action.key]
    assert len(set(spellings)) == len(spellings)
    assert len(set(keys)) == len(keys)


def test_every_action_says_what_it_does_in_a_sentence():
    assert all(action.sentence.endswith(".") for action in actions())


def test_an_alias_finds_its_command():
    assert find_command("riassumi") is find_command("SUMMARIZE") is not None


@pytest.mark.parametrize(
    ("typed", "meant"), [("sumarize", "summarize"), ("opne", "open"), ("adaptr", "adapter"), ("quti", "quit")]
)
def test_a_mistyped_command_is_near_the_one_meant(typed, meant):
    assert nearest_command(typed).name == meant


def test_gibberish_is_near_nothing():
    assert nearest_command("xyzzy42") is None


def test_the_table_follows_the_language_of_the_interface():
    set_language("it")
    italian = actions()
    set_language("en")
    assert [action.name for action in italian] == [action.name for action in actions()]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("/open a b.pdf", ("open", "a b.pdf")),
        ("/help", ("help", "")),
        ("/", None),
        ("why?", None),
        ("", None),
        ("/two\nlines", None),
    ],
)
def test_a_command_is_split_from_its_arguments(text, parts):
    assert split_command(text) == parts


@given(st.text())
def test_any_line_can_be_completed_and_split(line):
    split_command(line)
    assert all(completion.text.startswith("/") for completion in complete(line))


def test_a_bare_slash_offers_every_command():
    assert [completion.text.strip() for completion in complete("/")] == [f"/{action.name}" for action in commands()]


def test_styles_and_languages_complete_the_summary_and_are_not_offered_twice():
    assert [completion.label for completion in complete("/summarize o")] == ["outline"]
    assert "brief" not in [completion.label for completion in complete("/summarize brief ")]


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("/describe", True),
        ("/descrivi", True),
        ("/s", True),
        ("/summarize outline ", True),
        ("/summarize outl", False),
        ("/sum", False),
        ("/o", False),
        ("/open ", False),
        ("/", False),
        ("why", False),
    ],
)
def test_a_command_is_whole_by_any_name_unless_a_word_is_begun_or_missing(line, whole):
    assert is_whole(line) is whole


def test_a_file_to_export_to_is_never_completed_to_one_that_is_there_already(tmp_path):
    """Enter on `/export a.md` used to become `a.md.pdf` when there was such a document."""
    (tmp_path / "a.md.pdf").write_bytes(b"")
    (tmp_path / "answers").mkdir()
    found = complete(f"/export {tmp_path}{os.sep}a")
    assert [completion.label for completion in found] == [f"answers{os.sep}"]


def test_adapters_and_documents_are_completed_by_name():
    assert [c.text for c in complete("/adapter phy", adapters=["physics", "law"])] == ["/adapter physics"]
    assert [c.label for c in complete("/adapter ", adapters=["law"])] == ["law", "auto", "none"]
    assert [c.label for c in complete("/adapters ", adapters=["law"])] == ["law"]
    assert [c.text for c in complete("/close ", documents=["cells.pdf"])] == ["/close cells.pdf"]


def test_paths_complete_to_documents_and_folders_with_files_first(tmp_path):
    (tmp_path / "Notes").mkdir()
    for name in ("notes on light.pdf", "numbers.xlsx", ".notes.md", "nuclei.md"):
        (tmp_path / name).write_text("", encoding="utf-8")
    found = complete(f"/open {tmp_path}{os.sep}n")
    assert [completion.label for completion in found] == [
        "notes on light.pdf",
        "nuclei.md",
        f"Notes{os.sep}",
    ]
    assert found[0].text == f"/open {tmp_path / 'notes on light.pdf'}"


def test_a_folder_that_is_not_there_completes_to_nothing(tmp_path):
    assert complete(f"/open {tmp_path / 'missing'}{os.sep}a") == []


def test_keys_are_drawn_short():
    assert [key_label(key) for key in ("ctrl+q", "escape", "f1")] == ["^Q", "Esc", "F1"]
