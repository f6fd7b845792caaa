"""The names of what can be wrong with an adapter. Their words are in `adapters.evaluation.telling.faults`."""

from __future__ import annotations

from typing import Any, Final, Literal

from adapters.evaluation.report import Fault

Level = Literal["warning", "error"]

LEVELS: Final[dict[str, Level]] = {
    # Its files
    "not_a_number": "error",
    "broken_file": "error",
    "other_base": "error",
    "other_template": "error",
    "layers_swapped": "error",
    "wrong_scaling": "error",
    "changed_since_saved": "error",
    "no_effect": "error",
    # What it was trained on
    "trained_on_prompt": "error",
    "leaked": "warning",
    # What it writes
    "empty": "error",
    "constant": "error",
    "never_ends": "error",
    "wrong_language": "error",
    "repeats": "warning",
    "copies": "warning",
    # What it costs
    "worse_than_base": "warning",
    "forgets": "warning",
}
"""By name, in the order in which they are told. With an error the adapter is broken, whatever its figures say; a
warning is something to know."""


def fault(name: str, level: Level | None = None, **details: Any) -> Fault:
    """`level` where it is another one than usual. Raises KeyError for a name that is none."""
    return Fault(name=name, level=level or LEVELS[name], details=details)
