"""A picture made ready for a terminal. Takes a moment for a large one: for a thread."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.pictures import kitty
from tui.pictures.blocks import block_strips
from tui.pictures.sixel import sixels
from tui.pictures.terminal import Terminal

if TYPE_CHECKING:
    from assistant.documents.pdf.picture import PagePicture

_numbers = count(os.getpid() % 0xFFFF + 1)
"""Of pictures given to the terminal, where those of other programs have theirs."""


@dataclass(frozen=True)
class ReadyPicture:
    strips: list[Strip] = field(default_factory=list[Strip])
    """What stands in its cells."""
    sixels: str = ""
    """What draws it over them; empty for another way."""
    number: int = 0
    """Under which a terminal keeps it; 0 for another way."""
    sent: str = field(default="", repr=False)
    """What gives it to that terminal."""


def make_ready(picture: PagePicture, terminal: Terminal) -> ReadyPicture:
    width, height, pixels = picture.width, picture.height, picture.pixels
    if terminal.way == "blocks":
        return ReadyPicture(block_strips(width, height, pixels))
    if terminal.way == "sixel":
        return ReadyPicture(sixels=sixels(width, height, pixels))
    columns, rows = -(-width // terminal.cell[0]), -(-height // terminal.cell[1])
    number = next(_numbers)
    sent = "".join(kitty.sent(number, width, height, pixels, columns, rows))
    return ReadyPicture(kitty.placeholder_strips(number, columns, rows), number=number, sent=sent)
