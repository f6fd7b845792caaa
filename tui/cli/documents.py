"""The commands that read documents: summarize, describe, ask, extract."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.config import data_dir, load_settings
from assistant.errors import ConfigError
from assistant.export import check_exportable, exported, format_of
from assistant.i18n import _
from assistant.protocol import Chat, Describe, DocumentRequest, Extract, Summarize
from tui.cli.extracted import extracted_lines
from tui.cli.job import JOB, Result, run_job
from tui.cli.options import setting_overrides
from tui.cli.output_file import checked_target
from tui.cli.report import answer_line, marks_line, summary_line
from tui.exporting import write_atomically
from tui.output import Output


def summarize(options: Namespace, output: Output) -> int:
    return _summarize(Summarize(job=JOB, adapter=asked_adapter(options), **document_fields(options)), options, output)


def describe(options: Namespace, output: Output) -> int:
    return _summarize(Describe(job=JOB, adapter=asked_adapter(options), **document_fields(options)), options, output)


def ask(options: Namespace, output: Output) -> int:
    if not (options.question or "").strip():
        raise ConfigError(
            _("There is no question."), _('Add it: sunto ask {path} --question "…"').format(path=options.arguments[0])
        )
    settings = load_settings(setting_overrides(options))
    request = Chat(
        job=JOB,
        messages=(("user", options.question),),
        adapter=asked_adapter(options),
        **document_fields(options),
    )
    _target, keep = _output_file(options, output, "ask")

    def present(result: Result) -> None:
        output.say("\n".join((*marks_line(result), answer_line(result, output.talk_columns))))

    return run_job(request, output, settings, present, keep=keep)


def extract(options: Namespace, output: Output) -> int:
    request = Extract(job=JOB, outline=options.sections, **document_fields(options))

    def present(result: Result) -> None:
        for number, document in enumerate(result.get("documents", [result])):
            if number:
                output.line()
            for line in extracted_lines(document):
                output.line(line)

    return run_job(request, output, load_settings(setting_overrides(options)), present)


def _summarize(request: DocumentRequest, options: Namespace, output: Output) -> int:
    settings = load_settings(setting_overrides(options))
    style = settings.style if isinstance(request, Summarize) else "describe"
    target, keep = _output_file(options, output, style)

    def present(result: Result) -> None:
        kept_in = target or data_dir() / "library.sqlite3"
        output.say(summary_line(result, kept_in, output.talk_columns))

    return run_job(request, output, settings, present, keep=keep)


def _output_file(options: Namespace, output: Output, style: str) -> tuple[Path | None, Callable[[Result], None] | None]:
    """Where the result goes beside the screen, and what writes it there, in the format that its name asks for."""
    if not options.output:
        return None, None
    wanted = format_of(Path(options.output))
    check_exportable(wanted, style)
    target = checked_target(options.output, options.arguments, output, yes=options.yes)
    return target, lambda result: write_atomically(target, exported(result, wanted))


def document_fields(options: Namespace) -> dict[str, Any]:
    """Which documents, and what of them, as fields of a request."""
    if options.chapters.strip() and options.pages.strip():
        raise ConfigError(
            _("--chapters and --pages cannot both choose."), _("Say which chapters or which pages, not both.")
        )
    return {
        "paths": given_paths(options),
        "pages": options.pages,
        "chapters": options.chapters,
        "password": options.password,
    }


def asked_adapter(options: Namespace) -> str:
    """The one named on the command line: an event tells it from the one in the settings."""
    return options.adapter or ""


def given_paths(options: Namespace) -> tuple[str, ...]:
    """The arguments of a command that takes paths. Raises ConfigError for "", which would be the folder we are in."""
    if not all(path.strip() for path in options.arguments):
        raise ConfigError(
            _("One of the paths is empty."), _("In a script: the variable that should hold it may not be set.")
        )
    return tuple(options.arguments)
