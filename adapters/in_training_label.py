"""What an adapter is called while it is trained; apart from what lends the model, which the app must not import."""

from __future__ import annotations

from assistant.i18n import _


def label_of(name: str) -> str:
    """What the adapter of that name is called, and can be asked for by, while it is trained."""
    return _("{name} (in training)").format(name=name)
