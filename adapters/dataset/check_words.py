"""What a person is told about a data set: readers know nothing of machine learning, and want to know what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.i18n import _, plural

if TYPE_CHECKING:
    from adapters.dataset.check import Check

_MANY_SUSPICIOUS = 0.2


def sentences(found: Check) -> Iterator[str]:
    """The verdict comes first, then what to look at."""
    yield from _verdict(found)
    yield from _composition(found)
    yield from _held_out(found)
    yield from _trouble(found)


def _verdict(found: Check) -> Iterator[str]:
    count = found.distinct
    if found.verdict == "too_little":
        yield plural(
            "{count} example to train on is too little: use examples in the prompt instead.",
            "{count} examples to train on are too little: use examples in the prompt instead.",
            count,
        )
        yield _(
            "Two or three good ones, shown to the model with each question, do more than an adapter would. "
            "From 20 on it can learn how your summaries sound; from 100 on training is worth it in full."
        )
    elif found.verdict == "style_only":
        yield plural(
            "{count} example to train on: enough for the tone, length and form of your summaries, for no more.",
            "{count} examples to train on: enough for the tone, length and form of your summaries, for no more.",
            count,
        )
    else:
        yield plural(
            "{count} example to train on: enough. An adapter learns how to write; the facts still come from the text.",
            "{count} examples to train on: enough. An adapter learns how to write; the facts still come from the text.",
            count,
        )


def _composition(found: Check) -> Iterator[str]:
    tiers = found.by_tier
    parts = [
        plural("{count} written or approved by people", "{count} written or approved by people", count)
        if tier == "A"
        else plural("{count} taken from the documents by rule", "{count} taken from the documents by rule", count)
        if tier == "B"
        else plural("{count} written by the model itself", "{count} written by the model itself", count)
        for tier, count in sorted(tiers.items())
    ]
    if parts:
        yield _("Where they come from: {parts}.").format(parts=", ".join(parts))
    if tiers and not tiers.get("A"):
        yield _("None was written by a person: look through them, and accept or edit the good ones.")


def _held_out(found: Check) -> Iterator[str]:
    if set(found.by_split) <= {""} or found.verdict == "too_little":
        return  # nobody has divided them yet, or there is nothing worth dividing
    if not found.held_out:
        yield _("None is kept aside: nobody would notice if the adapter only learned them by heart. Add a document.")
    if not found.test:
        yield _("None that a person wrote or approved is kept for the test at the end: accept some of those in it.")


def _trouble(found: Check) -> Iterator[str]:
    if count := len(found.exact_copies):
        yield plural(
            "{count} example is an exact copy of another one and teaches nothing new.",
            "{count} examples are exact copies of other ones and teach nothing new.",
            count,
        )
    if count := len(found.near_copies):
        yield plural(
            "{count} text is nearly the same as another one.", "{count} texts are nearly the same as other ones.", count
        )
    if count := len({example for example, _why in found.suspicious}):
        yield plural(
            "{count} example looks wrong: look at it before you train.",
            "{count} examples look wrong: look at them before you train.",
            count,
        )
        if found.verdict != "too_little" and count > _MANY_SUSPICIOUS * sum(found.by_task.values()):
            yield _("That is a large share: perhaps texts and summaries were mixed up, or are of another kind.")
    if count := len(found.leakage):
        yield plural(
            "{count} text is kept aside and trained on, wholly or partly: figures about it would look too good.",
            "{count} texts are kept aside and trained on, wholly or partly: figures about them would look too good.",
            count,
        )
    languages = [language for language in found.by_language if language]
    if len(languages) > 1:
        yield _(
            "They are in more than one language: {languages}. That works, but each learns from fewer examples."
        ).format(languages=", ".join(languages))
