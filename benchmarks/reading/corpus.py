"""The PDFs and the text they should give: `corpus/` made from `sources/`, `found/` written down by hand.

Beside NAME.pdf stands NAME/page-NN.txt for the pages that are scored (counted from 1), or NAME/document.txt for all of
them together, and NAME/about.json with at least a `category`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.reading.scoring import Truth, joined, parse_truth

HERE = Path(__file__).parent
FOLDERS = (HERE / "corpus", HERE / "found")
PAGE_FILE = re.compile(r"page-(\d+)\.txt")


@dataclass(frozen=True)
class Case:
    path: Path
    category: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def made(self) -> bool:
        """By us, from a source; otherwise it was found and its text corrected by hand."""
        return self.path.parent.name == "corpus"

    @cached_property
    def pages(self) -> dict[int, Truth]:
        """By page number; empty when the truth is of the document as a whole."""
        files = {int(match[1]): file for file in self._folder.iterdir() if (match := PAGE_FILE.fullmatch(file.name))}
        return {number: _truth(files[number]) for number in sorted(files)}

    @cached_property
    def truth(self) -> Truth:
        return joined(self.pages.values()) if self.pages else _truth(self._folder / "document.txt")

    def scored_text(self, pages: Sequence[str] | None, whole: str) -> str:
        """Of what was read, the pages that have a truth; everything where the reader knows no pages."""
        if not self.pages or pages is None:
            return whole
        return "\n".join(text for number, text in enumerate(pages, 1) if number in self.pages)

    @property
    def _folder(self) -> Path:
        return self.path.with_suffix("")


def cases(folders: Sequence[Path] = FOLDERS) -> list[Case]:
    """Every PDF that has a truth."""
    return [
        Case(path, _category(path))
        for folder in folders
        for path in sorted(folder.glob("*.pdf"))
        if any(path.with_suffix("").glob("*.txt"))
    ]


def _category(path: Path) -> str:
    about = path.with_suffix("") / "about.json"
    if about.exists():
        return json.loads(about.read_text(encoding="utf-8")).get("category", path.parent.name)
    return path.parent.name


def _truth(path: Path) -> Truth:
    return parse_truth(path.read_text(encoding="utf-8"))
