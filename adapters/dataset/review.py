"""What people say of examples: accept, edit, reject, undo.

One line for each decision, at the end of `review.jsonl` and on the disk before anybody is told that it counts. Nothing
is ever rewritten: a kill in the middle of a line leaves a torn one, which says nothing. Lines about examples that are
not there (any more) stay: a rebuild may bring them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from adapters.dataset.example import Example
from adapters.dataset.formats.row import language_of
from adapters.kept_lines import append_line, read_lines
from adapters.registry import reason_of
from assistant.errors import DatasetError
from assistant.i18n import _
from assistant.safe_text import printable

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset

REVIEW_FILE = "review.jsonl"

Decision = Literal["accept", "edit", "reject", "undo"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


def decide(dataset: Dataset, example_id: str, decision: str, target: str = "") -> Example:
    """Say something of an example; it as it is now. `target` is the new one of an edit.

    The data set in hand follows. Raises DatasetError for an unknown example or decision, an empty target, a full disk.
    """
    if decision not in DECISIONS:
        raise DatasetError(
            _("“{decision}” is no decision about an example.").format(decision=decision),
            _("Decide one of: {decisions}.").format(decisions=", ".join(DECISIONS)),
        )
    position = next((at for at, item in enumerate(dataset.examples) if item.id == example_id), None)
    if position is None:
        raise DatasetError(
            _("The data set “{name}” has no example {id}.").format(name=dataset.name, id=example_id),
            _("List its examples for their ids; a rebuild may have changed this one."),
        )
    target = printable(target).strip()
    if decision == "edit" and not target:
        raise DatasetError(
            _("An edited example needs a text to learn from."), _("Write the new text, or reject the example.")
        )
    said = {"id": example_id, "decision": decision, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    _append(dataset.directory, said | ({"target": target} if decision == "edit" else {}))
    now = dataset.examples[position]
    changed = _after(dataset.as_built.get(example_id, now), now, decision, target)
    dataset.examples = (*dataset.examples[:position], changed, *dataset.examples[position + 1 :])
    return changed


def applied(directory: Path, built: Iterable[Example]) -> tuple[Example, ...]:
    """The examples as they are after everything that was said of them. Raises DatasetError."""
    as_built = {example.id: example for example in built}
    now = dict(as_built)
    for said in _decisions(directory / REVIEW_FILE):
        if (found := now.get(said["id"])) is not None:
            now[found.id] = _after(as_built[found.id], found, said["decision"], said.get("target", ""))
    return tuple(now.values())


def _after(built: Example, now: Example, decision: str, target: str) -> Example:
    """An edit that is rejected and accepted again is the edit; one that changes nothing is an acceptance."""
    if decision == "undo":
        return built
    if decision == "reject":
        return replace(now, status="rejected")
    if decision == "accept":
        return replace(now, status="edited" if now.original else "accepted")
    if target == built.target:
        return replace(built, status="edited" if built.original else "accepted")
    return replace(
        built,
        target=target,
        original=built.original or built.target,
        status="edited",
        tier="A",
        language=language_of(built.text, target),
    )


def _decisions(path: Path) -> Iterator[dict[str, str]]:
    """Those that are whole, oldest first. Raises DatasetError where the file is there and cannot be read."""
    try:
        for said in read_lines(path):
            if _is_decision(said):
                yield said
    except OSError as error:
        raise DatasetError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=reason_of(error)),
            _("Check the name and the folder."),
            path=path,
        ) from error


def _is_decision(said: dict[str, object]) -> bool:
    target = said.get("target")
    return (
        isinstance(said.get("id"), str)
        and said.get("decision") in DECISIONS
        and (bool(target) and isinstance(target, str) if said["decision"] == "edit" else target is None)
    )


def _append(directory: Path, said: dict[str, str]) -> None:
    """On the disk itself when it returns. Raises DatasetError."""
    path = directory / REVIEW_FILE
    try:
        append_line(path, said)
    except OSError as error:
        raise DatasetError(
            _("What you said of this example could not be kept: {reason}.").format(reason=reason_of(error)),
            _("Look for free space and whether another program has files open in {path}, and try again.").format(
                path=directory
            ),
            path=path,
        ) from error
