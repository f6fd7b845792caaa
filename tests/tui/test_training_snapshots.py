"""How the fine-tune screen looks. Drawn anew with `--snapshot-update`; look at the pictures then."""

from __future__ import annotations

import math

import pytest
from textual.widgets import Input, TextArea

from tests.tui.desk import SMALL, Desk, app_with, settled
from tests.tui.scripted_training import example, train_step
from tui.screens.training import TrainingScreen
from tui.training.settings import Draft, save_draft

TERMINAL, BIG = (80, 24), (200, 60)
SIZES = {"80x24": TERMINAL, "200x60": BIG, "40x12": SMALL}
every_size = pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))

EXAMPLES = [
    example(1, tier="A", origin="sidecar", status="accepted"),
    example(2, status="edited", original="As it was before."),
    example(3, status="rejected"),
    example(4, doubts=["The target is longer than its text."]),
    *(example(number, task="title", origin="title") for number in range(5, 60)),
]
TOTAL = 60


def loss(step: int) -> float:
    return 1.6 + 1.8 * math.exp(-step / 14) + 0.12 * math.sin(2.7 * step)


def run_events(until: int) -> list[dict]:
    events: list[dict] = [{"event": "evaluated", "step": 0, "loss": 3.3, "best": True}]
    for step in range(1, until + 1):
        events.append(train_step(step, TOTAL, loss(step)))
        if step % 10 == 0:
            held_out = {"event": "evaluated", "step": step, "loss": 1.9 + 1.3 * math.exp(-step / 20), "best": True}
            written = "The leaf takes up light and gives back the green."
            samples = [["leaf.md", written, "The leaf takes up red light."], ["bees.md", "Bees dance.", "Bees work."]]
            events.append({**held_out, "samples": samples})
        if step == 17:
            message = "The steps were too long; I went back and shortened them."
            events.append({"event": "adjusted", "step": 17, "kind": "diverged", "message": message, "hint": ""})
        if step == 25:
            message = "Memory ran out; the texts are now read in smaller pieces."
            events.append({"event": "adjusted", "step": 25, "kind": "memory", "message": message, "hint": ""})
    return events


def looks(snap_compare, size, *keys, rules=(), until="", **script):
    """The screen with a data set and a draft, after these keys; `until` is what must be on the screen by then."""
    save_draft(Draft(data="biologia", name="bio"))
    app = app_with(*rules, datasets={"biologia": EXAMPLES, "diritto": EXAMPLES[:9]}, **script)

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await pilot.press("f8")
        await desk.wait_until(lambda: isinstance(app.screen, TrainingScreen))
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await desk.wait_until(lambda: until in " ".join(desk.screen_text().split()), 20)
        for field in (*app.screen.query(Input), *app.screen.query(TextArea)):
            field.cursor_blink = False
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=before)


@every_size
def test_what_to_learn_from(snap_compare, size):
    run = {"name": "fisica", "state": "interrupted", "step": 12, "total": 60}
    assert looks(snap_compare, size, until="interrupted at step 12 of 60 Enter" if size == BIG else "≡", runs=[run])


@every_size
def test_the_examples(snap_compare, size):
    assert looks(snap_compare, size, "2", "down", until="✔ 1 accepted" if size != SMALL else "✎")


def test_an_example_being_edited(snap_compare):
    assert looks(snap_compare, TERMINAL, "2", "e", until="^S Keep")


@every_size
def test_the_settings(snap_compare, size):
    assert looks(snap_compare, size, "3", "down", until="Normally")


def test_a_setting_being_chosen(snap_compare):
    assert looks(snap_compare, TERMINAL, "3", "down", "enter", until="Boldly")


@every_size
def test_whether_it_fits(snap_compare, size):
    assert looks(snap_compare, size, "4", until="it fits" if size != SMALL else "bio")


def test_it_does_not_fit(snap_compare):
    fit = {"fits": False, "needed_bytes": 9 << 30, "advice": ["Take a smaller base.", "Shorten the texts."]}
    assert looks(snap_compare, TERMINAL, "4", rules=[{"when": "CheckFit", "fit": fit}], until="Shorten the texts.")


def test_three_learning_rates_compared(snap_compare):
    assert looks(snap_compare, TERMINAL, "4", "l", until="The boldest one")


@every_size
def test_a_training_that_goes_on(snap_compare, size):
    events = run_events(41)
    rule = {"when": "Train", "events": events, "hold": len(events)}
    assert looks(snap_compare, size, "4", "enter", rules=[rule], until="step 41 of 60")


def test_a_training_that_is_finished(snap_compare):
    rule = {"when": "Train", "events": run_events(60)}
    assert looks(snap_compare, TERMINAL, "4", "enter", rules=[rule], until="“bio” is trained.")


def test_a_training_that_failed(snap_compare):
    failure = {"then": "fail", "message": "The disk is full.", "hint": "Free some space, then go on."}
    rule = {"when": "Train", "events": run_events(8), **failure}
    assert looks(snap_compare, TERMINAL, "4", "enter", rules=[rule], until="The disk is full.")


def test_the_keys_of_a_step(snap_compare):
    assert looks(snap_compare, TERMINAL, "2", "f1", until="Each example is")
