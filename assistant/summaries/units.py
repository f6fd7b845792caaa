"""Finished texts, kept in the library the moment they end, and found again.

A unit is kept with what was wrong with it: the same model with the same seed would fail in the same way again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from assistant.documents.model import Document
from assistant.errors import LibraryError
from assistant.generation import LanguageModel
from assistant.i18n import _
from assistant.library import Library
from assistant.problems import SEVERITY
from assistant.prompts import PROMPT_VERSION
from assistant.protocol import Event, Notice
from assistant.summaries.parts import PageNames
from assistant.writing import Ask, Written


@dataclass(frozen=True)
class Unit:
    """One text to be written."""

    ask: Ask
    key: str
    """See `unit_key`."""
    title: str
    """What it is about, for progress."""
    pages: PageNames
    """What it is made from, directly or through other units."""
    documents: tuple[Document, ...]
    tokens: int
    """Of what the model reads for it, for the estimate of time."""


def unit_key(model: LanguageModel, task: str, ask: Ask) -> str:
    """Holds everything that an answer depends on; text, language and number of points are in its messages."""
    depends_on = {
        "task": task,
        "messages": [(message.role, message.content) for message in ask.messages(False)],
        "prompts": PROMPT_VERSION,
        "language": ask.language,
        "limits": (ask.max_sentences, ask.max_points),
        "model": model.fingerprint,
        "config": asdict(ask.config),
    }
    return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()


class Units:
    """What is written already. A library that cannot be written to costs the resuming, not the work."""

    def __init__(self, job: str, library: Library | None) -> None:
        self._job = job
        self._library = library
        self._written: dict[str, Written] = {}
        """What the library has not, or could not take."""

    def find(self, key: str) -> Written | None:
        if (written := self._written.get(key)) is not None:
            return written
        if self._library is None:
            return None
        try:
            value = self._library.unit(key)
        except LibraryError:  # it says so when something is to be kept
            return None
        return None if value is None else _decoded(value)

    def keep(self, unit: Unit, written: Written) -> Iterator[Event]:
        self._written[unit.key] = written
        if self._library is None:
            return
        sources = sorted({document.sha256 for document in unit.documents if document.sha256})
        try:
            self._library.put_unit(unit.key, _encoded(written), sources)
        except LibraryError as error:
            self._library = None
            yield Notice(
                job=self._job,
                level="warning",
                message=_("{problem} The work goes on, but if it is stopped it will start again from here.").format(
                    problem=error.message
                ),
                hint=error.hint,
            )


def _encoded(written: Written) -> str:
    return json.dumps(
        {"text": written.text, "finish_reason": written.finish_reason, "problem": written.problem}, ensure_ascii=False
    )


def _decoded(value: str) -> Written | None:
    """None for what another version or another program wrote there."""
    try:
        fields: Any = json.loads(value)
        text, finish_reason, problem = fields["text"], fields["finish_reason"], fields["problem"]
    except (ValueError, TypeError, KeyError):
        return None
    known = isinstance(text, str) and finish_reason in ("stop", "length") and problem in SEVERITY
    return Written(text, finish_reason, problem) if known else None
