"""The options of the commands about adapters."""

from __future__ import annotations

from assistant.i18n import _
from tui.cli.options import (
    add_format_options,
    add_subject,
    add_yes,
)
from tui.cli.parser import Parser


def import_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The adapter"))
    group.add_argument(
        "--name", metavar=_("NAME"), default="", help=_("What to call the adapter (default: as its file is called).")
    )
    group.add_argument(
        "--base",
        "--model",
        dest="base",
        metavar=_("NAME"),
        default="",
        help=_("The base model it was made for, where its files do not say."),
    )
    group.add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_("Take the place of an adapter of that name without asking; the old one is kept as an earlier version."),
    )
    add_subject(group, _("Answer with it about the documents of this subject from now on."))
    add_format_options(parser)


def export_options(parser: Parser) -> None:
    parser.add_argument_group(_("The files")).add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_("Replace files of the same names without asking."),
    )
    add_format_options(parser)


def remove_options(parser: Parser) -> None:
    add_yes(parser.add_argument_group(_("The question")))
    add_format_options(parser)
