"""Base model → data → training → versions → scores, drawn from top to bottom; the training with its curves. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from adapters.evaluation.report import Report
from adapters.evaluation.telling import Stage, lineage_lines
from assistant.i18n import _
from tui.evaluation.rows import Drawn, Palette, Row, heading, plain, styled, titled
from tui.training.curve import HELD_OUT, Line, draw
from tui.training.live import Point

MARKS = {"base": "◼", "data": "≡", "run": "↻", "version": "○"}
CURRENT = "●"
CURVE_ROWS = 14
MAX_CURVE_COLUMNS = 100


def lineage_rows(report: Report, palette: Palette) -> Iterator[Row]:
    explanation = _(
        "This is transfer learning: a model that others trained on very much text hands on all it knows, your "
        "examples show how you want it used, and the training puts the difference into a small adapter. Nothing of "
        "the base model is changed."
    )
    yield heading(_("Where it comes from"), explanation)
    stages = lineage_lines(report["lineage"])
    for number, stage in enumerate(stages):
        yield from _stage_rows(report, stage, palette, is_last=number == len(stages) - 1)


def _stage_rows(report: Report, stage: Stage, palette: Palette, *, is_last: bool) -> Iterator[Row]:
    """Its title, a line for each fact, and the arrow to the next."""
    is_run = stage.key == "run"
    card = _run_card(report, stage, palette) if is_run else plain(titled(stage.title, _about(stage), *stage.facts))
    mark = CURRENT if stage.current else MARKS[stage.key]
    title = styled(f"{mark} ", palette.accent).append(stage.title, "bold")
    if stage.current:
        title.append("  ◂ " + _("this report"), palette.accent)
    yield Row(plain(title), card)
    rail = " " if is_last else "│"
    for fact in stage.facts:
        yield Row(plain(styled(f"{rail}   ", palette.muted).append(fact)), card)
    if not is_last:
        yield Row(plain(styled(f"↓ {stage.gives}", palette.muted)), card)


def _about(stage: Stage) -> str:
    return {
        "base": _("Others trained it on very much text: what it knows of languages and of the world is from there."),
        "data": _("What it learned from: texts, each with what is to be written of it. Some are kept aside to test."),
        "run": _("Step after step the adapter was changed a little, so that the wanted words became less surprising."),
        "version": _("Every training of an adapter of this name makes a version; those before are kept."),
    }[stage.key]


def _run_card(report: Report, stage: Stage, palette: Palette) -> Drawn:
    run = report["lineage"]["run"]
    curve, held_out = _points(run.get("curve")), _points(run.get("held_out"))
    total = int(run.get("steps") or 0)
    lines = [Line(curve, palette.accent), Line(held_out, palette.doubtful, HELD_OUT)]

    def card(columns: int) -> Text:
        drawn = draw(lines, total, min(columns, MAX_CURVE_COLUMNS), CURVE_ROWS)
        text = titled(stage.title, _about(stage))
        if drawn:
            text.append("\n\n━ " + _("on its own examples"), palette.accent)
            text.append("   ◆ " + _("on documents it does not learn from"), palette.doubtful)
            text.append("   " + _("lower is better"), "dim")
        for row in drawn:
            text.append("\n").append_text(row)
        return text.append("\n\n" + "\n".join(stage.facts))

    return card


def _points(points: object) -> list[Point]:
    """What a report keeps of a curve; anything that is no pair of numbers is left out."""
    if not isinstance(points, list):
        return []
    return [(float(step), float(loss)) for step, loss in points]
