"""What is said when a stranger's files cannot be used."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import AdapterCorruptError, AdapterError, AdapterNotFoundError
from assistant.i18n import _
from assistant.safe_text import one_line

_SHOWN_CHARACTERS = 120


def shown(value: object) -> str:
    """A stranger's value as it can stand in a sentence: one line, harmless, bounded."""
    # Cut before and after: cleaning takes time in proportion, and a number may have thousands of digits.
    text = value if isinstance(value, str) else _number_or_text(value)
    text = one_line(text[: 4 * _SHOWN_CHARACTERS])
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def shown_path(path: Path) -> str:
    """In full, since it must be found again; but a downloaded file's name is a stranger's as well."""
    return one_line(str(path))


def _number_or_text(value: object) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):  # an integer of more digits than Python writes; nested without end
        return "…"


def damaged(name: str, reason: str) -> AdapterCorruptError:
    return AdapterCorruptError(
        _("The adapter file {path} is damaged: {reason}.").format(path=shown(name), reason=reason.rstrip(".")),
        _("Copy the adapter again from where it came from."),
    )


def unreadable(path: Path, error: OSError) -> AdapterError:
    return AdapterError(
        _("{path} cannot be read: {reason}.").format(path=shown_path(path), reason=error.strerror or shown(error)),
        _("Check that it is there and that you may open it."),
    )


def too_large(name: str) -> AdapterError:
    return AdapterError(
        _("{path} is far too large for an adapter's file.").format(path=shown(name)),
        _("Make sure that it is an adapter and not a whole model."),
    )


def not_found(path: Path, reason: str, hint: str = "") -> AdapterNotFoundError:
    return AdapterNotFoundError(
        _("There is no adapter in {path}: {reason}.").format(path=shown_path(path), reason=reason),
        hint
        or _("Give the folder or the .zip that holds adapter_config.json and adapter_model.safetensors side by side."),
    )


def pickled(name: str) -> AdapterError:
    """torch.save's files are programs: opening one can run anything."""
    return AdapterError(
        _("{path} is not read, because opening a file of this kind can start a program hidden in it.").format(
            path=shown(name)
        ),
        _(
            'Ask its maker for adapter_model.safetensors, or convert it yourself: python -c "import torch, '
            "safetensors.torch as s; s.save_file(torch.load('adapter_model.bin', weights_only=True), "
            "'adapter_model.safetensors')\""
        ),
    )


def ordinary_hint() -> str:
    return _("Ask its maker for an ordinary LoRA, trained without these.")
