"""Whether a training fits into memory, and how to make it fit: by formula first, then by two real steps, undone."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from adapters.training import schedule
from adapters.training.formula import Estimate, Shape, Texts, estimate
from adapters.training.ladder import Bounds, Plan, choose, rung_in_words, step_down
from adapters.training.settings import TrainingSettings
from assistant.errors import OutOfMemoryError
from assistant.i18n import _

if TYPE_CHECKING:
    from adapters.dataset.tokens import TokenizedExample
    from adapters.training.data import Tokens
    from adapters.training.forward import Forward
    from adapters.training.lora import AdapterInTraining
    from adapters.training.preparing import Prepared
    from adapters.training.records import Room
    from assistant.engine.engine import Engine

MAX_TOKENS = {"cpu": 1024, "cuda": 2048}
"""Length of one example, prompt and target together."""
MICRO_TOKENS = {"cpu": 2048, "cuda": 8192}
"""That go through the model at a time where memory allows: beyond these, more at a time is no faster."""
_SHARE_OF_FREE = {"cpu": 0.8, "cuda": 0.92}
"""That a training may take: other programs grow, too, and beyond the end of a machine's memory everything stalls."""
_PREFIX_SHARE = 0.25
"""Of what is free, for documents kept as the bare base has read them …"""
_MOST_FOR_PREFIXES = 4 << 30
"""… and so much at the most."""
_EVALUATION_SHARE = 1 / 3
"""Of a step's time, for as many tokens: forward only."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a training asks of the memory, whatever the plan."""

    shape: Shape
    texts: Texts
    r: int
    kind: str
    itemsize: int
    """Bytes of one activation."""
    base_bytes: int
    free_bytes: int
    """That it may have, the base included."""
    host_free_bytes: int
    """Of the machine's memory, where documents are kept as read: on a card another than the training's."""
    prompt_tokens: int
    """Of all examples together."""
    device: str

    @classmethod
    def of(cls, engine: Engine, tokens: Tokens, settings: TrainingSettings) -> Demand:
        import torch

        from assistant.engine import memory

        device = engine.device.type
        lengths = [(len(example.input_ids), example.target_tokens) for example in (*tokens.train, *tokens.held_out)]
        free = int(memory.free_bytes(engine.device) * _SHARE_OF_FREE[device])
        return cls(
            shape=Shape.of(engine.model.config),
            texts=Texts.of(lengths, settings.batch_size),
            r=settings.r,
            kind=settings.kind,
            itemsize=engine.model.dtype.itemsize,
            base_bytes=engine.memory_bytes,
            free_bytes=free + engine.memory_bytes,
            host_free_bytes=int(memory.free_bytes(torch.device("cpu")) * _SHARE_OF_FREE["cpu"]),
            prompt_tokens=sum(length - targets for length, targets in lengths),
            device=device,
        )

    @property
    def bounds(self) -> Bounds:
        return Bounds(layers=self.shape.layers, longest=self.texts.longest)

    def at(self, plan: Plan) -> Estimate:
        return estimate(
            self.shape,
            self.texts,
            plan,
            r=self.r,
            kind=self.kind,
            itemsize=self.itemsize,
            base_bytes=self.base_bytes,
            device=self.device,
        )

    def fits(self, plan: Plan) -> bool:
        return self.at(plan).total <= self.free_bytes

    def plan(self, max_tokens: int) -> Plan:
        """The quickest that fits by formula; the smallest there is where none does."""
        first = Plan(micro_tokens=MICRO_TOKENS[self.device], max_tokens=max_tokens)
        kept = self._bytes_for_documents()
        if self.device == "cuda":  # they take nothing of what the others need
            return dataclasses.replace(choose(first, self.bounds, self.fits)[0], prefix_bytes=kept)
        return choose(dataclasses.replace(first, prefix_bytes=kept), self.bounds, self.fits)[0]

    def _bytes_for_documents(self) -> int:
        if self.kind != "alora":
            return 0
        room = int(self.host_free_bytes * _PREFIX_SHARE)
        wanted = self.prompt_tokens * self.shape.read_per_token(self.itemsize)
        return max(0, min(room, wanted, _MOST_FOR_PREFIXES))


def parts_in_words(parts: Estimate) -> tuple[tuple[str, int], ...]:
    """What the memory is for, the most first."""
    named = (
        (_("the base model"), parts.base),
        (_("the adapter and what its optimizer remembers"), parts.adapter),
        (_("what the layers keep of the texts"), parts.layers),
        (_("how likely each word is"), parts.logits),
        (_("documents kept as read"), parts.documents),
        (_("in reserve"), parts.slack),
    )
    return tuple(sorted(((name, size) for name, size in named if size), key=lambda part: -part[1]))


def advice(device: str) -> tuple[str, ...]:
    """What to change where even the smallest plan does not fit."""
    other = (
        _("Close other programs that use the graphics card, or train on the processor: --device cpu.")
        if device == "cuda"
        else _("Close other programs.")
    )
    return (
        other,
        _("Choose a smaller base model: `sunto models list` says how much each takes."),
        _("Make the adapter smaller (--r 8), or its examples shorter (--max-tokens 512)."),
    )


def too_large(name: str, device: str) -> OutOfMemoryError:
    return OutOfMemoryError(
        _("The training of “{name}” does not fit into memory, however little of it is used at a time.").format(
            name=name
        ),
        "\n".join(advice(device)),
    )


@contextmanager
def shortage_in_words(name: str, device: str) -> Generator[None]:
    """For memory that runs out where no ladder is asked: before the first step, or in a test of learning rates.

    Raises OutOfMemoryError.
    """
    from assistant.engine.memory import is_out_of_memory

    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise too_large(name, device) from error


@dataclass(frozen=True)
class Trial:
    """What two real steps showed."""

    needed_bytes: int
    """At the peak, the base included."""
    seconds_per_token: float


def try_two_steps(
    engine: Engine,
    forward: Forward,
    adapter: AdapterInTraining,
    examples: Sequence[TokenizedExample],
    plan: Plan,
    batch_size: int,
) -> Trial:
    """Two steps on the heaviest micro-batch there can be; afterwards the adapter is as it was, to the bit.

    Raises torch's error when memory runs out, and then, too, the adapter is as it was.
    """
    import torch

    from adapters.training.optimizer import make_optimizer
    from adapters.training.peak import PeakMemory

    longest = sorted(examples, key=lambda example: -len(example.input_ids))[:batch_size]
    micro = max(forward.micro_batches(longest), key=_tokens_of)
    before = {name: (a.clone(), b.clone()) for name, (a, b) in adapter.weights().items()}
    seconds = 0.0
    with torch.random.fork_rng([engine.device] if engine.device.type == "cuda" else []):
        try:
            with PeakMemory(engine.device) as peak:
                optimizer = make_optimizer(plan.optimizer, adapter.parameters, 1e-4)
                for _step in range(2):
                    started = time.perf_counter()
                    forward.backward(micro, 1 / sum(example.target_tokens for example in micro))
                    optimizer.step()
                    optimizer.zero_grad(set_to_none=True)
                    if engine.device.type == "cuda":
                        torch.cuda.synchronize(engine.device)
                    seconds = time.perf_counter() - started  # of the second: the first one warms up
        finally:
            adapter.load(before)
            for parameter in adapter.parameters:
                parameter.grad = None
    needed = engine.memory_bytes + adapter.nbytes + peak.bytes
    return Trial(needed, seconds / _tokens_of(micro))


def seconds_of_all(trial: Trial, tokens: Tokens, settings: TrainingSettings) -> float:
    """For the whole training, looks at held-out examples included; samples apart."""
    total = schedule.total_steps(settings, len(tokens.train))
    learnt = total * settings.batch_size * _tokens_of(tokens.train) / len(tokens.train)
    looks = len(schedule.evaluation_steps(settings, len(tokens.train), total))
    return trial.seconds_per_token * (learnt + looks * _EVALUATION_SHARE * _tokens_of(tokens.held_out))


def _tokens_of(examples: Sequence[TokenizedExample]) -> int:
    return sum(len(example.input_ids) for example in examples)


class RoomMaker:
    """The ladder as the loop asks for it (`adapters.training.records.Ladder`)."""

    def __init__(self, prepared: Prepared, forget: Callable[[], None]) -> None:
        """`forget` lets go of what is only kept, such as documents of a conversation."""
        self._prepared = prepared
        self._bounds = prepared.demand.bounds
        self._forget = forget

    def __call__(self, error: BaseException) -> Room:
        """Raises OutOfMemoryError where nothing is left to give up."""
        from adapters.training.records import Room

        self._forget()
        prepared = self._prepared
        lower = step_down(prepared.plan, self._bounds)
        if lower is None:
            raise too_large(prepared.name, prepared.engine.device.type) from error
        plan, rung = lower
        if rung == "window":
            prepared = prepared.shortened(plan.max_tokens)
        self._prepared = dataclasses.replace(prepared, plan=plan)
        return Room(
            message=_("The memory ran out. {what}").format(what=rung_in_words(rung, plan, self._bounds)),
            hint=_("Nothing needs to be done: the training goes on as before."),
            plan=plan,
            optimizer=plan.optimizer,
            examples=prepared.tokens.train if rung == "window" else None,
            held_out=prepared.tokens.held_out if rung == "window" else None,
            record={"rung": rung, "plan": asdict(plan)},
        )
