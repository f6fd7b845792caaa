"""Choosing blind in the app: nothing tells whose text it is before the end, and what was chosen is never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.evaluation.report import ADAPTER, BASE
from adapters.registry import get_adapter
from assistant.protocol import ChooseBlind, ListBlindPairs
from tests.adapters.evaluation.sample_report import report, text
from tests.tui.adapters_kept import keep_adapter
from tests.tui.desk import SMALL, Desk, app_with, desk_of, sent_requests
from tests.tui.test_adapters_screen import answer_to, said
from tui.screens.evaluation_blind import BlindScreen

TERMINAL = (80, 24)
PAIRS = 3
MINE, THEIRS = "The cell breathes, says the adapter’s text", "The cell breathes, says the other text"


def keep_report(folder: Path, count: int = PAIRS) -> None:
    """With texts of `count` documents."""
    texts = [
        text(
            number,
            document=f"lecture-{number}.pdf",
            written={ADAPTER: f"{MINE} {number}.", BASE: f"{THEIRS} {number}."},
        )
        for number in range(count)
    ]
    path = folder / "evaluation" / "report.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report(texts=texts, best=[], worst=[])), encoding="utf-8")


@pytest.fixture(autouse=True)
def biology(sunto_home):
    keep_report(keep_adapter(sunto_home, "biology", version=1))


def real(*rules):
    """An app whose choices are kept by the handlers as they are."""
    return app_with(*rules, real=True)


async def choosing(desk: Desk, line: str = "/blind biology") -> BlindScreen:
    await desk.send(line)
    await answer_to(desk, BlindScreen)
    await said(desk, "of 3")
    screen = desk.app.screen
    assert isinstance(screen, BlindScreen)
    return screen


def side_of_mine(screen: BlindScreen) -> str:
    """The key that chooses the adapter's text."""
    assert screen._comparison is not None
    pair = screen._comparison.pair
    assert pair is not None
    return "1" if pair.texts[0].startswith(MINE) else "2"


def choices() -> list[str]:
    return [request.choice for request in sent_requests() if isinstance(request, ChooseBlind)]


async def test_both_texts_stand_under_their_source_and_nothing_says_whose_they_are():
    async with desk_of(real(), size=TERMINAL) as desk:
        await choosing(desk)
        for words in ("Cells obtain energy", MINE, THEIRS, "1 of 3", "lecture-0.pdf"):
            await said(desk, words)
        assert "adapter" not in desk.screen_text().replace("adapter’s text", "")


async def test_the_result_comes_after_the_last_choice_and_is_kept_with_the_adapter():
    async with desk_of(real(), size=TERMINAL) as desk:
        screen = await choosing(desk)
        for number in range(1, PAIRS + 1):
            await said(desk, f"{number} of 3")
            await desk.pilot.press(side_of_mine(screen))
        await said(desk, "you preferred the adapter's in 3, the base model's in 0")
        await desk.pilot.press("left")
        await said(desk, "The base model")
        kept = get_adapter("biology").card["scores"]["evaluation"]["blind"]
        assert (kept["adapter"], kept["other"], kept["same"]) == (3, 0, 0)


async def test_what_was_chosen_is_there_when_one_comes_back_and_the_last_choice_is_taken_back():
    async with desk_of(real(), size=TERMINAL) as desk:
        await choosing(desk)
        await desk.pilot.press("1", "equals_sign")
        await said(desk, "●●◉ 3 of 3")
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        await choosing(desk)
        await said(desk, "●●◉ 3 of 3")
        await desk.pilot.press("u")
        await said(desk, "●◉○ 2 of 3")
        await desk.wait_until(lambda: choices() == ["1", "same", "undo"])


async def test_begun_again_nothing_is_chosen():
    async with desk_of(real(), size=TERMINAL) as desk:
        await choosing(desk)
        await desk.pilot.press("1", "2", "0")
        await said(desk, "You have chosen.")
        await desk.pilot.press("r")
        await said(desk, "◉○○ 1 of 3")


async def test_a_text_is_chosen_with_the_mouse():
    async with desk_of(real(), size=(120, 30)) as desk:
        screen = await choosing(desk)
        await desk.pilot.click(screen._sides[1], offset=(5, 0))
        await said(desk, "●◉○ 2 of 3")
        await desk.wait_until(lambda: choices() == ["2"])


async def test_a_choice_that_cannot_be_kept_comes_again_with_the_reason():
    refusal = {"when": "ChooseBlind", "then": "fail", "message": "The disk is full.", "hint": "Free some space."}
    async with desk_of(real(refusal), size=TERMINAL) as desk:
        await choosing(desk)
        await desk.pilot.press("1")
        await said(desk, "The disk is full. Free some space.")
        await said(desk, "◉○○ 1 of 3")


async def test_without_a_report_it_says_what_to_do_and_no_key_breaks_it(sunto_home):
    keep_adapter(sunto_home, "law")
    async with desk_of(real(), size=SMALL) as desk:
        await desk.send("/blind law")
        await answer_to(desk, BlindScreen)
        await said(desk, "There is no report about the adapter")
        await said(desk, "In the app: /evaluate law")
        assert "Second" not in desk.screen_text(), "there is nothing to choose between"
        await desk.pilot.press("1", "2", "0", "u", "r", "left", "right", "tab", "f1", "escape", "escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


async def test_what_it_is_set_against_can_be_named(sunto_home):
    async with desk_of(app_with({"when": "ListBlindPairs", "then": "fail"}), size=TERMINAL) as desk:
        await desk.send("/blind biology examples")
        await desk.wait_until(lambda: [one.against for one in sent_requests() if isinstance(one, ListBlindPairs)])
        assert next(one for one in sent_requests() if isinstance(one, ListBlindPairs)).against == "examples"
        await desk.pilot.press("escape")
        await desk.send("/blind biology nonsense")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "“nonsense” is not understood here." in desk.shown("error")[0]
