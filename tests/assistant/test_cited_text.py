"""References appear while the text streams, are never the model's own, and nothing shown is ever taken back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cited_text import CitedText, PlainText, page_mark, without_page_marks
from assistant.grounding import Citation, Claim
from assistant.summaries.shown import AsList


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


@pytest.mark.parametrize(
    "mark",
    [
        " [p. 7 ✔]",
        " [p. 3?]",
        " [?]",
        " [✖ 1847]",
        " [p. 12 ✖ 1847, Danton]",
        " [p. 12 ≈⚠]",
        " [p. xii (PDF 14) ✔]",
        " [p. A-3 ✔]",
        " [a b.pdf, p. 12]",
        " [notes (1).pdf, p. 12 ≈]",
        " [a.pdf, p. 3; b.pdf, p. 9 ≈]",
    ],
)
def test_our_marks_are_taken_out_of_what_the_model_is_told_it_said(mark: str):
    assert without_page_marks(f"Cells are small.{mark} They divide.") == "Cells are small. They divide."


def citation(name: str = "cell.pdf", page: int = 12, label: str = "12") -> Citation:
    return Citation(name, f"/notes/{name}", page, label, "quote", 1.0, 0, 5)


@pytest.mark.parametrize(
    ("claim", "several", "mark"),
    [
        (Claim("x", "quoted", (citation(),)), False, " [p. 12 ✔]"),
        (Claim("x", "weak"), False, " [?]"),
        (Claim("x", "unsupported", (), ("1847",)), False, " [✖ 1847]"),
        (Claim("x", "unsupported", (citation(),), ("1847", "Danton")), False, " [p. 12 ✖ 1847, Danton]"),
        (Claim("x", "supported", (citation(),), (), ("negation",)), False, " [p. 12 ≈⚠]"),
        (Claim("x", "quoted", (citation(page=14, label="xii"),)), False, " [p. xii (PDF 14) ✔]"),
        (Claim("x", "supported", (citation("a.pdf"), citation("b.pdf"))), True, " [a.pdf, p. 12; b.pdf, p. 12 ≈]"),
        (Claim("x", "weak", (citation("a [draft]\n\x1b[2J.pdf"),)), True, " [a (draft) .pdf, p. 12 ?]"),
        (Claim("x", "unsupported", (), ("a", "b", "c", "d")), False, " [✖ a, b, c, …]"),
    ],
)
def test_a_mark_says_where_how_well_and_what_is_missing(claim: Claim, several: bool, mark: str):
    assert page_mark(claim, several_documents=several) == mark
    assert without_page_marks(f"Text.{mark}") == "Text."


def test_claims_know_where_they_and_their_marks_stand():
    text = "# Cells\n\n- Cells are small. They maybe divide\n- Yes.\n\nOdd cells grow."
    shown = cited()
    result = "".join(shown.feed(letter) for letter in text) + shown.finish()
    assert [(result[claim.start : claim.mark], result[claim.mark : claim.end]) for claim in shown.claims] == [
        ("- Cells are small.", " [p. 7 ≈]"),
        ("They maybe divide", " [p. 7 ?]"),
        ("Odd cells grow.", " [p. 7 ≈]"),
    ]
    assert shown.claims[1].as_json()["place"] == {"start": 37, "mark": 54, "end": 63}


def test_the_points_of_a_list_know_their_places_too():
    shown = AsList(cited())
    result = shown.feed("Cells are small. They divide fast.") + shown.finish()
    assert [result[claim.start : claim.mark] for claim in shown.claims] == ["- Cells are small.", "- They divide fast."]


WORDS = st.lists(
    st.sampled_from(["Cells", "divide", "maybe", "fast,", "odd", "end.", "Yes!", "- ", "\n", "1847", "sec."])
)


@given(WORDS, st.integers(1, 9))
def test_marks_stand_behind_whole_sentences_and_can_be_taken_out_again(words: list[str], size: int):
    text = " ".join(words)
    shown = cited()
    result = "".join(shown.feed(text[i : i + size]) for i in range(0, len(text), size)) + shown.finish()
    assert without_page_marks(result) == text.rstrip()
    for claim in shown.claims:
        assert result[claim.start : claim.mark] == claim.claim.text
        assert result[claim.mark : claim.end] == page_mark(claim.claim, several_documents=False)
        assert result[claim.end : claim.end + 1] in ("", " ", "\n")


@pytest.mark.parametrize("unit", ["[", " ", "(p. ", "[p. 1", "[a, ", "<te", "\t[?", "]", "[p. i"])
def test_taking_marks_out_of_a_long_row_of_one_thing_takes_no_long_time(unit: str):
    started = time.perf_counter()
    without_page_marks(unit * (200_000 // len(unit)))
    assert time.perf_counter() - started < 3


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
