"""`sunto evaluate`: measure an adapter, show its report, or compare texts blind."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path
from typing import cast

from adapters.evaluation.report import Report
from adapters.evaluation.telling import headline
from assistant.config import load_settings
from assistant.errors import ConfigError, ExitCode
from assistant.i18n import _
from assistant.protocol import Evaluate, ExportEvaluation, Finished, Request, ShowEvaluation
from tui.cli.adapters import version_of
from tui.cli.columns import wrapped
from tui.cli.evaluation_blind import compare_blind
from tui.cli.evaluation_lines import MAX_COLUMNS
from tui.cli.evaluation_options import BLIND, MEASURING, PAGE
from tui.cli.evaluation_report import report_lines, short_lines
from tui.cli.job import JOB, Ending, JobRunner, Result, conclude
from tui.cli.options import setting_overrides
from tui.cli.output_file import checked_target
from tui.output import Output

PAGE_SUFFIXES = (".html", ".json")

_WITHOUT_EFFECT = {
    "": BLIND,
    "show": MEASURING | BLIND,
    "blind": MEASURING | PAGE,
    "choose": MEASURING | PAGE | {"pairs": BLIND["pairs"], "restart": BLIND["restart"]},
}
"""By what is asked for: the options that would change nothing, with what they are where nobody gave them."""


def evaluate(options: Namespace, output: Output) -> int:
    _check_words(options)
    if options.blind or options.choose:
        return compare_blind(options, output)
    target = _target(options, output)
    with JobRunner(output, load_settings(setting_overrides(options))) as runner:
        ending = runner.run(_request(options))
        if isinstance(ending, Finished) and target is not None:
            ending = _exported(ending, options, target, runner)

    def present(result: Result) -> None:
        report = cast("Report", result)
        show_report(report, output, explained=options.explain)
        _say_what_next(report, options, output, target)

    code = conclude(ending, output, present)
    if code == ExitCode.CANCELLED and not options.show:
        output.say(_("What was measured is kept: the same command goes on from there."))
    return code


def show_report(report: Report, output: Output, *, explained: bool = False) -> None:
    for line in report_lines(report, output.columns, explained=explained):
        output.toned_line(line.text, line.tone)


def say_in_short(name: str, output: Output) -> None:
    """Where a training ends: the answer of the report that is kept with the adapter, and where all of it is."""
    from adapters.evaluation import store

    report = store.read(store.version_record(name))
    output.say("\n".join(line.text for line in short_lines(report, output.talk_columns)))
    output.say(_("The whole report: {command}").format(command=f"sunto evaluate {shlex.quote(name)} --show"))


def _target(options: Namespace, output: Output) -> Path | None:
    """Where the page may go, before anything is measured for it. Raises ConfigError."""
    if not options.html:
        return None
    if Path(options.html).suffix.lower() not in PAGE_SUFFIXES:
        raise ConfigError(
            _("A report cannot be written as “{name}”.").format(name=Path(options.html).name),
            _("Choose a name that ends in .html, for the browser, or in .json, for programs."),
        )
    return checked_target(options.html, (), output, yes=options.yes, option="--html", usual="report.html")


def _request(options: Namespace) -> Request:
    name, version = options.arguments[0], version_of(options.arguments)
    if options.show:
        return ShowEvaluation(job=JOB, name=name, version=version)
    return Evaluate(
        job=JOB,
        name=name,
        data=options.data,
        device=options.device or "",
        earlier=options.earlier,
        texts=options.texts,
        judge=options.judge,
        stemming=options.stemming,
        forgetting=options.forgetting,
    )


def _exported(ending: Finished, options: Namespace, target: Path, runner: JobRunner) -> Ending:
    """The report, written to the file as well; or why that failed."""
    written = runner.run(
        ExportEvaluation(
            job=JOB,
            name=options.arguments[0],
            version=version_of(options.arguments),
            path=str(target),
            overwrite=True,  # whoever asked for it was asked before
        )
    )
    return ending if isinstance(written, Finished) else written


def _say_what_next(report: Report, options: Namespace, output: Output, target: Path | None) -> None:
    """The answer once more, since it has scrolled away, and what else there is to see."""
    output.say("\n" + "\n".join(wrapped(headline(report), min(output.talk_columns, MAX_COLUMNS))))
    shown = shlex.join(["sunto", "evaluate", *options.arguments])
    if target is not None:
        output.say(_("The report as a page: {path}").format(path=target))
    else:
        output.say(_("As a page for the browser: {command}").format(command=f"{shown} --show --html report.html"))
    if not options.explain:
        output.say(_("What each number is: {command}").format(command=f"{shown} --show --explain"))
    if report["texts"] and report["blind"] is None and len(options.arguments) == 1:
        output.say(_("Judge the texts yourself, blind: {command}").format(command=f"{shown} --blind"))


def _check_words(options: Namespace) -> None:
    """Raises ConfigError for what cannot be asked for together."""
    asked = [flag for flag in ("show", "blind", "choose") if getattr(options, flag)]
    if len(asked) > 1:
        one, other = (f"--{flag}" for flag in asked[:2])
        raise ConfigError(
            _("{one} and {other} cannot be asked for together.").format(one=one, other=other),
            _("Ask for one after the other."),
        )
    _check_belonging(options, asked[0] if asked else "")
    if len(options.arguments) > 1 and not options.show:
        raise ConfigError(
            _("Only the version in use is measured."),
            _("To see the report about another: sunto evaluate {name} {version} --show").format(
                name=options.arguments[0], version=options.arguments[1]
            ),
        )


def _check_belonging(options: Namespace, asked: str) -> None:
    """Raises ConfigError for an option that would change nothing, so that nobody takes the result for another."""
    name = next((name for name, usual in _WITHOUT_EFFECT[asked].items() if getattr(options, name) != usual), None)
    if name is None:
        return
    flag = "--no-forgetting" if name == "forgetting" else f"--{name}"
    if asked:
        raise ConfigError(
            _("{one} changes nothing beside {other}.").format(one=flag, other=f"--{asked}"),
            _("Leave out one of the two."),
        )
    raise ConfigError(
        _("{one} belongs to the blind comparison.").format(one=flag),
        _("Add --blind, or leave it out."),
    )
