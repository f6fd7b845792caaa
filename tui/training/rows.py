"""What the handlers of data sets and trainings answer, as the screen lists it. What is missing is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

Row = Mapping[str, Any]


@dataclass(frozen=True)
class DatasetRow:
    name: str
    examples: int
    tiers: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many of each tier; A, B, C."""
    statuses: Mapping[str, int] = field(default_factory=dict[str, int])
    paths: tuple[str, ...] = ()
    """What it was made from."""
    created: str = ""
    """ISO 8601; empty when not known."""


@dataclass(frozen=True)
class RunRow:
    """A training that was begun."""

    name: str
    state: str
    """running, paused, interrupted, finished or failed"""
    step: int = 0
    total: int = 0
    updated: str = ""
    size_bytes: int = 0

    @property
    def is_unfinished(self) -> bool:
        return self.state in ("paused", "interrupted", "failed")


@dataclass(frozen=True)
class DamagedRow:
    """A training or a data set whose files cannot be read."""

    name: str
    is_run: bool


@dataclass(frozen=True)
class ExampleRow:
    id: str
    task: str
    tier: str
    status: str
    target: str
    doubts: tuple[str, ...]
    row: Row = field(repr=False)
    """All that is known of it, see `tui.cli.dataset_example`."""


def dataset_row(row: Row) -> DatasetRow:
    return DatasetRow(
        _text(row, "name"),
        _number(row, "examples"),
        _counts(row, "tiers"),
        _counts(row, "statuses"),
        _texts(row, "paths"),
        _text(row, "created"),
    )


def run_row(row: Row) -> RunRow:
    return RunRow(
        _text(row, "name"),
        _text(row, "state"),
        _number(row, "step"),
        _number(row, "total"),
        _text(row, "updated"),
        _number(row, "bytes"),
    )


def damaged_rows(result: Row, *, is_run: bool) -> list[DamagedRow]:
    """Those that a list of trainings, or of data sets, could only name."""
    return [DamagedRow(name, is_run) for name in _texts(result, "damaged")]


def example_row(row: Row) -> ExampleRow:
    return ExampleRow(
        _text(row, "id"),
        _text(row, "task"),
        _text(row, "tier"),
        _text(row, "status"),
        _text(row, "target"),
        _texts(row, "doubts"),
        row,
    )


def rows_of(result: Row, name: str) -> tuple[Row, ...]:
    """The rows of that name in a result."""
    return _rows(result, name)


def _rows(row: Row, name: str) -> tuple[Row, ...]:
    value = row.get(name)
    items = cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
    return tuple(cast("Row", item) for item in items if isinstance(item, Mapping))


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _texts(row: Row, name: str) -> tuple[str, ...]:
    value = row.get(name)
    return tuple(str(item) for item in cast("Sequence[object]", value)) if isinstance(value, list | tuple) else ()


def _number(row: Row, name: str) -> int:
    value = row.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _counts(row: Row, name: str) -> dict[str, int]:
    value = row.get(name)
    counts = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
    return {key: count for key, count in counts.items() if isinstance(count, int)}
