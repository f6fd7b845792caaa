"""Draws `docs/screenshot.svg`, the picture in the README, from the running app.

python docs/make_screenshot.py --real      with the real model process and the models in SUNTO_HOME
python docs/make_screenshot.py             with a scripted answer, for looking at the layout
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.claims import AnswerClaim

ROOT = Path(__file__).parent.parent
SCRIPTED_PROCESS = ROOT / "tests" / "tui" / "scripted_process.py"
DOCUMENT = ROOT / "sample_docs" / "photosynthesis.pdf"
SIZE = (112, 40)
"""Columns and rows."""

CHAPTERS = "1-6"
"""Not the last one, so that there is a page to be left out."""
SUMMARY = """\
## What photosynthesis is

- Photosynthesis turns the energy of light into chemical energy stored in sugars.
- It takes in carbon dioxide from the air and water from the soil, and it releases oxygen.
- The second stage needs light directly.

## Where it happens

- A typical leaf cell holds between 20 and 300 chloroplasts.
- Each chloroplast is wrapped in two membranes and filled with a fluid called the stroma.

## The Calvin cycle

- Rubisco joins one molecule of carbon dioxide to a sugar with five carbon atoms.
- Plants produce a great deal of rubisco, because it is slow.
"""
"""What the scripted process says; how far the document supports it, and where, is looked up as for any model."""


def script() -> dict[str, Any]:
    from assistant.cited_text import CitedText, page_mark
    from assistant.coverage import coverage
    from assistant.documents import load_document
    from assistant.grounding import Passages

    document = load_document(DOCUMENT)
    shown = CitedText(Passages([document]).cite, partial(page_mark, several_documents=False))
    text = shown.feed(SUMMARY) + shown.finish()
    used = frozenset((document.path, number) for number in (1, 2))
    result = {
        "summary": text,
        "claims": [claim.as_json() for claim in shown.claims],
        "coverage": coverage([document], used, {document.path: (1, 2)}),
    }
    return {"rules": [{"when": "Summarize", "text": text, "result": result}]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", action="store_true", help="ask the real model")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "screenshot.svg")
    parser.add_argument("--timeout", type=float, default=600, help="longest wait for the summary, in seconds")
    options = parser.parse_args()
    os.environ.setdefault("SUNTO_LANG", "en")
    if options.real:
        picture = asyncio.run(draw(None, options.timeout))
    else:
        with tempfile.TemporaryDirectory() as home:
            os.environ["SUNTO_HOME"] = home
            rules = Path(home) / "script.json"
            rules.write_text(json.dumps(script()), encoding="utf-8")
            picture = asyncio.run(draw([sys.executable, str(SCRIPTED_PROCESS), str(rules)], options.timeout))
    options.output.write_text(picture, encoding="utf-8")
    print(f"Wrote {options.output}", file=sys.stderr)  # noqa: T201


async def draw(model_command: list[str] | None, timeout: float) -> str:
    from tui.app import SuntoApp
    from tui.widgets.cited_answer import CitedAnswer
    from tui.widgets.frozen_message import FrozenMessage

    app = SuntoApp(model_command=model_command)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:

        def frozen(*kinds: str) -> int:
            return sum(message.kind in kinds for message in app.chat.query(FrozenMessage))

        async def wait_for(true: Callable[[], bool]) -> None:
            async with asyncio.timeout(timeout):
                while not true():
                    await pilot.pause(0.05)

        app.chat.composer.cursor_blink = False
        app.chat.call_later(app.chat.submit, "/new")
        await wait_for(lambda: app.chat.status.status.phase == "idle")
        app.chat.call_later(app.chat.submit, f"/open {DOCUMENT}")
        await wait_for(lambda: frozen("document") == 1)
        app.chat.call_later(app.chat.submit, f"/chapters {CHAPTERS}")
        app.chat.call_later(app.chat.submit, "/summarize outline")
        await wait_for(lambda: frozen("answer", "error") >= 1)
        await pilot.press("f6")
        answer = app.chat.query_one(CitedAnswer)
        for _step in range(doubtful(answer.claims)):
            answer.action_walk(1)
        await pilot.pause(0.2)
        end = answer.virtual_region.bottom - app.chat.transcript.size.height
        app.chat.transcript.scroll_to(y=end, animate=False)
        await pilot.pause(0.2)
        return app.export_screenshot(title="Sunto")


def doubtful(claims: Sequence[AnswerClaim]) -> int:
    """The last claim that the document does not support, else the last one."""
    wrong = [number for number, claim in enumerate(claims) if claim.support == "unsupported"]
    return wrong[-1] if wrong else len(claims) - 1


if __name__ == "__main__":
    main()
