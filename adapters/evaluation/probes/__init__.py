"""What any model may know and read: the probes that show whether a training cost it any of that.

40 passages of general knowledge and 60 questions with four answers each, half of them Italian and half English,
written for this project: no text of them stands elsewhere, and what they say does not change with the years. The
questions go from what a very small model may know (`easy`) to what is learned at school; right answers stand in each
place as often as in any other. The data are two files of JSON lines beside this one.

Each of them is asked as a question to an assistant, since an activated adapter (alora) acts on answers alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from assistant.generation import ChatMessage

VERSION = 1
"""Goes up with any change of the texts or of how they are asked: numbers of two versions cannot be compared."""
LANGUAGES = ("it", "en")
OPTIONS = 4
CHANCE = 1 / OPTIONS

_GIVEN_SHARE = 1 / 3
"""Of a passage's words: how much of it stands in the question."""
_CONTINUE = {"it": "Continua questo testo:", "en": "Continue this text:"}


@dataclass(frozen=True)
class Passage:
    id: str
    language: str
    text: str

    def asked(self) -> tuple[list[ChatMessage], str]:
        """(the prompt, with the beginning of the text; the rest of the text)"""
        words = self.text.split(" ")
        given = round(len(words) * _GIVEN_SHARE)
        beginning, rest = " ".join(words[:given]), " ".join(words[given:])
        return [ChatMessage("user", f"{_CONTINUE[self.language]}\n\n{beginning}")], rest


@dataclass(frozen=True)
class Item:
    """A question and the answers to choose from."""

    id: str
    language: str
    level: str
    """easy, middle or school"""
    question: str
    options: tuple[str, ...]
    answer: int
    """Which of the options is right, counted from 0."""

    def asked(self) -> list[tuple[list[ChatMessage], str]]:
        """The same prompt with each option: the model is not shown the others."""
        prompt = [ChatMessage("user", self.question)]
        return [(prompt, option) for option in self.options]


def load_passages(language: str) -> list[Passage]:
    """None for a language that the probes do not have."""
    return [Passage(**fields) for fields in _rows("passages.jsonl") if fields["language"] == language]


def load_items(language: str) -> list[Item]:
    """None for a language that the probes do not have."""
    return [_item(**fields) for fields in _rows("items.jsonl") if fields["language"] == language]


def _item(options: Sequence[str], **fields: Any) -> Item:
    return Item(options=tuple(options), **fields)


@cache
def _rows(name: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(_parsed(resources.files(__name__).joinpath(name).read_text(encoding="utf-8")))


def _parsed(lines: str) -> Iterator[Mapping[str, Any]]:
    for line in lines.splitlines():
        yield json.loads(line)
