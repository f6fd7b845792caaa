"""Who is compared with whom, and what a difference between them shows."""

from __future__ import annotations

from typing import Literal

from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, PRIMARY, SMALL_DOCUMENTS, Difference
from adapters.evaluation.telling.metrics import amount, metric_words, signed
from assistant.i18n import _, plural
from assistant.safe_text import one_line

Shown = Literal["better", "worse", "more", "less", "no_difference", "not_judged"]


def system_name(key: str) -> str:
    """`The base model`: as a heading."""
    names = {
        BASE: _("The base model"),
        EXAMPLES: _("The base model with two examples"),
        ADAPTER: _("The adapter"),
    }
    return names.get(key) or _("Version {number}").format(number=_number(key))


def system_explanation(key: str) -> str:
    explanations = {
        BASE: _("The model as it was before the training, with the adapter switched off."),
        EXAMPLES: _(
            "The same untrained model, but each request begins with two examples of a text and its summary. This costs "
            "no training, so an adapter has to beat it."
        ),
        ADAPTER: _("The model with what it learned in the training."),
    }
    return explanations.get(key) or _("This adapter as an earlier training left it.")


def compared_with(key: str) -> str:
    """`compared with the base model`: inside a sentence."""
    phrases = {
        BASE: _("compared with the base model"),
        EXAMPLES: _("compared with the base model that is shown two examples"),
        ADAPTER: _("compared with the adapter"),
    }
    return phrases.get(key) or _("compared with version {number}").format(number=_number(key))


def _number(key: str) -> str:
    return one_line(key.removeprefix("version:"))


def verdict_word(difference: Difference) -> str:
    """For a table: `better`, `worse`, `more`, `less`, `no difference shown`, `cannot be judged`."""
    return {
        "better": _("better"),
        "worse": _("worse"),
        "more": _("more"),
        "less": _("less"),
        "not_judged": _("cannot be judged"),
    }.get(shown_verdict(difference)) or _("no difference shown")


def difference_sentence(difference: Difference) -> str:
    """What a difference shows, with its limits; that it may be luck where there are few documents."""
    parts = [_head(difference), _limits(difference)]
    if difference["n"] < SMALL_DOCUMENTS and shown_verdict(difference) != "not_judged":
        parts.append(
            plural(
                "Only {count} document: a hint, no more.", "Only {count} documents: a hint, no more.", difference["n"]
            )
        )
    return " ".join(filter(None, parts))


def limits_explanation() -> str:
    """What the limits beside every number are."""
    return _(
        "Every figure here is measured on a handful of documents; if we had drawn other documents of the same kind, it "
        "would have come out a little differently. The limits beside it say by how much: found in this way, they hold "
        "the true figure 95 times in 100. A difference is taken of the documents where both could be measured, each "
        "with itself. Where its limits have 0 between them, it may as well be none, and the report says “no difference "
        "shown”. That does not mean that both are equally good: only that these documents cannot tell."
    )


def shown_verdict(difference: Difference) -> Shown:
    """What a reader is told. A metric with no good end is not judged, but where its limits leave out 0 it is `more` or
    `less`."""
    low, high = difference["low"], difference["high"]
    if low is None or high is None or metric_words(difference["metric"]).better != "neither":
        return difference["verdict"]
    return "more" if low > 0 else "less" if high < 0 else "no_difference"


def _head(difference: Difference) -> str:
    sentences = {
        "better": _("{metric}: better by {amount}, {compared}."),
        "worse": _("{metric}: worse by {amount}, {compared}."),
        "more": _("{metric}: more by {amount}, {compared}."),
        "less": _("{metric}: less by {amount}, {compared}."),
        "not_judged": _("{metric}: it cannot be judged {compared}, since there are too few documents."),
    }
    sentence = sentences.get(shown_verdict(difference)) or _("{metric}: no difference shown {compared}.")
    return sentence.format(
        metric=metric_words(difference["metric"]).label,
        amount=amount(difference["metric"], difference["mean"]),
        compared=compared_with(difference["against"]),
    )


def stands_out_by_luck(difference: Difference) -> bool:
    """Its own limits leave out 0, but with so many figures that is not enough to call it a difference."""
    low, high = difference["low"], difference["high"]
    if low is None or high is None or low <= 0 <= high:
        return False
    return shown_verdict(difference) == "no_difference"


def _limits(difference: Difference) -> str:
    metric, low, high = difference["metric"], difference["low"], difference["high"]
    if low is None or high is None:
        return ""
    if low == high == 0:
        return _("It is the same for every document.")
    sentence = _limits_of_primary(difference) if metric == PRIMARY else _limits_of_many(difference)
    return sentence.format(mean=signed(metric, difference["mean"]), low=signed(metric, low), high=signed(metric, high))


def _limits_of_primary(difference: Difference) -> str:
    """What limits are is told in full where it matters most."""
    if stands_out_by_luck(difference):
        return _("It came out at {mean}, between {low} and {high}: too little to be told from luck.")
    if shown_verdict(difference) == "no_difference":
        return _(
            "It came out at {mean}, but the true figure may lie anywhere between {low} and {high} (such limits hold "
            "95 times in 100), and so it may be none at all."
        )
    return _(
        "It came out at {mean}; other documents would have given another figure, and the true one lies between {low} "
        "and {high} (such limits hold 95 times in 100)."
    )


def _limits_of_many(difference: Difference) -> str:
    if stands_out_by_luck(difference):
        return _(
            "It came out at {mean}, between {low} and {high}. Alone it would count; but among so many figures one "
            "always stands out by luck, and with that taken into account it is not enough."
        )
    if shown_verdict(difference) == "no_difference":
        return _("It came out at {mean}; with other documents, anything between {low} and {high}, or none at all.")
    return _("It came out at {mean}; with other documents, between {low} and {high}.")
