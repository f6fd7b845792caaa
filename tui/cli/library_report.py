"""What the library's commands print for a person."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.i18n import _, plural
from assistant.safe_text import one_line
from assistant.units import format_bytes
from tui.cli.report import table
from tui.words import duration, language_name

Row = dict[str, Any]

LISTED_NAMES = 10
"""Of each group of files that could not be read; the rest is counted. `--json` has them all."""

LISTED_COPIES = 3
"""Of a document that is to be deleted."""


_NARROWER = ((40, ()), (40, (6,)), (32, (6, 4)), (24, (6, 4, 3)), (16, (6, 4, 3, 2)))
"""How the table is made to fit: characters of the longest name of a subject or a document, columns left out."""


def document_table(documents: Sequence[Row], columns: int | None) -> str:
    """In that many columns of a terminal, if need be without some facts and with names cut short; None is no limit."""
    rows = [
        (
            row["subject"] or "-",
            one_line(row["name"]),
            _pages(row),
            language_name(row["language"]) or "-",
            format_bytes(row["text_bytes"]),
            _state(row["state"]),
            one_line(str(Path(row["paths"][0]).parent)) if row["paths"] else "-",
        )
        for row in documents
    ]
    header = (_("subject"), _("name"), _("pages"), _("language"), _("text"), _("state"), _("folder"))
    drawn = table(header, rows)
    for longest, without in _NARROWER:
        if columns is None or max(map(len, drawn.splitlines())) <= columns:
            break
        drawn = _drawn([header, *rows], longest, without)
    return drawn


def subject_table(subjects: Sequence[Row], columns: int | None) -> str:
    """Which adapter answers about which subject, in that many columns of a terminal; None is no limit."""
    longest = None if columns is None else max((columns - 2) // 2, 8)
    rows = [(one_line(row["name"]), str(row["documents"]), row["adapter"]) for row in subjects]
    header = (_("subject"), _("documents"), _("adapter"))
    drawn = table(header, rows)
    if longest is None or max(map(len, drawn.splitlines())) <= (columns or 0):
        return drawn
    return table((header[0], header[2]), [(_cut(name, longest), _cut(adapter, longest)) for name, _n, adapter in rows])


def subject_hint(adapter: str) -> str:
    """How an adapter becomes a subject's own."""
    subject = _("NAME")
    command = f"sunto library subject {subject} --adapter {shlex.quote(adapter)}"
    return _("To let it answer about the documents of a subject: {command}").format(command=command)


def subject_lines(result: Row) -> Iterator[str]:
    """Who answers about the subject now, and how to undo it."""
    subject, adapter, before = result["subject"], result["adapter"], result["adapter_before"]
    if adapter:
        yield _("Answers about “{subject}” come with the adapter “{adapter}” now.").format(
            subject=subject, adapter=adapter
        )
    else:
        yield _("Answers about “{subject}” come without an adapter now.").format(subject=subject)
    if before != adapter and (adapter or result["documents"]):  # with neither, the subject is gone
        command = f"sunto library subject {shlex.quote(subject)} --adapter {shlex.quote(before or 'none')}"
        yield _("To undo: {command}").format(command=command)


def _drawn(rows: Sequence[tuple[str, ...]], longest: int, without: Collection[int]) -> str:
    header, *others = [
        [
            cell
            for place, cell in enumerate((*(_cut(name, longest) for name in row[:2]), *row[2:]))
            if place not in without
        ]
        for row in rows
    ]
    return table(header, others)


def _cut(name: str, longest: int) -> str:
    """Both ends tell files apart: how they begin, and what kind they are."""
    if len(name) <= longest:
        return name
    end = longest // 3
    return f"{name[: longest - end - 1]}…{name[-end:]}"


def _pages(row: Row) -> str:
    """`12`, or `9/12` where three have no text."""
    pages, readable = row["pages"], row["readable_pages"]
    return str(pages) if pages == readable else f"{readable}/{pages}"


def _state(state: str) -> str:
    names = {
        "ready": _("ready"),
        "changed": _("file has changed"),
        "missing": _("file is gone"),
        "outdated": _("to be read again"),
    }
    return names.get(state, state)


def disk_lines(disk: Row) -> Iterator[str]:
    """What takes space, the largest first, and how to make some."""
    parts = {
        _("text"): disk["text"],
        _("search index"): disk["index"],
        _("finished work"): disk["units"],
        _("conversations"): disk["conversations"],
        _("free space in it"): disk["free"],
        _("lookup tables"): disk["other"],
        _("latest changes"): disk["log"],
    }
    listed = ", ".join(
        f"{name} {format_bytes(size)}" for name, size in sorted(parts.items(), key=lambda part: -part[1]) if size
    )
    whole = format_bytes(disk["library"] + disk["log"])
    yield _("The library takes {size}: {parts}.").format(size=whole, parts=listed)
    if disk["folders"]:
        folders = ", ".join(f"{name} {format_bytes(size)}" for name, size in disk["folders"].items())
        yield _("Beside it: {folders}.").format(folders=folders)
    yield _("To free space: sunto library clean, sunto library remove NAME, sunto models remove NAME")


def added_line(result: Row) -> str:
    counts = [
        plural("{count} document added", "{count} documents added", len(result["added"])),
        plural("{count} updated", "{count} updated", len(result["updated"])) if result["updated"] else "",
        plural("{count} already there", "{count} already there", result["known"]) if result["known"] else "",
        plural("{count} not readable", "{count} not readable", len(result["failed"])) if result["failed"] else "",
    ]
    where = _("Under “{subject}”:").format(subject=result["subject"]) + " " if result["subject"] else ""
    return f"{where}{', '.join(filter(None, counts))}. {duration(result['seconds'])}."


def failure_lines(result: Row) -> Iterator[str]:
    """What could not be read, grouped by why, then what is of another kind."""
    groups: dict[str, list[Row]] = {}
    for failure in result["failed"]:
        groups.setdefault(failure["kind"], []).append(failure)
    for kind, failures in groups.items():
        yield f"{_why(kind)} ({len(failures)}):"
        for hint, listed in _by_hint(failures[:LISTED_NAMES]).items():
            for failure in listed:
                yield f"  {one_line(failure['path'])}"
                yield f"    {one_line(failure['message'])}"
            if hint:
                yield f"  → {one_line(hint)}"
        yield from _more(len(failures) - LISTED_NAMES)
    if result["ignored"]:
        without = _("no ending")
        kinds = ", ".join(f"{suffix or without} {count}" for suffix, count in result["ignored"].items())
        yield _("Files of other kinds, left alone: {kinds}.").format(kinds=kinds)


def _by_hint(failures: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for failure in failures:
        groups.setdefault(failure["hint"], []).append(failure)
    return groups


def _why(kind: str) -> str:
    names = {
        "EncryptedDocumentError": _("Locked with a password"),
        "NoTextError": _("Without text"),
        "DamagedDocumentError": _("Damaged"),
        "DocumentAccessError": _("Not allowed or not possible to open"),
        "DocumentNotFoundError": _("Not found"),
        "DocumentLimitError": _("Too large or too slow"),
        "UnsupportedDocumentError": _("Not a document Sunto reads"),
    }
    return names.get(kind, _("Something went wrong"))


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield "  " + plural("… and {count} more", "… and {count} more", count)


def removal_lines(plan: Row) -> Iterator[str]:
    """Everything that would be deleted, so that nobody is surprised."""
    yield plural(
        "This deletes {count} document from the library; the file itself stays:",
        "This deletes {count} documents from the library; the files themselves stay:",
        len(plan["documents"]),
    )
    for row in plan["documents"][:LISTED_NAMES]:
        yield from _names(row)
    yield from _more(len(plan["documents"]) - LISTED_NAMES)
    if plan["conversations"]:
        yield plural(
            "and {count} conversation about nothing else:",
            "and {count} conversations about nothing else:",
            len(plan["conversations"]),
        )
        untitled = _("(without a title)")
        for title in plan["conversations"][:LISTED_NAMES]:
            yield f"  {one_line(title) or untitled}"
        yield from _more(len(plan["conversations"]) - LISTED_NAMES)
    units, answers, quoting = plan["units"], plan["answers"], plan["quoting"]
    others = [
        plural("{count} piece of finished work", "{count} pieces of finished work", units) if units else "",
        plural("{count} answer in another conversation", "{count} answers in other conversations", answers)
        if answers
        else "",
        plural("the quotes in {count} other answer", "the quotes in {count} other answers", quoting) if quoting else "",
    ]
    if listed := ", ".join(filter(None, others)):
        yield _("and {things}.").format(things=listed)
    if plan["adapter"]:
        yield _(
            "The adapter “{adapter}” stays, and may remember pieces of what it was trained on. To delete it, too: "
            "{command}"
        ).format(adapter=plan["adapter"], command=f"sunto adapters remove {shlex.quote(plan['adapter'])}")


def _names(document: Row) -> Iterator[str]:
    """Where its file is, and its copies: the name that a person gave may be that of one of them."""
    path, *copies = map(one_line, document["paths"] or [document["name"]])
    yield f"  {path}"
    for copy in copies[:LISTED_COPIES]:
        yield f"    = {copy}"
    if len(copies) > LISTED_COPIES:
        yield "    = …"


def undo_lines(result: Row) -> Iterator[str]:
    """The commands that put moved documents back."""
    before: dict[str, list[Row]] = {}
    for row in result["documents"]:
        before.setdefault(row["subject"], []).append(row)
    for subject, rows in before.items():
        paths = " ".join(shlex.quote(row["paths"][0]) for row in rows if row["paths"])
        yield _("To undo: {command}").format(command=f"sunto library move {paths} --subject {shlex.quote(subject)}")
