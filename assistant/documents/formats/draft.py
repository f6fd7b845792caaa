"""What every reader of a format writes into: blocks of text, which become clean pages with sections at exact places.

The text is made harmless and tidy here, block by block, so that an offset counted here is still right when the
parent, which trusts nobody, makes the page harmless once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import (
    MAX_OUTLINE_ENTRIES,
    ChildMessage,
    Done,
    Opened,
    OutlineEntry,
    PageRead,
    RefusalCode,
    Structure,
)
from assistant.documents.model import Engine
from assistant.safe_text import printable

Block = Literal["paragraph", "heading", "item", "row", "code"]

_TIGHT: tuple[Block, ...] = ("item", "row")
"""Two blocks of one of these kinds stand on lines one below the other; all others have a blank line between."""
_CELL_GAP = " | "

# No-break and figure spaces are spaces to a reader; soft hyphens and zero-width spaces are seen by nobody.
_INVISIBLE = {0xA0: " ", 0x2007: " ", 0x202F: " ", 0xAD: None, 0x200B: None, 0x2060: None}
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_LINE_END = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


class UnreadableError(Exception):
    """Raised by a reader that can say why it does not read a file at all."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code: RefusalCode = code
        self.detail = detail


def tidy(text: str) -> str:
    """One paragraph's text: harmless, composed, single spaces, line ends kept, nothing around it."""
    text = unicodedata.normalize("NFC", printable(text).translate(_INVISIBLE))
    text = _AROUND_LINE_END.sub("\n", _SPACES.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def on_one_line(text: str) -> str:
    """For headings, cells and names."""
    return " ".join(tidy(text).split())


class Draft:
    def __init__(self, engine: Engine, limits: Limits) -> None:
        self.engine: Engine = engine
        self.limits = limits
        self.metadata: dict[str, str] = {}
        self.outline: list[OutlineEntry] = []
        self.anchors: dict[str, tuple[int, int]] = {}
        """Names given to places: index of the page, character of its text."""
        self._pending_anchors: list[str] = []
        self._pages: list[str] = []
        self._labels: list[str] = []
        self._warnings: list[list[str]] = []
        self._open_page("")

    # --- blocks ---------------------------------------------------------------------------------------------------

    def heading(self, text: str, level: int) -> None:
        """A line of its own, and an entry of the outline; `level` is 1 at the top."""
        text = on_one_line(text)
        if text:
            start = self._put("heading", text)
            if len(self.outline) < MAX_OUTLINE_ENTRIES:
                self.outline.append(OutlineEntry(text, max(1, level), self.page_index, start))

    def paragraph(self, text: str) -> None:
        if text := tidy(text):
            self._put("paragraph", text)

    def item(self, text: str, label: str = "•", depth: int = 0) -> None:
        """An entry of a list: lines after the first stand under its text."""
        if text := tidy(text):
            label = on_one_line(label)
            before = "  " * min(depth, 20) + (label + " " if label else "")
            self._put("item", before + text.replace("\n", "\n" + " " * len(before)))

    def row(self, cells: Sequence[str]) -> None:
        """A row of a table. An empty one is left out, empty cells in others are not."""
        texts = [on_one_line(cell) for cell in cells]
        if any(texts):
            self._put("row", _CELL_GAP.join(texts).strip())

    def code(self, text: str, language: str = "") -> None:
        """Source text, fenced so that its lines are not taken for prose."""
        if body := _lines_as_they_are(text):
            fence = "```"
            while fence in body:
                fence += "`"
            self._put("code", f"{fence}{on_one_line(language)}\n{body}\n{fence}")

    def verbatim(self, text: str) -> None:
        """Lines as they are: verse, tables drawn with spaces."""
        if body := _lines_as_they_are(text):
            self._put("code", body)

    def footnote(self, text: str) -> None:
        """Stands last on the page that is open."""
        if text := tidy(text):
            self._footnotes.append(text)

    def anchor(self, name: str) -> None:
        """Give a name to where the next block will begin, or the page end if that comes first."""
        self._pending_anchors.append(name)

    # --- pages ----------------------------------------------------------------------------------------------------

    @property
    def page_index(self) -> int:
        """Of the page that is open."""
        return len(self._pages)

    @property
    def page_is_empty(self) -> bool:
        return not self._length and not self._footnotes

    @property
    def has_text(self) -> bool:
        return not self.page_is_empty or any(self._pages)

    def end_page(self, next_label: str = "") -> None:
        """Close the open page, blank or not, and open another."""
        self._close_page()
        self._open_page(next_label)

    def label(self, label: str) -> None:
        """Of the page that is open."""
        self._labels[-1] = on_one_line(label)

    def label_pages(self, labels: Sequence[str]) -> None:
        """Of all pages so far, where there is one for each."""
        if len(labels) == len(self._labels):
            self._labels = [on_one_line(label) for label in labels]

    def warn(self, code: str) -> None:
        """Of the page that is open; a code of `model.WARNINGS`."""
        if code not in self._warnings[-1]:
            self._warnings[-1].append(code)

    def _open_page(self, label: str) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._last: Block = "paragraph"
        self._footnotes: list[str] = []
        self._labels.append(on_one_line(label))
        self._warnings.append([])

    def _close_page(self) -> None:
        self._place_anchors(self._length)
        notes, self._footnotes = self._footnotes, []
        if notes:
            self._last = "paragraph"
            for note in notes:
                self._put("item", note)
        self._pages.append("".join(self._parts))

    def _put(self, kind: Block, text: str) -> int:
        """Where it begins on its page. What does not fit on a page, which holds a long book, goes on the next."""
        most = self.limits.page_characters
        if self._length and self._length + len(text) + 2 > most:
            self.end_page()
        while len(text) > most:
            self._parts.append(text[:most])
            self._length = most
            text = text[most:]
            self.end_page()
        if self._length:
            gap = "\n" if kind == self._last and kind in _TIGHT else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._place_anchors(start)
        self._parts.append(text)
        self._length += len(text)
        self._last = kind
        return start

    def _place_anchors(self, offset: int) -> None:
        for name in self._pending_anchors:
            self.anchors.setdefault(name, (self.page_index, offset))
        self._pending_anchors.clear()

    # --- what is sent ---------------------------------------------------------------------------------------------

    def messages(self) -> Iterator[ChildMessage]:
        """Everything, in the order the parent expects; nothing may be written after this."""
        self._close_page()
        while len(self._pages) > 1 and not self._pages[-1] and not self._warnings[-1]:
            for column in (self._pages, self._labels, self._warnings):
                column.pop()
        yield Opened(len(self._pages))
        for index, (text, warnings) in enumerate(zip(self._pages, self._warnings, strict=True)):
            if text.strip():
                yield PageRead(index, text, self.engine, tuple(warnings))
            else:
                yield PageRead(index, "", "none", (*warnings, "empty"))
        labels = tuple(self._labels) if any(self._labels) else ()
        yield Structure(labels, tuple(self.outline), self.metadata)
        yield Done()


def _lines_as_they_are(text: str) -> str:
    text = unicodedata.normalize("NFC", printable(text)).expandtabs(4)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
