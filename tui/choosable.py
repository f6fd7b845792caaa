"""One of several things to choose from, as a list shows it."""

from __future__ import annotations

from typing import NamedTuple


class Choosable(NamedTuple):
    value: str
    label: str
    note: str = ""
    """Said beside it, dim."""
    mark: str = " "
    """Before it, one column."""
