"""What is measured of one answer, and what is not when it cannot be."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.evaluation.copying import copying
from adapters.evaluation.grounded import grounded
from adapters.evaluation.metrics import METRICS, scores_of_text
from adapters.evaluation.report import PRIMARY

SOURCE = (
    "La fotosintesi trasforma la luce in energia chimica. Nel 1779 Jan Ingenhousz scoprì che le piante producono "
    "ossigeno soltanto alla luce. La clorofilla assorbe la luce rossa e quella blu, e riflette la luce verde."
)
REFERENCE = "Le piante trasformano la luce in energia e alla luce producono ossigeno, come scoprì Ingenhousz."
GOOD = "La fotosintesi trasforma la luce in energia chimica. Le piante producono ossigeno soltanto alla luce."
WORDS = st.lists(st.sampled_from("abcd"), max_size=15)


def scores(written: str, reference: str = REFERENCE, **changed: str) -> dict[str, float]:
    asked = {"source": SOURCE, "language": "it", "finish_reason": "stop"} | changed
    return scores_of_text(written, reference, **asked)  # type: ignore[arg-type]


def test_one_metric_was_declared_to_be_the_answer_and_it_is_a_test() -> None:
    assert METRICS[PRIMARY].tested
    assert METRICS[PRIMARY].better == "lower"


def test_of_a_good_answer_everything_is_measured_that_needs_no_model() -> None:
    found = scores(GOOD)
    assert set(found) == set(METRICS) - {"loss", "perplexity", "details"}
    assert found["faithful"] == 1
    assert found["coverage"] > 0.9
    assert all(found[fault] == 0 for fault in ("wrong_language", "repeats", "unfinished", "empty"))


def test_a_wrong_year_and_a_wrong_name_are_seen_and_right_ones_too() -> None:
    assert scores("Nel 1779 Jan Ingenhousz scoprì che le piante producono ossigeno.")["details"] == 1
    assert scores("Nel 1780 Jan Ingenhousz scoprì che le piante producono ossigeno.")["details"] == 0.5
    assert scores("Nel 1780 fu Antoine Lavoisier a scoprire che le piante producono ossigeno.")["details"] == 0


def test_what_the_source_does_not_say_is_not_supported() -> None:
    found = grounded("La mitosi divide il nucleo delle cellule animali in due parti uguali.", SOURCE, "it")
    assert found.supported == 0
    assert found.details is None


def test_without_a_reference_nothing_is_compared_with_one() -> None:
    for nothing in ("", " \n", "…"):
        found = scores(GOOD, nothing)
        assert not {"rouge1", "rouge2", "rougeL", "chrf", "length"} & set(found)
        assert found["faithful"] == 1


def test_an_empty_answer_has_no_overlap_no_length_and_nothing_to_check() -> None:
    found = scores("\n", finish_reason="length")
    assert found == {
        "empty": 1, "unfinished": 1, "repeats": 0,
        "rouge1": 0, "rouge2": 0, "rougeL": 0, "chrf": 0, "length": 0,
    }  # fmt: skip


def test_without_a_source_nothing_is_said_of_copying_or_support() -> None:
    assert not {"coverage", "density", "compression", "longest_copy", "faithful", "details"} & set(
        scores(GOOD, source="")
    )


def test_english_where_italian_was_asked_for_is_the_wrong_language() -> None:
    written = "Photosynthesis is how plants turn the light of the sun into the energy that they need."
    assert scores(written)["wrong_language"] == 1
    assert scores(written, language="en")["wrong_language"] == 0


@pytest.mark.parametrize(("written", "language"), [("Fotosintesi", "it"), (GOOD, "")])
def test_no_language_is_guessed_where_it_cannot_be_told_or_was_not_asked_for(written: str, language: str) -> None:
    assert "wrong_language" not in scores(written, language=language)


def test_an_answer_that_goes_round_in_circles_is_seen() -> None:
    assert scores("La luce è energia. " * 30)["repeats"] == 1


def test_stems_are_compared_only_where_that_was_asked_for() -> None:
    pair = ("le cellule si dividono", "la cellula si divide")
    plain = scores_of_text(*pair, SOURCE, "it", "stop")
    stems = scores_of_text(*pair, SOURCE, "it", "stop", stemming=True)
    assert stems["rouge1"] > plain["rouge1"]
    assert stems["chrf"] == plain["chrf"]


def test_copying_of_a_case_worked_out_by_hand() -> None:
    """Grusky et al. 2018: the runs are "a b c" and "e"; "x" is new."""
    found = copying(list("abcxe"), list("eababcd"))
    assert found is not None
    assert found.coverage == pytest.approx(4 / 5)
    assert found.density == pytest.approx((9 + 1) / 5)
    assert found.compression == pytest.approx(7 / 5)
    assert found.longest == 3
    assert found.novel_bigrams == pytest.approx(2 / 4)  # "c x" and "x e"


@given(WORDS, WORDS)
def test_copying_is_what_the_papers_own_search_finds(written: list[str], source: list[str]) -> None:
    found = copying(written, source)
    if not written or not source:
        assert found is None
        return
    runs: list[int] = []
    place = 0
    while place < len(written):
        longest = 0
        for start in range(len(source)):
            length = 0
            while source[start + length : start + length + 1] == written[place + length : place + length + 1] != []:
                length += 1
            longest = max(longest, length)
        runs += [longest] if longest else []
        place += max(longest, 1)
    assert found is not None
    assert found.coverage == pytest.approx(sum(runs) / len(written))
    assert found.density == pytest.approx(sum(run * run for run in runs) / len(written))


def test_the_longest_texts_of_one_single_word_take_no_more_than_seconds() -> None:
    begin = time.perf_counter()
    found = copying(["a"] * 10_000, ["a"] * 100_000)
    assert found is not None
    assert found.coverage == 1
    assert time.perf_counter() - begin < 3


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.sampled_from(["it", "en", ""]))
@settings(deadline=None)
def test_whatever_a_model_writes_every_number_is_one_that_its_metric_can_be(
    written: str, reference: str, source: str, language: str
) -> None:
    found = scores_of_text(written, reference, source, language, "stop")
    json.dumps(found, allow_nan=False)
    for key, value in found.items():
        highest = METRICS[key].highest
        assert METRICS[key].lowest <= value
        assert highest is None or value <= highest + 1e-9
