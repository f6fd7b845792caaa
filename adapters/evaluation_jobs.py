"""What an adapter is worth: measuring it, showing and exporting the report that is kept with it.

The report is made for one version and kept with that version alone (`adapters.evaluation.store`). Importing this
brings in no torch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from adapters.dataset.whole_file import replace_file
from adapters.dataset_building import dataset_of
from adapters.registry import AdapterRecord, get_adapter, reason_of
from adapters.session import Session
from assistant import protocol
from assistant.errors import AdapterError, ConfigError, DatasetError, Stopped, SuntoError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event, Notice

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset
    from adapters.evaluation.report import Report

Result = dict[str, Any]
Job = Generator[Event, None, Result]

AUTOMATIC_TEXTS = {"cpu": 10, "cuda": 30}
"""Examples that texts are written for after a training: as many as a blind comparison has, and more where it is quick.
"""
_FORMATS = (".html", ".json")


def evaluate(request: protocol.Evaluate, session: Session, should_stop: ShouldStop) -> Job:
    """The result is the report. Raises AdapterError, DatasetError, ModelError, Stopped."""
    from adapters.evaluation import store
    from adapters.evaluation.evaluation import evaluate

    record = get_adapter(request.name)
    dataset = yield from _data_for(request, record, session, should_stop)
    report = yield from evaluate(request, record, dataset, session, should_stop)
    if not report["data"]["examples"] and store.is_tested(record):
        message = _("There was nothing to test with; the report about “{name}” that was made before stays.")
        yield Notice(job=request.job, level="warning", message=message.format(name=record.name))
    elif store.keep(record.name, report) is None:
        yield Notice(
            job=request.job,
            level="warning",
            message=_("The adapter “{name}” is another one now; the report about it is not kept.").format(
                name=record.name
            ),
        )
    return _as_result(report)


def report_after_training(
    request: protocol.Train, record: AdapterRecord, device: str, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Result]:
    """What `store.summed_up` says of the adapter that was just published; empty where it could not be measured.

    It is there and stays, whatever becomes of its report.
    """
    from adapters.evaluation.store import summed_up

    asked = protocol.Evaluate(job=request.job, name=record.name, device=device, texts=AUTOMATIC_TEXTS[device])
    hint = _("To get it: sunto evaluate {name}").format(name=record.name)
    try:
        report = yield from evaluate(asked, session, should_stop)
    except Stopped:
        message = _("The adapter “{name}” is ready. The report about it is not finished.")
        yield Notice(job=request.job, level="info", message=message.format(name=record.name), hint=hint)
    except SuntoError as error:
        message = _("The adapter “{name}” is ready, but it could not be measured: {reason}")
        told = message.format(name=record.name, reason=error.message)
        yield Notice(job=request.job, level="warning", message=told, hint=error.hint or hint)
    else:
        return summed_up(cast("Report", report))
    return {}


def show_evaluation(request: protocol.ShowEvaluation) -> Result:
    """Raises AdapterError."""
    from adapters.evaluation import store

    return _as_result(store.read(store.version_record(request.name, request.version)))


def export_evaluation(request: protocol.ExportEvaluation) -> Result:
    """Raises AdapterError, ConfigError."""
    from adapters.evaluation import store

    path = Path(os.path.abspath(Path(request.path).expanduser()))  # noqa: PTH100 - resolve() would follow links
    if path.suffix.lower() not in _FORMATS:
        raise ConfigError(
            _("A report cannot be written as “{suffix}”.").format(suffix=path.suffix or path.name),
            _("Choose a name that ends in .html, for the browser, or in .json, for programs."),
        )
    if path.is_dir() or (path.exists() and not request.overwrite):
        raise ConfigError(
            _("There is already something in {path}.").format(path=path),
            _("Choose another name; on the command line, --overwrite replaces what has the same name."),
        )
    record = store.version_record(request.name, request.version)
    text = _rendered(store.read(record), path.suffix.lower())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, [text])
    except OSError as error:
        raise AdapterError(
            _("The report could not be written to {path}: {reason}.").format(path=path, reason=reason_of(error)),
            _("Choose another place, or free some space there."),
        ) from error
    return {"name": record.name, "version": record.version, "path": str(path)}


def _rendered(report: Report, suffix: str) -> str:
    if suffix == ".json":
        return json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    from adapters.evaluation.html import render

    return render(report)


def _data_for(
    request: protocol.Evaluate, record: AdapterRecord, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Dataset | None]:
    """What was asked for, else its own; None where that is gone, which the report then says. Raises DatasetError."""
    if request.data:
        return (yield from _asked_for(request, session, should_stop))
    from adapters.dataset import store
    from adapters.evaluation.held_out import data_of, is_own

    name = data_of(record).get("name")
    if not isinstance(name, str) or not name:
        return None
    try:
        dataset = store.load(name)
    except DatasetError:
        return None
    return dataset if is_own(record, dataset) else None


def _asked_for(
    request: protocol.Evaluate, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Dataset | None]:
    """With the texts in it that nobody has summed up. None, with a notice, where a path has nothing to test with.

    Raises DatasetError for what is no data set and no path.
    """
    from adapters.dataset.resolve import path_in
    from adapters.evaluation.without_references import rows_without_reference, with_them

    path = path_in(request.data)
    texts = rows_without_reference(path) if path else []
    try:
        dataset = yield from dataset_of(request.data, request.job, session, should_stop)
    except DatasetError as error:
        if path is None:
            raise
        if not texts:
            yield Notice(job=request.job, level="warning", message=error.message, hint=error.hint)
            return None
        dataset = None
    return with_them(dataset, texts, path) if path and texts else dataset


def _as_result(report: Report) -> Result:
    return cast("Result", report)
