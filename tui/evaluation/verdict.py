"""What came of it and what that stands on: data, faults, checks, choices made blind, what could not be judged. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from adapters.evaluation.report import ADAPTER, Choices, Report
from adapters.evaluation.telling import (
    LIGHT_MARKS,
    check_words,
    choices_sentences,
    data_sentences,
    fault_words,
    headline,
    light_words,
    method_sentences,
    not_judged_words,
    verdict_sentences,
)
from assistant.i18n import _
from tui.cells import cell
from tui.evaluation.bars import Span, value_bar
from tui.evaluation.numbers import primary_rows
from tui.evaluation.rows import Palette, Row, heading, plain, styled, titled
from tui.evaluation.words import FAULT_MARKS, VERDICT_MARKS

MAX_BAR_COLUMNS = 10


def verdict_rows(report: Report, palette: Palette) -> Iterator[Row]:
    yield heading(_("Was it worth it?"), *verdict_sentences(report))
    yield from primary_rows(report, palette)
    data = data_sentences(report["data"])
    yield Row(
        plain(Text(f"≡ {data[0]}")), plain(titled(_("What it was tested with"), *data, *method_sentences(report)))
    )
    for fault in report["faults"]:
        message, hint = fault_words(fault)
        style = palette.bad if fault["level"] == "error" else palette.doubtful
        line = styled(f"{FAULT_MARKS.get(fault['level'], '·')} {message}", style)
        yield Row(plain(line), plain(titled(message, hint)))
    yield from _choices_rows(report, palette)
    yield from _check_rows(report, palette)
    yield from _gap_rows(report)


def head(report: Report, palette: Palette) -> Text:
    """The answer, above everything: `Yes, it was worth it … / ● Green: it kept what it knew`."""
    return styled(headline(report), "bold").append("\n").append_text(_light(report, palette))


def _light(report: Report, palette: Palette) -> Text:
    light = report["forgetting"]["light"] if report["forgetting"] is not None else "not_judged"
    words = _("What it knew before – {light}").format(light=light_words(light).label)
    return styled(f"{LIGHT_MARKS.get(light, ' ')} {words}", palette.of_light(light))


def others_that_wrote(report: Report) -> list[str]:
    """The systems whose texts the adapter's can be compared with, in the order of the report."""
    written = {key for text in report["texts"] for key in text["written"]}
    return [system["key"] for system in report["systems"] if system["key"] in written and system["key"] != ADAPTER]


# --- choices made without knowing whose text it is ----------------------------------------------------------------


def _choices_rows(report: Report, palette: Palette) -> Iterator[Row]:
    blind, judge = report["blind"], report["judge"]
    if blind is not None:
        yield _choices_row(_("Your own choice, blind"), blind, choices_sentences(blind), palette)
    elif report["texts"]:
        title = _("Not compared blind yet: b shows two texts at a time, and does not say whose they are")
        why = _("The best judge of what you need is you, as long as you do not know which text is whose.")
        yield Row(plain(styled(f"· {title}", palette.muted)), plain(titled(title, why)))
    if judge is not None:
        sentences = choices_sentences(judge, by_model=True)
        yield _choices_row(_("The base model as a judge (indicative)"), judge, sentences, palette)


def _choices_row(title: str, choices: Choices, sentences: list[str], palette: Palette) -> Row:
    return Row(lambda columns: _choices_line(title, choices, columns, palette), plain(titled(title, *sentences)))


def _choices_line(title: str, choices: Choices, columns: int, palette: Palette) -> Text:
    """`▲ Your own choice, blind  adapter 6 ██████  other 1 █  neither 3`: first the bars go, then the title is cut."""
    counted = (
        (_("adapter"), choices["adapter"], palette.accent),
        (_("other"), choices["other"], palette.muted),
        (_("neither"), choices["same"], None),
    )
    title = f"{VERDICT_MARKS.get(choices['verdict'], '·')} {title}"
    room = columns - sum(cell_len(f"  {word} {count}") for word, count, _style in counted)
    line = styled(cell(title, max(2, min(room, cell_len(title)))), palette.of_verdict(choices["verdict"]))
    bar_columns = min(MAX_BAR_COLUMNS, (room - cell_len(title)) // 2 - 1)
    for word, count, style in counted:
        line.append(f"  {word} {count}")
        if style is not None and (
            bar := value_bar(Span(count), max(choices["adapter"], choices["other"]), bar_columns)
        ):
            line.append(f" {bar}", style)
    return line


# --- does it really work, and what is not known -------------------------------------------------------------------


def _check_rows(report: Report, palette: Palette) -> Iterator[Row]:
    if report["checks"]:
        about = _("Looked at when the adapter was saved: one that fails here is not put in its place.")
        yield heading(_("Does it really work?"), about)
    for check in report["checks"]:
        mark, label, explanation = check_words(check)
        style = {True: palette.good, False: palette.bad, None: palette.muted}[check["passed"]]
        yield Row(plain(styled(f"{mark} {label}", style)), plain(titled(label, explanation)))


def _gap_rows(report: Report) -> Iterator[Row]:
    if report["not_judged"]:
        yield heading(_("What could not be judged"), _("What this report does not say, and why it does not."))
    for gap in report["not_judged"]:
        words = not_judged_words(gap)
        yield Row(plain(styled(f"– {words}", "dim")), plain(titled(_("What could not be judged"), words)))
