"""What is measured of an answer, and in which direction each number is the better one.

A metric that cannot be taken is left out, never made up: no reference, no ROUGE; too short a text, no language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from adapters.evaluation.chrf import chrf
from adapters.evaluation.copying import copying
from adapters.evaluation.grounded import grounded
from adapters.evaluation.rouge import rouge
from adapters.evaluation.words import tokens
from assistant.generation import FinishReason
from assistant.language import detect_language
from assistant.problems import is_looping

Better = Literal["higher", "lower", "neither"]
Family = Literal["likelihood", "overlap", "faithfulness", "length", "copying", "faults"]


@dataclass(frozen=True)
class Metric:
    key: str
    better: Better
    """neither: it describes an answer and does not grade it."""
    family: Family
    decimals: int
    """Worth showing."""
    lowest: float = 0.0
    highest: float | None = None
    """None: no bound."""

    @property
    def tested(self) -> bool:
        """Whether a difference of it is called better or worse. Perplexity is the loss in other words."""
        return self.better != "neither" and self.key != "perplexity"


_ALL = (
    Metric("loss", "lower", "likelihood", 3),
    Metric("perplexity", "lower", "likelihood", 2, lowest=1.0),
    Metric("rouge1", "higher", "overlap", 3, highest=1.0),
    Metric("rouge2", "higher", "overlap", 3, highest=1.0),
    Metric("rougeL", "higher", "overlap", 3, highest=1.0),
    Metric("chrf", "higher", "overlap", 1, highest=100.0),
    Metric("faithful", "higher", "faithfulness", 2, highest=1.0),
    Metric("details", "higher", "faithfulness", 2, highest=1.0),
    Metric("length", "neither", "length", 2),
    Metric("compression", "neither", "length", 1),
    Metric("coverage", "neither", "copying", 2, highest=1.0),
    Metric("density", "neither", "copying", 1),
    Metric("longest_copy", "neither", "copying", 0),
    Metric("novel_bigrams", "neither", "copying", 2, highest=1.0),
    Metric("wrong_language", "lower", "faults", 2, highest=1.0),
    Metric("repeats", "lower", "faults", 2, highest=1.0),
    Metric("unfinished", "lower", "faults", 2, highest=1.0),
    Metric("empty", "lower", "faults", 2, highest=1.0),
)
METRICS: dict[str, Metric] = {metric.key: metric for metric in _ALL}
"""By key, in the order in which they are shown.

loss            nats per target token, of the reference as the answer; the primary one
perplexity      exp(loss): among how many equally likely tokens the model hesitates; see `statistics.perplexity`
rouge1 … chrf   see `rouge` and `chrf`; 0 to 1, and 0 to 100
faithful        share of the claims that the source says
details         share of the numbers, dates, formulas and names that the source has
length          words, for each word of the reference
compression     words of the source, for each word written
coverage … novel_bigrams   see `copying`; longest_copy in words
the others      0 or 1 for one answer; a share of them for several
"""


def scores_of_text(
    written: str, reference: str, source: str, language: str, finish_reason: FinishReason, *, stemming: bool = False
) -> dict[str, float]:
    """What can be said of one answer without a model, by metric.

    `language` is what it was to be written in: "it", "en", or empty where that is not known. `stemming` compares stems
    instead of words in ROUGE, where the language has a stemmer (`words.STEMMERS`).
    """
    words = tokens(written)
    scores = {
        "empty": float(not words),
        "unfinished": float(finish_reason != "stop"),
        "repeats": float(is_looping(written)),
    }
    if tokens(reference):
        scores |= _beside_reference(written, reference, language if stemming else "")
    if words:
        scores |= _beside_source(written, words, source)
    found = detect_language(written)
    if found and language:
        scores["wrong_language"] = float(found != language)
    return scores


def _beside_reference(written: str, reference: str, stem_language: str) -> dict[str, float]:
    overlap = rouge(written, reference, stem_language)
    return {
        **{key: found.f1 for key, found in overlap.items()},
        "chrf": chrf(written, reference),
        "length": len(tokens(written)) / len(tokens(reference)),
    }


def _beside_source(written: str, words: list[str], source: str) -> dict[str, float]:
    copied = copying(words, tokens(source))
    if copied is None:
        return {}
    said = grounded(written, source, detect_language(source))
    scores = {
        "compression": copied.compression,
        "coverage": copied.coverage,
        "density": copied.density,
        "longest_copy": float(copied.longest),
        "novel_bigrams": copied.novel_bigrams,
        "faithful": said.supported,
        "details": said.details,
    }
    return {key: value for key, value in scores.items() if value is not None}
