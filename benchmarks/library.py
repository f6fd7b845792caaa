"""How soon a book is in the library, and how soon words are found among 200 documents.

    python -m benchmarks.library [ROUNDS]

The texts are made: words of the sample documents, and 15,000 made-up ones, since a book has that many different words
and each has to be stemmed once. The first comparison of each pair is with the time that is allowed; the other with the
least that could do the same: a bare full-text table with a row for each page, and reading every text for the words.
The library is in a folder of its own.
"""

from __future__ import annotations

import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assistant import stems
from assistant.documents import Document, Page
from assistant.library import Library
from benchmarks.measure import ROOT, Comparison, report

BOOK_PAGES = 900
DOCUMENTS, DOCUMENT_PAGES = 200, 40
ADD_SECONDS, SEARCH_SECONDS = 2.0, 0.05
QUERIES = (
    "derivata", "rivoluzione francese", "la rivoluzione", "cellula", "prezzo della domanda e dell'offerta", "plates",
    "\"pendenza della tangente\"", "fotosintesi clorofilla luce", "re", "perche", "l'università", "earthquake",
    "energia", "c++ (AND", "del popolo",
)  # fmt: skip


def main(rounds: int = 5) -> int:
    words = _words()
    adding, bare = [], []
    for number in range(rounds):
        made = _made_document(number, BOOK_PAGES, words)
        stems._stem.cache_clear()  # as in a fresh process
        with tempfile.TemporaryDirectory() as folder:
            adding.append(_seconds(lambda folder=folder, made=made: _add(Path(folder), made)))
            bare.append(_seconds(lambda folder=folder, made=made: _add_to_bare_table(Path(folder), made)))
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library.sqlite3") as library:
        texts: list[str] = []
        for number in range(DOCUMENTS):
            made = _made_document(1000 + number, DOCUMENT_PAGES, words)
            library._keep(made, (0, 0))  # reading files is another benchmark
            texts += [page.text for page in made.pages]
        searching = [
            _seconds(lambda query=query: library.search(query)) for _round in range(rounds) for query in QUERIES
        ]
        reading = [_seconds(lambda query=query: _read_all(texts, query)) for query in QUERIES]
        use = library.disk_use()
    print(f"slowest search: {max(searching) * 1000:.0f} ms; text {use.text:,} bytes, index {use.index:,} bytes")
    return report(
        "library",
        [
            Comparison("900 pages added / time allowed", "s", adding, [ADD_SECONDS], 1.0),
            Comparison("900 pages added / bare FTS5 table", "s", adding, bare, 25.0),
            Comparison("search / time allowed", "s", searching, [SEARCH_SECONDS], 1.0),
            Comparison("slowest search / time allowed", "s", [max(searching)], [SEARCH_SECONDS], 1.0),
            Comparison("search / reading every text", "s", searching, reading, 0.25),
        ],
    )


def _words() -> list[str]:
    chance = random.Random(0)
    files = sorted((ROOT / "sample_docs").glob("*.txt")) + sorted((ROOT / "sample_docs").glob("*.md"))
    real = " ".join(file.read_text(encoding="utf-8") for file in files).split()
    syllables = "ca re ti mo lu pe so da ni fa gra sto ve bri zio ne".split()  # noqa: SIM905
    made = ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(15_000)]
    return chance.choices(real, k=40_000) + made


def _made_document(number: int, page_count: int, words: list[str]) -> Document:
    chance = random.Random(number)
    pages = tuple(
        Page(page, str(page), "\n\n".join(" ".join(chance.choices(words, k=60)) + "." for _ in range(6)), "pdfium")
        for page in range(1, page_count + 1)
    )
    return Document(f"/made/{number}.pdf", f"{number}.pdf", f"Book {number}", pages, (), "it", sha256=f"{number:064}")


def _add(folder: Path, made: Document) -> None:
    with Library(folder / "library.sqlite3") as library:
        library._keep(made, (0, 0))


def _add_to_bare_table(folder: Path, made: Document) -> None:
    connection = sqlite3.connect(folder / "bare.sqlite3")
    with connection:
        connection.execute("CREATE VIRTUAL TABLE pages USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')")
        connection.executemany("INSERT INTO pages VALUES (?)", [(page.text,) for page in made.pages])
    connection.close()


def _read_all(texts: list[str], query: str) -> int:
    words = [re.compile(re.escape(word), re.IGNORECASE) for word in re.findall(r"\w+", query)]
    return sum(all(word.search(text) for word in words) for text in texts)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
