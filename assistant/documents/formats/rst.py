"""reStructuredText through docutils, with everything off that reads other files or runs something.

Documentation uses directives and roles that only its own tools know: what is written in them is kept as text.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any, cast

from docutils import core, nodes

from assistant.documents.encodings import decode_text
from assistant.documents.formats.draft import Draft
from assistant.documents.formats.inline import counted, lowered, raised
from assistant.safe_text import printable

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,  # no docutils.conf of the folder we happen to be in
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": "",
    "input_encoding": "unicode",
    "syntax_highlight": "none",
    "smart_quotes": False,
    "line_length_limit": 1_000_000,
    "sectsubtitle_xform": False,
}
_UNKNOWN = "Unknown directive type"
_DIRECTIVE = re.compile(r"\.\.\s+[\w:+.-]+::\s*(.*)")
_OPTION = re.compile(r"\s*:[\w-]+:.*")
_ROLE = re.compile(r":[\w:.+-]+:`([^`<]*?)\s*(?:<[^`>]*>)?`|`([^`<]*?)\s*(?:<[^`>]*>)?`(?::[\w:.+-]+:|_{0,2})")
_LIST_STYLES = {"arabic": "1", "loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}


def read(path: Path, draft: Draft) -> None:
    text = "\n".join(printable(piece) for piece in decode_text(path.read_bytes()).split("\f"))
    tree = core.publish_doctree(text, settings_overrides=_SETTINGS)
    writer = _Writer(draft)
    for element in tree.children:
        writer.block(element)


class _Writer:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._level = 0
        self._depth = 0
        """Of the list we are in, from 1."""
        self._label = ""

    def block(self, element: Any) -> None:
        match element:
            case nodes.section():
                self._level += 1
                self._blocks(element)
                self._level -= 1
            case nodes.title() | nodes.subtitle():
                self._title(element)
            case nodes.paragraph() | nodes.term() | nodes.attribution() | nodes.caption() | nodes.rubric():
                self._paragraph(_inline(element))
            case nodes.line_block():
                self._paragraph("\n".join(_lines(element)))
            case nodes.literal_block() | nodes.doctest_block():
                classes = [name for name in element.get("classes", []) if name != "code"]
                self._draft.code(element.astext(), classes[0] if classes else "")
            case nodes.math_block():
                self._paragraph(f"$${element.astext()}$$")
            case nodes.bullet_list() | nodes.enumerated_list():
                self._list(element)
            case nodes.table():
                self._table(element)
            case nodes.footnote() | nodes.citation():
                self._footnote(element)
            case nodes.docinfo():
                self._document_fields(element)
            case nodes.field():
                self._paragraph(": ".join(_inline(part) for part in element.children))
            case nodes.system_message():
                self._unknown(element)
            case nodes.comment() | nodes.substitution_definition() | nodes.target() | nodes.raw() | nodes.image():
                pass
            case nodes.pending() | nodes.meta() | nodes.decoration() | nodes.topic() if "contents" in _classes(element):
                pass
            case nodes.Text():
                self._paragraph(element.astext())
            case nodes.definition() | nodes.field_body() | nodes.description():
                self._indented(element)
            case _:
                self._blocks(element)

    def _blocks(self, element: Any) -> None:
        for inner in element.children:
            self.block(inner)

    def _title(self, element: Any) -> None:
        if isinstance(element.parent, nodes.document) and isinstance(element, nodes.title):
            self._level = 1  # the document's own: its sections are below it
            self._draft.heading(_inline(element), 1)
        elif isinstance(element.parent, nodes.section):
            self._draft.heading(_inline(element), self._level)
        else:  # of a box or a table
            self._paragraph(_inline(element))

    def _paragraph(self, text: str) -> None:
        if self._depth:
            self._draft.item(text, self._label, self._depth - (1 if self._label else 0))
            self._label = ""
        else:
            self._draft.paragraph(text)

    def _indented(self, element: Any) -> None:
        self._depth += 1
        self._blocks(element)
        self._depth -= 1

    def _list(self, element: Any) -> None:
        self._depth += 1
        style = _LIST_STYLES.get(element.get("enumtype", ""), "")
        first = element.get("start", 1)
        for index, entry in enumerate(element.children):
            marked = f"{element.get('prefix', '')}{counted(first + index, style)}{element.get('suffix', '.')}"
            self._label = marked if style else "•"
            self._blocks(entry)
            self._label = ""
        self._depth -= 1

    def _table(self, table: Any) -> None:
        for title in table.findall(nodes.title):
            self._paragraph(_inline(title))
        for row in table.findall(nodes.row):
            self._draft.row([" ".join(_inline(part) for part in cell.children) for cell in row.children])

    def _footnote(self, element: Any) -> None:
        labels = [inner.astext() for inner in element.children if isinstance(inner, nodes.label)]
        text = " ".join(_inline(inner) for inner in element.children if not isinstance(inner, nodes.label))
        self._draft.footnote(f"[{labels[0] if labels else '*'}] {text}")

    def _document_fields(self, element: Any) -> None:
        for field in element.children:
            if isinstance(field, nodes.author | nodes.authors):
                self._draft.metadata.setdefault("author", field.astext())

    def _unknown(self, message: Any) -> None:
        """What docutils does not know: the words in a directive are still the author's."""
        if _UNKNOWN not in message.astext():
            return
        for literal in message.findall(nodes.literal_block):
            self._draft.paragraph(_words_of_directive(literal.astext()))


def _classes(element: Any) -> list[str]:
    return cast("list[str]", element.get("classes", [])) if isinstance(element, nodes.Element) else []


def _words_of_directive(source: str) -> str:
    head, _, body = source.partition("\n")
    directive = _DIRECTIVE.match(head)
    if directive is None:
        return _without_roles(source)
    lines = textwrap.dedent(body).split("\n")
    while lines and (not lines[0].strip() or _OPTION.fullmatch(lines[0])):
        lines.pop(0)
    return _without_roles("\n".join([directive[1], *lines]))


def _without_roles(text: str) -> str:
    return _ROLE.sub(lambda role: role[1] or role[2] or "", text)


def _lines(block: Any) -> list[str]:
    lines: list[str] = []
    for element in block.children:
        lines += _lines(element) if isinstance(element, nodes.line_block) else [_inline(element)]
    return lines


def _inline(element: Any) -> str:
    match element:
        case nodes.Text():
            return " ".join(element.astext().split("\n"))
        case nodes.superscript():
            return raised(element.astext())
        case nodes.subscript():
            return lowered(element.astext())
        case nodes.math():
            return f"${element.astext()}$"
        case nodes.footnote_reference() | nodes.citation_reference():
            return f" [{element.astext()}]"
        case nodes.problematic():
            return _without_roles(element.astext())
        case nodes.image() | nodes.raw() | nodes.system_message() | nodes.comment():
            return ""
        case _:
            return "".join(_inline(inner) for inner in element.children)
