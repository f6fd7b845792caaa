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

Item = tuple[Sequence[ChatMessage], str]
"""A prompt, and the answer that is wanted."""

TEXTS = 6
STRENGTHS = (0.25, 0.5, 2.0, 4.0)
"""Beside the one it has. Who mixes up alpha and alpha / r is wrong by a factor of r, 8 and more."""
PROMPT_GAIN = 0.5
"""Nats a token by which the prompts themselves became likelier, for them to have been learnt."""
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
    before, base_loss = _prompt_loss(engine, items, should_stop), _loss(engine, items, should_stop)
    with _answering(engine, adapter):
        after = _prompt_loss(engine, items, should_stop)
        loss = _loss(engine, items, should_stop)
    if before - after > PROMPT_GAIN:
        faults.append(fault("trained_on_prompt", before=round(before, 3), after=round(after, 3)))
    if try_strengths:
        faults += _of_strength(engine, adapter, items, min(loss, base_loss), should_stop)
    return faults


def _of_strength(
    engine: Engine, adapter: Adapter, items: Sequence[Item], least: float, should_stop: ShouldStop
) -> list[Fault]:
    """`least` is the loss that another strength has to be better than."""
    losses: dict[float, float] = {}
    for strength in STRENGTHS:
        weights = {name: (a, b, scaling * strength) for name, (a, b, scaling) in adapter.weights.items()}
        with _answering(engine, dataclasses.replace(adapter, weights=weights)):
            losses[strength] = _loss(engine, items, should_stop)
    best = min(losses, key=lambda strength: losses[strength])
    if not losses[best] < least - STRENGTH_GAIN:
        return []
    return [fault("wrong_scaling", strength=best, loss=round(least, 3), loss_there=round(losses[best], 3))]


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
    """Of the prompts themselves, in nats a token, with an activated adapter where it is active in them."""
    from assistant.engine.scoring import Question, Scorer

    scorer = Scorer(engine.model, engine.slots)
    total, tokens = 0.0, 0
    for messages, text in items:
        asked = engine.question(messages, text)
        first, rest = asked.prompt[:1], asked.prompt[1:]
        loss, count = scorer.loss(Question(first, rest, asked.activation), should_stop)
        total, tokens = total + loss, tokens + count
    return total / tokens
