"""The app, told in sentences: keys in, screen out, a scripted model process behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from textual import events
from textual.widgets import TextArea

from assistant.documents.model import Document, Page, Section
from assistant.errors import EncryptedDocumentError
from assistant.library import Library
from assistant.protocol import Chat, Describe, LoadModel, Summarize
from tests.tui.desk import SMALL, WIDE, app_with, desk_of, lorem, sent_requests
from tui.actions import actions
from tui.conversation import Conversation
from tui.screens.commands import Commands
from tui.screens.help import HelpScreen
from tui.screens.password import PasswordScreen
from tui.widgets.frozen_message import FrozenMessage
from tui.widgets.live_answer import LiveAnswer
from tui.widgets.transcript import MOUNTED_AT_ONCE, LoadEarlier
from tui.widgets.welcome import Welcome

SLOW = {"when": "", "text": lorem(400), "word_seconds": 0.001, "hold": 390}
"""An answer that does not end by itself."""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "my notes.md"
    path.write_text("# Light\n\nPlants turn light into sugar.\n\n# Water\n\nRoots drink it.\n", encoding="utf-8")
    return path


# --- the start --------------------------------------------------------------------------------------------------


def test_the_first_screen_needs_no_torch_no_reader_of_documents_and_no_database(sunto_home):
    heavy = ["torch", "transformers", "peft", "bitsandbytes", "pypdf", "pypdfium2", "sqlite3", "numpy"]
    late = ["textual.widgets._markdown", "rich.markdown", "pygments.lexer"]
    script = (
        "import asyncio, sys\n"
        "from tui.app import SuntoApp\n"
        "app = SuntoApp()\n"
        "app._after_first_paint = lambda: None\n"
        "async def main():\n"
        "    async with app.run_test() as pilot:\n"
        "        await pilot.pause()\n"
        f"        print([name for name in {heavy + late!r} if name in sys.modules])\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.strip() == "[]", done.stderr


async def test_without_a_model_the_welcome_says_that_the_first_question_fetches_one():
    async with desk_of(app_with()) as desk:
        assert "no model on this machine" in desk.screen_text()
        assert not [request for request in sent_requests() if isinstance(request, LoadModel)]


async def test_with_a_model_kept_it_is_loaded_before_anybody_asks(monkeypatch):
    monkeypatch.setattr("tui.app._model_is_kept", lambda: True)
    async with desk_of(app_with()) as desk:
        await desk.wait_until(lambda: desk.chat.status.status.model == "scripted-135m")
        assert "scripted-135m" in desk.screen_text()


async def test_every_action_of_the_table_is_carried_out_by_a_command():
    assert [action.name for action in actions() if not hasattr(Commands, action.name)] == []


# --- documents --------------------------------------------------------------------------------------------------


async def test_an_opened_document_shows_its_title_pages_and_chapters(notes):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        screen = desk.screen_text()
        assert "Opened Light" in screen
        assert "1 page" in screen
        assert "my notes.md" in screen
        assert "Water" in screen, "the chapters are listed beside it"


async def test_a_dropped_path_opens_the_document(notes):
    async with desk_of(app_with()) as desk:
        desk.chat.composer.post_message(events.Paste(f"'{notes}'"))
        await desk.wait_until(lambda: desk.shown("document"))
        assert desk.chat.composer.text == ""


async def test_a_path_that_the_terminal_typed_instead_of_pasting_opens_the_document(notes):
    async with desk_of(app_with()) as desk:
        await desk.send(str(notes))
        await desk.wait_until(lambda: desk.shown("document"))


async def test_pasted_text_stays_text_without_its_control_characters():
    async with desk_of(app_with()) as desk:
        desk.chat.composer.post_message(events.Paste("two\nlines \x1b[31mred\x1b[0m"))
        await desk.wait_until(lambda: desk.chat.composer.text)
        assert desk.chat.composer.text == "two\nlines red"


async def test_a_file_that_is_not_there_is_said_and_leaves_the_panel(tmp_path):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {tmp_path / 'missing.pdf'}")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "missing.pdf" in desk.shown("error")[0].replace("\n", "")
        assert desk.chat.panel.documents == []


async def test_an_absolute_path_that_does_not_exist_is_a_missing_file_and_no_unknown_command():
    async with desk_of(app_with()) as desk:
        await desk.send("/somewhere/missing.pdf")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "There is no file" in desk.shown("error")[0]


async def test_a_protected_document_asks_for_its_password_until_it_fits(tmp_path, monkeypatch):
    path = tmp_path / "exam.pdf"
    path.write_bytes(b"%PDF-")

    def read(_self, path, password, on_progress, should_stop):
        if password != "open sesame":
            raise EncryptedDocumentError("“no” does not open it.", "Look at the keyboard.", path=path)
        return Document(str(path), path.name, "The exam", (Page(1, "1", "text", "pdfium"),))

    monkeypatch.setattr(Conversation, "read_document", read)
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: isinstance(desk.app.screen, PasswordScreen))
        await desk.pilot.press(*"no", "enter")
        await desk.wait_until(lambda: "does not open" in desk.screen_text())
        desk.app.screen.query_one("Input").value = "open sesame"
        await desk.pilot.press("enter")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("/describe")
        await desk.answered()
        assert sent_requests()[-1].passwords == ((str(path), "open sesame"),)


async def test_a_document_is_taken_out_by_a_part_of_its_name(notes):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("/close notes")
        await desk.wait_until(lambda: not desk.chat.panel.documents)
        assert "Closed Light." in desk.everything


async def test_the_panel_counts_pages_while_a_long_document_is_read(tmp_path, monkeypatch):
    path = tmp_path / "long.pdf"
    path.write_bytes(b"%PDF-")
    reading = {"stop": False}

    def read(_self, path, password, on_progress, should_stop):
        on_progress("read", 3, 900)
        while not reading["stop"]:
            time.sleep(0.01)
        pages = tuple(Page(number, str(number), "text", "pdfium") for number in range(1, 4))
        return Document(str(path), path.name, "Long", pages, (Section("One", 1, 1), Section("Two", 1, 2)))

    monkeypatch.setattr(Conversation, "read_document", read)
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: "reading page 3 of 900" in desk.screen_text())
        await desk.pilot.press(*"still")
        assert desk.chat.composer.text == "still", "typing goes on while a document is read"
        reading["stop"] = True
        await desk.wait_until(lambda: "3 pages" in desk.screen_text())


# --- answers ----------------------------------------------------------------------------------------------------


async def test_an_answer_streams_as_markdown_and_ends_as_one_widget():
    text = "# Light\n\nPlants turn **light** into sugar.\n\n- one\n- two\n\n" + lorem(60)
    async with desk_of(app_with({"when": "", "text": text, "hold": 40})) as desk:
        await desk.send("what is light?")
        await desk.wait_until(lambda: desk.chat.query("MarkdownH1") and desk.chat.query("MarkdownBullet"))
        desk.release()
        await desk.answered()
        assert not desk.chat.query(LiveAnswer)
        answer = desk.shown("answer")[0]
        assert "Plants turn light into sugar." in answer
        assert "word59" in answer
        assert "31 tok/s" in answer


async def test_fetching_a_model_is_drawn_as_a_bar_with_how_much_is_there():
    progress = [{"stage": "download", "done": 46e6, "total": 92e6, "unit": "bytes"}]
    async with desk_of(app_with({"when": "", "progress": progress, "hold": "progress"})) as desk:
        await desk.send("why?")
        await desk.wait_until(lambda: "Downloading the model ━━━━" in desk.screen_text())
        assert "50% · 46.0 MB of 92.0 MB" in desk.screen_text()
        assert "loading the model" in desk.screen_text()
        desk.release()
        await desk.answered()


async def test_a_summary_is_of_the_open_documents_in_the_style_asked_for(notes):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("/summarize it outline")
        await desk.answered()
        request = sent_requests()[-1]
        assert isinstance(request, Summarize)
        assert (request.paths, request.style, request.language) == ((str(notes),), "outline", "it")


async def test_a_word_that_is_no_style_is_refused_before_anything_is_sent(notes):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("/summarize poem")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "“poem”" in desk.shown("error")[0]
        assert sent_requests() == []


async def test_a_document_that_vanished_says_how_to_go_on_without_it(notes):
    """It stood in the way of every answer, also about the others, and the hint was about quotes around its path."""
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.chat.panel.documents and desk.chat.panel.documents[0].document)
        notes.unlink()
        for question in ("/summarize", "What is it about?"):
            before = len(desk.shown("error"))
            await desk.send(question)
            await desk.wait_until(lambda before=before: len(desk.shown("error")) > before)
            assert "no longer there" in desk.shown("error")[-1]
            assert f"/close {notes.name}" in desk.shown("error")[-1]
        await desk.send(f"/close {notes.name}")
        await desk.send("What is it about?")
        await desk.answered()


async def test_escape_stops_the_answer_and_keeps_what_is_written():
    async with desk_of(app_with(SLOW)) as desk:
        await desk.send("tell me everything")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer) and "word5" in desk.chat.query_one(LiveAnswer).text)
        await desk.pilot.press("escape")
        await desk.answered()
        assert "word5" in desk.shown("answer")[0]
        assert "word399" not in desk.shown("answer")[0]
        assert "stopped" in desk.shown("answer")[0]
        with Library() as library:
            saved = library.messages(library.latest_conversation())
        assert [(message.role, message.state) for message in saved] == [("user", "done"), ("assistant", "stopped")]


async def test_a_summary_that_is_stopped_says_how_much_of_it_is_kept_and_says_so_the_next_day(notes):
    """It used to say that it was stopped, as if all were lost, and the next day it said nothing."""
    parts = [{"stage": "map", "done": done, "total": 67, "unit": "chunks"} for done in (0, 41)]
    merge = {"stage": "merge", "done": 0, "total": 9, "unit": "chunks"}
    rule = {"when": "Summarize", "text": "Light.", "progress": [*parts, merge], "hold": "progress"}
    words = "■ stopped; asked for again, it goes on from here: 41 of 67 parts are done"
    async with desk_of(app_with(rule)) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("/summarize")
        await desk.wait_until(lambda: "of 9 parts" in desk.screen_text())
        await desk.pilot.press("escape")
        await desk.answered()
        assert words in " ".join(desk.shown("answer")[0].split())
    async with desk_of(app_with()) as desk:
        assert words in " ".join(desk.shown("answer")[0].split())


async def test_escape_twice_restarts_a_process_that_does_not_listen():
    hang = {"when": "hang", "text": lorem(8), "then": "hang"}
    async with desk_of(app_with(hang)) as desk:
        await desk.send("hang")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer))
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: "Esc again" in desk.screen_text())
        await desk.pilot.press("escape")
        await desk.answered()
        await desk.send("and now?")
        await desk.answered(2)
        assert "An answer." in desk.shown("answer")[1]


async def test_keys_typed_while_an_answer_streams_arrive_at_once():
    async with desk_of(app_with(SLOW)) as desk:
        await desk.send("tell me everything")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer))
        await desk.pilot.press(*"go")
        assert desk.chat.composer.text == "go"
        assert desk.chat.query(LiveAnswer), "it is still being written"


async def test_prompts_wait_for_their_turn_and_are_answered_in_order():
    rules = [
        {"when": "first", "text": "One. " + lorem(30), "hold": 10},
        {"when": "second", "text": "Two."},
        {"when": "third", "text": "Three."},
    ]
    async with desk_of(app_with(*rules)) as desk:
        for text in ("first", "second", "third"):
            await desk.send(text)
        await desk.wait_until(lambda: desk.screen_text().count("waiting") >= 2)
        assert "(+2 waiting)" in desk.screen_text()
        desk.release()
        await desk.answered(3)
        order = [line.strip() for line in desk.everything.splitlines()]
        marks = ["first", "One. word0", "second", "Two.", "third", "Three."]
        found = [next(i for i, line in enumerate(order) if line.startswith(mark)) for mark in marks]
        assert found == sorted(found), "each answer stands below its question"
        assert "waiting" not in desk.screen_text()
        exchange = sent_requests()[-1].messages
        assert [role for role, _text in exchange] == ["user", "assistant"] * 2 + ["user"]


async def test_a_document_stands_above_the_question_that_waited_for_it(tmp_path, monkeypatch):
    """It used to be put below, and so below the answer: the end of the conversation was not the answer."""
    path = tmp_path / "long.pdf"
    path.write_bytes(b"%PDF-")
    reading = {"stop": False}

    def read(_self, path, *_rest):
        while not reading["stop"]:
            time.sleep(0.01)
        return Document(str(path), path.name, "Long", (Page(1, "1", "text", "pdfium"),))

    monkeypatch.setattr(Conversation, "read_document", read)
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.send("What is it?")
        await desk.wait_until(lambda: "waiting" in desk.screen_text())
        reading["stop"] = True
        await desk.answered()
        kinds = [message.kind for message in desk.chat.query(FrozenMessage)]
        assert kinds == ["document", "question", "answer"]


async def test_escape_takes_back_a_waiting_prompt_when_only_the_start_runs(monkeypatch):
    monkeypatch.setattr("tui.app._model_is_kept", lambda: True)
    app = app_with({"when": "LoadModel", "hold": "load"})
    async with app.run_test() as pilot:
        from tests.tui.desk import Desk

        desk = Desk(app, pilot)
        await desk.wait_until(lambda: desk.chat.status.status.phase == "loading")
        await desk.send("too early")
        await desk.wait_until(lambda: "(+1 waiting)" in desk.screen_text())
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: not desk.shown("question"))
        assert desk.chat.composer.text == "too early"


async def test_an_answer_written_again_replaces_the_first_try():
    rule = {"when": "", "text": "wrong language entirely giusto così", "then": "reset"}
    async with desk_of(app_with(rule)) as desk:
        await desk.send("ciao?")
        await desk.answered()
        assert "wrong" not in desk.shown("answer")[0]


async def test_what_is_said_before_an_answer_stands_above_it_and_what_is_said_after_it_below():
    rule = {"when": "", "text": "The answer.", "notice": "Hardly any Italian.", "late_notice": "Check it."}
    async with desk_of(app_with(rule)) as desk:
        await desk.send("why?")
        await desk.answered()
        lines = [line for line in desk.everything.splitlines() if line]
        assert lines == ["why?", "Hardly any Italian.", "The answer.", "31 tok/s", "Check it."]


async def test_a_failure_says_what_happened_and_what_to_do_and_the_next_question_is_answered():
    rule = {
        "when": "fail",
        "then": "fail",
        "text": "Half of",
        "message": "It is too long.",
        "hint": "Ask about fewer pages.",
    }
    async with desk_of(app_with(rule)) as desk:
        await desk.send("fail")
        await desk.wait_until(lambda: desk.shown("error"))
        assert desk.shown("error") == ["It is too long.\nAsk about fewer pages."]
        await desk.send("and now?")
        await desk.wait_until(lambda: "An answer." in desk.everything)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
async def test_kill_9_in_mid_answer_leaves_the_app_alive_and_the_next_question_is_answered():
    async with desk_of(app_with({**SLOW, "when": "long"})) as desk:
        await desk.send("a long one")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer) and "word5" in desk.chat.query_one(LiveAnswer).text)
        os.kill(desk.app.client.pid, signal.SIGKILL)
        await desk.wait_until(lambda: desk.shown("error"))
        assert "stopped unexpectedly (signal SIGKILL)" in desk.shown("error")[0].replace("\n", " ")
        assert "word5" in desk.shown("answer")[0], "what was written stays"
        await desk.send("and now?")
        await desk.answered(2)
        assert "An answer." in desk.shown("answer")[1]


async def test_a_process_that_cannot_start_is_told_once_and_the_app_goes_on(notes):
    app = app_with(crash_at_start=True)
    async with app.run_test(size=(110, 34)) as pilot:
        from tests.tui.desk import Desk

        desk = Desk(app, pilot)
        await desk.wait_until(lambda: desk.shown("error"))
        assert len(desk.shown("error")) == 1
        assert "the model process is down" in desk.screen_text()
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))


async def test_escapes_and_markup_from_a_document_or_a_model_are_shown_as_text(tmp_path):
    document = tmp_path / "evil.md"
    document.write_text("# [red]Title[/red] \x1b]0;owned\x07 <b>bold</b>\n\ntext\n", encoding="utf-8")
    answer = "[bold red]loud[/] \x1b[2J<script>x</script> [click](https://evil.example) \x1b]52;c;AAAA\x07done"
    async with desk_of(app_with({"when": "", "text": answer})) as desk:
        await desk.send(f"/open {document}")
        await desk.wait_until(lambda: desk.shown("document"))
        assert "[red]Title[/red]" in desk.screen_text()
        await desk.send("what is [bold]this[/bold]?")
        await desk.answered()
        screen = desk.screen_text()
        assert "what is [bold]this[/bold]?" in screen
        assert "[bold red]loud[/] <script>x</script>" in screen
        assert "https://evil.example" in screen, "where a link goes is seen"
        assert "\x1b" not in screen
        assert "owned" not in screen


# --- the conversation stays -------------------------------------------------------------------------------------


async def test_the_conversation_and_its_documents_are_there_at_the_next_start(notes):
    async with desk_of(app_with({"when": "", "text": "Because **so**."})) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("why?")
        await desk.answered()
    async with desk_of(app_with()) as desk:
        assert desk.shown("question") == ["why?"]
        assert desk.shown("answer")[0].startswith("Because so.")
        await desk.wait_until(lambda: "Light" in desk.screen_text())
        assert not desk.chat.query(Welcome)
        await desk.pilot.press("up")
        assert desk.chat.composer.text == "why?", "what was asked can be recalled"
        await desk.send("and then?")
        await desk.answered(2)
        request = sent_requests()[-1]
        assert isinstance(request, Chat)
        assert [text for _role, text in request.messages] == ["why?", "Because **so**.", "and then?"]
        assert request.paths == (str(notes),)


async def test_an_answer_that_was_being_written_when_the_app_was_killed_is_found_up_to_its_checkpoint(monkeypatch):
    monkeypatch.setattr("tui.running_turn.CHECKPOINT_SECONDS", 0.05)
    async with desk_of(app_with(SLOW)) as desk:
        await desk.send("tell me everything")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer) and "word30" in desk.chat.query_one(LiveAnswer).text)
        with Library() as library:
            saved = library.messages(library.latest_conversation())
    assert saved[-1].state == "partial"
    assert "word5" in saved[-1].content


async def test_a_long_conversation_mounts_its_end_and_the_rest_on_request():
    with Library() as library:
        conversation = library.new_conversation()
        for number in range(MOUNTED_AT_ONCE):
            library.add_message(conversation, "user", f"question {number}")
            library.add_message(conversation, "assistant", f"answer {number}")
    async with desk_of(app_with()) as desk:
        assert len(desk.shown("question")) == MOUNTED_AT_ONCE // 2
        desk.chat.query_one(LoadEarlier).action_load()
        await desk.wait_until(lambda: len(desk.shown("question")) == MOUNTED_AT_ONCE)
        assert desk.shown("question")[0] == "question 0"
        assert not desk.chat.query(LoadEarlier)


async def test_a_new_conversation_empties_the_desk_and_keeps_the_old_one(notes):
    async with desk_of(app_with(SLOW)) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("tell me everything")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer) and desk.chat.query_one(LiveAnswer).text)
        await desk.pilot.press("ctrl+n")
        await desk.wait_until(lambda: desk.chat.query(Welcome) and not desk.chat.query(LiveAnswer))
        assert desk.everything == ""
        assert desk.chat.panel.documents == []
        await desk.wait_until(lambda: desk.chat.status.status.phase == "idle")
        with Library() as library:
            assert library.conversations()[0].message_count == 2


async def test_a_library_that_cannot_be_written_is_said_and_questions_are_still_answered(monkeypatch):
    from assistant.errors import LibraryError

    def broken(self, *arguments, **named):
        raise LibraryError("The disk is full.", "Make room.")

    monkeypatch.setattr(Library, "__init__", broken)
    async with desk_of(app_with()) as desk:
        await desk.send("why?")
        await desk.answered()
        assert any("The disk is full." in note.message for note in desk.app._notifications)


# --- commands ---------------------------------------------------------------------------------------------------


async def test_an_unknown_command_suggests_the_nearest_one():
    async with desk_of(app_with()) as desk:
        await desk.send("/sumarize")
        await desk.wait_until(lambda: desk.shown("error"))
        assert desk.shown("error") == ["There is no command /sumarize.\nDid you mean /summarize?"]


async def test_an_adapter_that_is_not_there_is_refused_at_once():
    async with desk_of(app_with()) as desk:
        await desk.send("/adapter physics")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "physics" in desk.shown("error")[0]
        assert sent_requests() == []


def make_adapter(home: Path, name: str) -> None:
    folder = home / "adapters" / name
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text(
        '{"peft_type": "LORA", "r": 16, "base_model_name_or_path": "scripted-135m"}', encoding="utf-8"
    )


async def test_an_adapter_is_used_for_the_next_answer_and_none_goes_back(sunto_home):
    make_adapter(sunto_home, "physics")
    async with desk_of(app_with()) as desk:
        await desk.send("/adapter physics")
        await desk.wait_until(lambda: desk.shown("notice"))
        assert "adapter physics" in desk.screen_text()
        await desk.send("why?")
        await desk.answered()
        assert sent_requests()[-1].adapter == "physics"
        await desk.send("/adapter none")
        await desk.wait_until(lambda: "no adapter" in desk.screen_text())
        await desk.send("why?")
        await desk.answered(2)
        assert sent_requests()[-1].adapter == "none"


async def test_an_adapter_for_another_base_is_refused_and_the_one_before_stays(sunto_home):
    make_adapter(sunto_home, "law")
    refusal = {"when": "LoadModel", "then": "fail", "message": "It is for another base.", "hint": "Use it there."}
    async with desk_of(app_with(refusal)) as desk:
        desk.chat.model_at_hand = True
        await desk.send("/adapter law")
        await desk.wait_until(lambda: "It is for another base." in desk.everything)
        assert "no adapter" in desk.screen_text()
        await desk.send("why?")
        await desk.answered()
        assert sent_requests()[-1].adapter == ""


async def test_a_check_of_the_machine_is_shown_as_a_list():
    checks = [
        {"name": "memory", "status": "ok", "message": "24 GB", "hint": "", "command": ""},
        {"name": "gpu", "status": "problem", "message": "No driver.", "hint": "Install it.", "command": "apt x"},
    ]
    async with desk_of(app_with({"when": "Diagnose", "result": {"checks": checks}})) as desk:
        await desk.send("/doctor")
        await desk.answered()
        assert "✔ memory: 24 GB" in desk.shown("answer")[0]
        assert "✖ gpu: No driver. Install it." in desk.shown("answer")[0]
        assert "apt x" in desk.shown("answer")[0]


async def test_a_slash_offers_commands_and_tab_takes_the_highlighted_one():
    async with desk_of(app_with()) as desk:
        await desk.pilot.press("slash", "o")
        await desk.wait_until(lambda: desk.chat.completions.display)
        await desk.pilot.press("tab")
        assert desk.chat.composer.text == "/open "


async def test_enter_sends_a_command_as_it_is_typed_and_takes_only_what_was_gone_to(notes):
    """`/descrivi` and Enter used to become `/describe `, and a second Enter `/describe it`: in Italian, unasked."""
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        for typed, moves in (("/descrivi", []), ("/describe ", []), ("/describe ", ["down"])):
            desk.chat.composer.write(typed)
            await desk.wait_until(lambda: desk.chat.completions.display)
            await desk.pilot.press(*moves, "enter")
        assert desk.chat.composer.text == "/describe en"
        await desk.answered(2)
        assert [request.language for request in sent_requests() if isinstance(request, Describe)] == ["", ""]


async def test_enter_takes_nothing_from_a_list_that_was_made_for_fewer_letters():
    """Typed fast, `/compare biology base` became `/compare biology bio2`: the list was still that of `b`."""
    async with desk_of(app_with()) as desk:
        desk.chat.composer.adapter_names = lambda: ["biology", "bio2"]
        desk.chat.composer.write("/compare biology b")
        await desk.wait_until(lambda: desk.chat.completions.display)
        with desk.chat.composer.prevent(TextArea.Changed):  # the new list is not there yet
            desk.chat.composer.write("/compare biology base")
        await desk.pilot.press("enter")
        assert desk.chat.composer.text == ""
        desk.chat.composer.write("/o")
        await desk.wait_until(lambda: desk.chat.completions.display)
        with desk.chat.composer.prevent(TextArea.Changed):
            desk.chat.composer.write("/op")
        await desk.pilot.press("tab")
        assert desk.chat.composer.text == "/open ", "what is offered still begins with what was typed"


async def test_new_lines_come_from_keys_that_every_terminal_has_one_of():
    async with desk_of(app_with()) as desk:
        await desk.pilot.press("a", "ctrl+j", "b", "alt+enter", "c", "backslash", "enter", "d")
        assert desk.chat.composer.text == "a\nb\nc\nd"


async def test_f1_shows_every_command_and_key():
    async with desk_of(app_with(), size=(110, 84)) as desk:
        await desk.pilot.press("f1")
        await desk.wait_until(lambda: isinstance(desk.app.screen, HelpScreen))
        screen = desk.screen_text()
        assert all(action.usage.split()[0] in screen for action in actions())
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


async def test_ctrl_c_copies_a_selected_answer_and_otherwise_says_how_to_leave():
    async with desk_of(app_with({"when": "", "text": "Plants turn light into sugar."})) as desk:
        await desk.pilot.press("ctrl+c")
        assert any("Ctrl+Q leaves" in note.message for note in desk.app._notifications)
        await desk.send("why?")
        await desk.answered()
        answer = desk.messages("answer")[0]
        await desk.pilot.mouse_down(answer, offset=(2, 0))
        await desk.pilot.hover(answer, offset=(7, 0))
        await desk.pilot.mouse_up(answer, offset=(7, 0))
        await desk.pilot.press("ctrl+c")
        assert desk.app.clipboard == "Plants"


async def test_what_is_written_when_the_app_is_left_is_kept():
    async with desk_of(app_with(SLOW)) as desk:
        await desk.send("tell me everything")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer) and "word9" in desk.chat.query_one(LiveAnswer).text)
    with Library() as library:
        saved = library.messages(library.latest_conversation())
    assert saved[-1].state == "stopped"
    assert "word9" in saved[-1].content


async def test_leaving_in_the_middle_of_an_answer_is_immediate():
    app = app_with({"when": "", "text": lorem(8), "then": "hang"})
    async with desk_of(app) as desk:
        await desk.send("hang")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer))
        started = time.monotonic()
        await desk.pilot.press("ctrl+q")
        await desk.wait_until(lambda: not app.is_running)
    assert time.monotonic() - started < 3


# --- small terminals --------------------------------------------------------------------------------------------


async def test_forty_by_twelve_is_enough_to_open_a_document_and_ask(notes):
    async with desk_of(app_with({"when": "", "text": lorem(50)}), size=SMALL) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("why?")
        await desk.answered()
        assert "word49" in desk.screen_text()
        assert not desk.chat.panel.display or desk.chat.panel.size.width == 0
        await desk.pilot.press("f2")
        await desk.wait_until(lambda: "my notes.md" in desk.screen_text())
        await desk.pilot.press("f2")
        await desk.wait_until(lambda: "word49" in desk.screen_text())


async def test_a_terminal_that_shrinks_to_almost_nothing_and_grows_again_goes_on():
    async with desk_of(app_with()) as desk:
        await desk.send("why?")
        await desk.answered()
        for size in ((20, 5), (1, 1), (110, 34)):
            await desk.pilot.resize_terminal(*size)
            await desk.pilot.pause()
        assert "An answer." in desk.screen_text()


async def test_a_window_that_grows_while_the_panel_covers_it_takes_what_is_typed(notes):
    """The composer had lost the focus while it was covered: what was typed afterwards went nowhere."""
    async with desk_of(app_with(), size=SMALL) as desk:
        await desk.send(f"/open {notes}")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.pilot.press("f2")
        await desk.wait_until(lambda: "F2 closes" in desk.screen_text())
        await desk.pilot.resize_terminal(*WIDE)
        await desk.wait_until(lambda: "F2 closes" not in desk.screen_text())
        await desk.pilot.press("h", "i")
        assert desk.chat.composer.text == "hi"


async def test_reading_is_not_disturbed_by_an_answer_being_written():
    paragraphs = "\n\n".join(f"Paragraph {number}." for number in range(200))
    rules = [{"when": "long", "text": paragraphs}, {"when": "slow", "text": lorem(300), "hold": 290}]
    async with desk_of(app_with(*rules)) as desk:
        await desk.send("long")
        await desk.answered()
        await desk.send("slow")
        await desk.wait_until(lambda: desk.chat.query(LiveAnswer))
        desk.chat.action_scroll_transcript(-2)
        await desk.pilot.pause()
        assert desk.chat.query(LiveAnswer), "it is still being written"
        where = desk.chat.transcript.scroll_y
        desk.release()
        await desk.answered(2)
        assert desk.chat.transcript.scroll_y == where
        desk.chat.action_scroll_transcript(1000)
        await desk.send("and now?")
        await desk.answered(3)
        assert "An answer." in desk.screen_text(), "back at the end, it follows again"
