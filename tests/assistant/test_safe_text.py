"""What a document says must never act on the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.safe_text import one_line, printable


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]52;c;cm0gLXJm\x1b\\clipboard", "clipboard"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\control", "control"),
        ("\x1bcreset \x1b(0box", "reset box"),
        ("a\x9b31mb", "a31mb"),
        ("bell\x07 back\x08space \x7f", "bell backspace "),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("\ufeffmark \ufffe\uffff\U0001ffff", "mark "),
        ("pri\ue000va\U000f0000te", "private"),
        ("hi\U000e0041\U000e0042dden", "hidden"),
        ("half \ud800 of a pair", "half  of a pair"),
    ],
)
def test_what_would_act_is_removed(hostile: str, harmless: str) -> None:
    assert printable(hostile) == harmless


def test_a_string_sequence_without_an_end_does_not_swallow_the_text() -> None:
    assert printable("\x1b]0;The mitochondrion\nis an organelle.") == "0;The mitochondrion\nis an organelle."


def test_markup_is_text() -> None:
    assert printable("[bold red]not markup[/] [link=x]y") == "[bold red]not markup[/] [link=x]y"


def test_every_kind_of_line_end_becomes_a_line_feed() -> None:
    assert printable("a\r\nb\rc\x0cd\u2028e\x85f") == "a\nb\nc\nd\ne\nf"


def test_ordinary_text_is_left_alone() -> None:
    text = "Perché l'½ è ≠ 0,5?\tEmoji 👩‍🔬, décomposé e\u0301, עברית, ligature ﬁ.\n"
    assert printable(text) == text


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x1b[]P\\;m\x07\x9b\r\n"))))
def test_nothing_left_can_act_and_doing_it_twice_changes_nothing(text: str) -> None:
    clean = printable(text)
    assert not [c for c in clean if unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\t"]
    assert printable(clean) == clean
    clean.encode("utf-8")


@given(st.text())
def test_one_line_is_one_line_of_what_can_be_shown(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert printable(line) == line
    assert one_line(line) == line
    assert line.split() == printable(text).split()
