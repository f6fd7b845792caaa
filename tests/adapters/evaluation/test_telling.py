"""Every number of a report has its words, and no sentence claims more than was shown."""

from __future__ import annotations

import math
import re
import time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.evaluation import telling
from adapters.evaluation.faults import LEVELS, fault
from adapters.evaluation.metrics import METRICS
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, Check, Choices, Light, NotJudged, Report, Verdict
from assistant.i18n import set_language
from tests.adapters.evaluation.sample_report import difference, forgetting, interval, poor_report, report, text

CLAIMS = re.compile(r"\b(yes|worth it:|better by|worse by)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _english():
    set_language("en")


def told(found: Report) -> str:
    return " ".join(telling.verdict_sentences(found))


# --- metrics -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_is_explained_and_says_which_end_is_the_good_one(key):
    words = telling.metric_words(key)
    assert words.label != key
    assert words.better == METRICS[key].better
    good = {"higher": "higher is better", "lower": "lower is better", "neither": "Neither end is the good one"}
    assert good[words.better] in words.explanation


def test_every_metric_belongs_to_one_question():
    groups = telling.metric_groups([*METRICS, "of_tomorrow"])
    grouped = [key for _heading, keys in groups for key in keys]
    assert sorted(grouped) == sorted([*METRICS, "of_tomorrow"])
    assert grouped[-1] == "of_tomorrow"
    assert telling.metric_groups([]) == []


def test_shares_are_read_as_percents_and_overlaps_as_points_of_100():
    assert telling.figure("faithful", 0.834) == "83 %"
    assert telling.figure("rougeL", 0.268) == "26.8"
    assert telling.signed("loss", -0.2614) == "−0.261"
    assert telling.signed("loss", 0.0001) == "0.000"
    assert telling.amount("faithful", -0.05) == "5 percentage points"
    assert telling.limits("loss", interval(2.0, 0.1)) == "1.900 to 2.100"
    assert telling.limits("loss", interval(2.0)) == ""


def test_numbers_are_written_as_the_reader_writes_them():
    set_language("it")
    assert telling.figure("loss", 2.049) == "2,049"


@given(st.sampled_from(sorted(METRICS)), st.floats())
def test_whatever_a_broken_adapter_measures_can_be_written_in_a_cell(key, value):
    for written in (telling.figure(key, value), telling.signed(key, value), telling.amount(key, value)):
        assert len(written) < 40
        assert "nan" not in written
        assert "e+" not in written


# --- differences -------------------------------------------------------------------------------------------------


def test_a_difference_comes_with_its_limits():
    sentence = telling.difference_sentence(difference("loss", -0.261, 0.117, verdict="better"))
    assert "better by 0.261 nats a word piece, compared with the base model" in sentence
    assert "−0.378" in sentence
    assert "−0.144" in sentence


@given(
    metric=st.sampled_from(sorted(METRICS)),
    mean=st.floats(-3, 3),
    half=st.none() | st.floats(0, 3),
    against=st.sampled_from([BASE, EXAMPLES, "version:3"]),
    n=st.integers(0, 60),
    verdict=st.sampled_from(["no_difference", "not_judged"]),
)
def test_what_was_not_shown_is_never_called_better_or_worse(metric, mean, half, against, n, verdict: Verdict):
    found = difference(metric, mean, half, against=against, verdict=verdict, n=n)
    sentence = telling.difference_sentence(found)
    assert not CLAIMS.search(sentence)
    assert telling.verdict_word(found) not in ("better", "worse")


def test_a_difference_that_only_chance_picked_out_is_said_to_be_none():
    """Its own limits leave out 0, but among many figures that is not enough (Holm)."""
    lucky = difference("rouge1", 0.05, 0.04, verdict="no_difference", p=0.02, adjusted_p=0.2)
    sentence = telling.difference_sentence(lucky)
    assert "no difference shown" in sentence
    assert "stands out by luck" in sentence


def test_a_figure_that_grades_nothing_is_more_or_less_but_not_better():
    shorter = difference("length", -1.2, 0.3, verdict="not_judged")
    assert "less by 120 percentage points" in telling.difference_sentence(shorter)
    assert telling.verdict_word(shorter) == "less"
    assert telling.shown_verdict(difference("length", -0.1, 0.3, verdict="not_judged")) == "no_difference"
    assert telling.shown_verdict(difference("length", -0.1, None, verdict="not_judged")) == "not_judged"


def test_few_documents_are_called_a_hint_beside_every_difference():
    assert "Only 7 documents: a hint" in telling.difference_sentence(
        difference("chrf", 4.0, 1.0, verdict="better", n=7)
    )
    assert "hint" not in telling.difference_sentence(difference("chrf", 4.0, 1.0, verdict="better", n=10))


# --- the verdict -------------------------------------------------------------------------------------------------


def test_the_answer_comes_first():
    assert telling.verdict_sentences(report())[0].startswith("Yes, it was worth it")
    assert "“biology”" in telling.headline(report())


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("examples_do_as_well", "perhaps without need"),
        ("no_difference", "No difference shown"),
        ("worse", "worse than the base model"),
        ("broken", "does not work"),
        ("not_judged", "cannot be judged"),
    ],
)
def test_no_other_verdict_sounds_like_yes(verdict, words):
    headline = telling.headline(report(verdict=verdict))
    assert words in headline
    assert not headline.startswith("Yes")


def test_examples_that_do_better_are_said_to_do_better():
    beaten = difference("loss", 0.2, 0.1, against=EXAMPLES, verdict="worse")
    assert "does better than" in telling.headline(report(verdict="examples_do_as_well", differences=[beaten]))


def test_a_gain_that_cost_knowledge_is_not_praised_alone():
    found = report(forgetting=forgetting(light="red"))
    assert "at a price" in telling.headline(found)


def test_a_gain_as_small_as_what_is_called_hardly_any_loss_is_called_hardly_any():
    tiny = report(differences=[difference("loss", -0.028, 0.01, verdict="better")])
    assert telling.headline(tiny).startswith("Better, but hardly")


def test_it_is_said_to_have_never_seen_the_documents_only_where_that_is_known():
    assert "None of these texts is among those" in told(report())
    unknown = told(report(not_judged=[NotJudged(what="leakage", why="no_run", details={})]))
    assert "none of these documents" not in unknown
    assert "Whether it was trained on these very documents is not known" in unknown


def test_without_the_comparison_with_examples_the_report_says_that_it_is_missing():
    alone = report(differences=[difference("loss", -0.26, 0.1, verdict="better")])
    assert "Whether two examples in the prompt would have done as well" in told(alone)
    assert "would have done as well" not in told(report())


def test_loss_and_perplexity_are_explained_where_they_stand():
    words = told(report())
    assert "loss, in nats: 0 would be no surprise; lower is better" in words
    assert "hesitated among 7.8 equally likely word pieces each time, instead of 10.1" in words


def test_what_is_wrong_with_a_broken_adapter_follows_at_once_with_what_to_do():
    broken = report(verdict="broken", faults=[fault("never_ends", share=0.9, base_share=0.1)])
    sentence = telling.verdict_sentences(broken)[1]
    assert "does not stop writing" in sentence
    assert "in 90 of 100 texts; without the adapter, in 10" in sentence
    assert "Train it again" in sentence


def test_an_adapter_for_another_edition_of_the_same_base_is_not_said_to_be_made_for_the_one_it_is_on():
    other = telling.fault_words(fault("other_base", made_for="qwen", here="starter")).message
    edition = telling.fault_words(fault("other_base", made_for="starter", here="starter")).message
    assert "It was made for qwen" in other
    assert "another edition of starter" in edition


def test_two_documents_are_called_small_once_and_claim_nothing():
    words = told(poor_report())
    assert words.count("The test is small, 2 documents") == 1
    assert not CLAIMS.search(words)


def test_a_test_that_chose_the_step_and_examples_left_out_are_confessed():
    data = report()["data"]
    words = " ".join(telling.data_sentences({**data, "split": "validation", "leaked": ["a", "b"]}))
    assert "a little too good" in words
    assert "2 texts were left out" in words
    words = " ".join(telling.data_sentences({**data, "split": "all", "tiers": {"A": 3, "C": 2}}))
    assert "2 of the texts that it is compared with were not written by a person" in words
    assert telling.data_sentences({**data, "examples": 0}) == ["There was nothing to test with."]


def test_where_nothing_could_be_tested_the_report_calls_no_test_small_and_says_what_was_trained_on():
    data = {**report()["data"], "documents": 0, "examples": 0, "written": 0, "small": True, "leaked": ["a", "b"]}
    gaps = [NotJudged(what="loss", why="no_test_data", details={"leaked": 2})]
    nothing = report(data=data, systems=[], differences=[], texts=[], verdict="not_judged", not_judged=gaps)
    words = told(nothing)
    assert "The test is small" not in words
    assert "2 texts were left out" in words
    assert "trained on everything that it could be tested with" in words
    assert "nothing is kept aside" not in words


def test_where_nothing_was_decided_no_coin_is_tossed_and_what_was_not_asked_is_not_called_chosen():
    undecided = Choices(
        against="version:1",
        adapter=0,
        other=0,
        same=3,
        share={"mean": 0.5, "low": None, "high": None, "n": 0},
        verdict="no_difference",
        equal=3,
    )
    words = telling.choices_sentence(undecided)
    assert "coin" not in words
    assert "Too few were decided" in words
    assert "About 3 texts both wrote the same words: they were not asked about" in words


def test_many_examples_are_counted_in_italian_words_that_go_with_many():
    made = report()
    made["lineage"]["data"]["tiers"] = {"A": 32, "B": 1}
    set_language("it")
    try:
        facts = next(stage.facts for stage in telling.lineage_lines(made["lineage"]) if stage.key == "data")
    finally:
        set_language("en")
    assert any("32 scritti o approvati da persone, 1 " in fact for fact in facts)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot be told another time zone")
def test_when_it_was_measured_is_told_by_the_clock_of_whoever_reads_it(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC-1")
        time.tzset()
        assert telling.measured_at(report()) == "2026-11-22 22:04"
    time.tzset()
    assert telling.measured_at(report(created="some day")) == "some day"


# --- forgetting --------------------------------------------------------------------------------------------------


def test_every_light_has_a_word_and_a_shape_of_its_own():
    lights = get_args(Light)
    assert len({telling.light_words(light).label for light in lights}) == len(lights)
    assert len({telling.LIGHT_MARKS[light] for light in lights}) == len(lights)


def test_the_light_says_its_thresholds_and_where_they_come_from():
    words = " ".join(telling.forgetting_sentences(forgetting(unprobed=["de"])))
    assert "green up to +0.05" in words
    assert "amber up to +0.15" in words
    assert "PEFT" in words
    assert "nothing is known of de" in words


def test_a_base_at_chance_is_called_not_informative():
    italian = next(probes for probes in forgetting()["probes"] if probes["language"] == "it")
    assert "the base is at chance here" in telling.probe_sentences(italian)[1]


# --- everything else ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEVELS)
def test_every_fault_has_a_sentence_and_a_hint_of_its_own(name):
    words = telling.fault_words(fault(name))
    assert "Something is wrong" not in words.message
    assert words.hint


@pytest.mark.parametrize("name", ["differs", "reloads", "ends", "hashes", "peft"])
def test_a_check_says_whether_it_passed_failed_or_could_not_be_made(name):
    said = [telling.check_words(Check(name=name, passed=passed)) for passed in (True, False, None)]
    assert [words.mark for words in said] == ["✔", "✖", "–"]
    assert said[0].label != said[1].label
    assert "could not be looked at" in said[2].explanation


def test_what_could_not_be_judged_says_why():
    gap = NotJudged(what=EXAMPLES, why="does_not_fit", details={"examples": 3})
    assert telling.not_judged_words(gap).startswith("The base model with two examples: with two examples before it")
    gap = NotJudged(what="version:1", why="broken", details={"reason": "Its file is damaged."})
    assert telling.not_judged_words(gap) == "Version 1: Its file is damaged."


def test_choices_are_told_with_their_limits_and_a_model_as_judge_as_a_hint():
    choices = Choices(
        against=BASE, adapter=6, other=3, same=1, share=interval(0.67, 0.3, 9), verdict="no_difference", inconsistent=1
    )
    assert "Of 10 pairs of texts" in telling.choices_sentence(choices)
    assert "tossing a coin" in telling.choices_sentence(choices)
    assert "between 37 and 97 times in 100" in telling.choices_sentence(choices)
    judged = " ".join(telling.choices_sentences(choices, by_model=True))
    assert "Indicative only" in judged
    assert "changed places" in judged


def test_the_lineage_goes_from_the_base_to_the_version_in_use():
    stages = telling.lineage_lines(report()["lineage"])
    assert [stage.key for stage in stages] == ["base", "data", "run", "version", "version"]
    assert [stage.current for stage in stages] == [False, False, False, False, True]
    assert "135 million numbers" in stages[0].facts[0]
    assert "96 written or approved by people, 88 taken from the documents by rule" in stages[1].facts
    assert [stage.key for stage in telling.lineage_lines(poor_report()["lineage"])] == ["base"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def card_fields(*keys: str) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, anything))


@given(
    card_fields("name", "license", "parameters", "languages"),
    card_fields("file", "examples", "held_out", "tiers", "files"),
    card_fields("steps", "kept_step", "learning_rate", "r", "kind", "ended"),
    card_fields("version", "created", "file", "loss_before", "loss_after"),
)
def test_whatever_a_strangers_card_says_its_lineage_can_be_told(base, data, run, version):
    stages = telling.lineage_lines({"base": base, "data": data, "run": run, "versions": [version]})
    assert all("\n" not in line for stage in stages for line in (stage.title, *stage.facts))


def test_a_place_is_document_pages_and_section():
    assert telling.place_of(text(0, pages=[4, 5, 6])) == "lecture-1.pdf, pages 4–6, Cellular respiration"
    assert telling.place_of(text(0, pages=[], section="")) == "lecture-1.pdf"
    assert telling.place_of(text(0, document="a\x1b[31m\nb", pages=[1], section="")) == "a b, page 1"


def test_a_report_where_the_adapter_broke_can_still_be_told():
    scores = {"loss": interval(math.nan, None), "perplexity": interval(math.inf, None)}
    found = report(systems=[{"key": key, "scores": scores} for key in (BASE, ADAPTER)], verdict="broken")
    assert "no number" in told(found)
