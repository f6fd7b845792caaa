"""Markdown → clean text: headings become sections, emphasis and link targets go, wrapped lines are joined.

What a citation quotes is what a person reads, not how it was typed. Code, formulas, lists and tables stay what they
are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from assistant.documents.encodings import decode_text
from assistant.documents.formats.draft import Draft
from assistant.documents.formats.html import write_html
from assistant.documents.text import part_pages
from assistant.safe_text import printable

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(r"(title|author|authors|subject|date)\s*:\s*(.*)", re.IGNORECASE)
_LIST_ENTRY = re.compile(r"\s*-\s+(.*)")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\] ")


def read(path: Path, draft: Draft) -> None:
    text = printable_lines(decode_text(path.read_bytes()))
    metadata, text = split_front_matter(text)
    draft.metadata.update(metadata)
    write_markdown(text, draft)


def printable_lines(text: str) -> str:
    """Harmless and with `\\n` at the end of lines, but with the form feeds that part pages."""
    return "\f".join(printable(piece) for piece in part_pages(text))


def write_markdown(text: str, draft: Draft) -> None:
    """Form feeds begin new pages; link targets hold for all of them."""
    parser = MarkdownIt("commonmark", {"maxNesting": 40})
    parser.enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False).use(amsmath_plugin).use(footnote_plugin)
    references: dict[str, object] = {}
    for index, page in enumerate(text.split("\f")):
        if index:
            draft.end_page()
        _Writer(draft).write(parser.parse(page, {"references": references}))


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields we know of a YAML block at the very top, and the text without that block.

    Only plain `key: value` lines and lists of names: enough for titles and authors, and nothing to be attacked by.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    metadata: dict[str, str] = {}
    current = ""
    for line in match[1].split("\n"):
        if field := _FRONT_FIELD.fullmatch(line):
            current = field[1].lower().removesuffix("s") if field[1].lower() == "authors" else field[1].lower()
            metadata[current] = _scalar(field[2])
        elif current and (entry := _LIST_ENTRY.fullmatch(line)):
            metadata[current] = ", ".join(filter(None, (metadata[current], _scalar(entry[1]))))
        else:
            current = ""
    return {key: value for key, value in metadata.items() if value}, text[match.end() :].lstrip("\n")


def _scalar(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_scalar(item) for item in value[1:-1].split(",") if item.strip())
    return "" if value.startswith("#") else value.split(" #")[0].strip()


class _Writer:
    """Follows the parser's tokens, which open and close the blocks around each stretch of text."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._lists: list[int | None] = []
        """For each list we are in, the number of its next entry; None for one with bullets."""
        self._label = ""
        """Of the list entry whose first paragraph is still to come."""
        self._row: list[str] = []
        self._cell = False
        self._heading = 0
        self._footnote = ""

    def write(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            match token.type:
                case "inline":
                    self._text(_plain(token))
                case "fence" | "code_block":
                    self._draft.code(token.content, token.info.strip().split(" ")[0])
                case "math_block" | "math_block_label":
                    self._draft.paragraph(f"$${token.content}$$")
                case "amsmath":
                    self._draft.paragraph(token.content)
                case "html_block":
                    write_html(token.content, self._draft)
                case _:
                    self._enter_or_leave(token)

    def _enter_or_leave(self, token: Token) -> None:
        match token.type:
            case "heading_open" if not token.level:  # one inside a quotation belongs to another text
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = 0
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close" if self._lists:  # footnotes are moved out of their lists
                self._lists.pop()
            case "list_item_open" if self._lists:
                self._open_entry(token.markup)
            case "tr_open":
                self._row = []
            case "th_open" | "td_open":
                self._cell = True
            case "th_close" | "td_close":
                self._cell = False
            case "tr_close":
                self._draft.row(self._row)
            case "footnote_open":
                self._footnote = _footnote_mark(token) + " "
            case "footnote_close":
                self._footnote = ""
            case _:
                pass

    def _open_entry(self, markup: str) -> None:
        number = self._lists[-1]
        if number is None:
            self._label = "•"
        else:
            self._label = f"{number}{markup}"
            self._lists[-1] = number + 1

    def _text(self, text: str) -> None:
        if self._cell:
            self._row.append(text)
        elif self._heading:
            self._draft.heading(text, self._heading)
        elif self._footnote:
            self._draft.footnote(self._footnote + text)
        elif self._lists:
            self._entry(text)
        else:
            self._draft.paragraph(text)

    def _entry(self, text: str) -> None:
        """The first paragraph of a list's entry stands behind its mark, others below."""
        if self._label and (task := _TASK.match(text)):
            self._label, text = "☐" if task[1] == " " else "☑", text[task.end() :]
        self._draft.item(text, self._label, len(self._lists) - (1 if self._label else 0))
        self._label = ""


def _footnote_mark(token: Token) -> str:
    return f"[{token.meta.get('label') or token.meta['id'] + 1}]"


def _plain(token: Token) -> str:
    return "".join(_texts(token.children or []))


def _texts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "softbreak":
                yield " "
            case "hardbreak":
                yield "\n"
            case "math_inline":
                yield f"${token.content}$"
            case "math_inline_double":
                yield f"$${token.content}$$"
            case "html_inline":
                yield "\n" if _LINE_BREAK.match(token.content) else ""
            case "footnote_ref":
                yield _footnote_mark(token)
            case "footnote_anchor" | "image":  # an image's alternative text says what is not there to be read
                pass
            case _:
                yield token.content
