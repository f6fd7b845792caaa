"""The options of the command that says what an adapter is worth."""

from __future__ import annotations

import dataclasses
from typing import Any

from assistant.i18n import _
from assistant.protocol import Evaluate, ListBlindPairs
from tui.cli.option_types import natural, positive_integer
from tui.cli.options import add_format_options, add_settings, add_yes, with_default
from tui.cli.parser import Parser

_DEFAULTS: dict[str, Any] = {item.name: item.default for item in dataclasses.fields(Evaluate)}
_PAIRS: Any = next(item.default for item in dataclasses.fields(ListBlindPairs) if item.name == "count")

MEASURING: dict[str, Any] = {
    name: _DEFAULTS[name] for name in ("data", "texts", "earlier", "judge", "stemming", "forgetting")
} | {"device": None}
BLIND: dict[str, Any] = {"against": "base", "pairs": _PAIRS, "restart": False}
PAGE: dict[str, Any] = {"html": ""}
"""What each option is where nobody gave it, by what it is for."""


def evaluate_options(parser: Parser) -> None:
    _add_measuring(parser.add_argument_group(_("What is measured")))
    _add_report(parser.add_argument_group(_("The report")))
    _add_blind(parser.add_argument_group(_("The blind comparison")))
    add_format_options(parser)


def _add_measuring(group: Any) -> None:
    group.add_argument(
        "--data",
        metavar=_("DATA"),
        default="",
        help=_("A data set, a folder or a file of examples to test with (default: what was kept out of its training)."),
    )
    for flag, default, sentence in (
        ("--texts", _DEFAULTS["texts"], _("For so many examples, at most, texts are written; 0 writes none.")),
        ("--earlier", _DEFAULTS["earlier"], _("So many earlier versions are measured, too.")),
    ):
        group.add_argument(flag, metavar="N", type=natural(flag), default=default, help=with_default(sentence, default))
    group.add_argument(
        "--judge",
        action="store_true",
        help=_("Let the base model choose between two texts, too; that is a hint, and no more."),
    )
    group.add_argument(
        "--stemming",
        action="store_true",
        help=_("Compare words by their stems (Snowball): “cells” counts as “cell”. In Italian and English."),
    )
    group.add_argument(
        "--no-forgetting",
        dest="forgetting",
        action="store_false",
        help=_("Do not look at what the model knew before."),
    )
    add_settings(group, "device")


def _add_report(group: Any) -> None:
    group.add_argument("--show", action="store_true", help=_("Show the report that was made before; measure nothing."))
    group.add_argument("--explain", action="store_true", help=_("Say with each number what it is."))
    group.add_argument(
        "--html",
        metavar=_("FILE"),
        default="",
        help=_("Also write it to this file, as a page for the browser, or for programs where its name ends in .json."),
    )
    add_yes(group)


def _add_blind(group: Any) -> None:
    group.add_argument(
        "--blind",
        action="store_true",
        help=_("Choose between the texts of the last report, two at a time, without knowing whose they are."),
    )
    group.add_argument(
        "--against",
        metavar="base|examples|N",
        default=BLIND["against"],
        help=with_default(
            _("Whose texts stand beside the adapter's: the base's, with two examples, or those of version N."), "base"
        ),
    )
    group.add_argument(
        "--pairs",
        metavar="N",
        type=positive_integer("--pairs"),
        default=_PAIRS,
        help=with_default(_("How many pairs a new comparison has, at most."), _PAIRS),
    )
    group.add_argument("--restart", action="store_true", help=_("Forget what was chosen before, and begin anew."))
    group.add_argument(
        "--choose",
        metavar=(_("PAIR"), "1|2|same|undo"),
        nargs=2,
        action="append",
        default=[],
        help=_("Decide a pair, in a script; “--blind --json” lists them."),
    )
