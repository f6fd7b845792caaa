"""Whole books to read against the clock: found in Debian's packages, too large to keep here."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2


@dataclass(frozen=True)
class Book:
    package: str
    version: str
    path: Path
    pages: int

    @property
    def name(self) -> str:
        return self.path.stem


PACKAGES = {
    "maint-guide-it": "usr/share/doc/maint-guide-it/maint-guide.it.pdf",
    "texlive-lang-italian": "usr/share/doc/texlive-doc/latex/lshort-italian/it-lshort.pdf",
    "debian-reference-it": "usr/share/debian-reference/debian-reference.it.pdf",
    "lilypond-doc-pdf-it": "usr/share/doc/lilypond/html/Documentation/notation.it.pdf",
}
"""`apt-get download NAME...` into one folder gets them."""


@contextmanager
def unpacked(folder: Path) -> Generator[list[Book]]:
    """The books of the packages in the folder, by their number of pages."""
    with TemporaryDirectory() as scratch:
        books = [
            book
            for package, inside in PACKAGES.items()
            for file in sorted(folder.glob(f"{package}_*.deb"))[-1:]
            if (book := _unpack(package, inside, file, Path(scratch, package)))
        ]
        yield sorted(books, key=lambda book: book.pages)


def _unpack(package: str, inside: str, file: Path, target: Path) -> Book | None:
    subprocess.run(["dpkg-deb", "--extract", str(file), str(target)], check=True)
    path = target / inside
    if not path.exists():
        return None
    shown = subprocess.run(["dpkg-deb", "--field", str(file), "Version"], capture_output=True, check=True, text=True)
    document = pypdfium2.PdfDocument(path)
    pages = len(document)
    document.close()
    return Book(package, shown.stdout.strip(), path, pages)
