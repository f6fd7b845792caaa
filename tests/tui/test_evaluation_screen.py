"""The report of an adapter in the app: it answers first, explains every line, and goes on measuring unwatched."""

from __future__ import annotations

import pytest

from adapters.evaluation.report import ADAPTER, BASE
from assistant.i18n import set_language
from assistant.protocol import Cancel, Evaluate, ExportEvaluation, ListBlindPairs, ShowEvaluation
from tests.adapters.evaluation.sample_report import poor_report, report, text
from tests.tui.adapters_kept import keep_adapter
from tests.tui.desk import SMALL, Desk, app_with, desk_of, sent_requests
from tests.tui.scripted_training import train_step
from tests.tui.test_adapters_screen import answer_to, said
from tests.tui.test_training_screen import NOTES, drafted, training
from tui.screens.asking import ChoiceScreen, LineScreen
from tui.screens.evaluation import EvaluationScreen
from tui.screens.evaluation_blind import BlindScreen

TERMINAL = (80, 24)
KEPT = {"when": "ShowEvaluation", "result": report()}
NONE = {
    **{"when": "ShowEvaluation", "then": "fail", "message": "There is no report about the adapter “biology” yet."},
    "hint": "Make one with: sunto evaluate biology",
}
HOSTILE = "\x1b]0;owned\x07[bold]leaf[/bold]\x1b[2J\u202e"


@pytest.fixture(autouse=True)
def biology(sunto_home):
    keep_adapter(sunto_home, "biology")


def sent(kind: type) -> list:
    return [request for request in sent_requests() if isinstance(request, kind)]


async def on_the_report(desk: Desk, line: str = "/report") -> EvaluationScreen:
    await desk.send(line)
    await answer_to(desk, EvaluationScreen)
    screen = desk.app.screen
    assert isinstance(screen, EvaluationScreen)
    return screen


# --- reading it ---------------------------------------------------------------------------------------------------


async def test_the_answer_the_light_and_what_decides_are_on_the_first_screen_of_a_small_terminal():
    async with desk_of(app_with(KEPT), size=TERMINAL) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await said(desk, "● What it knew before – Green: it kept what it knew")
        await said(desk, "−0.261 ▲ better")
        await said(desk, "Tested on 24 documents")


async def test_digits_and_clicks_go_to_the_parts_of_the_report():
    async with desk_of(app_with(KEPT), size=(130, 40)) as desk:
        screen = await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("3")
        await said(desk, "once without and once with the adapter")
        await desk.pilot.press("5")
        await said(desk, "This is transfer learning")
        await desk.pilot.click(screen._bar, offset=(18, 0))
        await said(desk, "a line that crosses the middle shows no difference")


async def test_a_number_has_its_explanation_a_bar_for_each_system_and_its_limits():
    async with desk_of(app_with(KEPT), size=(100, 70)) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("2", "down")
        await said(desk, "0 would be no surprise at all")
        await said(desk, "2.310 (2.200 to 2.420)")
        await said(desk, "better by 0.261 nats a word piece, compared with the base model")
        await said(desk, "no difference shown compared with version 1")


async def test_a_text_is_read_with_its_source_with_room_made_for_it():
    async with desk_of(app_with(KEPT), size=TERMINAL) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("4", "down")
        assert "Cells obtain energy" not in desk.screen_text()
        await desk.pilot.press("enter", "space")
        await said(desk, "Cells obtain energy by breaking down glucose")
        await desk.pilot.press("escape")
        assert isinstance(desk.app.screen, EvaluationScreen), "first the list comes back, then the screen is left"
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


async def test_where_it_comes_from_is_drawn_with_the_curve_of_its_training():
    async with desk_of(app_with(KEPT), size=(100, 70)) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("end", *["up"] * 12)
        await said(desk, "↻ The training")
        await said(desk, "━ on its own examples ◆ on documents it does not learn from")
        await said(desk, "● Version 2 ◂ this report")


@pytest.mark.parametrize("size", [SMALL, TERMINAL, (200, 60)])
async def test_a_report_that_could_judge_nothing_says_so_in_every_size(size):
    async with desk_of(app_with({"when": "ShowEvaluation", "result": poor_report()}), size=size) as desk:
        await on_the_report(desk)
        await said(desk, "cannot be judged here")
        await desk.pilot.press(*"12345", "enter", "end", "home")
        await said(desk, "cannot be judged here")


async def test_texts_of_strangers_and_of_a_model_do_nothing_to_the_terminal():
    wicked = text(0, document=HOSTILE, source=HOSTILE, section=HOSTILE, written={BASE: HOSTILE, ADAPTER: HOSTILE})
    shown = report(texts=[wicked], best=[wicked["id"]], worst=[])
    async with desk_of(app_with({"when": "ShowEvaluation", "result": shown}), size=TERMINAL) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("4", "down", "enter")
        await said(desk, "[bold]leaf[/bold]")
        assert "\x1b" not in desk.screen_text()
        assert "\u202e" not in desk.screen_text()


async def test_the_report_speaks_italian():
    set_language("it")
    async with desk_of(app_with(KEPT), size=TERMINAL) as desk:
        await on_the_report(desk, "/rapporto")
        await desk.wait_until(lambda: "2,310" in desk.screen_text() or "0,261" in desk.screen_text())


# --- which adapter is meant ---------------------------------------------------------------------------------------


async def test_a_name_that_is_none_is_told_in_the_conversation():
    async with desk_of(app_with(KEPT)) as desk:
        await desk.send("/report biolgy")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "biology" in desk.shown("error")[0], "the nearest one is named"
        assert desk.app.screen is desk.chat


async def test_without_a_name_the_one_that_answers_is_meant_and_several_are_asked_about(sunto_home):
    keep_adapter(sunto_home, "law")
    async with desk_of(app_with(KEPT)) as desk:
        await desk.send("/report")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "Which adapter is meant?" in desk.shown("error")[0]
        await desk.send("/adapter law")
        await on_the_report(desk)
        await desk.wait_until(lambda: sent(ShowEvaluation))
        assert sent(ShowEvaluation)[0].name == "law"


async def test_the_report_opens_from_the_list_of_adapters_which_shows_light_and_verdict(sunto_home):
    known = {"verdict": "worth_it", "light": "amber", "documents": 24, "loss_before": 2.31, "loss_after": 2.049}
    keep_adapter(sunto_home, "law", scores={"evaluation": {**known, "low": -0.378, "high": -0.144}})
    async with desk_of(app_with(KEPT), size=TERMINAL) as desk:
        await desk.send("/adapters law")
        await said(desk, "▲ worth it")
        await said(desk, "2.310 → 2.049 · change −0.378 to −0.144 · 24 documents")
        await desk.pilot.press("w")
        await answer_to(desk, EvaluationScreen)
        await said(desk, "Yes, it was worth it")
        assert sent(ShowEvaluation)[0].name == "law"


async def test_a_finished_training_says_whether_it_was_worth_it_and_leads_to_the_report():
    came_of_it = {"verdict": "no_difference", "light": "green", "documents": 6}
    rule = {"when": "Train", "events": [train_step(1, 1, 2.0)], "result": {"evaluation": came_of_it}}
    drafted()
    async with desk_of(app_with(rule, KEPT, datasets=NOTES), size=(130, 40)) as desk:
        await training(desk)
        await said(desk, "Was it worth it? ● no difference · 6 documents.")
        await desk.pilot.press("w")
        await answer_to(desk, EvaluationScreen)


# --- measuring ----------------------------------------------------------------------------------------------------


async def test_without_a_report_the_screen_says_what_it_is_for_and_measures_on_a_key():
    measured = {"when": "Evaluate", "result": report()}
    async with desk_of(app_with(NONE, measured), size=TERMINAL) as desk:
        await on_the_report(desk)
        await said(desk, "There is no report about the adapter “biology” yet.")
        await said(desk, "e measures an adapter")
        await said(desk, "Here, the key e measures it.")
        assert "Blind" not in desk.screen_text(), "there is nothing to choose between"
        await desk.pilot.press("b", "h", "2", "down", "enter", "enter", "space")
        await desk.pilot.press("e")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("2")
        await said(desk, "Yes, it was worth it")
        assert [request.judge for request in sent(Evaluate)] == [True]


async def test_measuring_shows_how_far_it_is_and_stops_on_a_key():
    progress = {"stage": "evaluate", "done": 30, "total": 120, "unit": "examples"}
    slow = {"when": "Evaluate", "progress": [progress], "hold": "job", "result": report()}
    async with desk_of(app_with(KEPT, slow), size=TERMINAL) as desk:
        await on_the_report(desk, "/evaluate biology")
        await said(desk, "25%")
        await desk.pilot.press("s")
        await said(desk, "Stopped. What is measured is kept: e goes on from there.")
        assert len(sent(Cancel)) == 1


async def test_the_report_that_is_kept_can_be_read_while_a_new_one_is_made():
    slow = {"when": "Evaluate", "hold": "job", "result": report()}
    async with desk_of(app_with(KEPT, slow), size=TERMINAL) as desk:
        await on_the_report(desk, "/evaluate biology")
        await said(desk, "Yes, it was worth it")
        await said(desk, "Measuring “biology”…")
        desk.release()


async def test_a_measuring_goes_on_when_the_screen_is_left_and_is_told_of_in_the_conversation():
    slow = {"when": "Evaluate", "hold": "job", "result": report()}
    async with desk_of(app_with(NONE, slow), size=TERMINAL) as desk:
        await on_the_report(desk, "/evaluate biology")
        await said(desk, "Measuring “biology”…")
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        await said(desk, "measuring biology")
        desk.release()
        await desk.wait_until(lambda: "worth it" in desk.everything)
        assert "measuring" not in desk.screen_text()
        assert "/report biology" in desk.everything


async def test_one_that_goes_on_is_found_again_and_no_second_one_begins(sunto_home):
    keep_adapter(sunto_home, "law")
    slow = {"when": "Evaluate", "hold": "job", "result": report()}
    async with desk_of(app_with(NONE, slow), size=TERMINAL) as desk:
        await on_the_report(desk, "/evaluate biology")
        await said(desk, "Measuring “biology”…")
        await desk.pilot.press("escape")
        await on_the_report(desk, "/evaluate law")
        await said(desk, "“biology” is being measured. Wait for its end, then begin this one.")
        await desk.pilot.press("escape")
        await on_the_report(desk, "/report biology")
        await said(desk, "Measuring “biology”…")
        desk.release()
        await said(desk, "Yes, it was worth it")
        assert [request.name for request in sent(Evaluate)] == ["biology"]


async def test_the_end_is_told_in_the_conversation_when_the_report_of_another_one_is_open(sunto_home):
    keep_adapter(sunto_home, "law")
    slow = {"when": "Evaluate", "hold": "job", "result": report()}
    async with desk_of(app_with(NONE, slow), size=TERMINAL) as desk:
        await on_the_report(desk, "/evaluate biology")
        await said(desk, "Measuring “biology”…")
        await desk.pilot.press("escape")
        await on_the_report(desk, "/evaluate law")
        await said(desk, "“biology” is being measured.")
        desk.release()
        await desk.wait_until(lambda: "/report biology" in desk.everything)
        await desk.wait_until(lambda: "Wait for its end" not in desk.screen_text())


async def test_a_measuring_that_fails_says_why_and_leaves_the_report_that_was_there():
    failure = {"when": "Evaluate", "then": "fail", "message": "The disk is full.", "hint": "Free some space."}
    async with desk_of(app_with(KEPT, failure), size=TERMINAL) as desk:
        await on_the_report(desk, "/evaluate biology")
        await said(desk, "The disk is full. Free some space.")
        await said(desk, "Yes, it was worth it")


# --- what can be done with it -------------------------------------------------------------------------------------


async def test_the_report_is_written_as_a_page_where_one_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = {"when": "ExportEvaluation", "result": {"path": "/somewhere/biology.html"}}
    async with desk_of(app_with(KEPT, written)) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("h")
        await answer_to(desk, LineScreen)
        await desk.pilot.press("enter")
        await said(desk, "Written to /somewhere/biology.html.")
        assert sent(ExportEvaluation)[0].path == str(tmp_path / "biology.html")


async def test_choosing_blind_asks_beside_whom_where_several_wrote():
    async with desk_of(app_with(KEPT), size=TERMINAL) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("b")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("2")
        await answer_to(desk, BlindScreen)
        await desk.wait_until(lambda: sent(ListBlindPairs))
        assert sent(ListBlindPairs)[0].against == "examples"


async def test_help_names_every_key():
    async with desk_of(app_with(KEPT), size=(80, 40)) as desk:
        await on_the_report(desk)
        await said(desk, "Yes, it was worth it")
        await desk.pilot.press("f1")
        await said(desk, "Choose between two texts without knowing whose they are.")
        await said(desk, "Backspace goes back.")
