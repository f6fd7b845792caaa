"""What the ways of finding examples share: making one, and when a pair of texts is none."""

from __future__ import annotations

from adapters.dataset.example import Example, Place, Task, Tier, example_id
from adapters.dataset.notes.fitting import fit
from adapters.dataset.notes.whole_text import Span, WholeText, count_words
from assistant.language import detect_language

MIN_TEXT_WORDS = 40
MIN_TARGET_WORDS = 5
MAX_SHARE = 0.6
"""A target with more words than this share of its text leaves next to nothing out."""


def is_pair(text: str, target: str) -> bool:
    """Whether the one can be a summary of the other, by their lengths alone."""
    words, target_words = count_words(text), count_words(target)
    return words >= MIN_TEXT_WORDS and MIN_TARGET_WORDS <= target_words <= MAX_SHARE * words


def summary_example(
    whole: WholeText,
    span: Span,
    cuts: list[Span],
    target: str,
    target_place: Place,
    *,
    origin: str,
    tier: Tier = "A",
    task: Task = "summarize",
    doubts: tuple[str, ...] = (),
) -> Example | None:
    """An example of a text and what sums it up; None where their lengths say that it does not."""
    text, place, shortened = fit(whole, span, cuts, target)
    if not is_pair(text, target):
        return None
    return make_example(
        whole, text, place, target, target_place, task=task, tier=tier, origin=origin, doubts=(*doubts, *shortened)
    )


def make_example(
    whole: WholeText,
    text: str,
    place: Place,
    target: str,
    target_place: Place | None,
    *,
    task: Task,
    tier: Tier,
    origin: str,
    doubts: tuple[str, ...] = (),
) -> Example:
    """Its group is the document, for the time being."""
    language = detect_language(target) or (detect_language(text) or whole.language if task == "title" else "")
    return Example(
        id=example_id(task, text, target, place.document),
        task=task,
        text=text,
        target=target,
        language=language,
        tier=tier,
        origin=origin,
        group=place.document,
        place=place,
        target_place=target_place,
        doubts=doubts,
    )
