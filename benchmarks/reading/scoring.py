"""One reading of a document against its true text: counts that add up over documents, and the shares they give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

from benchmarks.reading.words import LONGEST_LIKELY_WORD, letter_runs, words

FORMULA_SYMBOL = 3
"""Characters; where a truth leaves formulas free, no word this short counts as junk."""
ANYWHERE, FREE = "[^]", "[?]"
FORMULAS = "formulas"


@dataclass(frozen=True)
class Truth:
    """What should be read. See `parse_truth` for how it is written down."""

    body: tuple[str, ...]
    """Words whose order counts."""
    anywhere: tuple[str, ...] = ()
    """Words of footnotes, captions and floats: they must be there, wherever that is."""
    free: frozenset[str] = field(default_factory=frozenset[str])
    """Words that may be there or not: symbols of formulas, numbers of footnotes."""
    formulas: bool = False

    def forgives(self, word: str) -> bool:
        return word in self.free or (self.formulas and (len(word) <= FORMULA_SYMBOL or any(map(str.isdigit, word))))


@dataclass(frozen=True)
class Score:
    """Counts of words, but for the last two, which are counts of letters."""

    true: int = 0
    found: int = 0
    read: int = 0
    junk: int = 0
    body: int = 0
    in_order: int = 0
    letters: int = 0
    glued_letters: int = 0

    @property
    def recall(self) -> float:
        """Of the true words, how many were read, each as often as it occurs."""
        return self.found / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Of the words read, how many are true ones: running heads, page numbers and broken words are not."""
        return 1 - self.junk / self.read if self.read else 1.0

    @property
    def order(self) -> float:
        """The longest common subsequence of the body's words and the words read, over the body's words."""
        return self.in_order / self.body if self.body else 1.0

    @property
    def glued(self) -> float:
        """Of the letters read, how many are in runs of more than 24 letters that the truth does not have."""
        return self.glued_letters / self.letters if self.letters else 0.0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))


def parse_truth(text: str) -> Truth:
    """A truth text: paragraphs with blank lines between, those of footnotes and floats marked `[^]`, free words `[?]`.

    `[?]` followed by the word `formulas` frees every word of up to three characters or with a digit in it.
    """
    body, anywhere, free = list[str](), list[str](), set[str]()
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.startswith(ANYWHERE):
            anywhere += words(paragraph.removeprefix(ANYWHERE))
        elif paragraph.startswith(FREE):
            free.update(words(paragraph.removeprefix(FREE)))
        else:
            body += words(paragraph)
    return Truth(tuple(body), tuple(anywhere), frozenset(free), FORMULAS in free)


def joined(truths: Iterable[Truth]) -> Truth:
    """The truth of several pages, in order."""
    whole = list(truths)
    return Truth(
        tuple(word for truth in whole for word in truth.body),
        tuple(word for truth in whole for word in truth.anywhere),
        frozenset[str]().union(*(truth.free for truth in whole)),
        any(truth.formulas for truth in whole),
    )


def score(truth: Truth, text: str) -> Score:
    expected = Counter(truth.body + truth.anywhere)
    read = words(text)
    surplus = Counter(read) - expected
    known = {run for word in expected for run in letter_runs(word)}
    runs = letter_runs(text)
    return Score(
        true=expected.total(),
        found=(expected & Counter(read)).total(),
        read=len(read),
        junk=sum(count for word, count in surplus.items() if not truth.forgives(word)),
        body=len(truth.body),
        in_order=common_subsequence(truth.body, read),
        letters=sum(map(len, runs)),
        glued_letters=sum(len(run) for run in runs if len(run) > LONGEST_LIKELY_WORD and run not in known),
    )


def missing_and_junk(truth: Truth, text: str) -> tuple[Counter[str], Counter[str]]:
    """The words to look at when a score is low."""
    expected, read = Counter(truth.body + truth.anywhere), Counter(words(text))
    junk = Counter({word: count for word, count in (read - expected).items() if not truth.forgives(word)})
    return expected - read, junk


def common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence, bit by bit in whole numbers (Hyyrö 2004): about a word a step."""
    places: dict[str, int] = {}
    for index, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << index
    everything = (1 << len(one)) - 1
    row = everything
    for word in other:
        matches = row & places.get(word, 0)
        row = ((row + matches) | (row - matches)) & everything
    return len(one) - row.bit_count()
