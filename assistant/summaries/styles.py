"""The styles a student asks for, and the words for them. Importing this is cheap: both front ends do it for a word.

The check of each style's form is in `forms`; for items, in `items.checking`.
"""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.errors import ConfigError
from assistant.i18n import _

if TYPE_CHECKING:
    from assistant.prompts import Task
    from assistant.summaries.items import ItemKind


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
_DESCRIBES = frozenset(("describe", "descrivi", "description", "descrizione"))
_NAME_OF = {word: name for name, words in _WORDS.items() for word in (name, *words.split())}


def find_style(word: str) -> Style:
    """By its name or the Italian or English word a student uses for it. Raises ConfigError, naming the nearest."""
    plain = "".join(unicodedata.normalize("NFKC", word).casefold().replace("’", "").replace("'", "").split())
    plain = plain.replace("-", "").replace("_", "")
    if name := _NAME_OF.get(plain):
        return STYLES[name]
    if plain in _DESCRIBES:
        raise ConfigError(
            _("There is no style called “{name}”.").format(name=word),
            _("A description is a task of its own: sunto describe, or /describe in the app."),
        )
    near = difflib.get_close_matches(plain, _NAME_OF, n=1)
    raise ConfigError(
        _("There is no style called “{name}”.").format(name=word),
        _("Did you mean “{near}”?").format(near=near[0])
        if near
        else _("Choose one of: {choices}.").format(choices=", ".join(STYLES)),
    )
