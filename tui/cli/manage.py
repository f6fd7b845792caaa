"""The commands about base models and this machine."""

from __future__ import annotations

from argparse import Namespace

from assistant.config import load_settings
from assistant.errors import ExitCode
from assistant.i18n import _
from assistant.protocol import Diagnose, FetchModel, ListModels, RemoveModel
from tui.cli.job import JOB, Result, run_job
from tui.cli.questions import ask_first
from tui.cli.report import doctor_report, models_table
from tui.output import Output


def models_list(_options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        output.line(models_table(result["models"]))

    return run_job(ListModels(job=JOB), output, load_settings(), present)


def models_fetch(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        output.say(_("{model} is ready. It is kept in:").format(model=result["model"]))
        output.line(result["directory"])

    return run_job(FetchModel(job=JOB, model=options.arguments[0]), output, load_settings(), present)


def models_remove(options: Namespace, output: Output) -> int:
    name = options.arguments[0]
    ask_first(output, _("Delete the base model “{name}” from this machine?").format(name=name), yes=options.yes)

    def present(result: Result) -> None:
        output.say(_("Deleted {model}. It was kept in:").format(model=result["model"]))
        output.line(result["directory"])

    return run_job(RemoveModel(job=JOB, model=name), output, load_settings(), present)


def doctor(_options: Namespace, output: Output) -> int:
    """Exit code 4 when there is a problem to mend; warnings alone are no reason to fail."""
    problems: list[str] = []

    def keep(result: Result) -> None:
        problems.extend(check["name"] for check in result["checks"] if check["status"] == "problem")

    def present(result: Result) -> None:
        output.line(doctor_report(result["checks"]))

    code = run_job(Diagnose(job=JOB), output, load_settings(), present, keep=keep)
    return ExitCode.MODEL if problems else code
