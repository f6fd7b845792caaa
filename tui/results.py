"""Results of jobs as Markdown for the conversation. Names and sentences in them are escaped: they are text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.i18n import _, plural
from assistant.safe_text import printable
from assistant.units import format_bytes
from tui.words import duration

Result = Mapping[str, Any]

_MARKS = {"ok": "✔", "warning": "⚠", "problem": "✖"}


def as_text(value: object) -> str:
    """The value on one line, with nothing in it that Markdown would interpret."""
    line = " ".join(printable(str(value)).split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&-])", r"\\\1", line)


def answer_text(result: Result, streamed: str) -> str:
    """The final text of a summary, a description or an answer."""
    return str(result.get("answer") or result.get("summary") or streamed)


def answer_footnote(result: Result) -> str:
    """How it came about: what could not be found in the source, that it was cut short, how fast it was written."""
    claims: Sequence[Result] = result.get("claims") or ()
    unsupported = sum(claim.get("support") == "unsupported" for claim in claims)
    parts = [
        _("cut at the longest answer allowed") if result.get("finish_reason") == "length" else "",
        plural(
            "{count} statement not found in the document [?]",
            "{count} statements not found in the document [?]",
            unsupported,
        )
        if unsupported
        else "",
        _("adapter {name}").format(name=result["adapter"]) if result.get("adapter") not in (None, "", "none") else "",
        f"{result['tokens_per_second']:.0f} tok/s" if result.get("tokens_per_second") else "",
    ]
    return " · ".join(part for part in parts if part)


def nothing_more(_result: Result) -> str:
    """For turns whose streamed text is all there is to show."""
    return ""


def adapters_text(result: Result) -> str:
    rows: Sequence[Result] = result.get("adapters") or ()
    if not rows:
        return _("There are no adapters yet. `/train DATA NAME` trains one on a file of examples.")
    table = [(_("Adapter"), _("Made for"), _("Rank"), _("Fits this model"))]
    for row in rows:
        fits = {True: _("yes"), False: _("no"), None: "–"}[row.get("compatible")]
        table.append((as_text(row.get("name", "")), as_text(row.get("model", "") or "–"), str(row.get("r", "–")), fits))
    return _table(table) + "\n\n" + _("`/adapter NAME` answers with one of them.")


def models_text(result: Result) -> str:
    rows: Sequence[Result] = result.get("models") or ()
    if not rows:
        return _("No base models are known.")
    table = [(_("Model"), _("Here"), _("Runs here"), _("Size"), _("Why"))]
    for row in rows:
        size = row.get("disk_bytes") if row.get("installed") else row.get("download_bytes")
        table.append(
            (
                as_text(row.get("name", "")),
                "✔" if row.get("installed") else "–",
                {True: _("yes"), False: _("no"), None: "–"}[row.get("fits")],
                as_text(format_bytes(size)) if size else "–",
                as_text(row.get("reason", "")),
            )
        )
    return _table(table) + "\n\n" + _("`/model NAME` answers with one of them, and fetches it first if need be.")


def doctor_text(result: Result) -> str:
    lines: list[str] = []
    for check in result.get("checks") or ():
        mark = _MARKS.get(str(check.get("status")), "•")
        line = f"- {mark} **{as_text(check.get('name', ''))}**: {as_text(check.get('message', ''))}"
        if check.get("hint"):
            line += f" {as_text(check['hint'])}"
        if command := printable(str(check.get("command") or "")).replace("`", "'").strip():
            line += f"\n\n  ```\n  {command}\n  ```\n"
        lines.append(line)
    return "\n".join(lines) or _("Nothing to report.")


def trained_text(result: Result) -> str:
    name = str(result.get("name", ""))
    text = _("The adapter **{name}** is trained: {steps} steps.").format(
        name=as_text(name), steps=result.get("steps", "–")
    )
    first, last = result.get("first_loss"), result.get("last_loss")
    if first is not None and last is not None:
        text += " " + _("Loss {first:.3f} → {last:.3f}.").format(first=first, last=last)
    if result.get("seconds"):
        text += " " + _("It took {time}.").format(time=as_text(duration(float(result["seconds"]))))
    return text + "\n\n" + _("`/adapter {name}` answers with it.").format(name=name.replace("`", ""))


def loaded_text(result: Result) -> str:
    model = as_text(result.get("model", ""))
    adapter = result.get("adapter")
    if adapter not in (None, "", "none"):
        return _("Answers now come from **{model}** with the adapter **{adapter}**.").format(
            model=model, adapter=as_text(adapter)
        )
    return _("Answers now come from **{model}**, without an adapter.").format(model=model)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
