"""What grounding costs: building the index, each claim, and both beside the time the starter takes to write."""

from __future__ import annotations

import dataclasses
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.jobs import Session, run
from assistant.cited_text import without_page_marks
from assistant.documents import Document, load_document
from assistant.grounding import Passages, split_claims
from assistant.protocol import Finished, Summarize
from benchmarks.measure import ROOT

MOST_SHARE = 0.02
"""Of the time that writing takes."""
_SUMMARIZED = ("sample_docs/photosynthesis.pdf", "sample_docs/plate-tectonics.txt")
_ROUNDS = 5
_LARGE_WORDS = 500_000


@dataclass(frozen=True)
class Cost:
    document: str
    claims: int
    index_seconds: float
    cite_seconds: float
    generation_seconds: float

    @property
    def share(self) -> float:
        """Of the time spent writing the same summary."""
        return (self.index_seconds + self.cite_seconds) / self.generation_seconds


@dataclass(frozen=True)
class Scale:
    """For a document of many pages."""

    words: int
    pages: int
    index_seconds: float
    claim_milliseconds: float


def costs() -> list[Cost]:
    """Raises whatever keeps the starter from writing: it must have been fetched."""
    session = Session()
    return [_cost(session, path) for path in _SUMMARIZED]


def _cost(session: Session, path: str) -> Cost:
    document = load_document(ROOT / path)
    text, seconds = _written(session, path)
    claims = split_claims(text)
    index_seconds = statistics.median(_seconds(lambda: Passages([document])) for _round in range(_ROUNDS))
    passages = Passages([document])
    cite_seconds = statistics.median(
        _seconds(lambda: [passages.cite(claim) for claim in claims]) for _round in range(_ROUNDS)
    )
    return Cost(Path(path).name, len(claims), index_seconds, cite_seconds, seconds)


def _written(session: Session, path: str) -> tuple[str, float]:
    """A summary by the starter and how many seconds it took, the loading of the model not counted.

    With seeds of its own in every run: what was written before would be taken from the library.
    """
    first = time.time_ns() % 1_000_000_000
    for seed in (first, first + 1):  # the first loads the model
        asked = Summarize(job="cost", paths=(str(ROOT / path),), temperature=0.7, seed=seed)
        result = next(event.result for event in run(asked, session) if isinstance(event, Finished))
    return without_page_marks(result["summary"]), result["seconds"]


def scale(document: Document, claims: list[str]) -> Scale:
    """The pages of a document again and again, up to a large number of words."""
    words = sum(len(page.text.split()) for page in document.pages)
    pages = [page for _copy in range(-(-_LARGE_WORDS // words)) for page in document.pages]
    numbered = tuple(dataclasses.replace(page, number=number) for number, page in enumerate(pages, start=1))
    large = dataclasses.replace(document, pages=numbered)
    started = time.perf_counter()
    passages = Passages([large])
    built = time.perf_counter() - started
    cited = statistics.median(_seconds(lambda text=claim: passages.cite(text)) for claim in claims)
    return Scale(sum(len(page.text.split()) for page in numbered), len(numbered), built, cited * 1000)


def _seconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
