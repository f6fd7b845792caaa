"""Every command: what it is called, what it takes, which request it sends, and where it is carried out.

Help is written from this table, and a test holds it against `adapters.jobs.HANDLERS`: what one front end can do,
the other can.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.i18n import _
from tui.cli import adapter_options, evaluation_options, options, training_options
from tui.cli.command import Command
from tui.cli.dataset_table import dataset_commands

INTERNAL_REQUESTS = {
    "LoadModel": "every answer loads its model by itself; the app sends this early so that nobody waits",
}
"""Requests without a command of their own, and why."""


def command_groups() -> list[tuple[str, list[Command]]]:
    """The commands under their headings, in the interface language, in the order help lists them."""
    return [
        (_("Read documents"), _document_commands()),
        (_("Your library"), _library_commands()),
        (_("Examples made of your notes"), dataset_commands()),
        (_("Adapters, trained on your notes"), _adapter_commands()),
        (_("Base models and this machine"), _machine_commands()),
    ]


def all_commands() -> dict[str, Command]:
    """By name. `sunto library` alone lists what is in it, and so do `sunto dataset` and `sunto runs`."""
    commands = {command.name: command for _title, commands in command_groups() for command in commands}
    alone = {
        family: replace(commands[f"{family} list"], name=family, examples=(f"sunto {family}",))
        for family in ("library", "dataset", "runs")
    }
    return {**commands, **alone}


def _document_commands() -> list[Command]:
    paths = _("PATH… [options]")
    return [
        Command(
            "summarize",
            _("Summarize documents, with the pages each point comes from."),
            request="Summarize",
            handler="tui.cli.documents:summarize",
            add_options=options.summary_options,
            usage=paths,
            least=1,
            most=None,
            examples=(
                "sunto summarize lecture.pdf",
                "sunto summarize lecture.pdf --style outline --bullets 5 --pages 3-9,12",
                "sunto summarize book.pdf --chapters 2,4-5",
                "sunto summarize lecture.pdf --output lecture.md",
            ),
            more=_("What is done of a summary is kept: stop it, and the same command goes on from there."),
        ),
        Command(
            "describe",
            _("Say in one or two sentences what documents are."),
            request="Describe",
            handler="tui.cli.documents:describe",
            add_options=options.describe_options,
            usage=paths,
            least=1,
            most=None,
            examples=("sunto describe lecture.pdf",),
        ),
        Command(
            "ask",
            _("Answer a question from documents, with the pages the answer comes from."),
            request="Chat",
            handler="tui.cli.documents:ask",
            add_options=options.ask_options,
            usage=_('PATH… --question "…" [options]'),
            least=1,
            most=None,
            examples=('sunto ask lecture.pdf --question "Where do the light reactions happen?"',),
        ),
        Command(
            "compare",
            _("Put the same request to two adapters and show both texts side by side."),
            request="Compare",
            handler="tui.cli.compare:compare",
            add_options=options.compare_options,
            usage=_("PATH… --adapters A,B [options]"),
            least=1,
            most=None,
            examples=(
                "sunto compare lecture.pdf --adapters base,biology --blind",
                'sunto compare lecture.pdf --adapters biology,law --question "What is osmosis?"',
            ),
            more=_("Without --question or --describe, their summaries are compared."),
        ),
        Command(
            "chat",
            _("Chat line by line, about documents or without any."),
            request="Chat",
            handler="tui.cli.chat:chat",
            add_options=options.chat_options,
            usage=_("[PATH…] [options]"),
            most=None,
            examples=("sunto chat lecture.pdf",),
            more=_(
                "In the chat, /adapter NAME answers with another adapter, /adapter auto with that of the documents' "
                "subject; /quit or Ctrl-D leaves, and Ctrl-C stops an answer."
            ),
        ),
        Command(
            "extract",
            _("Print the text of documents as Sunto reads it, page by page."),
            request="Extract",
            handler="tui.cli.documents:extract",
            add_options=options.extract_options,
            usage=paths,
            least=1,
            most=None,
            examples=(
                "sunto extract lecture.pdf",
                "sunto extract lecture.pdf --pages 2 --json",
                "sunto extract book.pdf --sections",
            ),
            more=_(
                "Lines that begin with ═, ─ or ⚠ are Sunto's own: which document, which page and how it was read, "
                "what went wrong. All others are the text."
            ),
        ),
    ]


def _library_commands() -> list[Command]:
    return [
        Command(
            "library list",
            _("List the documents Sunto has read, by subject, and what they take of the disk."),
            request="ListLibrary",
            handler="tui.cli.library:list_",
            add_options=options.library_list_options,
            usage=_("[options]"),
            examples=("sunto library list", "sunto library list --subject biology"),
            more=_("`sunto library` alone does the same."),
        ),
        Command(
            "library add",
            _("Read documents, and all those in folders, into the library."),
            request="AddDocuments",
            handler="tui.cli.library:add",
            add_options=options.library_add_options,
            usage=_("PATH… [options]"),
            least=1,
            most=None,
            examples=("sunto library add lectures/ --subject biology",),
            more=_("Stop it at any time: the same command goes on from there, and reads nothing twice."),
        ),
        Command(
            "library search",
            _("Find words in all documents of the library, with the pages they stand on."),
            request="SearchLibrary",
            handler="tui.cli.library:search",
            add_options=options.library_search_options,
            usage=_("WORDS… [options]"),
            least=1,
            most=None,
            examples=(
                "sunto library search cellula eucariotica",
                "sunto library search '\"energia cinetica\"' --subject physics",
            ),
            more=_(
                "Singular and plural find each other, and so do letters with and without accents. "
                "Text in quotes is a phrase."
            ),
        ),
        Command(
            "library move",
            _("File documents under another subject."),
            request="MoveDocuments",
            handler="tui.cli.library:move",
            add_options=options.library_move_options,
            usage=_("NAME… --subject NAME [options]"),
            least=1,
            most=None,
            examples=("sunto library move cell.pdf --subject biology",),
        ),
        Command(
            "library subject",
            _("Say which adapter answers about the documents of a subject."),
            request="SetSubjectAdapter",
            handler="tui.cli.library:subject",
            add_options=options.library_subject_options,
            usage=_("NAME --adapter NAME|none [options]"),
            least=1,
            most=1,
            examples=(
                "sunto library subject biology --adapter biology",
                "sunto library subject biology --adapter none",
            ),
            more=_("It answers where all documents asked about are of this subject and no other adapter is asked for."),
        ),
        Command(
            "library remove",
            _("Delete documents from the library, with everything that was made from them; your files stay."),
            request="RemoveDocuments",
            handler="tui.cli.library:remove",
            add_options=options.library_remove_options,
            usage=_("NAME… | --subject NAME [options]"),
            most=None,
            examples=("sunto library remove cell.pdf", "sunto library remove --subject biology"),
        ),
        Command(
            "library clean",
            _("Free disk space: delete old unused work, and what is left of deleted things."),
            request="CleanLibrary",
            handler="tui.cli.library:clean",
            add_options=options.library_clean_options,
            usage=_("[options]"),
            examples=("sunto library clean", "sunto library clean --days 7 --missing"),
        ),
    ]


def _adapter_commands() -> list[Command]:
    return [
        Command(
            "train",
            _("Train an adapter on your notes."),
            request="Train",
            also=("CheckFit", "TryRates"),
            handler="tui.cli.training:train",
            add_options=training_options.train_options,
            usage=_("DATA --name NAME [options]"),
            most=1,
            examples=(
                "sunto train notes/ --name biology",
                "sunto train biology --name biology --preset prudent",
                "sunto train notes/ --check",
                "sunto train --name biology --resume",
            ),
            more=_(
                "DATA is a folder of notes, a document, a file of rows, or a data set that `sunto dataset build` made. "
                "Ctrl-C pauses: --resume goes on from there, as it does after a crash. Training under a name that "
                "there is keeps the old adapter as an earlier version: sunto adapters rollback NAME goes back to it."
            ),
        ),
        Command(
            "evaluate",
            _("Say whether an adapter was worth it: measured beside its base, on documents it has never seen."),
            request="Evaluate",
            also=("ShowEvaluation", "ExportEvaluation", "ListBlindPairs", "ChooseBlind"),
            handler="tui.cli.evaluation:evaluate",
            add_options=evaluation_options.evaluate_options,
            usage=_("NAME [VERSION] [options]"),
            least=1,
            most=2,
            examples=(
                "sunto evaluate biology",
                "sunto evaluate biology --show --explain",
                "sunto evaluate biology --data exam-notes/ --html report.html",
                "sunto evaluate biology --blind",
            ),
            more=_(
                "Every training ends with it. Stop it at any time: the same command goes on from there. VERSION, with "
                "--show, is an earlier one of the adapter."
            ),
        ),
        Command(
            "runs list",
            _("List the trainings that were begun: running, paused, interrupted or finished."),
            request="ListRuns",
            handler="tui.cli.training:runs_list",
            add_options=options.plain_options,
            usage=_("[options]"),
        ),
        Command(
            "runs remove",
            _("Delete what is kept of a training; the adapter that came of it stays."),
            request="RemoveRun",
            handler="tui.cli.training:runs_remove",
            add_options=training_options.remove_run_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto runs remove biology",),
        ),
        Command(
            "adapters list",
            _("List the adapters on this machine."),
            request="ListAdapters",
            handler="tui.cli.adapters:list_",
            add_options=options.plain_options,
            usage=_("[options]"),
        ),
        Command(
            "adapters show",
            _("Show what one adapter is and what it was trained on."),
            request="ShowAdapter",
            handler="tui.cli.adapters:show",
            add_options=options.plain_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto adapters show biology",),
        ),
        Command(
            "adapters rename",
            _("Give an adapter another name."),
            request="RenameAdapter",
            handler="tui.cli.adapters:rename",
            add_options=options.plain_options,
            usage=_("NAME NEW_NAME [options]"),
            least=2,
            most=2,
            examples=("sunto adapters rename biology biology-2026",),
        ),
        Command(
            "adapters rollback",
            _("Answer with an earlier version of an adapter again; the one in use is kept."),
            request="RollbackAdapter",
            handler="tui.cli.adapters:rollback",
            add_options=options.plain_options,
            usage=_("NAME [VERSION] [options]"),
            least=1,
            most=2,
            examples=("sunto adapters rollback biology", "sunto adapters rollback biology 1"),
            more=_("Without VERSION it is the one before; `sunto adapters show NAME` lists them."),
        ),
        Command(
            "adapters remove",
            _("Delete an adapter with all its versions, or one version that is not in use."),
            request="RemoveAdapter",
            handler="tui.cli.adapters:remove",
            add_options=adapter_options.remove_options,
            usage=_("NAME [VERSION] [options]"),
            least=1,
            most=2,
            examples=("sunto adapters remove biology", "sunto adapters remove biology 1"),
        ),
        Command(
            "adapters import",
            _("Take over an adapter that was made elsewhere: a folder, a zip file, or a .safetensors file."),
            request="ImportAdapter",
            handler="tui.cli.adapters:import_",
            add_options=adapter_options.import_options,
            usage=_("PATH [options]"),
            least=1,
            most=1,
            examples=("sunto adapters import biology.zip", "sunto adapters import checkpoint-200 --name biology"),
            more=_(
                "Everything is checked before anything is kept: the base model, every name and size, the numbers. "
                "Nothing in the files is ever run."
            ),
        ),
        Command(
            "adapters export",
            _("Write an adapter to a folder or a zip file, as other programs read it."),
            request="ExportAdapter",
            handler="tui.cli.adapters:export",
            add_options=adapter_options.export_options,
            usage=_("NAME PATH [options]"),
            least=2,
            most=2,
            examples=("sunto adapters export biology biology.zip",),
            more=_("An adapter can remember pieces of the notes it was trained on: think before you share it."),
        ),
    ]


def _machine_commands() -> list[Command]:
    return [
        Command(
            "models list",
            _("List the base models, which are here, and which this machine can run."),
            request="ListModels",
            handler="tui.cli.manage:models_list",
            add_options=options.plain_options,
            usage=_("[options]"),
        ),
        Command(
            "models fetch",
            _("Download a base model and make it ready; one cut short goes on where it was."),
            request="FetchModel",
            handler="tui.cli.manage:models_fetch",
            add_options=options.plain_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto models fetch starter", "sunto models fetch Qwen/Qwen3-4B-Instruct-2507"),
        ),
        Command(
            "models remove",
            _("Delete a base model from this machine."),
            request="RemoveModel",
            handler="tui.cli.manage:models_remove",
            add_options=options.remove_options,
            usage=_("NAME [options]"),
            least=1,
            most=1,
            examples=("sunto models remove starter",),
        ),
        Command(
            "doctor",
            _("Say what this machine is, what works, and what to do about what does not."),
            request="Diagnose",
            handler="tui.cli.manage:doctor",
            add_options=options.plain_options,
            usage=_("[options]"),
            more=_("Ends with exit code 0 when everything needed works, and 4 when there is a problem to mend."),
        ),
    ]
