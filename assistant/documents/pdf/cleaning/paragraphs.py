"""Lines of a page → its text: one line for each paragraph, list item and row, a blank line between paragraphs."""

from __future__ import annotations

import re

from assistant.documents.pdf.cleaning.characters import CELL_END, LEADER
from assistant.documents.pdf.cleaning.notes import NOTE_BEGINS
from assistant.documents.pdf.cleaning.page_lines import PageLines

_BULLETS = r"•◦▪‣●■□▸►✓➢❖*–—\-"
_LIST_ITEM = re.compile(rf"(?:[{_BULLETS}]|\(?\d{{1,2}}[.)]|\(?[a-zA-Z]\)|[ivx]{{1,4}}[.)])\s")
_CLOSING = "\"'”’»)]"
_STOPS = ".!?:;…"
_NUMBER_WORD = re.compile(r"(?<!\S)[-+−±<>≈~€$£(]*\d[\d.,:/%‰°)€$£-]*(?!\S)")
_PROGRAM = re.compile(r"[{}\\;=<>|$&]|\w\(|\A\W*\w+\Z|[/_]\w")
_PUNCTUATION = re.compile(r"[,;:.](?:\s|\Z)|[’']s\s")
_URL_ENDS = "/._-?=&%#~"

_FULL_LINE = 0.6
_NEARLY_FULL_LINE = 0.85
_NARROWEST_COLUMN = 40
"""Characters: on a page of short lines only, none of them is a full one."""
_ROW_SHARE = 0.5
"""Of the words of a row of a table, so many are numbers."""


def reflow(page: PageLines) -> tuple[str, dict[int, int]]:
    """The text, and where in it each line that is a heading begins."""
    width = _usual_width(page)
    pieces: list[str] = []
    starts: dict[int, int] = {}
    length = 0
    before = -1
    in_item = False
    for index, line in enumerate(page.lines):
        if not line:
            continue
        item = _LIST_ITEM.match(line) is not None
        if before >= 0:
            if index - before == 1:
                between = _between(page, before, index, width, item)
            else:
                between = _between_paragraphs(page, before, index, width, item and in_item)
            pieces.append(between)
            length += len(between)
            in_item = in_item and between != "\n\n"
        if index in page.headings:
            starts[index] = length
        pieces.append(line)
        length += len(line)
        before, in_item = index, in_item or item
    return "".join(pieces), starts


def is_row(line: str) -> bool:
    """Of a table, or of a table of contents."""
    if CELL_END in line or LEADER in line:
        return True
    if not (line[-1].isdigit() or line[0].isdigit() or line[-2:-1].isdigit()):
        return False
    numbers = len(_NUMBER_WORD.findall(line))
    return numbers >= 2 and numbers >= _ROW_SHARE * (line.count(" ") + 1)


def _usual_width(page: PageLines) -> int:
    """Characters in a long line of this page: nine tenths of its lines are no longer."""
    lengths = sorted(page.last_parts.get(index, len(line)) for index, line in enumerate(page.lines) if line)
    return max(lengths[len(lengths) * 9 // 10], _NARROWEST_COLUMN) if lengths else _NARROWEST_COLUMN


def _is_broken_address(before: str, line: str) -> bool:
    """Whether a web address or a name with underscores goes on in the next line."""
    last = before.rpartition(" ")[2]
    if before[-1] == "_":
        return len(last) > 1 and (line[0].islower() or line[0].isdigit())
    return ("://" in last or last.startswith("www.")) and (line[0].islower() or line[0].isdigit() or line[0] in "%/_~")


def _between_paragraphs(page: PageLines, before_index: int, index: int, width: int, same_list: bool) -> str:
    """Between lines with a blank one between, where the child has seen a gap, but only the end of a column may be."""
    if same_list and index != page.notes_from:
        return "\n"
    before, line = page.lines[before_index], page.lines[index]
    if not line[0].islower() or not (before[-1].isalnum() or before[-1] in ",’'"):
        return "\n\n"
    if index == page.notes_from or index in page.headings or before_index in page.headings or is_row(before):
        return "\n\n"
    return " " if page.last_parts.get(before_index, len(before)) >= _FULL_LINE * width else "\n\n"


def _between(page: PageLines, before_index: int, index: int, width: int, item: bool) -> str:
    if page.headings or page.notes_from >= 0:
        level, level_before = page.headings.get(index), page.headings.get(before_index)
        if level != level_before or index == page.notes_from:
            return "\n\n"
        if level or (index > page.notes_from >= 0 and NOTE_BEGINS.match(page.lines[index])):
            return "\n"
    before, line = page.lines[before_index], page.lines[index]
    if item:
        return "\n"
    if _PUNCTUATION.match(line):  # behind a footnote mark, which stands so high that it ended the line
        return ""
    if before[-1] in "-–" and before[-2:-1].isdigit() and line[0].isdigit():  # 1789–1799
        return ""
    if before[-1] in _URL_ENDS and _is_broken_address(before, line):
        return ""
    ends = before.rstrip(_CLOSING)[-1:] in _STOPS
    length = page.last_parts.get(before_index, len(before))
    if length >= _FULL_LINE * width:
        if is_row(line) or is_row(before):
            return "\n"
        short = length < _NEARLY_FULL_LINE * width
        return "\n\n" if ends and short and not line[0].islower() else " "
    if line[0].islower():
        apart = is_row(before) or is_row(line) or (_PROGRAM.search(before) and _PROGRAM.search(line))
        return "\n" if apart else " "
    return "\n\n" if ends and not is_row(before) else "\n"
