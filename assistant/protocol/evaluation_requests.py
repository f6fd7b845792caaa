"""What a front end may ask for to learn what an adapter is worth: a report, and a blind comparison."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.protocol.registered import wire
from assistant.protocol.requests import Request


@wire
@dataclass(frozen=True, kw_only=True)
class Evaluate(Request):
    """Measure an adapter beside its base on held-out documents; the report is kept with it, and is the result."""

    name: str
    data: str = ""
    """The name of a data set, or a path to build one from; empty for the test part of its own."""
    device: str = ""
    earlier: int = 1
    """How many earlier versions are measured, too, the newest first."""
    texts: int = 30
    """Examples that texts are written for, at most; losses are taken on all. 0 writes none."""
    judge: bool = False
    """Let the base model choose between two texts, too: indicative only."""
    stemming: bool = False
    """Compare words by their stems (Snowball, Italian and English)."""
    forgetting: bool = True


@wire
@dataclass(frozen=True, kw_only=True)
class ShowEvaluation(Request):
    """The report that is kept with an adapter. Fails where there is none."""

    name: str
    version: int = 0
    """0 for the one in use."""


@wire
@dataclass(frozen=True, kw_only=True)
class ExportEvaluation(Request):
    """The report as a page for the browser (.html) or for programs (.json)."""

    name: str
    path: str
    version: int = 0
    overwrite: bool = False


@wire
@dataclass(frozen=True, kw_only=True)
class ListBlindPairs(Request):
    """Two texts about each of some held-out documents, and nothing that tells which is whose."""

    name: str
    against: str = "base"
    """A system of the report: base, examples, or version:N."""
    count: int = 10
    restart: bool = False
    """Forget what was chosen before."""


@wire
@dataclass(frozen=True, kw_only=True)
class ChooseBlind(Request):
    """Note which text of a pair is the better one; the result of the comparison once the last pair is decided."""

    name: str
    pair: str
    """Its id."""
    choice: str
    """1, 2, same, or undo: as if nothing had been chosen."""
    against: str = "base"
