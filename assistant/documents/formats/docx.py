"""Word documents, read from their XML: libraries for them leave out notes, text boxes, formulas and changes.

Pages begin where the author set a break and where Word last broke a page when it saved the file.
"""

from __future__ import annotations

import re
from pathlib import Path

from assistant.documents.formats.docx_styles import BODY_LEVEL, Style, Styles, is_on
from assistant.documents.formats.draft import Draft, UnreadableError
from assistant.documents.formats.formulas import linear
from assistant.documents.formats.inline import counted, lowered, raised
from assistant.documents.formats.numbering import Numbering
from assistant.documents.formats.package import Package, core_metadata
from assistant.documents.formats.xml import (
    Element,
    attribute,
    child,
    children,
    descendants,
    local,
    names,
    number,
)

_TRANSPARENT = names("ins moveTo hyperlink smartTag sdtContent customXml fldSimple dir bdo ruby rubyBase")
_PAGE_BREAK, _RENDERED_BREAK = "\f", "\v"
"""In the text of a paragraph: a break the author set, and one that Word found; XML cannot hold these characters."""
_BREAKS = re.compile(f"([{_PAGE_BREAK}{_RENDERED_BREAK}])")
_SYMBOLS = {"F0B7": "•", "F0A7": "▪", "F0E0": "→", "F0DF": "←", "F0F3": "↔", "F0B0": "°", "F0B1": "±", "F0B4": "×"}


def read(path: Path, draft: Draft) -> None:
    package = Package(path)
    main = package.related("", "officeDocument")
    if main not in package:
        main = "word/document.xml"
    # Broken XML is mended by closing what is open later, so the body may stand inside something else.
    body = next(descendants(package.needed_xml(main), "body"), None)
    if body is None:
        raise UnreadableError("damaged", "no body")
    draft.metadata.update(core_metadata(package))
    related = {entry.kind: entry.target for entry in package.relationships(main).values()}
    styles = Styles(package.xml(related["styles"]) if "styles" in related else None)
    numbering = Numbering(package.xml(related["numbering"]) if "numbering" in related else None)
    notes = {kind: package.xml(related[f"{kind}s"]) for kind in ("footnote", "endnote") if related.get(f"{kind}s")}
    writer = _Writer(draft, styles, numbering, notes)
    writer.blocks(body)
    writer.finish(child(body, "sectPr"))
    if package.damaged:
        draft.warn("shortened")


# --- the body -----------------------------------------------------------------------------------------------------


class _Writer:
    def __init__(self, draft: Draft, styles: Styles, numbering: Numbering, notes: dict[str, Element | None]) -> None:
        self._draft = draft
        self._styles = styles
        self._numbering = numbering
        self._notes = {
            kind: {attribute(note, "id"): note for note in children(root, kind)} for kind, root in notes.items()
        }
        self._note_count = 0
        self._endnotes: list[str] = []
        self._boxes: list[Element] = []
        """Text boxes of the paragraph being read: they follow it."""
        self._sections: list[tuple[int, Element]] = []
        """For each section, the index of its last page and its properties."""

    def blocks(self, parent: Element) -> None:
        for element in parent:
            match local(element):
                case "p":
                    self._paragraph(element)
                case "tbl":
                    self._table(element)
                case "sdt":
                    if not _is_contents(element) and (content := child(element, "sdtContent")) is not None:
                        self.blocks(content)
                case "customXml" | "ins" | "moveTo" | "smartTag":
                    self.blocks(element)
                case "AlternateContent":
                    if (chosen := _chosen(element)) is not None:
                        self.blocks(chosen)
                case _:
                    pass

    def finish(self, last_section: Element | None) -> None:
        for note in self._endnotes:
            self._draft.footnote(note)
        if last_section is not None:
            self._sections.append((self._draft.page_index, last_section))
        self._draft.label_pages(_page_labels(self._sections, self._draft.page_index + 1))

    def _paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        style = self._styles[attribute(child(properties, "pStyle"), "val")]
        if style.is_contents:
            return
        own_break = child(properties, "pageBreakBefore")
        if (is_on(own_break) if own_break is not None else style.page_break) and not self._draft.page_is_empty:
            self._draft.end_page()
        self._write_pieces(_BREAKS.split(self._inline(element)), properties, style)
        self._write_boxes()
        if (section := child(properties, "sectPr")) is not None:
            self._end_section(section)

    def _write_pieces(self, pieces: list[str], properties: Element | None, style: Style) -> None:
        """A paragraph's text with the page breaks in it; only its beginning is a heading or has a number."""
        begun = False
        for piece in pieces:
            if piece == _PAGE_BREAK or (piece == _RENDERED_BREAK and not self._draft.page_is_empty):
                self._draft.end_page()  # Word notes its own break again behind one that the author set
            elif piece.strip():
                if begun:
                    self._draft.paragraph(piece)
                else:
                    self._write(piece, properties, style)
                begun = True

    def _write(self, text: str, properties: Element | None, style: Style) -> None:
        level = _own_level(properties, style)
        numbered = child(properties, "numPr")
        num_id = attribute(child(numbered, "numId"), "val") or style.num_id
        depth = number(attribute(child(numbered, "ilvl"), "val"), style.num_level)
        label = self._numbering.label(num_id, depth) if num_id not in ("", "0") else None
        if level:
            self._draft.heading(f"{label} {text}" if label and label != "•" else text, level)
        elif label is not None:
            self._draft.item(text, label, depth)
        else:
            if style.is_title and "title" not in self._draft.metadata:
                self._draft.metadata["title"] = text.strip()
            self._draft.paragraph(text)

    def _write_boxes(self) -> None:
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)

    def _end_section(self, section: Element) -> None:
        self._sections.append((self._draft.page_index, section))
        if attribute(child(section, "type"), "val", "nextPage") not in ("continuous", "nextColumn"):
            self._draft.end_page()

    # --- tables ---------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        rows = [row for row in _inner(table, "tr") if child(row, "trPr", "del") is None]
        cells = [_inner(row, "tc") for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:  # a frame around text
            self.blocks(cells[0][0])
            return
        for row in cells:
            texts = [self._cell(cell) for cell in row]
            if any(_BREAKS.search(text) for text in texts) and not self._draft.page_is_empty:
                self._draft.end_page()
            self._draft.row([_BREAKS.sub(" ", text) for text in texts])
        self._write_boxes()

    def _cell(self, cell: Element) -> str:
        merged = child(cell, "tcPr", "vMerge")
        if merged is not None and attribute(merged, "val", "continue") == "continue":
            return ""
        parts: list[str] = []
        for element in cell:
            match local(element):
                case "p":
                    parts.append(self._inline(element))
                case "tbl":
                    rows = [[self._cell(inner) for inner in _inner(row, "tc")] for row in _inner(element, "tr")]
                    parts.append("; ".join(", ".join(filter(None, row)) for row in rows))
                case "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml":
                    parts.append(self._cell(element))
                case _:
                    pass
        return " ".join(part for part in parts if part.strip(" \n"))

    # --- runs -----------------------------------------------------------------------------------------------------

    def _inline(self, parent: Element) -> str:
        return "".join(self._inline_part(element) for element in parent)

    def _inline_part(self, element: Element) -> str:
        match local(element):
            case "r":
                return self._run(element)
            case "oMath" | "oMathPara":
                return linear(element)
            case "sdt":
                return "" if (content := child(element, "sdtContent")) is None else self._inline(content)
            case "AlternateContent":
                return "" if (chosen := _chosen(element)) is None else self._inline(chosen)
            case name if name in _TRANSPARENT:
                return self._inline(element)
            case _:
                return ""

    def _run(self, run: Element) -> str:
        properties = child(run, "rPr")
        if is_on(child(properties, "vanish")):
            return ""
        text = "".join(self._run_part(element) for element in run)
        shift = number(attribute(child(properties, "position"), "val"))  # so LibreOffice writes it
        match attribute(child(properties, "vertAlign"), "val"):
            case "superscript":
                return raised(text)
            case "subscript":
                return lowered(text)
            case _:
                return raised(text) if shift > 0 else lowered(text) if shift < 0 else text

    def _run_part(self, element: Element) -> str:
        match local(element):
            case "t":
                return element.text or ""
            case "tab" | "ptab":
                return "\t"
            case "br":
                return _PAGE_BREAK if attribute(element, "type") == "page" else "\n"
            case "cr":
                return "\n"
            case "noBreakHyphen":
                return "-"
            case "sym":
                return _SYMBOLS.get(attribute(element, "char").upper(), "")
            case "lastRenderedPageBreak":
                return _RENDERED_BREAK
            case "footnoteReference" | "endnoteReference" as name:
                return self._note(name.removesuffix("Reference"), attribute(element, "id"))
            case "AlternateContent":
                chosen = _chosen(element)
                return "" if chosen is None else "".join(self._run_part(inner) for inner in chosen)
            case "drawing" | "pict" | "object":
                self._boxes += _text_boxes(element)
                return ""
            case "ruby":
                return self._inline(element)
            case _:
                return ""

    def _note(self, kind: str, note_id: str) -> str:
        note = self._notes.get(kind, {}).get(note_id)
        if note is None:
            return ""
        self._note_count += 1
        mark = f"[{self._note_count}]"
        text = " ".join(self._inline(paragraph) for paragraph in descendants(note, "p"))
        text = _BREAKS.sub(" ", text).strip()
        if kind == "footnote":
            self._draft.footnote(f"{mark} {text}")
        else:
            self._endnotes.append(f"{mark} {text}")
        return mark


def _own_level(properties: Element | None, style: Style) -> int:
    own = child(properties, "outlineLvl")
    level = number(attribute(own, "val"), BODY_LEVEL) + 1 if own is not None else style.level
    return level if level <= BODY_LEVEL else 0


def _chosen(alternate: Element) -> Element | None:
    """The first way of saying the same thing; the fallback, mostly a picture, where there is no other."""
    choices = children(alternate, "Choice")
    return choices[0] if choices else child(alternate, "Fallback")


def _text_boxes(drawing: Element) -> list[Element]:
    """The outermost; those inside come with them."""
    boxes = list(descendants(drawing, "txbxContent"))
    known = set(boxes)
    return [box for box in boxes if known.isdisjoint(box.iterancestors())]


def _inner(parent: Element, name: str) -> list[Element]:
    """Rows of a table or cells of a row, also those inside content controls and changes."""
    found: list[Element] = []
    for element in parent:
        if local(element) == name:
            found.append(element)
        elif local(element) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            found += _inner(element, name)
    return found


def _is_contents(element: Element) -> bool:
    """A table of contents that Word made: the sections say the same."""
    gallery = child(element, "sdtPr", "docPartObj", "docPartGallery")
    return attribute(gallery, "val") == "Table of Contents"


def _page_labels(sections: list[tuple[int, Element]], page_count: int) -> list[str]:
    """The numbers printed on the pages, where a section says how it counts; none where none does."""
    if all(child(section, "pgNumType") is None for _last, section in sections):
        return []
    labels: list[str] = []
    count = 0
    for last, section in sections:
        numbering = child(section, "pgNumType")
        count = number(attribute(numbering, "start"), count + 1) - 1
        while len(labels) <= min(last, page_count - 1):
            count += 1
            labels.append(counted(count, attribute(numbering, "fmt", "decimal")))
    return labels
