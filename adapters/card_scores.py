"""What was measured of an adapter, for its model card: in words, and in English, as cards on the hub are.

From `scores` of `sunto.json`, which may come from a stranger: whatever is not of the kind that is expected is left out,
and only numbers and the words below are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

Fields = Mapping[str, Any]

IN_WORDS = frozenset({"evaluation", "checks"})
"""What of `scores` is told here: the rest is written as it is."""

_MAX_FAULTS = 20
_MOST = 10**9
"""No count or loss is larger; what is has been made up."""
_ANSWERS = {
    "worth_it": "Better than the base model on texts that it was not trained on.",
    "hardly": "Better than the base model on texts that it was not trained on, but only by very little.",
    "at_a_price": (
        "Better than the base model on texts that it was not trained on, but it has forgotten a part of what that knew."
    ),
    "examples_do_as_well": (
        "Better than the base model, but no difference was shown from the base model with two examples in its prompt."
    ),
    "no_difference": "No difference from the base model was shown.",
    "worse": "Worse than the base model.",
    "broken": "It does not work as it should.",
    "not_judged": "Too little could be measured to judge it.",
}
_LIGHTS = {
    "green": "Green: general texts surprise the model no more than before, or hardly more.",
    "amber": "Amber: general texts surprise the model somewhat more than before, or too little is sure.",
    "red": "Red: the training cost the model a part of what it knew.",
    "not_informative": "Not informative: the base model itself answers by guessing.",
}
_CHECKS = {
    "differs": "it changes the model's answers",
    "reloads": "loaded in a fresh process it gives the same loss",
    "ends": "its answers come to an end",
    "hashes": "it names the base model and chat template that it was trained on",
    "peft": "PEFT gives the same answers",
}


def measured(scores: Fields) -> Iterator[str]:
    """Markdown paragraphs."""
    evaluation = _section(scores, "evaluation")
    if verdict := _ANSWERS.get(_text(evaluation, "answer") or _text(evaluation, "verdict")):
        yield f"**{verdict}**"
    yield from filter(None, (_tested_on(evaluation), _loss(evaluation), _knowledge(evaluation), _blind(evaluation)))
    if faults := _faults(evaluation.get("faults")):
        yield f"Found wrong with it: {faults}."
    if checks := _checked(scores.get("checks")):
        yield f"Looked at when it was saved: {checks}."


def _tested_on(evaluation: Fields) -> str:
    documents = _whole(evaluation, "documents")
    if not documents:
        return ""
    parts = [f"Measured on {documents} held-out document{'' if documents == 1 else 's'}."]
    if evaluation.get("small") is True:
        parts.append("That is a small test: take the figures as a hint.")
    if evaluation.get("split") == "validation":
        parts.append("The best step of the training was chosen with the same documents, which flatters the figures.")
    return " ".join(parts)


def _loss(evaluation: Fields) -> str:
    before, after = _number(evaluation, "loss_before"), _number(evaluation, "loss_after")
    if before is None or after is None:
        return ""
    change, low, high = (_number(evaluation, key) for key in ("change", "low", "high"))
    limits = f", 95 % interval {low:+.3f} to {high:+.3f}" if low is not None and high is not None else ""
    difference = f" (difference {change:+.3f}{limits}, paired over documents)" if change is not None else ""
    return (
        "Loss, in nats a token of the texts that people wrote (how much they surprise the model: lower is better): "
        f"base model {before:.3f}, adapter {after:.3f}{difference}."
    )


def _knowledge(evaluation: Fields) -> str:
    light = _LIGHTS.get(_text(evaluation, "light"))
    return f"Did it forget? {light}" if light else ""


def _blind(evaluation: Fields) -> str:
    blind = _section(evaluation, "blind")
    adapter, other, same = (_whole(blind, key) for key in ("adapter", "other", "same"))
    if adapter is None or other is None or same is None:
        return ""
    whose = {"base": "the base model", "examples": "the base model with two examples"}
    verdicts = {"better": "more than luck gives", "worse": "fewer than luck gives"}
    return (
        f"Of {adapter + other + same} pairs of texts, a person who did not know whose was whose preferred the "
        f"adapter's in {adapter}, that of {whose.get(_text(blind, 'against'), 'an earlier version')} in {other}, and "
        f"neither in {same}: {verdicts.get(_text(blind, 'verdict'), 'no difference shown')}."
    )


def _faults(faults: object) -> str:
    """The names that Sunto gives them: `repeats`, `worse than base`."""
    names = cast("list[Any]", faults) if isinstance(faults, list) else []
    known = [name for name in names if isinstance(name, str) and re.fullmatch(r"[a-z_]{1,40}", name)]
    return ", ".join(name.replace("_", " ") for name in known[:_MAX_FAULTS])


def _checked(checks: object) -> str:
    """`it changes the model's answers (yes); …`, of those that are known."""
    rows = cast("list[Any]", checks) if isinstance(checks, list) else []
    passed = {_text(row, "name"): row.get("passed") for row in rows if isinstance(row, dict)}
    return "; ".join(f"{words} ({_answer(passed[name])})" for name, words in _CHECKS.items() if name in passed)


def _answer(passed: object) -> str:
    return "yes" if passed is True else "no" if passed is False else "could not be looked at"


def _section(fields: Fields, key: str) -> Fields:
    value = fields.get(key)
    return cast("Fields", value) if isinstance(value, dict) else {}


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _whole(fields: Fields, key: str) -> int | None:
    value = fields.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def _number(fields: Fields, key: str) -> float | None:
    value = fields.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_MOST <= value <= _MOST else None  # neither infinite nor no number
