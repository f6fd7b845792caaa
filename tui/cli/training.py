"""The commands that train an adapter, and that look after trainings that were begun."""

from __future__ import annotations

import shlex
from argparse import Namespace
from contextlib import suppress
from typing import Any

from assistant.config import Settings, load_settings
from assistant.errors import AdapterError, ConfigError, ExitCode
from assistant.i18n import _, plural
from assistant.protocol import CheckFit, ListRuns, RemoveRun, Train, TryRates
from assistant.safe_text import one_line
from assistant.units import format_number, plain_number
from tui.cli.adapters import may_succeed, say_subjects, say_what_is_kept
from tui.cli.evaluation import say_in_short
from tui.cli.job import JOB, Result, run_job
from tui.cli.library_report import subject_hint
from tui.cli.options import setting_overrides
from tui.cli.questions import ask_first
from tui.cli.training_options import learning_rate
from tui.cli.training_report import fit_table, how_to_go_on, rates_drawing, runs_table
from tui.output import Output
from tui.words import duration

_TRIAL_NAME = "trial"
"""Of what is only tried, and never kept."""


def train(options: Namespace, output: Output) -> int:
    if options.check or options.find_rate:
        _check_trial(options)
    if options.check:
        return _check(options, output)
    if options.find_rate:
        return _find_rate(options, output)
    _check_words(options)
    request = Train(
        **_fields(options),
        name=options.name,
        subject=options.subject,
        overwrite=options.yes or (not options.resume and may_succeed(options.name, output)),
        resume=options.resume,
        few=options.few,
        evaluate=options.evaluate,
    )
    code = run_job(request, output, _settings(options), lambda result: _present(result, output))
    if code == ExitCode.CANCELLED and _can_go_on(options.name):
        output.say(how_to_go_on(options.name))
    return code


def runs_list(_options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        if result["runs"]:
            output.line(runs_table(result["runs"]))
        for name in result["damaged"]:
            output.warn(
                _("The training “{name}” is damaged and cannot go on. To delete it: {command}").format(
                    name=one_line(name), command=f"sunto runs remove {shlex.quote(name)}"
                )
            )
        if not (result["runs"] or result["damaged"]):
            output.say(_("No training was begun yet: sunto train FOLDER --name NAME"))

    return run_job(ListRuns(job=JOB), output, load_settings(), present)


def runs_remove(options: Namespace, output: Output) -> int:
    name = options.arguments[0]
    ask_first(
        output,
        _("Delete what is kept of the training “{name}”? An adapter that came of it stays.").format(name=name),
        yes=options.yes,
    )

    def present(result: Result) -> None:
        output.say(_("Deleted what was kept of the training “{name}”.").format(name=result["name"]))

    return run_job(RemoveRun(job=JOB, name=name), output, load_settings(), present)


def _check(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        output.line(fit_table(result))
        output.say(_("It fits.") if result["fits"] else _("It does not fit."))

    request = CheckFit(**_fields(options), name=options.name or _TRIAL_NAME)
    return run_job(request, output, _settings(options), present)


def _find_rate(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        output.line(rates_drawing([(curve["learning_rate"], curve["losses"]) for curve in result["curves"]]))
        output.say(result["sentence"])
        if result["suggestion"]:
            output.say(_("Train with it: --learning-rate {rate}").format(rate=plain_number(result["suggestion"])))

    request = TryRates(**_fields(options), name=options.name or _TRIAL_NAME)
    return run_job(request, output, _settings(options), present)


def _check_trial(options: Namespace) -> None:
    """Raises ConfigError for a trial of nothing, or of two things at once."""
    flag = "--check" if options.check else "--find-rate"
    other = next((name for name in ("find_rate", "resume") if flag != _flag(name) and getattr(options, name)), "")
    if other:
        raise ConfigError(
            _("{one} and {other} cannot be asked for together.").format(one=flag, other=_flag(other)),
            _("Ask for one after the other."),
        )
    if not options.arguments:
        raise ConfigError(
            _("There is nothing to try it on."),
            _("Give a folder of notes, a file of examples or a data set: sunto train FOLDER {option}").format(
                option=flag
            ),
        )


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _check_words(options: Namespace) -> None:
    """Raises ConfigError for a command line that says too little."""
    if not options.name:
        data = options.arguments[0] if options.arguments else _("FOLDER")
        raise ConfigError(_("The adapter has no name."), _("Add one: sunto train {data} --name NAME").format(data=data))
    if not options.arguments and not options.resume:
        raise ConfigError(
            _("There is nothing to train on."),
            _("Give a folder of notes, a file of examples or a data set: sunto train FOLDER --name {name}").format(
                name=options.name
            ),
        )


def _settings(options: Namespace) -> Settings:
    """With the options that are settings. Raises ConfigError for what one cannot be."""
    return load_settings(setting_overrides(options))


def _fields(options: Namespace) -> dict[str, Any]:
    """Of every request of a training, but for the name."""
    return {
        "job": JOB,
        "data": options.arguments[0] if options.arguments else "",
        "model": options.model or "",
        "device": options.device or "",
        "learning_rate": learning_rate(options),
        **{
            name: getattr(options, name)
            for name in ("epochs", "max_steps", "batch_size", "r", "lora_alpha", "lora_dropout")
        },
        **{name: getattr(options, name) for name in ("kind", "seed", "max_tokens", "patience")},
    }


def _can_go_on(name: str) -> bool:
    from adapters.training.runs import list_runs

    return any(run.name == name and run.state != "finished" for run in list_runs())


def _present(result: Result, output: Output) -> None:
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
    if result["held_out_before"] is not None and result["held_out_after"] is not None:
        output.say(_held_out(result["held_out_before"], result["held_out_after"]))
    say_what_is_kept(result, output)
    if result["subject"]:
        say_subjects([result["subject"]], result["name"], output)
    else:
        output.say(subject_hint(result["name"]))
    _say_worth(result, output)
    output.say(_("Answer with it: add --adapter {name}. It is kept in:").format(name=result["name"]))
    output.line(result["directory"])


def _say_worth(result: Result, output: Output) -> None:
    """Whether it was worth it, or how to learn that."""
    if result["evaluation"]:
        with suppress(AdapterError):  # it was replaced or removed in this moment
            say_in_short(result["name"], output)
    else:
        command = f"sunto evaluate {shlex.quote(result['name'])}"
        output.say(_("Was it worth it? {command}").format(command=command))


def _held_out(before: float, after: float) -> str:
    sentence = (
        _("On documents it was not trained on, the loss went from {before} to {after}.")
        if after < before
        else _("On documents it was not trained on, it does no better than the base: {before} before, {after} now.")
    )
    return sentence.format(before=format_number(before, 3), after=format_number(after, 3))
