"""The metrics of a report: before and after, each difference as an interval around zero. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Difference, Interval, Report
from adapters.evaluation.telling import (
    difference_sentence,
    figure,
    limits,
    limits_explanation,
    metric_words,
    signed,
    system_explanation,
    system_name,
    verdict_word,
)
from assistant.i18n import _
from tui.cells import cell
from tui.evaluation.bars import MIN_COLUMNS, Span, gain_bar, value_bar
from tui.evaluation.rows import Palette, Row, heading, styled
from tui.evaluation.words import VERDICT_MARKS, beside

MAX_LABEL_COLUMNS = 44
MEAN_COLUMNS = 8
VERDICT_COLUMNS = 21
"""`= no difference shown`"""
MAX_BAR_COLUMNS = 41
LIMITS_COLUMNS = 26


def primary_rows(report: Report, palette: Palette) -> Iterator[Row]:
    """By the one metric that decides: against the base first, then against everything else."""
    own = (one for one in report["differences"] if one["of"] == ADAPTER and one["metric"] == PRIMARY)
    for difference in sorted(own, key=lambda one: one["against"] != BASE):
        yield _row(report, difference, palette)


def number_rows(report: Report, palette: Palette) -> Iterator[Row]:
    """The primary ones, then every other metric beside the base; what else it was held against is on the cards."""
    to_read = _(
        "Every line is one way of measuring, the adapter beside the base model. The dot is how far apart they are, and "
        "the line through it goes as far as its limits: to the right of the middle is a gain, to the left a loss, and "
        "a line that crosses the middle shows no difference. Where neither end is the good one, right is more."
    )
    yield heading(_("The adapter beside the base model"), to_read, limits_explanation())
    yield from primary_rows(report, palette)
    for difference in report["differences"]:
        if (difference["of"], difference["against"]) == (ADAPTER, BASE) and difference["metric"] != PRIMARY:
            yield _row(report, difference, palette)


def _row(report: Report, difference: Difference, palette: Palette) -> Row:
    return Row(
        lambda columns: _line(difference, columns, palette),
        lambda columns: _card(report, difference["metric"], columns, palette),
    )


def _line(difference: Difference, columns: int, palette: Palette) -> Text:
    """`Surprise at the right answer…      │ ━━●━━   −0.834 ▲ better`"""
    words = metric_words(difference["metric"])
    style = palette.of_verdict(difference["verdict"])
    label = words.label
    if difference["against"] != BASE:
        label = "  " + beside(difference["against"])
    label_columns = min(columns * 2 // 5, MAX_LABEL_COLUMNS)
    room = columns - label_columns - MEAN_COLUMNS - VERDICT_COLUMNS - 3
    if room < MIN_COLUMNS:  # of no use for a bar
        label_columns += max(0, room)
        room = 0
    text = Text(cell(label, label_columns) + " ")
    text.append(gain_bar(_gain(difference, words.better), min(room, MAX_BAR_COLUMNS)), style)
    text.append(f" {signed(difference['metric'], difference['mean']):>{MEAN_COLUMNS}} ")
    mark = "·" if words.better == "neither" else VERDICT_MARKS.get(difference["verdict"], " ")
    return text.append(f"{mark} {verdict_word(difference)}", style)


def _gain(difference: Difference, better: str) -> Span:
    span = _span(difference)
    return span.turned() if better == "lower" else span


# --- the card -----------------------------------------------------------------------------------------------------


def _card(report: Report, metric: str, columns: int, palette: Palette) -> Text:
    words = metric_words(metric)
    text = styled(words.label, "bold")
    if words.unit:
        text.append(f"  {words.unit}", "dim")
    text.append("\n").append_text(_systems(report, metric, columns, palette))
    text.append(f"\n{words.explanation}\n")
    for difference in report["differences"]:
        if difference["metric"] == metric:
            text.append("\n" + difference_sentence(difference))
    for system in report["systems"]:
        if metric in system["scores"]:
            text.append(f"\n\n{system_name(system['key'])}: ", "dim").append(system_explanation(system["key"]), "dim")
    return text


def _systems(report: Report, metric: str, columns: int, palette: Palette) -> Text:
    """A bar and its value for each system that was measured."""
    scores = {one["key"]: one["scores"][metric] for one in report["systems"] if metric in one["scores"]}
    most = max((end for value in scores.values() for end in _span(value).ends), default=0.0)
    name_columns = min(columns * 9 // 20, max(map(len, map(system_name, scores)), default=0))
    bar_columns = min(MAX_BAR_COLUMNS, columns - name_columns - LIMITS_COLUMNS)
    text = Text()
    for key, value in scores.items():
        bar = value_bar(_span(value), most, bar_columns)
        text.append(cell(system_name(key), name_columns) + " ")
        text.append(cell(bar, max(0, bar_columns)), palette.accent if key == ADAPTER else palette.muted)
        text.append(f" {figure(metric, value['mean'])}").append(_limits(metric, value), "dim").append("\n")
    return text


def _limits(metric: str, value: Interval) -> str:
    words = limits(metric, value)
    return f" ({words})" if words else ""


def _span(value: Interval | Difference) -> Span:
    return Span(value["mean"], value["low"], value["high"])
