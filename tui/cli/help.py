"""The help texts, written from the table of commands."""

from __future__ import annotations

import textwrap

from assistant.i18n import _
from tui.cli.options import add_global_options
from tui.cli.parser import Parser, help_columns
from tui.cli.table import Command, command_groups

_NAME_COLUMNS = 18
"""`adapters rollback`, the longest, and a space."""


def program_parser() -> Parser:
    """For the bare program: global options, and help that lists every command."""
    parser = Parser(
        prog="sunto",
        usage=_("[COMMAND] [options]"),
        description=_(
            "Sunto reads your notes and PDFs with a language model on this machine: summaries and answers with "
            "the pages they come from, and adapters trained on your own subjects. Without a command it opens the app."
        ),
        epilog=_examples(
            (
                "sunto",
                "sunto summarize lecture.pdf",
                'sunto ask lecture.pdf --question "What is a derivative?"',
                "sunto train pairs.jsonl --name biology",
            ),
            _("`sunto COMMAND --help` says what a command takes."),
        ),
    )
    for title, commands in command_groups():
        parser.add_argument_group(title, _rows(commands))
    add_global_options(parser)
    return parser


def family_parser(family: str) -> Parser:
    """For `sunto adapters --help`: the commands that begin with the word."""
    parser = Parser(
        prog=f"sunto {family}",
        usage=_("COMMAND [options]"),
        description="",
        epilog=_examples((), _("`sunto {family} COMMAND --help` says what a command takes.").format(family=family)),
    )
    parser.add_argument_group(_("Commands"), _rows(_members(family)))
    add_global_options(parser)
    return parser


def command_parser(command: Command) -> Parser:
    parser = Parser(
        prog=f"sunto {command.name}",
        usage=command.usage,
        description=" ".join(filter(None, (command.summary, command.more))),
        epilog=_examples(command.examples),
    )
    if members := _members(command.name):
        parser.add_argument_group(_("Commands"), _rows(members))
    command.add_options(parser)
    add_global_options(parser)
    return parser


def _members(family: str) -> list[Command]:
    return [command for _title, group in command_groups() for command in group if _family(command) == family]


def _family(command: Command) -> str:
    first, _space, verb = command.name.partition(" ")
    return first if verb else ""


def _rows(commands: list[Command]) -> str:
    """One row each, its sentence wrapped beneath itself."""
    indent = " " * _NAME_COLUMNS
    return "\n".join(
        textwrap.fill(f"{command.name:<{_NAME_COLUMNS}}{command.summary}", help_columns() - 2, subsequent_indent=indent)
        for command in commands
    )


def _examples(lines: tuple[str, ...], closing: str = "") -> str:
    text = "\n".join([_("Examples:"), *(f"  {line}" for line in lines)]) if lines else ""
    return "\n\n".join(filter(None, (text, closing)))
