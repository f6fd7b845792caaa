"""Every claim leads to its place in the source, or is said to have none."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.model import Document
from assistant.grounding import (
    SUPPORTED_SCORE,
    WEAK_SCORE,
    Citation,
    Claim,
    Passages,
    is_claim,
    plain_claim,
    split_claims,
)
from assistant.sentences import split_sentences
from assistant.stems import content_stems
from tests.assistant.texts import cell_document, revolution_document

CELL = cell_document()
REVOLUTION = revolution_document()


def source_sentences(document: Document) -> list[tuple[str, int]]:
    return [(page.text[start:end], page.number) for page in document.pages for start, end in split_sentences(page.text)]


def with_words_dropped(sentence: str, seed: int) -> str:
    """As in the notes' prototype: 30 % of the words gone and the halves swapped."""
    chooser = random.Random(f"{seed} {sentence}")
    left = [word for word in sentence.rstrip(".").split() if chooser.random() > 0.3]
    return " ".join(left[len(left) // 2 :] + left[: len(left) // 2]) + "."


@pytest.mark.parametrize("document", [CELL, REVOLUTION], ids=["en", "it"])
def test_a_sentence_of_the_source_is_quoted_from_its_page(document: Document):
    passages = Passages([document])
    for sentence, page in source_sentences(document):
        claim = passages.cite(f"- **{sentence}**")
        assert claim.support == "quoted"
        assert (claim.citations[0].page, claim.citations[0].quote) == (page, sentence)


@pytest.mark.parametrize("document", [CELL, REVOLUTION], ids=["en", "it"])
def test_a_sentence_with_a_third_of_its_words_gone_finds_its_page(document: Document):
    """95 % over 184 pages in the notes; here, over four short pages, it has to be nearly always."""
    passages = Passages([document])
    found = [
        (claim := passages.cite(fragment)).support == "supported" and claim.citations[0].page == page
        for sentence, page in source_sentences(document)
        for seed in range(20)
        if len(content_stems(fragment := with_words_dropped(sentence, seed), "")) >= 4
    ]
    assert sum(found) / len(found) >= 0.95


@pytest.mark.parametrize(
    ("document", "foreign"),
    [(CELL, REVOLUTION), (REVOLUTION, CELL), (CELL, replace(REVOLUTION, language="en"))],
    ids=["en", "it", "same stemmer"],
)
def test_a_sentence_of_another_book_is_not_supported(document: Document, foreign: Document):
    passages = Passages([document])
    claims = [passages.cite(sentence) for sentence, _page in source_sentences(foreign)]
    assert {claim.support for claim in claims} <= {"weak", "unsupported"}
    assert sum(bool(claim.citations) for claim in claims) <= 1


@pytest.mark.parametrize("document", [CELL, REVOLUTION], ids=["en", "it"])
def test_a_changed_number_is_unsupported(document: Document):
    passages = Passages([document])
    numbered = [sentence for sentence, _page in source_sentences(document) if re.search(r"\b\d", sentence)]
    assert len(numbered) >= 3
    for sentence in numbered:
        changed = re.sub(r"(?<![\w.,])\d+(?:[.,]\d+)*", "8347", sentence, count=1)
        assert changed != sentence
        claim = passages.cite(changed)
        assert (claim.support, claim.missing) == ("unsupported", ("8347",))


def test_a_number_from_another_page_makes_a_claim_weak():
    claim = Passages([CELL]).cite("A liver cell contains about 46 mitochondria.")
    assert claim.support == "weak"
    assert claim.citations[0].page == 2


@pytest.mark.parametrize(
    "claim",
    [
        "The liver cell contains about 2.000 mitochondria.",
        "The liver cell contains about 2000 mitochondria.",
        "Il Comitato di salute pubblica fece ghigliottinare oltre 16,000 persone.",
        "Il Terrore durò circa 10 mesi.",
    ],
)
def test_a_number_counts_however_it_is_written(claim: str):
    assert Passages([CELL, REVOLUTION]).cite(claim).support == "supported"


def test_a_claim_that_joins_two_sentences_is_supported_by_both():
    claim = Passages([CELL]).cite("Chloroplasts capture light in plants and algae and release oxygen.")
    assert claim.support == "supported"
    quote = claim.citations[0].quote
    assert quote.startswith("Chloroplasts exist")
    assert quote.endswith("oxygen into the air.")


def test_a_quote_is_exactly_what_stands_on_the_page():
    document = replace(CELL, pages=tuple(replace(page, text=page.text.replace(" ", "\n", 3)) for page in CELL.pages))
    citation = Passages([document]).cite("Mitochondria release energy stored in sugar.").citations[0]
    assert citation.quote == document.pages[1].text[citation.start : citation.end]
    assert "\n" in citation.quote


def test_the_page_is_named_by_its_label_and_its_document():
    document = replace(CELL, pages=tuple(replace(page, label=f"x{page.label}") for page in CELL.pages))
    citation = Passages([REVOLUTION, document]).cite("Chloroplasts capture light with chlorophyll.").citations[0]
    assert (citation.document, citation.page, citation.label) == ("cell.pdf", 3, "x3")


def test_a_claim_is_looked_for_only_on_the_pages_it_can_come_from():
    passages = Passages([CELL])
    sentence = CELL.pages[1].text.split(". ")[0] + "."
    assert passages.cite(sentence, {(CELL.path, 2)}).support == "quoted"
    assert passages.cite(sentence, {(CELL.path, 4)}) == Claim(sentence, "weak")


def test_thresholds_are_in_order():
    assert 0 < WEAK_SCORE < SUPPORTED_SCORE < 1


def test_no_document_supports_nothing():
    assert Passages([]).cite("The cell is the unit of life.") == Claim("The cell is the unit of life.", "weak")


def test_a_claim_as_json_is_what_the_command_line_promises():
    assert Passages([CELL]).cite("The cell is the smallest unit of life.").as_json() == {
        "text": "The cell is the smallest unit of life.",
        "support": "quoted",
        "citations": [
            {
                "document": "cell.pdf",
                "path": "/notes/cell.pdf",
                "page": 1,
                "label": "1",
                "quote": "The cell is the smallest unit of life.",
                "start": 0,
                "end": 38,
            }
        ],
        "missing": [],
        "warnings": [],
    }


# --- claims -----------------------------------------------------------------------------------------------------


def test_an_answer_is_split_into_bullets_and_sentences():
    answer = (
        "# The cell\n\nHere are the main points:\n\n- **Cells** are small. They divide quickly.\n"
        "2. The nucleus holds `chromosomes`.\n\nYes.\n\n| a | b |\n\n**Important terms**"
    )
    assert split_claims(answer) == [
        "- **Cells** are small.",
        "They divide quickly.",
        "2. The nucleus holds `chromosomes`.",
    ]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("- **Cells** are _small_.", "Cells are small."),
        ("  * 1. Cells", "Cells"),
        ("## Cells", "Cells"),
        ("See [the cell](cell.pdf), `nucleus`.", "See the cell, nucleus."),
        ("3.5 litres", "3.5 litres"),
        ("snake_case stays", "snake_case stays"),
    ],
)
def test_markdown_marks_are_no_part_of_a_claim(marked: str, plain: str):
    assert plain_claim(marked) == plain


@given(st.text())
def test_any_text_can_be_cited(text: str):
    claim = Passages([CELL]).cite(text)
    for citation in claim.citations:
        assert isinstance(citation, Citation)
        assert citation.quote in CELL.pages[citation.page - 1].text
    assert is_claim(text) in (True, False)
    assert all(claim in text for claim in split_claims(text))
