"""How the report and the blind comparison look. Drawn anew with `--snapshot-update`; look at the pictures then."""

from __future__ import annotations

import pytest

from tests.adapters.evaluation.sample_report import report
from tests.tui.adapters_kept import keep_adapter
from tests.tui.desk import SMALL, Desk, app_with, settled
from tui.screens.evaluation import EvaluationScreen
from tui.screens.evaluation_blind import BlindScreen

TERMINAL, BIG = (80, 24), (200, 60)
SIZES = {"80x24": TERMINAL, "200x60": BIG, "40x12": SMALL}
every_size = pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))

KEPT = report(
    faults=[{"name": "never_ends", "level": "warning", "details": {}}],
    blind={
        **{"against": "base", "adapter": 6, "other": 3, "same": 1, "verdict": "no_difference"},
        "share": {"mean": 0.67, "low": 0.3, "high": 0.93, "n": 9},
    },
)


def pair(number: int, choice: str = "") -> dict:
    source = report()["texts"][number]
    return {
        **{key: source[key] for key in ("document", "pages", "section", "task", "language", "source")},
        **{"id": str(number), "one": "Cells turn glucose and oxygen into energy.", "two": source["reference"]},
        **{"choice": choice, "systems": []},
    }


def looks(snap_compare, size, line, screen, keys, until):
    """The screen that the line opens, after these keys; `until` is what must be on it by then."""
    pairs = [pair(0, "1"), pair(1, "same"), *(pair(number) for number in range(2, 8))]
    rules = [
        {"when": "ShowEvaluation", "result": KEPT},
        {"when": "ListBlindPairs", "result": {"pairs": pairs, "result": None}},
    ]
    app = app_with(*rules)

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await desk.send(line)
        await desk.wait_until(lambda: isinstance(app.screen, screen))
        await desk.wait_until(lambda: until in " ".join(desk.screen_text().split()), 20)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=before)


@pytest.fixture(autouse=True)
def biology(sunto_home):
    keep_adapter(sunto_home, "biology")


@every_size
def test_the_numbers_of_a_report(snap_compare, size):
    assert looks(snap_compare, size, "/report", EvaluationScreen, ["2", "down"], "Yes, it was worth it")


def test_the_verdict(snap_compare):
    assert looks(snap_compare, TERMINAL, "/report", EvaluationScreen, [], "Yes, it was worth it")


def test_a_text_with_room_to_read(snap_compare):
    keys = ["4", "down", "enter"]
    assert looks(snap_compare, TERMINAL, "/report", EvaluationScreen, keys, "Yes, it was worth it")


def test_where_it_comes_from(snap_compare):
    keys = ["end", *["up"] * 12]
    assert looks(snap_compare, (110, 50), "/report", EvaluationScreen, keys, "Yes, it was worth it")


@every_size
def test_two_texts_to_choose_between(snap_compare, size):
    assert looks(snap_compare, size, "/blind", BlindScreen, [], "3 of 8" if size != SMALL else "The text")
