"""What a person is told about an answer: how it is looked for, what was left out, that nothing was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.answers.reading import Source
from assistant.documents.pages import format_pages
from assistant.i18n import _, plural
from assistant.protocol import Event, Notice
from assistant.safe_text import one_line


def route_sentence(kind: str, why: str, pages: int, of_pages: int) -> str:
    """What an answer is made from, in one sentence."""
    if kind == "plain":
        return _("Answered without a document.")
    if kind == "whole":
        return plural("The whole text is read: {count} page.", "The whole text is read: {count} pages.", pages)
    if kind == "map":
        sentence = _MAPPED[why]()
        return sentence + " " + plural("{count} page.", "{count} pages.", pages)
    if why == "follow_up":
        return _("Searched together with the question before: {pages} of {of_pages} pages are read.").format(
            pages=pages, of_pages=of_pages
        )
    return _("Searched for the question: {pages} of {of_pages} pages are read.").format(pages=pages, of_pages=of_pages)


_MAPPED = {
    "summary_request": lambda: _("The request is about all of the text, so every part of it is read."),
    "list_request": lambda: _("The list is asked of every part of the text."),
    "compare_request": lambda: _("To compare, every part of the text is read."),
}


def trimmed_notice(job: str, left_out: int) -> Iterator[Event]:
    """The rule by which a conversation is cut to what the model can read."""
    if left_out:
        yield Notice(
            job=job,
            level="info",
            message=plural(
                "One earlier message was left out: the conversation is longer than the model can read at once.",
                "{count} earlier messages were left out: the conversation is longer than the model can read at once.",
                left_out,
            ),
            hint=_("The oldest are left out first; the document and your question always stay."),
        )


def absent_notice(job: str, source: Source, why: str) -> Iterator[Event]:
    where = _searched(source)
    if why == "no_part":
        message = _("No part of the text has anything of what was asked for ({where}).").format(where=where)
    else:
        message = _("The words that the question is about do not stand in the text ({where}).").format(where=where)
    yield Notice(
        job=job,
        level="info",
        message=message,
        hint=_("Ask in the document's own words, choose other pages, or ask without a document."),
    )


def unsupported_notice(job: str, nearest: Sequence[Mapping[str, Any]], *, several: bool) -> Iterator[Event]:
    yield Notice(
        job=job,
        level="warning",
        message=_("Nothing in the document supports this answer."),
        hint=_("Do not rely on it. The pages nearest to the question: {pages}.").format(
            pages=_pages(nearest, several=several)
        ),
    )


def denied_notice(job: str, nearest: Sequence[Mapping[str, Any]], *, several: bool) -> Iterator[Event]:
    """The model says that the document does not say; small ones say so of what stands before them."""
    yield Notice(
        job=job,
        level="info",
        message=_("The model found no answer in what it read."),
        hint=_("See for yourself on the pages nearest to the question: {pages}.").format(
            pages=_pages(nearest, several=several)
        ),
    )


def _pages(places: Sequence[Mapping[str, Any]], *, several: bool) -> str:
    """`p. 3; p. 12`, with the documents' names where there are several."""
    labels = [(one_line(place["document"]), one_line(place["label"])) for place in places]
    return "; ".join(f"{name}, p. {label}" if several else f"p. {label}" for name, label in labels)


def _searched(source: Source) -> str:
    """`p. 3-9` for one document, with the names for several."""
    read = {
        one_line(document.name): format_pages(page.number for page in source.of(document))
        for document in source.documents
    }
    if len(read) == 1:
        return _("pages searched: {pages}").format(pages=next(iter(read.values())))
    return "; ".join(_("{name}: pages {pages}").format(name=name, pages=pages) for name, pages in read.items() if pages)
