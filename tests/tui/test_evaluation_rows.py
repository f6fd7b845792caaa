"""What the app makes of a report without drawing it: bars, rows with cards, a comparison as it is gone through."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.evaluation.assembling import checks_on_card
from adapters.evaluation.lineage import lineage_of
from adapters.evaluation.report import Choices, Interval
from adapters.registry import AdapterRecord
from tests.adapters.evaluation.sample_report import poor_report, report
from tui.cli.evaluation_report import report_lines
from tui.evaluation.bars import MEAN, SPAN, Span, gain_bar, value_bar
from tui.evaluation.blind import Comparison, Pair
from tui.evaluation.on_card import evaluation_facts, in_short, worth_cell
from tui.evaluation.rows import Palette
from tui.evaluation.sections import NAMES, sections

REPORTS = {"full": report(), "poor": poor_report(), "without texts": report(texts=[], best=[], worst=[])}

numbers = st.floats(allow_nan=True, allow_infinity=True)
spans = st.builds(Span, numbers, numbers | st.none(), numbers | st.none())
columns = st.integers(-3, 200)


# --- bars -----------------------------------------------------------------------------------------------------------


def test_a_gain_stands_right_of_the_middle_and_a_line_that_crosses_it_shows_no_difference():
    assert gain_bar(Span(2, 1, 3), 13) == "      │ ━━●━━"
    assert gain_bar(Span(-2, -3, -1), 13) == "━━●━━ │      "
    assert gain_bar(Span(1, -1, 3), 13) == "    ━━┿━●━━━━"
    assert gain_bar(Span(0.0), 5) == "  ●  "


def test_where_lower_is_better_the_bar_is_turned():
    assert gain_bar(Span(-2, -3, -1).turned(), 13) == gain_bar(Span(2, 1, 3), 13)


def test_a_value_is_solid_as_far_as_it_surely_goes():
    assert value_bar(Span(5, 4, 6), 10, 10) == "████▓░"
    assert value_bar(Span(5), 10, 10) == "█████"


def test_a_small_change_looks_small_where_it_is_said_what_is_large():
    assert gain_bar(Span(0.01, 0, 0.02), 13, reach=0.2) == "      ●━     "


@given(spans, columns, st.floats(0, 10))
def test_any_gain_fits_into_its_columns_with_its_mean_marked_once(span, columns, reach):
    bar = gain_bar(span, columns, reach)
    assert len(bar) <= max(0, columns)
    assert bar.count(MEAN) == (1 if bar else 0)
    assert bar.count(SPAN) < max(1, len(bar))


@given(spans, numbers, columns)
def test_any_value_fits_into_its_columns(span, most, columns):
    assert len(value_bar(span, most, columns)) <= max(0, columns)


# --- narrow lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [56, 76])
def test_a_narrow_list_still_tells_apart_what_the_adapter_is_held_against(columns):
    lines = [row.line(columns).plain for row in sections(report(), Palette())[1].rows]
    assert any(line.startswith("  beside two examples ") for line in lines)
    assert any(line.startswith("  beside: Version 1 ") for line in lines)


@pytest.mark.parametrize("columns", [46, 56, 76, 120])
def test_choices_made_blind_are_counted_in_full_in_any_width(columns):
    share = Interval(mean=0.6, low=0.2, high=0.9, n=8)
    choices = Choices(against="base", adapter=5, other=3, same=2, share=share, verdict="no_difference")
    lines = [row.line(columns).plain for row in sections(report(blind=choices), Palette())[0].rows]
    found = next(line for line in lines if "adapter 5" in line)
    assert "other 3" in found
    assert found.endswith("neither 2")
    assert cell_len(found) <= columns


# --- what strangers wrote ---------------------------------------------------------------------------------------------

STRANGE = ("abc", None, True, [1], {"a": 1}, math.nan, math.inf, 1e300, 10**400, -5)


@pytest.mark.parametrize("strange", STRANGE, ids=lambda value: str(value)[:8])
def test_a_report_on_an_adapter_with_a_strange_card_can_be_shown_and_kept(strange, tmp_path):
    training = dict.fromkeys(("steps", "kept_step", "ended", "learning_rate", "epochs", "kind", "r"), strange)
    losses = {"loss_before": strange, "loss_after": 1, "curve": ["1 nan", "2 1e999", "3 4", "1e300 5", "4 6", "5 6"]}
    checks = [{"name": "differs", "passed": strange}, {"name": strange, "passed": True}]
    card = {"training": training, "scores": {"held_out": losses, "checks": checks}}
    record = AdapterRecord("bio", tmp_path, "starter", 4, card=card)
    found = report(lineage=lineage_of(record), checks=checks_on_card(record))
    json.dumps(found, allow_nan=False)
    assert list(report_lines(found, 80, explained=True))
    for section in sections(found, Palette()):
        for row in section.rows:
            assert row.line(80) is not None
            assert row.card(80) is not None
    assert worth_cell({"scores": {"evaluation": {"verdict": strange, "loss_before": strange, "loss_after": 1.0}}})
    assert list(evaluation_facts({"evaluation": {"loss_before": strange, "loss_after": 1.0, "documents": strange}}))


# --- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", REPORTS.values(), ids=list(REPORTS))
@pytest.mark.parametrize("columns", [10, 40, 76, 200])
def test_every_line_fits_and_has_something_to_say_of_itself(kept, columns):
    found = sections(kept, Palette())
    assert [section.name for section in found] == list(NAMES)
    for row in (row for section in found for row in section.rows):
        line, card = row.line(columns), row.card(columns)
        assert "\n" not in line.plain
        assert line.plain.strip()
        title, _end, sentences = card.plain.partition("\n")
        assert title.strip()
        assert sentences.strip(), f"nothing is said of: {title}"


@pytest.mark.parametrize("columns", [76, 200])
def test_numbers_and_their_verdicts_are_never_cut_off(columns):
    numbers = next(section for section in sections(report(), Palette()) if section.name == "numbers")
    assert all(cell_len(row.line(columns).plain.rstrip()) <= columns for row in numbers.rows)


# --- a card ---------------------------------------------------------------------------------------------------------


def test_a_card_says_in_a_line_what_came_of_its_report():
    known = {"verdict": "worse", "light": "red", "documents": 8, "loss_before": 2.0, "loss_after": 2.5}
    assert worth_cell({"scores": {"evaluation": known}}) == "■ worse"
    assert worth_cell({"scores": {"evaluation": {**known, "by_maker": True}}}) == "–"
    assert in_short(known) == "■ worse · Surprise at the right answer (loss) 2.000 → 2.500 · 8 documents"
    checks = [{"name": "differs", "passed": True}, {"name": "peft", "passed": None}]
    assert dict(evaluation_facts({"checks": checks}))["looked at when it was saved"] == "✔ 1 of 2"


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = ("verdict", "light", "documents", "loss_before", "loss_after", "low", "high", "blind")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, json_like)) | json_like, json_like)
def test_whatever_a_strangers_card_claims_is_passed_over_or_shown(claimed, checks):
    worth_cell({"scores": {"evaluation": claimed}})
    assert all(title and value for title, value in evaluation_facts({"evaluation": claimed, "checks": checks}))


# --- choosing blind -------------------------------------------------------------------------------------------------


def comparison(count: int) -> Comparison:
    return Comparison([Pair(str(number), "leaf.md", "A text.", ("one", "two")) for number in range(count)])


def test_the_next_pair_that_is_open_comes_after_a_choice_also_when_one_was_left_out():
    four = comparison(4)
    four.go(1)
    for choice in ("1", "2", "same"):
        four.choose(choice)
    assert four.position == 0
    assert four.dots() == "◉●●●"
    four.choose("1")
    assert four.pair is None
    assert four.is_decided


@given(st.integers(1, 5), st.lists(st.sampled_from(["1", "2", "same", "undo", "left", "right"]), max_size=30))
def test_whatever_is_pressed_each_pair_has_one_choice_and_undo_takes_back_the_last(count, keys):
    gone_through = comparison(count)
    for key in keys:
        before = [pair.choice for pair in gone_through.pairs]
        if key in ("left", "right"):
            gone_through.go(-1 if key == "left" else 1)
        elif key == "undo":
            undone = gone_through.undo()
            assert (undone is None) == (not any(before))
            assert undone is None or gone_through.pair is undone
        else:
            decided = gone_through.choose(key)
            assert decided is None or decided.choice == key
        assert gone_through.is_decided == (gone_through.pair is None) or key != "1"
        assert 0 <= gone_through.position <= count
        assert len(gone_through.dots()) == count


def test_nothing_can_be_chosen_once_it_is_known_whose_texts_they_are():
    two = comparison(2)
    two.choose("1")
    two.choose("2")
    known = comparison(2)
    known.result = {"against": "base", "adapter": 1, "other": 1, "same": 0}
    two.reveal(known)
    two.go(-1)
    assert two.pair is not None
    assert two.choose("2") is None
    assert two.undo() is None
