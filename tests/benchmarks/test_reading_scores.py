"""The scores of the reading benchmark say what its README says of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reading.scoring import Truth, common_subsequence, missing_and_junk, parse_truth, score
from benchmarks.reading.words import words

TRUTH = parse_truth("L’università è già aperta: costa 2,5 euro.\n\n[^] Una nota.\n\n[?] 1 2")


def test_a_perfect_reading_scores_one_in_everything() -> None:
    perfect = score(TRUTH, "L'università è già aperta: costa 2,5 euro.\nUna nota.")
    assert (perfect.recall, perfect.precision, perfect.order, perfect.glued) == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        ("perch`e", "perché"),
        ("citta", "città"),
        ("uﬃcio", "ufficio"),
        ("benecome", "bene come"),
        ("chiu-\nso", "chiuso"),
        ("tecnicoscientifico", "tecnico-scientifico"),
        ("cosa1", "cosa"),
        ("Roma", "roma"),
    ],
)
def test_a_word_that_is_not_right_is_not_found(read: str, wrong: str) -> None:
    assert score(Truth(tuple(words(wrong))), read).found == 0


@pytest.mark.parametrize(
    ("read", "same"),
    [
        ("dell’acqua", "dell'acqua"),
        ("«città»", "“città”"),
        ("e\u0300", "è"),
        ("chiu\ufffe\nso", "chiuso"),
        ("per\u00adché", "perché"),
        ("socio\u2011economico", "socio-economico"),
        ("• uno – due", "uno due"),
        ("cosa¹ 10⁸", "cosa 10"),
        ("6-7 metri", "6–7 metri"),
        ("Indice . . . . . . 5", "Indice.........5"),
    ],
)
def test_what_two_careful_people_would_write_differently_is_the_same(read: str, same: str) -> None:
    assert words(read) == words(same)


def test_footnotes_may_stand_anywhere_but_must_be_there() -> None:
    first = score(TRUTH, "Una nota. L'università è già aperta: costa 2,5 euro.")
    assert first.order == 1
    without = score(TRUTH, "L'università è già aperta: costa 2,5 euro.")
    assert without.found == first.found - 2


def test_free_words_are_neither_missing_nor_junk() -> None:
    assert score(TRUTH, "1 L'università è già aperta: costa 2,5 euro. 2 2 Una nota.").precision == 1


def test_formulas_free_short_words_and_words_with_digits_only() -> None:
    truth = parse_truth("Sia una funzione\n\n[?] formulas")
    assert dict(missing_and_junk(truth, "Sia f(x)=ax2 una funzione limite")[1]) == {"limite": 1}


def test_running_heads_are_junk() -> None:
    assert score(Truth(("uno", "due")), "CAPITOLO 3 uno due").junk == 2


def test_two_columns_read_across_are_out_of_order() -> None:
    truth = Truth(tuple("abcdefgh"))
    assert score(truth, "a e b f c g d h").order < 0.7
    assert score(truth, "a e b f c g d h").recall == 1


def test_long_glued_words_are_seen_and_true_long_words_are_not() -> None:
    long = "precipitevolissimevolmente"
    assert score(Truth((long,)), long).glued == 0
    assert score(Truth((long,)), "sipuòcorreggerequestoerrore").glued == 1


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_the_common_subsequence_is_as_long_as_the_textbook_says(one: list[str], other: list[str]) -> None:
    table = [[0] * (len(other) + 1) for _row in range(len(one) + 1)]
    for i, left in enumerate(one, 1):
        for j, right in enumerate(other, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if left == right else max(table[i - 1][j], table[i][j - 1])
    assert common_subsequence(one, other) == table[-1][-1]


@given(st.text())
def test_any_text_can_be_scored(text: str) -> None:
    result = score(TRUTH, text)
    assert 0 <= result.recall <= 1
    assert 0 <= result.precision <= 1
    assert 0 <= result.order <= 1


@given(st.text())
def test_words_of_words_are_the_same_words(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once
