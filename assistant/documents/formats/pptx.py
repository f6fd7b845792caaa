"""PowerPoint presentations: a page for each slide, its title a section, its shapes in the order one reads them.

Hidden slides are read too: they are often the ones with the proofs and the answers. A warning says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.child.messages import OutlineEntry
from assistant.documents.formats.draft import Draft
from assistant.documents.formats.formulas import linear
from assistant.documents.formats.inline import lowered, raised
from assistant.documents.formats.package import Package, core_metadata
from assistant.documents.formats.xml import (
    Element,
    attribute,
    child,
    children,
    descendants,
    local,
    number,
)

NOTES = "[Notes]"
"""Over what the speaker noted. Not translated: the text of a document must not depend on who reads it."""

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("dt", "ftr", "sldNum", "hdr", "sldImg")
_SHAPES = ("sp", "graphicFrame", "grpSp", "AlternateContent", "cxnSp", "pic")
_ROW_EMU = 360_000
"""Shapes whose tops differ by less than a centimetre stand beside one another (914,400 to the inch)."""
_OFF = ("0", "false")


def read(path: Path, draft: Draft) -> None:
    package = Package(path)
    main = package.related("", "officeDocument")
    if main not in package:
        main = "ppt/presentation.xml"
    presentation = package.needed_xml(main)
    draft.metadata.update(core_metadata(package))
    related = package.relationships(main)
    first = number(attribute(presentation, "firstSlideNum"), 1)
    parts = _parts(presentation)
    for index, entry in enumerate(children(child(presentation, "sldIdLst"), "sldId")):
        if index:
            draft.end_page()
        draft.label(str(first + index))
        begun = len(draft.outline)
        relationship = related.get(_relationship_id(entry))
        if relationship is None or not _write_slide(package, relationship.target, draft):
            draft.warn("failed")
        if parts:
            _put_under(parts.get(_slide_id(entry), ""), begun, draft)
    if package.damaged:
        draft.warn("shortened")


def _relationship_id(entry: Element) -> str:
    """`r:id`, beside an `id` of its own."""
    return next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")


def _slide_id(entry: Element) -> str:
    return entry.attrib.get("id", "")


def _parts(presentation: Element) -> dict[str, str]:
    """The name of the part of the presentation that begins with a slide, by the slide's id."""
    found: dict[str, str] = {}
    for section in descendants(presentation, "section"):
        slides = list(descendants(section, "sldId"))
        if slides and attribute(section, "name"):
            found[_slide_id(slides[0])] = attribute(section, "name")
    return found


def _put_under(part: str, begun: int, draft: Draft) -> None:
    """Slide titles one level down, below the name of the part that starts here, if one does."""
    titles = [entry._replace(level=entry.level + 1) for entry in draft.outline[begun:]]
    del draft.outline[begun:]
    if part:
        draft.outline.append(OutlineEntry(part, 1, draft.page_index, 0))
    draft.outline += titles


def _write_slide(package: Package, name: str, draft: Draft) -> bool:
    slide = package.xml(name)
    if slide is None:
        return False
    if attribute(slide, "show") in _OFF:
        draft.warn("hidden")
    layout_name = package.related(name, "slideLayout")
    layout = package.xml(layout_name) if layout_name else None
    master_name = package.related(layout_name, "slideMaster") if layout_name else ""
    master = package.xml(master_name) if master_name else None
    _Slide(package, name, draft, [_places(layout), _places(master)]).write(child(slide, "cSld", "spTree"))
    _write_notes(package, package.related(name, "notesSlide"), draft)
    return True


def _write_notes(package: Package, name: str, draft: Draft) -> None:
    tree = child(package.xml(name), "cSld", "spTree") if name else None
    paragraphs = [
        text
        for shape in descendants(tree, "sp")
        if _placeholder(shape)[0] == "body"
        for paragraph in children(child(shape, "txBody"), "p")
        if (text := paragraph_text(paragraph)).strip()
    ]
    if paragraphs:
        draft.paragraph(NOTES)
        for text in paragraphs:
            draft.paragraph(text)


# --- where shapes stand -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    top: int
    left: int


def _placeholder(shape: Element) -> tuple[str, str]:
    """Type and index of a placeholder; ("", "") for a free shape."""
    for properties in shape:
        mark = child(properties, "nvPr", "ph")
        if mark is not None:
            return attribute(mark, "type", "body"), attribute(mark, "idx", "0")
    return "", ""


def _places(layout: Element | None) -> dict[tuple[str, str], _Place]:
    """Where a layout puts its placeholders, by their type and by their index."""
    found: dict[tuple[str, str], _Place] = {}
    for shape in descendants(child(layout, "cSld", "spTree"), "sp"):
        kind, index = _placeholder(shape)
        place = _own_place(shape)
        if kind and place:
            found.setdefault(("type", kind), place)
            found.setdefault(("index", index), place)
    return found


def _own_place(shape: Element) -> _Place | None:
    transform = child(shape, "xfrm")
    for properties in ("spPr", "grpSpPr"):
        transform = child(shape, properties, "xfrm") if transform is None else transform
    offset = child(transform, "off")
    return None if offset is None else _Place(number(attribute(offset, "y")), number(attribute(offset, "x")))


class _Slide:
    def __init__(self, package: Package, name: str, draft: Draft, layouts: list[dict[tuple[str, str], _Place]]) -> None:
        self._package = package
        self._name = name
        self._draft = draft
        self._layouts = layouts

    def write(self, tree: Element | None) -> None:
        """The title first, wherever it stands; then row by row, from the left."""
        shapes = [] if tree is None else list(_shapes(tree))
        titles = [shape for shape in shapes if _placeholder(shape)[0] in _TITLES]
        for shape in titles:
            self._draft.heading(" ".join(_paragraphs(shape)), 1)
        for shape in self._in_order([shape for shape in shapes if shape not in titles]):
            self._shape(shape)

    def _in_order(self, shapes: list[Element]) -> list[Element]:
        placed = sorted(
            ((self._place(shape), index, shape) for index, shape in enumerate(shapes)),
            key=lambda entry: (entry[0].top, entry[0].left, entry[1]),
        )
        ordered: list[Element] = []
        row: list[tuple[_Place, int, Element]] = []
        for entry in placed:
            if row and entry[0].top - row[0][0].top > _ROW_EMU:
                ordered += _from_the_left(row)
                row = []
            row.append(entry)
        return ordered + _from_the_left(row)

    def _place(self, shape: Element) -> _Place:
        if own := _own_place(shape):
            return own
        kind, index = _placeholder(shape)
        for layout in self._layouts:
            if place := layout.get(("index", index)) or layout.get(("type", kind)):
                return place
        return _Place(0, 0)

    def _shape(self, shape: Element) -> None:
        match local(shape):
            case "grpSp":
                for inner in self._in_order(list(_shapes(shape))):
                    self._shape(inner)
            case "graphicFrame":
                self._frame(shape)
            case _ if _placeholder(shape)[0] not in _FURNITURE:
                self._text_body(shape)
            case _:
                pass

    def _text_body(self, shape: Element) -> None:
        listed = _placeholder(shape)[0] in ("body", "obj")
        counts: dict[int, int] = {}
        for paragraph in children(child(shape, "txBody"), "p"):
            text = paragraph_text(paragraph)
            if not text.strip():
                continue
            properties = child(paragraph, "pPr")
            depth = number(attribute(properties, "lvl"))
            if child(properties, "buAutoNum") is not None:
                counts = {level: count for level, count in counts.items() if level <= depth}
                counts[depth] = counts.get(depth, 0) + 1
                self._draft.item(text, f"{counts[depth]}.", depth)
            elif child(properties, "buChar") is not None or (listed and child(properties, "buNone") is None):
                self._draft.item(text, "•", depth)
            else:
                self._draft.paragraph(text)

    def _frame(self, frame: Element) -> None:
        """A table, or a diagram (SmartArt), whose words are in a file of their own."""
        data = child(frame, "graphic", "graphicData")
        for table in children(data, "tbl"):
            for row in children(table, "tr"):
                self._draft.row([" ".join(_paragraphs(cell)) for cell in children(row, "tc")])
        if child(data, "relIds") is not None:
            self._diagram(attribute(child(data, "relIds"), "dm"))

    def _diagram(self, relationship_id: str) -> None:
        relationship = self._package.relationships(self._name).get(relationship_id)
        model = self._package.xml(relationship.target) if relationship and relationship.target else None
        for point in children(child(model, "ptLst"), "pt"):
            texts = [paragraph_text(paragraph) for paragraph in children(child(point, "t"), "p")]
            if text := " ".join(texts).strip():
                self._draft.item(text)


def _shapes(tree: Element) -> Iterator[Element]:
    """Those of one level; of two ways of saying the same thing, the first, which has the formulas."""
    for shape in tree:
        if local(shape) == "AlternateContent":
            choices = children(shape, "Choice") or children(shape, "Fallback")
            yield from _shapes(choices[0]) if choices else ()
        elif local(shape) in _SHAPES:
            yield shape


def _from_the_left(row: list[tuple[_Place, int, Element]]) -> list[Element]:
    return [shape for _place, _index, shape in sorted(row, key=lambda entry: (entry[0].left, entry[0].top, entry[1]))]


# --- text ---------------------------------------------------------------------------------------------------------


def _paragraphs(shape: Element) -> list[str]:
    return [paragraph_text(paragraph) for paragraph in children(child(shape, "txBody"), "p")]


def paragraph_text(paragraph: Element) -> str:
    return "".join(_part(element) for element in paragraph)


def _part(element: Element) -> str:
    match local(element):
        case "r" | "fld":
            text = "".join(inner.text or "" for inner in children(element, "t"))
            baseline = number(attribute(child(element, "rPr"), "baseline"))
            return raised(text) if baseline > 0 else lowered(text) if baseline < 0 else text
        case "br":
            return "\n"
        case "m" | "oMath" | "oMathPara":
            return linear(element)
        case "AlternateContent":
            choices = children(element, "Choice") or children(element, "Fallback")
            return paragraph_text(choices[0]) if choices else ""
        case _:
            return ""
