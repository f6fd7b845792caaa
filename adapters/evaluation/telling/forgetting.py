"""Did it forget? The traffic light and what stands behind it, in words."""

from __future__ import annotations

from typing import NamedTuple

from adapters.evaluation.report import Forgetting, Interval, Light, Probes
from adapters.evaluation.telling.names import language_name
from assistant.i18n import _, plural
from assistant.units import format_number

LIGHT_MARKS: dict[Light, str] = {
    "green": "●",
    "amber": "▲",
    "red": "■",
    "not_informative": "◌",
    "not_judged": "○",
}
"""A shape for each, for whoever does not see the colour."""


class LightWords(NamedTuple):
    label: str
    explanation: str


def light_words(light: Light) -> LightWords:
    if light == "green":
        return LightWords(
            _("Green: it kept what it knew"),
            _("General texts surprise the model no more than before the training, or hardly more."),
        )
    if light == "amber":
        return LightWords(
            _("Amber: it may have forgotten a little"),
            _(
                "General texts surprise the model more than before, or it answers fewer questions rightly, or too "
                "little is sure to call it green. Use the adapter for its subject and the base model for everything "
                "else; a lower learning rate or fewer passes over the examples forget less."
            ),
        )
    if light == "red":
        return LightWords(
            _("Red: it has forgotten"),
            _(
                "General texts surprise the model much more than before: the training cost it a part of what it knew. "
                "Train again with a lower learning rate or for fewer steps, or go back to the version before."
            ),
        )
    if light == "not_informative":
        return LightWords(
            _("Not informative: there was little to forget"),
            _(
                "The base model itself answers no better here than by guessing, so nothing can be said about what it "
                "may have forgotten."
            ),
        )
    return LightWords(_("Not judged"), _("It was not looked at whether the model has forgotten anything."))


def forgetting_sentences(forgetting: Forgetting) -> list[str]:
    """The light, what it was taken from, and what the probes could not look at."""
    label, explanation = light_words(forgetting["light"])
    sentences = [f"{label}. {explanation}"]
    for probes in forgetting["probes"]:
        sentences += probe_sentences(probes)
    return [*sentences, *forgetting_notes(forgetting)]


def forgetting_notes(forgetting: Forgetting) -> list[str]:
    """Where the light changes, and what the probes could not look at."""
    sentences = [thresholds_sentence(forgetting["thresholds"])] if len(forgetting["thresholds"]) > 1 else []
    if unprobed := [language_name(code) for code in forgetting["unprobed"]]:
        sentences.append(
            _("The general texts are Italian and English: nothing is known of {languages}.").format(
                languages=", ".join(unprobed)
            )
        )
    return sentences


def probe_sentences(probes: Probes) -> list[str]:
    """The two things that are measured, in one language or in all together."""
    where = probes_name(probes)
    return [_loss(where, probes), _accuracy(where, probes)]


def probes_name(probes: Probes) -> str:
    """As a heading: `Italian`; `All together`."""
    name = language_name(probes["language"]) if probes["language"] else _("All together")
    return name[:1].upper() + name[1:]


def thresholds_sentence(thresholds: list[float]) -> str:
    """Where the light changes, and who says so."""
    return _(
        "The light is green up to {green} nats more surprise a word piece, amber up to {amber}, red above. These are "
        "no laws but our choice, after what the makers of PEFT, the library of adapters, measured in texts of an "
        "encyclopedia: ordinary adapters that had learned their task came out at about +0.05, one of a kind that "
        "learns and forgets more at +0.11. Where the limits are too wide to tell two colours apart, it is amber."
    ).format(green=_signed(thresholds[0], 2), amber=_signed(thresholds[1], 2))


def _loss(where: str, probes: Probes) -> str:
    return _(
        "{where}: reading general texts that have nothing to do with your notes, its surprise (loss) went from "
        "{before} to {after}: {change}{limits}. At 0 or below nothing was lost."
    ).format(
        where=where,
        before=format_number(probes["loss_before"], 3),
        after=format_number(probes["loss_after"], 3),
        change=_signed(probes["loss_change"]["mean"], 3),
        limits=_limits(probes["loss_change"], 1, 3),
    )


def _accuracy(where: str, probes: Probes) -> str:
    items = plural("{count} question", "{count} questions", probes["items"])
    if probes["at_chance"]:
        return _(
            "{where}: of {items} with given answers, the base model itself got {before} in 100 right. Guessing gets "
            "{chance}, and so few questions cannot tell the two apart: the base is at chance here, and they are not "
            "informative."
        ).format(
            where=where, items=items, before=_hundred(probes["accuracy_before"]), chance=_hundred(probes["chance"])
        )
    return _(
        "{where}: of {items} with given answers, it got {before} in 100 right before and {after} after: "
        "{change}{limits}. Guessing gets {chance}."
    ).format(
        where=where,
        items=items,
        before=_hundred(probes["accuracy_before"]),
        after=_hundred(probes["accuracy_after"]),
        change=_signed(100 * probes["accuracy_change"]["mean"], 0),
        limits=_limits(probes["accuracy_change"], 100, 0),
        chance=_hundred(probes["chance"]),
    )


def _limits(change: Interval, scale: float, digits: int) -> str:
    low, high = change["low"], change["high"]
    if low is None or high is None:
        return ""
    return " " + _("(with other texts it might have been {low} to {high})").format(
        low=_signed(scale * low, digits), high=_signed(scale * high, digits)
    )


def _hundred(share: float) -> str:
    return format_number(100 * share, 0)


def _signed(value: float, digits: int) -> str:
    sign = "" if round(value, digits) == 0 else "+" if value > 0 else "−"
    return sign + format_number(abs(value), digits)
