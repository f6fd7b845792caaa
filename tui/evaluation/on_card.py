"""What a card keeps of a report, for the screen of adapters. Pure.

Cards may come from strangers: what is not as Sunto writes it is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.evaluation.report import PRIMARY, Light
from adapters.evaluation.telling import LIGHT_MARKS, figure, light_words, metric_words, signed
from assistant.i18n import _, plural
from tui.evaluation.words import worth_word

Card = Mapping[str, Any]

_LARGEST = 1e9
"""No count or loss is larger; what is has been made up."""


def worth_cell(card: Card) -> str:
    """`● worth it`, for the table: the light and the verdict."""
    found = _section(_section(card, "scores"), "evaluation")
    if not found or found.get("by_maker"):  # what a stranger says of it has no place among what was measured here
        return "–"
    light = _light(found)
    return f"{LIGHT_MARKS[light] if light else ' '} {_answer(found)}"


def evaluation_facts(scores: Card) -> Iterator[tuple[str, str]]:
    """(title, value) of what was measured, and of what was looked at when it was saved."""
    found = _section(scores, "evaluation")
    if found:
        yield _("worth it?") if not found.get("by_maker") else _("worth it? (its maker says)"), _verdict(found)
    if light := _light(found):
        yield _("what it knew before"), f"{LIGHT_MARKS[light]} {light_words(light).label}"
    if blind := _numbers(_section(found, "blind"), "adapter", "other", "same"):
        words = _("the adapter's {adapter}, the other {other}, neither {same}")
        yield _("chosen blind"), words.format(**{name: round(value) for name, value in blind.items()})
    if checks := scores.get("checks"):
        yield _("looked at when it was saved"), _checks(checks)


def in_short(found: Card) -> str:
    """`● worth it · Surprise at the right answer (loss) 2.310 → 2.049 · 24 documents`; empty where nothing is known."""
    light = _light(found)
    return f"{LIGHT_MARKS[light]} {_verdict(found)}" if light else _verdict(found) if found else ""


def _verdict(found: Card) -> str:
    """`worth it · Surprise at the right answer (loss) 2.310 → 2.049, −0.378 to −0.144 · 24 documents`"""
    parts = [_answer(found)]
    if losses := _numbers(found, "loss_before", "loss_after"):
        before, after = (figure(PRIMARY, value) for value in losses.values())
        parts.append(f"{metric_words(PRIMARY).label} {before} → {after}")
    if ends := _numbers(found, "low", "high"):
        low, high = (signed(PRIMARY, value) for value in ends.values())
        parts.append(_("change {low} to {high}").format(low=low, high=high))
    if counted := _numbers(found, "documents"):
        parts.append(plural("{count} document", "{count} documents", round(counted["documents"])))
    return " · ".join(parts)


def _answer(found: Card) -> str:
    return worth_word(str(found.get("answer") or found.get("verdict")))


def _checks(checks: object) -> str:
    """`✔ 4 of 5`"""
    known = [check for check in checks if isinstance(check, dict)] if isinstance(checks, list) else []
    passed = sum(check.get("passed") is True for check in known)
    mark = "✖" if any(check.get("passed") is False for check in known) else "✔"
    return f"{mark} " + _("{done} of {total}").format(done=passed, total=len(known))


def _light(found: Card) -> Light | None:
    return next((light for light in LIGHT_MARKS if light == found.get("light")), None)


def _numbers(found: Card, *names: str) -> dict[str, float]:
    """Those of these names; nothing where one is missing or is no number."""
    values = {name: found.get(name) for name in names}
    numbers = {
        name: float(value) for name, value in values.items() if isinstance(value, int | float) and abs(value) < _LARGEST
    }
    return numbers if len(numbers) == len(names) else {}


def _section(card: Card, name: str) -> Card:
    part = card.get(name)
    return part if isinstance(part, dict) else {}
