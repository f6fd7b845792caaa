"""Where reports are: `<adapter>/evaluation/report.json`, moving with the version they are about; and on its card.

Never exported: the texts in a report are of the student's notes. What is written belongs to one version, told by its
weights: one that was replaced or rolled back meanwhile gets its report where it is now, and no other version does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from adapters import registry
from adapters.cards import read_card, write_card
from adapters.dataset.whole_file import replace_file
from adapters.evaluation.report import ADAPTER, BASE, FORMAT, PRIMARY, Report
from adapters.evaluation.saved import FOLDER, file_sha256
from adapters.evaluation.shape import fits
from adapters.evaluation.telling import answer
from adapters.registry import AdapterRecord
from adapters.registry.journal import changing, looking, unwritable
from adapters.registry.records import VERSIONS, kept_versions
from assistant.errors import AdapterCorruptError, AdapterError, AdapterNotFoundError
from assistant.i18n import _

FILE = "report.json"
WEIGHTS_FILE = "adapter_model.safetensors"
MAX_BYTES = 64 << 20
_DECIMALS = 4


def weights_sha256(directory: Path) -> str:
    """Of the file of weights; empty where there is none."""
    try:
        return file_sha256(directory / WEIGHTS_FILE)
    except OSError:
        return ""


def version_record(name: str, version: int = 0) -> AdapterRecord:
    """0 is the one in use. Raises AdapterError."""
    record = registry.get_adapter(name)
    if version in (0, record.version):
        return record
    for kept in registry.earlier_versions(record):
        if kept.version == version:
            return kept
    raise AdapterNotFoundError(
        _("The adapter “{name}” has no version {version}.").format(name=record.name, version=version),
        _("`sunto adapters show {name}` lists them.").format(name=record.name),
    )


def read(record: AdapterRecord) -> Report:
    """Raises AdapterNotFoundError where there is none, AdapterCorruptError."""
    path = record.directory / FOLDER / FILE
    with looking():
        if not path.is_file():
            raise AdapterNotFoundError(
                _("There is no report about the adapter “{name}” yet.").format(name=record.name),
                _("Make one with: sunto evaluate {name}").format(name=record.name),
            )
        report = _read(path)
    return {**report, "adapter": {**report["adapter"], "name": record.name}}  # it may have been renamed since


def is_tested(record: AdapterRecord) -> bool:
    """Whether the kept report is about these weights, and says something of documents."""
    try:
        report = read(record)
    except AdapterError:
        return False
    return report["data"]["examples"] > 0 and report["adapter"]["sha256"] == weights_sha256(record.directory)


def keep(name: str, report: Report) -> AdapterRecord | None:
    """Write the report beside its adapter and sum it up on the card; None where that version is gone.

    Raises AdapterError.
    """
    with changing():
        directory = _directory_of(name, str(report["adapter"]["sha256"]))
        if directory is None:
            return None
        _write(directory, report)
    return registry.get_adapter(name)


def change(record: AdapterRecord, change: Callable[[Report], Report]) -> Report:
    """Read the report, write what comes of it, sum it up again. Raises AdapterError."""
    with changing():
        path = record.directory / FOLDER / FILE
        report = change(_read(path))
        _write(record.directory, report)
    return report


def summed_up(report: Report) -> dict[str, Any]:
    """For the card: what decides, in a few numbers. Losses in nats per target token."""
    losses = {system["key"]: system["scores"].get(PRIMARY) for system in report["systems"]}
    before, after = losses.get(BASE), losses.get(ADAPTER)
    primary = (d for d in report["differences"] if (d["metric"], d["against"]) == (PRIMARY, BASE))
    difference = next(primary, None)
    forgetting, blind = report["forgetting"], report["blind"]
    found: dict[str, Any] = {
        "created": report["created"],
        "verdict": report["verdict"],
        "answer": answer(report),
        "documents": report["data"]["documents"],
        "small": report["data"]["small"],
        "split": report["data"]["split"],
        "data": report["data"]["file"],
    }
    if before and after:
        found |= {"loss_before": _rounded(before["mean"]), "loss_after": _rounded(after["mean"])}
    if difference:
        found |= {"change": _rounded(difference["mean"])}
        if difference["low"] is not None and difference["high"] is not None:
            found |= {"low": _rounded(difference["low"]), "high": _rounded(difference["high"])}
    if forgetting:
        found["light"] = forgetting["light"]
    if faults := [fault["name"] for fault in report["faults"]]:
        found["faults"] = faults
    if blind:
        counts = {key: blind[key] for key in ("against", "adapter", "other", "same", "verdict")}
        found["blind"] = {**counts, "share": _rounded(blind["share"]["mean"])}
    return found


def _write(directory: Path, report: Report) -> None:
    """The report first: a card that speaks of one is never without it. Raises AdapterError."""
    try:
        folder = directory / FOLDER
        folder.mkdir(exist_ok=True)
        replace_file(folder / FILE, [json.dumps(report, ensure_ascii=False), "\n"])
        card = read_card(directory)
        if card:
            scores = card.get("scores")
            kept = cast("dict[str, Any]", scores) if isinstance(scores, dict) else {}
            write_card(directory, {**card, "scores": {**kept, "evaluation": summed_up(report)}})
    except OSError as error:
        raise unwritable(error) from error


def _read(path: Path) -> Report:
    """Raises AdapterCorruptError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("far too large")
        found = json.loads(path.read_text(encoding="utf-8"))
        if _is_newer(found):
            raise AdapterCorruptError(
                _("The report {path} was written by a newer Sunto, which this one cannot read.").format(path=path),
                _("Update Sunto, or make the report again with `sunto evaluate`."),
            )
        if not fits(found, Report):
            raise ValueError("parts of it are missing, or other than they should be")
    except (OSError, ValueError, RecursionError) as error:
        raise AdapterCorruptError(
            _("The report {path} cannot be read.").format(path=path),
            _("Make it again with `sunto evaluate`."),
        ) from error
    return cast("Report", found)


def _is_newer(found: object) -> bool:
    number = cast("dict[str, Any]", found).get("format") if isinstance(found, dict) else None
    return isinstance(number, int) and number > FORMAT


def _directory_of(name: str, sha256: str) -> Path | None:
    """Of the version with these weights, the one in use first. Only while `changing`."""
    try:
        directory = registry.folder_of(name)
    except AdapterError:
        return None
    numbers = reversed(kept_versions(directory))
    candidates = [directory, *(directory / VERSIONS / str(number) for number in numbers)]
    return next((one for one in candidates if one.is_dir() and weights_sha256(one) == sha256), None)


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)
