"""`Command`: what the command line knows of one command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.cli.parser import Parser


@dataclass(frozen=True)
class Command:
    name: str
    summary: str
    """One sentence, for the list of commands and the top of its own help."""
    request: str
    """Name of the protocol class it sends."""
    handler: str
    """`module:function`, imported when the command runs; takes (options, output), returns the exit code."""
    add_options: Callable[[Parser], None]
    usage: str
    """Its arguments, as help shows them."""
    least: int = 0
    """Arguments it must have."""
    most: int | None = 0
    """Arguments it may have; None is any number."""
    examples: tuple[str, ...] = ()
    more: str = ""
    """What else a person should know before running it."""
    also: tuple[str, ...] = ()
    """Names of protocol classes that it sends instead, where an option asks for them."""

    @property
    def requests(self) -> tuple[str, ...]:
        """All that it may send."""
        return (self.request, *self.also)
