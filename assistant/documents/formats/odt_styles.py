"""What the styles of an OpenDocument text make of its paragraphs, spans and lists."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.documents.formats.xml import Element, attribute, child, children, local, number

_MOST_PARENTS = 20


@dataclass(frozen=True)
class Level:
    numbered: bool
    style: str
    before: str
    behind: str
    start: int


class Styles:
    def __init__(self, *roots: Element | None) -> None:
        """From styles.xml and content.xml, whose automatic styles come on top."""
        self._styles: dict[str, Element] = {}
        self._lists: dict[str, dict[int, Level]] = {}
        for root in roots:
            for holder in children(root, "styles", "automatic-styles"):
                for style in children(holder, "style"):
                    self._styles[attribute(style, "name")] = style
                for style in children(holder, "list-style"):
                    self._lists[attribute(style, "name")] = _list_levels(style)

    def level(self, list_style: str, depth: int) -> Level | None:
        return self._lists.get(list_style, {}).get(depth)

    def breaks_page(self, name: str) -> bool:
        return self._property(name, "paragraph-properties", "break-before") == "page"

    def position(self, name: str) -> str:
        """`"super"`, `"sub"` or ""."""
        position = self._property(name, "text-properties", "text-position").split(" ")[0]
        if position in ("super", "sub"):
            return position
        percent = number(position.removesuffix("%"))
        return "super" if percent > 0 else "sub" if percent < 0 else ""

    def is_hidden(self, name: str) -> bool:
        return self._property(name, "text-properties", "display") == "none"

    def is_title(self, name: str) -> bool:
        return name == "Title" or attribute(self._styles.get(name), "parent-style-name") == "Title"

    def _property(self, name: str, holder: str, wanted: str) -> str:
        for _parent in range(_MOST_PARENTS):
            style = self._styles.get(name)
            if style is None:
                return ""
            if value := attribute(child(style, holder), wanted):
                return value
            name = attribute(style, "parent-style-name")
        return ""


def _list_levels(style: Element) -> dict[int, Level]:
    return {
        number(attribute(level, "level")): Level(
            local(level) == "list-level-style-number",
            attribute(level, "num-format"),
            attribute(level, "num-prefix"),
            attribute(level, "num-suffix"),
            number(attribute(level, "start-value"), 1),
        )
        for level in style
    }
