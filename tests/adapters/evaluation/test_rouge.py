"""Overlap with a reference: equal to rouge-score where that is right, and right where it is not."""

from __future__ import annotations

import os
import random
import string
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.evaluation.chrf import chrf, signature
from adapters.evaluation.rouge import common_length, rouge, rouge_l
from adapters.evaluation.words import stemmed, tokens

KINDS = ("rouge1", "rouge2", "rougeL")
ASCII = st.text(st.sampled_from(string.ascii_letters[:4] + string.digits[:2] + string.ascii_uppercase[:2] + " .,'-_\n"))
"""Few letters, so that words come again."""
ENGLISH = (
    "The mitochondrion is the powerhouse of the cell: it makes most of the cell's ATP.",
    "Most of a cell's ATP is made by the mitochondrion, the cell's powerhouse.",
    "In 1859 Darwin published 'On the Origin of Species'; the 1st edition sold out on day one.",
    "Darwin's book of 1859 sold out at once.",
    "state-of-the-art  e.g. 3.14 x_1 = 2^10\tend",
    "",
    "...",
)
WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@pytest.fixture(scope="module")
def peer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(KINDS), use_stemmer=False)


def as_the_peer(peer: Any, written: str, reference: str) -> None:
    ours, theirs = rouge(written, reference), peer.score(reference, written)
    for kind in KINDS:
        assert ours[kind].precision == pytest.approx(theirs[kind].precision, abs=1e-12)
        assert ours[kind].recall == pytest.approx(theirs[kind].recall, abs=1e-12)
        assert ours[kind].f1 == pytest.approx(theirs[kind].fmeasure, abs=1e-12)


@pytest.mark.parametrize("written", ENGLISH)
@pytest.mark.parametrize("reference", ENGLISH)
def test_on_english_it_is_rouge_score(peer: Any, written: str, reference: str) -> None:
    as_the_peer(peer, written, reference)


@given(written=ASCII, reference=ASCII)
def test_on_any_ascii_text_it_is_rouge_score(peer: Any, written: str, reference: str) -> None:
    as_the_peer(peer, written, reference)


@pytest.mark.parametrize(
    ("written", "reference", "right"),
    [
        ("perch pu", "perché può", 0.0),
        ("la citt è", "la città e", 1 / 3),
        ("l'università", "l'universit", 0.5),
    ],
)
def test_in_italian_an_accent_is_part_of_its_word_which_rouge_score_deletes(
    peer: Any, written: str, reference: str, right: float
) -> None:
    assert rouge(written, reference)["rouge1"].f1 == pytest.approx(right)
    assert peer.score(reference, written)["rouge1"].fmeasure != pytest.approx(right)


@given(st.text())
def test_however_a_file_writes_its_accents_the_words_are_the_same(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@given(st.text())
def test_words_hold_all_letters_and_digits_and_nothing_between_them(text: str) -> None:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    found = tokens(text)
    assert [letter for letter in folded if letter.isalnum()] == [
        letter for word in found for letter in word if letter.isalnum()
    ]
    assert all(word and word[0].isalnum() and not any(letter.isspace() for letter in word) for word in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Perché NON può?", ["perché", "non", "può"]),
        ("dell’arte, dell'arte", ["dell", "arte", "dell", "arte"]),
        ("Größe x̄ = 3", ["grösse", "x̄", "3"]),
        ("H₂O γλῶσσα 2ª_volta", ["h₂o", "γλῶσσα", "2ª", "volta"]),
        ("", []),
    ],
)
def test_words_of_other_scripts_are_words(text: str, expected: list[str]) -> None:
    assert tokens(text) == [unicodedata.normalize("NFC", word) for word in expected]


def test_stems_may_be_compared_instead_of_words_where_a_language_has_them() -> None:
    written, reference = "le cellule si dividono", "la cellula si divide"
    assert rouge(written, reference)["rouge1"].f1 == pytest.approx(0.25)
    assert rouge(written, reference, "it")["rouge1"].f1 == pytest.approx(0.75)
    assert rouge(written, reference, "fr") == rouge(written, reference)
    assert stemmed(["running", "cells"], "en") == ["run", "cell"]


@given(WORDS, WORDS)
def test_the_longest_common_subsequence_is_what_a_plain_table_finds(first: list[str], second: list[str]) -> None:
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for row, one in enumerate(first):
        for column, other in enumerate(second):
            longer = max(table[row][column + 1], table[row + 1][column])
            table[row + 1][column + 1] = table[row][column] + 1 if one == other else longer
    assert common_length(first, second) == table[-1][-1] == common_length(second, first)


@given(WORDS, WORDS)
def test_only_the_same_words_in_the_same_order_score_full(first: list[str], second: list[str]) -> None:
    score = rouge_l(first, second)
    assert 0 <= score <= 1
    assert (score == 1) == (first == second != [])


def test_the_longest_answers_are_compared_in_under_two_seconds() -> None:
    chosen = random.Random(1)
    long = [" ".join(chosen.choices("abcdefgh", k=60_000)) for _ in range(2)]
    begin = time.perf_counter()
    rouge(*long)
    assert time.perf_counter() - begin < 2


def test_chrf_sees_what_words_do_not_and_says_how_it_was_taken() -> None:
    assert chrf("la cellula si divide", "la cellula si divide") == 100
    assert chrf("le cellule si dividono", "la cellula si divide") > 50
    assert chrf("", "la cellula") == 0
    assert signature().startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")


def test_chrf_does_not_mind_how_an_accent_is_written() -> None:
    assert chrf(unicodedata.normalize("NFD", "perché può"), "perché può") == 100


def test_chrf_is_sacrebleus() -> None:
    import sacrebleu

    pair = ("Le piante fanno ossigeno alla luce.", "Alla luce le piante producono ossigeno.")
    assert chrf(*pair) == sacrebleu.sentence_chrf(pair[0], [pair[1]]).score


WATCHED = """
import sys

def refuse(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in ("socket.connect", "socket.getaddrinfo", "os.mkdir"):
        raise SystemExit(f"{event} {arguments}")

sys.dont_write_bytecode = True
sys.addaudithook(refuse)
from adapters.evaluation.chrf import chrf, signature
assert chrf("la cellula", "la cellula") == 100 and signature()
assert "torch" not in sys.modules
"""


def test_chrf_asks_no_network_and_writes_no_file(tmp_path: Path) -> None:
    home = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SACREBLEU"), str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=Path(__file__).parents[3],
        env={**os.environ, **home},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir())
