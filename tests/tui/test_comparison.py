"""`/compare`: two texts as they are written, told apart only when they may be, and kept in the conversation."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from filelock import FileLock

from adapters.registry import journal
from assistant.config import data_dir
from assistant.errors import ConfigError
from assistant.i18n import set_language
from assistant.protocol import Cancel, Compare
from tests.adapters.test_registry import install
from tests.tui.desk import Desk, app_with, desk_of, sent_requests, settled
from tui import requests
from tui.completion import complete
from tui.open_documents import OpenDocuments
from tui.requests import Choice
from tui.screens.comparison import ComparisonScreen
from tui.widgets.job_line import JobLine

SIZES = {"80x24": (80, 24), "200x60": (200, 60), "40x12": (40, 12)}

LEFT = """\
## Light reactions

- Chlorophyll takes up **red and blue light**. [p. 1 ✔]
- The water of the leaf is split, and oxygen is set free with it. [p. 1 ≈]
"""
RIGHT = """\
## Light reactions

- In 1847 the leaf took up all the green. [p. 2 ✖ 1847]
- Light becomes sugar. [p. 1 ✔]
- Bees dance in the hive. [?]
"""


def claims(text: str) -> list[dict]:
    found, position = [], 0
    for line in text.splitlines(keepends=True):
        if line.startswith("- "):
            mark = line.index(" [")
            support = {"✔": "quoted", "≈": "supported", "✖": "unsupported"}.get(line[mark + 7 : mark + 8], "weak")
            place = {"start": position + 2, "mark": position + mark, "end": position + len(line) - 1}
            found.append({"text": line[2:mark], "support": support, "citations": [], "place": place})
        position += len(line)
    return found


def grades(quoted: int, supported: int, weak: int, unsupported: int) -> dict[str, int]:
    return {"quoted": quoted, "supported": supported, "weak": weak, "unsupported": unsupported}


def compared(*names: str, blind: bool = False, same: bool = False) -> dict:
    sides = [
        {"adapter": name, "summary": text, "claims": claims(text), "model": "scripted-135m"}
        for name, text in zip(names, (LEFT, RIGHT), strict=True)
    ]
    return {
        **{"task": "compare", "compared": "summarize", "question": "", "style": "brief", "blind": blind},
        **{"title": "notes", "documents": ["notes.md"], "language": "en", "model": "scripted-135m"},
        "sides": sides,
        "differences": {
            "grades": [grades(1, 1, 0, 0), grades(1, 0, 1, 1)],
            "words": [22, 18],
            "seconds": [12.4, 9.0],
            "kept": [False, False],
            "same": same,
        },
    }


def rule(*names: str, **more) -> dict:
    names = names or ("zebra", "base")
    return {
        "when": "Compare",
        "sides": [LEFT, RIGHT],
        "result": compared(*names, blind=more.pop("blind", False)),
        **more,
    }


@pytest.fixture(autouse=True)
def adapters(sunto_home):
    for name in ("zebra", "quokka"):
        install(name)


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes.md"
    path.write_text("The leaf takes up red light, and the water of the leaf is split.\n", encoding="utf-8")
    return path


async def begun(desk: Desk, notes, line: str) -> ComparisonScreen:
    desk.chat.panel.open(notes)
    await desk.wait_until(lambda: desk.shown("document"))
    await desk.send(line)
    await desk.wait_until(lambda: isinstance(desk.app.screen, ComparisonScreen))
    screen = desk.app.screen
    assert isinstance(screen, ComparisonScreen)
    return screen


def over(desk: Desk, screen: ComparisonScreen) -> bool:
    """It has ended, and the conversation has it too."""
    return screen._ended and not desk.chat.transcript.query(JobLine)


async def finished(desk: Desk, notes, line: str) -> ComparisonScreen:
    screen = await begun(desk, notes, line)
    await desk.wait_until(lambda: over(desk, screen))
    return screen


@asynccontextmanager
async def desk_with(*rules: dict, size=(110, 34)):
    async with desk_of(app_with(*rules), size) as desk:
        yield desk


# --- what is asked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "fields"),
    [
        ("zebra base", {"task": "summarize", "style": "", "blind": False}),
        ("zebra base outline 5 it", {"task": "summarize", "style": "outline", "bullets": 5, "language": "it"}),
        ("zebra base blind", {"task": "summarize", "blind": True}),
        ("zebra base descrivi cieco", {"task": "describe", "blind": True}),
        ("zebra base What is set free?", {"task": "ask", "question": "What is set free?"}),
        ("zebra base Why? blind", {"task": "ask", "question": "Why?", "blind": True}),
        ("zebra base blind Why is that?", {"task": "ask", "question": "Why is that?", "blind": True}),
        ("zebra base Blind fish see what?", {"task": "ask", "question": "Blind fish see what?", "blind": False}),
        ("zebra base name the parts of a leaf", {"task": "ask", "question": "name the parts of a leaf"}),
    ],
)
def test_what_follows_the_names_says_what_is_compared(tmp_path, argument, fields):
    from tui.open_documents import OpenDocument

    path = tmp_path / "a.md"
    path.write_text("A leaf.")
    request = requests.compare("1", argument, OpenDocuments([OpenDocument(path)]), Choice("starter", "quokka"))
    assert request.adapters == ("zebra", "base")
    assert (request.model, request.adapter, request.paths) == ("starter", "", (str(path),))
    assert {name: getattr(request, name) for name in fields} == fields


@pytest.mark.parametrize("rest", ["outlin", "brief outline", "quotes"])
def test_words_that_make_no_sense_are_said_so(tmp_path, rest):
    from tui.open_documents import OpenDocument

    path = tmp_path / "a.md"
    path.write_text("A leaf.")
    if rest == "brief outline":
        request = requests.compare("1", f"a b {rest}", OpenDocuments([OpenDocument(path)]), Choice())
        assert request.task == "ask", "two words that are no style are a question"
        return
    with pytest.raises(ConfigError):
        requests.compare("1", f"a b {rest}", OpenDocuments([OpenDocument(path)]), Choice())


async def test_adapters_that_cannot_be_compared_are_named_in_the_conversation(notes):
    async with desk_with() as desk:
        desk.chat.panel.open(notes)
        await desk.wait_until(lambda: desk.shown("document"))
        for number, line in enumerate(
            ("/compare", "/compare zebra", "/compare zebra zebra", "/compare zebra quoka"), 1
        ):
            await desk.send(line)
            await desk.wait_until(lambda number=number: len(desk.shown("error")) == number)
        assert not isinstance(desk.app.screen, ComparisonScreen)
        assert "quokka" in desk.shown("error")[-1]
        assert not any(isinstance(request, Compare) for request in sent_requests())


async def test_while_another_process_changes_the_adapters_the_app_goes_on(notes, monkeypatch):
    """It stood still until the other one had finished."""
    monkeypatch.setattr(journal, "LOCK_SECONDS", 5)
    async with desk_with(rule()) as desk:
        with FileLock(data_dir() / "adapters.lock"):
            opening = asyncio.create_task(begun(desk, notes, "/compare zebra base"))
            await asyncio.sleep(0.5)
        await opening
        assert desk.shown("error") == []


def test_names_come_first_and_then_what_is_compared():
    def labels(line: str) -> list[str]:
        return [completion.label for completion in complete(line, adapters=["quokka", "zebra"])]

    assert labels("/compare ") == ["quokka", "zebra", "base"]
    assert labels("/compare zebra ") == ["quokka", "base"]
    assert labels("/compare zebra base b") == ["brief", "blind"]
    assert labels("/compare zebra base Why b") == []


# --- what is seen -----------------------------------------------------------------------------------------------


async def test_each_text_stands_under_its_name_with_what_is_counted_of_it(notes):
    async with desk_with(rule()) as desk:
        await finished(desk, notes, "/compare zebra base")
        text = desk.screen_text()
        assert text.index("1 · zebra") < text.index("2 · base (no adapter)")
        assert "✔ 1 · ≈ 1 · ? 0 · ✖ 0 · 22 words · 12 s" in text
        assert "✔ 1 · ≈ 0 · ? 1 · ✖ 1 · 18 words · 9.0 s" in text
        assert "checked by wording" in text


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_both_are_on_every_terminal(notes, size):
    async with desk_with(rule(), size=size) as desk:
        screen = await finished(desk, notes, "/compare zebra base")
        one, two = (side.region for side in screen._sides)
        assert (one.y < two.y and one.x == two.x) if size[0] <= 80 else (one.x < two.x and one.y == two.y)
        assert all(side.body.size.height >= 1 for side in screen._sides)


async def test_a_text_is_seen_while_it_is_written(notes):
    async with desk_with(rule(hold=14)) as desk:
        screen = await begun(desk, notes, "/compare zebra base")
        await desk.wait_until(lambda: "Chlorophyll" in desk.screen_text())
        assert "1847" not in desk.screen_text()
        desk.release()
        await desk.wait_until(lambda: over(desk, screen))
        assert "1847" in desk.screen_text()


async def test_a_text_that_is_begun_again_leaves_the_other_as_it_is(notes):
    async with desk_with(rule(then="reset")) as desk:
        screen = await finished(desk, notes, "/compare zebra base")
        assert [side.source for side in screen._sides] == [LEFT, RIGHT]


async def test_tab_moves_between_the_texts_and_c_copies_the_one_it_is_on(notes):
    async with desk_with(rule()) as desk:
        screen = await finished(desk, notes, "/compare zebra base")
        assert screen._sides[0].body.has_focus
        await desk.pilot.press("tab")
        assert screen._sides[1].body.has_focus
        await desk.pilot.press("c")
        assert desk.app.clipboard == RIGHT
        await desk.pilot.press("tab", "c")
        assert desk.app.clipboard == LEFT


# --- blind ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "words"), [("1", "1 better: zebra"), ("2", "2 better: base"), ("0", "neither")])
async def test_the_names_are_shown_when_a_choice_is_made(notes, key, words):
    async with desk_with(rule(blind=True, hold=14)) as desk:
        screen = await begun(desk, notes, "/compare base zebra blind")
        await desk.pilot.press("1")  # too early
        desk.release()
        await desk.wait_until(lambda: over(desk, screen))
        shown = desk.screen_text().replace("/compare base zebra blind", "")
        assert "zebra" not in shown
        assert "base" not in shown
        await desk.pilot.press(key)
        assert words in desk.screen_text()
        assert "1 · zebra" in desk.screen_text()
        await desk.pilot.press("1", "2", "escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        assert words in desk.everything
        kept = desk.chat.conversation.messages[-1]
        assert words in kept.details["footnote"]
        assert words in kept.details["result"]["answer"]


# --- what stays -------------------------------------------------------------------------------------------------


async def test_the_conversation_keeps_both_texts_and_the_places_of_their_claims(notes):
    async with desk_with(rule()) as desk:
        await finished(desk, notes, "/compare zebra base")
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        answer = desk.messages("answer")[-1]
        assert "1 · zebra" in answer.text
        assert "1847" in answer.text
        assert len(answer.claims) == 5
        await desk.pilot.press("f6")
        assert answer.has_focus
    async with desk_with() as desk:
        await desk.wait_until(lambda: "1 · zebra" in desk.everything)


async def test_escape_stops_it_and_then_goes_back_with_what_was_written(notes):
    async with desk_with(rule(hold=14)) as desk:
        screen = await begun(desk, notes, "/compare zebra base")
        await desk.wait_until(lambda: "Chlorophyll" in desk.screen_text())
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: over(desk, screen))
        assert isinstance(desk.app.screen, ComparisonScreen)
        assert "stopped" in desk.screen_text()
        assert any(isinstance(request, Cancel) for request in sent_requests())
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        assert "Chlorophyll" in desk.shown("answer")[-1]


async def test_what_fails_between_the_texts_is_said_and_the_first_stays(notes):
    async with desk_with(rule(then="fail")) as desk:
        await finished(desk, notes, "/compare zebra base")
        assert "It was scripted to fail." in desk.screen_text()
        assert "Chlorophyll" in desk.screen_text()


async def test_one_that_waits_for_another_answer_can_be_left_without_stopping_that(notes):
    async with desk_with({"when": "leaf", "text": "one two three four", "hold": 2}, rule()) as desk:
        await desk.send("What is a leaf?")
        await desk.wait_until(lambda: desk.chat._turns.running)
        await begun(desk, notes, "/compare zebra base")
        assert "Waiting" in desk.screen_text()
        await desk.pilot.press("escape")
        await desk.wait_until(lambda: desk.app.screen is desk.chat)
        desk.release()
        await desk.answered(2)
        assert not any(isinstance(request, Cancel) for request in sent_requests())
        assert "1847" in desk.shown("answer")[-1]


async def test_what_a_model_writes_cannot_act_on_the_terminal(notes):
    evil = rule()
    evil["sides"] = ["\x1b[2Jboo", "[bold red]text[/]"]
    for side, text in zip(evil["result"]["sides"], evil["sides"], strict=True):
        side.update(summary=text, claims=[])
    async with desk_with(evil) as desk:
        await finished(desk, notes, "/compare zebra base")
        assert "\x1b" not in desk.screen_text()
        assert "[bold red]text[/]" in desk.screen_text()
        await desk.pilot.press("c")
        assert "\x1b" not in desk.app.clipboard


def test_the_result_of_a_comparison_survives_the_library(notes):
    json.dumps(compared("zebra", "base"))


# --- how it looks -----------------------------------------------------------------------------------------------


def looks(snap_compare, notes, line: str, script: dict, *keys: str, size: str, until=None):
    app = app_with(script)

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        screen = await begun(desk, notes, line)
        await desk.wait_until(lambda: over(desk, screen) if until is None else until in desk.screen_text())
        await pilot.press(*keys)
        await pilot.pause()

    return snap_compare(app, terminal_size=SIZES[size], run_before=before)


@pytest.mark.parametrize("size", SIZES)
def test_two_finished_texts(snap_compare, notes, size):
    assert looks(snap_compare, notes, "/compare zebra base", rule(), size=size)


@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_the_second_text_being_written(snap_compare, notes, size):
    script = rule(blind=True, hold=40)
    assert looks(snap_compare, notes, "/compare zebra base blind", script, size=size, until="1847 the leaf")


@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_a_blind_choice_is_asked_for(snap_compare, notes, size):
    assert looks(snap_compare, notes, "/compare zebra base blind", rule(blind=True), "tab", size=size)


def test_the_names_after_a_blind_choice(snap_compare, notes):
    assert looks(snap_compare, notes, "/compare zebra base blind", rule(blind=True), "2", size="200x60")


@pytest.fixture
def italian(monkeypatch):
    monkeypatch.setenv("SUNTO_LANG", "it")
    set_language("it")
    yield
    set_language("en")


@pytest.mark.usefixtures("italian")
@pytest.mark.parametrize("size", ["80x24", "200x60"])
def test_a_comparison_in_italian(snap_compare, notes, size):
    assert looks(snap_compare, notes, "/compare zebra base cieco", rule(blind=True), size=size)
