"""Two texts about the same thing share stems and numbers, however they are written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.stems import content_stems, known_numbers, stated_numbers, words


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("le cellule eucariotiche", "la cellula eucariotica", "it"),
        ("dell’energia", "un'energia", "it"),
        ("l´energia", "energia", "it"),
        ("c’è libertà", "c'è libertà", "it"),
        ("la citta' grande", "la città grande", "it"),
        ("e' vero perche'", "è vero perchè", "it"),
        ("nessun’idea, gl'italiani, sott'acqua", "idea italiani acqua", "it"),
        ("the dividing cells", "a cell divides", "en"),
        ("the mother's DNA", "DNA of mothers", "en"),
        ("CO₂", "CO2", "en"),
        ("perché\u0301", "perché\u0301", "it"),
    ],
)
def test_forms_of_the_same_words_meet(one: str, other: str, language: str):
    assert content_stems(one, language) == content_stems(other, language)


def test_articles_and_prepositions_carry_no_meaning():
    assert content_stems("di questo e della quale, the of which", "it") == frozenset()


def test_other_languages_are_compared_as_they_are_written():
    assert content_stems("Zellen teilen sich", "") == {"zellen", "teilen", "sich"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3.000 persone", {"3000", "3"}),
        ("16,000 people", {"16000", "16"}),
        ("2,5 litri", {"2.5"}),
        ("2.50 euro", {"2.5"}),
        ("1.234,5", {"1234.5"}),
        ("1,234.5", {"1234.5"}),
        ("1.234.567", {"1234567"}),
        ("3\u202f000", {"3000"}),
        ("il 98%", {"98"}),
        ("007", {"7"}),
        ("10²", {"10"}),
        ("5km", {"5"}),
        ("17 000", {"17000"}),
        ("1’000", {"1000"}),
        ("1 234,5", {"1234.5"}),
        ("§ 12", {"12"}),
    ],
)
def test_a_number_has_every_value_it_can_be_read_as(text: str, values: set[str]):
    assert stated_numbers(text) == [frozenset(values)]


def test_digits_inside_a_word_are_no_number():
    assert stated_numbers("H2O, CO2 and B12") == []


def test_numbers_with_a_slash_or_a_dash_are_two():
    assert stated_numbers("n. 500/1999, 1914-1918") == [{"500"}, {"1999"}, {"1914"}, {"1918"}]


def test_numbers_side_by_side_are_known_each_and_as_thousands():
    assert {"12345", "12", "345"} <= known_numbers("12 345")
    assert stated_numbers("nel 2020 300 persone") == [{"2020"}, {"300"}]


def test_a_source_knows_number_words_and_roman_numerals_too():
    assert {"3", "20", "16", "19", "2.5"} <= known_numbers("Tre volte, twenty; Luigi XVI nel secolo XIX, 2,5.")
    assert known_numbers("Il Vivo IVX MIX") == frozenset()


def test_words_are_all_there_in_order():
    assert words("L'Essere è, e il Non-essere no.") == ["l", "essere", "è", "e", "il", "non", "essere", "no"]


@given(st.text())
def test_any_text_can_be_compared(text: str):
    for language in ("it", "en", ""):
        assert all(content_stems(text, language))
    assert all(frozenset(values) <= known_numbers(text) for values in stated_numbers(text))


@pytest.mark.parametrize("text", ["1.000" * 20_000, "X" * 100_000, "1,2." * 20_000, "l'" * 50_000])
def test_a_long_row_of_one_thing_takes_no_long_time(text: str):
    started = time.perf_counter()
    content_stems(text, "it")
    known_numbers(text)

    assert time.perf_counter() - started < 5
