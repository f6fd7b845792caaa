"""Readings turned into scores by file, category and in total, and printed side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add

from benchmarks.reading.corpus import Case
from benchmarks.reading.readers import SUNTO, Reader
from benchmarks.reading.scoring import Score, score

MEASURES = {"recall": "words found", "order": "words in order", "precision": "words that are no junk"}
ROUNDING = 0.0005
"""Half of the last digit printed: what is equal on paper is equal."""

Scores = Mapping[str, Mapping[str, Score]]
"""By reader, then by case or by category."""


def score_cases(cases: Sequence[Case], reader: Reader) -> dict[str, Score]:
    """By the case's name; a case that the reader failed on has no words found."""
    scores: dict[str, Score] = {}
    for case in cases:
        reading = reader.readings.get(case.path)
        scores[case.name] = score(case.truth, case.scored_text(reading.pages, reading.text) if reading else "")
    return scores


def by_category(cases: Sequence[Case], scores: Mapping[str, Score]) -> dict[str, Score]:
    return {
        category: reduce(add, (scores[case.name] for case in cases if case.category == category))
        for category in dict.fromkeys(case.category for case in cases)
    }


def total(categories: Mapping[str, Score], measure: str) -> float:
    """The mean over the categories, so that a long book does not drown a short form."""
    return sum(getattr(score, measure) for score in categories.values()) / len(categories)


def behind(scores: Scores, measure: str) -> list[str]:
    """The categories in which a peer is better than Sunto."""
    ours = scores[SUNTO]
    peers = [reader for reader in scores if reader != SUNTO]
    return [
        category
        for category in ours
        if any(getattr(scores[peer][category], measure) > getattr(ours[category], measure) + ROUNDING for peer in peers)
    ]


def print_scores(scores: Scores) -> None:
    """One table for each measure, in percent; a star for the best of a row."""
    readers = list(scores)
    for measure, meaning in MEASURES.items():
        print(f"\n{measure + ': ' + meaning:<40}" + "".join(f"{name:>15}" for name in readers))
        for category in next(iter(scores.values())):
            _print_row(category, [getattr(scores[name][category], measure) for name in readers])
        _print_row("mean of the categories", [total(scores[name], measure) for name in readers])
    print(f"\n{'glued: letters in false long words':<40}" + "".join(f"{name:>15}" for name in readers))
    whole = [reduce(add, scores[name].values()).glued for name in readers]
    print(f"{'all files':<40}" + "".join(f"{share * 100:14.3f}%" for share in whole))


def _print_row(what: str, values: Sequence[float]) -> None:
    best = max(values) - ROUNDING
    print(f"{what:<40}" + "".join(f"{value * 100:14.1f}{'*' if value >= best else ' '}" for value in values))
