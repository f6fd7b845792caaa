"""How it looks. `pytest tests/tui/test_snapshots.py --snapshot-update` draws the pictures anew; look at them then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.desk import SMALL, WIDE, Desk, app_with, settled
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
