"""What an adapter makes of prompts, and of itself at another strength: asked of the model, about a few texts each."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.evaluation.faults import fault
from adapters.evaluation.report import Fault
from assistant.generation import ChatMessage, ShouldStop, never_stop

if TYPE_CHECKING:
    from assistant.engine.adapter_files import Adapter
    from assistant.engine.engine import Engine
    from assistant.engine.scoring import Question

Item = tuple[Sequence[ChatMessage], str]
"""A prompt, and the answer that is wanted."""

TEXTS = 4
STRENGTHS = (0.25, 0.5, 2.0, 4.0)
"""Beside the one it has. Who mixes up alpha and alpha / r is wrong by a factor of r, 8 and more."""
PROMPT_GAIN, PROMPT_SHARE = 0.5, 0.3
"""Nats a token, and share of the base's loss, by which what is asked must have become likelier to have been learnt.
With the starter (2.56) six steps on whole prompts took 0.89 off it; a whole training on answers alone nothing."""
LEAST_SHARED = 8
"""Tokens that prompts must have in common, for what is asked to be told from the document."""
STRENGTH_GAIN = 0.5
"""Nats a token by which another strength does better than this one and than the base, which is strength 0: no adapter
is trained that far beside its best."""
_NAME = "an adapter that is examined"


def of_model(
    engine: Engine,
    adapter: Adapter,
    items: Sequence[Item],
    *,
    try_strengths: bool,
    should_stop: ShouldStop = never_stop,
) -> list[Fault]:
    """`try_strengths` where nothing is known of the strength that it was saved with.

    Afterwards the bare base answers. Raises AdapterMismatchError, ContextOverflowError, OutOfMemoryError, Stopped.
    """
    items = items[:TEXTS]
    if not items:
        return []
    faults: list[Fault] = []
    engine.select(None)
    before = _prompt_loss(engine, items, should_stop)
    with _answering(engine, adapter):
        after = _prompt_loss(engine, items, should_stop)
    if before - after > max(PROMPT_GAIN, PROMPT_SHARE * before):
        faults.append(fault("trained_on_prompt", before=round(before, 3), after=round(after, 3)))
    if try_strengths:
        faults += _of_strength(engine, adapter, items, should_stop)
    return faults


def _of_strength(engine: Engine, adapter: Adapter, items: Sequence[Item], should_stop: ShouldStop) -> list[Fault]:
    losses: dict[float, float] = {}
    for strength in (0.0, 1.0, *STRENGTHS):
        weights = {name: (a, b, scaling * strength) for name, (a, b, scaling) in adapter.weights.items()}
        with _answering(engine, dataclasses.replace(adapter, weights=weights)):
            losses[strength] = _loss(engine, items, should_stop)
    best = min(STRENGTHS, key=lambda strength: losses[strength])
    least = min(losses[0.0], losses[1.0])
    if not losses[best] < least - STRENGTH_GAIN:
        return []
    return [fault("wrong_scaling", strength=best, loss=round(losses[1.0], 3), loss_there=round(losses[best], 3))]


@contextmanager
def _answering(engine: Engine, adapter: Adapter) -> Generator[None]:
    placed = engine.place(dataclasses.replace(adapter, name=_NAME))
    engine.select(placed)
    try:
        yield
    finally:
        engine.remove(placed)


def _loss(engine: Engine, items: Sequence[Item], should_stop: ShouldStop) -> float:
    """Of the answers, in nats a token."""
    scored = list(engine.score(items, should_stop))
    return sum(loss for loss, _count in scored) / sum(count for _loss, count in scored)


def _prompt_loss(engine: Engine, items: Sequence[Item], should_stop: ShouldStop) -> float:
    """Of what is asked about every document, in nats a token; 0 where there is nothing of that kind."""
    from assistant.engine.scoring import Scorer

    scorer = Scorer(engine.model, engine.slots)
    scored = [scorer.loss(question, should_stop) for question in _instructions(engine, items)]
    return sum(loss for loss, _count in scored) / max(1, sum(count for _loss, count in scored))


def _instructions(engine: Engine, items: Sequence[Item]) -> list[Question]:
    """What stands behind the document in each prompt, as an answer to what stands before it.

    Only those that another prompt ends with, too: they are the same whatever the document, so that to have learnt
    them is to have been trained on prompts, while a document's own words get likelier with every good summary.
    """
    from assistant.engine.scoring import Question

    asked = [engine.question(messages, text) for messages, text in items]
    found: list[Question] = []
    for one in asked:
        shared = max((_common_end(one.prompt, other.prompt) for other in asked if other is not one), default=0)
        if LEAST_SHARED <= shared < len(one.prompt):
            found.append(Question(one.prompt[:-shared], one.prompt[-shared:], one.activation))
    return found


def _common_end(one: Sequence[int], other: Sequence[int]) -> int:
    """How many of their last tokens are the same; 0 for two that are the same altogether."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), 0)
