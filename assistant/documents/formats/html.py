"""Web pages → text: what a reader of the page sees of its main part, in the order of the document."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.documents.encodings import decode_text
from assistant.documents.formats.draft import Draft
from assistant.documents.formats.formulas import linear
from assistant.documents.formats.inline import counted, lowered, raised
from assistant.documents.formats.xml import (
    Element,
    all_text,
    attribute,
    children,
    descendants,
    local,
    names,
    number,
    parse_html,
)

_BLOCKS = names(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form"
    " header html legend li main menu ol p section summary table tbody tfoot thead tr ul hgroup optgroup"
)
_DROPPED = names(
    "script style noscript template head nav svg iframe object embed applet canvas audio video map button select"
    " input textarea datalist option link meta param source track img area picture wbr rp rt frameset"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDING_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DROPPED_ROLES = names("navigation search menu menubar toolbar tablist banner contentinfo dialog")
_DROPPED_CLASSES = names("mw-editsection navbox noprint visually-hidden sr-only headerlink MathJax_Preview")
_FORMULA_SCRIPT = re.compile(r"math/(?:tex|asciimath)", re.IGNORECASE)

_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]{1,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_.:-]{1,40})")
_LOOKED_AT_BYTES = 4096
# What pages call latin-1 is cp1252 to every browser, and decode_text finds that out and UTF-8 by itself.
_FOUND_ANYWAY = re.compile(r"utf.*|iso-?8859-1|latin-?1|l1|(?:us-)?ascii|windows-1252|cp1252")


def read(path: Path, draft: Draft) -> None:
    write_html(decode_html(path.read_bytes()), draft)


def decode_html(data: bytes) -> str:
    """By the byte-order mark, else by what the page says of itself if its bytes are that, else as any text."""
    declared = _META_CHARSET.search(data[:_LOOKED_AT_BYTES]) or _XML_ENCODING.match(data[:_LOOKED_AT_BYTES])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        charset = declared[1].decode("ascii").lower()
        if not _FOUND_ANYWAY.fullmatch(charset):
            try:
                return data.decode(charset)
            except (LookupError, UnicodeError, ValueError):
                pass  # it says something that is not true
    return decode_text(data)


def write_html(text: str, draft: Draft, anchors: str | None = None) -> None:
    """A page or a piece of one. With `anchors`, each element's id behind that prefix becomes an anchor of the draft."""
    root, whole = parse_html(text)
    if root is None:
        return
    title = next(descendants(root, "title"), None)
    if title is not None:
        draft.metadata.setdefault("title", all_text(title).strip())
    for meta in descendants(root, "meta"):
        if attribute(meta, "name").lower() == "author":
            draft.metadata.setdefault("author", attribute(meta, "content"))
    _Writer(draft, anchors).block(_main_part(root))
    if not whole:
        draft.warn("shortened")


def _main_part(root: Element) -> Element:
    """What the page itself says is its main part, if there is one such and it is not a small one."""
    length = len(all_text(root))
    for candidates in (
        [element for element in root.iter() if local(element) == "main" or attribute(element, "role") == "main"],
        list(descendants(root, "article")),
    ):
        if len(candidates) == 1 and len(all_text(candidates[0])) > 0.2 * length:
            return candidates[0]
    return next(descendants(root, "body"), root)


def _is_dropped(element: Element) -> bool:
    name = local(element)
    if not name:
        return True
    if name in _DROPPED:
        return not (name == "script" and _FORMULA_SCRIPT.match(attribute(element, "type")))
    attributes = element.attrib
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or attributes.get("role") in _DROPPED_ROLES
        or bool(_HIDING_STYLE.search(attributes.get("style", "")))
        or not _DROPPED_CLASSES.isdisjoint(attributes.get("class", "").split())
    )


class _Writer:
    """Collects inline text until a block begins or ends, then writes it as what it stands in."""

    def __init__(self, draft: Draft, anchors: str | None) -> None:
        self._draft = draft
        self._anchors = anchors
        self._text: list[str] = []
        self._lists: list[tuple[str, int]] = []
        """For each list we are in, its counting style ("" for bullets) and the number of its next entry."""
        self._label = ""

    # --- blocks ---------------------------------------------------------------------------------------------------

    def block(self, element: Element) -> None:
        self._flush()
        self._anchor(element)
        self._children(element)
        self._flush()

    def _children(self, element: Element) -> None:
        self._add(element.text)
        for inner in element:
            if not _is_dropped(inner):
                self._element(inner)
            self._add(inner.tail)

    def _element(self, element: Element) -> None:
        name = local(element)
        if level := _HEADINGS.get(name, 0):
            self._flush()
            self._anchor(element)
            self._draft.heading(_inline(element), level)
        elif name == "pre":
            self._flush()
            self._preformatted(element)
        elif name in ("ul", "ol", "menu"):
            self._list(element, name)
        elif name == "li":
            self._entry(element)
        elif name == "table":
            self._flush()
            self._table(element)
        elif name == "dd":
            self._definition(element)
        elif name == "hr":
            self._flush()
        elif name in _BLOCKS:
            self.block(element)
        else:
            self._inline_element(element, name)

    def _inline_element(self, element: Element, name: str) -> None:
        if name == "br":
            self._text.append("\n")
        elif name == "math":
            self._add(linear(element))
        elif name in ("sup", "sub"):
            self._add(raised(_inline(element)) if name == "sup" else lowered(_inline(element)))
        elif name == "script":
            self._add(f"${(element.text or '').strip()}$")
        else:
            self._anchor(element)
            self._children(element)

    def _list(self, element: Element, name: str) -> None:
        self._flush()
        style = attribute(element, "type", "1") if name == "ol" else ""
        self._lists.append((style, number(attribute(element, "start"), 1)))
        self._children(element)
        self._flush()
        self._lists.pop()

    def _entry(self, element: Element) -> None:
        self._flush()
        style, following = self._lists.pop() if self._lists else ("", 1)
        here = number(attribute(element, "value"), following)
        self._lists.append((style, here + 1))
        self._label = f"{counted(here, style)}." if style else "•"
        self.block(element)
        self._label = ""

    def _definition(self, element: Element) -> None:
        self._flush()
        self._lists.append(("", 1))
        self.block(element)
        self._lists.pop()

    def _preformatted(self, element: Element) -> None:
        text = "".join(_verbatim(element)).strip("\n")
        code = [inner for inner in element if local(inner) == "code"]
        if code:
            marked = re.search(r"(?:lang|language)-([\w+#-]{1,20})", attribute(code[0], "class"))
            self._draft.code(text, marked[1] if marked else "")
        else:
            self._draft.verbatim(text)

    # --- tables ---------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        rows = list(_rows(table))
        if all(len(row) <= 1 for row in rows) or any(_is_layout(cell) for row in rows for cell in row):
            for row in rows:  # a frame around text, or an old page's layout: no table to its reader
                for cell in row:
                    self.block(cell)
            return
        for caption in children(table, "caption"):
            self.block(caption)
        for row in rows:
            self._draft.row([_inline(cell) for cell in row])

    # --- inline text ----------------------------------------------------------------------------------------------

    def _add(self, text: str | None) -> None:
        if text:
            self._text.append(" ".join(re.split(r"[ \t\n\r\f]+", text)))

    def _flush(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if not text.strip():
            return
        if self._lists:
            self._draft.item(text, self._label, len(self._lists) - (1 if self._label else 0))
            self._label = ""
        else:
            self._draft.paragraph(text)

    def _anchor(self, element: Element) -> None:
        if self._anchors is None:
            return
        name = attribute(element, "id") or (attribute(element, "name") if local(element) == "a" else "")
        if name:
            self._draft.anchor(self._anchors + name)


def _inline(element: Element) -> str:
    """All that is seen inside, on one line."""
    parts: list[str] = [element.text or ""]
    for inner in element:
        if not _is_dropped(inner):
            parts.append(_inline_part(inner))
        parts.append(inner.tail or "")
    return "".join(parts)


def _inline_part(element: Element) -> str:
    match local(element):
        case "br":
            return " "
        case "math":
            return linear(element)
        case "sup":
            return raised(_inline(element))
        case "sub":
            return lowered(_inline(element))
        case "script":
            return f"${(element.text or '').strip()}$"
        case name if name in _BLOCKS:
            return f" {_inline(element)} "
        case _:
            return _inline(element)


def _verbatim(element: Element) -> list[str]:
    parts = [element.text or ""]
    for inner in element:
        if local(inner) == "br":
            parts.append("\n")
        elif not _is_dropped(inner):
            parts += _verbatim(inner)
        parts.append(inner.tail or "")
    return parts


def _rows(table: Element) -> list[list[Element]]:
    """The rows of this table, not of those inside its cells."""
    rows: list[list[Element]] = []
    for part in table:
        if local(part) == "tr":
            rows.append(children(part, "td", "th"))
        elif local(part) in ("thead", "tbody", "tfoot"):
            rows += [children(row, "td", "th") for row in children(part, "tr")]
    return rows


def _is_layout(cell: Element) -> bool:
    inside = ("table", "h1", "h2", "h3", "h4", "ul", "ol", "article", "section", "main", "form")
    return local(cell) == "td" and any(local(inner) in inside for inner in cell.iter() if inner is not cell)
