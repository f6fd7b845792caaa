"""What became of what the model knew before: its surprise and its answers on the shipped probes, by language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from rich.text import Text

from adapters.evaluation.report import Forgetting, Interval, Probes, Report
from adapters.evaluation.telling import LIGHT_MARKS, forgetting_sentences, light_words, probe_sentences
from assistant.i18n import _
from assistant.units import format_number
from tui.cells import cell
from tui.evaluation.bars import Span, gain_bar
from tui.evaluation.rows import Drawn, Palette, Row, heading, plain, styled, titled
from tui.words import language_name

MAX_LABEL_COLUMNS = 30
MAX_BAR_COLUMNS = 41
VALUES_COLUMNS = 36
"""`       +2  ◌ 24 % → 26 %, guessing`"""
QUESTIONS_REACH = 0.25
"""Of all questions: from the middle of a bar to its end."""


def knowledge_rows(report: Report, palette: Palette) -> Iterator[Row]:
    explanation = _(
        "Whoever learns one thing may lose another. So the model reads general texts and answers questions with given "
        "answers, once without and once with the adapter; none of them has anything to do with your notes. To the "
        "left of the middle is what was lost."
    )
    yield heading(_("What it knew before"), explanation)
    forgetting = report["forgetting"]
    if forgetting is None:
        label, why = light_words("not_judged")
        yield Row(plain(styled(f"{LIGHT_MARKS['not_judged']} {label}", "dim")), plain(titled(label, why)))
        return
    yield _light_row(forgetting, palette)
    for probes in forgetting["probes"]:
        yield _texts_row(probes, palette, max(forgetting["thresholds"], default=0.0))
        if probes["items"]:
            yield _questions_row(probes, palette)


def _light_row(forgetting: Forgetting, palette: Palette) -> Row:
    light = forgetting["light"]
    label = light_words(light).label
    line = styled(f"{LIGHT_MARKS.get(light, ' ')} {label}", palette.of_light(light))
    return Row(plain(line), plain(titled(label, *forgetting_sentences(forgetting))))


def _texts_row(probes: Probes, palette: Palette, reach: float) -> Row:
    """From the middle of its bar to the end is `reach`: as far as the light is not red."""
    change = probes["loss_change"]
    label = _("General texts, {language}").format(language=_language(probes))
    values = f"{format_number(probes['loss_before'], 3)} → {format_number(probes['loss_after'], 3)}"
    words = f"{LIGHT_MARKS.get(probes['light'], ' ')} {values}"
    span = Span(change["mean"], change["low"], change["high"]).turned()
    sentence, explanation = probe_sentences(probes)[0], light_words(probes["light"])
    bar = partial(gain_bar, span, reach=reach)
    line = _line(label, bar, _signed(change, 1, 3), words, palette.of_light(probes["light"]))
    return Row(line, plain(titled(label, sentence, f"{explanation.label}. {explanation.explanation}")))


def _questions_row(probes: Probes, palette: Palette) -> Row:
    change = probes["accuracy_change"]
    label = _("Questions, {language}").format(language=_language(probes))
    values = f"{_percent(probes['accuracy_before'])} → {_percent(probes['accuracy_after'])}"
    guessing = _("guessing")
    words = f"{LIGHT_MARKS['not_informative']} {values}, {guessing}" if probes["at_chance"] else f"  {values}"
    span = Span(change["mean"], change["low"], change["high"])
    bar = partial(gain_bar, span, reach=QUESTIONS_REACH)
    line = _line(label, bar, _signed(change, 100, 0), words, palette.muted)
    return Row(line, plain(titled(label, *probe_sentences(probes)[1:])))


def _line(label: str, bar: Callable[[int], str], change: str, words: str, style: str) -> Drawn:
    """`General texts, Italian      ●━│      +0.012  ● 2.310 → 2.322`"""

    def line(columns: int) -> Text:
        label_columns = min(columns * 2 // 5, MAX_LABEL_COLUMNS)
        drawn = bar(min(MAX_BAR_COLUMNS, columns - label_columns - VALUES_COLUMNS))
        return (
            Text(cell(label, label_columns) + " ").append(drawn, style).append(f" {change:>8}  ").append(words, style)
        )

    return line


def _language(probes: Probes) -> str:
    code = probes["language"]
    return language_name(code) or code or _("all together")


def _signed(change: Interval, scale: float, digits: int) -> str:
    value = change["mean"] * scale
    return ("−" if value < 0 else "+") + format_number(abs(value), digits)


def _percent(share: float) -> str:
    return f"{format_number(100 * share, 0)} %"
