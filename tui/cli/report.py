"""Results as a person reads them on the command line: plain text, one function for each kind of result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.i18n import _, plural
from assistant.units import format_bytes, format_memory, format_number
from tui.answer_notes import origin_lines
from tui.claim_words import legend
from tui.words import duration

Row = dict[str, Any]


def summary_line(result: Row, kept_in: Path, columns: int) -> str:
    """What was done: how much of what was read, by which model, how fast, and where it is kept.

    `columns` is the width of where it is shown.
    """
    coverage = result["coverage"]
    read = _("Read {used} of {pages} of {title}").format(
        used=len(coverage["pages_used"]),
        pages=plural("{count} page", "{count} pages", coverage["pages_total"]),
        title=result["title"],
    )
    kept = _("Kept in {path}.").format(path=kept_in)
    return "\n".join((*marks_line(result), *origin_lines(result, columns), f"{read}; {_made_by(result)}.", kept))


def marks_line(result: Row) -> list[str]:
    """What the marks in a text mean, of those that are used; nothing where there are none."""
    claims = result.get("claims") or ()
    used = {claim.get("support") for claim in claims}
    return [legend(used, warned=any(claim.get("warnings") for claim in claims))] if used else []


def answer_line(result: Row, columns: int) -> str:
    made_by = _("Answered {made_by}.").format(made_by=_made_by(result))
    return "\n".join((*origin_lines(result, columns), made_by))


def models_table(models: Sequence[Row]) -> str:
    rows = [
        (
            row["name"],
            _("yes") if row["installed"] else _("no"),
            format_bytes(row["disk_bytes"] if row["installed"] else row["download_bytes"]),
            ", ".join(row["languages"]) or "-",
            row["licence"] or "-",
            row["reason"],
        )
        for row in models
    ]
    return table((_("name"), _("here"), _("size"), _("languages"), _("licence"), _("this machine")), rows)


def doctor_report(checks: Sequence[Row]) -> str:
    """A line for each check; what to do is indented under what does not work."""
    marks = {"ok": _("ok"), "warning": _("note"), "problem": _("PROBLEM")}
    width = max((len(mark) for mark in marks.values()), default=0)
    lines: list[str] = []
    for check in checks:
        lines.append(f"{marks.get(check['status'], check['status']):<{width}}  {check['name']}: {check['message']}")
        lines += [" " * (width + 2) + more for more in (check["hint"], check["command"]) if more]
    return "\n".join(lines)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the last one is left ragged."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    )


def _made_by(result: Row) -> str:
    """`with starter and the adapter bio: 812 tokens read, 96 written, 21.3 tokens/s, 6.2 s, 410 MB of memory`.

    `without a model, in 0.2 s` where only the document's own sentences were chosen.
    """
    if not result["model"]:
        return _("without a model, in {time}").format(time=duration(result["seconds"]))
    adapter = result.get("adapter")
    model = (
        _("with {model} and the adapter {adapter}").format(model=result["model"], adapter=adapter)
        if adapter
        else _("with {model}").format(model=result["model"])
    )
    if not result["prompt_tokens"]:  # it was written before, or there was nothing to ask the model
        return f"{model}: {duration(result['seconds'])}"
    numbers = [
        _("{count} tokens read").format(count=result["prompt_tokens"]),
        _("{count} written").format(count=result["generated_tokens"]),
        _("{speed} tokens/s").format(speed=format_number(result["tokens_per_second"], 1)),
        duration(result["seconds"]),
    ]
    if memory := result.get("peak_memory_bytes"):
        numbers.append(_("{size} of memory").format(size=format_memory(memory)))
    return f"{model}: {', '.join(numbers)}"
