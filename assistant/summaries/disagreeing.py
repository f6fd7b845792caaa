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
from assistant.summaries.contradictions import contradicting_sentences
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft
from assistant.summaries.several import points_of
from assistant.summaries.topics import Contradiction, Point, contradictions

_HEADING = N_("Where the documents disagree")


class Disagreements:
    def __init__(self, desk: Desk, canvas: Canvas) -> None:
        self._desk = desk
        self._canvas = canvas
        self._found: list[Contradiction] = []

    def show(self, notes: Sequence[Draft] = ()) -> Iterator[Event]:
        """List those between the places that the text cites, or the notes it was made from."""
        documents = {document.path: document for document in self._desk.documents}
        self._found = contradictions(
            [
                Point(placed.claim.text, placed.claim, documents[placed.claim.citations[0].path], "")
                for placed in self._canvas.screen.claims
                if placed.claim.citations
            ]
            + [point for note in notes for point in points_of(self._desk, note)]
        )
        yield from self._list()

    def show_all(self) -> Iterator[Event]:
        """List those between any sentences of the parts that are summarized."""
        pages: dict[str, list[int]] = {}
        for path, number in sorted(frozenset[tuple[str, int]]().union(*(part.pages for part in self._desk.parts))):
            pages.setdefault(path, []).append(number)
        self._found = contradicting_sentences(self._desk.documents, pages)
        yield from self._list()

    def _list(self) -> Iterator[Event]:
        if not self._found:
            return
        yield from self._canvas.under(f"# {say_in(self._desk.language or 'en', _HEADING)}")
        for number, found in enumerate(self._found):
            yield from self._canvas.screen.show("\n" if number else "")
            topic = f"**{one_line(found.topic)}**: " if found.topic else ""
            yield from self._canvas.screen.show(f"- {topic}{_place(found.a)}; {_place(found.b)}")

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {"topic": found.topic, "what": found.what, "places": [found.a.as_json(), found.b.as_json()]}
            for found in self._found
        ]


def _place(citation: Citation) -> str:
    mark = page_mark(Claim(citation.quote, "quoted", (citation,)), several_documents=True)
    return f"“{one_line(citation.quote)}”{mark}"
