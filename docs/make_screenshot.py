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
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPTED_PROCESS = ROOT / "tests" / "tui" / "scripted_process.py"
DOCUMENT = ROOT / "sample_docs" / "photosynthesis.pdf"
SIZE = (112, 36)
"""Columns and rows."""

SCRIPT = {
    "rules": [
        {
            "when": "Summarize",
            "text": "Photosynthesis turns **light** into chemical energy in two linked stages. [p. 1]\n\n"
            "- The *light reactions* split water in the thylakoids and release oxygen. [p. 1]\n"
            "- The *Calvin cycle* uses that energy to build sugar from carbon dioxide. [p. 1]\n",
        },
        {
            "when": "oxygen",
            "text": "From **water**: the light reactions split it, and oxygen is what is left over. [p. 1]",
        },
    ]
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", action="store_true", help="ask the real model")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "screenshot.svg")
    parser.add_argument("--timeout", type=float, default=600, help="longest wait for an answer, in seconds")
    options = parser.parse_args()
    os.environ.setdefault("SUNTO_LANG", "en")
    if options.real:
        picture = asyncio.run(draw(None, options.timeout))
    else:
        with tempfile.TemporaryDirectory() as home:
            os.environ["SUNTO_HOME"] = home
            script = Path(home) / "script.json"
            script.write_text(json.dumps(SCRIPT), encoding="utf-8")
            picture = asyncio.run(draw([sys.executable, str(SCRIPTED_PROCESS), str(script)], options.timeout))
    options.output.write_text(picture, encoding="utf-8")
    print(f"Wrote {options.output}", file=sys.stderr)  # noqa: T201


async def draw(model_command: list[str] | None, timeout: float) -> str:
    from tui.app import SuntoApp
    from tui.widgets.frozen_message import FrozenMessage

    app = SuntoApp(model_command=model_command)
    async with app.run_test(size=SIZE) as pilot:

        def frozen(kind: str) -> int:
            return sum(message.kind == kind for message in app.chat.query(FrozenMessage))

        async def wait_for(true: Callable[[], bool]) -> None:
            async with asyncio.timeout(timeout):
                while not true():
                    await pilot.pause(0.05)

        app.chat.composer.cursor_blink = False
        app.chat.call_later(app.chat.submit, "/new")
        await wait_for(lambda: app.chat.status.status.phase == "idle")
        app.chat.call_later(app.chat.submit, f"/open {DOCUMENT}")
        await wait_for(lambda: frozen("document") == 1)
        for number, text in enumerate(("/summarize brief", "Where does the oxygen come from?"), start=1):
            app.chat.call_later(app.chat.submit, text)
            await wait_for(lambda number=number: frozen("answer") + frozen("error") >= number)
        await pilot.pause(0.2)
        return app.export_screenshot(title="Sunto")


if __name__ == "__main__":
    main()
