"""What the commands about data sets print for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from adapters.dataset.example import SPLITS, STATUSES
from adapters.dataset.notes.files import with_name
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from assistant.units import format_bytes
from tui.cli.columns import wrapped
from tui.cli.report import table
from tui.dataset_words import split_name, status_count, task_name, tier_name
from tui.words import language_name

Row = Mapping[str, Any]

LISTED = 10
"""Of each kind of thing to look at; the rest is counted. `--json` has them all."""
LISTED_ROWS = 20
"""Of a file's rows that cannot be used."""


def datasets_table(datasets: Sequence[Row], columns: int | None) -> str:
    """In that many columns of a terminal, where it fits without the dates and sizes; None is no limit."""
    header = (_("name"), _("examples"), _("A/B/C"), _("to train on"), _("looked at"), _("made"), _("size"))
    rows = [_listed(row) for row in datasets]
    drawn = table(header, rows)
    if columns is None or max(map(len, drawn.splitlines())) <= columns:
        return drawn
    return table(header[:5], [row[:5] for row in rows])


def _listed(row: Row) -> tuple[str, ...]:
    looked_at = row["examples"] - row["statuses"]["pending"]
    return (
        one_line(row["name"]),
        str(row["examples"]),
        "/".join(map(str, row["tiers"].values())),
        str(row["splits"]["train"]),
        _("{done} of {total}").format(done=looked_at, total=row["examples"]),
        one_line(row["created"])[:10] or "-",
        format_bytes(row["bytes"]),
    )


def check_lines(result: Row, columns: int) -> Iterator[str]:
    """What is in a data set, whether it is enough, what looks wrong in it, and what was left out when it was made."""
    yield from _composition(result, columns)
    yield ""
    for sentence in result["sentences"]:
        yield from _item("• ", sentence, columns)
    yield from _suspicious(result, columns)
    yield from _left_out(result, columns)


# --- what is in it -----------------------------------------------------------------------------------------------


def _composition(result: Row, columns: int) -> Iterator[str]:
    examples = plural("{count} example", "{count} examples", result["total"])
    files = plural("from {count} file", "from {count} files", len(result["files"]))
    yield f"“{one_line(result['name'])}”: {examples} {files}"
    facts = [
        (_("what they teach"), _counted(result["by_task"], task_name)),
        (
            _("where from"),
            _counted(dict(sorted(result["by_tier"].items())), lambda code: f"{tier_name(code)} ({code})"),
        ),
        (_("what for"), _counted(_in_order(result["by_split"], SPLITS), split_name)),
        (
            _("your review"),
            " · ".join(
                status_count(code, count) for code, count in _in_order(result["by_status"], STATUSES).items() if count
            ),
        ),
        (_("languages"), _counted(result["by_language"], lambda code: language_name(code) or _("not known"))),
        *_lengths(result["lengths"]),
    ]
    width = max(len(label) for label, _value in facts) + 2
    for label, value in facts:
        if value:
            yield from _item(f"  {label:<{width}}", value, columns)


def _in_order(counts: Mapping[str, int], order: Sequence[str]) -> dict[str, int]:
    """As they follow on each other, what is not in the order last."""
    return dict(sorted(counts.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def _counted(counts: Mapping[str, int], name: Callable[[str], str]) -> str:
    return " · ".join(f"{count} {name(code)}" for code, count in counts.items() if count)


def _lengths(lengths: Row | None) -> Iterator[tuple[str, str]]:
    if lengths:
        yield _("length of a text"), _words(lengths["text_words"])
        yield _("of what to learn"), _words(lengths["target_words"])


def _words(spread: Row) -> str:
    if spread["min"] == spread["max"]:
        return plural("{count} word", "{count} words", spread["max"])
    return _("{least} to {most} words, half of them under {middle}").format(
        least=spread["min"], most=spread["max"], middle=spread["median"]
    )


# --- what to look at ---------------------------------------------------------------------------------------------


def _suspicious(result: Row, columns: int) -> Iterator[str]:
    """Grouped by reason: the reasons are few, the examples may be many."""
    groups = _by_reason(result["suspicious"])
    if groups:
        yield ""
        yield _("To look at (sunto dataset review shows them with their texts):")
    for why, examples in groups:
        yield from _item("  ", f"{why} ({len(examples)})", columns)
        yield from _item("    ", ", ".join(examples[:3]) + (", …" if len(examples) > 3 else ""), columns)
    yield from _same(result, columns)


def _by_reason(suspicious: Iterable[Sequence[str]]) -> list[tuple[str, list[str]]]:
    """The largest first. Reasons that differ only in their details, which stand behind a colon, are one."""
    groups: dict[str, dict[str, list[str]]] = {}
    for example, why in suspicious:
        reason = one_line(why)
        groups.setdefault(reason.partition(": ")[0], {}).setdefault(reason, []).append(example)
    named = [(head if len(reasons) > 1 else next(iter(reasons)), reasons) for head, reasons in groups.items()]
    joined = [(name, list(chain.from_iterable(reasons.values()))) for name, reasons in named]
    return sorted(joined, key=lambda group: -len(group[1]))


def _same(result: Row, columns: int) -> Iterator[str]:
    copies = [f"{first} = {later}" for first, later in result["exact_copies"]]
    copies += [f"{first} ≈ {later}" for first, later, _share in result["near_copies"]]
    if copies:
        yield from _item("  ", _("the same text twice") + f" ({len(copies)})", columns)
        yield from _listed_items(copies, LISTED, columns, "    ")
    leaks = [f"{one} · {other}" for one, other, _words in result["leakage"]]
    if leaks:
        yield from _item("  ", _("the same text to learn from and to test with") + f" ({len(leaks)})", columns)
        yield from _listed_items(leaks, LISTED, columns, "    ")


def _left_out(result: Row, columns: int) -> Iterator[str]:
    """Rows by file and line, then files, each with its reason."""
    rows: dict[str, list[Row]] = {}
    for row in result["broken"]:
        rows.setdefault(one_line(row["file"]), []).append(row)
    for file, broken in rows.items():
        yield ""
        head = plural(
            "{count} row of {{file}} cannot be used:", "{count} rows of {{file}} cannot be used:", len(broken)
        )
        yield from _item("", head.format(file=file), columns)
        lines = (_("line {line}: {reason}").format(line=row["line"], reason=one_line(row["reason"])) for row in broken)
        yield from _listed_items(list(lines), LISTED_ROWS, columns, "  ")
    if result["skipped"]:
        yield ""
        yield plural("{count} file passed over:", "{count} files passed over:", len(result["skipped"]))
        skipped = [with_name(one_line(row["file"]), one_line(row["reason"])) for row in result["skipped"]]
        yield from _listed_items(skipped, LISTED, columns, "  ")


def _listed_items(items: Sequence[str], most: int, columns: int, indent: str) -> Iterator[str]:
    for item in items[:most]:
        yield from _item(indent, item, columns)
    if len(items) > most:
        yield indent + plural("… and {count} more", "… and {count} more", len(items) - most)


def _item(head: str, text: str, columns: int) -> Iterable[str]:
    """The text behind its head, wrapped beneath itself."""
    first, *others = wrapped(one_line(text), max(columns - len(head), 20)) or [""]
    yield head + first
    yield from (" " * len(head) + line for line in others)
