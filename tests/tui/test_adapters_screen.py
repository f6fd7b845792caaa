"""Who answers, switching it, and the screen of adapters, with keys and mouse; changes are made by the real handlers."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.registry import get_adapter, list_adapters
from assistant.library import Library
from assistant.protocol import ImportAdapter, RemoveAdapter, RenameAdapter
from tests.tui.adapters_kept import OTHER_BASE, keep_adapter, keep_base, keep_version
from tests.tui.desk import Desk, app_with, desk_of, sent_requests
from tui.screens.adapters import AdaptersScreen, adapter_keys
from tui.screens.asking import ChoiceScreen, ConfirmScreen, LineScreen

TERMINAL = (80, 24)


def subject_with(path: Path, subject: str, adapter: str) -> Path:
    """A document in the library, of a subject with that adapter."""
    path.write_text(f"# {subject}\n\nThe leaves turn the light of the sun into sugar, and we live on that.\n", "utf-8")
    with Library() as library:
        library.add_document(path, subject=subject)
        if adapter:
            library.set_subject_adapter(subject, adapter)
    return path


def status(desk: Desk) -> str:
    return str(desk.chat.status.content)


async def on_the_screen(desk: Desk, name: str = "") -> AdaptersScreen:
    await desk.send(f"/adapters {name}".rstrip())
    await desk.wait_until(lambda: isinstance(desk.app.screen, AdaptersScreen) and desk.app.screen.rows)
    return desk.app.screen


async def said(desk: Desk, words: str) -> None:
    await desk.wait_until(lambda: words in " ".join(desk.screen_text().split()))


async def answer_to(desk: Desk, screen: type) -> None:
    await desk.wait_until(lambda: isinstance(desk.app.screen, screen))


def names() -> list[str]:
    return [record.name for record in list_adapters()]


# --- the status line --------------------------------------------------------------------------------------------


async def test_the_status_line_says_that_there_is_no_adapter():
    async with desk_of(app_with()) as desk:
        assert "no adapter" in status(desk)


@pytest.mark.parametrize("size", [(40, 12), TERMINAL])
async def test_who_answers_is_said_on_the_smallest_terminal_too(sunto_home, monkeypatch, size):
    keep_adapter(sunto_home, "an-adapter-whose-name-goes-on-and-on-and-on-and-on")
    monkeypatch.setenv("SUNTO_ADAPTER", "an-adapter-whose-name-goes-on-and-on-and-on-and-on")
    async with desk_of(app_with(), size=size) as desk:
        assert "adapter an-adapter-whose" in desk.screen_text()


async def test_opening_a_subjects_document_shows_that_its_adapter_would_answer(sunto_home, tmp_path):
    keep_adapter(sunto_home, "biology")
    path = subject_with(tmp_path / "leaf.md", "Biologia", "biology")
    other = subject_with(tmp_path / "law.md", "Diritto", "")
    same = subject_with(tmp_path / "fern.md", "Botanica", "biology")
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await said(desk, "adapter biology (subject)")
        await desk.send(f"/open {same}")
        await said(desk, "adapter biology (subject)")
        await desk.send(f"/open {other}")
        await said(desk, "no adapter")
        await desk.send("/close law.md")
        await said(desk, "adapter biology (subject)")
        await desk.send("/adapter none")
        await said(desk, "no adapter")
        await desk.send("/adapter auto")
        await said(desk, "adapter biology (subject)")


async def test_what_the_model_process_says_counts(sunto_home, tmp_path):
    """The subject's adapter turned out to be damaged: the bare base answers, and the line does not claim otherwise."""
    keep_adapter(sunto_home, "biology")
    path = subject_with(tmp_path / "leaf.md", "Biologia", "biology")
    async with desk_of(app_with({"when": "why", "answering": {"adapter": "", "why": "none"}})) as desk:
        await desk.send(f"/open {path}")
        await said(desk, "adapter biology (subject)")
        await desk.send("why?")
        await desk.answered()
        assert "no adapter" in status(desk)


async def test_switching_while_an_answer_is_written_is_said_at_once_and_meant_for_the_next(sunto_home):
    keep_adapter(sunto_home, "law")
    rule = {"when": "why", "answering": {"adapter": "biology", "why": "subject"}, "hold": 2, "text": "one two three"}
    async with desk_of(app_with(rule)) as desk:
        await desk.send("why?")
        await desk.wait_until(lambda: "adapter biology (subject)" in status(desk))
        await desk.send("/adapter law")
        await desk.wait_until(lambda: "adapter biology (subject), then law" in status(desk))
        assert not desk.shown("answer"), "it did not wait for the answer"
        desk.release()
        await desk.answered()
        assert "adapter law" in status(desk)
        await desk.send("and then?")
        await desk.answered(2)
        assert sent_requests()[-1].adapter == "law"


# --- choosing one -----------------------------------------------------------------------------------------------


async def test_a_key_opens_a_list_to_choose_who_answers(sunto_home):
    keep_adapter(sunto_home, "biology")
    keep_adapter(sunto_home, "law")
    async with desk_of(app_with()) as desk:
        await desk.pilot.press("f7")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("down", "down", "enter")
        await said(desk, "adapter biology")
        await desk.pilot.press("f7")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("4")
        await said(desk, "adapter law")
        await desk.pilot.press("f7")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("n", "o", "n", "enter")
        await said(desk, "no adapter")
        assert not sent_requests(), "no model is here, so none is loaded for it"


async def test_typing_finds_by_subject_and_digits_find_where_names_begin_with_some(sunto_home):
    keep_adapter(sunto_home, "2024-law", subject="Diritto privato")
    keep_adapter(sunto_home, "biology", subject="Biologia")
    async with desk_of(app_with()) as desk:
        await desk.pilot.press("f7")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("2", "0", "enter")
        await said(desk, "adapter 2024-law")
        await desk.pilot.press("f7")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press(*"logia", "enter")
        await said(desk, "adapter biology")


async def test_a_click_on_the_status_line_offers_the_list_and_a_click_in_it_chooses(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(app_with()) as desk:
        await desk.pilot.click(desk.chat.status)
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.click("LineList", offset=(5, 2))
        await said(desk, "adapter biology")


async def test_escape_leaves_everything_as_it_was(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(app_with()) as desk:
        await desk.pilot.press("f7")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("down", "down", "escape")
        await desk.pilot.pause()
        assert "no adapter" in status(desk)


async def test_one_for_another_base_is_refused_with_the_reason(sunto_home):
    keep_base(sunto_home)
    keep_adapter(sunto_home, "law", OTHER_BASE)
    async with desk_of(app_with()) as desk:
        await desk.wait_until(lambda: desk.chat.base_in_use)
        await desk.send("/adapter law")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "was made for another base" in desk.shown("error")[0]
        assert "/model" in desk.shown("error")[0]
        assert "no adapter" in status(desk)


# --- the screen -------------------------------------------------------------------------------------------------


def real(*rules):
    return app_with(*rules, real=True)


async def test_the_screen_lists_them_and_what_is_known_of_the_one_it_stands_on(sunto_home):
    keep_base(sunto_home)
    keep_adapter(sunto_home, "biology", subject="Biologia", data={"file": "appunti.jsonl", "examples": 120})
    keep_adapter(sunto_home, "law", OTHER_BASE)
    async with desk_of(real(), size=TERMINAL) as desk:
        await desk.wait_until(lambda: desk.chat.base_in_use)
        await on_the_screen(desk)
        await said(desk, "appunti.jsonl · 120 examples")
        assert "✔ biology" in desk.screen_text()
        assert "✖ law" in desk.screen_text()
        await desk.pilot.press("down")
        await said(desk, "Not for the model in use")


async def test_enter_uses_the_adapter_and_the_mouse_does_too(sunto_home):
    keep_adapter(sunto_home, "biology")
    keep_adapter(sunto_home, "law")
    async with desk_of(real(), size=TERMINAL) as desk:
        screen = await on_the_screen(desk)
        await desk.pilot.press("down", "enter")
        await said(desk, "“law” answers from the next answer on.")
        await desk.pilot.click(screen.list, offset=(5, 0))
        await desk.pilot.click("KeyHints", offset=(3, 0))
        await said(desk, "“biology” answers from the next answer on.")
        await desk.pilot.press("escape")
        await said(desk, "Answers now come from the adapter biology.")
        assert "adapter biology" in status(desk)


async def test_renaming_is_told_and_taken_back_with_a_key(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(real(), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("enter")
        await said(desk, "next answer: adapter biology")
        await desk.pilot.press("r")
        await answer_to(desk, LineScreen)
        await desk.pilot.press("b", "i", "o", "enter")
        await said(desk, "“biology” is now called “bio”. u takes it back.")
        assert names() == ["bio"]
        assert desk.chat.choice.adapter == "bio", "the one that answers goes on answering"
        await desk.pilot.press("u")
        await said(desk, "“bio” is now called “biology”.")
        assert names() == ["biology"]
        await desk.pilot.press("u")
        await said(desk, "nothing to take back")


async def test_a_name_that_cannot_be_is_refused_in_place(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(real(), size=TERMINAL) as desk:
        screen = await on_the_screen(desk)
        await desk.pilot.press("r")
        await answer_to(desk, LineScreen)
        await desk.pilot.press(*"none", "enter")
        await said(desk, "“none” cannot be an adapter's name.")
        assert screen.says.has_class("-wrong")
        assert names() == ["biology"]


async def test_removing_asks_first_and_enter_alone_keeps_it(sunto_home):
    keep_adapter(sunto_home, "biology")
    keep_adapter(sunto_home, "law")
    async with desk_of(real(), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("x")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("enter")
        await answer_to(desk, AdaptersScreen)
        assert names() == ["biology", "law"]
        await desk.pilot.press("x")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.click("#yes")
        await said(desk, "“biology” is deleted.")
        assert names() == ["law"]
        assert [type(request) for request in sent_requests()] == [RemoveAdapter]


async def test_going_back_to_a_version_is_chosen_from_a_list_and_taken_back(sunto_home):
    keep_adapter(sunto_home, "biology", version=3)
    keep_version(sunto_home, "biology", 1, created="2026-09-01T10:00:00+00:00")
    keep_version(sunto_home, "biology", 2, created="2026-10-01T10:00:00+00:00")
    async with desk_of(real(), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("b")
        await answer_to(desk, ChoiceScreen)
        assert "2026-09-01" in desk.screen_text()
        await desk.pilot.press("1", "enter")
        await said(desk, "“biology” answers with version 1 now; version 3 is kept. u takes it back.")
        assert get_adapter("biology").version == 1
        await desk.pilot.press("u")
        await said(desk, "“biology” answers with version 3 now")
        assert get_adapter("biology").version == 3


async def test_without_another_version_nothing_is_asked(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(real(), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("b")
        await said(desk, "There is no other version of “biology”.")


async def test_a_subject_is_given_the_adapter_and_it_is_taken_away_again(sunto_home, tmp_path):
    keep_adapter(sunto_home, "biology")
    path = subject_with(tmp_path / "leaf.md", "Biologia", "")
    async with desk_of(real(), size=TERMINAL) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: desk.shown("document"))
        await on_the_screen(desk)
        await desk.pilot.press("s")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("enter")
        await said(desk, "“biology” answers about the documents of “Biologia” now.")
        await said(desk, "next answer: adapter biology (subject)")
        await desk.pilot.press("s")
        await answer_to(desk, ChoiceScreen)
        await desk.pilot.press("enter")
        await said(desk, "“Biologia” has no adapter of its own any more.")
        await said(desk, "next answer: no adapter")
        await desk.pilot.press("u")
        await said(desk, "next answer: adapter biology (subject)")


async def test_exporting_writes_where_it_is_told_and_replaces_nothing(sunto_home, tmp_path, monkeypatch):
    keep_base(sunto_home)
    keep_adapter(sunto_home, "biology")
    monkeypatch.chdir(tmp_path)
    async with desk_of(app_with({"when": "ExportAdapter", "result": {"path": "/somewhere/biology.zip"}})) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("e")
        await answer_to(desk, LineScreen)
        await desk.pilot.press("enter")
        await said(desk, "Written to /somewhere/biology.zip.")
        assert sent_requests()[-1].path == str(tmp_path / "biology.zip")


async def test_importing_completes_the_path_and_says_what_is_wrong_with_the_file(sunto_home, tmp_path, monkeypatch):
    keep_base(sunto_home)
    keep_adapter(sunto_home, "law")
    (tmp_path / "anatomy.zip").write_bytes(b"not a zip")
    monkeypatch.chdir(tmp_path)
    async with desk_of(real()) as desk:
        await desk.wait_until(lambda: desk.chat.base_in_use)
        screen = await on_the_screen(desk)
        await desk.pilot.press("i")
        await answer_to(desk, LineScreen)
        await desk.pilot.press("a", "n")
        await desk.wait_until(lambda: desk.app.screen.query_one("CompletionList").display)
        await desk.pilot.press("tab", "enter")
        await desk.wait_until(lambda: "called here" in desk.screen_text())
        await desk.pilot.press(*"anatomy", "enter")
        await desk.wait_until(lambda: screen.says.has_class("-wrong"))
        request = sent_requests()[-1]
        assert (type(request), request.path, request.name) == (ImportAdapter, str(tmp_path / "anatomy.zip"), "anatomy")
        assert request.model == "scripted-135m", "where the files do not say, it is for the base in use"
        assert names() == ["law"]


async def test_importing_over_one_that_is_there_asks_and_says_that_it_is_kept(sunto_home, tmp_path, monkeypatch):
    keep_adapter(sunto_home, "law")
    monkeypatch.chdir(tmp_path)
    async with desk_of(app_with({"when": "ImportAdapter", "result": {"name": "law"}})) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("i")
        await answer_to(desk, LineScreen)
        await desk.pilot.press(*"law.zip", "enter")
        await desk.wait_until(lambda: "called here" in desk.screen_text())
        await desk.pilot.press(*"law", "enter")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("y")
        await said(desk, "“law” is imported.")
        assert sent_requests()[-1].overwrite


async def test_a_change_comes_after_the_answer_being_written_and_is_told_of_wherever_one_is(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(real({"when": "why", "hold": 1, "text": "one two"}), size=TERMINAL) as desk:
        await desk.send("why?")
        await desk.wait_until(lambda: desk.chat._turns.widgets)
        await on_the_screen(desk)
        await desk.pilot.press("r")
        await answer_to(desk, LineScreen)
        await desk.pilot.press(*"bio", "enter")
        await said(desk, "Renaming “biology”…")
        assert names() == ["biology"]
        await desk.pilot.press("escape")
        desk.release()
        await desk.wait_until(lambda: names() == ["bio"])
        await said(desk, "“biology” is now called “bio”.")


async def test_what_fails_is_said_in_place_with_what_to_do(sunto_home):
    keep_adapter(sunto_home, "biology")
    refusal = {"when": "RenameAdapter", "then": "fail", "message": "No room.", "hint": "Free some."}
    async with desk_of(real(refusal)) as desk:
        screen = await on_the_screen(desk)
        await desk.pilot.press("r")
        await answer_to(desk, LineScreen)
        await desk.pilot.press(*"bio", "enter")
        await said(desk, "No room. Free some.")
        assert screen.says.has_class("-wrong")
        assert [type(request) for request in sent_requests()] == [RenameAdapter]


async def test_a_model_process_that_dies_meanwhile_is_said_in_place_too(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(real({"when": "RemoveAdapter", "then": "crash"}), size=TERMINAL) as desk:
        screen = await on_the_screen(desk)
        await desk.pilot.press("x")
        await answer_to(desk, ConfirmScreen)
        await desk.pilot.press("y")
        await said(desk, "The model process stopped unexpectedly")
        assert screen.says.has_class("-wrong")
        assert names() == ["biology"]


async def test_with_no_adapters_the_screen_says_how_to_get_one_and_no_key_breaks_it():
    async with desk_of(real(), size=TERMINAL) as desk:
        await desk.send("/adapters")
        await said(desk, "There are no adapters yet.")
        await desk.pilot.press("enter", "r", "x", "b", "e", "s", "u", "down", "up", "end", "home")
        assert isinstance(desk.app.screen, AdaptersScreen)
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


async def test_help_names_every_key_of_the_screen(sunto_home):
    keep_adapter(sunto_home, "biology")
    async with desk_of(real(), size=(80, 30)) as desk:
        await on_the_screen(desk)
        await desk.pilot.press("question_mark")
        await said(desk, "An adapter is a small addition to the model")
        assert all(hint.key in desk.screen_text() for hint, _sentence in adapter_keys())


async def test_names_and_cards_of_strangers_do_nothing_to_the_terminal(sunto_home):
    keep_adapter(sunto_home, "biology", subject="Bio\x1b[2Jlogia\u202e", scores={"\x1b]0;x\x07score": "[red]1"})
    async with desk_of(real(), size=TERMINAL) as desk:
        await on_the_screen(desk)
        await said(desk, "score: [red]1")
        assert "\x1b" not in desk.screen_text()
        assert "\u202e" not in desk.screen_text()
