"""The commands about adapters, base models and this machine."""

from __future__ import annotations

from argparse import Namespace

from assistant.config import load_settings
from assistant.errors import ConfigError, ExitCode
from assistant.i18n import _, plural
from assistant.protocol import (
    Diagnose,
    FetchModel,
    ListAdapters,
    ListModels,
    RemoveModel,
    ShowAdapter,
    Train,
)
from assistant.units import format_number
from tui.cli.job import JOB, Result, run_job
from tui.cli.library_report import subject_hint
from tui.cli.questions import ask_first
from tui.cli.report import adapter_card, adapters_table, doctor_report, models_table
from tui.output import Output
from tui.words import duration


def train(options: Namespace, output: Output) -> int:
    if not options.name:
        raise ConfigError(
            _("The adapter has no name."),
            _("Add one: sunto train {data} --name NAME").format(data=options.arguments[0]),
        )
    request = Train(
        job=JOB,
        data=options.arguments[0],
        name=options.name,
        model=options.model or "",
        device=options.device or "",
        learning_rate=options.learning_rate,
        epochs=options.epochs,
        max_steps=options.max_steps,
        batch_size=options.batch_size,
        r=options.r,
        lora_alpha=options.lora_alpha,
        lora_dropout=options.lora_dropout,
        seed=options.seed,
        overwrite=options.yes or _may_overwrite(options.name, output),
    )

    def present(result: Result) -> None:
        output.say(
            _("Trained “{name}” on {examples}: {steps} in {time}, loss {first} → {last}.").format(
                name=result["name"],
                examples=plural("{count} example", "{count} examples", result["examples"]),
                steps=plural("{count} step", "{count} steps", result["steps"]),
                time=duration(result["seconds"]),
                first=format_number(result["first_loss"], 3),
                last=format_number(result["last_loss"], 3),
            )
        )
        output.say(subject_hint(result["name"]))
        output.say(_("Answer with it: add --adapter {name}. It is kept in:").format(name=result["name"]))
        output.line(result["directory"])

    return run_job(request, output, load_settings(), present)


def adapters_list(_options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        if result["adapters"]:
            output.line(adapters_table(result["adapters"]))
        else:
            output.say(_("No adapters yet. Train one: sunto train PAIRS.jsonl --name NAME"))

    return run_job(ListAdapters(job=JOB), output, load_settings(), present)


def adapters_show(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        output.line(adapter_card(result))

    return run_job(ShowAdapter(job=JOB, name=options.arguments[0]), output, load_settings(), present)


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


def _may_overwrite(name: str, output: Output) -> bool:
    """Ask before an adapter is replaced. Where nobody is there, the job itself refuses."""
    from adapters.registry import list_adapters

    if all(record.name != name for record in list_adapters()) or not output.somebody_there:
        return False
    ask_first(output, _("There is already an adapter called “{name}”. Replace it?").format(name=name), yes=False)
    return True
