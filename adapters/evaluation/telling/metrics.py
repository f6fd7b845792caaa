"""Metrics in the language of the interface, and how their numbers are written."""

from __future__ import annotations

import math
from dataclasses import replace

from adapters.evaluation.report import Interval
from adapters.evaluation.telling.metric_table import METRIC_WORDS, PERCENT, MetricWords
from assistant.i18n import _
from assistant.safe_text import one_line
from assistant.units import format_number

_READABLE = 1e6


def metric_words(key: str) -> MetricWords:
    """In the language of the interface. A metric that is not known here, of a newer report, goes by its key."""
    found = METRIC_WORDS.get(key)
    if found is None:
        return MetricWords(label=one_line(key), unit="", explanation=_("A figure of a newer Sunto."), better="neither")
    return replace(found, label=_(found.label), unit=_(found.unit), explanation=_(found.explanation))


def figure(key: str, value: float) -> str:
    """A value as it is read: `2.310` of the loss, `84 %` of the sentences."""
    return _written(metric_words(key), value, "")


def signed(key: str, value: float) -> str:
    """A difference, with its sign: `−0.261`, `+3.1`, `0.000`."""
    words = metric_words(key)
    nothing = abs(value) * words.scale < 0.5 * 10**-words.decimals
    return _written(words, abs(value), "" if nothing or math.isnan(value) else "+" if value > 0 else "−")


def amount(key: str, value: float) -> str:
    """The size of a difference with its unit: `0.261 nats a word piece`, `5 percentage points`."""
    words = metric_words(key)
    size = _number(abs(value) * words.scale, words.decimals)
    unit = _("percentage points") if words.unit == PERCENT else words.unit
    return f"{size} {unit}".rstrip()


def limits(key: str, interval: Interval, *, of_difference: bool = False) -> str:
    """`2.105 to 2.514`: where the true figure lies; empty where there are too few documents to say."""
    low, high = interval["low"], interval["high"]
    if low is None or high is None:
        return ""
    write = signed if of_difference else figure
    return _("{low} to {high}").format(low=write(key, low), high=write(key, high))


def _written(words: MetricWords, value: float, sign: str) -> str:
    number = sign + _number(value * words.scale, words.decimals)
    return f"{number} %" if words.unit == PERCENT else number


def _number(value: float, decimals: int) -> str:
    """Of a broken adapter, values may be no numbers, or too large to read."""
    if math.isnan(value):
        return _("no number")
    return _("over a million") if abs(value) > _READABLE else format_number(value, decimals)
