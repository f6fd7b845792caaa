"""What a text says of the document's own sentences in it, in its own language."""

from __future__ import annotations

from assistant.i18n import N_, say_in

_OWN = N_("From the document's own sentences, not written by the model:")
_PARTLY = N_("Where the model wrote nothing usable, this text was made from the document's own sentences.")


def own_label(language: str) -> str:
    """Stands in front of them."""
    return f"*{say_in(language or 'en', _OWN)}*"


def partly_label(language: str) -> str:
    """Stands behind a text that the model wrote from them, among others."""
    return f"*{say_in(language or 'en', _PARTLY)}*"
