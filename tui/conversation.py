"""The conversation on the screen, and its copy in the library.

Every write goes through one thread, in order, so the screen never waits for a disk and no answer overtakes its
question. When the library cannot be written (a full disk, a read-only folder), the conversation goes on in memory
and the person is told once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.errors import LibraryError, SuntoError

if TYPE_CHECKING:
    from assistant.config import Settings
    from assistant.documents.model import Document
    from assistant.generation import ShouldStop
    from assistant.library import Library, State
    from assistant.library.subjects import SubjectRecord

T = TypeVar("T")
OnProgress = Callable[[str, int, int], None]
"""Of reading: (stage, done, total), see `Progress`."""

COMPARISON = "/compare"
"""What the question that a comparison answers begins with, whatever was typed for it."""
EXCHANGE_MESSAGES = 40
"""Messages that go along with a question; the model process leaves out what does not fit its context window."""


@dataclass
class Message:
    """One message, as it was last saved."""

    role: str
    content: str
    state: State = "done"
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    id: int | None = None
    """None until it is in the library."""


class Conversation:
    def __init__(self, settings: Settings, on_trouble: Callable[[SuntoError], None]) -> None:
        self.messages: list[Message] = []
        self.choices: dict[str, tuple[str, str]] = {}
        """By path, the (chapters, pages) of each document of which not all is read."""
        self._settings = settings
        self._on_trouble = on_trouble
        self._id: int | None = None
        self._library: Library | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="library")

    async def restore(self) -> list[str]:
        """Take up the latest conversation. Returns the paths of its documents."""
        return await self._in_thread(self._restore, otherwise=[])

    def begin_new(self) -> None:
        """Leave this conversation as it is; the next message begins another."""
        self.messages = []
        self.choices = {}
        self._id = None

    async def add(self, role: str, content: str, state: State = "done", **details: Any) -> Message:
        message = Message(role, content, state, details)
        self.messages.append(message)
        await self._in_thread(self._add, message, otherwise=None)
        return message

    async def update(self, message: Message, content: str, state: State, **details: Any) -> None:
        message.content, message.state, message.details = content, state, details
        await self._in_thread(self._update, message, otherwise=None)

    async def attach(self, path: Path) -> None:
        await self._in_thread(self._attach, path, otherwise=None)

    async def choose(self, path: Path, chapters: str, pages: str) -> None:
        """Keep what of a document is read from now on."""
        choice = (chapters, pages)
        if self.choices.get(str(path), ("", "")) != choice:
            self.choices[str(path)] = choice
            await self._in_thread(self._choose, path, chapters, pages, otherwise=None)

    async def detach(self, path: Path) -> None:
        self.choices.pop(str(path), None)
        await self._in_thread(self._detach, path, otherwise=None)

    def exchange(self) -> tuple[tuple[str, str], ...]:
        """What was said so far, as a question's context: questions that got no answer are left out, and comparisons.

        Those are two texts with what was counted of them: a model that reads them goes on writing titles and counts.
        """
        said: list[tuple[str, str]] = []
        for message in self.messages:
            if message.role == "assistant" and said and message.content.strip():
                if not said[-1][1].startswith(COMPARISON):
                    said.append((message.role, message.content))
            elif message.role == "user":
                if said and said[-1][0] == "user":
                    said.pop()
                said.append((message.role, message.content))
        return tuple(said[-EXCHANGE_MESSAGES:])

    def read_document(self, path: Path, password: str, on_progress: OnProgress, should_stop: ShouldStop) -> Document:
        """Read a file through the library's cache. Slow: for a thread of its own."""
        from assistant.documents.ocr.options import Recognition

        try:
            reader = self._thread.submit(self._open).result().open_document
        except LibraryError:  # told when the conversation was restored; a document can be read all the same
            from assistant.documents import load_document

            reader = load_document
        return reader(
            path,
            password=password,
            on_page=lambda done, total: on_progress("read", done, total),
            recognition=Recognition(
                self._settings.ocr,
                self._settings.tesseract,
                lambda done, total: on_progress("ocr", done, total),
            ),
            should_stop=should_stop,
        )

    def kept_document(self, path: Path) -> Document | None:
        """What that file was read as the last time, from the library. For a thread of its own."""
        try:
            return self._thread.submit(self._open).result().kept_document(path)
        except LibraryError:  # told when the conversation was restored
            return None

    async def adapter_of(self, paths: Sequence[Path]) -> str:
        """The one that the subjects of all these files have; empty for none."""
        if not paths:
            return ""
        return await self._in_thread(lambda: self._adapter_of(paths), otherwise="")

    def _adapter_of(self, paths: Sequence[Path]) -> str:
        from assistant.library.subjects import common_adapter

        return common_adapter(self._open().subjects_of(paths))

    async def subjects(self) -> list[SubjectRecord]:
        return await self._in_thread(lambda: self._open().subjects(), otherwise=[])

    async def close(self) -> None:
        """Wait for what is being written."""
        if self._library is not None:
            await self._in_thread(self._library.close, otherwise=None)
        self._thread.shutdown(wait=False)

    # --- in the library's thread --------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[..., T], *arguments: object, otherwise: T) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        except SuntoError as error:
            self._on_trouble(error)
            return otherwise

    def _open(self) -> Library:
        if self._library is None:
            from assistant.library import Library  # deferred: the first screen does without it

            self._library = Library()
        return self._library

    def _restore(self) -> list[str]:
        library = self._open()
        self._id = library.latest_conversation()
        if self._id is None:
            return []
        self.messages = [
            Message(record.role, record.content, record.state, record.details, record.id)
            for record in library.messages(self._id)
        ]
        self.choices = library.choices_of_attached(self._id)
        return library.attached_documents(self._id)

    def _conversation(self) -> int:
        if self._id is None:
            self._id = self._open().new_conversation()
        return self._id

    def _add(self, message: Message) -> None:
        message.id = self._open().add_message(
            self._conversation(), message.role, message.content, state=message.state, details=message.details
        )

    def _update(self, message: Message) -> None:
        if message.id is None:
            self._add(message)
        else:
            self._open().update_message(message.id, message.content, state=message.state, details=message.details)

    def _attach(self, path: Path) -> None:
        self._open().attach_document(self._conversation(), path)

    def _choose(self, path: Path, chapters: str, pages: str) -> None:
        if self._id is not None:
            self._open().choose_of_attached(self._id, path, chapters, pages)

    def _detach(self, path: Path) -> None:
        if self._id is not None:
            self._open().detach_document(self._id, path)
