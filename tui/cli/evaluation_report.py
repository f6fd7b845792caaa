"""A report as a person reads it on the command line: the answer first, then what it stands on, down to where it
comes from. Everything in it that a stranger or a model wrote is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.evaluation.report import ADAPTER, PRIMARY, Report, Text
from adapters.evaluation.telling import (
    LIGHT_MARKS,
    answer,
    check_words,
    choices_sentences,
    fault_words,
    headline,
    light_words,
    lineage_lines,
    measured_at,
    method_sentences,
    not_judged_words,
    place_of,
    signed,
    system_name,
    verdict_sentences,
)
from assistant.i18n import _
from assistant.safe_text import one_line
from tui.cli.evaluation_lines import MAX_COLUMNS, Line, aside, excerpt, heading, item, paragraph
from tui.cli.evaluation_numbers import TONE_OF_LIGHT, knowledge_lines, number_lines
from tui.evaluation.words import FAULT_MARKS
from tui.output import Tone
from tui.training.curve import HELD_OUT, draw
from tui.training.curve import Line as Curve
from tui.words import duration

TEXT_LINES = 5
"""Of each text that is shown."""
_CURVE_ROWS = 9
_LEAST_POINTS = 3
"""Of a curve that shows anything."""
_TONE_OF_ANSWER: dict[str, Tone] = {
    "worth_it": "good",
    "at_a_price": "doubtful",
    "worse": "bad",
    "broken": "bad",
    "not_judged": "doubtful",
}
_TONE_OF_CHECK: dict[bool | None, Tone] = {True: "good", False: "bad", None: ""}


def report_lines(report: Report, columns: int | None, *, explained: bool = False) -> Iterator[Line]:
    """All of it, in so many columns of a terminal (None: it goes elsewhere). `explained`: with what each number is."""
    width = min(columns or MAX_COLUMNS, MAX_COLUMNS)
    yield from _title(report, width)
    yield from _verdict(report, width)
    yield from number_lines(report, width, explained=explained)
    if report["forgetting"] is not None:
        yield from knowledge_lines(report["forgetting"], width, explained=explained)
    yield from _choices(report, width)
    yield from _checks(report, width, explained=explained)
    yield from _texts(report, width)
    yield from _lineage(report, width)
    yield from _gaps(report, width)
    if explained:
        yield from heading(_("How it was measured"), width)
        for sentence in filter(None, method_sentences(report)):
            yield from paragraph(sentence, width)


def short_lines(report: Report, columns: int | None) -> Iterator[Line]:
    """The answer and the light: what is said where a training ends."""
    width = min(columns or MAX_COLUMNS, MAX_COLUMNS)
    yield from paragraph(headline(report), width, tone=_TONE_OF_ANSWER.get(answer(report), ""))
    if report["forgetting"] is not None:
        light = report["forgetting"]["light"]
        yield Line(f"{LIGHT_MARKS[light]} {light_words(light).label}", TONE_OF_LIGHT.get(light, ""))


def _title(report: Report, columns: int) -> Iterator[Line]:
    adapter = report["adapter"]
    title = _("“{name}”, version {version}, on the base model {model}").format(
        name=one_line(str(adapter.get("name", ""))),
        version=adapter.get("version", "?"),
        model=one_line(report["model"]),
    )
    made = _("measured {date} in {time}").format(date=measured_at(report), time=duration(report["seconds"]))
    yield from aside(title, made, columns)


def _verdict(report: Report, columns: int) -> Iterator[Line]:
    yield from heading(_("Was it worth it?"), columns)
    first, *others = verdict_sentences(report)
    yield from paragraph(first, columns, tone=_TONE_OF_ANSWER.get(answer(report), ""))
    for sentence in others:
        yield Line()
        yield from paragraph(sentence, columns)


def _choices(report: Report, columns: int) -> Iterator[Line]:
    for title, choices, by_model in (
        (_("Your own choice, blind"), report["blind"], False),
        (_("The base model as a judge (indicative)"), report["judge"], True),
    ):
        if choices is not None:
            yield from heading(title, columns)
            yield from paragraph(" ".join(choices_sentences(choices, by_model=by_model)), columns)


def _checks(report: Report, columns: int, *, explained: bool) -> Iterator[Line]:
    if report["checks"] or report["faults"]:
        yield from heading(_("Does it really work?"), columns)
    for fault in report["faults"]:
        message, hint = fault_words(fault)
        tone: Tone = "bad" if fault["level"] == "error" else "doubtful"
        yield from item(FAULT_MARKS.get(fault["level"], "·"), message, columns, tone)
        yield from paragraph(hint, columns, 2)
    for check in report["checks"]:
        mark, label, explanation = check_words(check)
        yield from item(mark, label, columns, _TONE_OF_CHECK[check["passed"]])
        if explained:
            yield from paragraph(explanation, columns, 4)


# --- texts --------------------------------------------------------------------------------------------------------


def _texts(report: Report, columns: int) -> Iterator[Line]:
    texts = {text["id"]: text for text in report["texts"]}
    for title, names in (
        (_("Where the adapter gained most over the base model"), report["best"]),
        (_("Where it gained least, or lost"), report["worst"]),
    ):
        found = [texts[name] for name in names if name in texts]
        if found:
            yield from heading(title, columns)
        for number, text in enumerate(found):
            yield from [Line()] if number else []
            yield from _text(text, columns)


def _text(text: Text, columns: int) -> Iterator[Line]:
    """Where it stands and what it gained; its beginning, what a person wrote, and what the systems wrote."""
    gain = _gained(text)
    yield from aside(place_of(text), "" if gain is None else signed(PRIMARY, gain), columns)
    parts = [(_("The text"), text["source"]), (_("What a person wrote"), text["reference"])]
    parts += [(system_name(key), written) for key, written in text["written"].items()]
    for title, body in parts:
        if body.strip() or title not in (parts[0][0], parts[1][0]):
            yield Line(f"  {title}:")
            yield from excerpt(body if body.strip() else "– " + _("nothing"), columns, 4, TEXT_LINES)


def _gained(text: Text) -> float | None:
    """By the metric that decides, of which less is better; None where it was not taken."""
    before, after = (text["scores"].get(key, {}).get(PRIMARY) for key in ("base", ADAPTER))
    return None if before is None or after is None else after - before


# --- where it comes from ------------------------------------------------------------------------------------------


def _lineage(report: Report, columns: int) -> Iterator[Line]:
    """Stages from top to bottom, what each hands on beside its arrow, and the curve of the training."""
    yield from heading(_("Where it comes from"), columns)
    stages = lineage_lines(report["lineage"])
    for number, stage in enumerate(stages, 1):
        rail = "│" if number < len(stages) else " "
        mark = "●" if stage.current else "○" if stage.key == "version" else "■"
        here = "  ◂ " + _("this report") if stage.current else ""
        yield Line(f"{mark} {stage.title}{here}")
        for fact in stage.facts:
            for line in paragraph(fact, columns, 4):
                yield Line(rail + line.text[1:])
        if stage.key == "run":
            for row in _curve(report["lineage"]["run"], columns - 4):
                yield Line(f"{rail}   {row}")
        if number < len(stages):
            yield Line(f"▼   {stage.gives}")


def _curve(run: dict[str, Any], columns: int) -> Sequence[str]:
    """Its losses as they fell, with what the marks mean below; nothing where too few were kept."""
    lines = [Curve(run.get("curve") or [], ""), Curve(run.get("held_out") or [], "", HELD_OUT)]
    if max(len(line.points) for line in lines) < _LEAST_POINTS:
        return []
    rows = [row.plain.rstrip() for row in draw(lines, int(run.get("steps") or 0), columns, _CURVE_ROWS)]
    own, unseen = _("loss on its own examples"), _("on documents it does not learn from")
    meaning = f"█ {own}   {HELD_OUT} {unseen}"
    return [*rows, meaning] if rows else []


def _gaps(report: Report, columns: int) -> Iterator[Line]:
    if report["not_judged"]:
        yield from heading(_("What could not be judged"), columns)
    for gap in report["not_judged"]:
        yield from item("–", not_judged_words(gap), columns)
