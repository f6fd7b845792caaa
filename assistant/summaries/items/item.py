"""One thing to study with: a term, a question, a quiz, a flashcard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

ItemKind = Literal["term", "question", "quiz", "card"]
KINDS: tuple[ItemKind, ...] = ("term", "question", "quiz", "card")

LETTERS = "ABCDEF"
"""In front of the options of a quiz; more than these are not read."""

BLANK = "[…]"
"""Stands in a sentence for what is asked for."""


@dataclass(frozen=True)
class Item:
    kind: ItemKind
    prompt: str
    """The term, the question, or the front of a card."""
    answer: str
    """The definition; the points of a good answer, one a line; the right option, in full; the back of the card."""
    options: tuple[str, ...] = ()
    """Of a quiz, in the order they are shown in."""
    explanation: str = ""
    """Why the answer of a quiz is right; may be empty."""

    @property
    def points(self) -> tuple[str, ...]:
        """The answer, a point at a time."""
        return tuple(self.answer.splitlines())

    @property
    def letter(self) -> str:
        """Of the right option; empty where there is none."""
        return LETTERS[self.options.index(self.answer)] if self.answer in self.options[: len(LETTERS)] else ""

    @property
    def statement(self) -> str:
        """What the item says about the document, as one sentence to look up there; a question's points are its own."""
        if self.kind == "term":
            return f"{self.prompt}: {self.answer}"
        if BLANK in self.prompt:
            return self._filled
        return self.answer if self.kind == "question" else f"{self.prompt} {self.answer}"

    @property
    def _filled(self) -> str:
        """The sentence that something was left out of, whole again; without the question around it."""
        before, after = self.prompt.split(BLANK, 1)
        if "“" in before and "”" in after:
            before, after = before.split("“", 1)[1], after.rsplit("”", 1)[0]
        return f"{before}{self.answer}{after.replace(BLANK, self.answer)}"


def quiz_item(prompt: str, right: str, wrong: Iterable[str], explanation: str = "") -> Item:
    """A quiz whose options are in an order that says nothing: models put the right one first.

    The order depends on the words alone, so that the same quiz looks the same every time.
    """
    return Item("quiz", prompt, right, in_no_order(prompt, (right, *wrong)), explanation)


def in_no_order(prompt: str, options: Sequence[str]) -> tuple[str, ...]:
    def place(option: str) -> bytes:
        return hashlib.sha256(f"{prompt}\n{option}".encode("utf-8", "replace")).digest()

    return tuple(sorted(options, key=place))
