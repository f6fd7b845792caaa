"""The page: the answer first, then what it stands on."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.evaluation import telling
from adapters.evaluation.html.figures import panels, systems_legend
from adapters.evaluation.html.forgetting import forgetting_section
from adapters.evaluation.html.lineage import lineage_section
from adapters.evaluation.html.markup import Html, element, join, paragraphs, prose
from adapters.evaluation.html.style import STYLE
from adapters.evaluation.html.texts import texts_section
from adapters.evaluation.html.tiles import tiles
from adapters.evaluation.report import Report
from assistant.i18n import _, current_language
from assistant.safe_text import one_line

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MARKS: dict[telling.Answer, tuple[str, str]] = {
    "worth_it": ("✔", "good"),
    "hardly": ("≈", "warn"),
    "at_a_price": ("▲", "warn"),
    "examples_do_as_well": ("≈", "warn"),
    "no_difference": ("=", "none"),
    "worse": ("▼", "bad"),
    "broken": ("✖", "bad"),
    "not_judged": ("?", "none"),
}


def render(report: Report) -> str:
    """The whole file, in the language of the interface."""
    title = _("Was it worth it? {name}, version {version}").format(
        name=one_line(str(report["adapter"].get("name", ""))), version=report["adapter"].get("version", "?")
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", title),
        element("style", Html(STYLE)),
    )
    body = element("body", element("main", element("h1", title), *_parts(report)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=current_language())}\n"


def _parts(report: Report) -> Iterator[Html]:
    """Every section that has something to say."""
    headline, *reasons = telling.verdict_sentences(report)
    yield _verdict(report, headline)
    yield tiles(report)
    yield paragraphs(*reasons)
    for heading, content in _sections(report):
        if content:
            yield element("h2", heading)
            yield content
    yield _about(report)


def _verdict(report: Report, headline: str) -> Html:
    mark, colour = _MARKS[telling.answer(report)]
    return element(
        "div", element("span", mark, class_=colour, aria_hidden="true"), element("p", prose(headline)), class_="verdict"
    )


def _sections(report: Report) -> Iterator[tuple[str, Html]]:
    yield _("Did it forget?"), forgetting_section(report["forgetting"]) if report["forgetting"] else Html()
    yield _("The texts, side by side"), texts_section(report)
    yield _("Without knowing whose is whose"), _choices(report)
    yield _("Who is compared"), join(systems_legend(report), paragraphs(telling.limits_explanation()))
    yield from panels(report)
    yield _("Does it really work?"), _checks(report)
    yield _("Where it comes from"), lineage_section(report["lineage"])
    yield _("What could not be judged"), _list(*map(telling.not_judged_words, report["not_judged"]))
    yield (
        _("How it was measured"),
        paragraphs(*telling.method_sentences(report)),
    )


def _checks(report: Report) -> Html:
    checks = [telling.check_words(check) for check in report["checks"]]
    colours = {"✔": "good", "✖": "bad"}
    faults = [(fault["level"], telling.fault_words(fault)) for fault in report["faults"]]
    items = [
        *(
            _item("✖" if level == "error" else "!", "bad" if level == "error" else "warn", *words)
            for level, words in faults
        ),
        *(_item(check.mark, colours.get(check.mark, "none"), check.label, check.explanation) for check in checks),
    ]
    return element("ul", *items, class_="checks") if items else Html()


def _item(mark: str, colour: str, label: str, explanation: str) -> Html:
    return element(
        "li",
        element("span", mark, class_=f"mark {colour}"),
        prose(label),
        element("span", prose(explanation), class_="soft"),
    )


def _choices(report: Report) -> Html:
    return join(
        paragraphs(*telling.choices_sentences(report["blind"])) if report["blind"] else Html(),
        paragraphs(*telling.choices_sentences(report["judge"], by_model=True)) if report["judge"] else Html(),
    )


def _list(*sentences: str) -> Html:
    return element("ul", *(element("li", prose(sentence)) for sentence in sentences)) if sentences else Html()


def _about(report: Report) -> Html:
    made = _("Made by Sunto {version} on {date}, with {model} on {device}.").format(
        version=report["sunto"],
        date=telling.measured_at(report),
        model=one_line(report["model"]),
        device=one_line(report["device"]),
    )
    return element(
        "footer",
        paragraphs(made, _("This page holds pieces of your documents: think before you share it.")),
        class_="about",
    )
