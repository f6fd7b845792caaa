"""The options of each command. One that is a setting takes its sentence, default and choices from `Settings`."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from typing import Any

from assistant.config import Settings
from assistant.i18n import _
from tui.cli.option_types import interface_language, natural, positive_integer, style_name
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
    add_settings(group, "style", "bullets", "language", "unsupported", "extractive")
    _add_pages(group)
    _add_output(group)
    _add_model_options(parser)
    add_format_options(parser)


def describe_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The description"))
    add_settings(group, "language", "unsupported", "extractive")
    _add_pages(group)
    _add_output(group)
    _add_model_options(parser)
    add_format_options(parser)


def ask_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The question"))
    group.add_argument("--question", metavar=_("TEXT"), help=_("What you want to know from the documents."))
    add_settings(group, "language")
    _add_pages(group)
    _add_output(group)
    _add_model_options(parser)
    add_format_options(parser)


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
    add_settings(group, "style", "bullets", "language")
    _add_pages(group)
    _add_output(group)
    add_settings(parser.add_argument_group(_("The model")), "model", "device", "max_new_tokens", "temperature", "seed")
    add_format_options(parser)


def chat_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The conversation"))
    add_settings(group, "language")
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
    add_format_options(parser)


def plain_options(parser: Parser) -> None:
    add_format_options(parser)


def remove_options(parser: Parser) -> None:
    add_yes(parser.add_argument_group(_("The question")))
    add_format_options(parser)


def library_list_options(parser: Parser) -> None:
    add_subject(parser.add_argument_group(_("The documents")), _("Only the documents of this subject."))
    add_format_options(parser)


def library_add_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The documents"))
    add_subject(group, _("File them under this subject; it is made where there is none of that name."))
    group.add_argument(
        "--password",
        metavar=_("TEXT"),
        default="",
        help=_("Password of the locked ones. Their text is then kept without it."),
    )
    add_format_options(parser)


def library_remove_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The documents"))
    add_subject(group, _("The whole subject, instead of names."))
    add_yes(group)
    add_format_options(parser)


def library_move_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The documents"))
    group.add_argument("--subject", metavar=_("NAME"), help=_('Where to file them; "" is under no subject.'))
    add_format_options(parser)


def library_subject_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The subject"))
    group.add_argument(
        "--adapter",
        metavar=_("NAME|none"),
        help=_("The adapter that answers about its documents; “none” takes it away."),
    )
    add_format_options(parser)


def library_search_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The search"))
    add_subject(group, _("Only in the documents of this subject."))
    group.add_argument(
        "--limit",
        metavar="N",
        type=positive_integer("--limit"),
        default=10,
        help=with_default(_("How many passages to show at most."), 10),
    )
    add_format_options(parser)


def library_clean_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("What goes"))
    group.add_argument(
        "--days",
        metavar="N",
        type=natural("--days"),
        default=90,
        help=with_default(_("Finished work that was not used for so many days."), 90),
    )
    group.add_argument("--missing", action="store_true", help=_("Also documents whose files are gone."))
    add_yes(group)
    add_format_options(parser)


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
    add_settings(group, "ocr")


def _add_model_options(parser: Parser) -> None:
    add_settings(
        parser.add_argument_group(_("The model")),
        *("model", "adapter", "device", "max_new_tokens", "temperature", "seed"),
    )


def add_format_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("What is printed"))
    group.add_argument("--json", action="store_true", help=_("Print the result as one JSON object."))
    group.add_argument(
        "--events", action="store_true", help=_("Print one JSON event a line, as they come; the last has the result.")
    )


def add_subject(group: Any, sentence: str) -> None:
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
    add_yes(group)


def add_yes(group: Any) -> None:
    group.add_argument("--yes", action="store_true", help=_("Answer every question with yes."))


def add_settings(group: Any, *names: str) -> None:
    """The value stays text here: `load_settings` converts and checks it, as it does for the settings file."""
    for name in names:
        item = _SETTINGS[name]
        choices: tuple[str, ...] = item.metadata["choices"]
        metavar = "|".join(choices) or _metavar(item.default)
        group.add_argument(
            "--" + name.replace("_", "-"),
            metavar=metavar,
            type=style_name if name == "style" else str,
            help=setting_sentence(name),
        )


def _metavar(default: object) -> str:
    if isinstance(default, int):
        return "N"
    return _("NUMBER") if isinstance(default, float) else _("NAME")


def setting_sentence(name: str) -> str:
    item = _SETTINGS[name]
    sentence: str = item.metadata["sentence"]
    return with_default(_(sentence), item.default)


def with_default(sentence: str, default: object) -> str:
    """The sentence with its default, per cent signs doubled as argparse wants them."""
    text = _("{sentence} (default: {default})").format(sentence=sentence.removesuffix("."), default=default)
    return text.replace("%", "%%") + "."
