"""The view of a document page by page, and the choice of its chapters: keys in, screen out."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from assistant.documents.model import Document, Page, Section
from assistant.errors import EncryptedDocumentError, LockedDocumentError, Stopped
from assistant.protocol import Chat, Summarize
from tests.tui.desk import SMALL, WIDE, Desk, app_with, desk_of, lorem, sent_requests
from tui.conversation import Conversation
from tui.screens.chapters import ChaptersScreen
from tui.screens.document import DocumentScreen
from tui.screens.help import HelpScreen
from tui.screens.password import PasswordScreen
from tui.widgets.document_panel import DocumentCard
from tui.widgets.page_list import PageList
from tui.widgets.page_text import PageText

WIDE_VIEW = (120, 40)


def page(number: int, text: str = "", **facts) -> Page:
    return Page(number, facts.pop("label", str(number)), text or f"The text of page {number}.", "pdfium", **facts)


BOOK = Document(
    "",
    "book.pdf",
    "Physics",
    (
        page(1, label="i"),
        page(2, label="1", language="en", head="Running head"),
        Page(3, "2", "", "none", ("scanned",)),
        Page(4, "3", "Le città [bold]del[/bold] sole.", "geometry", ("formula-heavy",), "row-by-row", "it"),
        page(5, "A word. " * 2000, label="4"),
        page(6, label="5"),
    ),
    (Section("Light", 1, 2), Section("Heat", 1, 4), Section("Steam", 2, 5), Section("Sound", 1, 6)),
    "en",
    ("Page 3 was left out: it is an image without text.",),
)


def book_of(pages: int) -> Document:
    texts = [page(number, lorem(300)) for number in range(1, pages + 1)]
    sections = [Section(f"Chapter {number}", 1, number * 10) for number in range(1, pages // 10)]
    return Document("", "book.pdf", "Long", tuple(texts), tuple(sections))


@pytest.fixture
def read(monkeypatch):
    """What reading any file gives from now on."""

    def set_document(document: Document) -> None:
        monkeypatch.setattr(Conversation, "read_document", lambda *_arguments: document)

    set_document(BOOK)
    return set_document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book.pdf"
    path.write_bytes(b"%PDF-")
    return path


@asynccontextmanager
async def desk_with(path: Path, *rules: dict, size: tuple[int, int] = WIDE_VIEW):
    async with desk_of(app_with(*rules), size=size) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: desk.chat.panel.documents and desk.chat.panel.documents[0].document)
        yield desk


async def view(desk: Desk, keys: tuple[str, ...] = ("f3",)) -> DocumentScreen:
    await desk.pilot.press(*keys)
    await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen))
    return desk.app.screen


def text(desk: Desk) -> str:
    return desk.app.screen.query_one(PageText).text


# --- the view ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("read")
async def test_the_view_begins_with_what_became_of_the_document_and_what_to_do(path):
    async with desk_with(path) as desk:
        await view(desk)
        overview = text(desk)
        assert "6 pages\nWithout text: an image (1)" in overview
        assert "Read with: pdfium (4); pdfium, put in order (1)" in overview
        assert "Page 3 was left out" in overview
        assert "many formulas: p. 3" in overview
        assert "tesseract" in overview, "how to get the text of an image"
        assert "1 Light · pp. 1–2" in overview


@pytest.mark.usefixtures("read")
async def test_a_page_is_shown_exactly_as_it_was_read_with_how_and_its_warnings(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("down", "down")
        assert text(desk) == BOOK.pages[1].text
        assert "p. 1 (PDF 2) · pdfium · English" in desk.screen_text()
        assert "Running head" in desk.screen_text()
        await desk.pilot.press("down")
        assert "This page is an image" in desk.screen_text()
        await desk.pilot.press("down")
        assert "Le città [bold]del[/bold] sole." in desk.screen_text(), "markup of a document is text"
        assert "pdfium, put in order · Italian" in desk.screen_text()
        assert "its columns were drawn row by row" in desk.screen_text()
        assert "There are many formulas on this page" in desk.screen_text()


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("way", [("tab", "enter"), ("f3",)])
async def test_the_view_opens_from_the_card_and_by_key_and_escape_leads_back(path, way):
    async with desk_with(path) as desk:
        if way[0] == "tab":
            desk.chat.query_one(DocumentCard).focus()
            way = ("enter",)
        await view(desk, way)
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


@pytest.mark.usefixtures("read")
async def test_a_click_on_the_document_opens_it_and_a_click_on_a_page_shows_it(path):
    async with desk_with(path) as desk:
        await desk.pilot.click(DocumentCard)
        await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen))
        await desk.pilot.click(PageList, offset=(4, 4))
        assert text(desk) == BOOK.pages[3].text


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("command", ["/pages", "/document phys", "/pagine book.pdf"])
async def test_the_view_opens_by_command_and_by_a_part_of_the_name(path, command):
    async with desk_with(path) as desk:
        await desk.send(command)
        await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen))


async def test_without_a_document_the_view_says_to_open_one():
    async with desk_of(app_with()) as desk:
        await desk.send("/pages")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "There is no open document." in desk.shown("error")[0]


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize(("typed", "shown"), [("i", 0), ("3", 3), ("#3", 2), ("PDF 2", 1)])
async def test_a_page_is_gone_to_by_what_is_printed_on_it_or_by_number(path, typed, shown):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("g")
        desk.app.focused.value = typed
        await desk.pilot.press("enter")
        await desk.wait_until(lambda: text(desk) == BOOK.pages[shown].text)
        assert not desk.app.screen.query(Input).first().has_focus, "the keys are the pages' again"


@pytest.mark.usefixtures("read")
async def test_a_page_that_is_not_there_is_said_beside_what_was_typed(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("g", "9", "9", "enter")
        assert "There is no page “99”." in desk.screen_text()


@pytest.mark.usefixtures("read")
async def test_words_are_found_and_enter_goes_on_round_and_round(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("slash")
        desk.app.focused.value = "TEXT of page"
        await desk.pilot.press("enter")
        await desk.wait_until(lambda: "1 of 3" in desk.screen_text())
        assert text(desk) == BOOK.pages[0].text
        await desk.pilot.press("enter", "enter")
        assert "3 of 3" in desk.screen_text()
        assert text(desk) == BOOK.pages[5].text
        await desk.pilot.press("enter")
        assert text(desk) == BOOK.pages[0].text
        await desk.pilot.press("escape", "N")
        assert text(desk) == BOOK.pages[5].text, "the keys go on after the line is closed"
        assert isinstance(desk.app.screen, DocumentScreen)


@pytest.mark.usefixtures("read")
async def test_a_place_far_down_a_page_is_scrolled_to(path, read):
    pages = (page(1, "\n".join(f"line {number}" for number in range(500)) + "\nneedle"),)
    read(Document("", "book.pdf", "B", pages))
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("slash")
        desk.app.focused.value = "needle"
        await desk.pilot.press("enter")
        await desk.wait_until(lambda: "needle" in "".join(desk.screen_text().splitlines()[:-2]))


@pytest.mark.usefixtures("read")
async def test_words_that_are_not_there_are_said_not_to_be(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("slash", *"zebra", "enter")
        await desk.wait_until(lambda: "“zebra” is not in this document." in desk.screen_text())


@pytest.mark.usefixtures("read")
async def test_reading_on_goes_over_the_end_of_a_page(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press(*["down"] * 5)
        assert text(desk) == BOOK.pages[4].text
        await desk.pilot.press("pagedown")
        assert text(desk) == BOOK.pages[4].text, "there is more of this page"
        for _screenful in range(20):
            await desk.pilot.press("pagedown")
            if text(desk) != BOOK.pages[4].text:
                break
        assert text(desk) == BOOK.pages[5].text


@pytest.mark.usefixtures("read")
async def test_n_goes_on_after_the_line_was_closed_and_says_where_and_escape_closes_one_thing_at_a_time(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("slash", *"page", "enter")
        await desk.wait_until(lambda: "1 of 3" in desk.screen_text())
        await desk.pilot.press("escape", "g", *"5", "enter", "n")
        assert "2 of 3" in desk.screen_text()
        assert "page " in desk.screen_text().splitlines()[-2], "the words, not the page that was asked for meanwhile"
        await desk.pilot.press("slash", "enter")
        assert "3 of 3" in desk.screen_text(), "the same words again go on"
        await desk.pilot.press("escape", "n")
        assert "1 of 3" in desk.screen_text()
        await desk.pilot.press("escape")
        assert isinstance(desk.app.screen, DocumentScreen)
        assert "1 of 3" not in desk.screen_text()
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)


@pytest.mark.usefixtures("read")
async def test_w_goes_from_warning_to_warning(path):
    async with desk_with(path) as desk:
        screen = await view(desk)
        shown = []
        for _press in range(3):
            await desk.pilot.press("w")
            shown.append(screen.query_one(PageList).highlighted)
        assert shown == [3, 4, 3]


@pytest.mark.usefixtures("read")
async def test_a_page_is_copied_as_it_is(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press(*["down"] * 4, "y")
        assert desk.app.clipboard == BOOK.pages[3].text


@pytest.mark.usefixtures("read")
async def test_what_is_selected_is_the_text_and_not_its_lines_on_the_screen(path):
    async with desk_with(path, size=(80, 24)) as desk:
        screen = await view(desk)
        await desk.pilot.press(*["down"] * 5)
        screen.query_one(PageText).text_select_all()
        assert screen.get_selected_text() == BOOK.pages[4].text


@pytest.mark.usefixtures("read")
async def test_help_names_the_keys_of_the_view(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("f1")
        await desk.wait_until(lambda: isinstance(desk.app.screen, HelpScreen))
        assert "Go to the next page with a warning." in desk.screen_text()
        await desk.pilot.press("escape")
        assert isinstance(desk.app.screen, DocumentScreen)


@pytest.mark.usefixtures("read")
async def test_the_view_and_the_choice_fit_the_smallest_terminal(path):
    async with desk_with(path, size=SMALL) as desk:
        await view(desk)
        await desk.pilot.press("down", "down")
        assert "The text of page 2." in desk.screen_text()
        await desk.pilot.press("c")
        assert "[ ] 1 Light" in desk.screen_text()
        assert "Everything is read." in desk.screen_text()


@pytest.mark.usefixtures("read")
async def test_the_pages_can_be_read_while_an_answer_is_written(path):
    rule = {"when": "", "text": lorem(60), "hold": 30}
    async with desk_with(path, rule) as desk:
        await desk.send("tell me")
        await desk.wait_until(lambda: desk.chat.status.status.phase == "working")
        await view(desk)
        await desk.pilot.press("down", "down")
        assert text(desk) == BOOK.pages[1].text
        desk.release()
        await desk.wait_until(lambda: desk.shown("answer"))
        assert isinstance(desk.app.screen, DocumentScreen)
        await desk.pilot.press("escape")
        assert "word59" in desk.screen_text(), "the answer is there when one comes back"


async def test_a_document_of_900_pages_opens_and_turns_at_once(path, read):
    read(book_of(900))
    async with desk_with(path) as desk:
        await desk.pilot.press("f2")
        began = time.perf_counter()
        desk.chat.show_pages(desk.chat.panel.documents[0])
        await desk.wait_until(lambda: desk.app.screen.query(PageText) and text(desk))
        assert len(desk.app.screen.query("*")) < 20, "no widget for each page"
        assert time.perf_counter() - began < 3, "measured: 0.2 s; the machine may be busy"
        await desk.pilot.press("g", *"899", "enter")
        await desk.wait_until(lambda: "p. 899" in desk.screen_text())


async def test_only_the_lines_in_view_are_made_however_many_pages_there_are(path, read, monkeypatch):
    read(book_of(5000))
    drawn = []
    line_of = PageList._text_of
    monkeypatch.setattr(PageList, "_text_of", lambda *arguments: drawn.append(arguments[1]) or line_of(*arguments))
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("end")
        await desk.wait_until(lambda: "p. 5000" in desk.screen_text())
        assert 0 in drawn
        assert 5000 in drawn
        assert len(set(drawn)) < 200


@pytest.mark.usefixtures("read")
async def test_the_key_at_hand_is_for_the_document_whose_card_has_the_focus(path, tmp_path):
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-")
    async with desk_with(path) as desk:
        await desk.send(f"/open {other}")
        await desk.wait_until(
            lambda: len(desk.chat.query(DocumentCard)) == 2 and not desk.chat.panel.documents.being_read
        )
        assert (await view(desk)).item.path == other, "the last one, while one types"
        await desk.pilot.press("escape")
        desk.chat.query(DocumentCard).first().focus()
        assert (await view(desk)).item.path == path


@pytest.mark.usefixtures("read")
async def test_the_way_out_is_named_where_there_is_little_room(path):
    async with desk_with(path, size=(46, 20)) as desk:
        await view(desk)
        assert desk.screen_text().splitlines()[-1].strip() == "/ Search   g Go to   w Warnings   Esc Back"


# --- chapters ---------------------------------------------------------------------------------------------------


async def choose(desk: Desk, *keys: str) -> None:
    await desk.pilot.press("f4")
    await desk.wait_until(lambda: isinstance(desk.app.screen, ChaptersScreen))
    await desk.pilot.press(*keys)


async def summary_request(desk: Desk) -> Summarize:
    await desk.send("/summarize")
    await desk.answered()
    request = sent_requests()[-1]
    assert isinstance(request, Summarize)
    return request


@pytest.mark.usefixtures("read")
async def test_ticked_chapters_are_shown_and_go_with_every_request(path):
    async with desk_with(path) as desk:
        await choose(desk, "space", "down", "down", "space")
        assert "chapters 1, 2.1" in desk.screen_text()
        await desk.pilot.press("enter")
        assert "▸ chapters 1, 2.1" in desk.screen_text()
        assert "reads chapters 1, 2.1, pp. 1–2, 4" in desk.screen_text()
        request = await summary_request(desk)
        assert request.chosen == ((str(path), "1,2.1", ""),)
        assert request.paths == (str(path),)


@pytest.mark.usefixtures("read")
async def test_all_and_none_are_the_whole_document(path):
    async with desk_with(path) as desk:
        await choose(desk, "space", "enter")
        assert "chapter 1" in desk.screen_text()
        for key in ("a", "n"):
            await choose(desk, key)
            assert "Everything is read." in desk.screen_text()
            await desk.pilot.press("enter")
            assert "chapter 1" not in desk.screen_text()
        assert (await summary_request(desk)).chosen == ()


@pytest.mark.usefixtures("read")
async def test_pages_can_be_typed_instead_and_take_the_place_of_ticks(path):
    async with desk_with(path) as desk:
        await choose(desk, "space", "tab", *"9-")
        assert "There is no page 9." in desk.screen_text()
        await desk.pilot.press("enter")
        assert isinstance(desk.app.screen, ChaptersScreen), "what cannot be is not taken"
        await desk.pilot.press("backspace", "backspace", *"2-3", "enter")
        assert "pp. 1–2" in desk.screen_text()
        assert (await summary_request(desk)).chosen == ((str(path), "", "2-3"),)


@pytest.mark.usefixtures("read")
async def test_escape_leaves_the_choice_as_it_was(path):
    async with desk_with(path) as desk:
        await choose(desk, "space", "enter")
        await choose(desk, "down", "space", "escape")
        assert (await summary_request(desk)).chosen == ((str(path), "1", ""),)


@pytest.mark.usefixtures("read")
async def test_a_choice_made_in_the_view_dims_the_other_pages_and_is_said_at_its_head(path):
    async with desk_with(path) as desk:
        await view(desk)
        await desk.pilot.press("down", "down", "c", "end", "space", "enter")
        await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen))
        assert "▸ chapter 3, p. 5" in desk.screen_text()
        assert desk.app.screen.query_one(PageList).highlighted == 2, "we are where we were"


@pytest.mark.usefixtures("read")
async def test_chapters_are_chosen_by_a_command_and_all_of_them_again(path):
    async with desk_with(path) as desk:
        await desk.send("/chapters heat")
        await desk.wait_until(lambda: "now read chapter 2" in desk.everything)
        await desk.send("/chapters 99")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "has no chapter “99”" in desk.shown("error")[0]
        assert desk.chat.panel.documents[0].chapters == "heat", "what was chosen stays"
        await desk.send("/chapters all")
        await desk.wait_until(lambda: "now read everything" in desk.everything)


@pytest.mark.usefixtures("read")
async def test_the_choice_is_there_at_the_next_start_unless_the_file_no_longer_has_it(path, read):
    async with desk_with(path) as desk:
        await choose(desk, "space", "enter")
        await desk.send("and?")
        await desk.answered()
    async with desk_of(app_with(), size=WIDE_VIEW) as desk:
        await desk.wait_until(lambda: "reads chapter 1, pp. 1–2" in desk.screen_text())
    read(Document("", "book.pdf", "Notes", (page(1), page(2))))
    async with desk_of(app_with(), size=WIDE_VIEW) as desk:
        await desk.wait_until(lambda: desk.chat.panel.documents and desk.chat.panel.documents[0].document)
        assert desk.chat.panel.documents[0].chosen == ""


async def test_a_long_title_is_cut_and_not_the_pages_after_it(path, read):
    sections = (Section("On the nature of light and all that shines by itself " * 3, 1, 1), Section("Heat", 1, 2))
    read(Document("", "book.pdf", "Notes", (page(1), page(2)), sections))
    async with desk_with(path, size=(60, 20)) as desk:
        await choose(desk)
        assert "…  p. 1 " in desk.screen_text()


async def test_a_comma_after_which_more_is_to_come_is_no_mistake(path, read):
    read(Document("", "book.pdf", "Notes", (page(1), page(2), page(3))))
    async with desk_with(path) as desk:
        await choose(desk, *"1-2,")
        assert "pp. 1–2 " in desk.screen_text()
        await desk.pilot.press("enter")
        assert desk.chat.panel.documents[0].pages == "1-2"


async def test_a_document_without_chapters_offers_pages(path, read):
    read(Document("", "book.pdf", "Notes", (page(1), page(2))))
    async with desk_with(path) as desk:
        await choose(desk, "2", "enter")
        assert desk.chat.panel.documents[0].pages == "2"


# --- being read -------------------------------------------------------------------------------------------------


@pytest.fixture
def slow_reader(monkeypatch):
    """Recognises images until it is told to stop."""
    seen = {"stopped": False}

    def read(_self, _path, _password, on_progress, should_stop):
        on_progress("ocr", 12, 300)
        while not should_stop():
            time.sleep(0.01)
        seen["stopped"] = True
        raise Stopped

    monkeypatch.setattr(Conversation, "read_document", read)
    return seen


@pytest.mark.parametrize("size", [WIDE, (80, 24)])
async def test_how_far_the_reading_is_stands_in_one_line_on_any_screen(path, slow_reader, size):
    async with desk_of(app_with(), size=size) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: "Reading the images" in desk.screen_text())
        assert "12 of 300 pages" in desk.screen_text()
        await desk.pilot.press(*"hi")
        assert desk.chat.composer.text == "hi", "typing goes on"


async def test_escape_stops_the_reading_and_leaves_the_rest_as_it_was(path, tmp_path, slow_reader):
    notes = tmp_path / "notes.md"
    notes.write_text("# Light\n\nBright.\n", encoding="utf-8")
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: "12 of 300" in desk.screen_text())
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: slow_reader["stopped"])
        await desk.wait_until(lambda: "left closed" in desk.everything)
        assert desk.chat.panel.documents == []
        assert not desk.chat.reading.display


async def test_escape_stops_an_answer_before_a_reading(path, slow_reader):
    rule = {"when": "", "text": lorem(60), "hold": 30}
    async with desk_of(app_with(rule)) as desk:
        await desk.send("tell me")
        await desk.wait_until(lambda: desk.chat.status.status.phase == "working")
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: desk.chat.reading.display)
        await desk.pilot.press("escape")
        await desk.answered()
        assert "stopped" in desk.shown("answer")[0]
        assert desk.chat.panel.documents, "it is still being read"


async def test_a_reader_that_counts_fast_does_not_hold_up_the_keys(path, monkeypatch):
    def read(_self, _path, _password, on_progress, _should_stop):
        for done in range(200_000):
            on_progress("read", done, 200_000)
        return BOOK

    monkeypatch.setattr(Conversation, "read_document", read)
    async with desk_of(app_with()) as desk:
        drawn = []
        monkeypatch.setattr(desk.chat.reading, "show_first", drawn.append)
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: desk.chat.panel.documents and desk.chat.panel.documents[0].document, seconds=30)
        assert len(drawn) < 100
        await asyncio.sleep(0)


@pytest.fixture
def held_reader(monkeypatch):
    """Reads until it is let go."""
    gate = threading.Event()

    def read(_self, _path, _password, _on_progress, should_stop):
        while not gate.wait(0.01):
            if should_stop():
                raise Stopped
        return BOOK

    monkeypatch.setattr(Conversation, "read_document", read)
    yield gate
    gate.set()


async def test_what_is_asked_of_a_document_waits_until_it_has_been_read(path, held_reader):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.send("/summarize")
        await desk.send("and what of it?")
        await desk.wait_until(lambda: len(desk.messages("question")) == 2)
        assert [message.footnote for message in desk.messages("question")] == ["waiting", "waiting"]
        assert not [request for request in sent_requests() if isinstance(request, Summarize | Chat)]
        held_reader.set()
        await desk.answered(2)
        summary, question = sent_requests()[-2:]
        assert isinstance(summary, Summarize)
        assert summary.paths == question.paths == (str(path),)


async def test_what_is_opened_later_is_neither_asked_about_nor_waited_for(path, tmp_path, monkeypatch):
    slow, gate = tmp_path / "slow.pdf", threading.Event()
    slow.write_bytes(b"%PDF-")

    def read(_self, opened, _password, _on_progress, should_stop):
        while opened == slow and not gate.wait(0.01) and not should_stop():
            pass
        return BOOK

    monkeypatch.setattr(Conversation, "read_document", read)
    rule = {"when": "", "text": lorem(60), "hold": 30}
    async with desk_of(app_with(rule)) as desk:
        await desk.send(f"/open {path}")
        await desk.send("first")
        await desk.send("second")
        await desk.wait_until(lambda: desk.chat.status.status.waiting == 1)
        await desk.send(f"/open {slow}")
        desk.release()
        await desk.answered(2)
        assert [request.paths for request in sent_requests()[-2:]] == [(str(path),)] * 2
        gate.set()


async def test_what_waits_for_a_document_can_be_taken_back_and_the_reading_stopped(path, held_reader):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.send("what is it?")
        await desk.wait_until(lambda: desk.messages("question"))
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.chat.composer.text == "what is it?")
        assert desk.chat.panel.documents.being_read
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: "left closed" in desk.everything)
        assert not held_reader.is_set()


async def test_a_summary_that_waited_for_a_document_that_was_not_read_says_that_none_is_open(path, held_reader):
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.send("/summarize")
        await desk.send("/close")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "There is no open document." in desk.shown("error")[0]


async def test_a_question_at_the_start_is_of_what_was_chosen_the_last_time(path, read, monkeypatch):
    async with desk_with(path) as desk:
        await choose(desk, "space", "enter")
        await desk.send("and?")
        await desk.answered()

    def slowly(*_arguments):
        time.sleep(0.5)
        return BOOK

    monkeypatch.setattr(Conversation, "read_document", slowly)
    async with desk_of(app_with(), size=WIDE_VIEW) as desk:
        await desk.send("and now?")
        await desk.wait_until(lambda: isinstance(sent_requests()[-1], Chat))
        assert sent_requests()[-1].chosen == ((str(path), "1", ""),)


# --- passwords --------------------------------------------------------------------------------------------------


async def test_each_document_has_its_password_a_wrong_one_says_why_and_escape_leaves_it_out(tmp_path, monkeypatch):
    secrets = {"a.pdf": "one", "b.pdf": "two", "c.pdf": "three"}

    def read(_self, path, password, _on_progress, _should_stop):
        if password != secrets[path.name]:
            raise EncryptedDocumentError("The password does not open it.", "Look at the keyboard.", path=path)
        return BOOK

    monkeypatch.setattr(Conversation, "read_document", read)
    paths = [tmp_path / name for name in secrets]
    for path in paths:
        path.write_bytes(b"%PDF-")
    async with desk_of(app_with()) as desk:
        for path, typed in zip(paths, ("one", "no", None), strict=True):
            await desk.send(f"/open {path}")
            await desk.wait_until(lambda: isinstance(desk.app.screen, PasswordScreen))
            if typed is None:
                await desk.pilot.press("escape")
            else:
                await desk.pilot.press(*typed, "enter")
            if typed == "no":
                await desk.wait_until(lambda: "The password does not open it. Look at" in desk.screen_text())
                await desk.pilot.press(*"two", "enter")
            await desk.wait_until(lambda: desk.app.screen is desk.chat and not desk.chat.panel.documents.being_read)
        request = await summary_request(desk)
        assert request.passwords == ((str(paths[0]), "one"), (str(paths[1]), "two"))
        assert request.paths == (str(paths[0]), str(paths[1]))


async def test_what_is_asked_meanwhile_waits_for_the_password(path, monkeypatch):
    def read(_self, path, password, _on_progress, _should_stop):
        if password != "one":
            raise EncryptedDocumentError("The password does not open it.", path=path)
        return BOOK

    monkeypatch.setattr(Conversation, "read_document", read)
    async with desk_of(app_with()) as desk:
        desk.chat.panel.open(path)
        await desk.chat.submit("/summarize")
        await desk.wait_until(lambda: isinstance(desk.app.screen, PasswordScreen))
        assert not desk.shown("error")
        await desk.pilot.press(*"one", "enter")
        await desk.answered()
        request = sent_requests()[-1]
        assert (request.paths, request.passwords) == ((str(path),), ((str(path), "one"),))


async def test_a_lock_that_no_password_opens_asks_for_none(path, monkeypatch):
    def read(*_arguments):
        raise LockedDocumentError("It is locked with a certificate.", "Print it.")

    monkeypatch.setattr(Conversation, "read_document", read)
    async with desk_of(app_with()) as desk:
        await desk.send(f"/open {path}")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "certificate" in desk.shown("error")[0]
        assert desk.app.screen is desk.chat
