"""The commands about the library: its documents, what is found in them, what they take of the disk."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace

from assistant.config import load_settings
from assistant.errors import ConfigError, ExitCode
from assistant.i18n import _, plural
from assistant.protocol import (
    AddDocuments,
    CleanLibrary,
    Finished,
    ListLibrary,
    MoveDocuments,
    RemoveDocuments,
    SearchLibrary,
    SetSubjectAdapter,
)
from assistant.safe_text import one_line
from assistant.units import format_bytes
from tui.cli.documents import given_paths
from tui.cli.job import JOB, JobRunner, Result, conclude, run_job
from tui.cli.library_report import (
    added_line,
    disk_lines,
    document_table,
    failure_lines,
    removal_lines,
    subject_lines,
    subject_table,
    undo_lines,
)
from tui.cli.questions import ask_first
from tui.output import Output


def list_(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        if result["documents"]:
            output.line(document_table(result["documents"], output.columns))
        elif options.subject:
            output.say(_("There are no documents under “{subject}”.").format(subject=result["subjects"][0]["name"]))
        else:
            output.say(_("Nothing is in the library yet. Add a folder: sunto library add PATH --subject NAME"))
        if with_adapter := [row for row in result["subjects"] if row["adapter"]]:
            if result["documents"]:
                output.line()
            output.line(subject_table(with_adapter, output.columns))
        for line in disk_lines(result["disk"]):
            output.say(line)

    return run_job(ListLibrary(job=JOB, subject=options.subject), output, load_settings(), present)


def add(options: Namespace, output: Output) -> int:
    """Exit code 0 when at least one of the files is in the library now, 3 when none could be read."""
    results: list[Result] = []
    request = AddDocuments(job=JOB, paths=given_paths(options), subject=options.subject, password=options.password)

    def present(result: Result) -> None:
        output.say(added_line(result))
        for line in failure_lines(result):
            output.line(line)

    code = run_job(request, output, load_settings(), present, keep=results.append)
    if code == ExitCode.OK and not any(results[0][key] for key in ("added", "updated", "known")):
        return ExitCode.DOCUMENT
    return code


def search(options: Namespace, output: Output) -> int:
    request = SearchLibrary(job=JOB, text=" ".join(options.arguments), subject=options.subject, limit=options.limit)

    def present(result: Result) -> None:
        for hit in result["hits"]:
            place = hit["label"] if hit["label"] == str(hit["page"]) else f"{hit['label']} ({hit['page']})"
            output.line(_("{document}, p. {page}").format(document=one_line(hit["name"]), page=place))
            output.marked_line("  " + hit["snippet"], [(start + 2, end + 2) for start, end in hit["marks"]])
        if not result["hits"]:
            output.say(_("Nothing was found. `sunto library` lists the documents that are searched."))

    return run_job(request, output, load_settings(), present)


def move(options: Namespace, output: Output) -> int:
    if options.subject is None:
        raise ConfigError(_("It is not said where to."), _("Add --subject NAME."))
    request = MoveDocuments(job=JOB, names=tuple(options.arguments), subject=options.subject)

    def present(result: Result) -> None:
        count = len(result["documents"])
        if result["subject"]:
            moved = plural(
                "{count} document is under “{{subject}}” now.", "{count} documents are under “{{subject}}” now.", count
            )
            output.say(moved.format(subject=result["subject"]))
        else:
            output.say(
                plural(
                    "{count} document is under no subject now.", "{count} documents are under no subject now.", count
                )
            )
        for line in undo_lines(result):
            output.say(line)

    return run_job(request, output, load_settings(), present)


def subject(options: Namespace, output: Output) -> int:
    if options.adapter is None:
        raise ConfigError(
            _("It is not said which adapter."),
            _("Add --adapter NAME, or --adapter none; `sunto adapters list` shows which there are."),
        )
    request = SetSubjectAdapter(job=JOB, subject=options.arguments[0], adapter=options.adapter)

    def present(result: Result) -> None:
        for line in subject_lines(result):
            output.say(line)

    return run_job(request, output, load_settings(), present)


def remove(options: Namespace, output: Output) -> int:
    if bool(options.arguments) == bool(options.subject):
        raise ConfigError(
            _("It is not said what to delete."), _("Name documents, or a whole subject with --subject NAME.")
        )
    request = RemoveDocuments(job=JOB, names=tuple(options.arguments), subject=options.subject, preview=True)

    def question(plan: Result) -> str:
        return "\n".join([*removal_lines(plan), _("Delete them for good?")])

    def present(result: Result) -> None:
        output.say(plural("Deleted {count} document.", "Deleted {count} documents.", len(result["documents"])))
        if not result["erased"]:
            output.warn(
                _("Another Sunto is using the library: its file is cleaned of the words when that one is closed."),
                _("Close it, then run: sunto library clean"),
            )

    return _preview_and_do(request, output, options, question, present)


def clean(options: Namespace, output: Output) -> int:
    request = CleanLibrary(job=JOB, days=options.days, missing=options.missing, preview=True)

    def question(plan: Result) -> str:
        return "\n".join([*_cleaning_lines(plan, options.missing), _("Clean the library?")])

    def present(result: Result) -> None:
        output.say(_("Freed {size}.").format(size=format_bytes(max(result["freed"], 0))))

    return _preview_and_do(request, output, options, question, present)


def _preview_and_do(
    request: RemoveDocuments | CleanLibrary,
    output: Output,
    options: Namespace,
    question: Callable[[Result], str],
    present: Callable[[Result], None],
) -> int:
    """Ask with what would be done, then do it."""
    with JobRunner(output, load_settings()) as runner:
        ending = runner.run(request)
        if isinstance(ending, Finished):
            ask_first(output, question(ending.result), yes=options.yes)
            ending = runner.run(replace(request, preview=False))
    return conclude(ending, output, present)


def _cleaning_lines(plan: Result, missing: bool) -> list[str]:
    lines = [
        plural(
            "{count} piece of finished work that was not used for a long time: {{size}}.",
            "{count} pieces of finished work that were not used for a long time: {{size}}.",
            plan["units"],
        ).format(size=format_bytes(plan["units_bytes"]))
    ]
    if plan["missing"]:
        gone = plural(
            "{count} document whose file is gone:", "{count} documents whose files are gone:", len(plan["missing"])
        )
        lines.append(gone if missing else gone.removesuffix(":") + " " + _("(kept; --missing deletes them):"))
        lines += [f"  {one_line(path)}" for record in plan["missing"] for path in record["paths"][:1]]
    lines.append(_("About {size} come free.").format(size=format_bytes(plan["freed"])))
    return lines
