"""How it looks. `pytest tests/tui/test_snapshots.py --snapshot-update` draws the pictures anew; look at them then."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from assistant.documents.model import Document, Page, Section
from assistant.i18n import _, set_language
from assistant.library import Library
from tests.tui.adapters_kept import OTHER_BASE, keep_adapter, keep_base, keep_version
from tests.tui.cited import citation, cited
from tests.tui.desk import SMALL, WIDE, Desk, app_with, settled
from tui.conversation import Conversation
from tui.screens.adapters import AdaptersScreen
from tui.screens.asking import ChoiceScreen
from tui.screens.document import DocumentScreen
from tui.screens.help import HelpScreen

ANSWER = """\
## What the leaf does

Chlorophyll takes up **red and blue light** and gives back the green. [p. 1]

1. Light splits water into oxygen and hydrogen. [p. 1]
2. The Calvin cycle builds sugar from `CO2`. [p. 2?]

| stage | where |
|---|---|
| light reactions | thylakoid |
| Calvin cycle | stroma |

> Six molecules of water go in for one of sugar. [?]
"""

TERMINAL = (80, 24)

NOTES = """\
---
title: Photosynthesis
---
# Light reactions

The leaves of plants turn the light of the sun into sugar and oxygen, and that is what we live on.

# The Calvin cycle

The cycle is in the stroma of the chloroplast and it is where the sugar of the plant is made.
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "biology notes.md"
    path.write_text(NOTES, encoding="utf-8")
    return path


async def conversation(desk: Desk, notes: Path) -> None:
    await desk.send(f"/open {notes}")
    await desk.wait_until(lambda: desk.shown("document"))
    await desk.send("What does the leaf do?")
    await desk.answered()
    await desk.send("/sumarize")
    await desk.wait_until(lambda: desk.shown("error"))


def answering():
    return app_with({"when": "leaf", "text": ANSWER})


def test_the_first_screen(snap_compare):
    app = app_with()

    async def before(pilot):
        await settled(Desk(app, pilot))
        await pilot.pause()

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_a_conversation_about_a_document(snap_compare, notes):
    app = answering()

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await conversation(desk, notes)

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_a_conversation_on_the_smallest_terminal(snap_compare, notes):
    app = answering()

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await conversation(desk, notes)

    assert snap_compare(app, terminal_size=SMALL, run_before=before)


def test_the_commands_that_a_slash_offers(snap_compare):
    app = app_with()

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await pilot.press("slash")
        await desk.wait_until(lambda: desk.chat.completions.display)
        await pilot.press("down")

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_help(snap_compare):
    app = app_with()

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await pilot.press("f1")
        await desk.wait_until(lambda: isinstance(app.screen, HelpScreen))

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


# --- where claims come from -------------------------------------------------------------------------------------

LEAF = "The leaf takes up red light.\nIt gives back the green, and oxygen with it.\n"


def checked(snap_compare, monkeypatch, tmp_path, *keys, size=WIDE):
    """An answer with claims about a book of eight pages, after these keys."""
    pages = tuple(Page(number, str(number), LEAF * 4, "pdfium", language="en") for number in range(1, 9))
    book = Document(str(tmp_path / "leaf.pdf"), "leaf.pdf", "Botany", pages, language="en")
    monkeypatch.setattr(Conversation, "read_document", lambda *_arguments: book)
    (tmp_path / "leaf.pdf").write_bytes(b"%PDF-")

    def at(page: int, quote: str) -> dict:
        # Without the path, whose folder has another name each time.
        return {**citation(tmp_path / "leaf.pdf", page, LEAF * 4, quote), "path": ""}

    skipped = [{"page": 3, "reason": "scanned"}, {"page": 4, "reason": "scanned"}, {"page": 8, "reason": "not chosen"}]
    coverage = {"pages_total": 8, "pages_used": [1, 2, 5, 6, 7], "pages_skipped": skipped}
    rule = cited(
        ("- The leaf takes up **red** light.", "p. 1 ✔", {"support": "quoted", "citations": [at(1, "red light")]}),
        (
            "- In 1847 it gave back all the green.",
            "p. 2 ✖⚠ 1847",
            {
                "support": "unsupported",
                "citations": [at(2, "It gives back the green"), at(1, "the green")],
                "missing": ["1847"],
                "warnings": ["modality"],
            },
        ),
        ("- Bees dance in the hive.", "?", {"support": "weak"}),
    )
    rule["result"].update(summary=rule["text"], coverage=coverage)
    app = app_with({"when": "Summarize", **rule})

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        desk.chat.panel.open(tmp_path / "leaf.pdf")
        await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("/summarize outline")
        await desk.answered()
        await pilot.press(*keys)
        if "enter" in keys:
            await desk.wait_until(lambda: isinstance(app.screen, DocumentScreen))
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=before)


def test_a_claim_that_stands_out_and_the_bar_of_pages(snap_compare, monkeypatch, tmp_path):
    assert checked(snap_compare, monkeypatch, tmp_path, "f6", "down")


def test_a_claim_that_stands_out_on_the_smallest_terminal(snap_compare, monkeypatch, tmp_path):
    assert checked(snap_compare, monkeypatch, tmp_path, "f6", "down", size=SMALL)


def test_the_page_that_a_claim_comes_from(snap_compare, monkeypatch, tmp_path):
    assert checked(snap_compare, monkeypatch, tmp_path, "f6", "down", "enter", size=TERMINAL)


@pytest.mark.usefixtures("italian")
@pytest.mark.parametrize("keys", [("f6", "down"), ("f6", "down", "enter")], ids=["claim", "page"])
def test_a_claim_and_its_page_in_italian(snap_compare, monkeypatch, tmp_path, keys):
    assert checked(snap_compare, monkeypatch, tmp_path, *keys, size=(80, 24))


# --- a document, page by page -----------------------------------------------------------------------------------

LIGHT = "Nelle foglie la luce diventa zucchero e l'acqua libera l'ossigeno che respiriamo.\n\n"
BOOK = Document(
    "/home/anna/fisica.pdf",
    "fisica.pdf",
    "Fisica generale",
    (
        Page(1, "i", LIGHT * 2, "pdfium", language="it"),
        Page(2, "ii", "", "none", ("failed",)),
        Page(3, "1", "1 La luce\n\n" + LIGHT * 12, "pdfium", language="it", head="Fisica generale"),
        Page(4, "2", LIGHT * 3, "geometry", ("formula-heavy",), "row-by-row", "it", "1 La luce"),
        *(Page(number, str(number - 2), LIGHT, "pdfium", language="it") for number in range(5, 40)),
    ),
    (
        Section("Prefazione", 1, 1),
        Section("1 La luce", 1, 3),
        Section("1.1 Le lenti", 2, 9),
        Section("2 Il calore", 1, 15),
        Section("3 Il suono", 1, 27),
    ),
    "it",
    ("Page 2 was left out: it could not be read.",),
)
BIG = (200, 60)


def looks(snap_compare, monkeypatch, tmp_path, size, *keys, find=""):
    """The app with `BOOK` open, after these keys."""
    monkeypatch.setattr(Conversation, "read_document", lambda *_arguments: BOOK)
    path = tmp_path / "fisica.pdf"
    path.write_bytes(b"%PDF-")
    app = app_with()

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        desk.chat.panel.open(path)
        await desk.wait_until(lambda: desk.shown("document"))
        await pilot.press(*keys)
        if find:
            app.focused.cursor_blink = False
            app.focused.value = find
            await pilot.press("enter")
            await desk.wait_until(lambda: " of " in str(app.screen.query("FindBar Static").first().content))
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [TERMINAL, BIG], ids=["80x24", "200x60"])
def test_what_became_of_a_document(snap_compare, monkeypatch, tmp_path, size):
    assert looks(snap_compare, monkeypatch, tmp_path, size, "f3")


@pytest.mark.parametrize("size", [TERMINAL, BIG], ids=["80x24", "200x60"])
def test_a_page_with_its_warning(snap_compare, monkeypatch, tmp_path, size):
    assert looks(snap_compare, monkeypatch, tmp_path, size, "f3", *["down"] * 4)


def test_a_page_on_the_smallest_terminal(snap_compare, monkeypatch, tmp_path):
    assert looks(snap_compare, monkeypatch, tmp_path, SMALL, "f3", *["down"] * 4)


def test_words_found_in_a_page(snap_compare, monkeypatch, tmp_path):
    keys = ("f3", "down", "down", "down", "slash")
    assert looks(snap_compare, monkeypatch, tmp_path, TERMINAL, *keys, find="ACQUA")


@pytest.mark.parametrize("size", [TERMINAL, BIG], ids=["80x24", "200x60"])
def test_chapters_being_ticked(snap_compare, monkeypatch, tmp_path, size):
    assert looks(snap_compare, monkeypatch, tmp_path, size, "f4", "space", "down", "down", "space")


def test_chapters_that_were_chosen(snap_compare, monkeypatch, tmp_path):
    assert looks(snap_compare, monkeypatch, tmp_path, WIDE, "f4", "down", "space", "enter")


def test_the_keys_of_the_view(snap_compare, monkeypatch, tmp_path):
    assert looks(snap_compare, monkeypatch, tmp_path, TERMINAL, "f3", "f1")


@pytest.fixture
def italian(monkeypatch):
    monkeypatch.setenv("SUNTO_LANG", "it")
    set_language("it")
    yield
    set_language("en")


@pytest.mark.usefixtures("italian")
@pytest.mark.parametrize("keys", [("f3", *["down"] * 4), ("f4", "space")], ids=["page", "chapters"])
def test_the_view_and_the_choice_in_italian(snap_compare, monkeypatch, tmp_path, keys):
    assert looks(snap_compare, monkeypatch, tmp_path, TERMINAL, *keys)


# --- adapters ---------------------------------------------------------------------------------------------------


def adapters(snap_compare, monkeypatch, home, tmp_path, size, *keys, command="/adapters biology"):
    """The screen of adapters with three of them, after these keys."""
    keep_base(home)
    keep_adapter(
        home,
        "biology",
        subject="Biologia",
        created="2026-10-01T10:00:00+00:00",
        version=3,
        size=4_200_000,
        data={"file": "appunti di biologia.jsonl", "examples": 120},
        training={"steps": 45, "epochs": 3, "learning_rate": 1e-4},
        scores={"on_training_data": {"first_loss": 3.1, "last_loss": 1.25}, "chrF": 0.4237},
        language=["it"],
    )
    keep_version(home, "biology", 2, created="2026-09-14T10:00:00+00:00")
    keep_version(home, "biology", 1, created="2026-09-01T10:00:00+00:00")
    keep_adapter(home, "diritto-privato-2026", kind="alora", subject="Diritto privato", size=8_000_000)
    keep_adapter(home, "unsloth-checkpoint-500-rank-patterns", OTHER_BASE, size=66_000_000)
    path = tmp_path / "foglie.md"
    path.write_text(NOTES, encoding="utf-8")
    with Library() as library:
        library.add_document(path, subject="Biologia")
        library.set_subject_adapter("Biologia", "biology")
    monkeypatch.chdir(tmp_path)
    app = app_with(real=True)

    async def before(pilot):
        desk = Desk(app, pilot)
        await settled(desk)
        await desk.wait_until(lambda: desk.chat.base_in_use)
        await desk.send("/open foglie.md")
        await desk.wait_until(lambda: _("(subject)") in desk.screen_text())
        await desk.send(command)
        if command.startswith("/adapters"):
            await desk.wait_until(lambda: isinstance(app.screen, AdaptersScreen) and app.screen.rows)
        else:
            await desk.wait_until(lambda: isinstance(app.screen, ChoiceScreen))
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [TERMINAL, WIDE, BIG], ids=["80x24", "110x34", "200x60"])
def test_the_adapters(snap_compare, monkeypatch, sunto_home, tmp_path, size):
    assert adapters(snap_compare, monkeypatch, sunto_home, tmp_path, size)


def test_the_adapters_on_the_smallest_terminal(snap_compare, monkeypatch, sunto_home, tmp_path):
    assert adapters(snap_compare, monkeypatch, sunto_home, tmp_path, SMALL)


def test_an_adapter_for_another_base(snap_compare, monkeypatch, sunto_home, tmp_path):
    assert adapters(snap_compare, monkeypatch, sunto_home, tmp_path, TERMINAL, "end")


@pytest.mark.parametrize("size", [SMALL, TERMINAL, WIDE], ids=["40x12", "80x24", "110x34"])
def test_who_answers_is_chosen(snap_compare, monkeypatch, sunto_home, tmp_path, size):
    assert adapters(snap_compare, monkeypatch, sunto_home, tmp_path, size, command="/adapter")


@pytest.mark.parametrize("key", ["x", "b", "s", "r", "question_mark"])
def test_what_the_screen_of_adapters_asks(snap_compare, monkeypatch, sunto_home, tmp_path, key):
    assert adapters(snap_compare, monkeypatch, sunto_home, tmp_path, TERMINAL, key)


@pytest.mark.usefixtures("italian")
@pytest.mark.parametrize(("size", "key"), [(TERMINAL, ()), (TERMINAL, ("x",)), (WIDE, ())], ids=["list", "x", "wide"])
def test_the_adapters_in_italian(snap_compare, monkeypatch, sunto_home, tmp_path, size, key):
    assert adapters(snap_compare, monkeypatch, sunto_home, tmp_path, size, *key)
