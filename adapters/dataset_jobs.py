"""What each request about data sets does."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.dataset.example import SPLITS, STATUSES, TASKS, TIERS
from adapters.dataset_building import build_options, changed_notice, make
from adapters.relay import Emit, Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import ConfigError, DatasetError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event

if TYPE_CHECKING:
    from adapters.dataset.example import Example
    from adapters.dataset.store import Dataset

Result = dict[str, Any]
Job = Generator[Event, None, Result]


# --- making ------------------------------------------------------------------------------------------------------


def build_dataset(request: protocol.BuildDataset, session: Session, should_stop: ShouldStop) -> Job:
    """The result is that of `check_dataset`. Raises DatasetError, ConfigError, Stopped; with tier C, ModelError."""
    from adapters.dataset import store
    from adapters.dataset.resolve import name_for

    started = time.monotonic()
    paths = _paths(request.paths)
    options = build_options(request)
    name = request.name or name_for(paths)
    if store.exists(name) and not request.overwrite:
        raise DatasetError(
            _("There is already a data set called “{name}”.").format(name=store.folder_of(name).name),
            _("Choose another name; on the command line, --overwrite builds it again and keeps your review."),
        )
    made = yield from make(paths, options, request, session, should_stop)
    if should_stop():
        raise Stopped
    dataset = store.save(name, made.examples, made.about, overwrite=request.overwrite)
    return (yield from _report(request.job, dataset, started))


def check_dataset(request: protocol.CheckDataset, session: Session, should_stop: ShouldStop) -> Job:
    """What is known of a data set; `directory` is empty where one was made of a path for this look alone."""
    from adapters.dataset import store
    from adapters.dataset.build import BuildOptions
    from adapters.dataset.resolve import kept, path_in

    started = time.monotonic()
    path = path_in(request.data)
    if path is None:
        dataset = kept(request.data)
        yield from changed_notice(request.job, dataset)
        return (yield from _report(request.job, dataset, started))
    made = yield from make([path], BuildOptions(), request, session, should_stop)
    return (yield from _report(request.job, store.Dataset(path.name, Path(), made.examples, made.about), started))


def _paths(given: Sequence[str]) -> list[Path]:
    """Absolute, each once. Raises DatasetError where none is given."""
    from assistant.library.folders import absolute

    if not given:
        raise DatasetError(
            _("It is not said what to make examples of."), _("Name a folder of notes, documents, or a file of rows.")
        )
    return list(dict.fromkeys(map(absolute, given)))


def _report(job: str, dataset: Dataset, started: float) -> Job:
    """The fields of a `Check`, and what became of the files it was made of."""
    from adapters.dataset.check import check

    def work(emit: Emit) -> Result:
        Reporter(job, emit).progress("check", 0, 0, detail=dataset.name)
        return check(dataset.examples).as_json()

    checked = yield from relay(work)
    return {
        "name": dataset.name,
        "directory": "" if dataset.directory == Path() else str(dataset.directory),
        **{key: dataset.about.get(key, []) for key in ("files", "skipped", "broken")},
        **checked,
        "seconds": round(time.monotonic() - started, 3),
    }


# --- looking at examples, and saying something of them -----------------------------------------------------------


def list_examples(request: protocol.ListExamples, _session: Session, _should_stop: ShouldStop) -> Job:
    """Rows as `example_row` makes them, the ids of all that were asked for, and how many there are in each state."""
    from adapters.dataset.resolve import kept

    yield from ()
    _check_choices(request)
    dataset = kept(request.data)
    chosen = [example for example in dataset.examples if _is_wanted(example, request)]
    page = chosen[max(request.offset, 0) :][: max(request.limit, 0)]
    return {
        "name": dataset.name,
        "total": len(chosen),
        "offset": request.offset,
        "ids": [example.id for example in chosen],
        "examples": [example_row(example) for example in page],
        "statuses": _statuses(dataset.examples),
    }


def review_example(request: protocol.ReviewExample, _session: Session, _should_stop: ShouldStop) -> Job:
    """The example as it is now, and how many there are in each state."""
    from adapters.dataset import review
    from adapters.dataset.resolve import kept

    yield from ()
    dataset = kept(request.data)
    example = review.decide(dataset, request.example, request.decision, request.target)  # type: ignore[arg-type]
    return {"name": dataset.name, "example": example_row(example), "statuses": _statuses(dataset.examples)}


def example_row(example: Example) -> Result:
    """All its fields; what should be looked at, in words; and which passages of the text bear the target out."""
    from adapters.dataset.evidence import evidence
    from adapters.dataset.suspicions import suspicions

    return {**dataclasses.asdict(example), "suspicions": list(suspicions(example)), "evidence": evidence(example)}


def _is_wanted(example: Example, request: protocol.ListExamples) -> bool:
    wanted = ((getattr(request, name), getattr(example, name)) for name in ("status", "tier", "task", "split"))
    return all(not asked or asked == has for asked, has in wanted) and (
        not request.examples or example.id in request.examples
    )


def _statuses(examples: Sequence[Example]) -> dict[str, int]:
    counts = Counter(example.status for example in examples)
    return {status: counts[status] for status in STATUSES}


_CHOICES = {"status": STATUSES, "tier": TIERS, "task": TASKS, "split": SPLITS}


def _check_choices(request: protocol.ListExamples) -> None:
    """Raises ConfigError."""
    for name, choices in _CHOICES.items():
        if (asked := getattr(request, name)) and asked not in choices:
            raise ConfigError(
                _("Examples cannot be chosen by “{value}”.").format(value=asked),
                _("Choose one of: {choices}.").format(choices=", ".join(choices)),
            )


# --- all data sets -----------------------------------------------------------------------------------------------


def list_datasets(_request: protocol.ListDatasets, _session: Session, _should_stop: ShouldStop) -> Job:
    """`damaged`: names of those that cannot be read."""
    from adapters.dataset import store

    yield from ()
    found, damaged = store.survey()
    return {"datasets": [_listed(dataset) for dataset in found], "damaged": damaged}


def _listed(dataset: Dataset) -> Result:
    return {
        "name": dataset.name,
        "directory": str(dataset.directory),
        "examples": len(dataset.examples),
        "tiers": _counts(dataset.examples, "tier", TIERS),
        "splits": _counts(dataset.examples, "split", SPLITS),
        "statuses": _statuses(dataset.examples),
        "paths": dataset.about.get("paths", []),
        "created": dataset.about.get("created", ""),
        "bytes": sum(file.stat().st_size for file in dataset.directory.iterdir() if file.is_file()),
    }


def _counts(examples: Sequence[Example], field: str, values: Sequence[str]) -> dict[str, int]:
    counts = Counter(getattr(example, field) for example in examples)
    return {value: counts[value] for value in values}


def export_dataset(request: protocol.ExportDataset, _session: Session, _should_stop: ShouldStop) -> Job:
    """Raises DatasetError where the file exists or cannot be written."""
    from adapters.dataset.formats import write_rows
    from adapters.dataset.resolve import kept

    yield from ()
    dataset = kept(request.data)
    path = _target(request)
    write_rows(path, dataset.examples, request.format)
    rejected = sum(example.status == "rejected" for example in dataset.examples)
    left_out = 0 if request.format == "jsonl" else rejected
    return {
        "name": dataset.name,
        "path": str(path),
        "format": request.format,
        "examples": len(dataset.examples) - left_out,
        "left_out": left_out,
    }


def _target(request: protocol.ExportDataset) -> Path:
    """Where the file may go. Raises DatasetError."""
    from assistant.library.folders import absolute

    path = absolute(request.path)
    if path.is_dir():
        raise DatasetError(
            _("“{path}” is a folder.").format(path=path),
            _("Name a file in it, for example {path}.").format(path=path / "examples.jsonl"),
            path=path,
        )
    if not path.parent.is_dir():
        raise DatasetError(
            _("There is no folder “{path}”.").format(path=path.parent),
            _("Make it first, or choose another place."),
            path=path,
        )
    if path.exists() and not request.overwrite:
        raise DatasetError(
            _("“{path}” exists.").format(path=path),
            _("Choose another name; on the command line, --overwrite replaces it."),
            path=path,
        )
    return path


def remove_dataset(request: protocol.RemoveDataset, _session: Session, _should_stop: ShouldStop) -> Job:
    from adapters.dataset import store

    yield from ()
    directory = store.folder_of(request.name)
    store.remove(request.name)
    return {"name": directory.name, "directory": str(directory)}
