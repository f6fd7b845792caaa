"""The documents: those of `sample_docs` and the true texts of `benchmarks/reading`, on shelves of one language.

Each shelf is half of a language's documents, the other half its foreign books. Texts whose pages are not known are cut
into pages of `PAGE_WORDS` at paragraph ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.documents.model import Document, Page
from assistant.language import detect_language
from assistant.sentences import split_sentences
from benchmarks.measure import ROOT

PAGE_WORDS = 250
_SAMPLES = ("derivate.txt", "plate-tectonics.txt", "rivoluzione-francese.md")
_SOURCES = ("sources/photosynthesis.md", "sources/la-cellula.md", "sources/dna.md", "sources/domanda-e-offerta.md")
_TRUTHS = ("found", "corpus")
_SHORTEST, _LONGEST, _FEWEST_WORDS = 60, 400, 8


@dataclass(frozen=True)
class Sentence:
    text: str
    path: str
    page: int


@dataclass(frozen=True)
class Shelf:
    language: str
    documents: tuple[Document, ...]
    foreign: tuple[Document, ...]
    """In the same language, none of them on the shelf."""

    @cached_property
    def text(self) -> str:
        return _text(self.documents)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Whole ones that stand on one page only."""
        found = list(_sentences(self.documents))
        often = Counter(_even(sentence.text) for sentence in found)
        everything = _even(self.text)
        return [item for item in found if often[_even(item.text)] == 1 and everything.count(_even(item.text)) == 1]

    @cached_property
    def foreign_sentences(self) -> list[Sentence]:
        """Of other books, none of which the shelf has too."""
        everything = _even(self.text)
        return [item for item in _sentences(self.foreign) if _even(item.text) not in everything]


def shelves() -> list[Shelf]:
    found: list[Shelf] = []
    for language in ("it", "en"):
        books = [book for book in _books() if book.language == language]
        odd, even = tuple(books[::2]), tuple(books[1::2])
        found += [Shelf(language, odd, even), Shelf(language, even, odd)]
    return found


def _books() -> list[Document]:
    samples = [ROOT / "sample_docs" / name for name in (*_SAMPLES, *_SOURCES)]
    truths = [path for name in _TRUTHS for path in sorted((ROOT / "benchmarks/reading" / name).iterdir())]
    books = [_book(path.stem, [path.read_text(encoding="utf-8")]) for path in samples]
    for folder in truths:
        files = sorted(folder.glob("*.txt")) if folder.is_dir() else []
        if files:
            texts = [_without_notes(file.read_text(encoding="utf-8")) for file in files]
            books.append(_book(folder.name, texts))
    return books


def _book(name: str, texts: Sequence[str]) -> Document:
    pages = [part for text in texts for part in _pages(text)]
    return Document(
        path=f"/{name}",
        name=name,
        title=name,
        pages=tuple(Page(number, str(number), text, "text") for number, text in enumerate(pages, start=1)),
        language=detect_language(" ".join(pages)),
    )


def _pages(text: str) -> Iterator[str]:
    page: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        page.append(paragraph)
        if sum(len(part.split()) for part in page) >= PAGE_WORDS:
            yield "\n\n".join(page)
            page = []
    if page:
        yield "\n\n".join(page)


def _without_notes(text: str) -> str:
    """The true texts mark words that may be there or not (`[?]`) and what may stand anywhere (`[^]`)."""
    return "\n\n".join(part.removeprefix("[^] ") for part in text.split("\n\n") if not part.startswith("[?]"))


def _sentences(documents: Sequence[Document]) -> Iterator[Sentence]:
    for document in documents:
        for page in document.pages:
            for start, end in split_sentences(page.text):
                text = " ".join(page.text[start:end].split())
                if _SHORTEST < len(text) < _LONGEST and len(text.split()) >= _FEWEST_WORDS and text[-1] in ".!?":
                    yield Sentence(text, document.path, page.number)


def _text(documents: Sequence[Document]) -> str:
    return "\n\n".join(page.text for document in documents for page in document.pages)


def _even(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
