"""Which pages went into a text, drawn as a bar, and which were left out and why. For both front ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.coverage import NOT_WANTED
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from tui.words import amount, page_reason

Coverage = Mapping[str, Any]
"""The `coverage` of a result, see `assistant.coverage`."""

READ, PARTLY, LEFT_OUT, NO_TEXT = "█▒░×"

MAX_BAR_COLUMNS = 60
MAX_BARS = 8
MAX_RUNS = 12
"""Of pages with the same reason; there may be hundreds."""
_NAME_COLUMNS = 20


def coverage_lines(coverage: Coverage, columns: int) -> list[str]:
    """A bar for each document, what its signs mean, and why pages were left out; nothing for a single page."""
    if int(coverage.get("pages_total") or 0) < 2:
        return []
    parts: Sequence[Coverage] = coverage.get("documents") or [coverage]
    bars = [_Bar(part, columns, named=len(parts) > 1) for part in parts[:MAX_BARS]]
    lines = [bar.line for bar in bars]
    if more := len(parts) - len(bars):
        lines.append(plural("… and {count} more document", "… and {count} more documents", more))
    return [*lines, *_legend("".join(bar.signs for bar in bars)), *skipped_lines(coverage)]


def skipped_lines(coverage: Coverage) -> list[str]:
    """`p. 3–9, 12: an image`, a line for each reason, for each document where there are several."""
    parts: Sequence[Coverage] = coverage.get("documents") or [coverage]
    lines: list[str] = []
    for part in parts:
        name = f"{one_line(str(part.get('document', '')))}, " if len(parts) > 1 else ""
        lines += [f"{name}{line}" for line in _reasons(part)]
    return lines


class _Bar:
    """`cell.pdf  ██████░░██ 8 of 10 pages`, the name where there are several."""

    def __init__(self, part: Coverage, columns: int, *, named: bool) -> None:
        counted = amount(len(part["pages_used"]), part["pages_total"], "pages")
        name = _column(one_line(str(part.get("document", "")))) if named else ""
        room = max(8, min(columns - (_NAME_COLUMNS + 1 if named else 0) - len(counted) - 1, MAX_BAR_COLUMNS))
        self.signs = scaled(_signs(part), room)
        self.line = f"{name}{self.signs} {counted}"


def _column(name: str) -> str:
    """The name in a column of its own, cut where it is too long."""
    from rich.cells import cell_len, set_cell_size  # deferred: only for several documents

    short = name if cell_len(name) <= _NAME_COLUMNS else f"{name[: _NAME_COLUMNS - 1]}…"
    return set_cell_size(short, _NAME_COLUMNS + 1)


def _signs(part: Coverage) -> str:
    """One for each page of a document."""
    reasons = {page["page"]: page["reason"] for page in part.get("pages_skipped") or ()}
    return "".join(
        READ if (reason := reasons.get(number)) is None else LEFT_OUT if reason in NOT_WANTED else NO_TEXT
        for number in range(1, int(part["pages_total"]) + 1)
    )


def scaled(signs: str, columns: int) -> str:
    """The signs in no more columns: each stands for several neighbours then, mixed ones for pages partly read."""
    if len(signs) <= columns:
        return signs
    cuts = [len(signs) * column // columns for column in range(columns + 1)]
    return "".join(_together(signs[cuts[column] : cuts[column + 1]]) for column in range(columns))


def _together(signs: str) -> str:
    met = set(signs)
    if len(met) == 1:
        return signs[0]
    return PARTLY if READ in met else NO_TEXT


def _legend(signs: str) -> list[str]:
    """What the signs mean, where another is used than the one of pages that were read."""
    meanings = {
        READ: _("read"),
        PARTLY: _("partly read"),
        LEFT_OUT: _("left out"),
        NO_TEXT: _("without text"),
    }
    used = [sign for sign in meanings if sign in signs]
    return [" · ".join(f"{sign} {meanings[sign]}" for sign in used)] if used != [READ] else []


def _reasons(part: Coverage) -> Iterator[str]:
    by_reason: dict[str, list[int]] = {}
    for page in part.get("pages_skipped") or ():
        by_reason.setdefault(str(page["reason"]), []).append(page["page"])
    for reason, numbers in by_reason.items():
        yield f"{pages_named(numbers, part)}: {page_reason(reason)}"


def pages_named(numbers: Sequence[int], part: Coverage) -> str:
    """`pp. iii–ix, 12`, as it is printed on the pages of that number; a long list is cut."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    labels: Mapping[str, Any] = part.get("labels") or {}
    ends = [
        [one_line(str(labels.get(str(number), number))) for number in dict.fromkeys((run[0], run[-1]))] for run in runs
    ]
    names = ["–".join(pair) for pair in ends[:MAX_RUNS]]
    listed = ", ".join([*names, "…"] if len(runs) > MAX_RUNS else names)
    return plural("p. {{pages}}", "pp. {{pages}}", len(numbers)).format(pages=listed)
