"""Short words for lists, beside the sentences of `adapters.evaluation.telling`. Pure."""

from __future__ import annotations

from adapters.evaluation.report import EXAMPLES
from adapters.evaluation.telling import system_name
from assistant.i18n import _

VERDICT_MARKS = {"better": "▲", "worse": "▼", "no_difference": "=", "not_judged": "?"}
CHECK_MARKS = {True: "✔", False: "✖", None: "?"}
FAULT_MARKS = {"warning": "⚠", "error": "✖"}


def beside(system: str) -> str:
    """What the adapter is held against, in so few words that a narrow list shows those that tell systems apart."""
    if system == EXAMPLES:
        return _("beside two examples")
    return _("beside: {system}").format(system=system_name(system))


def worth_word(answer: str) -> str:
    """What a report answers (`telling.answer`) in a word or two, for the table of adapters."""
    return {
        "worth_it": _("worth it"),
        "hardly": _("hardly better"),
        "at_a_price": _("at a price"),
        "examples_do_as_well": _("as two examples"),
        "no_difference": _("no difference"),
        "worse": _("worse"),
        "broken": _("broken"),
        "not_judged": _("not judged"),
    }.get(answer, "–")
