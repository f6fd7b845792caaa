"""What can be changed about an adapter: the request, what is said of it, and how it is taken back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.i18n import _
from assistant.protocol import (
    ExportAdapter,
    ImportAdapter,
    RemoveAdapter,
    RenameAdapter,
    Request,
    RollbackAdapter,
    SetSubjectAdapter,
)
from tui.dropped_paths import to_path

Result = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    request: Callable[[str], Request]
    """Made for a job id."""
    doing: str
    """What is said while it is made."""
    done: Callable[[Result], str]
    old: str = ""
    """The name that adapter had, where it has another now or is gone."""
    new: str = ""
    """The name it has now."""
    undo: Change | None = None


def rename(old: str, new: str, *, undo: bool = True) -> Change:
    return Change(
        lambda job: RenameAdapter(job=job, name=old, new_name=new),
        _("Renaming “{name}”").format(name=old),
        lambda _result: _("“{old}” is now called “{new}”.").format(old=old, new=new),
        old,
        new,
        rename(new, old, undo=False) if undo else None,
    )


def remove(name: str) -> Change:
    return Change(
        lambda job: RemoveAdapter(job=job, name=name),
        _("Deleting “{name}”").format(name=name),
        lambda _result: _("“{name}” is deleted.").format(name=name),
        old=name,
    )


def roll_back(name: str, version: int, now: int, *, undo: bool = True) -> Change:
    """`now` is the version that answers at present."""
    return Change(
        lambda job: RollbackAdapter(job=job, name=name, version=version),
        _("Going to version {number} of “{name}”").format(number=version, name=name),
        lambda _result: _("“{name}” answers with version {number} now; version {other} is kept.").format(
            name=name, number=version, other=now
        ),
        new=name,
        undo=roll_back(name, now, version, undo=False) if undo else None,
    )


def take_over(path: str, name: str, model: str, *, overwrite: bool = False) -> Change:
    """Import. `model` is the base it is for, where its files do not say."""
    absolute = str(to_path(path).absolute())
    return Change(
        lambda job: ImportAdapter(job=job, path=absolute, name=name, model=model, overwrite=overwrite),
        _("Importing {path}").format(path=path),
        lambda result: _("“{name}” is imported.").format(name=result.get("name") or name),
        new=name,
    )


def hand_out(name: str, path: str) -> Change:
    """Export."""
    absolute = str(to_path(path).absolute())
    return Change(
        lambda job: ExportAdapter(job=job, name=name, path=absolute),
        _("Writing “{name}”").format(name=name),
        lambda result: _("Written to {path}.").format(path=result.get("path") or absolute),
        new=name,
    )


def give_to_subject(subject: str, adapter: str, before: str, *, undo: bool = True) -> Change:
    """`adapter` empty takes away the one it has; `before` is what it has at present."""
    said = (
        _("“{adapter}” answers about the documents of “{subject}” now.")
        if adapter
        else _("“{subject}” has no adapter of its own any more.")
    )
    return Change(
        lambda job: SetSubjectAdapter(job=job, subject=subject, adapter=adapter),
        _("Changing the adapter of “{subject}”").format(subject=subject),
        lambda _result: said.format(adapter=adapter, subject=subject),
        undo=give_to_subject(subject, before, adapter, undo=False) if undo else None,
    )
