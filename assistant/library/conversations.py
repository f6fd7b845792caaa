"""Conversations, so that the app opens where it was left."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.library.store import Store, storable

State = Literal["done", "partial", "stopped", "failed"]
"""`partial` is being written, or was when its process died."""

TITLE_CHARACTERS = 60


@dataclass(frozen=True)
class ConversationRecord:
    id: int
    title: str
    """The first question where no other title was given."""
    created: float
    """Seconds since the epoch, like `updated`."""
    updated: float
    message_count: int


@dataclass(frozen=True)
class MessageRecord:
    id: int
    role: str
    content: str
    state: State
    details: dict[str, Any]
    """Whatever goes with an answer: its claims, its coverage, how fast it came."""


class Conversations(Store):
    def new_conversation(self, title: str = "") -> int:
        now = time.time()
        with self._writing() as connection:
            cursor = connection.execute(
                "INSERT INTO conversations (title, created, updated) VALUES (?, ?, ?)",
                (storable(title), now, now),
            )
        return _new_id(cursor)

    def latest_conversation(self) -> int | None:
        with self._reading() as connection:
            row = connection.execute("SELECT id FROM conversations ORDER BY updated DESC, id DESC LIMIT 1").fetchone()
        return None if row is None else row[0]

    def conversations(self, limit: int = 50) -> list[ConversationRecord]:
        """The latest first."""
        with self._reading() as connection:
            rows = connection.execute(
                """SELECT id, title, created, updated,
                          (SELECT count(*) FROM messages WHERE conversation = conversations.id)
                   FROM conversations ORDER BY updated DESC, id DESC LIMIT ?""",
                (limit,),
            ).fetchall()
        return [ConversationRecord(*row) for row in rows]

    def messages(self, conversation: int) -> list[MessageRecord]:
        """The oldest first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT id, role, content, state, details FROM messages WHERE conversation = ? ORDER BY id",
                (conversation,),
            ).fetchall()
        return [MessageRecord(*row[:4], details=json.loads(row[4])) for row in rows]

    def add_message(
        self,
        conversation: int,
        role: str,
        content: str,
        *,
        state: State = "done",
        details: dict[str, Any] | None = None,
    ) -> int:
        now = time.time()
        with self._writing() as connection:
            _make_sure(connection, conversation, now)
            cursor = connection.execute(
                """INSERT INTO messages (conversation, role, content, state, details, created)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (conversation, role, storable(content), state, json.dumps(details or {}), now),
            )
            _touch(connection, conversation, now)
            if role == "user":
                connection.execute(
                    "UPDATE conversations SET title = ? WHERE id = ? AND title = ''",
                    (_title(content), conversation),
                )
        return _new_id(cursor)

    def update_message(
        self, message: int, content: str, *, state: State, details: dict[str, Any] | None = None
    ) -> None:
        """`details` None leaves them as they are."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE messages SET content = ?, state = ?, details = coalesce(?, details) WHERE id = ?",
                (storable(content), state, None if details is None else json.dumps(details), message),
            )
            row = connection.execute("SELECT conversation FROM messages WHERE id = ?", (message,)).fetchone()
            if row is not None:
                _touch(connection, row[0], time.time())

    def attach_document(self, conversation: int, path: str | Path) -> None:
        with self._writing() as connection:
            _make_sure(connection, conversation, time.time())
            connection.execute(
                "INSERT OR IGNORE INTO attachments (conversation, path) VALUES (?, ?)",
                (conversation, storable(str(path))),
            )

    def detach_document(self, conversation: int, path: str | Path) -> None:
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM attachments WHERE conversation = ? AND path = ?",
                (conversation, storable(str(path))),
            )

    def attached_documents(self, conversation: int) -> list[str]:
        """Paths, in the order they were attached."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT path FROM attachments WHERE conversation = ? ORDER BY id", (conversation,)
            ).fetchall()
        return [row[0] for row in rows]

    def choose_of_attached(self, conversation: int, path: str | Path, chapters: str, pages: str) -> None:
        """What of that document the conversation is about, as a person writes it; two empty ones are all of it."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE attachments SET chapters = ?, pages = ? WHERE conversation = ? AND path = ?",
                (storable(chapters), storable(pages), conversation, storable(str(path))),
            )

    def choices_of_attached(self, conversation: int) -> dict[str, tuple[str, str]]:
        """By path, the (chapters, pages) of each document of which not all was chosen."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT path, chapters, pages FROM attachments WHERE conversation = ? AND chapters || pages != ''",
                (conversation,),
            ).fetchall()
        return {path: (chapters, pages) for path, chapters, pages in rows}


def _new_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None, "an INSERT has a row id"
    return cursor.lastrowid


def _make_sure(connection: sqlite3.Connection, conversation: int, now: float) -> None:
    """Deleted with its documents while it stood on a screen, a conversation begins anew: ids are never used twice."""
    connection.execute(
        "INSERT OR IGNORE INTO conversations (id, title, created, updated) VALUES (?, '', ?, ?)",
        (conversation, now, now),
    )


def _touch(connection: sqlite3.Connection, conversation: int, now: float) -> None:
    connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation))


def _title(content: str) -> str:
    line = " ".join(content.split())
    return storable(line if len(line) <= TITLE_CHARACTERS else line[: TITLE_CHARACTERS - 1].rstrip() + "…")
