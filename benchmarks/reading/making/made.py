"""What a maker hands back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Made:
    """A PDF of that name is in the folder; this is the text it should give."""

    name: str
    category: str
    document: str = ""
    pages: tuple[str, ...] = field(default=())
    """Instead of `document`, where the source says what stands on which page."""

    def write_truth(self, folder: Path) -> None:
        beside = folder / self.name
        beside.mkdir(exist_ok=True)
        for old in beside.glob("*.txt"):
            old.unlink()
        about = json.dumps({"category": self.category}, ensure_ascii=False)
        (beside / "about.json").write_text(about + "\n", encoding="utf-8")
        if self.document:
            (beside / "document.txt").write_text(self.document, encoding="utf-8")
        for number, text in enumerate(self.pages, 1):
            (beside / f"page-{number:02}.txt").write_text(text, encoding="utf-8")
