"""Results of jobs as Markdown for the conversation. Names and sentences in them are escaped: they are text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from assistant.i18n import _
from assistant.safe_text import one_line, printable
from assistant.units import format_bytes, format_number
from tui.evaluation.on_card import in_short
from tui.words import duration

if TYPE_CHECKING:
    from adapters.evaluation.report import Report

Result = Mapping[str, Any]

_MARKS = {"ok": "✔", "warning": "⚠", "problem": "✖"}


def as_text(value: object) -> str:
    """The value on one line, with nothing in it that Markdown would interpret."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&-])", r"\\\1", one_line(str(value)))


def answer_text(result: Result, streamed: str) -> str:
    """The final text of a summary, a description or an answer."""
    return str(result.get("answer") or result.get("summary") or streamed)


def answer_footnote(result: Result) -> str:
    """How it came about: that it was cut short, with which adapter, how fast."""
    parts = [
        _("cut at the longest answer allowed") if result.get("finish_reason") == "length" else "",
        _("adapter {name}").format(name=result["adapter"]) if result.get("adapter") not in (None, "", "none") else "",
        f"{result['tokens_per_second']:.0f} tok/s" if result.get("tokens_per_second") else "",
    ]
    return " · ".join(part for part in parts if part)


def nothing_more(_result: Result) -> str:
    """For turns whose streamed text is all there is to show."""
    return ""


def models_text(result: Result) -> str:
    rows: Sequence[Result] = result.get("models") or ()
    if not rows:
        return _("No base models are known.")
    legend = _("✔ on this machine · ↓ can be fetched · ✖ too large for this machine")
    hint = _("`/model NAME` answers with one of them, and fetches it first if need be.")
    return _lines([_model_line(row) for row in rows]) + f"\n\n{legend}\n\n{hint}"


def _model_line(row: Result) -> str:
    installed = bool(row.get("installed"))
    size = row.get("disk_bytes") if installed else row.get("download_bytes")
    mark = "✔" if installed else "✖" if row.get("fits") is False else "↓"
    facts = [as_text(format_bytes(size)) if size else "", as_text(row.get("reason", ""))]
    return f"{mark} **{as_text(row.get('name', ''))}** · " + " · ".join(fact for fact in facts if fact)


def doctor_text(result: Result) -> str:
    checks: Sequence[Result] = result.get("checks") or ()
    return _lines([_check_line(check) for check in checks]) or _("Nothing to report.")


def _check_line(check: Result) -> str:
    mark = _MARKS.get(str(check.get("status")), "•")
    line = f"{mark} **{as_text(check.get('name', ''))}**: {as_text(check.get('message', ''))}"
    if check.get("hint"):
        line += f" *{as_text(check['hint'])}*"
    if command := printable(str(check.get("command") or "")).replace("`", "'").strip():
        line += f" `{command}`"
    return line


def trained_text(result: Result) -> str:
    name = str(result.get("name", ""))
    text = _("The adapter **{name}** is trained: {steps} steps.").format(
        name=as_text(name), steps=result.get("steps", "–")
    )
    first, last = result.get("first_loss"), result.get("last_loss")
    if first is not None and last is not None:
        text += " " + _("Loss {first} → {last}.").format(first=format_number(first, 3), last=format_number(last, 3))
    if result.get("seconds"):
        text += " " + _("It took {time}.").format(time=as_text(duration(float(result["seconds"]))))
    if worth := in_short(result.get("evaluation") or {}):
        text += "\n\n" + _("Was it worth it? {words}.").format(words=as_text(worth))
    name = one_line(name).replace("`", "")
    use = _("`/adapter {name}` answers with it.").format(name=name)
    keep = _("`/adapters {name}` and then s makes it the adapter of a subject.").format(name=name)
    show = _("`/report {name}` shows whether it was worth it.").format(name=name)
    return f"{text}\n\n{use} {keep} {show}"


def evaluated_text(name: str, result: Result) -> str:
    """The answer of a report, and where the whole of it is."""
    from adapters.evaluation.telling import headline

    where = _("`/report {name}` shows what that stands on.").format(name=one_line(name).replace("`", ""))
    return f"{as_text(headline(cast('Report', result)))} {where}"


def loaded_text(result: Result) -> str:
    model = as_text(result.get("model", ""))
    adapter = result.get("adapter")
    if adapter not in (None, "", "none"):
        return _("Answers now come from **{model}** with the adapter **{adapter}**.").format(
            model=model, adapter=as_text(adapter)
        )
    return _("Answers now come from **{model}**, without an adapter.").format(model=model)


def _lines(lines: Sequence[str]) -> str:
    """A line each, in one paragraph."""
    return "  \n".join(lines)
