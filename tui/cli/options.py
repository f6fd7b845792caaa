"""The options of each command. One that is a setting takes its sentence, default and choices from `Settings`."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from typing import Any

from assistant.config import Settings
from assistant.i18n import _
from tui.cli.option_types import interface_language, natural, positive_integer, positive_number, share, style_name
from tui.cli.parser import Parser

_SETTINGS = {item.name: item for item in dataclasses.fields(Settings)}


def add_global_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("For every command"))
    group.add_argument("--lang", metavar="it|en", type=interface_language, help=_("Language of the interface."))
    group.add_argument("-q", "--quiet", action="store_true", help=_("Print errors and results only."))
    group.add_argument(
        "--debug", action="store_true", help=_("Show where an error came from, and what the libraries say.")
    )
    group.add_argument("--version", action="store_true", help=_("Print the version and leave."))
    group.add_argument("-h", "--help", action="store_true", help=_("Print this help and leave."))


def summary_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The summary"))
    _add_settings(group, "style", "bullets", "language", "unsupported", "extractive")
    _add_pages(group)
    _add_output(group)
    _add_model_options(parser)
    _add_format_options(parser)


def describe_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The description"))
    _add_settings(group, "language", "unsupported", "extractive")
    _add_pages(group)
    _add_output(group)
    _add_model_options(parser)
    _add_format_options(parser)


def ask_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The question"))
    group.add_argument("--question", metavar=_("TEXT"), help=_("What you want to know from the documents."))
    _add_settings(group, "language")
    _add_pages(group)
    _add_output(group)
    _add_model_options(parser)
    _add_format_options(parser)


def compare_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The comparison"))
    group.add_argument(
        "--adapters",
        metavar="A,B",
        help=_("The two adapters to compare; “base” is the model without one."),
    )
    group.add_argument("--question", metavar=_("TEXT"), help=_("Compare their answers to this question."))
    group.add_argument("--describe", action="store_true", help=_("Compare their descriptions."))
    group.add_argument(
        "--blind", action="store_true", help=_("Show them without their names, and tell which is which afterwards.")
    )
    _add_settings(group, "style", "bullets", "language")
    _add_pages(group)
    _add_output(group)
    _add_settings(parser.add_argument_group(_("The model")), "model", "device", "max_new_tokens", "temperature", "seed")
    _add_format_options(parser)


def chat_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The conversation"))
    _add_settings(group, "language")
    _add_pages(group)
    _add_model_options(parser)
    parser.add_argument_group(_("What is printed")).add_argument(
        "--json", action="store_true", help=_("Print each answer as one JSON object on a line.")
    )


def extract_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The document"))
    _add_pages(group)
    group.add_argument(
        "--sections", action="store_true", help=_("List the chapters and how the pages were read, without the text.")
    )
    _add_format_options(parser)


def plain_options(parser: Parser) -> None:
    _add_format_options(parser)


def remove_options(parser: Parser) -> None:
    _add_yes(parser.add_argument_group(_("The question")))
    _add_format_options(parser)


def library_list_options(parser: Parser) -> None:
    _add_subject(parser.add_argument_group(_("The documents")), _("Only the documents of this subject."))
    _add_format_options(parser)


def library_add_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The documents"))
    _add_subject(group, _("File them under this subject; it is made where there is none of that name."))
    group.add_argument(
        "--password",
        metavar=_("TEXT"),
        default="",
        help=_("Password of the locked ones. Their text is then kept without it."),
    )
    _add_format_options(parser)


def library_remove_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The documents"))
    _add_subject(group, _("The whole subject, instead of names."))
    _add_yes(group)
    _add_format_options(parser)


def library_move_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The documents"))
    group.add_argument("--subject", metavar=_("NAME"), help=_('Where to file them; "" is under no subject.'))
    _add_format_options(parser)


def library_subject_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The subject"))
    group.add_argument(
        "--adapter",
        metavar=_("NAME|none"),
        help=_("The adapter that answers about its documents; “none” takes it away."),
    )
    _add_format_options(parser)


def library_search_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The search"))
    _add_subject(group, _("Only in the documents of this subject."))
    group.add_argument(
        "--limit",
        metavar="N",
        type=positive_integer("--limit"),
        default=10,
        help=_sentence(_("How many passages to show at most."), 10),
    )
    _add_format_options(parser)


def library_clean_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("What goes"))
    group.add_argument(
        "--days",
        metavar="N",
        type=natural("--days"),
        default=90,
        help=_sentence(_("Finished work that was not used for so many days."), 90),
    )
    group.add_argument("--missing", action="store_true", help=_("Also documents whose files are gone."))
    _add_yes(group)
    _add_format_options(parser)


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
        help=_setting_sentence("model"),
    )
    group.add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_("Replace an adapter of that name without asking."),
    )
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
            flag, metavar=metavar, type=kind(flag), default=default, help=_sentence(sentence, default)
        )
    _add_settings(training, "device")
    _add_format_options(parser)


def setting_overrides(options: Namespace) -> dict[str, object]:
    """The settings that were given as options, as they were typed; `load_settings` checks them."""
    return {name: value for name in _SETTINGS if (value := getattr(options, name, None)) is not None}


def _add_pages(group: Any) -> None:
    group.add_argument("--pages", metavar="3-9,12", default="", help=_("Read only these pages (default: all)."))
    group.add_argument(
        "--chapters",
        metavar="2,4-5",
        default="",
        help=_("Read only these chapters, by number or words of the title; `sunto extract --sections` lists them."),
    )
    group.add_argument("--password", metavar=_("TEXT"), default="", help=_("Password of an encrypted document."))
    _add_settings(group, "ocr")


def _add_model_options(parser: Parser) -> None:
    _add_settings(
        parser.add_argument_group(_("The model")),
        *("model", "adapter", "device", "max_new_tokens", "temperature", "seed"),
    )


def _add_format_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("What is printed"))
    group.add_argument("--json", action="store_true", help=_("Print the result as one JSON object."))
    group.add_argument(
        "--events", action="store_true", help=_("Print one JSON event a line, as they come; the last has the result.")
    )


def _add_subject(group: Any, sentence: str) -> None:
    group.add_argument("--subject", metavar=_("NAME"), default="", help=sentence)


def _add_output(group: Any) -> None:
    group.add_argument(
        "--output",
        metavar=_("FILE"),
        help=_(
            "Also write it to this file, as its name says: .md, .docx, .pdf, .html, .txt, .json, or .tsv for Anki; one "
            "that exists is replaced only after asking."
        ),
    )
    _add_yes(group)


def _add_yes(group: Any) -> None:
    group.add_argument("--yes", action="store_true", help=_("Answer every question with yes."))


def _add_settings(group: Any, *names: str) -> None:
    """The value stays text here: `load_settings` converts and checks it, as it does for the settings file."""
    for name in names:
        item = _SETTINGS[name]
        choices: tuple[str, ...] = item.metadata["choices"]
        metavar = "|".join(choices) or _metavar(item.default)
        group.add_argument(
            "--" + name.replace("_", "-"),
            metavar=metavar,
            type=style_name if name == "style" else str,
            help=_setting_sentence(name),
        )


def _metavar(default: object) -> str:
    if isinstance(default, int):
        return "N"
    return _("NUMBER") if isinstance(default, float) else _("NAME")


def _setting_sentence(name: str) -> str:
    item = _SETTINGS[name]
    sentence: str = item.metadata["sentence"]
    return _sentence(_(sentence), item.default)


def _sentence(sentence: str, default: object) -> str:
    """The sentence with its default, per cent signs doubled as argparse wants them."""
    text = _("{sentence} (default: {default})").format(sentence=sentence.removesuffix("."), default=default)
    return text.replace("%", "%%") + "."
