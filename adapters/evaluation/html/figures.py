"""Every metric: a bar for each system, and the differences of the adapter beside zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.evaluation import telling
from adapters.evaluation.html.marks import bar, bar_scale, difference_scale, dot, heading, row
from adapters.evaluation.html.markup import Html, element, paragraphs
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, Difference, Interval, Report
from assistant.i18n import _

_COLOURS = {BASE: "base", EXAMPLES: "examples", ADAPTER: "adapter"}
_MARKS: dict[telling.Shown, tuple[str, str]] = {
    "better": ("▲", "good"),
    "worse": ("▼", "bad"),
    "more": ("→", "none"),
    "less": ("←", "none"),
    "no_difference": ("=", "none"),
    "not_judged": ("?", "none"),
}
"""A shape and a colour; the drawing goes from less, at the left, to more."""


def panels(report: Report) -> Iterator[tuple[str, Html]]:
    """For each group of metrics its heading and its panels; a group of which nothing was measured is left out."""
    measured = (key for system in report["systems"] for key in system["scores"])
    for question, keys in telling.metric_groups(measured):
        yield question, element("div", *(_panel(key, report) for key in keys), class_="panels")


def systems_legend(report: Report) -> Html:
    """Who is compared, in words."""
    return element(
        "ul",
        *(
            element("li", element("strong", telling.system_name(key)), ": ", telling.system_explanation(key))
            for key in (system["key"] for system in report["systems"])
        ),
        class_="plain",
    )


def _panel(key: str, report: Report) -> Html:
    words = telling.metric_words(key)
    measured = [(each["key"], each["scores"][key]) for each in report["systems"] if key in each["scores"]]
    differences = [each for each in report["differences"] if each["metric"] == key]
    return element(
        "section",
        element("h3", words.label),
        element("p", words.explanation, class_="soft"),
        element("div", *_bars(key, measured), *_differences(key, differences), class_="rows"),
        paragraphs(*map(telling.difference_sentence, filter(telling.stands_out_by_luck, differences)), class_="soft"),
        class_="panel",
    )


def _bars(key: str, measured: Sequence[tuple[str, Interval]]) -> Iterator[Html]:
    scale = bar_scale(interval for _system, interval in measured)
    unit = telling.metric_words(key).unit
    documents = max((interval["n"] for _system, interval in measured), default=0)
    of = telling.documents_words(documents)
    yield heading(of if unit in ("", "%") else f"{unit}, {of}")  # a percent says so itself
    for system, interval in measured:
        name, value, limits = (
            telling.system_name(system),
            telling.figure(key, interval["mean"]),
            telling.limits(key, interval),
        )
        drawn = bar(interval, scale, _COLOURS.get(system, "earlier"), f"{name}: {value} {limits}".rstrip())
        yield row(name, drawn, value, limits)


def _differences(key: str, differences: Sequence[Difference]) -> Iterator[Html]:
    if not differences:
        return
    scale = difference_scale(differences)
    yield heading(_("How the adapter differs (the dashed line is not at all) from:"))
    for each in differences:
        mark, colour = _MARKS[telling.shown_verdict(each)]
        yield row(
            telling.system_name(each["against"]),
            dot(each, scale, colour, telling.difference_sentence(each)),
            telling.signed(key, each["mean"]),
            telling.limits(key, each, of_difference=True),
            element("span", f"{mark} {telling.verdict_word(each)}", class_=colour),
        )
