"""What can be wrong with an adapter, by name: one sentence what, one what to do."""

from __future__ import annotations

from typing import NamedTuple

from adapters.evaluation.report import Fault
from assistant.i18n import N_, _, plural
from assistant.safe_text import one_line
from assistant.units import format_number


class FaultWords(NamedTuple):
    message: str
    hint: str


_TRAIN_AGAIN = N_("Train it again, or go back to the version before (`sunto adapters rollback`).")
_COPY_AGAIN = N_("Copy it again from where it came from, or go back to the version before (`sunto adapters rollback`).")
_FEWER_STEPS = N_("Train it again with a lower learning rate or for fewer steps (the prudent preset does both).")
_LOOK_AT_EXAMPLES = N_(
    "Look at its examples (`sunto dataset review`): it writes what they showed it. Then train again."
)

_FAULTS: dict[str, tuple[str, str]] = {
    "no_effect": (N_("The adapter does nothing: with it, the model answers exactly as without."), _TRAIN_AGAIN),
    "not_a_number": (
        N_("The adapter holds values that are no numbers: the training lost its way, or the file is damaged."),
        _TRAIN_AGAIN,
    ),
    "broken_file": (N_("The adapter's file is damaged and cannot be read whole."), _COPY_AGAIN),
    "other_base": (
        N_("The adapter was made for another base model than this one, and means nothing to this one."),
        N_("Use it with the base model it was made for, or train it again on this one."),
    ),
    "other_template": (
        N_("The adapter was trained on conversations that were written in another form than this base model's."),
        N_("Use it with the base model it was made for: the form (the chat template) belongs to it."),
    ),
    "changed_since_saved": (
        N_("The adapter's weights are no longer those that were saved: somebody or something changed the file."),
        _COPY_AGAIN,
    ),
    "layers_swapped": (
        N_("Parts of the adapter are in each other's place: what belongs to one layer of the model is in another."),
        _COPY_AGAIN,
    ),
    "wrong_scaling": (
        N_("The adapter works with another strength (alpha divided by rank) than it was trained with."),
        N_("Set `lora_alpha` and `r` in adapter_config.json back to what they were, or copy the adapter again."),
    ),
    "never_ends": (
        N_("With the adapter, the model does not stop writing: it goes on until its room is used up."),
        N_("Train it again on examples that are whole; a summary that was cut short teaches not to end."),
    ),
    "repeats": (N_("With the adapter, the model says the same words again and again."), _FEWER_STEPS),
    "constant": (N_("With the adapter, the model writes the same answer to different documents."), _FEWER_STEPS),
    "empty": (N_("With the adapter, the model writes nothing."), _LOOK_AT_EXAMPLES),
    "wrong_language": (N_("With the adapter, the model answers in another language than asked."), _LOOK_AT_EXAMPLES),
    "trained_on_prompt": (
        N_("With the adapter, the model writes the request again instead of answering it."),
        N_("It was trained on the questions, too, not on the answers alone. Train it again with Sunto."),
    ),
    "copies": (N_("With the adapter, the model copies the document instead of summing it up."), _LOOK_AT_EXAMPLES),
    "forgets": (N_("The training cost the model a part of what it knew (see “Did it forget?”)."), _FEWER_STEPS),
    "worse_than_base": (
        N_("On the documents of the test, the adapter is worse than the base model without it."),
        N_("Do not use it: work with the base model, or train again on more or better examples."),
    ),
    "leaked": (
        N_("The adapter was trained on texts that it was to be tested with: figures about them would look too good."),
        N_("Keep the documents of the test out of the training: build the data set again (`sunto dataset build`)."),
    ),
}


def fault_words(fault: Fault) -> FaultWords:
    """A fault of a newer Sunto goes by its name."""
    found = _FAULTS.get(fault["name"])
    if found is None:
        return FaultWords(
            _("Something is wrong with the adapter: {name}.").format(name=one_line(fault["name"])), _(_TRAIN_AGAIN)
        )
    message, hint = found
    return FaultWords(" ".join(filter(None, (_(message), _more(fault)))), _(hint))


def _more(fault: Fault) -> str:
    """How often, or why, where that is known."""
    details = fault["details"]
    share, base_share = details.get("share"), details.get("base_share")
    if isinstance(share, int | float) and isinstance(base_share, int | float):
        return _("That is so in {share} of 100 texts; without the adapter, in {base_share}.").format(
            share=format_number(100 * share, 0), base_share=format_number(100 * base_share, 0)
        )
    if fault["name"] == "other_base" and details.get("made_for"):
        if details["made_for"] == details.get("here"):
            return _("It was made for another edition of {name}, with other weights.").format(
                name=one_line(str(details["made_for"]))
            )
        return _("It was made for {name}.").format(name=one_line(str(details["made_for"])))
    if fault["name"] == "leaked" and isinstance(details.get("examples"), int):
        return plural("{count} of them was left out.", "{count} of them were left out.", details["examples"])
    if fault["name"] == "broken_file" and details.get("reason"):
        return one_line(str(details["reason"]))
    return ""
