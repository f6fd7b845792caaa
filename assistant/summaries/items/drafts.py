"""An item as far as it has been read, and what becomes of it: words cleaned and bounded, the right option found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.safe_text import one_line
from assistant.sentences import split_sentences
from assistant.summaries.items.item import LETTERS, Item, ItemKind, quiz_item

MAX_PROMPT, MAX_ANSWER, MAX_POINT, MAX_OPTION, MAX_EXPLANATION = 300, 800, 300, 200, 500
"""Characters; what is longer is cut at a word."""
MAX_POINTS = 6

_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|__?)(?=\S)([^*\n]{1,400}?)(?<=\S)\1(?![\w*])")
_STRAY = re.compile(r"^(?:\*{1,3}|__)(?=\s?\w)|(?<=[\w.?!)])(?:\*{1,3}|__)$")
"""What is left of emphasis around more than this."""
_QUOTES = (("“", "”"), ("«", "»"), ('"', '"'), ("‘", "’"))
_LETTER_ANSWER = re.compile(
    r"(?:(?:is|è|la|the|option|opzione|lettera|letter|answer|risposta)\s+){0,3}[*_]{0,3}\(?(?P<letter>[A-Fa-f])"
    r"(?:(?P<end>[).:,;\]])|(?=[*_]|\s*\Z|\s+[-–—]))[*_]{0,3}\s*",
    re.IGNORECASE,
)


@dataclass
class Option:
    letter: str
    text: str
    right: bool = False


@dataclass
class ItemDraft:
    """An item as far as it has been read."""

    prompt: str = ""
    answers: list[str] = field(default_factory=list[str])
    options: list[Option] = field(default_factory=list[Option])
    explanation: str = ""
    indent: int = 0
    marked: bool = False
    """Whether it began with a number, a bullet, a label or bold type."""
    numbered: bool = False
    labelled: bool = False
    waiting: str = "prompt"
    """What an unmarked line goes on with."""

    def item(self, kind: ItemKind) -> Item | None:
        prompt = cleaned(self.prompt, MAX_PROMPT).strip(" |")
        if kind == "quiz":
            return self._quiz(prompt)
        if kind == "question":
            answer = "\n".join(_points(self.answers))
        else:
            prompt, answer = prompt.rstrip(" :"), cleaned(" ".join(self.answers), MAX_ANSWER)
        return Item(kind, prompt, answer) if prompt and answer else None

    def _quiz(self, prompt: str) -> Item | None:
        right, explanation = self._right_option()
        if right is None or not prompt or len(self.options) < 2:
            return None
        texts = [cleaned(option.text, MAX_OPTION) for option in self.options[: len(LETTERS)]]
        answer = cleaned(right.text, MAX_OPTION)
        if not answer or answer not in texts:
            return None
        texts.remove(answer)
        why = cleaned(self.explanation or explanation, MAX_EXPLANATION)
        return quiz_item(prompt, answer, [text for text in texts if text], why)

    def _right_option(self) -> tuple[Option | None, str]:
        """The option said or marked to be right, and what was said after it."""
        said = " ".join(self.answers).strip()
        marked = [option for option in self.options if option.right]
        if not said:
            return (marked[0], "") if len(marked) == 1 else (None, "")
        plain = _key(said)
        for same in (_exact, _key):  # "−3" and "3" are the same words
            if found := [option for option in self.options if same(option.text) == same(said)]:
                return found[0], ""
        if match := _LETTER_ANSWER.match(said):
            named = [option for option in self.options if option.letter == match["letter"].upper()]
            return (named[0], _after(said[match.end() :], named[0].text)) if named else (None, "")
        within = [option for option in self.options if (key := _key(option.text)) and f" {key} " in f" {plain} "]
        return (within[0], "") if len(within) == 1 else (None, "")


def _points(answers: Iterable[str]) -> list[str]:
    """What a good answer says, a point each: as it was listed, or sentence by sentence where it was one paragraph."""
    listed = [text for answer in answers if (text := cleaned(answer, MAX_ANSWER))]
    if len(listed) == 1:
        listed = [listed[0][start:end] for start, end in split_sentences(listed[0])]
    return [cleaned(point, MAX_POINT) for point in listed[:MAX_POINTS]]


def cleaned(text: str, longest: int) -> str:
    """One line without emphasis or quotation marks around all of it, cut at a word."""
    text = _STRAY.sub("", _EMPHASIS.sub(r"\2", one_line(text))).strip()
    for opening, closing in _QUOTES:
        if len(text) > 2 and text[0] == opening and text[-1] == closing and text.count(opening) <= 2:
            inner = text[1:-1]
            if opening not in inner and closing not in inner:
                text = inner.strip()
    if len(text) > longest:
        text = text[:longest].rpartition(" ")[0] or text[:longest]
    return text


def _exact(text: str) -> str:
    return text.strip(" .*").casefold()


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()


def _after(rest: str, option: str) -> str:
    """What follows the right option where it is named and then explained."""
    rest = cleaned(rest, MAX_EXPLANATION)
    if rest.casefold().startswith(option.casefold()):
        rest = rest[len(option) :]
    rest = rest.strip(" .,;:–—-")
    return rest if len(rest.split()) > 3 and _key(rest) != _key(option) else ""
