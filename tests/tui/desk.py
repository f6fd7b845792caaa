"""The app on a pretended terminal, with a scripted model process behind it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from assistant.config import data_dir
from assistant.protocol import decode
from tui.app import SuntoApp
from tui.widgets.frozen_message import FrozenMessage

SCRIPTED_PROCESS = Path(__file__).parent / "scripted_process.py"
WIDE = (110, 34)
SMALL = (40, 12)


def app_with(*rules: dict[str, Any], **script: Any) -> SuntoApp:
    """An app whose model process follows these rules (see `scripted_process`)."""
    home = data_dir()
    path = home / "script.json"
    content = {
        "rules": list(rules),
        "requests_file": str(home / "requests.jsonl"),
        "gate": str(home / "gate"),
        **script,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    app = SuntoApp(model_command=[sys.executable, str(SCRIPTED_PROCESS), str(path)])
    app.animation_level = "none"
    return app


class Desk:
    """What a person sees and does."""

    def __init__(self, app: SuntoApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.chat = app.chat

    async def wait_until(self, true: Callable[[], Any], seconds: float = 10) -> None:
        """One `pilot.pause()` is not enough when another process has a say."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def send(self, text: str) -> None:
        """Type a line and press Enter; typed at one go, since each pressed key waits for a quiet process."""
        self.chat.composer.write(text)
        await self.pilot.pause()
        self.chat.completions.offer(())
        await self.pilot.press("enter")

    def release(self) -> None:
        """Let the scripted process go on where its rule made it `hold`."""
        (data_dir() / "gate").touch()

    async def answered(self, count: int = 1) -> None:
        await self.wait_until(lambda: len(self.shown("answer")) >= count)

    def shown(self, kind: str) -> list[str]:
        """The texts of the frozen messages of that kind, in order."""
        return [message.text for message in self.messages(kind)]

    def messages(self, kind: str) -> list[FrozenMessage]:
        return [message for message in self.chat.query(FrozenMessage) if message.kind == kind]

    @property
    def everything(self) -> str:
        return "\n".join(message.text for message in self.chat.query(FrozenMessage))

    def screen_text(self) -> str:
        """The screen as characters, a line a row."""
        return "\n".join(
            "".join(segment.text for segment in line) for line in self.app.screen._compositor.render_strips()
        )


async def settled(desk: Desk) -> None:
    """The last conversation is back and the model process listens."""
    desk.chat.composer.cursor_blink = False
    await desk.wait_until(
        lambda: desk.chat._typed_early is None and desk.app.client.running and desk.chat.status.status.phase == "idle"
    )


@asynccontextmanager
async def desk_of(app: SuntoApp, size: tuple[int, int] = WIDE) -> AsyncIterator[Desk]:
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot)
        await settled(desk)
        yield desk


def sent_requests() -> list[Any]:
    """What reached the model process so far."""
    path = data_dir() / "requests.jsonl"
    return [decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def lorem(words: int) -> str:
    return " ".join(f"word{number}" for number in range(words))
