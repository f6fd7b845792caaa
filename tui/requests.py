"""What a typed command asks of the model process. Arguments that make no sense raise ConfigError."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ConfigError, DatasetError, DocumentNotFoundError
from assistant.i18n import _
from assistant.protocol import Chat, Compare, Describe, LoadModel, Summarize
from tui.dropped_paths import to_path
from tui.open_documents import OpenDocuments

LANGUAGES = ("it", "en")
QUOTES = ("quotes", "citazioni")
"""For a summary of the document's own sentences."""
MAX_POINTS = 50
BLIND = ("blind", "cieco")
"""For a comparison that names nobody before its end."""
AGAINST = ("base", "examples")
"""What an adapter's texts can be compared with blind, besides `version:N`."""
DESCRIBING = ("describe", "descrivi")


@dataclass(frozen=True)
class Choice:
    """Which model and adapter a request is for, as chosen when it was typed; empty means as the settings say."""

    model: str = ""
    adapter: str = ""


def summarize(job: str, argument: str, documents: OpenDocuments, choice: Choice) -> Summarize:
    """`argument` is words in any order: a style, how many points for each section, a language, and `quotes`."""
    require_some(documents)
    wanted = _summary_words(argument)
    return Summarize(
        job=job,
        **wanted,
        **_documents(documents),
        model=choice.model,
        adapter=choice.adapter,
    )


def describe(job: str, argument: str, documents: OpenDocuments, choice: Choice) -> Describe:
    """`argument` is a language and `quotes`, in any order."""
    require_some(documents)
    language, own = _words(argument, LANGUAGES, QUOTES)
    return Describe(
        job=job,
        language=language,
        extractive="only" if own else "",
        **_documents(documents),
        model=choice.model,
        adapter=choice.adapter,
    )


def compare(job: str, argument: str, documents: OpenDocuments, choice: Choice) -> Compare:
    """`argument` is two adapters, then a question, or `describe`, or words for a summary; `blind` before or after it.

    Before it only in small letters: a question may begin with that word.
    """
    words = argument.split()
    names, rest = tuple(words[:2]), words[2:]
    at_the_end = bool(rest) and rest[-1].lower() in BLIND
    in_front = not at_the_end and bool(rest) and rest[0] in BLIND
    blind = at_the_end or in_front
    wanted = _compared(rest[int(in_front) : len(rest) - int(at_the_end)])
    if wanted["task"] != "ask":
        require_some(documents)
    return Compare(job=job, adapters=names, blind=blind, **wanted, **_documents(documents), model=choice.model)


def _compared(words: Sequence[str]) -> dict[str, Any]:
    """What both are asked, as fields of a `Compare`. One word that is no question is taken for a mistyped style."""
    if [word.lower() for word in words] in [[word] for word in DESCRIBING]:
        return {"task": "describe"}
    text = " ".join(words)
    try:
        fields = _summary_words(text)
    except ConfigError:
        if len(words) < 2 and not text.endswith("?"):
            raise
        return {"task": "ask", "question": text}
    if fields.pop("extractive", ""):
        raise ConfigError(
            _("The document's own sentences are the same with every adapter."),
            _("Leave out “{word}” to compare what the adapters write.").format(word=QUOTES[0]),
        )
    return {"task": "summarize", **fields}


def require_some(documents: OpenDocuments) -> None:
    if not documents:
        raise ConfigError(
            _("There is no open document."),
            _("Open one first: /open and a path, or drop a file here."),
        )


def chat(job: str, exchange: tuple[tuple[str, str], ...], documents: OpenDocuments, choice: Choice) -> Chat:
    """`exchange` ends with the question."""
    return Chat(
        job=job,
        messages=exchange,
        **_documents(documents),
        model=choice.model,
        adapter=choice.adapter,
    )


def load(job: str, choice: Choice) -> LoadModel:
    return LoadModel(job=job, model=choice.model, adapter=choice.adapter)


def blind_sides(argument: str) -> tuple[str, str]:
    """(adapter, what it is compared with), of two words, each of which may be missing. Raises ConfigError."""
    words = argument.split()
    against = words.pop() if words and (words[-1] in AGAINST or words[-1].startswith("version:")) else AGAINST[0]
    if len(words) > 1:
        raise ConfigError(
            _("“{word}” is not understood here.").format(word=words[-1]),
            _("Known words: {words}.").format(words=", ".join((*AGAINST, "version:1"))),
        )
    return words[0] if words else "", against


def training_data(argument: str) -> Path:
    """A folder of notes, a document or a file of rows, which may hold spaces or be quoted. Raises DatasetError."""
    path = to_path(argument).absolute()
    if not path.exists():
        raise DatasetError(
            _("There is no file “{name}”.").format(name=path.name),
            _("Check the path: {path}").format(path=path),
            path=path,
        )
    return path


def _documents(documents: OpenDocuments) -> dict[str, Any]:
    """Which they are, what was chosen of each and its password, as fields of a request.

    Raises DocumentNotFoundError for one that has gone: it would stand in the way of every answer.
    """
    for document in documents:
        if not document.path.exists():
            raise DocumentNotFoundError(
                _("The file of {title} is no longer there: {path}.").format(title=document.title, path=document.path),
                _("Put it back, or go on without it: /close {name}").format(name=document.name),
                path=document.path,
            )
    return {
        "paths": tuple(str(document.path) for document in documents),
        "chosen": tuple(
            (str(document.path), document.chapters, document.pages)
            for document in documents
            if document.chapters or document.pages
        ),
        "passwords": tuple((str(document.path), document.password) for document in documents if document.password),
    }


def _summary_words(argument: str) -> dict[str, Any]:
    """Fields of a `Summarize`. Raises ConfigError for a word that means nothing here, and for two of a kind."""
    fields: dict[str, Any] = {}
    for word in argument.split():
        name, value = _summary_word(word)
        if fields.setdefault(name, value) != value:
            raise ConfigError(
                _("“{word}” contradicts what was said before it.").format(word=word),
                _("Say one style, one number and one language at most, for example: /summarize outline 5 it"),
            )
    return fields


def _summary_word(word: str) -> tuple[str, object]:
    """The field that a word is for, and its value."""
    from assistant.summaries.styles import STYLES, find_style  # deferred: the first screen does without it

    plain = word.lower()
    if plain in LANGUAGES:
        return "language", plain
    if plain in QUOTES:
        return "extractive", "only"
    if plain.isascii() and plain.isdigit():
        if not 1 <= int(plain[:4]) <= MAX_POINTS:
            raise ConfigError(
                _("{count} points for each section cannot be asked for.").format(count=word),
                _("Choose a number from 1 to {most}.").format(most=MAX_POINTS),
            )
        return "bullets", int(plain)
    try:
        return "style", find_style(word).name
    except ConfigError as error:
        words = ", ".join((*STYLES, _("a number"), *LANGUAGES, QUOTES[0]))
        hint = " ".join((error.hint, _("Known words: {words}.").format(words=words)))
        raise ConfigError(_("“{word}” is not understood here.").format(word=word), hint) from error


def _words(argument: str, *kinds: Sequence[str]) -> list[str]:
    """One word of each kind, in any order; "" for a kind that is not there."""
    found = [""] * len(kinds)
    for word in argument.lower().split():
        for index, kind in enumerate(kinds):
            if word in kind:
                found[index] = word
                break
        else:
            known = ", ".join(value for kind in kinds for value in kind)
            raise ConfigError(
                _("“{word}” is not understood here.").format(word=word),
                _("Known words: {words}.").format(words=known),
            )
    return found
