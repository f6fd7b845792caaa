"""The sources: a few kinds of blocks, how they are written, and the true text they give.

`# ` and `## ` begin headings, `- ` the items of a list, `|` the rows of a table, `![` a figure's caption, `$$` a
formula that stands alone; everything else is a paragraph, with `^[footnotes]` and `$formulas$` in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading.scoring import ANYWHERE, FORMULAS, FREE

SOURCES = Path(__file__).parent.parent / "sources"
_NOTE = re.compile(r"\^\[([^\]]*)\]")
_FORMULA = re.compile(r"\$[^$]*\$")


@dataclass(frozen=True)
class Heading:
    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    source: str
    """With the marks of footnotes and formulas."""

    @property
    def pieces(self) -> list[str]:
        """Text and footnotes in turn, beginning and ending with text."""
        return _NOTE.split(self.source)

    @property
    def text(self) -> str:
        return _FORMULA.sub(" ", _NOTE.sub("", self.source))

    @property
    def notes(self) -> list[str]:
        return _NOTE.findall(self.source)

    @property
    def has_formulas(self) -> bool:
        return bool(_FORMULA.search(self.source))


@dataclass(frozen=True)
class Items:
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Figure:
    caption: str


@dataclass(frozen=True)
class Formula:
    tex: str


Block = Heading | Paragraph | Items | Table | Figure | Formula


def read_source(name: str) -> list[Block]:
    text = (SOURCES / name).read_text(encoding="utf-8")
    return [_block(part) for part in re.split(r"\n\s*\n", text.strip()) if not part.startswith("<!--")]


def _block(part: str) -> Block:
    lines = part.split("\n")
    if part.startswith("#"):
        marks, _, text = part.partition(" ")
        return Heading(text, len(marks))
    if part.startswith("- "):
        return Items(tuple(line.removeprefix("- ") for line in lines))
    if part.startswith("|"):
        return Table(tuple(tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in lines))
    if part.startswith("!["):
        return Figure(part[2:-1])
    if part.startswith("$$"):
        return Formula(part.strip("$ "))
    return Paragraph(" ".join(lines))


def as_printed(heading: Heading) -> str:
    return heading.text


def true_text(blocks: Iterable[Block], printed: Callable[[Heading], str] = as_printed, before: str = "") -> str:
    """The truth in the form that `parse_truth` reads; `printed` says how a heading looks, with its number."""
    parts = [before] if before else []
    notes = 0
    formulas = False
    for block in blocks:
        match block:
            case Heading():
                parts.append(printed(block))
            case Paragraph():
                parts.append(" ".join(block.text.split()))
                parts += [f"{ANYWHERE} {note}" for note in block.notes]
                notes += len(block.notes)
                formulas |= block.has_formulas
            case Items():
                parts.append("\n".join(block.texts))
            case Table():
                parts.append("\n".join("  ".join(row) for row in block.rows))
            case Figure():
                parts.append(f"{ANYWHERE} {block.caption}")
            case Formula():
                formulas = True
    free = [*map(str, range(1, notes + 1)), *([FORMULAS] if formulas else [])]
    return "\n\n".join([*parts, *([f"{FREE} {' '.join(free)}"] if free else [])]) + "\n"


def paragraphs(blocks: Iterable[Block]) -> list[str]:
    """The plain paragraphs, without notes."""
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def words_up_to(texts: Sequence[str], most: int) -> list[str]:
    """The first whole paragraphs that have no more words than that together."""
    taken, count = list[str](), 0
    for text in texts:
        count += len(text.split())
        if count > most:
            break
        taken.append(text)
    return taken
