"""Was it worth it? The answer first, then what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, PRIMARY, Difference, Report, System
from adapters.evaluation.telling.choices import choices_sentence
from adapters.evaluation.telling.data import data_sentences, small_sentence
from adapters.evaluation.telling.differences import difference_sentence
from adapters.evaluation.telling.faults import fault_words
from adapters.evaluation.telling.forgetting import light_words
from adapters.evaluation.telling.gaps import not_judged_words
from adapters.evaluation.telling.metrics import figure
from assistant.i18n import _
from assistant.safe_text import one_line

Answer = Literal[
    "worth_it", "hardly", "at_a_price", "examples_do_as_well", "no_difference", "worse", "broken", "not_judged"
]

_HARDLY = 0.05
"""Nats. A loss of general knowledge up to here is called green, hardly any: a gain up to here is hardly one, either."""

_DECISIVE = (PRIMARY, EXAMPLES, "verdict")
"""What the verdict stands on: a reader has to know which of them is missing."""


def answer(report: Report) -> Answer:
    """The verdict, without flattery: a gain that is hardly one, or was dearly bought, is called so."""
    if report["verdict"] != "worth_it":
        return report["verdict"]
    if report["forgetting"] is not None and report["forgetting"]["light"] == "red":
        return "at_a_price"
    return "hardly" if _is_hardly_noticed(report) else "worth_it"


def headline(report: Report) -> str:
    """One sentence: was it worth it?"""
    return _headline(report).format(name=_name(report))


def verdict_sentences(report: Report) -> list[str]:
    """The headline first, then why, how sure that is, what it cost, and what to do."""
    return [sentence for sentence in (headline(report), *_body(report)) if sentence]


def _name(report: Report) -> str:
    return one_line(str(report["adapter"].get("name", "")))


def _headline(report: Report) -> str:
    match answer(report):
        case "worth_it":
            return _(
                "Yes, it was worth it: on the documents of the test, “{name}” comes closer to what a person wrote than "
                "the base model does."
            )
        case "hardly":
            return _(
                "Better, but hardly: on the documents of the test, “{name}” comes only a very little closer to what a "
                "person wrote than the base model does."
            )
        case "at_a_price":
            return _(
                "Better, but at a price: on the documents of the test, “{name}” comes closer to what a person wrote "
                "than the base model does, and it has forgotten a part of what the model knew."
            )
        case "examples_do_as_well":
            return _beaten_by_examples(report)
        case "no_difference":
            return _(
                "No difference shown: these documents cannot tell whether “{name}” is better or worse than the base "
                "model."
            )
        case "worse":
            return _("No: on the documents of the test, “{name}” is worse than the base model.")
        case "broken":
            return _("“{name}” does not work as it should.")
        case "not_judged":
            return _("Whether “{name}” was worth it cannot be judged here.")


def _beaten_by_examples(report: Report) -> str:
    if any(each["against"] == EXAMPLES and each["verdict"] == "worse" for each in _primary(report)):
        return _(
            "It helped, but there is a simpler way: the base model does better than “{name}” when it is shown two "
            "examples with each request."
        )
    return _(
        "It helped, but perhaps without need: no difference is shown between “{name}” and the base model when that is "
        "shown two examples with each request."
    )


def _is_hardly_noticed(report: Report) -> bool:
    return any(each["against"] == BASE and abs(each["mean"]) <= _HARDLY for each in _primary(report))


def _body(report: Report) -> Iterator[str]:
    yield from (" ".join(fault_words(fault)) for fault in report["faults"] if fault["level"] == "error")
    yield from (not_judged_words(gap) for gap in report["not_judged"] if gap["what"] in _DECISIVE)
    small = small_sentence(report["data"])
    yield small
    yield _losses(report)
    yield _without_examples(report)
    yield from (difference_sentence(each) for each in _primary(report) if each["verdict"] != "not_judged")
    yield from (sentence for sentence in data_sentences(report["data"]) if sentence != small)
    yield _unseen(report)
    yield _forgetting(report)
    if report["blind"] is not None:
        yield choices_sentence(report["blind"])
    yield _advice(report)


def _without_examples(report: Report) -> str:
    if report["verdict"] != "worth_it" or any(
        each["against"] == EXAMPLES and each["verdict"] != "not_judged" for each in _primary(report)
    ):
        return ""
    return _("Whether two examples in the prompt would have done as well, without any training, is not known.")


def _unseen(report: Report) -> str:
    """Whether it was trained on what it was tested with, as far as that is known."""
    if not report["data"]["examples"]:
        return ""
    if any(gap["what"] == "leakage" for gap in report["not_judged"]):
        return _(
            "Whether it was trained on these very documents is not known, since its training is no longer on this "
            "machine: if it was, the figures are too good."
        )
    return _("None of these texts is among those that it was trained on.")


def _losses(report: Report) -> str:
    """What the primary number is, with the two that are compared."""
    base, adapter = _loss_of(report["systems"], BASE), _loss_of(report["systems"], ADAPTER)
    if base is None or adapter is None:
        return ""
    sentence = _(
        "Reading what a person wrote about each document, the adapter is surprised by {after} a word piece, the base "
        "model by {before} (loss, in nats: 0 would be no surprise; lower is better)."
    ).format(after=figure(PRIMARY, adapter), before=figure(PRIMARY, base))
    hesitation = _hesitation(report["systems"], base, adapter)
    return f"{sentence} {hesitation}".rstrip()


def _hesitation(systems: list[System], base: float, adapter: float) -> str:
    scores = {system["key"]: system["scores"].get("perplexity") for system in systems}
    before, after = scores.get(BASE), scores.get(ADAPTER)
    if before is None or after is None or figure(PRIMARY, base) == figure(PRIMARY, adapter):
        return ""
    return _(
        "That is as if it hesitated among {after} equally likely word pieces each time, instead of {before} "
        "(perplexity)."
    ).format(after=figure("perplexity", after["mean"]), before=figure("perplexity", before["mean"]))


def _loss_of(systems: list[System], key: str) -> float | None:
    for system in systems:
        if system["key"] == key and PRIMARY in system["scores"]:
            return system["scores"][PRIMARY]["mean"]
    return None


def _primary(report: Report) -> Iterator[Difference]:
    """With the base, with the base and its examples, with earlier versions: as they are in the report."""
    return (each for each in report["differences"] if (each["metric"], each["of"]) == (PRIMARY, ADAPTER))


def _forgetting(report: Report) -> str:
    forgetting = report["forgetting"]
    if forgetting is None:
        return ""
    label, explanation = light_words(forgetting["light"])
    return f"{label}. {explanation}"


def _advice(report: Report) -> str:
    """What to do now."""
    match report["verdict"]:
        case "worth_it":
            return (
                _("Compare the texts yourself, without seeing whose they are: `sunto evaluate {name} --blind`.").format(
                    name=_name(report)
                )
                if report["blind"] is None and report["texts"]
                else ""
            )
        case "examples_do_as_well":
            return _(
                "The adapter still saves reading two examples with each request; for better texts, more and better "
                "examples to train on help most."
            )
        case "no_difference":
            return _(
                "More documents kept aside would show a smaller difference; more examples to train on would make a "
                "larger one. Until then the base model will do."
            )
        case "worse":
            return _("Work with the base model, or train again: with the prudent preset, or on better examples.")
        case "broken" | "not_judged":
            return ""
