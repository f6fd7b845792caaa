"""What a data set is made of, what looks wrong with it, and whether it is enough to train on: said honestly.

How much is enough is a judgement from what people report of adapters of this size, and no law.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from adapters.dataset.check_words import sentences
from adapters.dataset.copies import Copy, find_copies
from adapters.dataset.example import Example
from adapters.dataset.leakage import leaks
from adapters.dataset.suspicions import suspicions

Verdict = Literal["too_little", "style_only", "enough"]

STYLE = 20
"""Examples to train on from which on an adapter learns how summaries sound; fewer do more in the prompt."""
ENOUGH = 100


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Lengths, from the shortest to the longest."""

    min: int
    median: int
    max: int


@dataclass(frozen=True, kw_only=True)
class Lengths:
    text_words: Spread
    target_words: Spread
    text_tokens: Spread | None = None
    """None where nobody counts tokens."""
    target_tokens: Spread | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """All of it can be written as JSON (`as_json`)."""

    total: int
    train: int
    """That would be trained on: in their split, not rejected."""
    distinct: int
    """Of these, those that are no copy of another: what counts for the verdict."""
    held_out: int
    test: int
    by_tier: dict[str, int]
    by_task: dict[str, int]
    by_split: dict[str, int]
    by_language: dict[str, int]
    """"" where it is not known."""
    by_status: dict[str, int]
    lengths: Lengths | None
    """Of those that are not rejected; None where all are."""
    exact_copies: tuple[tuple[str, str], ...]
    """(id of the first, id of the later one): the same text and the same target, for the same task."""
    near_copies: tuple[tuple[str, str, float], ...]
    """The same task and nearly, or wholly, the same text, with the share of it that is in both."""
    suspicious: tuple[tuple[str, str], ...]
    """(id, why a person should look at it), one for each reason; nothing about what somebody accepted or edited."""
    leakage: tuple[tuple[str, str, int], ...]
    """(id, id, words that both have in a row): examples of different splits that share text."""
    verdict: Verdict
    sentences: tuple[str, ...] = ()
    """What to tell a person, the verdict first."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def check(examples: Sequence[Example], count_tokens: Callable[[str], int] | None = None) -> Check:
    """Without splits yet, all examples count as trained on."""
    used = [example for example in examples if example.status != "rejected"]
    trained = "train" if any(example.split for example in examples) else ""
    unseen = [example for example in used if example.status == "pending"]  # the others, somebody found good
    train = [example for example in used if example.split == trained]
    exact, near = _copies(used)
    copied = {later for _first, later in exact}
    distinct = sum(example.id not in copied for example in train)
    found = Check(
        total=len(examples),
        train=len(train),
        distinct=distinct,
        held_out=sum(example.split == "validation" for example in used),
        test=sum(example.split == "test" and example.is_human for example in used),
        by_tier=_counts(example.tier for example in used),
        by_task=_counts(example.task for example in used),
        by_split=_counts(example.split for example in used),
        by_language=_counts(example.language for example in used),
        by_status=_counts(example.status for example in examples),
        lengths=_lengths(used, count_tokens),
        exact_copies=exact,
        near_copies=near,
        suspicious=tuple((example.id, why) for example in unseen for why in suspicions(example)),
        leakage=tuple(leaks([_of_its_split(example) for example in used])),
        verdict=verdict(distinct),
    )
    return replace(found, sentences=tuple(sentences(found)))


def verdict(distinct: int) -> Verdict:
    """On so many examples to train on that differ from each other."""
    return "too_little" if distinct < STYLE else "style_only" if distinct < ENOUGH else "enough"


def _of_its_split(example: Example) -> Example:
    """`leaks` says nothing of one group: one that was torn apart, as by a file made elsewhere, counts as two."""
    return replace(example, group=f"{example.group}\0{example.split}")


def _copies(
    examples: Sequence[Example],
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, float], ...]]:
    """Exact ones, and those of their texts: within a task, for one text can have a title and a summary."""
    exact: list[tuple[str, str]] = []
    near: list[tuple[str, str, float]] = []
    for task in dict.fromkeys(example.task for example in examples):
        same_task = [example for example in examples if example.task == task]
        firsts: dict[tuple[str, str], Example] = {}
        for example in same_task:
            first = firsts.setdefault((_plain(example.text), _plain(example.target)), example)
            if first is not example:
                exact.append((first.id, example.id))
        single = list(firsts.values())
        near += [_near(single, copy) for copy in find_copies([example.text for example in single])]
    return tuple(exact), tuple(near)


def _near(examples: Sequence[Example], copy: Copy) -> tuple[str, str, float]:
    return examples[copy.first].id, examples[copy.later].id, round(copy.share, 2)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _counts(values: Iterable[str]) -> dict[str, int]:
    """The commonest first."""
    return dict(Counter(values).most_common())


def _lengths(examples: Sequence[Example], count_tokens: Callable[[str], int] | None) -> Lengths | None:
    if not examples:
        return None
    texts, targets = [example.text for example in examples], [example.target for example in examples]
    return Lengths(
        text_words=_spread(_word_count, texts),
        target_words=_spread(_word_count, targets),
        text_tokens=_spread(count_tokens, texts) if count_tokens else None,
        target_tokens=_spread(count_tokens, targets) if count_tokens else None,
    )


def _word_count(text: str) -> int:
    return len(text.split())


def _spread(count: Callable[[str], int], texts: Sequence[str]) -> Spread:
    lengths = [count(text) for text in texts]
    return Spread(min=min(lengths), median=round(statistics.median(lengths)), max=max(lengths))
