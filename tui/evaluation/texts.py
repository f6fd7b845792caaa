"""The texts of a report: where the adapter gained most and least, and what each wrote about the same source. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Report
from adapters.evaluation.report import Text as Written
from adapters.evaluation.telling import figure, metric_words, place_of, signed, system_name
from assistant.i18n import _
from assistant.safe_text import one_line, printable
from tui.dataset_words import task_name
from tui.evaluation.rows import Palette, Row, heading, plain, styled

MAX_CHARACTERS = 8000
"""Of one text on a card."""
MAX_LINE_CHARACTERS = 400
TELLING = (PRIMARY, "rougeL", "chrf", "faithful")
"""Of the metrics, those that are said of a single text …"""
FLAWS = ("empty", "unfinished", "repeats", "wrong_language")
"""… and those only where they are so."""


def text_rows(report: Report, palette: Palette) -> Iterator[Row]:
    if not report["texts"]:
        yield heading(_("Texts"), _("No texts were written for this report."))
    reading = _("Enter makes room to read a text beside what was made of it.")
    for title, explanation, members in _groups(report):
        if members:
            yield heading(title, explanation.format(metric=metric_words(PRIMARY).label), reading)
            for one in members:
                yield _row(one, palette)


def _groups(report: Report) -> Iterator[tuple[str, str, list[Written]]]:
    texts = {one["id"]: one for one in report["texts"]}
    best, worst = ([texts[name] for name in report[which] if name in texts] for which in ("best", "worst"))
    named = {one["id"] for one in (*best, *worst)}
    yield _("Where it gained most"), _("Where the adapter gained most over the base model, by: {metric}."), best
    yield _("Where it gained least"), _("Where the adapter gained least over the base model, by: {metric}."), worst
    others = [one for one in report["texts"] if one["id"] not in named]
    yield _("Other texts"), _("What else was written for this report."), others


def _row(written: Written, palette: Palette) -> Row:
    return Row(plain(_line(written, palette)), plain(_card(written, palette)))


def _line(written: Written, palette: Palette) -> Text:
    """`▲ −0.834  leaf.md, p. 3  Summary  The leaf takes up …`"""
    gain = _gain(written)
    text = Text()
    if gain is not None:
        mark, verdict = ("▲", "better") if gain < 0 else ("▼", "worse")
        text.append(f"{mark} {signed(PRIMARY, gain):>6}  ", palette.of_verdict(verdict))
    text.append(place_of(written) + "  ", "bold").append(task_name(written["task"]) + "  ", "dim")
    shown = written["written"].get(ADAPTER) or written["reference"] or written["source"]
    return text.append(one_line(shown[:MAX_LINE_CHARACTERS]))


def _gain(written: Written) -> float | None:
    """What the adapter changed by the primary metric, of which less is better; None where one was not taken."""
    after, before = (written["scores"].get(key, {}).get(PRIMARY) for key in (ADAPTER, BASE))
    return None if after is None or before is None else after - before


# --- the card -----------------------------------------------------------------------------------------------------


def _card(written: Written, palette: Palette) -> Text:
    """What the adapter wrote, what was wanted, what the others wrote, and the text itself."""
    text = styled(place_of(written), "bold")
    text.append("  " + task_name(written["task"]), "dim")
    others = [key for key in written["written"] if key != ADAPTER]
    if ADAPTER in written["written"]:
        _written_by(text, written, ADAPTER, palette.accent)
    _part(text, _("What was wanted"), written["reference"], palette.good)
    for key in others:
        _written_by(text, written, key, "")
    _part(text, _("The text"), written["source"], "")
    return text


def _written_by(text: Text, written: Written, system: str, style: str) -> None:
    _part(text, system_name(system), written["written"][system], style)
    if scores := written["scores"].get(system):
        text.append("\n" + _scores_line(scores), "dim")


def _scores_line(scores: Mapping[str, float]) -> str:
    """`Surprise at the right answer (loss) 1.480 · Words in the same order (ROUGE-L) 21.7`: those that tell most."""
    shown = [key for key in TELLING if key in scores] + [key for key in FLAWS if scores.get(key)]
    return " · ".join(f"{metric_words(key).label} {figure(key, scores[key])}" for key in shown)


def _part(text: Text, title: str, body: str, style: str) -> None:
    text.append(f"\n\n{title}\n", f"bold {style}".strip())
    text.append(printable(body[:MAX_CHARACTERS]).strip() or "– " + _("nothing"))
