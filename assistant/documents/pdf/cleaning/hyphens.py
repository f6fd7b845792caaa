"""Words broken at line ends made whole, by the words of the document itself.

A hyphen that the printer put in goes, one that the author wrote stays. Where the document writes the word elsewhere,
that decides. Where it does not, the hyphen stays only if the document makes other compounds with these parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.documents.pdf.cleaning.page_lines import SOFT_HYPHEN, PageLines

_LETTERS = "".join(chr(code) for code in range(0x41, 0x250) if chr(code).isalpha())
_LONGEST_WORD = 60
_COMPOUND = re.compile(r"[^\W\d_]{1,60}(?:-[^\W\d_]{1,60}){0,4}")
_BREAK = re.compile(f"{SOFT_HYPHEN} ?\n?|-\n")
_APOSTROPHES = "'’"
_STEM = 6
"""Letters: words that share so many are forms of one."""
_SHORTEST_TAIL = 4
_ALWAYS_FIRST = frozenset(("self", "well", "single"))
_ALWAYS_LAST = frozenset(
    ("specific", "based", "oriented", "driven", "related", "aware", "dependent", "numbered", "defined", "generated")
)
"""English words that end no other (behind four letters or more: "undefined"), and so stand behind a hyphen."""
_COMPOUND_SHARE = 0.015
"""Of the words of a document: English papers have more compounds than that, Italian books never."""
_PATH = re.compile(r"[/_@\\]|\.\w")
"""In the last word: an address, a path or a name in a program. There are no syllables in it."""
_LINES_OF_A_CAPTION = 12
_LOOK_BACK = 80
"""Characters: what is looked at of the text before a break."""


def mend_broken_words(pages: Sequence[PageLines]) -> None:
    """Join words within lines, over line ends and over page ends; a word goes to the page it begins on."""
    broken = [page for page in pages if any(line.endswith("-") or SOFT_HYPHEN in line for line in page.lines)]
    if not broken:
        return
    words = Words(pages)
    for page, following in pairwise(pages):
        _mend_page_end(page, following, words)
    for page in broken:
        _mend_page(page, words)


class Words:
    """What a document says of how its words are written."""

    def __init__(self, pages: Sequence[PageLines]) -> None:
        tokens = Counter[str]()
        for page in pages:
            for text in _whole_words("\n".join(page.lines)):
                tokens.update(text.lower().split())
        self._counts = Counter[str]()
        for token, count in tokens.items():  # far fewer than there are words in the text
            for word in (token,) if token.isalpha() else _COMPOUND.findall(token):
                self._counts[word] += count
        compounds = [word.split("-") for word in self._counts if "-" in word]
        self._first = {parts[0] for parts in compounds}
        self._last = {parts[-1] for parts in compounds}
        self._likes_compounds = len(compounds) >= _COMPOUND_SHARE * len(self._counts)
        self._stems = {part[:_STEM] for word in self._counts for part in word.split("-")}

    def joint(self, before: str, after: str) -> str:
        """ "" or "-": what belongs between the end of `before` and the beginning of `after`."""
        head, tail = _last_word(before), _first_word(after)
        if not head or not tail:
            return _joint_of_no_word(before)
        capitals = tail[0].isupper()
        if capitals and not (head.isupper() and tail.isupper()):
            return "-"
        head, tail = head.lower(), tail.lower()
        joined, hyphenated = self._counts[head + tail], self._counts[f"{head}-{tail}"]
        if capitals and not joined:  # BWA-MEM, but a title in capitals has broken words, too
            return "" if " " in before and before[-_LOOK_BACK:].isupper() else "-"
        if joined or hyphenated:
            return "-" if hyphenated > joined else ""
        if len(head) == 1 and before[-2:-1] not in _APOSTROPHES:  # no printer leaves a letter alone
            return "-"
        if _PATH.search(before[-_LOOK_BACK:].rpartition(" ")[2]):
            return "-"
        return "-" if self._is_compound(head, tail) else ""

    def knows(self, before: str, after: str) -> bool:
        """Whether the document has, somewhere, the word that these make together."""
        head, tail = _last_word(before), _first_word(after)
        return bool(head and tail and self._counts[(head + tail).lower()])

    def may_stand_before_capital(self, before: str) -> bool:
        """Emilia-Romagna, and what the document itself writes with a hyphen: non-Euclidean."""
        head = _last_word(before)
        return head[:1].isupper() or head.lower() in self._first or not head

    def _is_compound(self, head: str, tail: str) -> bool:
        if head in _ALWAYS_FIRST or (tail in _ALWAYS_LAST and len(head) >= _SHORTEST_TAIL):
            return True
        if min(len(head), len(tail)) < _SHORTEST_TAIL and head not in self._first:
            return False
        if self._likes_compounds and head in self._counts and tail in self._counts:
            return min(len(head), len(tail)) >= _SHORTEST_TAIL
        usual = head in self._first or tail in self._last
        known = (head in self._counts or head in self._first) and (tail in self._counts or tail[:_STEM] in self._stems)
        return usual and known and len(tail) >= _SHORTEST_TAIL


def _last_word(before: str) -> str:
    return before[len(before.rstrip(_LETTERS)) :][-_LONGEST_WORD:]


def _first_word(after: str) -> str:
    return after[: len(after) - len(after.lstrip(_LETTERS))][:_LONGEST_WORD]


def _joint_of_no_word(before: str) -> str:
    """A hyphen behind the stroke of an address is the printer's; between digits, or letter and digit, the author's."""
    return "" if before.endswith("/") or not before[-1:].isalnum() else "-"


def _whole_words(text: str) -> Iterator[str]:
    """The text without the two halves of every broken word."""
    if SOFT_HYPHEN not in text and "-\n" not in text:
        yield text
        return
    pieces = _BREAK.split(text)
    for number, piece in enumerate(pieces):
        if number:
            piece = piece.lstrip(_LETTERS)
        if number < len(pieces) - 1:
            piece = piece.rstrip(_LETTERS)
        yield piece


def _mend_page_end(page: PageLines, following: PageLines, words: Words) -> None:
    last = max((index for index in page.body if page.lines[index]), default=-1)
    first = next((index for index in following.body if following.lines[index]), -1)
    if last < 0 or first < 0:
        return
    line, after = page.lines[last], following.lines[first]
    if _is_broken(line) and after[0].islower():
        tail, _, rest = after.partition(" ")
        page.lines[last] = line[:-1] + words.joint(line[:-1], tail) + tail
        following.lines[first] = rest.lstrip()


def _mend_page(page: PageLines, words: Words) -> None:
    _bring_back_tails(page, words)
    starts: list[int] = []
    """Of what is one line afterwards."""
    parts: list[list[str]] = []
    before = ""
    for index, line in enumerate(page.lines):
        if before and _is_broken(before) and index != page.notes_from and _goes_on(before, line, words):
            while not parts[-1][0]:  # a blank line that the child saw between the two
                starts.pop()
                parts.pop()
            parts[-1][-1] = before[:-1]
            parts[-1].append(line)
        else:
            starts.append(index)
            parts.append([line])
        before = line or (before if index != page.notes_from else "")
    for index, lines in zip(starts, parts, strict=True):
        line = SOFT_HYPHEN.join(lines)  # as the child hands over what it has joined
        if SOFT_HYPHEN in line:
            page.last_parts[index] = len(line) - line.rfind(SOFT_HYPHEN)
            line = _mend_line(line, words)
        page.lines[index] = line
    page.keep(starts)


def _goes_on(before: str, line: str, words: Words) -> bool:
    """Whether the line may begin with the rest of the word that ends the one before."""
    if not line[:1].isalnum():
        return False
    return not line[0].isupper() or not before[-2].islower() or words.may_stand_before_capital(before[:-1])


def _bring_back_tails(page: PageLines, words: Words) -> None:
    """The rest of a word may come after a figure that stands between two columns."""
    filled = page.filled
    for place, index in enumerate(filled[:-1]):
        line = page.lines[index]
        if not _is_broken(line) or _goes_on(line, page.lines[filled[place + 1]], words):
            continue
        for later in filled[place + 2 : place + 2 + _LINES_OF_A_CAPTION]:
            tail, _, rest = page.lines[later].partition(" ")
            if tail[:1].islower() and words.knows(line[:-1], tail):
                page.lines[index] = line[:-1] + tail
                page.lines[later] = rest
                break


def _mend_line(line: str, words: Words) -> str:
    first, *rest = line.split(SOFT_HYPHEN)
    mended, end = [first], first[-_LOOK_BACK:]
    for piece in rest:
        after = piece.lstrip(" ")
        joint = words.joint(end, after) if end else ""
        mended += (joint, after)
        end = (end + joint + after)[-_LOOK_BACK:]
    return "".join(mended).strip()


def _is_broken(line: str) -> bool:
    """Whether it ends in a hyphen that belongs to its last word."""
    return line[-1:] in ("-", SOFT_HYPHEN) and (line[-2:-1].isalnum() or line[-2:-1] == "/")
