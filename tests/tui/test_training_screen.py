"""The fine-tune screen: from a folder to an adapter that answers, with keys and mouse; nothing is lost on the way."""

from __future__ import annotations

import pytest

from assistant.i18n import set_language
from assistant.protocol import (
    BuildDataset,
    Cancel,
    Chat,
    CheckFit,
    PauseTraining,
    RemoveDataset,
    RemoveRun,
    ReviewExample,
    SetSubjectAdapter,
    Train,
    TryRates,
)
from tests.tui.adapters_kept import keep_adapter
from tests.tui.desk import Desk, app_with, desk_of, sent_requests
from tests.tui.scripted_training import example, train_step
from tests.tui.test_adapters_screen import answer_to, said, subject_with
from tui.screens.asking import ChoiceScreen, ConfirmScreen, LineScreen
from tui.screens.editing import EditScreen
from tui.screens.training import TrainingScreen
from tui.training.settings import Draft, save_draft

TERMINAL = (80, 24)
NOTES = {"notes": [example(number) for number in range(1, 31)]}
EVENTS = [
    {"event": "evaluated", "step": 0, "loss": 3.2, "best": True},
    train_step(1, 4, 3.0),
    train_step(2, 4, 2.5),
    {
        **{"event": "evaluated", "step": 2, "loss": 2.8, "best": True},
        "samples": [["leaf.md", "The leaf eats light.", "The leaf takes up red light."]],
    },
    {
        **{"event": "adjusted", "step": 3, "kind": "diverged", "message": "The steps were too long."},
        "hint": "I went back and shortened them.",
    },
    train_step(3, 4, 2.2),
    train_step(4, 4, 2.0),
    {"event": "evaluated", "step": 4, "loss": 2.6, "best": True},
]


def drafted(**changes) -> None:
    save_draft(Draft(**{"data": "notes", "name": "bio", **changes}))


def app(*rules, **script):
    return app_with(*rules, datasets=NOTES, **script)


def sent(kind: type) -> list:
    return [request for request in sent_requests() if isinstance(request, kind)]


async def on_the_screen(desk: Desk, *keys: str) -> TrainingScreen:
    await desk.pilot.press("f8")
    await desk.wait_until(lambda: isinstance(desk.app.screen, TrainingScreen))
    screen = desk.app.screen
    await desk.pilot.press(*keys)
    return screen


async def training(desk: Desk) -> None:
    """Begin one with what is drafted."""
    await on_the_screen(desk, "4", "enter")
    await desk.wait_until(lambda: desk.chat.training.live is not None)


# --- from a folder to an adapter ----------------------------------------------------------------------------------


async def test_the_whole_way_from_a_folder_of_notes_to_an_adapter_that_answers(tmp_path, sunto_home):
    notes = tmp_path / "lessons"
    notes.mkdir()
    keep_adapter(sunto_home, "bio")  # what the training will have made
    async with desk_of(app_with({"when": "Train", "events": EVENTS}), size=TERMINAL) as desk:
        await desk.send(f"/train {notes}")
        await said(desk, "lessons · 12 examples")
        await desk.pilot.press("a")
        await desk.wait_until(lambda: sent(ReviewExample))
        await desk.pilot.press("enter", "enter")
        await answer_to(desk, LineScreen)
        await desk.pilot.press(*"bio", "enter")
        await said(desk, "learning rate 0.0001")
        await desk.pilot.press("t")
        await said(desk, "Tried with two real steps: it fits.")
        await desk.pilot.press("enter")
        await answer_to(desk, ConfirmScreen)  # the name is taken
        await desk.pilot.press("y")
        await said(desk, "so few examples")
        await desk.pilot.press("y")
        await said(desk, "“bio” is trained. On documents it did not learn from it is surer than before: 3.200 → 2.600")
        await desk.pilot.press("enter")
        await said(desk, "“bio” answers from the next answer on.")
        await desk.pilot.press("escape")
        assert "adapter bio" in desk.screen_text()
    request = sent(Train)[-1]
    assert (request.data, request.name, request.learning_rate, request.epochs) == ("lessons", "bio", 1e-4, 3)
    assert request.overwrite
    assert request.few
    assert sent(BuildDataset)[0].paths == (str(notes),)


async def test_a_folder_that_is_not_there_is_said_before_any_screen_opens(tmp_path):
    async with desk_of(app()) as desk:
        await desk.send(f"/train {tmp_path / 'nothing'}")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "There is no file “nothing”." in desk.shown("error")[0]


async def test_a_folder_can_be_typed_and_completed_on_the_screen(tmp_path, monkeypatch):
    (tmp_path / "lessons").mkdir()
    monkeypatch.chdir(tmp_path)
    async with desk_of(app_with(), size=TERMINAL) as desk:
        await on_the_screen(desk, "o")
        await answer_to(desk, LineScreen)
        await desk.pilot.press("l", "e")
        await desk.wait_until(lambda: desk.app.screen.query_one("CompletionList").display)
        await desk.pilot.press("tab", "enter")
        await said(desk, "lessons · 12 examples")


async def test_making_examples_goes_on_when_the_screen_is_left_and_is_found_again(tmp_path):
    (tmp_path / "lessons").mkdir()
    async with desk_of(app_with({"when": "BuildDataset", "hold": "build"}), size=TERMINAL) as desk:
        await desk.send(f"/train {tmp_path / 'lessons'}")
        await said(desk, "Making examples")
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        await on_the_screen(desk)
        await said(desk, "Making examples")
        desk.release()
        await desk.wait_until(lambda: desk.chat.training.draft.data == "lessons")


async def test_a_folder_with_nothing_to_learn_from_is_refused_in_place(tmp_path):
    refusal = {"when": "BuildDataset", "then": "fail", "message": "Nothing there can be read.", "hint": "Choose notes."}
    async with desk_of(app_with(refusal), size=TERMINAL) as desk:
        (tmp_path / "empty").mkdir()
        await desk.send(f"/train {tmp_path / 'empty'}")
        await said(desk, "Nothing there can be read. Choose notes.")


async def test_a_list_that_waits_for_the_model_says_so(monkeypatch):
    monkeypatch.setattr("tui.app._model_is_kept", lambda: True)
    drafted()
    loading = app({"when": "LoadModel", "hold": "load"})
    async with loading.run_test(size=TERMINAL) as pilot:
        desk = Desk(loading, pilot)
        await desk.wait_until(lambda: desk.chat.status.status.phase == "loading")
        await on_the_screen(desk)
        await said(desk, "The model is being loaded first, then comes the list of what there is…")
        desk.release()
        await said(desk, "≡ notes 30 examples")


async def test_a_data_set_is_removed_only_after_asking():
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await said(desk, "30 examples")
        await desk.pilot.press("home", "x")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("y")
        await said(desk, "“notes” is deleted.")
        assert [request.name for request in sent(RemoveDataset)] == ["notes"]


async def test_what_is_damaged_is_named_in_the_list_and_can_only_be_deleted():
    datasets = {"when": "ListDatasets", "result": {"datasets": [], "damaged": ["notes"]}}
    runs = {"when": "ListRuns", "result": {"runs": [], "damaged": ["law"]}}
    async with desk_of(app(datasets, runs), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await said(desk, "✖ notes cannot be read")
        await desk.pilot.press("home", "enter")
        await said(desk, "“law” is damaged: nothing can be done with it but to delete it.")
        await said(desk, "an adapter that came of it stays")
        await desk.pilot.press("down")
        await said(desk, "o makes the examples again of your notes")
        await desk.pilot.press("x")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("y")
        await said(desk, "“notes” is deleted.")
        assert [request.name for request in sent(RemoveDataset)] == ["notes"]
        assert not sent(Train)


# --- looking through the examples ---------------------------------------------------------------------------------


async def test_an_example_is_shown_with_what_bears_it_out_and_decided_with_a_key():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "for the 1th time. ≈[1]")
        await desk.pilot.press("r")
        await said(desk, "✖ 1 rejected")
        await desk.pilot.press("a")
        await said(desk, "✔ 1 accepted")
        await desk.pilot.press("up", "u")
        await desk.wait_until(lambda: len(sent(ReviewExample)) == 3)
        assert [request.decision for request in sent(ReviewExample)] == ["reject", "accept", "undo"]
        assert [request.example[-1] for request in sent(ReviewExample)] == ["1", "2", "2"]


async def test_what_was_just_said_of_an_example_is_taken_back_though_the_list_has_gone_on():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "for the 1th time. ≈[1]")
        await desk.pilot.press("a", "r")
        await said(desk, "✖ 1 rejected")
        await desk.pilot.press("u")
        await said(desk, "· 29 not looked at ✔ 1 accepted")
        await desk.pilot.press("down", "u")
        await said(desk, "· 30 not looked at")
        assert [request.example[-1] for request in sent(ReviewExample)] == ["1", "2", "2", "1"]


async def test_another_data_set_can_be_chosen_after_the_first_was_looked_at():
    """The list still counted the lines of the first one, and the app ended."""
    drafted()
    more = {**NOTES, "other": [example(number) for number in (77,)]}
    async with desk_of(app_with(datasets=more), size=TERMINAL) as desk:
        await on_the_screen(desk, "2", "end", "i")
        await said(desk, "30 examples")
        await desk.pilot.press("1", "end", "up", "enter")
        await said(desk, "other · 1 example")
        await said(desk, "for the 77th time. ≈[1]")


async def test_an_edit_that_was_only_begun_is_there_again():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "for the 1th time.")
        await desk.pilot.press("e")
        await answer_to(desk, EditScreen)
        await desk.pilot.press("e", "n", "d", "escape")
        await said(desk, "A change that is not kept yet")
        await desk.pilot.press("e")
        await answer_to(desk, EditScreen)
        assert desk.app.screen.area.text.endswith("time.end")
        await desk.pilot.press("ctrl+s")
        await said(desk, "✎ 1 edited")
        assert sent(ReviewExample)[-1].target.endswith("time.end")


async def test_an_edit_that_cannot_be_kept_is_not_lost():
    drafted()
    refusal = {"when": "ReviewExample", "then": "fail", "message": "The disk is full.", "hint": "Free some space."}
    async with desk_of(app(refusal), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "for the 1th time.")
        await desk.pilot.press("e")
        await answer_to(desk, EditScreen)
        await desk.pilot.press("e", "n", "d", "ctrl+s")
        await said(desk, "The disk is full. Free some space.")
        await desk.pilot.press("e")
        await answer_to(desk, EditScreen)
        assert desk.app.screen.area.text.endswith("time.end")


async def test_the_list_can_be_cut_down_to_what_was_not_looked_at():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "· 30 not looked at")
        await desk.pilot.press("a", "f")
        await said(desk, "shown: not looked at")
        await desk.wait_until(lambda: "for the 2th time" in desk.screen_text())
        assert "for the 1th time" not in desk.screen_text()


async def test_a_thousand_examples_are_asked_for_as_they_come_into_view():
    drafted(data="many")
    many = {"many": [example(number) for number in range(1, 1001)]}
    async with desk_of(app_with(datasets=many), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "for the 1th time.")
        await desk.pilot.press("end")
        await said(desk, "for the 1000th time. ≈[1]")


# --- the settings -------------------------------------------------------------------------------------------------


async def test_other_notes_make_an_adapter_of_another_name_unless_one_was_given(sunto_home):
    keep_adapter(sunto_home, "law")
    drafted(data="law", name="law")
    async with desk_of(app_with(datasets={"law": NOTES["notes"], "biology": NOTES["notes"]})) as desk:
        await on_the_screen(desk)
        await said(desk, "≡ biology")
        await desk.pilot.press("home", "down", "enter")
        await desk.wait_until(lambda: desk.chat.training.draft == Draft(data="biology", name="biology"))
        desk.chat.training.draft = Draft(data="biology", name="mine")
        desk.chat.training.choose_data("law")
        assert desk.chat.training.draft == Draft(data="law", name="mine")


async def test_every_setting_says_what_others_call_it_and_what_if():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "3", "down")
        await said(desk, "learning rate 0.0001")
        await desk.pilot.press("right")
        await said(desk, "learning rate 0.0002")
        await said(desk, "may lose its way")
        assert desk.chat.training.draft.preset == "bold"
        await desk.pilot.press("left", "left")
        await said(desk, "forgets least")


async def test_a_name_that_cannot_be_is_refused_where_it_stands():
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "3", "t")
        await said(desk, "It needs a name first")
        await desk.pilot.press("enter")
        await answer_to(desk, LineScreen)
        await desk.pilot.press(*"none", "enter")
        await said(desk, "“none” cannot be an adapter's name.")


async def test_a_value_is_chosen_with_the_mouse():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        screen = await on_the_screen(desk, "3")
        await desk.pilot.click(screen.pane.query_one("LineList"), offset=(5, 2))
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.click("ChoiceScreen LineList", offset=(5, 4))
        await desk.wait_until(lambda: desk.chat.training.draft.epochs == 8)


async def test_what_was_set_is_there_again_when_the_app_is_started_again():
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "3", "down", "right", "down", "right")
        await desk.pilot.press("escape")
    async with desk_of(app(), size=TERMINAL) as desk:
        assert desk.chat.training.draft == Draft(preset="bold", epochs=5)


# --- whether it fits ----------------------------------------------------------------------------------------------


async def test_what_does_not_fit_says_what_to_change():
    drafted()
    fit = {"fits": False, "needed_bytes": 9 << 30, "advice": ["Take a smaller base."]}
    async with desk_of(app({"when": "CheckFit", "fit": fit}), size=TERMINAL) as desk:
        await on_the_screen(desk, "4")
        await said(desk, "it does not fit. It would need 9.0 GB of memory, and 8.0 GB are free for it.")
        await said(desk, "→ Take a smaller base.")
        assert sent(CheckFit)[-1].learning_rate == 1e-4


async def test_three_learning_rates_are_tried_and_compared():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "4")
        await said(desk, "Tried with two real steps")
        await desk.pilot.press("l")
        await said(desk, "learning rate 0.0002")
        await said(desk, "The boldest one did clearly better.")
        await desk.pilot.press("y")
        await desk.wait_until(lambda: desk.chat.training.draft.preset == "bold")
        assert sent(TryRates)


# --- the training -------------------------------------------------------------------------------------------------


async def test_the_curve_the_numbers_the_samples_and_what_it_changed_by_itself_are_shown():
    drafted()
    async with desk_of(app({"when": "Train", "events": EVENTS, "hold": 6}), size=(200, 60)) as desk:
        await training(desk)
        await said(desk, "bio · step 3 of 4")
        await said(desk, "on unseen documents 2.800")
        await said(desk, "812 tokens/s · learning rate 0.0001 · memory 1.0 GB")
        await said(desk, "The steps were too long. I went back and shortened them.")
        await said(desk, "The leaf eats light.")
        assert desk.screen_text().count("◆") >= 3


async def test_chat_goes_on_while_a_training_runs():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("escape")
        await said(desk, "training bio 2/4")
        await desk.send("why?")
        await desk.answered()
        assert "training bio 2/4" in desk.screen_text()
        desk.release()
        await desk.wait_until(lambda: "The adapter bio is trained" in desk.everything)
        assert "training bio" not in desk.screen_text()
        assert len(sent(Chat)) == 1


async def test_a_question_asked_meanwhile_says_what_it_waits_for():
    drafted()
    rules = ({"when": "Train", "hold": 2}, {"when": "why", "hold": "progress"})
    async with desk_of(app(*rules), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("escape")
        await desk.send("why?")
        await said(desk, "“bio” is being trained: the answer comes after the step it is in…")


async def test_the_adapter_in_training_can_be_asked_and_what_came_of_it_goes_on_answering(sunto_home):
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "Use it now")
        await desk.pilot.press("enter")
        await said(desk, "“bio (in training)” answers from the next answer on.")
        await desk.pilot.press("escape")
        await desk.send("/adapter none")
        await desk.send("/adapter bio")  # not installed yet: as it is in training
        await desk.send("why?")
        await desk.answered()
        assert sent(Chat)[-1].adapter == "bio (in training)"
        keep_adapter(sunto_home, "bio")
        desk.release()
        await desk.wait_until(lambda: "The adapter bio is trained" in desk.everything)
        await desk.send("and now?")
        await desk.answered()
        assert sent(Chat)[-1].adapter == "bio"


async def test_a_paused_training_leaves_nobody_asking_for_it():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("enter", "p")
        await said(desk, "paused: r goes on from here")
        await desk.pilot.press("escape")
        await desk.send("why?")
        await desk.answered()
        assert sent(Chat)[-1].adapter == ""


async def test_an_answer_that_is_stopped_does_not_end_the_training():
    """A model process that does not hear at once used to be killed after a few seconds, and the training with it."""
    drafted()
    rules = ({"when": "Train", "hold": 2}, {"when": "why", "text": "one two three", "word_seconds": 0.6})
    async with desk_of(app(*rules), size=TERMINAL) as desk:
        desk.app.client._cancel_grace_seconds = 0.05
        await training(desk)
        await said(desk, "step 2 of 4")
        process = desk.app.client.pid
        await desk.pilot.press("escape")
        await desk.send("why?")
        await desk.wait_until(lambda: "one" in desk.screen_text())
        await desk.pilot.press("escape")
        await desk.answered()
        assert desk.app.client.pid == process
        desk.release()
        await desk.wait_until(lambda: "The adapter bio is trained" in desk.everything)


async def test_leaving_the_screen_does_not_stop_the_run_and_coming_back_finds_it():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        await on_the_screen(desk)
        await said(desk, "bio · step 2 of 4")
        desk.release()
        await said(desk, "“bio” is trained.")


async def test_a_training_is_paused_and_gone_on_with():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("p")
        await said(desk, "paused: r goes on from here")
        assert sent(PauseTraining)[-1].job == sent(Train)[-1].job
        assert sent(PauseTraining)[-1].unload, "nobody has asked anything"
        desk.release()
        await desk.pilot.press("r")
        await said(desk, "“bio” is trained.")
        assert sent(Train)[-1].resume


async def test_the_report_at_the_end_is_said_to_be_made_and_stopping_it_throws_nothing_away():
    drafted()
    stages = [{"event": "progress", "stage": stage, "done": 0, "total": 4} for stage in ("check", "evaluate")]
    rule = {"when": "Train", "events": [train_step(4, 4, 2.0), *stages], "hold": 3}
    async with desk_of(app(rule), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "bio · is trained; now it is measured whether it was worth it")
        assert "Pause" not in desk.screen_text()
        await desk.pilot.press("s")
        await desk.wait_until(lambda: sent(Cancel))
        assert not isinstance(desk.app.screen, ConfirmScreen)
        assert not sent(RemoveRun)
        assert not sent(PauseTraining)


async def test_stopping_for_good_asks_and_then_deletes_what_was_learned():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("s")
        await answer_to(desk, ConfirmScreen)
        assert not sent(PauseTraining)
        await desk.pilot.press("y")
        await said(desk, "nothing of it is left")
        assert [request.name for request in sent(RemoveRun)] == ["bio"]
        assert desk.chat.training.draft.name == "bio", "the settings stay"


async def test_a_training_that_fails_says_why_where_the_eye_is():
    drafted()
    failure = {"when": "Train", "then": "fail", "message": "The disk is full.", "hint": "Free some space."}
    async with desk_of(app(failure), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "The disk is full. Free some space.")
        assert "r goes on" in " ".join(desk.screen_text().split())


async def test_all_of_a_long_reason_is_shown_and_not_only_its_first_lines():
    drafted()
    hint = "Ask again; if it happens again, close other programs to free memory. " * 3 + "Or look into model.log."
    failure = {"when": "Train", "then": "fail", "message": "The model process stopped.", "hint": hint}
    async with desk_of(app(failure), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "Or look into model.log.")


async def test_a_model_process_that_dies_leaves_a_training_to_go_on_with():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        desk.app.client.restart()
        await said(desk, "The model process stopped unexpectedly")
        desk.release()
        await desk.wait_until(lambda: desk.app.client.running)
        await desk.pilot.press("r")
        await said(desk, "“bio” is trained.")


async def test_a_training_that_was_interrupted_is_found_after_a_restart_and_gone_on_with():
    run = {"name": "law", "state": "interrupted", "step": 12, "total": 60, "updated": "2026-11-01T10:00:00", "bytes": 9}
    async with desk_of(app(runs=[run]), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await said(desk, "▶ law interrupted at step 12 of 60")
        await desk.pilot.press("enter")
        await said(desk, "“law” is trained.")
        request = sent(Train)[-1]
        assert (request.name, request.resume) == ("law", True)


async def test_a_new_training_of_an_unfinished_ones_name_asks_which_is_meant():
    drafted()
    run = {"name": "bio", "state": "paused", "step": 12, "total": 60}
    async with desk_of(app(runs=[run]), size=TERMINAL) as desk:
        await on_the_screen(desk, "4", "enter")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("2")
        await said(desk, "“bio” is trained.")
        assert sent(Train)[-1].overwrite
        assert not sent(Train)[-1].resume


async def test_leaving_the_app_asks_and_pauses_the_training_first():
    drafted()
    async with desk_of(app({"when": "Train", "hold": 2}), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "step 2 of 4")
        await desk.pilot.press("ctrl+q")
        await answer_to(desk, ConfirmScreen)
        await said(desk, "Quit Stay")  # “Leave” is what every other dialog is left with, and Italian says “Annulla”
        await desk.pilot.press("n")
        await said(desk, "step 2 of 4")
        await desk.pilot.press("escape")
        await desk.send("/quit")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("y")
        await desk.wait_until(lambda: not desk.app.is_running or desk.app._exit)
        assert desk.chat.training.live.state == "paused"
        assert sent(PauseTraining)


async def test_what_was_stopped_before_its_first_step_begins_again_as_it_was_asked_for():
    drafted(preset="bold")
    async with desk_of(app({"when": "Train", "hold": 1, "events": EVENTS}), size=TERMINAL) as desk:
        await training(desk)
        await desk.wait_until(lambda: desk.chat.training.live.held_out.points)
        await desk.pilot.press("p")
        await said(desk, "did not begin: r tries again")
        desk.release()
        await desk.pilot.press("r")
        await said(desk, "“bio” is trained.")
        assert [(train.resume, train.learning_rate) for train in sent(Train)] == [(False, 2e-4)] * 2


async def test_a_result_is_given_to_a_subject(sunto_home, tmp_path):
    drafted()
    subject_with(tmp_path / "leaf.md", "Biologia", "")
    async with desk_of(app(), size=TERMINAL) as desk:
        await training(desk)
        await said(desk, "“bio” is trained.")
        await desk.pilot.press("b")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("enter")
        await said(desk, "“bio” answers about the documents of “Biologia” now.")
        assert sent(SetSubjectAdapter)[-1].adapter == "bio"


# --- the screen itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(40, 12), TERMINAL, (200, 60)])
@pytest.mark.parametrize("language", ["en", "it"])
async def test_every_step_can_be_looked_at_with_nothing_chosen(size, language, monkeypatch):
    monkeypatch.setenv("SUNTO_LANG", language)
    set_language(language)
    async with desk_of(app_with(), size=size) as desk:
        screen = await on_the_screen(desk)
        for step in "12345":
            await desk.pilot.press(step)
            await desk.pilot.press("down", "up", "a", "p", "x", "c")
        assert desk.app.screen is screen
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


async def test_a_click_on_a_step_goes_there():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        screen = await on_the_screen(desk)
        await desk.pilot.click("StepBar", offset=(30, 0))
        await desk.wait_until(lambda: screen.pane.NAME == "settings")


async def test_a_click_on_a_key_at_the_foot_does_what_the_key_does():
    drafted()
    async with desk_of(app(), size=TERMINAL) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "for the 1th time.")
        await desk.pilot.click("TrainingScreen KeyHints", offset=(5, 0))
        await said(desk, "✔ 1 accepted")
        await desk.pilot.click("TrainingScreen KeyHints", offset=(36, 0))
        await said(desk, "What shall it be called?")


async def test_f1_says_what_each_step_is_for_and_names_its_keys():
    drafted()
    async with desk_of(app(), size=(80, 40)) as desk:
        screen = await on_the_screen(desk)
        for step in "12345":
            await desk.pilot.press(step, "f1")
            pane_keys = screen.pane.keys()
            await said(desk, screen.pane.about()[:40])
            assert all(hint.key in desk.screen_text() for hint, _sentence in pane_keys)
            await desk.pilot.press("escape")


async def test_texts_of_strangers_do_nothing_to_the_terminal():
    evil = "\x1b[2J\x1b]0;x\x07[red]\u202eevil"
    events = [
        {"event": "evaluated", "step": 0, "loss": 3.0, "best": True, "samples": [[evil, evil, evil]]},
        {"event": "adjusted", "step": 1, "kind": "memory", "message": evil, "hint": evil},
        train_step(1, 4, float("nan")),
    ]
    drafted(data=evil)
    data = {evil: [example(1, target=evil, text=evil, doubts=[evil])]}
    async with desk_of(app_with({"when": "Train", "events": events, "hold": 3}, datasets=data)) as desk:
        await on_the_screen(desk, "2")
        await said(desk, "[red]evil")
        await desk.pilot.press("4", "enter")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("y")
        await said(desk, "step 1 of 4")
        assert "\x1b" not in desk.screen_text()
        assert "\u202e" not in desk.screen_text()
        assert "[red]evil" in desk.screen_text()
