"""What a model makes of the probes: how likely it finds each passage, and each answer to each question.

The token that ends an answer counts for the questions, where "Paris" is to be told from a sentence that begins with
it, but not for the passages: training teaches an adapter to end, and of 80 tokens that one alone would hide a change
of 0.05 nats in the others.

Which answer is chosen: the likeliest as a whole, by the sum over its tokens. Of 30 English questions, the starter
model (135 million parameters) gets 19 right by the sum, 10 by the mean over tokens, 10 by the mean over bytes, and 12
by the sum less that of the answer to no question (Holtzman et al. 2021); of the 30 Italian ones, of which it knows
next to nothing, 10, 9, 8 and 14. The answers to one question are nearly equally long here: dividing by their length
favours long ones whatever is asked. To get the numbers again: `Engine.score` of all that `Item.asked` gives.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from adapters.evaluation.probes import LANGUAGES, OPTIONS, VERSION, Item, Passage, load_items, load_passages
from assistant.errors import LibraryError
from assistant.generation import ChatMessage, ShouldStop, never_stop

logger = logging.getLogger(__name__)

NOTHING_KNOWN = 20.0
"""Nats a token, for a loss that is no number: a broken adapter's. Guessing among 150,000 tokens costs 12."""

Asked = tuple[Sequence[ChatMessage], str]


class Scoring(Protocol):
    """What is needed of an engine."""

    def score(
        self, items: Sequence[Asked], should_stop: ShouldStop = never_stop, *, ended: bool = True
    ) -> Iterator[tuple[float, int]]: ...


class Model(Scoring, Protocol):
    @property
    def fingerprint(self) -> str:
        """Of the base and of who answers."""
        ...


class Units(Protocol):
    """What is needed of the library."""

    def unit(self, key: str) -> str | None: ...
    def put_unit(self, key: str, value: str) -> None: ...


@dataclass(frozen=True)
class ProbeScores:
    """By the probe's id; all of them finite."""

    passages: Mapping[str, float]
    """Mean -log p over the tokens of the passage's rest, in nats."""
    items: Mapping[str, Sequence[float]]
    """-log p of each option as the whole answer, in nats; in the order of the item's options."""


def probe_scores(
    model: Scoring, languages: Sequence[str] = LANGUAGES, should_stop: ShouldStop = never_stop
) -> ProbeScores:
    """Of whoever is selected. Raises ContextOverflowError, Stopped, OutOfMemoryError."""
    taking = taken(model, languages, should_stop)
    while True:
        try:
            next(taking)
        except StopIteration as end:
            return end.value


def taken(
    model: Scoring, languages: Sequence[str] = LANGUAGES, should_stop: ShouldStop = never_stop
) -> Generator[tuple[int, int], None, ProbeScores]:
    """The same, yielding how many (of how many) probes were taken after each."""
    passages = [passage for language in languages for passage in load_passages(language)]
    items = [item for language in languages for item in load_items(language)]
    total, losses, options = len(passages) + len(items), dict[str, float](), dict[str, list[float]]()
    for passage, loss in _passage_losses(model, passages, should_stop):
        losses[passage.id] = loss
        yield len(losses), total
    for item, found in _item_losses(model, items, should_stop):
        options[item.id] = found
        yield len(losses) + len(options), total
    return ProbeScores(losses, options)


def passage_losses(
    model: Scoring, passages: Sequence[Passage], should_stop: ShouldStop = never_stop
) -> dict[str, float]:
    """As in `ProbeScores`. Raises ContextOverflowError, Stopped, OutOfMemoryError."""
    return {passage.id: loss for passage, loss in _passage_losses(model, passages, should_stop)}


def kept_scores(
    model: Model, library: Units, should_stop: ShouldStop = never_stop
) -> Generator[tuple[int, int], None, ProbeScores]:
    """All of them, taken from the library where this very model was asked before. Yields as `taken`."""
    key = _key(model.fingerprint)
    if (found := _read(library, key)) is None:
        found = yield from taken(model, LANGUAGES, should_stop)
        try:
            library.put_unit(key, json.dumps(asdict(found)))
        except LibraryError as error:  # such as a full disk: they are taken again next time
            logger.warning("the scores of the probes are not kept: %s", error)
    return found


def _passage_losses(
    model: Scoring, passages: Sequence[Passage], should_stop: ShouldStop
) -> Iterator[tuple[Passage, float]]:
    scored = model.score([passage.asked() for passage in passages], should_stop, ended=False)
    for passage, (nats, tokens) in zip(passages, scored, strict=True):
        yield passage, nats / tokens if math.isfinite(nats) else NOTHING_KNOWN


def _item_losses(model: Scoring, items: Sequence[Item], should_stop: ShouldStop) -> Iterator[tuple[Item, list[float]]]:
    scored = model.score([asked for item in items for asked in item.asked()], should_stop)
    for item in items:
        yield item, [_whole(*next(scored)) for _option in range(OPTIONS)]


def _whole(nats: float, tokens: int) -> float:
    return nats if math.isfinite(nats) else NOTHING_KNOWN * tokens


def _key(fingerprint: str) -> str:
    depends_on = {"task": "evaluation", "what": "probes", "version": VERSION, "model": fingerprint}
    return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()


def _read(library: Units, key: str) -> ProbeScores | None:
    """None where nothing is kept, or nothing that can be read."""
    try:
        kept = library.unit(key)
        return None if kept is None else ProbeScores(**json.loads(kept))
    except (LibraryError, ValueError, TypeError) as error:
        logger.warning("the scores of the probes cannot be read: %s", error)
        return None
