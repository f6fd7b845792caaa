"""The whole report in sections of rows, in the order in which it is read. Pure."""

from __future__ import annotations

from adapters.evaluation.report import Report
from assistant.i18n import _
from tui.evaluation.knowledge import knowledge_rows
from tui.evaluation.lineage import lineage_rows
from tui.evaluation.numbers import number_rows
from tui.evaluation.rows import Palette, Section
from tui.evaluation.texts import text_rows
from tui.evaluation.verdict import verdict_rows

NAMES = ("verdict", "numbers", "knowledge", "texts", "lineage")


def titles() -> list[tuple[str, str]]:
    """(name, as it is drawn), for the line above the report."""
    return list(zip(NAMES, (_("Verdict"), _("Numbers"), _("Knowledge"), _("Texts"), _("Origin")), strict=True))


def sections(report: Report, palette: Palette) -> list[Section]:
    makers = (verdict_rows, number_rows, knowledge_rows, text_rows, lineage_rows)
    return [
        Section(name, title, list(maker(report, palette)))
        for (name, title), maker in zip(titles(), makers, strict=True)
    ]
