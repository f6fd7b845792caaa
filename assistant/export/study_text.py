"""A result → the blocks of a text, its formulas, and its notes: one reading of Markdown for all formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from assistant.documents.pages import format_pages
from assistant.export.notes import Note, Reference, number_notes
from assistant.i18n import _
from assistant.safe_text import one_line, printable

MAX_NESTING = 20

_NOTE_OPEN, _NOTE_CLOSE = "\ue000", "\ue001"
"""Around a note's number while Markdown is parsed. No private-use character of the text comes through `safe`."""
_ENTITY = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")

Kind = Literal["heading", "paragraph", "item", "quote", "code", "formula", "table"]


@dataclass(frozen=True)
class Run:
    """Characters that look alike; or, with `note`, the number of a note and no characters."""

    text: str = ""
    bold: bool = False
    italic: bool = False
    code: bool = False
    formula: bool = False
    """LaTeX, without its dollar signs."""
    note: int = 0


@dataclass(frozen=True)
class Block:
    kind: Kind
    runs: tuple[Run, ...] = ()
    level: int = 0
    """Of a heading, from 1; of an item in a list, how deep it stands, from 0."""
    number: int = 0
    """Of an item in a numbered list; 0 in others."""
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()
    """Of a table: its cells, the first row being its head."""


@dataclass(frozen=True)
class StudyText:
    title: str
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    about: tuple[str, ...] = field(default_factory=tuple)
    """Lines for the end: what it was made from, by what, and how it was checked."""
    language: str = ""


def study_text(result: Mapping[str, Any]) -> StudyText:
    """Of a summary, a description or an answer."""
    text = str(result.get("summary") or result.get("answer") or "")
    notes, references = number_notes(result.get("claims") or ())
    marked = with_references(text, references, lambda number: f"{_NOTE_OPEN}{number}{_NOTE_CLOSE}")
    return StudyText(
        title_of(result), tuple(_blocks(marked)), tuple(notes), tuple(about(result)), str(result.get("language") or "")
    )


def safe(text: str) -> str:
    """Markdown without what `printable` takes out, be it spelled as an entity, `&#xE000;`."""
    return _ENTITY.sub(_harmless, printable(text))


def _harmless(entity: re.Match[str]) -> str:
    meant = unescape(entity[0])
    return entity[0] if meant and printable(meant) == meant else "\ufffd"


def with_references(
    text: str, references: Sequence[Reference], written: Callable[[int], str], cleaned: Callable[[str], str] = safe
) -> str:
    """The text `cleaned`, with `written(number)` in the place of each mark; places beyond the text are passed over."""
    pieces: list[str] = []
    position = 0
    for reference in references:
        if position <= reference.mark_start <= reference.mark_end <= len(text):
            pieces += [cleaned(text[position : reference.mark_start]), written(reference.note)]
            position = reference.mark_end
    return "".join([*pieces, cleaned(text[position:])])


def title_of(result: Mapping[str, Any]) -> str:
    return one_line(str(result.get("title") or result.get("document") or "")) or "Sunto"


def about(result: Mapping[str, Any]) -> Iterator[str]:
    """What a reader of the file should know of how it came about."""
    coverage: dict[str, Any] = result.get("coverage") or {}
    parts: Sequence[dict[str, Any]] = coverage.get("documents") or [{**coverage, "document": ""}]
    for part in parts:
        if total := part.get("pages_total"):
            yield _pages_read(one_line(str(part.get("document", ""))), part.get("pages_used") or (), int(total))
    model, adapter = one_line(str(result.get("model") or "")), one_line(str(result.get("adapter") or ""))
    if model and adapter:
        yield _("Written by the model {model} with the adapter {adapter}.").format(model=model, adapter=adapter)
    elif model:
        yield _("Written by the model {model}.").format(model=model)
    if result.get("extractive") in ("partly", "all"):
        yield _("Some or all of it is made of the document's own sentences.")
    if result.get("claims"):
        yield _(
            "Checked by wording, not for truth: ✔ quoted, ≈ supported, ? weak, ✖ states something the document does "
            "not have."
        )


def _pages_read(document: str, used: Sequence[int], total: int) -> str:
    pages = format_pages(used) or "–"
    if document:
        return _("{document}: read pages {pages} of {total}.").format(document=document, pages=pages, total=total)
    return _("Read pages {pages} of {total}.").format(pages=pages, total=total)


# --- Markdown → blocks ------------------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[Block]:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.use(texmath_plugin, delimiters="brackets")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    yield from _Walk().blocks(parser.parse(text))


class _Walk:
    """Goes through the tokens once; what it remembers is where it stands: lists, quotations, tables."""

    def __init__(self) -> None:
        self._lists: list[int] = []
        """Of each list that is open, the number of its next item; 0 in a list without numbers."""
        self._item: int | None = None
        """The number of an item whose first paragraph is still to come."""
        self._heading = 0
        self._quotes = 0
        self._rows: list[list[tuple[Run, ...]]] | None = None

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for token in tokens:
            if token.type == "inline":
                yield from self._text(tuple(_runs(token)))
            elif token.type in ("fence", "code_block"):
                yield Block("code", tuple(_split_notes(Run(token.content.rstrip("\n"), code=True))))
            elif token.type.startswith("math_block") or token.type == "amsmath":
                yield Block("formula", tuple(_split_notes(Run(token.content.strip(), formula=True))))
            elif token.type == "table_close" and self._rows is not None:
                yield Block("table", rows=tuple(tuple(row) for row in self._rows))
                self._rows = None
            else:
                self._enter_or_leave(token)

    def _enter_or_leave(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(0)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._item = self._lists[-1]
                self._lists[-1] += bool(self._item)
            case "list_item_close":
                self._item = None  # it had no words
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = 0
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "table_open":
                self._rows = []
            case "tr_open" if self._rows is not None:
                self._rows.append([])
            case _:
                pass

    def _text(self, runs: tuple[Run, ...]) -> Iterator[Block]:
        if self._rows is not None:
            self._rows[-1].append(runs)
        elif self._heading:
            yield Block("heading", runs, level=self._heading)
        elif self._item is not None:
            yield Block("item", runs, level=len(self._lists) - 1, number=self._item)
            self._item = None
        else:
            yield Block("quote" if self._quotes else "paragraph", runs, level=len(self._lists))


def _runs(inline: Token) -> Iterator[Run]:
    look = Run()
    for token in inline.children or ():
        match token.type:
            case "strong_open" | "strong_close":
                look = replace(look, bold=token.type == "strong_open")
            case "em_open" | "em_close":
                look = replace(look, italic=token.type == "em_open")
            case "softbreak":
                yield replace(look, text=" ")
            case "hardbreak":
                yield replace(look, text="\n")
            case "code_inline":
                yield from _split_notes(replace(look, text=token.content, code=True))
            case "image":
                yield from _split_notes(replace(look, text=token.content))
            case kind if kind.startswith("math_inline"):
                yield from _split_notes(replace(look, text=token.content.strip(), formula=True))
            case "text":
                yield from _split_notes(replace(look, text=token.content))
            case _:  # links: their text is enough, their address came from a document
                pass


def _split_notes(run: Run) -> Iterator[Run]:
    """The run cut at the numbers of notes in it."""
    for piece in run.text.replace(_NOTE_CLOSE, _NOTE_OPEN + _NOTE_OPEN).split(_NOTE_OPEN + _NOTE_OPEN):
        before, _mark, number = piece.partition(_NOTE_OPEN)
        if before:
            yield replace(run, text=before)
        if number.isdigit():
            yield Run(note=int(number))
