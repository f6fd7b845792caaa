"""The options of the commands that train."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from typing import Any

from adapters.training.settings import PRESETS
from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.protocol import Train
from assistant.units import plain_number
from tui.cli.option_types import natural, positive_integer, positive_number, share
from tui.cli.options import add_format_options, add_settings, add_subject, add_yes, setting_sentence, with_default
from tui.cli.parser import Parser

KINDS = ("lora", "alora")
_DEFAULTS: dict[str, Any] = {item.name: item.default for item in dataclasses.fields(Train)}


def train_options(parser: Parser) -> None:
    _add_adapter(parser.add_argument_group(_("The adapter")))
    _add_settings(parser.add_argument_group(_("The training")))
    _add_trials(parser.add_argument_group(_("Before it")))
    add_format_options(parser)


def remove_run_options(parser: Parser) -> None:
    add_yes(parser.add_argument_group(_("The question")))
    add_format_options(parser)


def learning_rate(options: Namespace) -> float:
    """As a preset or a number says. Raises ConfigError for both at once."""
    if options.preset and options.learning_rate:
        raise ConfigError(
            _("--preset and --learning-rate say the same thing."), _("Give one of them: a preset is a learning rate.")
        )
    return PRESETS[options.preset] if options.preset else options.learning_rate or _DEFAULTS["learning_rate"]


def _add_adapter(group: Any) -> None:
    group.add_argument("--name", metavar=_("NAME"), help=_("What to call the adapter."))
    group.add_argument("--base", "--model", dest="model", metavar=_("NAME"), help=setting_sentence("model"))
    group.add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_(
            "Take the place of an adapter of that name without asking, and begin an unfinished training of that name "
            "anew; the old adapter is kept as an earlier version."
        ),
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help=_("Go on with the unfinished training of this name; its own data and settings count."),
    )
    group.add_argument(
        "--no-report",
        dest="evaluate",
        action="store_false",
        help=_("Do not measure it afterwards; sunto evaluate NAME does so at any time."),
    )
    add_subject(group, _("Answer with it about the documents of this subject from now on."))


def _add_settings(group: Any) -> None:
    group.add_argument(
        "--preset",
        metavar="|".join(PRESETS),
        type=_one_of("--preset", tuple(PRESETS)),
        help=_("How boldly to learn: {rates}.").format(
            rates=", ".join(f"{name} {plain_number(rate)}" for name, rate in PRESETS.items())
        ),
    )
    rate = plain_number(_DEFAULTS["learning_rate"])
    group.add_argument(
        "--learning-rate",
        metavar=_("NUMBER"),
        type=positive_number("--learning-rate"),
        help=with_default(_("How far each step moves the adapter; small keeps what the model knows."), rate),
    )
    group.add_argument(
        "--kind",
        metavar="|".join(KINDS),
        type=_one_of("--kind", KINDS),
        default=_DEFAULTS["kind"],
        help=with_default(
            _("When the adapter speaks: lora, while it reads and writes; alora, only while it writes."),
            _DEFAULTS["kind"],
        ),
    )
    for flag, metavar, kind, sentence in _numbers():
        default = _DEFAULTS[flag.removeprefix("--").replace("-", "_")]
        group.add_argument(
            flag, metavar=metavar, type=kind(flag), default=default, help=with_default(sentence, default)
        )
    group.add_argument("--few", action="store_true", help=_("Train even where examples in the prompt would do better."))
    add_settings(group, "device")


def _numbers() -> tuple[tuple[str, str, Any, str], ...]:
    return (
        ("--epochs", "N", positive_integer, _("How many times to go through all examples.")),
        ("--max-steps", "N", natural, _("Stop after this many steps; 0 is no limit.")),
        ("--batch-size", "N", positive_integer, _("Examples that each step learns from.")),
        (
            "--max-tokens",
            "N",
            natural,
            _("Length of one example; a longer one loses the end of its text. 0 leaves it to the device."),
        ),
        (
            "--patience",
            "N",
            natural,
            _("So many looks at documents it was not trained on without getting better end it; 0 never does."),
        ),
        ("--r", "N", positive_integer, _("Rank: how much the adapter can hold, and how big it is.")),
        ("--lora-alpha", "N", positive_integer, _("How strongly the adapter speaks; usually twice the rank.")),
        (
            "--lora-dropout",
            _("NUMBER"),
            share,
            _("Share of the adapter left out at random in each step, so that it does not learn by heart."),
        ),
        ("--seed", "N", natural, _("Start of the random numbers, for a training that can be repeated.")),
    )


def _add_trials(group: Any) -> None:
    group.add_argument(
        "--check",
        action="store_true",
        help=_("Only say whether it fits into memory and how long it would take; two steps are tried."),
    )
    group.add_argument(
        "--find-rate",
        action="store_true",
        help=_("Only try three learning rates, 60 steps each from the same start, and show how they do."),
    )


def _one_of(flag: str, choices: tuple[str, ...]) -> Any:
    def convert(text: str) -> str:
        if text not in choices:
            raise ConfigError(
                _("The option {option} cannot be “{value}”.").format(option=flag, value=text),
                _("Choose one of: {choices}.").format(choices=", ".join(choices)),
            )
        return text

    return convert
