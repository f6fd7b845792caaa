"""Sentences end where a reader of Italian or English would say so, and nothing is ever lost between them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sentences import split_sentences
from benchmarks.sentences import gold_cases


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. The law is clear.", ["He lives in the U.S.", "The law is clear."]),
        ("Fu re Carlo V. Il regno crebbe.", ["Fu re Carlo V.", "Il regno crebbe."]),
        ("Vedi la tab. 3. È chiara.", ["Vedi la tab. 3.", "È chiara."]),
        ("That is all. Then he left.", ["That is all.", "Then he left."]),
        ("Cells live.[3] They divide.[12] Then", ["Cells live.[3]", "They divide.[12]", "Then"]),
        ("Cells live. 2. They divide.", ["Cells live.", "2. They divide."]),
        ("Il sig. La Rocca e l'on. Di Pietro uscirono.", ["Il sig. La Rocca e l'on. Di Pietro uscirono."]),
        ("Lo dice l'art. 2. La legge tace.", ["Lo dice l'art. 2.", "La legge tace."]),
    ],
)
def test_an_abbreviation_may_also_be_the_last_word(text: str, expected: list[str]):
    assert sentences(text) == expected


MISSED = {"Bruto fuggì in Grecia.", "Bring notes."}
"""After "a.C." and "p.m." only a word that nearly always begins a sentence is taken for one that does."""


def test_the_hard_cases_of_the_benchmark_are_told_but_for_two():
    cases = [case for case in gold_cases() if not MISSED & set(case.sentences)]
    assert len(cases) > 100
    assert {case.text: sentences(case.text) for case in cases} == {case.text: list(case.sentences) for case in cases}


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


@pytest.mark.parametrize("unit", ["« ", ". ", "A. ", "a.", "\n- ", "(", "«a. »", "1. ", ".[1] ", "al. The ", "x. 1. A"])
def test_a_long_text_of_one_mark_takes_no_long_time(unit: str):
    started = time.perf_counter()
    split_sentences(unit * 20_000)

    assert time.perf_counter() - started < 5
