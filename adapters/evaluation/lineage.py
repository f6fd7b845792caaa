"""What was handed down to what: base model → data → run → versions. From cards and runs; knows no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from adapters import registry
from adapters.cards import hub_name
from adapters.dataset.example import Example
from adapters.evaluation.held_out import data_of
from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Lineage, System
from adapters.registry import AdapterRecord
from adapters.training import runs
from adapters.training.publishing import curves
from assistant.catalogue import find_base
from assistant.errors import AdapterError, TrainingError

_MOST_FILES = 50
_MOST_POINTS = 200
"""Of a curve: no screen shows more."""
_LARGEST = 1e9
"""No count or loss is larger; what is has been made up."""

Fields = Mapping[str, Any]


def lineage_of(record: AdapterRecord, training: Sequence[Example] | None = None) -> Lineage:
    """What the card does not say, as of an adapter made elsewhere, is empty. `training` is what it was trained on."""
    return Lineage(base=_base(record), data=_data(record, training or ()), run=_run(record), versions=_versions(record))


def with_measured(lineage: Lineage, systems: Sequence[System]) -> Lineage:
    """The versions with what was found of them now, on the same documents: their cards may tell of other ones."""
    losses = {system["key"]: system["scores"][PRIMARY]["mean"] for system in systems if PRIMARY in system["scores"]}
    versions: list[dict[str, Any]] = []
    for version in lineage["versions"]:
        after = losses.get(ADAPTER if version["current"] else f"version:{version['version']}")
        measured = {} if after is None or BASE not in losses else {"loss_before": losses[BASE], "loss_after": after}
        versions.append({**version, **measured})
    return {**lineage, "versions": versions}


def _base(record: AdapterRecord) -> dict[str, Any]:
    known = find_base(record.model)
    return {
        "name": record.model,
        "hub": hub_name(record.model),
        "license": known.licence if known else "",
        "parameters": known.parameters if known else 0,
        "languages": list(known.languages) if known else [],
    }


def _data(record: AdapterRecord, training: Sequence[Example]) -> dict[str, Any]:
    said = data_of(record)
    if not said:
        return {}
    files = sorted({example.place.document for example in training if example.place.document})
    known = ("file", "examples", "held_out", "tiers", "tasks")
    return {**{key: said[key] for key in known if key in said}, "files": files[:_MOST_FILES]}


def _run(record: AdapterRecord) -> dict[str, Any]:
    said = _section(record.card, "training")
    if not said:
        return {}
    numbers, words = ("steps", "kept_step", "learning_rate", "epochs", "r"), ("ended", "kind")
    steps, looks = _curves(record)
    return {
        **{key: said[key] for key in numbers if _number(said.get(key)) is not None},
        **{key: said[key] for key in words if isinstance(said.get(key), str)},
        "curve": _thinned(steps),
        "held_out": _thinned(looks) or _curve_on_card(record),
    }


def _curves(record: AdapterRecord) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """Of the run, while it is the one that this version came of."""
    try:
        run = runs.find_run(record.name)
    except (TrainingError, AdapterError):
        run = None
    if run is None or (run.about.get("data") or {}).get("sha256") != data_of(record).get("sha256"):
        return [], []
    said = _section(record.card, "training")
    steps, looks, _changes = curves(runs.runs_dir() / run.name)
    is_same = run.settings.seed == said.get("seed") and (not steps or steps[-1][0] == said.get("steps"))
    return (steps, looks) if is_same else ([], [])


def _curve_on_card(record: AdapterRecord) -> list[list[float]]:
    """`step loss` lines, of which a stranger may have written anything."""
    points: list[list[float]] = []
    curve: object = _section(_section(record.card, "scores"), "held_out").get("curve")
    for line in cast("list[object]", curve) if isinstance(curve, list) else []:
        try:
            step, loss = map(float, str(line).split())
        except ValueError:
            continue
        if _number(step) is not None and _number(loss) is not None:
            points.append([step, loss])
    return points[:_MOST_POINTS]


def _thinned(points: Sequence[tuple[int, float]]) -> list[list[float]]:
    """Evenly chosen, the last one among them."""
    every = max(1, -(-len(points) // _MOST_POINTS))
    return [list(point) for index, point in enumerate(points) if (len(points) - 1 - index) % every == 0]


def _versions(record: AdapterRecord) -> list[dict[str, Any]]:
    """Those that are kept and those that are only remembered, the oldest first."""
    found = {version: _version(version, step, current=False) for version, step in _remembered(record.card)}
    for kept in registry.earlier_versions(record):
        found[kept.version] = _version(kept.version, kept.card, current=False)
    found[record.version] = _version(record.version, record.card, current=True)
    return [found[version] for version in sorted(found)]


def _remembered(card: Fields) -> list[tuple[int, Fields]]:
    steps: object = card.get("lineage")
    rows = cast("list[object]", steps) if isinstance(steps, list) else []
    known = [cast("Fields", row) for row in rows if isinstance(row, dict)]
    return [(step["version"], step) for step in known if type(step.get("version")) is int]


def _version(version: int, card: Fields, *, current: bool) -> dict[str, Any]:
    scores = _section(card, "scores")
    measured = _section(scores, "evaluation") or _section(scores, "held_out")
    return {
        "version": version,
        "created": str(card.get("created") or ""),
        "file": str(_section(card, "data").get("file") or _section(card, "source").get("file") or ""),
        "current": current,
        "loss_before": _number(measured.get("loss_before")),
        "loss_after": _number(measured.get("loss_after")),
    }


def _number(value: object) -> float | None:
    """None for what is none: neither infinite nor larger than anything that is measured."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LARGEST <= value <= _LARGEST else None


def _section(card: Fields, name: str) -> Fields:
    value = card.get(name)
    return cast("Fields", value) if isinstance(value, dict) else {}
