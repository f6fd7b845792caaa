"""A report as rows to stand on: each is one line of the list, and what there is to know of it on its card. Pure.

What each part of the report becomes is in the modules of their names; here they are put in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

Drawn = Callable[[int], Text]
"""What it looks like in so many columns."""


@dataclass(frozen=True)
class Palette:
    """Styles by meaning; what they say is said by words or shapes, too."""

    good: str = ""
    doubtful: str = ""
    bad: str = ""
    accent: str = ""
    muted: str = "dim"

    @classmethod
    def of_theme(cls, colours: Mapping[str, str]) -> Palette:
        named = (colours.get(name, "") for name in ("success", "warning", "error", "primary"))
        return cls(*named)

    def of_light(self, light: str) -> str:
        return {"green": self.good, "amber": self.doubtful, "red": self.bad}.get(light, self.muted)

    def of_verdict(self, verdict: str) -> str:
        return {"better": self.good, "worse": self.bad}.get(verdict, self.muted)


@dataclass(frozen=True)
class Row:
    line: Drawn
    card: Drawn


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    rows: Sequence[Row]


def styled(text: str, style: str) -> Text:
    """As a part with that style: rendered without parts, as lines of a list are, a text forgets its own."""
    return Text().append(text, style)


def plain(text: Text) -> Drawn:
    """The same in any width."""
    return lambda _columns: text.copy()


def heading(title: str, *paragraphs: str) -> Row:
    """A line that parts the rows; its card says what they are about."""
    return Row(lambda columns: _rule(title, columns), plain(titled(title, *paragraphs)))


def _rule(title: str, columns: int) -> Text:
    """`── Title ─────────`"""
    text = styled("── ", "dim").append(title, "bold")
    return text.append(" " + "─" * max(0, columns - cell_len(title) - 4), "dim")


def titled(title: str, *paragraphs: str) -> Text:
    """A card: its title, then a paragraph each."""
    text = styled(title, "bold")
    for number, paragraph in enumerate(filter(None, paragraphs)):
        text.append(("\n\n" if number else "\n") + paragraph)
    return text
