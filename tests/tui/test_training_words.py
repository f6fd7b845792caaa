"""The curve, the draft and a training as its events tell it: what the fine-tune screen shows, without a screen."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from adapters.training.metrics import MetricsFile
from adapters.training.records import Adjustment, EvaluationDone, Stepped
from adapters.training.runs import runs_dir
from assistant.config import data_dir
from assistant.i18n import set_language
from assistant.protocol import Adjusted, Evaluated, Progress, Train, TrainStep
from tui.training.curve import HELD_OUT, Line, draw, smoothed
from tui.training.live import MAX_POINTS, Curve, LiveTraining
from tui.training.past import remember
from tui.training.settings import DRAFT_FILE, Draft, changed, load_draft, save_draft, settings, stepped
from tui.training.words import headline, result_words, status_words

POINTS = st.lists(st.tuples(st.integers(0, 500), st.floats(-1e6, 1e6)), max_size=60)


def step(number: int, loss: float = 2.5, **changes) -> TrainStep:
    fields = {
        **{"job": "j", "step": number, "total_steps": 60, "loss": loss, "learning_rate": 1e-4, "gradient_norm": 1.0},
        **{"tokens_per_second": 90.0, "peak_memory_bytes": 1, "seconds_left": 200.0},
    }
    return TrainStep(**{**fields, **changes})


def live(*events) -> LiveTraining:
    training = LiveTraining(Train(job="j", data="notes", name="bio"))
    for event in events:
        training.receive(event)
    return training


def test_a_training_can_be_gone_on_with_or_thrown_away_before_its_first_step():
    assert not live(Progress(job="j", stage="fit", done=0, total=2)).has_begun
    assert live(Progress(job="j", stage="train", done=0, total=0)).has_begun
    assert live(
        Progress(job="j", stage="train", done=0, total=0), Progress(job="j", stage="load", done=0, total=0)
    ).has_begun


# --- the curve ----------------------------------------------------------------------------------------------------


def test_a_falling_loss_is_a_falling_curve():
    rows = [row.plain for row in draw([Line([(0, 3.0), (30, 2.0), (60, 1.0)], "")], 60, 40, 8)]
    heights = [next(at for at, row in enumerate(rows) if row[column] not in " ") for column in (8, 23, 39)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]
    assert rows[0].startswith("3.080") or rows[0].startswith("3.08")
    assert rows[-1].endswith(" 60")


def test_the_better_of_two_rates_is_the_lower_line_though_batches_differ_more_than_rates():
    noise = [0.5 * (-1) ** step for step in range(60)]
    slow = [(step, 3.0 - 0.005 * step + noise[step]) for step in range(60)]
    quick = [(step, 3.0 - 0.010 * step + noise[step]) for step in range(60)]
    assert max(loss for _step, loss in smoothed(quick)[40:]) < min(loss for _step, loss in smoothed(slow)[20:40])
    assert smoothed([]) == []


def test_every_evaluation_is_a_diamond():
    held_out = [(0, 3.0), (20, 2.0), (40, 1.5)]
    rows = draw([Line([(1, 2.0)], ""), Line(held_out, "", HELD_OUT)], 60, 40, 8)
    assert sum(row.plain.count(HELD_OUT) for row in rows) == 3


@hypothesis_settings(deadline=None)  # the first one meets a busy machine
@given(POINTS, POINTS, st.integers(0, 500), st.integers(0, 250), st.integers(0, 70))
def test_any_losses_are_drawn_within_the_room_there_is(points, held_out, total, columns, rows):
    drawn = draw([Line(sorted(points), "red"), Line(sorted(held_out), "blue", HELD_OUT)], total, columns, rows)
    assert len(drawn) in (0, rows)
    assert all(len(row.plain) <= columns for row in drawn)


@given(st.lists(st.floats(), max_size=50))
def test_what_is_no_number_is_no_point(losses):
    curve = Curve()
    for number, loss in enumerate(losses):
        curve.add(number, loss)
    assert [loss for _step, loss in curve.points] == [loss for loss in losses if math.isfinite(loss)]


def test_a_long_training_costs_no_more_memory_than_a_screen_can_show():
    curve = Curve()
    for number in range(5 * MAX_POINTS):
        curve.add(number, 1.0)
    assert len(curve.points) <= MAX_POINTS
    assert curve.points[-1][0] > 4.9 * MAX_POINTS


def test_a_training_that_went_back_is_drawn_from_there():
    training = live(step(1), step(2, 9.0), step(3, 99.0), step(2, 2.0))
    assert training.steps.points == [(1, 2.5), (2, 2.0)]


# --- a training in words ------------------------------------------------------------------------------------------


def test_the_headline_says_how_far_it_is_and_how_long_it_takes():
    assert headline(live(step(12, epoch=0.6))) == "bio · step 12 of 60 · round 0.6 · about 3 min 20 s left"


def test_the_status_bar_says_so_only_while_it_goes_on():
    training = live(step(12))
    assert status_words(training) == "training bio 12/60"
    training.state = "paused"
    assert status_words(training) == status_words(None) == ""


@pytest.mark.parametrize(("last", "words"), [(2.5, "surer than before: 3.000 → 2.500"), (3.5, "no better than before")])
def test_the_result_is_told_as_it_is(last, words):
    events = (Evaluated(job="j", step=0, loss=3.0, best=True), Evaluated(job="j", step=9, loss=last, best=last < 3))
    assert words in result_words(live(*events))


def test_what_it_changed_by_itself_is_kept_in_order():
    notes = live(
        Adjusted(job="j", step=3, kind="diverged", message="Too long."),
        Adjusted(job="j", step=9, kind="memory", message="Too much."),
    ).notes
    assert [(note.step, note.text) for note in notes] == [(3, "Too long."), (9, "Too much.")]


# --- the settings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "it"])
def test_every_value_of_every_setting_has_words_a_technical_name_and_a_what_if(language):
    set_language(language)
    draft = Draft()
    for setting in settings(draft, ("starter",), ("Biologia",)):
        for choice in setting.choices or (None,):
            tried = draft if choice is None else changed(draft, setting.field, choice.value)
            now = next(one for one in settings(tried, ("starter",), ("Biologia",)) if one.field == setting.field)
            assert now.question
            assert now.value
            assert now.technical
            assert now.what_if.endswith((".", ".)"))


def test_the_three_presets_are_the_learning_rates_they_are_called_by():
    rates = [changed(Draft(), "preset", name).learning_rate for name in ("prudent", "normal", "bold")]
    assert rates == [5e-5, 1e-4, 2e-4]


def test_stepping_stays_within_the_values_there_are():
    draft = Draft()
    setting = settings(draft, (), ())[1]
    assert stepped(stepped(draft, setting, 1), setting, 1).preset == "bold"
    assert stepped(stepped(draft, setting, -1), setting, -1).preset == "prudent"


def test_a_draft_is_there_again():
    draft = Draft(data="notes", name="bio", preset="bold", epochs=5, kind="alora", r=32, subject="Biologia")
    save_draft(draft)
    assert load_draft() == draft


@given(
    st.dictionaries(st.sampled_from(["name", "preset", "epochs", "kind", "r", "model", "x"]), st.integers() | st.text())
)
def test_a_draft_that_others_wrote_never_asks_for_what_cannot_be_set(kept):
    path = data_dir() / DRAFT_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept), encoding="utf-8")
    draft = load_draft()
    assert draft.learning_rate > 0
    assert all(setting.value for setting in settings(draft, (), ()))


def test_a_broken_draft_is_as_none():
    path = data_dir() / DRAFT_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'{"name": ')
    assert load_draft() == Draft()


# --- what was before ----------------------------------------------------------------------------------------------


def test_what_an_interrupted_training_did_is_read_from_its_run():
    directory = runs_dir() / "bio"
    directory.mkdir(parents=True)
    told = {"step": 2, "total": 60, "loss": 2.5, "learning_rate": 1e-4, "gradient_norm": 1.0, "tokens": 9}
    told |= {"seconds": 1.0, "outside_seconds": 0.0, "seconds_left": 9.0, "epoch": 0.1, "held_out_loss": None}
    metrics = MetricsFile(directory)
    metrics.add(EvaluationDone(step=0, loss=3.0, best=True, seconds=1.0), 0)
    metrics.add(Stepped(**{**told, "step": 1}), 0)
    metrics.add(Adjustment(step=1, kind="memory", message="Too much.", hint="Less."), 0)
    metrics.add(Stepped(**told), 0)
    with metrics.path.open("ab") as file:
        file.write(b'{"half a line')
    training = live()
    remember(training)
    assert training.steps.points == [(1, 2.5), (2, 2.5)]
    assert training.held_out.points == [training.best] == [(0, 3.0)]
    assert [note.text for note in training.notes] == ["Too much."]


def test_a_training_without_files_has_no_past():
    training = live()
    remember(training)
    assert not training.steps.points
