"""What the requests of a blind comparison do: which pairs there are, and noting what was chosen.

Both answer with the comparison as it stands. Nothing in it tells whose text is whose until the last pair is decided.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from adapters.evaluation import blind, store
from adapters.evaluation.blind import Comparison, Pair
from adapters.evaluation.report import ADAPTER, Choices, Report
from adapters.evaluation.saved import FOLDER
from adapters.registry import AdapterRecord
from adapters.session import Session
from assistant import protocol
from assistant.errors import AdapterError, ConfigError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event

Result = dict[str, Any]
Job = Generator[Event, None, Result]


def list_blind_pairs(request: protocol.ListBlindPairs, _session: Session, _should_stop: ShouldStop) -> Job:
    """The comparison that was begun goes on, whatever `count` says now. Raises AdapterError, ConfigError."""
    yield from ()
    if request.count < 1:
        raise ConfigError(_("A comparison needs a pair of texts."), _("Compare one or more."))
    record, report = _reported(request.name, request.against)
    folder, texts = record.directory / FOLDER, report["texts"]
    comparison = None if request.restart else blind.resume(folder, texts, request.against)
    if comparison is None:
        comparison = blind.begin(folder, texts, request.against, request.count)
    if report["blind"] is None:  # a report that was made again about the same texts
        _keep_result(record, report, comparison)
    return _result(record, comparison)


def choose_blind(request: protocol.ChooseBlind, _session: Session, _should_stop: ShouldStop) -> Job:
    """Raises AdapterError."""
    yield from ()
    record, report = _reported(request.name, request.against)
    comparison = blind.resume(record.directory / FOLDER, report["texts"], request.against)
    if comparison is None:
        raise AdapterError(
            _("No blind comparison of “{name}” was begun.").format(name=record.name),
            _("Begin one with: sunto evaluate {name} --blind").format(name=record.name),
        )
    comparison.choose(request.pair, request.choice)
    _keep_result(record, report, comparison)
    return _result(record, comparison)


def _reported(name: str, against: str) -> tuple[AdapterRecord, Report]:
    """Raises AdapterError, ConfigError."""
    record = store.version_record(name)
    report = store.read(record)
    written = sorted({system for text in report["texts"] for system in text["written"]} - {ADAPTER})
    if written and against not in written:
        raise ConfigError(
            _("The report has no texts of “{against}” to compare with.").format(against=against),
            _("Choose one of: {choices}.").format(choices=", ".join(written)),
        )
    return record, report


def _keep_result(record: AdapterRecord, report: Report, comparison: Comparison) -> None:
    """In the report and on the card, once all is decided; taken back where that was undone. Raises AdapterError."""
    kept, result = report["blind"], comparison.result
    about_this = kept is not None and kept["against"] == comparison.against
    if result == kept or (result is None and not about_this):
        return
    created = report["created"]

    def change(report: Report) -> Report:
        if report["created"] != created:
            raise AdapterError(_("There is a newer report about this adapter."), _("List the pairs again."))
        return {**report, "blind": result}

    store.change(record, change)


def _result(record: AdapterRecord, comparison: Comparison) -> Result:
    """`result` is None while a pair is left to decide; until then no pair says whose texts it has."""
    result: Choices | None = comparison.result
    return {
        "name": record.name,
        "version": record.version,
        "against": comparison.against,
        "equal": comparison.equal,
        "left": comparison.left,
        "pairs": [_row(pair, comparison, revealed=result is not None) for pair in comparison.pairs],
        "result": result,
    }


def _row(pair: Pair, comparison: Comparison, *, revealed: bool) -> Result:
    text = pair.text
    one, two = pair.written
    return {
        "id": pair.id,
        **{key: text[key] for key in ("document", "pages", "section", "task", "language", "source")},
        "one": one,
        "two": two,
        "choice": comparison.chosen.get(pair.id, ""),
        "systems": list(pair.systems) if revealed else [],
    }
