"""A whole training on the tiny model, small enough for a test: the settings, the run and the examples."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from adapters.dataset.example import Example, Place
from adapters.dataset.tokens import TokenizedExample
from adapters.training import runs
from adapters.training.forward import Forward
from adapters.training.loop import train
from adapters.training.lora import AdapterInTraining
from adapters.training.records import Adjustment, EvaluationDone, Stepped
from adapters.training.settings import TrainingSettings
from assistant.engine.adapter_files import LoraSettings
from tests.adapters.training.training_models import make_examples, plan

SETTINGS = {"learning_rate": 5e-3, "epochs": 3, "batch_size": 2, "r": 4, "lora_alpha": 8, "lora_dropout": 0.1}


def settings(**changes) -> TrainingSettings:
    return TrainingSettings(**{**SETTINGS, **changes})


def rows(count=3) -> list[Example]:
    return [
        Example(
            id=f"{index:016x}",
            task="summarize",
            text=f"Text {index}: perché no\ud800?",
            target="Short.",
            language="en",
            tier="A",
            origin="row",
            group="g",
            place=Place(document="a.md", pages=(1, 2), cuts=((3, 4),)),
            target_place=Place(document="b.md") if index else None,
            doubts=("look",),
        )
        for index in range(count)
    ]


def learnable(engine, count=6, seed=0, **shape) -> list[TokenizedExample]:
    """Targets of few different tokens, so that there is something to learn for any example, the held-out ones too."""
    chance = random.Random(seed)
    made = []
    for example in make_examples(engine, count, seed=seed, **{"prompt_tokens": 20, "target_tokens": 8, **shape}):
        labels = tuple(label if label < 0 else 40 + chance.randrange(3) for label in example.labels)
        ids = tuple(i if label < 0 else label for i, label in zip(example.input_ids, labels, strict=True))
        made.append(TokenizedExample(ids, labels, False, id=example.id))
    return made


@contextmanager
def prepared(engine, chosen: TrainingSettings, **plan_settings) -> Iterator[tuple[Forward, AdapterInTraining]]:
    """What the loop needs, on a fresh adapter."""
    invocation = engine.invocation_tokens() if chosen.kind == "alora" else ()
    lora = LoraSettings(chosen.r, chosen.lora_alpha, chosen.lora_dropout, invocation)
    with engine.training() as model:
        adapter = AdapterInTraining.attach(model, lora, chosen.seed)
        yield Forward(model, adapter, plan(**plan_settings), chosen.kind), adapter


class Around:
    """A `Forward` with something changed in it."""

    def __init__(self, forward) -> None:
        self.forward = forward

    def __getattr__(self, name):
        return getattr(self.forward, name)


class Ran:
    """What came of a training."""

    def __init__(self, told, outcome, adapter) -> None:
        self.told, self.outcome = told, outcome
        self.weights = {name: (a.clone(), b.clone()) for name, (a, b) in adapter.weights().items()}

    def of(self, kind):
        return [one for one in self.told if isinstance(one, kind)]

    @property
    def steps(self) -> list[Stepped]:
        return self.of(Stepped)

    @property
    def evaluations(self) -> list[EvaluationDone]:
        return self.of(EvaluationDone)

    @property
    def adjustments(self) -> list[Adjustment]:
        return self.of(Adjustment)

    def same_weights(self, other: Ran) -> bool:
        return all(
            torch.equal(a, other.weights[name][0]) and torch.equal(b, other.weights[name][1])
            for name, (a, b) in self.weights.items()
        )


def go(
    engine,
    chosen=None,
    *,
    name="bio",
    examples=None,
    held_out=None,
    resume=False,
    after=None,
    should_stop=None,
    wrap=None,
    **more,
) -> Ran:
    """Train to the end, or until `should_stop()`, or `after(told)` was true once."""
    chosen = chosen or settings()
    examples = examples if examples is not None else learnable(engine)
    held_out = held_out if held_out is not None else learnable(engine, 3, seed=1)
    told, stop = [], []
    run = runs.open_run(name) if resume else runs.create(name, chosen, {}, rows())
    with run, prepared(engine, chosen) as (forward, adapter):
        forward = wrap(forward) if wrap else forward
        loop = train(forward, adapter, examples, held_out, chosen, run, should_stop or (lambda: bool(stop)), **more)
        while True:
            try:
                told.append(next(loop))
            except StopIteration as end:
                return Ran(told, end.value, adapter)
            if after and after(told[-1]):
                stop.append(True)
