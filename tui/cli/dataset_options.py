"""The options of the commands about data sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.errors import ConfigError
from assistant.i18n import _
from tui.cli.option_types import natural, positive_integer
from tui.cli.options import add_format_options, add_settings, add_yes, with_default
from tui.cli.parser import Parser

BUILDABLE_COLUMNS = ("text", "target", "task")


def build_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The data set"))
    group.add_argument(
        "--name",
        metavar=_("NAME"),
        default="",
        help=_("What to call it (default: as the folder or the file is called)."),
    )
    group.add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_("Build again the one of that name; what you said in its review stays."),
    )
    sources = parser.add_argument_group(_("The examples"))
    sources.add_argument(
        "--tiers",
        metavar="ABC",
        type=str.upper,
        default="AB",
        help=with_default(
            _(
                "Where summaries come from: A written by people, B taken from the documents, C written by the base "
                "model."
            ),
            "AB",
        ),
    )
    sources.add_argument(
        "--column",
        metavar=_("text=COLUMN"),
        dest="columns",
        type=_column,
        action="append",
        default=[],
        help=_("Which column of a table holds the text, the target (its summary) or the task; may be repeated."),
    )
    sources.add_argument(
        "--language",
        dest="spoken",
        metavar="it|en",
        default="",
        help=_("Only examples in this language (default: all)."),
    )
    sources.add_argument(
        "--candidates",
        metavar="N",
        type=positive_integer("--candidates"),
        default=3,
        help=with_default(_("For C: how many the model writes of each text; the one most like the others is kept."), 3),
    )
    sources.add_argument("--password", metavar=_("TEXT"), default="", help=_("Password of the locked documents."))
    add_settings(parser.add_argument_group(_("The model, for C alone")), "model", "device", "seed")
    add_format_options(parser)


def show_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("Which examples"))
    _add_filters(group)
    group.add_argument(
        "--offset", metavar="N", type=natural("--offset"), default=0, help=_("Leave out so many at the beginning.")
    )
    group.add_argument(
        "--limit",
        metavar="N",
        type=positive_integer("--limit"),
        default=20,
        help=with_default(_("How many to show at most."), 20),
    )
    group.add_argument("--whole", action="store_true", help=_("With all of their texts."))
    add_format_options(parser)


def review_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("Which examples"))
    _add_filters(group, status="pending")
    scripted = parser.add_argument_group(_("Without questions"))
    ids = _("ID,ID…")
    _add_ids(scripted, "--accept", ids, _ids, _("Accept these examples; `sunto dataset show` lists their ids."))
    _add_ids(scripted, "--reject", ids, _ids, _("Reject these."))
    _add_ids(scripted, "--undo", ids, _ids, _("Forget what was said of these."))
    _add_ids(scripted, "--edit", _("ID=TEXT"), _edit, _("Give this example a new target."))
    add_format_options(parser)


def export_options(parser: Parser) -> None:
    group = parser.add_argument_group(_("The file"))
    group.add_argument(
        "--format",
        metavar=_("FORMAT"),
        default="",
        help=_(
            "jsonl (all that is known), messages, sharegpt, alpaca, prompt_completion, document_summary, csv or tsv "
            "(default: as the file's name says, else jsonl)."
        ),
    )
    group.add_argument(
        "--overwrite",
        "--yes",
        dest="yes",
        action="store_true",
        help=_("Replace a file of the same name without asking."),
    )
    add_format_options(parser)


def remove_options(parser: Parser) -> None:
    add_yes(parser.add_argument_group(_("The question")))
    add_format_options(parser)


def _add_filters(group: Any, *, status: str = "") -> None:
    sentence = _("Only those that are pending, accepted, edited or rejected; “all” for every one.")
    group.add_argument(
        "--status",
        metavar=_("STATE"),
        default=status,
        help=with_default(sentence, status or "all"),
    )
    group.add_argument(
        "--tier",
        metavar="A|B|C",
        type=str.upper,
        default="",
        help=_("Only A (written by people), B (taken from the documents) or C (written by the model)."),
    )
    group.add_argument(
        "--task",
        metavar=_("TASK"),
        default="",
        help=_("Only those that ask for this: summarize, describe, title or key_sentences."),
    )
    group.add_argument(
        "--split",
        metavar=_("PART"),
        default="",
        help=_("Only those of one part: train, validation or test."),
    )


def _add_ids(group: Any, flag: str, metavar: str, kind: Callable[[str], Any], sentence: str) -> None:
    group.add_argument(flag, metavar=metavar, type=kind, action="extend", default=[], help=sentence)


def _ids(text: str) -> list[tuple[str, str]]:
    """(id, no target) of each."""
    return [(word.strip(), "") for word in text.split(",") if word.strip()]


def _edit(text: str) -> list[tuple[str, str]]:
    """(id, new target). Raises ConfigError."""
    name, equals, target = text.partition("=")
    if not (name.strip() and equals and target.strip()):
        raise ConfigError(
            _("The option {option} cannot be “{value}”.").format(option="--edit", value=text),
            _("Write it as: --edit ID=TEXT"),
        )
    return [(name.strip(), target.strip())]


def _column(text: str) -> tuple[str, str]:
    """(what it holds, the column's name). Raises ConfigError."""
    what, equals, name = text.partition("=")
    if what.strip() not in BUILDABLE_COLUMNS or not (equals and name.strip()):
        raise ConfigError(
            _("The option {option} cannot be “{value}”.").format(option="--column", value=text),
            _("Write it as: --column text=COLUMN, --column target=COLUMN or --column task=COLUMN"),
        )
    return what.strip(), name.strip()
