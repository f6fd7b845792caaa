"""Whose texts were preferred, when nobody could see whose they were."""

from __future__ import annotations

from adapters.evaluation.report import BASE, EXAMPLES, Choices
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from assistant.units import format_number


def choices_sentence(choices: Choices) -> str:
    """The student's own choices, in one paragraph."""
    return " ".join(choices_sentences(choices))


def choices_sentences(choices: Choices, *, by_model: bool = False) -> list[str]:
    """What was chosen, what that shows, and how far it can be trusted."""
    sentences = [_count(choices, by_model), *_same_words(choices), _meaning(choices)]
    if by_model:
        if inconsistent := choices.get("inconsistent", 0):
            sentences.append(
                plural(
                    "{count} time it chose otherwise when the texts changed places; that counts as neither.",
                    "{count} times it chose otherwise when the texts changed places; that counts as neither.",
                    inconsistent,
                )
            )
        if longer := choices.get("longer", 0):
            sentences.append(
                plural(
                    "{count} time the text that it preferred was the longer one.",
                    "{count} times the text that it preferred was the longer one.",
                    longer,
                )
            )
        sentences.append(
            _("Indicative only: small models tend to prefer what is long, comes first, or sounds like themselves.")
        )
    return sentences


def _same_words(choices: Choices) -> list[str]:
    equal = choices.get("equal", 0)
    if not equal:
        return []
    return [
        plural(
            "About {count} text both wrote the same words: it was not asked about, and counts as neither.",
            "About {count} texts both wrote the same words: they were not asked about, and count as neither.",
            equal,
        )
    ]


def _count(choices: Choices, by_model: bool) -> str:
    pairs = plural(
        "{count} pair of texts", "{count} pairs of texts", choices["adapter"] + choices["other"] + choices["same"]
    )
    sentence = (
        _(
            "Of {pairs}, the base model as a judge preferred the adapter's in {adapter}, {others} in {other}, and "
            "neither in {same}."
        )
        if by_model
        else _(
            "Of {pairs}, not knowing whose was whose, you preferred the adapter's in {adapter}, {others} in {other}, "
            "and neither in {same}."
        )
    )
    return sentence.format(
        pairs=pairs,
        adapter=choices["adapter"],
        other=choices["other"],
        same=choices["same"],
        others=_whose(choices["against"]),
    )


def _whose(key: str) -> str:
    names = {BASE: _("the base model's"), EXAMPLES: _("that of the base model with two examples")}
    return names.get(key) or _("that of version {number}").format(number=one_line(key.removeprefix("version:")))


def _meaning(choices: Choices) -> str:
    share = choices["share"]
    verdicts = {
        "better": _("That is more than luck: the adapter's texts are preferred."),
        "worse": _("That is more than luck: the other texts are preferred."),
        "no_difference": _("No difference shown: tossing a coin could have given as much."),
    }
    if share["low"] is None or share["high"] is None:
        return _no_meaning(choices)
    verdict = verdicts.get(choices["verdict"])
    if verdict is None:
        return _no_meaning(choices)
    return " ".join(
        (
            verdict,
            _(
                "In the long run the adapter's would be chosen between {low} and {high} times in 100 (such limits hold "
                "95 times in 100); 50 is a coin."
            ).format(low=format_number(100 * share["low"], 0), high=format_number(100 * share["high"], 0)),
        )
    )


def _no_meaning(choices: Choices) -> str:
    if choices.get("inconsistent", 0) > choices["adapter"] + choices["other"]:
        return _("It went by which text came first, and so it has judged nothing.")
    return _("Too few were decided to say anything.")
