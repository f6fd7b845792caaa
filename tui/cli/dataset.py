"""The commands about data sets: make examples of notes, look at them, say something of them, write them elsewhere."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path
from typing import Any

from assistant.config import load_settings
from assistant.errors import ConfigError
from assistant.i18n import _, plural
from assistant.protocol import (
    BuildDataset,
    CheckDataset,
    ExportDataset,
    Finished,
    ListDatasets,
    ListExamples,
    RemoveDataset,
    ReviewExample,
)
from assistant.safe_text import one_line
from tui.cli.columns import MIN_COLUMNS
from tui.cli.dataset_example import example_lines
from tui.cli.dataset_report import check_lines, datasets_table
from tui.cli.dataset_review import Review, closing_lines
from tui.cli.job import JOB, Ending, JobRunner, Result, conclude, run_job
from tui.cli.options import setting_overrides
from tui.cli.questions import ask_first
from tui.output import Mode, Output

_FORMATS_BY_SUFFIX = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv"}


def build(options: Namespace, output: Output) -> int:
    settings = load_settings(setting_overrides(options))
    request = BuildDataset(
        job=JOB,
        paths=tuple(options.arguments),
        name=options.name,
        tiers=options.tiers,
        columns=tuple(options.columns),
        language=options.spoken,
        candidates=options.candidates,
        password=options.password,
        model=options.model or "",
        device=options.device or "",
        overwrite=options.yes,
    )

    def present(result: Result) -> None:
        for line in check_lines(result, _columns(output)):
            output.line(line)
        output.say(_("It is kept in {directory}").format(directory=result["directory"]))
        output.say(_("To look at the examples: sunto dataset review {name}").format(name=result["name"]))

    return run_job(request, output, settings, present)


def list_(_options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        if result["datasets"]:
            output.line(datasets_table(result["datasets"], output.columns))
        for name in result["damaged"]:
            output.warn(
                _("The data set “{name}” is damaged. What is wrong with it: {command}").format(
                    name=one_line(name), command=f"sunto dataset check {shlex.quote(name)}"
                )
            )
        if not (result["datasets"] or result["damaged"]):
            output.say(_("No data sets yet. Make one of your notes: sunto dataset build FOLDER"))

    return run_job(ListDatasets(job=JOB), output, load_settings(), present)


def check(options: Namespace, output: Output) -> int:
    def present(result: Result) -> None:
        for line in check_lines(result, _columns(output)):
            output.line(line)

    return run_job(CheckDataset(job=JOB, data=options.arguments[0]), output, load_settings(), present)


def show(options: Namespace, output: Output) -> int:
    request = _examples(options, offset=options.offset, limit=options.limit)

    def present(result: Result) -> None:
        columns = _columns(output)
        for row in result["examples"]:
            output.line(f"── {row['id']} ".ljust(columns, "─"))
            for line in example_lines(row, columns, whole=options.whole):
                output.marked_line(line.text, line.marks)
            output.line()
        output.say(_shown(result))

    return run_job(request, output, load_settings(), present)


def _shown(result: Result) -> str:
    shown, total = len(result["examples"]), result["total"]
    if not total:
        return _("No example is like that.")
    rest = total - result["offset"] - shown
    text = _("{shown} of {total}.").format(
        shown=shown, total=plural("{count} example", "{count} examples", max(total, 0))
    )
    if rest > 0:
        text += " " + _("The next ones: add --offset {offset}").format(offset=result["offset"] + shown)
    return text


def review(options: Namespace, output: Output) -> int:
    said = [(name, *pair) for name in ("accept", "reject", "edit", "undo") for pair in getattr(options, name)]
    with JobRunner(output, load_settings()) as runner:
        if said:
            ending = _say_all(options.arguments[0], said, runner)
        else:
            _require_a_person(options, output)
            ending = Review(_examples(options), runner, output).run()

    def present(result: Result) -> None:
        for line in closing_lines(result):
            output.say(line)

    return conclude(ending, output, present)


def _say_all(data: str, said: list[tuple[str, str, str]], runner: JobRunner) -> Ending:
    """The first failure, or how many examples are in which state when all was said."""
    decided: list[dict[str, str]] = []
    result: Result = {}
    for decision, example, target in said:
        request = ReviewExample(job=JOB, data=data, example=example, decision=decision, target=target)
        ending = runner.run(request)
        if not isinstance(ending, Finished):
            return ending
        result = ending.result
        decided.append({"id": example, "decision": decision, "status": result["example"]["status"]})
    return Finished(job=JOB, result={"name": result["name"], "decided": decided, "statuses": result["statuses"]})


def _require_a_person(options: Namespace, output: Output) -> None:
    """Raises ConfigError where nobody could read the examples and answer."""
    if output.mode is Mode.PLAIN and output.somebody_there and output.columns is not None:
        return
    raise ConfigError(
        _("Examples are reviewed by a person at a terminal, and nobody is here to answer."),
        _("In a script: sunto dataset show {name} --json lists them, --accept, --reject and --edit decide.").format(
            name=options.arguments[0]
        ),
    )


def export(options: Namespace, output: Output) -> int:
    name, path = options.arguments
    wanted = options.format or _FORMATS_BY_SUFFIX.get(Path(path).suffix.lower(), "jsonl")

    def present(result: Result) -> None:
        output.say(
            _("Wrote {examples} of “{name}” to:").format(
                examples=plural("{count} example", "{count} examples", result["examples"]), name=result["name"]
            )
        )
        output.line(result["path"])
        if result["left_out"]:
            output.say(
                plural(
                    "{count} rejected example was left out.",
                    "{count} rejected examples were left out.",
                    result["left_out"],
                )
            )

    request = ExportDataset(job=JOB, data=name, path=path, format=wanted, overwrite=options.yes)
    return run_job(request, output, load_settings(), present)


def remove(options: Namespace, output: Output) -> int:
    from adapters.dataset import store

    name = options.arguments[0]
    ask_first(
        output,
        _("Delete the data set “{name}” and what was said in its review for good? Your notes stay.").format(name=name),
        yes=options.yes or not store.exists(name),  # what is not there is not asked about: the job says so
    )

    def present(result: Result) -> None:
        output.say(_("Deleted the data set “{name}”.").format(name=result["name"]))

    return run_job(RemoveDataset(job=JOB, name=name), output, load_settings(), present)


def _examples(options: Namespace, **more: Any) -> ListExamples:
    return ListExamples(
        job=JOB,
        data=options.arguments[0],
        status="" if options.status == "all" else options.status,
        tier=options.tier,
        task=options.task,
        split=options.split,
        **more,
    )


def _columns(output: Output) -> int:
    """To write in; on a wide terminal lines are kept short enough to read."""
    return min(output.columns or MIN_COLUMNS, MIN_COLUMNS)
