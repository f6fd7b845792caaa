"""Words cut or filled to a width, as columns of a list need them. Pure."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def cell(text: str, width: int) -> str:
    """Cut with an ellipsis, or filled up, to just that width."""
    if cell_len(text) > width:
        return set_cell_size(set_cell_size(text, max(0, width - 1)).rstrip() + "…", width)
    return set_cell_size(text, width)
