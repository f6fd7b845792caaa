"""The styles a student asks for, and for each the check of its form.

A check says whether what was written has the form of its style, in codes; whether it is true is for its claims to show.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.cited_text import without_page_marks
from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.language import detect_language
from assistant.prompts import Task, is_our_words
from assistant.sentences import split_sentences
from assistant.summaries.items import ItemKind

MAX_BRIEF_WORDS = 150
"""A few sentences; 60 to 80 words is what is hoped for."""
MAX_DESCRIPTION_SENTENCES = 2
MIN_LIST_SHARE = 0.8
"""Of the lines of an outline, so many are points; the others may be headings of the model's own."""

_POINT = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)])\s+\S")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|\*\*[^*]{1,200}\*\*:?\s*\Z)")


@dataclass(frozen=True)
class Style:
    name: str
    kind: Literal["text", "items"]
    task: Task
    """What the model is asked for on a text that fits into one prompt."""
    bullets: int
    """Points, paragraphs or items per section where nobody chose; of a merged style, sentences per document."""
    item: ItemKind | Literal[""] = ""
    merged: bool = False
    """Whether one text is made over all sections; the others are a text or items per section, in order."""

    def check(self, text: str, language: str) -> list[str]:
        """Codes of what is wrong with the form of a text; none where it has the form it should.

        `language` is "it", "en" or "" for any. The codes: empty, our_words (copied from the request), language, and
        too_long (brief, describe), a_list (brief, detailed, describe), not_a_list (outline), one_paragraph (detailed).
        Items are checked one by one, by `item_problems`.
        """
        return list(_text_problems(self.name, without_page_marks(text).strip(), language))


STYLES = {
    style.name: style
    for style in (
        Style("brief", "text", "brief", 5, merged=True),
        Style("outline", "text", "outline", 5),
        Style("detailed", "text", "detailed", 2),
        Style("glossary", "items", "glossary", 6, item="term"),
        Style("questions", "items", "questions", 3, item="question"),
        Style("quiz", "items", "quiz", 3, item="quiz"),
        Style("flashcards", "items", "flashcards", 5, item="card"),
    )
}
"""By name, in the order they are offered in."""

DESCRIPTION = Style("describe", "text", "describe", 2, merged=True)
"""What a document is, in one or two sentences: a request of its own, not a style of summaries."""

_WORDS = {
    "brief": "breve inbreve tldr tl;dr short riassunto",
    "outline": "scaletta schema punti indice bullets",
    "detailed": "esteso riassuntoesteso lungo dettagliato long",
    "glossary": "glossario termini terms",
    "questions": "domande domandeaperte domandedesame domandadesame paniere esame exam question",
    "quiz": "quizzes test crocette sceltamultipla multiplechoice",
    "flashcards": "flashcard schede carte cards anki",
}
_NAME_OF = {word: name for name, words in _WORDS.items() for word in (name, *words.split())}


def find_style(word: str) -> Style:
    """By its name or the Italian or English word a student uses for it. Raises ConfigError, naming the nearest."""
    plain = "".join(unicodedata.normalize("NFKC", word).casefold().replace("’", "").replace("'", "").split())
    plain = plain.replace("-", "").replace("_", "")
    if name := _NAME_OF.get(plain):
        return STYLES[name]
    near = difflib.get_close_matches(plain, _NAME_OF, n=1)
    raise ConfigError(
        _("There is no style called “{name}”.").format(name=word),
        _("Did you mean “{near}”?").format(near=near[0])
        if near
        else _("Choose one of: {choices}.").format(choices=", ".join(STYLES)),
    )


def _text_problems(style: str, text: str, language: str) -> Iterator[str]:
    if not re.search(r"\w", text):
        yield "empty"
        return
    if is_our_words(text):
        yield "our_words"
    found = detect_language(text)
    if language and found and found != language:
        yield "language"
    yield from _FORMS[style](text)


def _brief_form(text: str) -> Iterator[str]:
    if len(text.split()) > MAX_BRIEF_WORDS:
        yield "too_long"
    if _list_share(text) > 0:
        yield "a_list"


def _outline_form(text: str) -> Iterator[str]:
    if _list_share(text) < MIN_LIST_SHARE:
        yield "not_a_list"


def _detailed_form(text: str) -> Iterator[str]:
    if _list_share(text) > 0.5:
        yield "a_list"
    if len(_lines(text)) < 2 and len(split_sentences(text)) > 6:
        yield "one_paragraph"


def _description_form(text: str) -> Iterator[str]:
    if len(split_sentences(text)) > MAX_DESCRIPTION_SENTENCES:
        yield "too_long"
    if _list_share(text) > 0:
        yield "a_list"


_FORMS: dict[str, Callable[[str], Iterator[str]]] = {
    "brief": _brief_form,
    "outline": _outline_form,
    "detailed": _detailed_form,
    "describe": _description_form,
}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not _HEADING.match(line)]


def _list_share(text: str) -> float:
    lines = _lines(text)
    return sum(_POINT.match(line) is not None for line in lines) / len(lines) if lines else 0.0
