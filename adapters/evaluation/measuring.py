"""What each system makes of each example: the loss of the target, and a text of its own.

Every measured unit is kept in the library at once, under a key that holds everything it depends on: an evaluation that
was stopped goes on where it was, and the base and earlier versions are not measured again for the next version. Like
all finished work there, it goes when documents are removed and when nobody has asked for it for long.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from adapters.dataset.example import Example
from adapters.evaluation.systems import Measured, fits
from adapters.relay import Reporter
from assistant.errors import LibraryError, Stopped
from assistant.generation import ChatMessage, Completion, Delta, GenerationConfig, ShouldStop
from assistant.protocol import Event

if TYPE_CHECKING:
    from assistant.engine.engine import Engine
    from assistant.library import Library

logger = logging.getLogger(__name__)

STAGE = "evaluate"
LOSS_COST, TEXT_COST = 1.0, 10.0
"""How long units take beside each other, roughly: what progress and estimates go by."""
_ROUNDING = 1e-6
_FORMAT = 1
"""Of what is kept; goes up when a unit would be measured differently."""


class Loss(NamedTuple):
    nats: float
    """Sum of -log p over the target's tokens, its end included."""
    tokens: int


class Written(NamedTuple):
    text: str
    finish_reason: str
    """stop or length"""


class Item(NamedTuple):
    """An example with as much of its text as fits."""

    example: Example
    text: str
    write: bool
    """Whether texts are written for it, too."""


@dataclass
class Measurements:
    """By system, then by the example's id."""

    losses: dict[str, dict[str, Loss]] = field(default_factory=lambda: defaultdict(dict))
    texts: dict[str, dict[str, Written]] = field(default_factory=lambda: defaultdict(dict))
    too_long: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Ids of examples that did not fit into the context window as this system is asked."""
    not_numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many losses were no numbers: such a model is broken."""


class Meter:
    """How far all of it has come, in units of `LOSS_COST`."""

    def __init__(self, job: str, total: float) -> None:
        self._events: list[Event] = []
        self._reporter = Reporter(job, self._events.append)
        self._total = total
        self._done = 0.0
        self._detail = ""

    def at(self, detail: str) -> Generator[Event, None, None]:
        """What is being measured now."""
        self._detail = detail
        yield from self.advance(0.0)

    def skip(self, cost: float) -> Generator[Event, None, None]:
        """What was measured before, or cannot be: done at once, which no estimate should go by."""
        self._reporter.skip(cost)
        yield from self.advance(cost)

    def advance(self, cost: float) -> Generator[Event, None, None]:
        self._done = self._done + cost
        if self._done > self._total - _ROUNDING:
            self._done = self._total
        self._reporter.progress(STAGE, self._done, self._total, "", self._detail)
        yield from self._events
        self._events.clear()


def cost_of(systems: int, items: Sequence[Item]) -> float:
    """Of measuring so many systems."""
    written = sum(item.write for item in items)
    losses = sum(bool(item.example.target.strip()) for item in items)
    return systems * (LOSS_COST * losses + TEXT_COST * written)


class Measuring:
    """On one engine. Whoever answers is selected before."""

    def __init__(
        self, engine: Engine, library: Library, config: GenerationConfig, meter: Meter, should_stop: ShouldStop
    ) -> None:
        self._engine = engine
        self._library = library
        self._config = config
        self._meter = meter
        self._should_stop = should_stop
        self.found = Measurements()

    def measure(self, system: Measured, items: Sequence[Item]) -> Generator[Event, None, None]:
        """All of one system's units, those that are kept without any work. Raises Stopped, OutOfMemoryError."""
        prompts = self._prompts(system, items)
        with_target = [item for item in items if item.example.target.strip()]
        yield from self._losses(system.key, [item for item in with_target if item.example.id in prompts], prompts)
        yield from self._texts(
            system.key, [item for item in items if item.write and item.example.id in prompts], prompts
        )
        unmeasured = [item for item in items if item.example.id not in prompts]
        yield from self._meter.skip(cost_of(1, unmeasured))

    def _prompts(self, system: Measured, items: Sequence[Item]) -> dict[str, list[ChatMessage]]:
        """By the example's id, where it fits."""
        prompts: dict[str, list[ChatMessage]] = {}
        for example, text, write in items:
            prompt = system.prompt(example, text)
            if prompt is None:
                continue
            if fits(prompt, example.target, self._engine, self._config.max_new_tokens if write else 0):
                prompts[example.id] = prompt
            else:
                self.found.too_long[system.key].add(example.id)
        return prompts

    def _losses(
        self, key: str, items: Sequence[Item], prompts: dict[str, list[ChatMessage]]
    ) -> Generator[Event, None, None]:
        questions = [(prompts[item.example.id], item.example.target) for item in items]
        keys = [self._key("loss", prompt, {"target": target}) for prompt, target in questions]
        kept = [self._kept(one) for one in keys]
        missing = [index for index, found in enumerate(kept) if found is None]
        for item, found in zip(items, kept, strict=True):
            if found is not None:
                self._note_loss(key, item, Loss(float(found[0]), int(found[1])))
        yield from self._meter.skip(LOSS_COST * (len(items) - len(missing)))
        scored = self._engine.score([questions[index] for index in missing], self._should_stop)
        for index, (nats, tokens) in zip(missing, scored, strict=True):
            self._keep(keys[index], [nats, tokens])
            self._note_loss(key, items[index], Loss(nats, tokens))
            yield from self._meter.advance(LOSS_COST)

    def _note_loss(self, key: str, item: Item, loss: Loss) -> None:
        if math.isfinite(loss.nats):
            self.found.losses[key][item.example.id] = loss
        else:
            self.found.not_numbers[key] += 1

    def _texts(
        self, key: str, items: Sequence[Item], prompts: dict[str, list[ChatMessage]]
    ) -> Generator[Event, None, None]:
        asked = [prompts[item.example.id] for item in items]
        config = self._config
        said = {"max_new_tokens": config.max_new_tokens, "repetition_penalty": config.repetition_penalty}
        keys = [self._key("text", prompt, said) for prompt in asked]
        missing: list[int] = []
        for index, (item, one) in enumerate(zip(items, keys, strict=True)):
            if (found := self._kept(one)) is None:
                missing.append(index)
            else:
                self.found.texts[key][item.example.id] = Written(str(found[0]), str(found[1]))
        yield from self._meter.skip(TEXT_COST * (len(items) - len(missing)))
        for event in self._write([asked[index] for index in missing]):
            if isinstance(event, Event):
                yield event
            else:
                number, written = event
                self._keep(keys[missing[number]], list(written))
                self.found.texts[key][items[missing[number]].example.id] = written

    def _write(self, prompts: Sequence[Sequence[ChatMessage]]) -> Iterator[Event | tuple[int, Written]]:
        """Each text with its number when it is whole. Raises Stopped; those that were begun are lost then."""
        spent: dict[int, float] = defaultdict(float)
        per_token = TEXT_COST / self._config.max_new_tokens
        for number, event in self._engine.stream_many(prompts, self._config, self._should_stop):
            if isinstance(event, Delta) and spent[number] + per_token < TEXT_COST:
                spent[number] += per_token
                yield from self._meter.advance(per_token)
            elif isinstance(event, Completion) and event.finish_reason != "cancelled":
                yield number, Written(event.text.strip(), event.finish_reason)
                yield from self._meter.advance(TEXT_COST - spent[number])
        if self._should_stop():
            raise Stopped

    def _key(self, what: str, prompt: Sequence[ChatMessage], more: dict[str, Any]) -> str:
        """Holds everything that the unit depends on: base, adapter, every word that is said.

        The device, too: another one rounds otherwise, and what is the same for every document is no luck to a test.
        """
        depends_on = {
            "task": "evaluation",
            "format": _FORMAT,
            "what": what,
            "model": self._engine.fingerprint,
            "device": self._engine.device.type,
            "prompt": [[message.role, message.content] for message in prompt],
            **more,
        }
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()

    def _kept(self, key: str) -> list[Any] | None:
        """Two values; None where there are none. What cannot be read is measured again."""
        try:
            kept = self._library.unit(key)
            found: object = None if kept is None else json.loads(kept)
        except (LibraryError, ValueError) as error:
            logger.warning("a measured unit cannot be read: %s", error)
            return None
        values = cast("list[Any]", found) if isinstance(found, list) else []
        return values if len(values) == 2 else None

    def _keep(self, key: str, value: list[Any]) -> None:
        """A library that cannot be written, as on a full disk, is no reason to measure nothing."""
        try:
            self._library.put_unit(key, json.dumps(value))
        except LibraryError as error:
            logger.warning("a measured unit is not kept: %s", error)
