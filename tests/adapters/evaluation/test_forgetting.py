"""What became of general knowledge: the light, its thresholds, and what it says where little can be said."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.evaluation.forgetting import AMBER, GREEN, compare, light_of, worst
from adapters.evaluation.probes import CHANCE, LANGUAGES, OPTIONS, load_items, load_passages
from adapters.evaluation.probes.scores import NOTHING_KNOWN, ProbeScores, kept_scores, probe_scores
from adapters.evaluation.statistics import interval
from assistant.generation import ChatMessage

ITEMS = {language: load_items(language) for language in LANGUAGES}
PASSAGES = {language: load_passages(language) for language in LANGUAGES}
ALL = sum(len(ITEMS[language]) + len(PASSAGES[language]) for language in LANGUAGES)


def knowing(italian=25, english=25, loss=3.0) -> ProbeScores:
    """A model that answers so many questions right, and reads each passage at a loss of its own about this one."""
    passages = {p.id: loss + 0.01 * n for language in LANGUAGES for n, p in enumerate(PASSAGES[language])}
    items = {}
    for language, right in (("it", italian), ("en", english)):
        for n, item in enumerate(ITEMS[language]):
            chosen = item.answer if n < right else (item.answer + 1) % OPTIONS
            items[item.id] = [1.0 if option == chosen else 4.0 for option in range(OPTIONS)]
    return ProbeScores(passages, items)


def changed(scores: ProbeScores, **by: float) -> ProbeScores:
    """Losses of a language's passages higher by so much, a little less or more for each."""
    wobble = {p.id: 0.01 * (n % 3 - 1) for language in LANGUAGES for n, p in enumerate(PASSAGES[language])}
    passages = {
        id_: loss + (by[id_[:2]] + wobble[id_] if id_[:2] in by else 0.0) for id_, loss in scores.passages.items()
    }
    return replace(scores, passages=passages)


BASE = knowing()


@pytest.mark.parametrize(
    ("change", "light"), [(-0.3, "green"), (0.0, "green"), (0.04, "green"), (0.1, "amber"), (0.2, "red"), (9, "red")]
)
def test_the_light_goes_by_how_much_more_general_texts_surprise(change, light):
    found = compare(BASE, changed(BASE, it=change, en=change))
    assert found["light"] == light
    assert [probes["light"] for probes in found["probes"]] == [light] * 3
    assert found["probes"][0]["loss_change"]["mean"] == pytest.approx(change, abs=0.001)
    assert found["thresholds"] == [GREEN, AMBER]


def test_all_together_come_first_and_then_each_language():
    found = compare(BASE, changed(BASE, it=0.1, en=0.1))["probes"]
    assert [(one["language"], one["loss_change"]["n"], one["items"]) for one in found] == [
        ("", 40, 60),
        ("it", 20, 30),
        ("en", 20, 30),
    ]
    assert found[0]["accuracy_before"] == found[0]["accuracy_after"] == pytest.approx(50 / 60)


def test_an_adapter_that_learns_one_language_does_not_hide_that_it_unlearns_the_other():
    found = compare(BASE, changed(BASE, it=-0.8, en=0.3))
    assert found["probes"][0]["loss_change"]["mean"] < 0
    assert found["light"] == found["probes"][0]["light"] == "red"
    assert [probes["light"] for probes in found["probes"][1:]] == ["green", "red"]


def test_a_base_that_only_guesses_in_a_language_says_nothing_there():
    base = knowing(8, 25)
    found = compare(base, changed(base, it=0.5, en=0.0))
    together, italian, english = found["probes"]
    assert (italian["light"], italian["at_chance"], italian["chance"]) == ("not_informative", True, CHANCE)
    assert (english["light"], english["at_chance"]) == ("green", False)
    assert found["light"] == together["light"] == "green"


def test_where_it_guesses_in_both_nothing_can_be_said():
    base = knowing(8, 6)
    assert compare(base, changed(base, it=0.5, en=0.5))["light"] == "not_informative"


def test_fewer_right_answers_are_no_green_light_even_if_texts_surprise_no_more():
    found = compare(BASE, knowing(25, 12))
    assert [probes["light"] for probes in found["probes"][1:]] == ["green", "amber"]
    assert found["probes"][2]["accuracy_change"]["high"] < 0
    assert found["light"] == "amber"
    assert compare(BASE, knowing(25, 24))["light"] == "green"  # one may be luck


def test_a_model_that_is_broken_has_forgotten_all_and_the_report_stays_json():
    class Broken:
        def score(self, items, should_stop=None, *, ended=True):
            return iter([(math.nan, 4)] * len(items))

    found = compare(BASE, probe_scores(Broken()))
    assert found["light"] == "red"
    assert found["probes"][0]["loss_after"] == NOTHING_KNOWN
    assert found["probes"][0]["accuracy_after"] == 0
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_languages_without_probes_are_named_once():
    assert compare(BASE, BASE, ["de", "it", "de", ""])["unprobed"] == ["de"]


@pytest.mark.parametrize(
    ("values", "light"),
    [
        ([0.01, 0.02, 0.03, 0.02], "green"),
        ([0.3, -0.3, 0.2, -0.1, 0.05], "amber"),  # a mean below green, but red cannot be ruled out
        ([0.9, 0.0, 0.0, 0.0], "amber"),  # above red, but green cannot be ruled out
        ([0.3, 0.31, 0.32, 0.29], "red"),
        ([0.3], "red"),  # too few for an interval: the number alone
        ([], "not_judged"),
    ],
)
def test_a_colour_needs_that_its_opposite_can_be_ruled_out(values, light):
    assert light_of(interval(values)) == light


@given(st.lists(st.floats(-2, 2), min_size=3, max_size=8), st.floats(0.01, 1))
def test_more_loss_is_never_a_better_light(values, more):
    order = ["green", "amber", "red"]
    assert order.index(light_of(interval(values))) <= order.index(light_of(interval([v + more for v in values])))


def test_the_worst_light_counts():
    assert worst(["green", "red", "amber"]) == "red"
    assert worst(["not_informative", "green"]) == "green"
    assert worst([]) == "not_judged"


class Reading:
    """A model that finds everything equally likely, and notes what it was asked."""

    fingerprint = "base+"

    def __init__(self):
        self.asked: list[tuple[list[ChatMessage], str, bool]] = []

    def score(self, items, should_stop=None, *, ended=True):
        for messages, answer in items:
            self.asked.append((messages, answer, ended))
            yield 2.0 * len(answer.split()), len(answer.split())


class Library(dict):
    def unit(self, key):
        return self.get(key)

    def put_unit(self, key, value):
        self[key] = value


def test_a_passage_counts_by_the_token_and_without_its_end_an_answer_as_a_whole_with_it():
    model = Reading()
    found = probe_scores(model)
    assert set(found.passages.values()) == {2.0}
    assert [len(found.items[item.id]) for item in ITEMS["it"]] == [OPTIONS] * 30
    assert [ended for _messages, _answer, ended in model.asked] == [False] * 40 + [True] * 240


def test_a_model_is_asked_once_and_another_again_with_progress():
    library, model = Library(), Reading()
    told = list(kept_scores(model, library))
    assert told == [(done, ALL) for done in range(1, ALL + 1)]
    asked = len(model.asked)
    taking = kept_scores(model, library)
    with pytest.raises(StopIteration) as ended:
        next(taking)
    assert ended.value.value == probe_scores(Reading())
    assert len(model.asked) == asked
    model.fingerprint = "base+adapter"
    assert len(list(kept_scores(model, library))) == ALL


@pytest.mark.parametrize("kept", ["", "[]", '{"passages": 1}', "\x00"])
def test_what_was_kept_and_cannot_be_read_is_measured_again(kept):
    library, model = Library(), Reading()
    list(kept_scores(model, library))
    library.update(dict.fromkeys(library, kept))
    assert len(list(kept_scores(model, library))) == ALL


def test_a_real_engine_can_be_asked_and_the_same_model_forgot_nothing(engine):
    before = probe_scores(engine, ["en"])
    assert set(before.passages) == {passage.id for passage in PASSAGES["en"]}
    assert before == probe_scores(engine, ["en"])
    assert compare(before, before)["probes"][2]["loss_change"]["mean"] == 0
