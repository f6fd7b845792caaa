"""The few numbers that a reader wants first."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.evaluation import telling
from adapters.evaluation.html.markup import Html, element
from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Report
from assistant.i18n import _, plural

Tile = tuple[str, str, str, str]
"""Heading, number, what stands under it, and the colour of the number: a class of the page, or nothing."""

_VERDICTS = {"better": "good", "worse": "bad"}
_LIGHTS = {"green": "good", "amber": "warn", "red": "bad"}


def tiles(report: Report) -> Html:
    return element(
        "div",
        *(
            element(
                "div",
                heading,
                element("strong", number, class_=colour),
                element("span", under, class_="soft"),
                class_="tile",
            )
            for heading, number, under, colour in _tiles(report)
        ),
        class_="tiles",
    )


def _tiles(report: Report) -> Iterator[Tile]:
    scores = {system["key"]: system["scores"].get(PRIMARY) for system in report["systems"]}
    before, after = scores.get(BASE), scores.get(ADAPTER)
    if before is not None and after is not None:
        yield (
            telling.metric_words(PRIMARY).label,
            f"{telling.figure(PRIMARY, before['mean'])} → {telling.figure(PRIMARY, after['mean'])}",
            _("lower is better"),
            "",
        )
    for each in report["differences"]:
        if each["metric"] == PRIMARY and each["against"] == BASE:
            under = (telling.verdict_word(each), telling.limits(PRIMARY, each, of_difference=True))
            yield (
                _("Difference"),
                telling.signed(PRIMARY, each["mean"]),
                ", ".join(filter(None, under)),
                _VERDICTS.get(each["verdict"], ""),
            )
    if report["forgetting"] is not None:
        light = report["forgetting"]["light"]
        yield _("Did it forget?"), telling.LIGHT_MARKS[light], telling.light_words(light).label, _LIGHTS.get(light, "")
    data = report["data"]
    yield (
        _("Tested on"),
        plural("{count} document", "{count} documents", data["documents"]),
        _("a small test: a hint, no more") if data["small"] else "",
        "warn" if data["small"] else "",
    )
