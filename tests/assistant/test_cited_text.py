"""References appear while the text streams, are never the model's own, and nothing shown is ever taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cited_text import CitedText, PlainText, page_mark, without_page_marks
from assistant.grounding import Citation, Claim


def cite(text: str) -> Claim:
    """Page 7 supports everything but what is "odd"; "maybe" it does so weakly."""
    if "odd" in text:
        return Claim(text, "weak")
    citation = Citation("cell.pdf", "/notes/cell.pdf", 7, "7", "quote", 1.0, 0, 5)
    return Claim(text, "weak" if "maybe" in text else "supported", (citation,))


def cited() -> CitedText:
    return CitedText(cite, lambda claim: page_mark(claim, several_documents=False))


def streamed(text: str, *, size: int) -> str:
    shown = cited()
    return "".join(shown.feed(text[i : i + size]) for i in range(0, len(text), size)) + shown.finish()


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cells are small.", "Cells are small. [p. 7 ≈]"),
        ("Cells are small. They divide fast.", "Cells are small. [p. 7 ≈] They divide fast. [p. 7 ≈]"),
        ("- Cells are small\n- Cells divide", "- Cells are small [p. 7 ≈]\n- Cells divide [p. 7 ≈]"),
        ("Cells are odd. Cells maybe divide.", "Cells are odd. [?] Cells maybe divide. [p. 7 ?]"),
        ("# The big cell\n\nMain points here:\n\n", "# The big cell\n\nMain points here:"),
        ("Cells are small [p. 9]. They divide fast [pag. 3].", "Cells are small. [p. 7 ≈] They divide fast. [p. 7 ≈]"),
        ("Cells are small. [p. 9] They divide (pp. 2-3).", "Cells are small. [p. 7 ≈] They divide."),
        ("Cells are small [cell.pdf, p. 9].", "Cells are small. [p. 7 ≈]"),
        ("Cells (plants and animals) are small [1].", "Cells (plants and animals) are small [1]. [p. 7 ≈]"),
        ("In sec. XIX cells [were studied.", "In sec. XIX cells [were studied. [p. 7 ≈]"),
        ("Yes. Certainly!", "Yes. Certainly!"),
        ("<text>\nCells are <b small>. </text>", "\nCells are <b small>. [p. 7 ≈]"),
    ],
)
def test_references_stand_behind_sentences_and_bullets(text: str, expected: str, size: int):
    assert streamed(text, size=size) == expected


def test_words_are_shown_at_once_and_the_reference_as_soon_as_the_sentence_is_over():
    shown = cited()
    assert shown.feed("Cells") == "Cells"
    assert shown.feed(" are") == " are"
    assert shown.feed(" small.") == " small."
    assert shown.feed(" They ") == " [p. 7 ≈] They"
    assert shown.feed("divide\n") == " divide"
    assert [placed.claim.text for placed in shown.claims] == ["Cells are small."]
    assert shown.finish() == ""


def test_what_might_become_a_reference_waits_until_it_is_clear():
    shown = cited()
    assert shown.feed("Cells are small [p. 1") == "Cells are small"
    assert shown.feed("2] and round") == " and round"


def test_several_documents_are_told_apart_in_the_reference():
    assert page_mark(cite("x"), several_documents=True) == " [cell.pdf, p. 7 ≈]"


def test_a_sentence_that_is_not_about_the_document_gets_no_reference():
    shown = CitedText(lambda _text: None, lambda _claim: " [p. 1]")
    assert shown.feed("The document does not say.") + shown.finish() == "The document does not say."
    assert shown.claims == []


def test_plain_text_passes_through():
    assert PlainText().feed("Cells [p. 9]. ") == "Cells [p. 9]. "
    assert PlainText().finish() == ""


def test_our_references_are_taken_out_of_what_the_model_is_told_it_said():
    text = "Cells are small. [p. 7 ≈] They divide. [p. 3?] Odd. [?] Two. [a b.pdf, p. 12]"
    assert without_page_marks(text) == "Cells are small. They divide. Odd. Two."


PIECES = st.sampled_from(
    [
        "Cells divide",
        ". ",
        " ",
        "\n",
        "- ",
        "[p. 9]",
        "[",
        "]",
        "(plants)",
        "(pages 1-2)",
        "(p. xi)",
        "(a",
        "sec. X",
        "IX",
    ]
)


@given(st.lists(PIECES), st.integers(1, 12))
def test_the_result_does_not_depend_on_how_the_text_arrives(pieces: list[str], size: int):
    text = "".join(pieces)
    assert streamed(text, size=size) == streamed(text, size=1)


@given(st.text(st.characters(exclude_characters="[(")), st.integers(1, 12))
def test_without_references_the_text_is_the_models_own(text: str, size: int):
    shown = CitedText(lambda _text: None, lambda _claim: "")
    result = "".join(shown.feed(text[i : i + size]) for i in range(0, len(text), size)) + shown.finish()
    assert result == text.rstrip()
