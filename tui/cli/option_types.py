"""What the values of options are made of: numbers within bounds, languages, styles. Each raises ConfigError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.errors import ConfigError
from assistant.i18n import _

TOO_LARGE = 2**63
"""For SQLite and torch, which count in 64 bits."""


def interface_language(text: str) -> str:
    if text not in ("it", "en"):
        raise ConfigError(
            _("Sunto does not speak “{language}”.").format(language=text), _("Choose --lang it or --lang en.")
        )
    return text


def style_name(text: str) -> str:
    """The style of that name, or that an Italian or English word stands for."""
    from assistant.summaries.styles import find_style  # deferred: only where a style is named

    return find_style(text).name


# argparse does not tell a type which option it converts for, so each is made for its option.


def positive_integer(flag: str) -> Callable[[str], int]:
    return _number(flag, int, lambda value: 0 < value < TOO_LARGE, _("a whole number above 0"))


def natural(flag: str) -> Callable[[str], int]:
    return _number(flag, int, lambda value: 0 <= value < TOO_LARGE, _("a whole number, 0 or more"))


def positive_number(flag: str) -> Callable[[str], float]:
    return _number(flag, float, lambda value: 0 < value < float("inf"), _("a number above 0"))


def share(flag: str) -> Callable[[str], float]:
    return _number(flag, float, lambda value: 0 <= value < 1, _("a number from 0 to below 1"))


def _number(flag: str, kind: Any, holds: Callable[[Any], bool], wanted: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not holds(value):
            raise ConfigError(
                _("The option {option} cannot be “{value}”.").format(option=flag, value=text),
                _("It takes {wanted}; leave it out for the default.").format(wanted=wanted),
            )
        return value

    return convert
