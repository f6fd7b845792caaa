"""Italian, English or neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language import detect_language, main_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La fotosintesi è il processo con cui le piante trasformano la luce in energia chimica.", "it"),
        ("Photosynthesis is the process by which plants turn light into chemical energy.", "en"),
        ("La Révolution française est une période de bouleversements qui commence en 1789 et qui met fin au roi.", ""),
        ("La Revolución francesa fue un conflicto social y político que comenzó en 1789 y terminó en 1799.", ""),
        ("Was in dieser Zeit an Ideen entstand, prägt Europa bis heute, und so ist es auch in Italien.", ""),
        ("DNA polimerasi III", ""),
        ("1234 5678 %%%", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert detect_language(text) == language


GOLD = Path(__file__).parents[2] / "benchmarks" / "gold" / "languages.txt"


@pytest.mark.parametrize("line", [line for line in GOLD.read_text("utf-8").splitlines() if not line.startswith("#")])
def test_a_sentence_or_two_are_enough(line: str) -> None:
    language, text = line.split("\t")
    assert detect_language(text) == language.strip("-")


@pytest.mark.parametrize(
    ("pages", "language"),
    [
        ([("it", 900), ("", 300), ("en", 800)], "it"),
        ([("en", 400), ("", 600)], "en"),
        ([("it", 50), ("", 5000)], ""),
        ([("it", 700), ("en", 700)], ""),
        ([("", 10)], ""),
        ([], ""),
    ],
)
def test_a_document_is_in_the_language_of_most_of_its_text(pages: list[tuple[str, int]], language: str) -> None:
    assert main_language(pages) == language


def test_half_and_half_is_neither() -> None:
    italian = "Questo è un libro che parla della storia di una città. "
    english = "This is the book of a city that has a long history and it is not for all. "
    assert detect_language(italian * 5 + english * 5) == ""


@pytest.mark.parametrize(
    ("name", "language"),
    [("rivoluzione-francese.md", "it"), ("derivate.txt", "it"), ("plate-tectonics.txt", "en")],
)
def test_the_language_of_the_sample_documents(sample_docs: Path, name: str, language: str) -> None:
    assert detect_language((sample_docs / name).read_text(encoding="utf-8")) == language


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert detect_language(text) in ("it", "en", "")
