"""What an adapter is tested with: examples of documents that it was not trained on.

Its own data set has a part for this. Of another one, everything is fit to test with. Either way, what shares much of
its text with something it was trained on is left out: an adapter is not praised for remembering. So are documents that
a data set trained with once, and keeps aside since it was built again.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.dataset.example import Example
from adapters.dataset.leakage import overlaps
from adapters.evaluation.report import SMALL_DOCUMENTS, Data
from adapters.registry import AdapterRecord
from adapters.training import runs
from adapters.training.run import read_examples
from assistant.errors import AdapterError, TrainingError

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset

MOST = 300
"""Examples: so many tell enough, and more would take longer than the training."""
_TASKS = ("summarize", "describe")
"""What an adapter is for, before titles and key sentences."""


@dataclass(frozen=True)
class HeldOut:
    examples: tuple[Example, ...]
    split: str
    """As in `report.Data`."""
    leaked: tuple[str, ...]
    """Ids of those that were left out."""


def trained_on(record: AdapterRecord, dataset: Dataset | None) -> tuple[Example, ...] | None:
    """The training examples of the adapter: as its run keeps them, or as its data set has them while it is the same.

    None where neither is there any more, as of an adapter that was made elsewhere.
    """
    known = _known(record)
    if known is not None:
        return tuple(example for example in known if example.split == "train")
    if dataset is not None and dataset.sha256 == data_of(record).get("sha256"):
        return dataset.for_training()
    return None


def watched_with(record: AdapterRecord) -> tuple[Example, ...]:
    """What the best step of its training was chosen with; nothing where nobody knows any more."""
    return tuple(example for example in _known(record) or () if example.split == "validation")


def _known(record: AdapterRecord) -> tuple[Example, ...] | None:
    """All examples of its run; None where that is another one now, or none."""
    sha256 = data_of(record).get("sha256")
    if not sha256:
        return None
    try:
        run = runs.find_run(record.name)
        if run is not None and (run.about.get("data") or {}).get("sha256") == sha256:
            return read_examples(runs.runs_dir() / run.name)
    except (TrainingError, AdapterError):  # a damaged run is as good as none
        pass
    return None


def data_of(record: AdapterRecord) -> dict[str, Any]:
    """What the card says of the data, whoever wrote it."""
    said = record.card.get("data")
    return said if isinstance(said, dict) else {}


def is_own(record: AdapterRecord, dataset: Dataset) -> bool:
    """Whether it was trained on this data set, as it is now or, trained here, as it was.

    What an adapter from elsewhere was trained on may only have the same name.
    """
    said = data_of(record)
    made_here = not record.card.get("source")
    return dataset.sha256 == said.get("sha256") or (made_here and dataset.name == said.get("name"))


def held_out(dataset: Dataset, training: Sequence[Example], watched: Sequence[Example] = (), *, own: bool) -> HeldOut:
    """What a person wrote or approved comes before anything else.

    `training` is all that is known to be trained on, `watched` what is known to have chosen the best step.
    """
    if own:
        parts = [("test", dataset.test()), ("validation", dataset.held_out())]
    else:
        kept = tuple(example for example in dataset.examples if example.status != "rejected")
        parts = [("all", tuple(example for example in kept if example.is_human)), ("all", kept)]
    split, candidates = next((part for part in parts if part[1]), (parts[0][0], ()))
    leaked = leaked_ids(candidates, training)
    if own:
        moved = {example.group for example in training} - {example.group for example in dataset.for_training()}
        leaked |= {example.id for example in candidates if example.group in moved}
    clean = [example for example in candidates if example.id not in leaked]
    if leaked_ids(clean, watched) or (own and {example.group for example in clean} & {one.group for one in watched}):
        split = "validation"
    return HeldOut(tuple(spread(clean, MOST, by_task)), split, tuple(sorted(leaked)))


def leaked_ids(candidates: Sequence[Example], training: Sequence[Example]) -> set[str]:
    """Of the candidates, those that share much of their text with something that was trained on."""
    trained = [dataclasses.replace(example, group=f"trained on {example.group}") for example in training]
    pairs = overlaps([*candidates, *trained])
    return {candidates[first].id for first, second, _shared in pairs if first < len(candidates) <= second}


def by_task(example: Example) -> int:
    return _TASKS.index(example.task) if example.task in _TASKS else len(_TASKS)


def spread(
    examples: Iterable[Example], most: int, rank: Callable[[Example], int] = lambda _example: 0
) -> list[Example]:
    """At most so many, one of each document in turn; of a document those of the lowest `rank` first, then by chance."""
    by_document: dict[str, list[Example]] = {}
    for example in sorted(examples, key=lambda example: (rank(example), example.id)):  # ids are hashes
        by_document.setdefault(example.group, []).append(example)
    queues = list(by_document.values())
    rounds = max(map(len, queues), default=0)
    return [queue[turn] for turn in range(rounds) for queue in queues if turn < len(queue)][:most]


def described(found: HeldOut, dataset: Dataset | None, written: int, file: str) -> Data:
    """For the report."""
    examples = found.examples
    documents = len({example.group for example in examples})
    return Data(
        name=dataset.name if dataset else "",
        file=file,
        sha256=dataset.sha256 if dataset else "",
        split=found.split,
        documents=documents,
        chapters=any(_is_part(example) for example in examples),
        examples=len(examples),
        written=written,
        languages=_counts(example.language for example in examples),
        tiers=_counts(example.tier for example in examples),
        tasks=_counts(example.task for example in examples),
        leaked=list(found.leaked),
        without_reference=sum(not example.target.strip() for example in examples),
        small=documents < SMALL_DOCUMENTS,
    )


def _is_part(example: Example) -> bool:
    return not example.place.line and example.group != example.place.document


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
