"""What the paragraph styles of a Word document make of a paragraph: a heading, an entry of a list, a page's first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.documents.formats.xml import Element, attribute, child, children, number

# Word names its own heading styles in English inside the file; older and other programs name them in their language.
_HEADING = re.compile(
    r"(?:heading|titolo|titre|título|titulo|überschrift|ueberschrift|kop|rubrik|nagłówek|intestazione)\s?([1-9])",
    re.IGNORECASE,
)
_TITLE = re.compile(r"title|titolo|titre|titel|título", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|sommario|indice|tm|verzeichnis)\s?[1-9]", re.IGNORECASE)
BODY_LEVEL = 9
"""The outline level that Word gives to text that is no heading."""
_MOST_BASES = 20
_OFF = ("0", "false", "off", "none")


@dataclass(frozen=True)
class Style:
    level: int = 0
    """Of a heading, from 1; 0 for other paragraphs."""
    is_title: bool = False
    is_contents: bool = False
    """A line of a table of contents."""
    num_id: str = ""
    num_level: int = 0
    page_break: bool = False


class Styles:
    def __init__(self, root: Element | None) -> None:
        self._elements = {
            attribute(style, "styleId"): style
            for style in children(root, "style")
            if attribute(style, "type") == "paragraph"
        }
        self._known: dict[str, Style] = {}

    def __getitem__(self, style_id: str) -> Style:
        if style_id not in self._known:
            self._known[style_id] = self._resolved(style_id)
        return self._known[style_id]

    def _resolved(self, style_id: str) -> Style:
        """With what it takes from the styles it is based on."""
        names, level, num_id, num_level, page_break = [style_id], -1, "", -1, False
        for element in self._chain(style_id):
            names.append(attribute(child(element, "name"), "val"))
            properties = child(element, "pPr")
            level = _first(level, child(properties, "outlineLvl"))
            num_id = num_id or attribute(child(properties, "numPr", "numId"), "val")
            num_level = _first(num_level, child(properties, "numPr", "ilvl"))
            page_break = page_break or is_on(child(properties, "pageBreakBefore"))
        named = next((match for name in names if (match := _HEADING.fullmatch(name))), None)
        if level < 0 and named:
            level = int(named[1]) - 1
        return Style(
            level + 1 if 0 <= level < BODY_LEVEL else 0,
            any(_TITLE.fullmatch(name) for name in names[:2]),
            any(_CONTENTS.fullmatch(name) for name in names[:2]),
            num_id,
            max(num_level, 0),
            page_break,
        )

    def _chain(self, style_id: str) -> list[Element]:
        chain: list[Element] = []
        while style_id in self._elements and len(chain) < _MOST_BASES:
            element = self._elements[style_id]
            chain.append(element)
            style_id = attribute(child(element, "basedOn"), "val")
        return chain


def _first(known: int, element: Element | None) -> int:
    return known if known >= 0 or element is None else number(attribute(element, "val"), -1)


def is_on(element: Element | None) -> bool:
    return element is not None and attribute(element, "val", "1") not in _OFF
