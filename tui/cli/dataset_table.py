"""The commands about data sets, for the table of all commands."""

from __future__ import annotations

from assistant.i18n import _
from tui.cli import dataset_options, options
from tui.cli.command import Command


def dataset_commands() -> list[Command]:
    return [
        Command(
            "dataset build",
            _("Make examples to learn from of notes and documents, or of files of rows."),
            request="BuildDataset",
            handler="tui.cli.dataset:build",
            add_options=dataset_options.build_options,
            usage=_("PATH… [options]"),
            least=1,
            most=None,
            examples=(
                "sunto dataset build notes/ --name biology",
                "sunto dataset build notes/ --tiers ABC",
                "sunto dataset build grades.csv --column text=Testo --column target=Sintesi",
            ),
            more=_(
                "A summary of yours is found in a file beside the notes (lesson.summary.md, lezione.riassunto.md), in "
                "a folder “riassunti” or “summaries”, under `summary:` at the head of a file, or in a section called "
                "“Riassunto”, “In breve”, “Summary” or “Abstract”. A file of rows is a .jsonl, .json, .csv or .tsv."
            ),
        ),
        Command(
            "dataset list",
            _("List the data sets on this machine, and how far their review has come."),
            request="ListDatasets",
            handler="tui.cli.dataset:list_",
            add_options=options.plain_options,
            usage=_("[options]"),
            examples=("sunto dataset list",),
            more=_("`sunto dataset` alone does the same."),
        ),
        Command(
            "dataset check",
            _("Say what is in a data set, what looks wrong in it, and whether it is enough to train on."),
            request="CheckDataset",
            handler="tui.cli.dataset:check",
            add_options=options.plain_options,
            usage=_("DATA [options]"),
            least=1,
            most=1,
            examples=("sunto dataset check biology", "sunto dataset check notes/"),
            more=_("DATA is the name of a data set, or a path: then examples are made for this look and not kept."),
        ),
        Command(
            "dataset show",
            _("Print examples, with the sentences of the text that bear each summary out."),
            request="ListExamples",
            handler="tui.cli.dataset:show",
            add_options=dataset_options.show_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto dataset show biology --tier C", "sunto dataset show biology --status rejected --json"),
        ),
        Command(
            "dataset review",
            _("Look at one example after the other: accept it, edit it or reject it."),
            request="ReviewExample",
            handler="tui.cli.dataset:review",
            add_options=dataset_options.review_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto dataset review biology", "sunto dataset review biology --reject 3f2a9c01d4e5b678"),
            more=_(
                "Each decision is kept at once: leave when you like, and the same command goes on from there. An "
                "edited example counts as written by you, and a rejected one is not learned from. To edit, the program "
                "named by EDITOR is opened."
            ),
        ),
        Command(
            "dataset export",
            _("Write the examples to a file that other programs read."),
            request="ExportDataset",
            handler="tui.cli.dataset:export",
            add_options=dataset_options.export_options,
            usage=_("NAME FILE [options]"),
            least=2,
            most=2,
            examples=("sunto dataset export biology biology.jsonl", "sunto dataset export biology biology.csv"),
            more=_("The file has the texts of your notes in it: think before you share it."),
        ),
        Command(
            "dataset remove",
            _("Delete a data set and what was said in its review; your notes stay."),
            request="RemoveDataset",
            handler="tui.cli.dataset:remove",
            add_options=dataset_options.remove_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto dataset remove biology",),
        ),
    ]
