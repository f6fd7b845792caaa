"""The options of the commands about adapters."""

from __future__ import annotations

import dataclasses

from assistant.i18n import _
from tui.cli.option_types import natural, positive_integer, positive_number, share
from tui.cli.options import (
    add_format_options,
    add_settings,
    add_subject,
    add_yes,
    setting_sentence,
    with_default,
)
from tui.cli.parser import Parser


def train_options(parser: Parser) -> None:
    from assistant.protocol import Train

    defaults = {item.name: item.default for item in dataclasses.fields(Train)}
    group = parser.add_argument_group(_("The adapter"))
    group.add_argument("--name", metavar=_("NAME"), help=_("What to call the adapter."))
    group.add_argument(
        "--base",
        "--model",
        dest="model",
        metavar=_("NAME"),
        help=setting_sentence("model"),
    )
    group.add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_("Take the place of an adapter of that name without asking; the old one is kept as an earlier version."),
    )
    add_subject(group, _("Answer with it about the documents of this subject from now on."))
    training = parser.add_argument_group(_("The training"))
    for flag, metavar, kind, sentence in (
        (
            "--learning-rate",
            _("NUMBER"),
            positive_number,
            _("How far each step moves the adapter; small keeps what the model knows."),
        ),
        ("--epochs", "N", positive_integer, _("How many times to go through all examples.")),
        ("--max-steps", "N", natural, _("Stop after this many steps; 0 is no limit.")),
        ("--batch-size", "N", positive_integer, _("Examples that each step learns from.")),
        ("--r", "N", positive_integer, _("Rank: how much the adapter can hold, and how big it is.")),
        (
            "--lora-alpha",
            "N",
            positive_integer,
            _("How strongly the adapter speaks; usually twice the rank."),
        ),
        (
            "--lora-dropout",
            _("NUMBER"),
            share,
            _("Share of the adapter left out at random in each step, so that it does not learn by heart."),
        ),
        ("--seed", "N", natural, _("Start of the random numbers, for a training that can be repeated.")),
    ):
        default = defaults[flag.removeprefix("--").replace("-", "_")]
        training.add_argument(
            flag, metavar=metavar, type=kind(flag), default=default, help=with_default(sentence, default)
        )
    add_settings(training, "device")
    add_format_options(parser)


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
