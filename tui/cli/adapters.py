"""The commands about adapters: look at them, and what can be done with them."""

from __future__ import annotations

import shlex
from argparse import Namespace

from assistant.config import load_settings
from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.protocol import (
    ExportAdapter,
    ImportAdapter,
    ListAdapters,
    RemoveAdapter,
    RenameAdapter,
    RollbackAdapter,
    ShowAdapter,
)
from tui.cli.adapter_report import adapter_card, adapters_table, numbers
from tui.cli.job import JOB, Result, run_job
from tui.cli.library_report import subject_hint
from tui.cli.questions import ask_first
from tui.output import Output


def list_(_options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        if result["adapters"]:
            output.line(adapters_table(result["adapters"], output.columns))
        else:
            output.say(_("No adapters yet. Train one: sunto train FOLDER --name NAME"))

    return run_job(ListAdapters(job=JOB), output, load_settings(), present)


def show(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        output.line(adapter_card(result))

    return run_job(ShowAdapter(job=JOB, name=options.arguments[0]), output, load_settings(), present)


def rename(options: Namespace, output: Output) -> int:
    name, new_name = options.arguments

    def present(result: Result) -> None:
        output.say(_("“{was}” is called “{name}” now.").format(was=result["was"], name=result["name"]))
        say_subjects(result["subjects"], result["name"], output)
        if result["was"] != result["name"]:
            _say_undo(output, "rename", result["name"], result["was"])

    return run_job(RenameAdapter(job=JOB, name=name, new_name=new_name), output, load_settings(), present)


def rollback(options: Namespace, output: Output) -> int:
    request = RollbackAdapter(job=JOB, name=options.arguments[0], version=version_of(options.arguments))

    def present(result: Result) -> None:
        output.say(
            _("“{name}” answers with version {version} now; version {was} is kept.").format(
                name=result["name"], version=result["version"], was=result["was"]
            )
        )
        _say_undo(output, "rollback", result["name"], str(result["was"]))

    return run_job(request, output, load_settings(), present)


def remove(options: Namespace, output: Output) -> int:
    from adapters.registry import is_taken

    name, version = options.arguments[0], version_of(options.arguments)
    ask_first(
        output,
        _("Delete version {version} of the adapter “{name}” for good?").format(version=version, name=name)
        if version
        else _("Delete the adapter “{name}” with all its versions for good?").format(name=name),
        yes=options.yes or not is_taken(name),  # what is not there is not asked about: the job says so
    )

    def present(result: Result) -> None:
        if result["version"]:
            output.say(
                _("Deleted version {version} of “{name}”.").format(version=result["version"], name=result["name"])
            )
            return
        output.say(_("Deleted the adapter “{name}”.").format(name=result["name"]))
        if subjects := ", ".join(result["subjects"]):
            output.say(_("Answers about {subjects} come without an adapter now.").format(subjects=subjects))

    return run_job(RemoveAdapter(job=JOB, name=name, version=version), output, load_settings(), present)


def import_(options: Namespace, output: Output) -> int:
    request = ImportAdapter(
        job=JOB,
        path=options.arguments[0],
        name=options.name,
        model=options.base,
        subject=options.subject,
        overwrite=options.yes or bool(options.name and may_succeed(options.name, output)),
    )

    def present(result: Result) -> None:
        output.say(
            _("Imported “{name}”: {kind}, rank {rank}, for the base model {model}.").format(
                name=result["name"], kind=result["kind"], rank=result["r"], model=result["model"]
            )
        )
        say_what_is_kept(result, output)
        if result["subjects"]:
            say_subjects(result["subjects"], result["name"], output)
        else:
            output.say(subject_hint(result["name"]))
        output.say(_("Answer with it: add --adapter {name}. It is kept in:").format(name=result["name"]))
        output.line(result["directory"])

    return run_job(request, output, load_settings(), present)


def export(options: Namespace, output: Output) -> int:
    name, path = options.arguments

    def present(result: Result) -> None:
        output.say(_("Wrote version {version} of “{name}” to:").format(version=result["version"], name=result["name"]))
        output.line(result["path"])
        output.say(_("An adapter can remember pieces of the notes it was trained on: think before you share it."))

    request = ExportAdapter(job=JOB, name=name, path=path, overwrite=options.yes)
    return run_job(request, output, load_settings(), present)


def version_of(arguments: list[str]) -> int:
    """The second word, a version's number; 0 where there is none. Raises ConfigError."""
    if len(arguments) < 2:
        return 0
    if not (arguments[1].isascii() and arguments[1].isdigit() and 0 < len(arguments[1]) < 10 and int(arguments[1])):
        raise ConfigError(
            _("“{word}” is not the number of a version.").format(word=arguments[1]),
            _("`sunto adapters show {name}` lists them.").format(name=arguments[0]),
        )
    return int(arguments[1])


def may_succeed(name: str, output: Output) -> bool:
    """Ask before a new adapter takes a name that is taken. Where nobody is there, the job itself refuses."""
    from adapters.registry import is_taken

    if not output.somebody_there or not is_taken(name):
        return False
    question = _("There is already an adapter called “{name}”. Put a new version in its place, and keep the old one?")
    ask_first(output, question.format(name=name), yes=False)
    return True


def say_what_is_kept(result: Result, output: Output) -> None:
    if result["versions"]:
        output.say(
            _("It is version {version}; kept beside it: {versions}.").format(
                version=result["version"], versions=numbers(result["versions"])
            )
        )
        _say_undo(output, "rollback", result["name"], str(max(result["versions"])))


def say_subjects(subjects: list[str], name: str, output: Output) -> None:
    if subjects:
        output.say(_("Answers about {subjects} come with “{name}”.").format(subjects=", ".join(subjects), name=name))


def _say_undo(output: Output, command: str, *words: str) -> None:
    output.say(_("To undo: {command}").format(command=f"sunto adapters {command} {shlex.join(words)}"))
