"""OpenDocument texts, as LibreOffice writes them.

Pages begin at the author's breaks and where LibreOffice last broke a page when it saved the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from assistant.documents.formats.draft import Draft, UnreadableError
from assistant.documents.formats.formulas import linear
from assistant.documents.formats.inline import counted, lowered, raised
from assistant.documents.formats.odt_styles import Level, Styles
from assistant.documents.formats.package import Package
from assistant.documents.formats.xml import (
    Element,
    all_text,
    attribute,
    child,
    children,
    descendants,
    local,
    names,
    number,
)

_PAGE_BREAK, _RENDERED_BREAK = "\f", "\v"
"""In the text of a paragraph: XML cannot hold these characters."""
_BREAKS = re.compile(f"([{_PAGE_BREAK}{_RENDERED_BREAK}])")
_SKIPPED = names(
    "tracked-changes annotation annotation-end table-of-content illustration-index table-index alphabetical-index"
    " bibliography-configuration sequence-decls variable-decls user-field-decls forms change change-start change-end"
    " ruby-text desc title"
)
_MOST_REPEATED = 1_000
"""Spaces or cells that a file says stand here as often as a number says."""


def read(path: Path, draft: Draft) -> None:
    package = Package(path)
    manifest = package.xml("META-INF/manifest.xml")
    if next(descendants(manifest, "encryption-data"), None) is not None:
        raise UnreadableError("password")
    root = package.needed_xml("content.xml")
    # Broken XML is mended by closing what is open later, so the body may stand inside something else.
    text = next((child(body, "text") for body in descendants(root, "body")), None)
    if text is None:
        raise UnreadableError("damaged", "no text")
    _take_metadata(package.xml("meta.xml"), draft)
    styles = Styles(package.xml("styles.xml"), root)
    writer = _Writer(package, styles, draft)
    writer.blocks(text)
    writer.finish()
    if package.damaged:
        draft.warn("shortened")


def _take_metadata(meta: Element | None, draft: Draft) -> None:
    for tag, name in (("title", "title"), ("initial-creator", "author"), ("creator", "author"), ("subject", "subject")):
        found = next(descendants(meta, tag), None)
        if found is not None and (text := all_text(found).strip()):
            draft.metadata.setdefault(name, text)


# --- the text -----------------------------------------------------------------------------------------------------


class _Writer:
    def __init__(self, package: Package, styles: Styles, draft: Draft) -> None:
        self._package = package
        self._styles = styles
        self._draft = draft
        self._note_count = 0
        self._endnotes: list[str] = []
        self._boxes: list[Element] = []
        self._list_ends: dict[str, int] = {}
        """By list style, the number a list came to: another one may go on from there."""

    def blocks(self, parent: Element) -> None:
        for element in parent:
            self._block(element)

    def finish(self) -> None:
        for note in self._endnotes:
            self._draft.footnote(note)

    def _block(self, element: Element) -> None:
        match local(element):
            case "h":
                self._paragraph(element, number(attribute(element, "outline-level"), 1))
            case "p":
                self._paragraph(element)
            case "list":
                self._list(element, attribute(element, "style-name"), 1)
            case "table":
                self._table(element)
            case "soft-page-break":
                self._break(_RENDERED_BREAK)
            case "frame" | "text-box" | "rect" | "custom-shape" | "g":
                self._boxes += _text_boxes(element)
                self._write_boxes()
            case name if name not in _SKIPPED:
                self.blocks(element)
            case _:
                pass

    def _break(self, mark: str) -> None:
        if mark == _PAGE_BREAK or not self._draft.page_is_empty:
            self._draft.end_page()

    def _paragraph(self, element: Element, level: int = 0, label: str | None = None, depth: int = 0) -> None:
        style = attribute(element, "style-name")
        if self._styles.breaks_page(style) and not self._draft.page_is_empty:
            self._draft.end_page()
        begun = False
        for piece in _BREAKS.split(self._inline(element)):
            if _BREAKS.fullmatch(piece):
                self._break(piece)
            elif piece.strip():
                if begun:
                    self._draft.paragraph(piece)
                elif level:
                    self._draft.heading(piece, level)
                elif label is not None:
                    self._draft.item(piece, label, depth)
                else:
                    self._take_title(piece, style)
                    self._draft.paragraph(piece)
                begun = True
        self._write_boxes()

    def _take_title(self, text: str, style: str) -> None:
        if self._styles.is_title(style):
            self._draft.metadata.setdefault("title", text.strip())

    def _write_boxes(self) -> None:
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)

    # --- lists ----------------------------------------------------------------------------------------------------

    def _list(self, element: Element, style: str, depth: int) -> None:
        level = self._styles.level(style, depth)
        count = level.start - 1 if level else 0
        if attribute(element, "continue-numbering") == "true" or attribute(element, "continue-list"):
            count = self._list_ends.get(f"{style}/{depth}", count)
        for entry in element:
            if local(entry) == "soft-page-break":
                self._break(_RENDERED_BREAK)
                continue
            count = number(attribute(entry, "start-value"), count + 1)
            if not self._entry(entry, style, depth, _label(level, count) if local(entry) == "list-item" else ""):
                count -= 1  # an entry that only holds a deeper list has no number of its own
        self._list_ends[f"{style}/{depth}"] = count

    def _entry(self, entry: Element, style: str, depth: int, label: str) -> bool:
        """Whether it used its label."""
        used = False
        for element in entry:
            match local(element):
                case "p" | "h":
                    level = number(attribute(element, "outline-level"), 1) if local(element) == "h" else 0
                    self._paragraph(element, level, "" if used else label, depth if used else depth - 1)
                    used = True
                case "list":
                    self._list(element, attribute(element, "style-name") or style, depth + 1)
                case _:
                    self._block(element)
        return used

    # --- tables ---------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        rows = [_cells(row) for row in _rows(table)]
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around text
            self.blocks(rows[0][0])
            return
        for row in rows:
            texts = [self._cell(cell) for cell in row]
            if any(_BREAKS.search(text) for text in texts):
                self._break(_RENDERED_BREAK)
            self._draft.row([_BREAKS.sub(" ", text) for text in texts])
        self._write_boxes()

    def _cell(self, cell: Element) -> str:
        if local(cell) == "covered-table-cell":
            return ""
        paragraphs = descendants(cell, "p", "h")
        return " ".join(text for paragraph in paragraphs if (text := self._inline(paragraph)).strip(" \n"))

    # --- inline text ----------------------------------------------------------------------------------------------

    def _inline(self, element: Element) -> str:
        parts = [_collapsed(element.text)]
        for inner in element:
            parts.append(self._inline_part(inner))
            parts.append(_collapsed(inner.tail))
        return "".join(parts)

    def _inline_part(self, element: Element) -> str:
        match local(element):
            case "s":
                return " " * min(number(attribute(element, "c"), 1), _MOST_REPEATED)
            case "tab":
                return "\t"
            case "line-break":
                return "\n"
            case "soft-page-break":
                return _RENDERED_BREAK
            case "note":
                return self._note(element)
            case "span":
                return self._span(element)
            case "frame":
                return self._frame(element)
            case "custom-shape" | "rect" | "g":
                self._boxes += _text_boxes(element)
                return ""
            case name if name in _SKIPPED:
                return ""
            case _:
                return self._inline(element)

    def _span(self, element: Element) -> str:
        style = attribute(element, "style-name")
        if self._styles.is_hidden(style):
            return ""
        text = self._inline(element)
        match self._styles.position(style):
            case "super":
                return raised(text)
            case "sub":
                return lowered(text)
            case _:
                return text

    def _frame(self, frame: Element) -> str:
        """A formula, or a text box, which follows its paragraph."""
        for item in children(frame, "object"):
            inside = child(item, "math")
            name = posixpath.join(attribute(item, "href").removeprefix("./"), "content.xml")
            root = inside if inside is not None else self._package.xml(name)
            if root is not None and local(root) == "math":
                return f" {linear(root)} "
        self._boxes += _text_boxes(frame)
        return ""

    def _note(self, note: Element) -> str:
        self._note_count += 1
        mark = f"[{self._note_count}]"
        body = child(note, "note-body")
        text = " ".join(self._inline(paragraph) for paragraph in descendants(body, "p"))
        text = f"{mark} {_BREAKS.sub(' ', text).strip()}"
        if attribute(note, "note-class") == "endnote":
            self._endnotes.append(text)
        else:
            self._draft.footnote(text)
        return mark


def _label(level: Level | None, count: int) -> str:
    if level is None or not level.numbered:
        return "•"
    return f"{level.before}{counted(count, level.style)}{level.behind}" if level.style else ""


def _collapsed(text: str | None) -> str:
    """White space counts once in this format; more is said with an element."""
    return re.sub(r"[ \t\r\n]+", " ", text) if text else ""


def _text_boxes(element: Element) -> list[Element]:
    """The outermost; those inside come with them. A shape has its paragraphs itself."""
    boxes = list(descendants(element, "text-box", "custom-shape", "rect"))
    known = set(boxes)
    return [box for box in boxes if known.isdisjoint(box.iterancestors())]


def _rows(table: Element) -> Iterator[Element]:
    for part in table:
        if local(part) == "table-row":
            yield part
        elif local(part) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(part)


def _cells(row: Element) -> list[Element]:
    cells: list[Element] = []
    for cell in children(row, "table-cell", "covered-table-cell"):
        repeated = number(attribute(cell, "number-columns-repeated"), 1)
        cells += [cell] * (min(max(repeated, 1), _MOST_REPEATED) if len(cell) else 1)
    return cells
