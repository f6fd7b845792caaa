"""What has to be written for a summary: the task, its prompt and its limits, and the parts of a long text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from assistant.chunking import Chunk, split_document
from assistant.context_window import fitting_config, room_tokens
from assistant.documents.model import Document
from assistant.errors import NoTextError
from assistant.generation import ChatMessage, GenerationConfig, LanguageModel
from assistant.i18n import _
from assistant.prompts import PROMPT_VERSION, Task, task_prompt
from assistant.writing import Ask

STYLE_TASKS: dict[str, Task] = {"outline": "outline", "detailed": "detailed"}
"""The task of each style that has one of its own; the others are summed up."""

TOKEN_CAPS: dict[Task, int] = {"part": 200, "describe": 160}
"""Longest answer in tokens where the task asks for a few sentences; otherwise the configuration's own limit."""

MAX_SENTENCES: dict[Task, int] = {"part": 4, "describe": 2, "brief": 5}
"""What the prompts ask for, enforced: small models do not stop, and what they add is the worst of it."""


@dataclass(frozen=True)
class SummaryOptions:
    task: Literal["summarize", "describe"] = "summarize"
    style: str = "brief"
    language: str = "auto"
    """`auto` is the documents' own."""
    chosen: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    """The page numbers to read of a document, by its path; none are all."""
    merge: bool = True
    """Whether one text is made of what was written on the parts; false for models too small to do it well."""
    config: GenerationConfig = field(default_factory=GenerationConfig)

    @property
    def by_section(self) -> bool:
        """Whether the result is what was written on each part, in order."""
        return self.task == "summarize" and (not self.merge or self.style in ("outline", "detailed"))

    @property
    def as_list(self) -> bool:
        """Whether the list is made by code: models that cannot merge write no lists either, they copy the request."""
        return self.task == "summarize" and not self.merge and self.style == "outline"

    @property
    def opening_only(self) -> bool:
        """Whether a description is made from the beginning alone: it names the subject of most study texts."""
        return self.task == "describe" and not self.merge


@dataclass(frozen=True)
class Part:
    """One chunk of one document, what to ask about it, and the key under which the answer is kept."""

    document: Document
    chunk: Chunk
    ask: Ask
    key: str

    @property
    def pages(self) -> frozenset[tuple[str, int]]:
        return frozenset((self.document.path, page) for page in self.chunk.pages)

    @property
    def heading(self) -> str:
        """Its section, or its pages where the document has no sections; empty where there is but one page."""
        if self.chunk.section or len(self.document.pages) == 1:
            return self.chunk.section
        labels = {page.number: page.label for page in self.document.pages}
        first, last = self.chunk.pages[0], self.chunk.pages[-1]
        return f"p. {labels[first]}" if first == last else f"pp. {labels[first]}–{labels[last]}"


class Instructions:
    """What one job tells its model: in which language, how long, and with how much text at once."""

    def __init__(self, model: LanguageModel, options: SummaryOptions, language: str) -> None:
        self._model = model
        self._options = options
        self._language = language
        self._config = fitting_config(options.config, model)

    def parts(self, documents: Sequence[Document], chosen: Mapping[str, Sequence[int]]) -> list[Part]:
        """Raises NoTextError where the chosen pages have none, ContextOverflowError."""
        room = min(self._model.chunk_tokens, self.room(self._task(alone=True)), self.room(self._task(alone=False)))
        chunks = [
            (document, chunk)
            for document in documents
            for chunk in split_document(document, self._model.count_tokens, room, pages=chosen.get(document.path, ()))
        ]
        if not chunks:
            raise NoTextError(
                _("There is no text to read on these pages."),
                _("Choose other pages; scanned ones need text recognition (OCR) first."),
                path=documents[0].path,
            )
        if self._options.opening_only:
            chunks = chunks[:1]
        task = self._task(alone=len(chunks) == 1)
        asks = [self.ask(task, chunk.text) for _document, chunk in chunks]
        return [Part(document, chunk, ask, self.key(ask)) for (document, chunk), ask in zip(chunks, asks, strict=True)]

    def ask(self, task: Task, text: str) -> Ask:
        def messages(insist: bool) -> list[ChatMessage]:
            return task_prompt(task, text, self._language, insist=insist)

        return Ask(messages, self._task_config(task), self._language, MAX_SENTENCES.get(task, 0))

    def merge_task(self) -> Task:
        return "describe" if self._options.task == "describe" else "brief"

    def room(self, task: Task) -> int:
        """How many tokens of text fit into the prompt of a task."""
        prompt = task_prompt(task, "", self._language, insist=True)
        return room_tokens(self._model, prompt, self._task_config(task))

    def key(self, ask: Ask) -> str:
        """All that the answer depends on: text, task, style and language are in the messages."""
        parts = {
            "messages": [(message.role, message.content) for message in ask.messages(False)],
            "prompts": PROMPT_VERSION,
            "language": ask.language,
            "model": self._model.fingerprint,
            "config": asdict(ask.config),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _task(self, *, alone: bool) -> Task:
        """For the only part of a text, or for one of several."""
        if self._options.task == "describe":
            return "describe" if alone else "part"
        if self._options.as_list:
            return "part"
        style = STYLE_TASKS.get(self._options.style, "brief")
        return "part" if style == "brief" and not alone else style

    def _task_config(self, task: Task) -> GenerationConfig:
        cap = TOKEN_CAPS.get(task, self._config.max_new_tokens)
        return replace(self._config, max_new_tokens=min(cap, self._config.max_new_tokens))
