"""What each request about installed adapters does. Opens the small files of those that are asked about, and no others.

Where an adapter's files or name change, the session forgets what it holds of it, and subjects follow the name.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters import registry
from adapters.cards import new_card, write_card
from adapters.relay import Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import AdapterError, LibraryError, ModelNotFoundError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event, Notice
from assistant.safe_text import one_line

if TYPE_CHECKING:
    from adapters.importing import AdapterSource
    from adapters.registry import AdapterRecord
    from assistant.weights import KeptModel

Result = dict[str, Any]
Job = Generator[Event, None, Result]


def list_adapters(request: protocol.ListAdapters, session: Session, _should_stop: ShouldStop) -> Job:
    records = registry.list_adapters()
    yield from _damaged(request, {record.name for record in records})
    subjects = yield from _subjects(request, session)
    kept = _kept_models() if records else []
    return {"adapters": [_row(record, kept, subjects) for record in records]}


def show_adapter(request: protocol.ShowAdapter, session: Session, _should_stop: ShouldStop) -> Job:
    record = registry.get_adapter(request.name)
    subjects = yield from _subjects(request, session)
    return {
        **_row(record, _kept_models(), subjects),
        "earlier": [_version_row(version) for version in registry.earlier_versions(record)],
        "card": record.card,
    }


def rename_adapter(request: protocol.RenameAdapter, session: Session, _should_stop: ShouldStop) -> Job:
    yield from ()
    was = registry.folder_of(request.name).name
    directory = registry.rename(was, request.new_name)
    session.forget_adapter(was)
    try:
        subjects = session.library.rename_subject_adapter(was, directory.name)
    except LibraryError:
        registry.rename(directory.name, was)  # or its subjects would ask for a name that is nobody's
        raise
    return {"name": directory.name, "was": was, "directory": str(directory), "subjects": subjects}


def remove_adapter(request: protocol.RemoveAdapter, session: Session, _should_stop: ShouldStop) -> Job:
    """It is gone even where the library cannot be written, as on a full disk, where removing makes room."""
    name = registry.folder_of(request.name).name
    directory = registry.remove(name, request.version)
    result = {"name": name, "version": request.version, "directory": str(directory)}
    if request.version:
        return {**result, "subjects": []}
    session.forget_adapter(name)
    try:
        return {**result, "subjects": session.library.rename_subject_adapter(name, "")}
    except LibraryError as error:
        yield Notice(job=request.job, level="warning", message=error.message, hint=error.hint)
        return {**result, "subjects": []}


def roll_back_adapter(request: protocol.RollbackAdapter, session: Session, _should_stop: ShouldStop) -> Job:
    yield from ()
    record, was = registry.roll_back(request.name, request.version)
    session.forget_adapter(record.name)
    return {"name": record.name, "version": record.version, "was": was, "versions": list(record.versions)}


def export_adapter(request: protocol.ExportAdapter, _session: Session, _should_stop: ShouldStop) -> Job:
    from adapters.exporting import export_adapter

    yield from ()
    record = registry.get_adapter(request.name)
    path = export_adapter(record, Path(request.path), overwrite=request.overwrite)
    return {"name": record.name, "version": record.version, "path": str(path)}


def import_adapter(request: protocol.ImportAdapter, session: Session, should_stop: ShouldStop) -> Job:
    """Everything is checked in a folder aside; the registry changes at once, or stays as it is."""
    from adapters.importing import import_adapter, read_source

    source = read_source(Path(request.path))
    name = request.name or _suggested_name(source.name)
    registry.check_free(name, overwrite=request.overwrite)
    if request.subject:
        session.library.subject(request.subject)
    base = _base_for(source, request.model)
    with registry.staging() as staging:
        known = yield from relay(
            lambda emit: import_adapter(
                source,
                name=name,
                model=base,
                staging=staging,
                should_stop=should_stop,
                on_progress=Reporter(request.job, emit).progress,
            )
        )
        card = new_card(name=name, base=base, **known)
        with registry.writing():
            write_card(staging, {**card, "subject": request.subject or card["subject"]})
        directory = registry.publish(staging, name, overwrite=request.overwrite)
    record = registry.get_adapter(directory.name)
    session.forget_adapter(record.name)
    if request.subject:
        session.library.set_subject_adapter(request.subject, record.name)
    return _row(record, [base], {record.name: [request.subject]} if request.subject else {})


# --- which base --------------------------------------------------------------------------------------------------


def _base_for(source: AdapterSource, given: str) -> KeptModel:
    """The base that the files name where it is kept here, else the given one.

    Raises ModelNotFoundError where it is not on this machine, AdapterError where nobody says which it is.
    """
    from adapters.importing import base_of

    kept = _kept_models()
    named = base_of(source, [model.name for model in kept])
    for name in (named, given):
        if found := next((model for model in kept if name and registry.same_base(model.name, name)), None):
            return found
    if missing := named or given:
        raise ModelNotFoundError(
            _("The adapter is for the base model {model}, which is not on this machine.").format(model=missing),
            _("Get it with: sunto models fetch {model}").format(model=missing),
        )
    raise AdapterError(
        _("The adapter's files do not say which base model it is for."),
        _("Ask its maker, and name the base: --base NAME. Here are: {names}.").format(
            names=", ".join(model.name for model in kept) or "-"
        ),
    )


def _suggested_name(stem: str) -> str:
    """The file's own name, as far as it can be an adapter's. Raises AdapterError."""
    name = re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:64].rstrip("-.")
    try:
        return registry.check_name(name)
    except AdapterError as error:
        raise AdapterError(
            _("The file's name cannot be an adapter's name."), _("Say what to call it: --name NAME.")
        ) from error


# --- rows --------------------------------------------------------------------------------------------------------


def _row(record: AdapterRecord, kept: list[KeptModel], subjects: dict[str, list[str]]) -> Result:
    """`compatible` says whether the base it was made for is kept here; null when the files do not tell."""
    base = next((model for model in kept if record.model and registry.same_base(model.name, record.model)), None)
    found = registry.differences(record, base) if base else []
    return {
        "name": record.name,
        "model": record.model,
        "kind": record.kind,
        "r": record.r,
        "subject": record.subject,
        "subjects": subjects.get(record.name, []),
        "version": record.version,
        "versions": list(record.versions),
        "bytes": record.bytes,
        "created": record.created,
        "scores": record.card.get("scores") or {},
        "compatible": not found if base else None,
        "differences": found,
        "directory": str(record.directory),
    }


def _version_row(record: AdapterRecord) -> Result:
    return {
        "version": record.version,
        "created": record.created,
        "kind": record.kind,
        "r": record.r,
        "bytes": record.bytes,
        "card": record.card,
    }


def _damaged(request: protocol.Request, listed: set[str]) -> Generator[Event, None, None]:
    """What lies in the folder and cannot be read is not listed, but said."""
    for name in registry.adapter_names():
        if name not in listed:
            yield Notice(
                job=request.job,
                level="warning",
                message=_("The adapter “{name}” is damaged.").format(name=one_line(name)),
                hint=_("What is wrong with it: sunto adapters show {name}").format(name=one_line(name)),
            )


def _kept_models() -> list[KeptModel]:
    from assistant.weights import installed_models

    return installed_models()


def _subjects(request: protocol.Request, session: Session) -> Generator[Event, None, dict[str, list[str]]]:
    """Adapter → the subjects it answers about. A library that cannot be read hides no adapter."""
    found: dict[str, list[str]] = {}
    try:
        for subject in session.library.subjects():
            if subject.adapter:
                found.setdefault(subject.adapter, []).append(subject.name)
    except LibraryError as error:
        yield Notice(job=request.job, level="warning", message=error.message, hint=error.hint)
    return found
