"""Adapters as a person reads them on the command line. What is on a card may come from a stranger: it is text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from assistant.i18n import _, plural
from assistant.safe_text import one_line
from assistant.units import format_bytes
from tui.cli.report import table
from tui.evaluation.on_card import evaluation_facts, worth_cell

Row = Mapping[str, Any]

_NARROW_COLUMNS = 100
"""On a terminal narrower than this, only what tells adapters apart is listed."""
_NARROW_CELLS, _NARROW_CHARACTERS = 5, 17
_CELL_CHARACTERS = 28
_HASH_CHARACTERS = 12
_TOLD_IN_WORDS = ("evaluation", "checks")
"""Scores that stand in lines of their own."""


def adapters_table(adapters: Sequence[Row], columns: int | None) -> str:
    """`columns` is the width of the terminal; None where it goes elsewhere, and nothing is left out."""
    header = (
        *(_("name"), _("subject"), _("version"), _("worth it?"), _("fits"), _("size")),
        *(_("base model"), _("kind"), _("rank"), _("made on")),
    )
    fits = {True: _("yes"), False: _("no"), None: _("base not here")}
    rows = [
        (
            one_line(row["name"]),
            ", ".join(map(one_line, row["subjects"])) or one_line(row["subject"]) or "-",
            str(row["version"]),
            worth_cell(row),
            fits[row["compatible"]],
            format_bytes(row["bytes"]),
            one_line(row["model"]) or "-",
            row["kind"],
            str(row["r"]),
            row["created"][:10] or "-",
        )
        for row in adapters
    ]
    if columns is None:
        return table(header, rows)
    is_narrow = columns < _NARROW_COLUMNS
    shown = _NARROW_CELLS if is_narrow else len(header)
    longest = _NARROW_CHARACTERS if is_narrow else _CELL_CHARACTERS
    return table(header[:shown], [[_cut(cell, longest) for cell in row[:shown]] for row in rows])


def misfit(adapter: Row) -> str:
    """Why it cannot answer here as it is; empty when it can, or when nobody knows."""
    if adapter["compatible"] is None and adapter["model"]:
        return _("not on this machine")
    return "; ".join(map(one_line, adapter["differences"]))


def adapter_card(adapter: Row) -> str:
    """One adapter: what it is, what it comes from, and the versions kept beside it."""
    lines = [one_line(adapter["name"]), *_aligned(_about(adapter))]
    if lineage := list(_lineage(adapter)):
        lines += ["", _("How it came about:"), *(f"  {line}" for line in lineage)]
    if adapter["earlier"]:
        lines += [
            "",
            _("Versions kept beside it (sunto adapters rollback {name} VERSION):").format(name=adapter["name"]),
        ]
        lines += [f"  {_version_line(row)}" for row in adapter["earlier"]]
    return "\n".join(lines)


def numbers(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))


def _about(adapter: Row) -> Iterator[tuple[str, str]]:
    card: Row = adapter["card"]
    base = one_line(adapter["model"]) or _("not known")
    yield _("base model"), f"{base} ({why})" if (why := misfit(adapter)) else base
    yield _("kind"), _("{kind}, rank {rank}").format(kind=adapter["kind"], rank=adapter["r"])
    if adapter["subject"]:
        yield _("made for"), one_line(adapter["subject"])
    if adapter["subjects"]:
        yield _("answers about"), ", ".join(map(one_line, adapter["subjects"]))
    made_on = adapter["created"][:10]
    version = str(adapter["version"])
    yield _("version"), _("{version}, made on {date}").format(version=version, date=made_on) if made_on else version
    yield _("size"), _("{size}, with all its versions").format(size=format_bytes(adapter["bytes"]))
    scores = card.get("scores")
    kept = cast("Row", scores) if isinstance(scores, dict) else {}
    yield from evaluation_facts(kept)
    for label, value in (
        (_("languages"), card.get("language")),
        (_("licence"), card.get("license")),
        (_("trained on"), card.get("data")),
        (_("training"), card.get("training")),
        (_("scores"), {name: score for name, score in kept.items() if name not in _TOLD_IN_WORDS}),
        (_("imported from"), card.get("source")),
    ):
        if text := _worded(value):
            yield label, text
    yield _("folder"), one_line(adapter["directory"])


def _lineage(adapter: Row) -> Iterator[str]:
    """From the base to this version, a line for each step."""
    steps = _rows(adapter["card"].get("lineage"))
    if not steps:
        return
    yield one_line(adapter["model"]) or _("not known")
    for step in (*steps, {**adapter["card"], "version": adapter["version"]}):
        yield "→ " + _step(step)


def _step(step: Row) -> str:
    origin = step.get("data") or step.get("source")
    version = _("version {version}").format(version=_value(step.get("version")))
    return ", ".join(filter(None, (version, _date(step), _file(origin))))


def _version_line(row: Row) -> str:
    examples = _examples(row["card"].get("data"))
    parts = (f"{row['version']}", _date(row), row["kind"], format_bytes(row["bytes"]), _file(row["card"].get("data")))
    return "  ".join(filter(None, (*parts, examples)))


def _examples(data: object) -> str:
    count = cast("Row", data).get("examples") if isinstance(data, dict) else None
    return plural("{count} example", "{count} examples", count) if isinstance(count, int) else ""


def _file(origin: object) -> str:
    return _value(cast("Row", origin).get("file")) if isinstance(origin, dict) else ""


def _date(step: Row) -> str:
    return _value(step.get("created"))[:10]


def _rows(value: object) -> list[Row]:
    return (
        [cast("Row", item) for item in cast("list[Any]", value) if isinstance(item, dict)]
        if isinstance(value, list)
        else []
    )


def _worded(value: object) -> str:
    """`learning_rate 0.0001, epochs 3`: whatever a card says, in a line."""
    if isinstance(value, dict):
        fields = {key: _worded(item) for key, item in cast("dict[str, Any]", value).items()}
        return ", ".join(f"{one_line(key)} {text}" for key, text in fields.items() if text)
    if isinstance(value, list):
        return ", ".join(filter(None, map(_worded, cast("list[Any]", value)[:12])))
    return _value(value)


def _value(value: object) -> str:
    """A hash by its first characters: nobody compares more of it by eye."""
    if value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else one_line(str(value))
    is_hash = len(text) == 64 and all(character in "0123456789abcdef" for character in text)
    return f"{text[:_HASH_CHARACTERS]}…" if is_hash else text[:300]


def _cut(cell: str, longest: int) -> str:
    return cell if len(cell) <= longest else cell[: longest - 1] + "…"


def _aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    listed = list(pairs)
    width = max(len(label) for label, _text in listed)
    return [f"  {label:<{width}}  {text}" for label, text in listed]
