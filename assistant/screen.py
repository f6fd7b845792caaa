"""The text a person sees while it is written, and the claims in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from assistant.cited_text import PlacedClaim, Shown
from assistant.protocol import Event, TextDelta, TextReset


@dataclass
class Screen:
    """The text a person has seen so far; what its events say and what it holds are always the same."""

    job: str
    text: str = ""
    claims: list[PlacedClaim] = field(default_factory=list[PlacedClaim])
    """Those of the text, in order; their places are characters of it."""

    def show(self, text: str) -> Iterator[Event]:
        if text:
            self.text += text
            yield TextDelta(job=self.job, text=text)

    def rewind(self, length: int) -> Iterator[Event]:
        """Take back all but the first `length` characters."""
        if length < len(self.text):
            kept, self.text = self.text[:length], ""
            self.claims = [placed for placed in self.claims if placed.end <= length]
            yield TextReset(job=self.job)
            yield from self.show(kept)


class Live:
    """One answer on the screen while it grows; in the end nothing of it stands there but what was settled on."""

    def __init__(self, screen: Screen, shown: Callable[[], Shown]) -> None:
        self._screen = screen
        self._make = shown
        self._start = len(screen.text)
        self._fed = ""
        self.shown = shown()

    def feed(self, piece: str) -> Iterator[Event]:
        self._fed += piece
        yield from self._screen.show(self.shown.feed(piece))

    def restart(self) -> Iterator[Event]:
        self._fed, self.shown = "", self._make()
        yield from self._screen.rewind(self._start)

    def settle(self, text: str) -> Iterator[Event]:
        if self._fed.rstrip() != text:
            yield from self.restart()
            yield from self.feed(text)
        yield from self._screen.show(self.shown.finish())
        self._screen.claims += [
            replace(
                placed, start=placed.start + self._start, mark=placed.mark + self._start, end=placed.end + self._start
            )
            for placed in self.shown.claims
        ]
