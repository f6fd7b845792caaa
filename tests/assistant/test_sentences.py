"""Sentences end where a reader of Italian or English would say so, and nothing is ever lost between them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "L'art. 2043 del c.c. obbliga chi causa un danno a risarcirlo.",
        "Il dott. Bianchi e la prof.ssa Verdi insegnano a pag. 12 del manuale.",
        "Si veda cfr. Cass. civ. sez. III, n. 500/1999.",
        "Nel sec. XII nacquero i comuni, p. es. Milano.",
        "Luigi. XIV e Luigi XVI erano re di Francia.",
        "Nel 476 d.C. Romolo Augusto fu deposto.",
        "La S.p.A. Rossi produce dolci, biscotti ecc. per l'estero.",
        "Il gatto disse «Basta. Vieni via.» e uscì.",
        "Perché? chiese il gatto.",
        "Mr. Smith and Dr. Jones, i.e. the authors, met in the U.S. Senate.",
        "The value is 3.5 on average, cf. Darwin et al. 1859.",
        "J. R. R. Tolkien was born in 1892.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str):
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cell lives. It divides.", ["The cell lives.", "It divides."]),
        ("I agree. I stayed.", ["I agree.", "I stayed."]),
        ("He loved art. The answer was no. Then he left.", ["He loved art.", "The answer was no.", "Then he left."]),
        ("Chi? Noi! Bene… Andiamo.", ["Chi?", "Noi!", "Bene…", "Andiamo."]),
        ("Pane, vino ecc. Poi uscì.", ["Pane, vino ecc.", "Poi uscì."]),
        ("Disse «Basta.» Poi uscì.", ["Disse «Basta.»", "Poi uscì."]),
        ("**It divides.** Then it rests.", ["**It divides.**", "Then it rests."]),
        ("Una frase. È un'altra.", ["Una frase.", "È un'altra."]),
        ("Title\n\nThe text goes\non here.", ["Title", "The text goes\non here."]),
        ("Intro:\n- first\n- second\n3. third", ["Intro:", "- first", "- second", "3. third"]),
        ("1. First. Second.", ["1. First.", "Second."]),
        ("", []),
        (" \n ", []),
        ("no end", ["no end"]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_say(text: str, expected: list[str]):
    assert sentences(text) == expected


PIECES = st.sampled_from(
    ["art. ", "d.C. ", "Nel ", "1789. ", "«", "» ", ". ", "? ", "! ", "… ", "\n", "\n\n", "- ", "XVI ", "Il ", "cell"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_sentences_cover_the_text_in_order_and_lose_nothing_but_white_space(text: str):
    position = 0
    for start, end in split_sentences(text):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize("unit", ["« ", ". ", "A. ", "a.", "\n- ", "(", "«a. »", "1. "])
def test_a_long_text_of_one_mark_takes_no_long_time(unit: str):
    started = time.perf_counter()
    split_sentences(unit * 20_000)

    assert time.perf_counter() - started < 5
