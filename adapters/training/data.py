"""What an adapter learns from: the examples of a data set, as a run keeps them and as the model sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.dataset.example import Example
from adapters.dataset_building import dataset_of
from adapters.relay import Emit, Reporter, relay
from adapters.session import Session
from assistant.errors import DatasetError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _, plural
from assistant.protocol import Event, Notice

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset
    from adapters.dataset.tokens import TokenizedExample
    from assistant.engine.engine import Engine

MAX_HELD_OUT = 128
"""Examples: each look at more of them would take longer than the steps between two looks, and tell hardly more."""
_BROKEN_SHOWN = 5
_LANGUAGE_SHARE = 1 / 20
"""Of the examples: a few odd ones among many do not make an adapter of another language."""


@dataclass(frozen=True)
class TrainingData:
    examples: tuple[Example, ...]
    """To train on and held out; nothing else of the data set."""
    about: Mapping[str, Any]
    """JSON: `name` of the data set, `file` (what it was made of), `sha256`."""

    @classmethod
    def of(cls, dataset: Dataset, data: str) -> TrainingData:
        """`data` is what a person called it."""
        about = {"name": dataset.name, "file": Path(data).name, "sha256": dataset.sha256}
        held_out = sorted(dataset.held_out(), key=lambda example: example.id)  # ids are hashes: an order of chance
        return cls((*dataset.for_training(), *held_out[:MAX_HELD_OUT]), about)

    @property
    def train(self) -> list[Example]:
        return [example for example in self.examples if example.split == "train"]

    @property
    def held_out(self) -> list[Example]:
        return [example for example in self.examples if example.split == "validation"]

    @property
    def languages(self) -> list[str]:
        """Of the targets, the commonest first."""
        counts = Counter(example.language for example in self.train)
        least = _LANGUAGE_SHARE * len(self.train)
        return [language for language, count in counts.most_common() if language and count >= least]

    def composition(self) -> dict[str, Any]:
        """For the adapter's card: how much of what."""
        return {
            "examples": len(self.train),
            "held_out": len(self.held_out),
            "tiers": dict(sorted(Counter(example.tier for example in self.train).items())),
            "tasks": dict(sorted(Counter(example.task for example in self.train).items())),
        }


def load(
    data: str, job: str, session: Session, should_stop: ShouldStop, *, few: bool
) -> Generator[Event, None, TrainingData]:
    """Raises DatasetError, also where there is so little that `few` would have to allow it."""
    dataset = yield from dataset_of(data, job, session, should_stop)
    yield from _broken_rows(job, dataset)
    found = TrainingData.of(dataset, data)
    _check_enough(found, data, few=few)
    return found


def _broken_rows(job: str, dataset: Dataset) -> Generator[Event, None, None]:
    broken: Sequence[Mapping[str, Any]] = dataset.about.get("broken") or ()
    if not broken:
        return
    shown = "; ".join(
        _("line {line}: {reason}").format(line=row["line"], reason=row["reason"]) for row in broken[:_BROKEN_SHOWN]
    )
    yield Notice(
        job=job,
        level="warning",
        message=plural(
            "{count} row cannot be used and is left out", "{count} rows cannot be used and are left out", len(broken)
        )
        + f": {shown}"
        + ("; …" if len(broken) > _BROKEN_SHOWN else "."),
    )


def _check_enough(found: TrainingData, data: str, *, few: bool) -> None:
    from adapters.dataset.check import STYLE

    count = len(found.train)
    if count and (few or count >= STYLE):
        return
    if not count:
        raise DatasetError(
            _("There is no example to train on in {data}.").format(data=data),
            _("See what became of the notes: sunto dataset check {data}").format(data=data),
            path=data,
        )
    raise DatasetError(
        plural(
            "There is only {count} example to train on: an adapter would learn little from it.",
            "There are only {count} examples to train on: an adapter would learn little from them.",
            count,
        ),
        _("Put two or three of them into your question instead, add more notes, or train all the same with --few."),
        path=data,
    )


@dataclass(frozen=True)
class Tokens:
    """All examples as the loss sees them."""

    train: list[TokenizedExample]
    held_out: list[TokenizedExample]
    left_out: int
    """Whose target alone is too long."""

    @property
    def shortened(self) -> int:
        return sum(example.shortened for example in (*self.train, *self.held_out))


def tokenizing(
    job: str, found: TrainingData, engine: Engine, windows: Sequence[int], should_stop: ShouldStop
) -> Generator[Event, None, Tokens]:
    """`tokenized`, with its progress: ten thousand examples take a while. Raises DatasetError, Stopped."""

    def work(emit: Emit) -> Tokens:
        reporter = Reporter(job, emit)

        def on_example(done: int) -> None:
            if should_stop():
                raise Stopped
            reporter.progress("prepare", done, len(found.examples), "examples")

        return tokenized(found, engine, windows, on_example)

    return (yield from relay(work))


def tokenized(
    found: TrainingData,
    engine: Engine,
    windows: Sequence[int],
    on_example: Callable[[int], None] = lambda _done: None,
) -> Tokens:
    """`windows` are tokens an example may have: the first for all, each later one for those it is large enough for.

    So a run that had to shorten its texts finds, when it goes on, the very tokens it had. Raises DatasetError.
    """
    done = 0

    def tokens_of(examples: Sequence[Example]) -> list[TokenizedExample]:
        nonlocal done
        tokens: list[TokenizedExample] = []
        for example in examples:
            if (one := _as_tokens(example, engine, windows)) is not None:
                tokens.append(one)
            done += 1
            on_example(done)
        return tokens

    train, held_out = tokens_of(found.train), tokens_of(found.held_out)
    if not train:
        raise DatasetError(
            _("No summary is short enough: prompt and summary together may have {limit} tokens.").format(
                limit=windows[0]
            ),
            _("Give shorter summaries."),
        )
    return Tokens(train, held_out, len(found.examples) - len(train) - len(held_out))


def _as_tokens(example: Example, engine: Engine, windows: Sequence[int]) -> TokenizedExample | None:
    """None where the target alone is too long for the first window; for a later one it stays as it was."""
    from adapters.dataset.tokens import tokenize

    tokens: TokenizedExample | None = None
    for window in windows:
        if tokens is None or len(tokens.input_ids) > window:
            shorter = tokenize(example, engine, window)
            if shorter is None:
                break
            tokens = shorter
    return tokens


def told(job: str, tokens: Tokens) -> Generator[Event, None, None]:
    """What became of the examples."""
    total = len(tokens.train) + len(tokens.held_out)
    if tokens.shortened:
        yield Notice(
            job=job,
            level="info",
            message=_("{count} of {total} texts were shortened to fit; their summaries are whole.").format(
                count=tokens.shortened, total=total
            ),
        )
    if tokens.left_out:
        yield Notice(
            job=job,
            level="warning",
            message=plural(
                "{count} example is left out: what is to be learnt is itself too long.",
                "{count} examples are left out: what is to be learnt is itself too long.",
                tokens.left_out,
            ),
        )
    if not tokens.held_out:
        yield Notice(
            job=job,
            level="info",
            message=_(
                "No example is kept aside, so nobody sees whether the adapter gets better on texts that are new to it."
            ),
            hint=_("Train on two documents or more: one of them is then kept aside."),
        )
