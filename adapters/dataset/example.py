"""`Example`: a text, what is wanted of it, and where both were found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Task = Literal["summarize", "describe", "title", "key_sentences"]
"""What the model is asked to do; each has its own instruction (`adapters.dataset.prompting`)."""
Tier = Literal["A", "B", "C"]
"""A: a human wrote or approved the target. B: taken from the document by rule. C: written by the base model."""
Split = Literal["", "train", "validation", "test"]
"""Empty: not parted yet."""
Status = Literal["pending", "accepted", "edited", "rejected"]
"""What a person said of it; `pending` is nothing yet."""

TASKS: tuple[Task, ...] = ("summarize", "describe", "title", "key_sentences")
TIERS: tuple[Tier, ...] = ("A", "B", "C")
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
STATUSES: tuple[Status, ...] = ("pending", "accepted", "edited", "rejected")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a text was found."""

    document: str
    """File name, or path relative to the folder the data set was built from, with `/` between its parts."""
    pages: tuple[int, ...] = ()
    """Counted from 1; empty where the file has none."""
    start: int = 0
    """First character, counted in the document's whole text."""
    end: int = 0
    """One past the last character; 0 where it is not known."""
    cuts: tuple[tuple[int, int], ...] = ()
    """(start, end) of the stretches between `start` and `end` that were left out, counted in the same way, in order."""
    section: str = ""
    line: int = 0
    """Of a file of rows, counted from 1; 0 elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Example:
    id: str
    """`example_id`: the same text, task, target and place give the same one, so that a review outlives a rebuild."""
    task: Task
    text: str
    target: str
    language: str
    """Of the target: it, en, or empty when not known."""
    tier: Tier
    origin: str
    """How it was found: sidecar, folder, front_matter, section, row, abstract, principal, title or base."""
    group: str
    """Whatever shares this stays in one split: the document, or the chapter where there are few documents."""
    place: Place
    """Of the text."""
    target_place: Place | None = None
    """Of the target, where it was found elsewhere."""
    split: Split = ""
    status: Status = "pending"
    original: str = ""
    """The target before it was edited."""
    doubts: tuple[str, ...] = ()
    """What a reviewer should look at, in words."""

    @property
    def is_human(self) -> bool:
        """Written or approved by a person: good enough to test with."""
        return self.status != "rejected" and (self.tier == "A" or self.status in ("accepted", "edited"))


def example_id(task: str, text: str, target: str, document: str) -> str:
    """16 hexadecimal digits."""
    digest = hashlib.sha256("\0".join((task, text, target, document)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
