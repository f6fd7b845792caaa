"""The texts that gained and lost most: the document's beginning, what a person wrote, what each system wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.evaluation import telling
from adapters.evaluation.html.markup import Html, element, join
from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Report, Text
from assistant.i18n import _

_SHOWN = (PRIMARY, "rouge1", "chrf", "faithful", "details")


def texts_section(report: Report) -> Html:
    """Empty where no text was written."""
    by_id = {text["id"]: text for text in report["texts"]}
    best = [by_id[name] for name in report["best"] if name in by_id]
    worst = [by_id[name] for name in report["worst"] if name in by_id]
    return join(
        *_group(_("Where the adapter gained most over the base model"), best),
        *_group(_("Where it gained least, or lost"), worst),
    )


def _group(heading: str, texts: Sequence[Text]) -> Iterator[Html]:
    if texts:
        yield element("h3", heading)
        yield from map(_text, texts)


def _text(text: Text) -> Html:
    given = (_side(_("The document"), text["source"]), _side(_("By a person"), text["reference"]))
    written = (_side(telling.system_name(key), said, key, _scores(text, key)) for key, said in text["written"].items())
    return element(
        "article",
        element("h4", telling.place_of(text)),
        element("div", _gain(text), class_="soft"),
        element("div", *given, class_="sides"),
        element("div", *written, class_="sides"),
        class_="text",
    )


def _side(heading: str, said: str, key: str = "", scores: str = "") -> Html:
    return element(
        "section",
        element("h4", heading),
        element("p", said, class_="said") if said.strip() else element("p", _("(nothing)"), class_="soft"),
        element("div", scores, class_="soft") if scores else Html(),
        class_="panel adapter" if key == ADAPTER else "panel",
    )


def _gain(text: Text) -> str:
    before, after = (text["scores"].get(key, {}).get(PRIMARY) for key in (BASE, ADAPTER))
    if before is None or after is None:
        return ""
    return _("Surprise at what the person wrote (loss): {before} → {after}.").format(
        before=telling.figure(PRIMARY, before), after=telling.figure(PRIMARY, after)
    )


def _scores(text: Text, key: str) -> str:
    scores = text["scores"].get(key, {})
    return " · ".join(
        f"{telling.metric_words(metric).label}: {telling.figure(metric, scores[metric])}"
        for metric in _SHOWN
        if metric in scores and metric != PRIMARY
    )
