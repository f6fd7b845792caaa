"""tesseract's hOCR → text with paragraphs, how each line looks, and how sure tesseract is.

http://kba.github.io/hocr-spec/1.2/. The text is in tesseract's reading order: columns one after the other.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from assistant.documents.child.messages import LineFacts
from assistant.safe_text import printable

_LINE_CLASSES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"})
_BOX = re.compile(r"\bbbox (\d{1,6}) (\d{1,6}) (\d{1,6}) (\d{1,6})")
_CONFIDENCE = re.compile(r"\bx_wconf (\d{1,3})")
_SLOPE = re.compile(r"\bbaseline (-?\d{1,3}(?:\.\d{1,9})?) ")
_SIZE = re.compile(r"\bx_size (\d{1,6}(?:\.\d{1,9})?)")
_SPECK = re.compile(r"[^\w]+")
_SPECK_CONFIDENCE = 50
"""A lone mark without letters or digits of which tesseract is less sure than this is dirt on the paper."""
_LONE_BAR = re.compile(r"(?:^|(?<=[.!?»”\"] ))\|(?= [a-zà-ÿ])")
"""Where a sentence begins: the article "I" as tesseract often sees it. In a row of a table there are several."""
_SENTENCE_ENDS = ".!?:;"
_SAME_SIZE = (0.8, 1.12)
"""Times the page's usual size. What tesseract says of a line's size depends on the letters that happen to be in it, and
is too small where none goes deep or high: within this, lines are of the usual size."""


@dataclass(frozen=True)
class Word:
    text: str
    confidence: int
    """0 to 100."""


@dataclass
class Line:
    top: int
    """Pixels from the top of the image."""
    size: float
    """Pixels from the deepest descender to the highest ascender."""
    turned: bool
    slope: float | None
    """How far its baseline goes down for each pixel to the right; None where tesseract does not say."""
    words: list[Word] = field(default_factory=list[Word])

    @property
    def text(self) -> str:
        text = " ".join(word.text for word in self.words)
        return _LONE_BAR.sub("I", text) if text.count("|") == 1 else text


@dataclass(frozen=True)
class Recognised:
    text: str
    lines: tuple[LineFacts, ...]
    """One for each line of `text` that is not blank, or none where the page lies on its side."""
    confidence: float
    """Mean over the letters, 0 to 100; 0 where there are none."""
    slope: float = 0.0
    """Of most lines, down for each pixel to the right: how askew the page is."""

    @property
    def letters(self) -> int:
        return sum(map(str.isalpha, self.text))


def parse_hocr(hocr: str, dpi: float) -> Recognised:
    """Of what is not hOCR, nothing. Raises AssertionError for markup that `html.parser` cannot follow."""
    parser = _Parser()
    parser.feed(hocr)
    parser.close()
    paragraphs = [lines for lines in (list(filter(_has_words, lines)) for lines in parser.paragraphs) if lines]
    words = [word for lines in paragraphs for line in lines for word in line.words]
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return Recognised(_text(paragraphs), tuple(_facts(paragraphs, parser.height, dpi)), confidence, _slope(paragraphs))


def _slope(paragraphs: list[list[Line]]) -> float:
    """The median over words: a line of one word may be anything, but where a page is lost, few have more than two."""
    slopes = [
        line.slope
        for lines in paragraphs
        for line in lines
        if line.slope is not None and not line.turned
        for _ in line.words
    ]
    return statistics.median(slopes) if slopes else 0.0


def _has_words(line: Line) -> bool:
    return bool(line.words)


def _text(paragraphs: list[list[Line]]) -> str:
    blocks = ["\n".join(line.text for line in lines) for lines in paragraphs]
    if not blocks:
        return ""
    text = blocks[0]
    for before, after in pairwise(blocks):
        # A paragraph does not end within a sentence: tesseract took the end of a column, or a wide gap, for its end.
        goes_on = after[0].islower() and before[-1] not in _SENTENCE_ENDS
        text += ("\n" if goes_on else "\n\n") + after
    return text


def _facts(paragraphs: list[list[Line]], height: int, dpi: float) -> Iterator[LineFacts]:
    lines = [line for paragraph in paragraphs for line in paragraph]
    if not lines or not height or any(line.turned for line in lines):
        return
    usual = statistics.median(line.size for line in lines)
    for line in lines:
        size = usual if _SAME_SIZE[0] * usual <= line.size <= _SAME_SIZE[1] * usual else line.size
        points = round(size * 72 / dpi)  # no finer: headings of one level must come out equal
        yield LineFacts(10 * points, 0, min(1000, 1000 * line.top // height))


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[list[Line]] = []
        self.height = 0
        """Of the image, in pixels."""
        self._confidence = 0
        self._word: str | None = None
        """What has been read of the word we are in."""
        self._depth = 0
        """Elements open within that word: tesseract marks bold and italic there."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if self._word is not None:
            self._depth += 1
            return
        attributes = dict(attrs)
        kind, title = attributes.get("class") or "", attributes.get("title") or ""
        if kind == "ocr_page":
            self.height = _box(title)[3]
        elif kind == "ocr_par":
            self.paragraphs.append([])
        elif kind in _LINE_CLASSES and self.paragraphs:
            size, slope = _SIZE.search(title), _SLOPE.search(title)
            self.paragraphs[-1].append(
                Line(
                    _box(title)[1],
                    float(size[1]) if size else 0.0,
                    "textangle" in title,
                    float(slope[1]) if slope else None,
                )
            )
        elif kind == "ocrx_word" and self.paragraphs and self.paragraphs[-1]:
            found = _CONFIDENCE.search(title)
            self._word, self._depth, self._confidence = "", 0, min(100, int(found[1])) if found else 0

    def handle_data(self, data: str) -> None:
        if self._word is not None:
            self._word += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        if self._word is None:
            return
        if self._depth:
            self._depth -= 1
            return
        text = " ".join(printable(self._word).split())
        if text and not (self._confidence < _SPECK_CONFIDENCE and _SPECK.fullmatch(text)):
            self.paragraphs[-1][-1].words.append(Word(text, self._confidence))
        self._word = None


def _box(title: str) -> tuple[int, int, int, int]:
    match = _BOX.search(title)
    return (int(match[1]), int(match[2]), int(match[3]), int(match[4])) if match else (0, 0, 0, 0)
