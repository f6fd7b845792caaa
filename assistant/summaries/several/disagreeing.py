"""Where the documents contradict each other, said at the end of a summary of several, with both places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.cited_text import page_mark
from assistant.grounding import Citation, Claim
from assistant.i18n import N_, say_in
from assistant.protocol import Event
from assistant.safe_text import one_line
from assistant.summaries.canvas import Canvas
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft
from assistant.summaries.several.contradictions import contradicting_sentences
from assistant.summaries.several.groups import points_of
from assistant.summaries.several.topics import Contradiction, Point, contradictions

MOST_LISTED = 10

_HEADING = N_("Where the documents disagree")
_WHAT = {
    "number": N_("different numbers"),
    "date": N_("different dates"),
    "negation": N_("one of them denies it"),
}


class Disagreements:
    def __init__(self, desk: Desk, canvas: Canvas) -> None:
        self._desk = desk
        self._canvas = canvas
        self._found: list[Contradiction] = []

    def show(self, notes: Sequence[Draft] = ()) -> Iterator[Event]:
        """List those between the places that the text cites, or the notes it was made from; then any others.

        A description names what documents are about: of it, only what it cites itself is compared.
        """
        self._found = contradictions([*self._shown_points(), *self._points_of(notes)])
        if not self._desk.options.describes:
            for other in contradicting_sentences(self._desk.documents, self._pages()):
                if not any(_share_a_place(other, found) for found in self._found):
                    self._found.append(other)
        del self._found[MOST_LISTED:]
        if not self._found:
            return
        yield from self._canvas.under(f"# {self._say(_HEADING)}")
        for number, found in enumerate(self._found):
            yield from self._canvas.screen.show("\n" if number else "")
            topic = f"{one_line(found.topic)}, " if found.topic else ""
            what = f"**{topic}{self._say(_WHAT[found.what])}**"
            yield from self._canvas.screen.show(f"- {what}: {_place(found.a)}; {_place(found.b)}")

    def _shown_points(self) -> list[Point]:
        documents = {document.path: document for document in self._desk.documents}
        return [
            Point(placed.claim.text, placed.claim, documents[placed.claim.citations[0].path], "")
            for placed in self._canvas.screen.claims
            if placed.claim.citations
        ]

    def _points_of(self, notes: Sequence[Draft]) -> list[Point]:
        return [point for note in notes for point in points_of(self._desk, note)]

    def _pages(self) -> dict[str, list[int]]:
        """Those that are summarized, by path."""
        pages: dict[str, list[int]] = {document.path: [] for document in self._desk.documents}
        for path, number in sorted(frozenset[tuple[str, int]]().union(*(part.pages for part in self._desk.parts))):
            pages[path].append(number)
        return pages

    def _say(self, sentence: str) -> str:
        return say_in(self._desk.language or "en", sentence)

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {"topic": found.topic, "what": found.what, "places": [found.a.as_json(), found.b.as_json()]}
            for found in self._found
        ]


def _place(citation: Citation) -> str:
    mark = page_mark(Claim(citation.quote, "quoted", (citation,)), several_documents=True)
    return f"“{one_line(citation.quote)}”{mark}"


def _share_a_place(one: Contradiction, other: Contradiction) -> bool:
    return any(_overlap(a, b) for a in (one.a, one.b) for b in (other.a, other.b))


def _overlap(one: Citation, other: Citation) -> bool:
    same_page = (one.path, one.page) == (other.path, other.page)
    return same_page and one.start < other.end and other.start < one.end
