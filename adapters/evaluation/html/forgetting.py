"""Did it forget? A traffic light, and where each language stands between green, amber and red."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.evaluation import telling
from adapters.evaluation.html.marks import Scale, difference_scale, dot, heading, row, share_bar, zone
from adapters.evaluation.html.markup import Html, element, join, paragraphs
from adapters.evaluation.report import Forgetting, Light, Probes
from assistant.i18n import _
from assistant.units import format_number

_COLOURS: dict[Light, str] = {"green": "good", "amber": "warn", "red": "bad"}
_ROOM = 1.4
"""The gauge shows this much beyond the last threshold."""


def forgetting_section(forgetting: Forgetting) -> Html:
    label, explanation = telling.light_words(forgetting["light"])
    return join(
        lamps(forgetting["light"], label),
        paragraphs(explanation),
        element("div", *_gauges(forgetting), class_="rows"),
        element("div", *_answers(forgetting), class_="rows"),
        *(paragraphs(*telling.probe_sentences(probes)) for probes in forgetting["probes"]),
        paragraphs(*telling.forgetting_notes(forgetting), class_="soft"),
    )


def lamps(light: Light, label: str) -> Html:
    """All three are there, the one that burns in its colour; each has a shape of its own."""
    all_lamps = [
        element(
            "span",
            telling.LIGHT_MARKS[each],
            class_=f"lamp {'on ' if each == light else ''}{colour}",
            aria_hidden="true",
        )
        for each, colour in _COLOURS.items()
    ]
    return element("div", *all_lamps, element("span", label), class_="lamps")


def _gauges(forgetting: Forgetting) -> Iterator[Html]:
    thresholds = forgetting["thresholds"]
    if len(thresholds) < 2 or not forgetting["probes"]:
        return
    scale = difference_scale([each["loss_change"] for each in forgetting["probes"]], least=_ROOM * thresholds[-1])
    zones = _zones(thresholds, scale)
    yield heading(_("How much more general texts surprise it than before, in nats a word piece:"))
    for probes in forgetting["probes"]:
        drawn = dot(probes["loss_change"], scale, "", telling.probe_sentences(probes)[0], zones)
        yield row(telling.probes_name(probes), drawn, _change(probes))


def _answers(forgetting: Forgetting) -> Iterator[Html]:
    """Questions answered rightly before and after, with a line where guessing would be."""
    if not forgetting["probes"]:
        return
    yield heading(_("Questions answered rightly, of 100 (the dashed line is guessing):"))
    scale = Scale(0.0, 1.0)
    for probes in forgetting["probes"]:
        for moment, share, colour in (
            (_("before"), probes["accuracy_before"], "base"),
            (_("after"), probes["accuracy_after"], "adapter"),
        ):
            name, value = f"{telling.probes_name(probes)}, {moment}", format_number(100 * share, 0)
            yield row(name, share_bar(share, scale, colour, f"{name}: {value}", probes["chance"]), value)


def _zones(thresholds: list[float], scale: Scale) -> list[Html]:
    ends = (float("-inf"), thresholds[0], thresholds[1], float("inf"))
    return [
        zone(low, high, scale, colour)
        for low, high, colour in zip(ends[:-1], ends[1:], ("green", "amber", "red"), strict=True)
    ]


def _change(probes: Probes) -> str:
    change = probes["loss_change"]["mean"]
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return f"{sign}{format_number(abs(change), 3)} {telling.LIGHT_MARKS[probes['light']]}"
