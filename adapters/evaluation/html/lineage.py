"""Base model and examples → training → versions, drawn: what was handed down to what."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.evaluation.html.curve import curve
from adapters.evaluation.html.markup import Html, element, join
from adapters.evaluation.report import Lineage
from adapters.evaluation.telling import Stage, lineage_lines


def lineage_section(lineage: Lineage) -> Html:
    """Columns from left to right; one below the other where there is no room."""
    stages = lineage_lines(lineage)
    sources = [stage for stage in stages if stage.key in ("base", "data")]
    runs = [stage for stage in stages if stage.key == "run"]
    versions = [stage for stage in stages if stage.key == "version"]
    columns = [column for column in (sources, runs, versions) if column]
    parts: list[Html] = []
    for number, column in enumerate(columns):
        parts.append(element("div", *map(_stage, column), class_="column"))
        if number + 1 < len(columns):
            parts.append(_arrows(column))
    return join(element("div", *parts, class_="lineage"), curve(lineage["run"]))


def _stage(stage: Stage) -> Html:
    facts = element("ul", *(element("li", fact) for fact in stage.facts))
    return element("section", element("h4", stage.title), facts, class_="stage current" if stage.current else "stage")


def _arrows(stages: Sequence[Stage]) -> Html:
    """One for each, with what it hands on."""
    return element(
        "div",
        *(
            element(
                "span",
                element("b", "→", class_="right", aria_hidden="true"),
                element("b", "↓", class_="down", aria_hidden="true"),
                stage.gives,
            )
            for stage in stages
        ),
        class_="gives",
    )
