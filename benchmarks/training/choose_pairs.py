"""Choose the pairs of `tests/data/scitldr` out of a clone of the repository allenai/scitldr.

    python -m benchmarks.training.choose_pairs CLONE

Abstracts of scientific papers with the one sentence in which their authors said what they are about. Chosen are
abstracts of 300 to 1,200 characters whose sentence does not stand in them word for word; of those, the first by a hash
of the paper's number, so that the choice has nothing to do with what is in them.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.training.pairs import FOLDER

CHOSEN = {"train": (("train",), 300), "held_out": (("dev", "test"), 60)}
"""File: the source's own splits that it is taken from, and how many pairs."""
TEXT_CHARACTERS = range(300, 1201)
SUMMARY_CHARACTERS = range(40, 301)


def main(clone: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (splits, count) in CHOSEN.items():
        found = [row for split in splits for row in _rows(clone, split) if _fits(row)]
        chosen = sorted(found, key=lambda row: hashlib.sha256(row["id"].encode()).digest())[:count]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen)
        (FOLDER / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        print(f"{name}: {len(chosen)} of {len(found)} that fit")


def _rows(clone: str, split: str) -> Iterator[dict[str, Any]]:
    path = f"HEAD:SciTLDR-Data/SciTLDR-A/{split}.jsonl"
    shown = subprocess.run(["git", "-C", clone, "show", path], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    for line in shown.stdout.splitlines():
        paper = json.loads(line)
        yield {
            "id": paper["paper_id"],
            "title": paper["title"],
            "document": " ".join(sentence.strip() for sentence in paper["source"]),
            "summary": paper["target"][0].strip(),  # the authors' own; the others were written by readers
        }


def _fits(row: dict[str, Any]) -> bool:
    text, summary = row["document"], row["summary"]
    return len(text) in TEXT_CHARACTERS and len(summary) in SUMMARY_CHARACTERS and summary not in text


if __name__ == "__main__":
    main(*sys.argv[1:])
