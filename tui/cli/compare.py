"""`sunto compare`: the same request through two adapters, one beneath the other or side by side."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from assistant.config import load_settings
from assistant.errors import ConfigError
from assistant.export import check_exportable, exported, format_of
from assistant.i18n import _
from assistant.protocol import Answering, Compare, Event, Finished, Side, TextDelta, TextReset
from tui.cli.columns import MIN_COLUMNS, side_by_side
from tui.cli.documents import document_fields
from tui.cli.job import JOB, JobRunner, Result, conclude
from tui.cli.options import setting_overrides
from tui.cli.output_file import checked_target
from tui.cli.report import marks_line, table
from tui.cli.show import show_event
from tui.comparisons import Chosen, as_answer, choice_of, choice_words, remark, revealed, rows, texts, title, titles
from tui.exporting import write_atomically
from tui.output import Mode, Output


def compare(options: Namespace, output: Output) -> int:
    request = _request(options)
    settings = load_settings(setting_overrides(options))
    keep = _output_file(options, output)
    shown = _Shown(request, output)
    with JobRunner(output, settings, shown.show) as runner:
        ending = runner.run(request)
    output.end_line()
    chosen = None
    if isinstance(ending, Finished):
        result = ending.result
        shown.finish(result)
        chosen = _choice(result, output)
        if keep:
            keep(result, chosen)
    else:
        shown.give_up()

    def present(result: Result) -> None:
        output.say(_verdict(result, chosen, output))

    return conclude(ending, output, present)


def _request(options: Namespace) -> Compare:
    asked = [options.question is not None, options.describe, options.style is not None]
    if sum(asked) > 1:
        raise ConfigError(
            _("Only one thing can be compared at a time."), _("Say --question, --describe or --style, not two of them.")
        )
    if not (options.adapters or "").strip():
        raise ConfigError(
            _("Which adapters should be compared?"),
            _("Add two: sunto compare {path} --adapters base,biology").format(path=options.arguments[0]),
        )
    return Compare(
        job=JOB,
        adapters=tuple(options.adapters.split(",")),
        task="ask" if options.question is not None else "describe" if options.describe else "summarize",
        question=options.question or "",
        blind=options.blind,
        **document_fields(options),
    )


def _output_file(options: Namespace, output: Output) -> Callable[[Result, Chosen], None] | None:
    """Writes both texts under the names of their sides, in the format that the file's name asks for."""
    if not options.output:
        return None
    wanted = format_of(Path(options.output))
    check_exportable(wanted, "compare")
    target = checked_target(options.output, options.arguments, output, yes=options.yes)

    def keep(result: Result, chosen: Chosen) -> None:
        whole = result if wanted == "json" else as_answer(result, chosen)
        write_atomically(target, exported(whole, wanted))

    return keep


class _Shown:
    """Both texts as plain output: each as it is written, or, on a wide terminal, side by side at the end."""

    def __init__(self, request: Compare, output: Output) -> None:
        self._names = ("", "") if request.blind else request.adapters
        self._output = output
        self._plain = output.mode is Mode.PLAIN
        self._columns = (output.columns or 0) if self._plain else 0
        self._side_by_side = self._columns >= MIN_COLUMNS
        self._side = 0
        self._texts = ["", ""]
        """What each side has written, where it is not shown at once."""

    def show(self, event: Event, output: Output) -> None:
        if not self._plain:
            show_event(event, output)
            return
        match event:
            case Side(number=number):
                self._begin(number)
            case Answering():
                pass  # its heading says so
            case TextDelta(text=text) if self._side_by_side:
                self._texts[self._side] += text
            case TextReset() if self._side_by_side:
                self._texts[self._side] = ""
            case _:
                show_event(event, output)

    def finish(self, result: Result) -> None:
        if not self._side_by_side:
            return
        left, right = (
            f"{heading}\n\n{text.strip()}"
            for heading, text in zip(titles(result, known=not result["blind"]), texts(result), strict=True)
        )
        for line in side_by_side(left, right, self._columns):
            self._output.line(line)

    def give_up(self) -> None:
        """Print what there is of texts that were to stand side by side."""
        for number, text in enumerate(self._texts):
            if text.strip():
                self._head(number)
                self._output.line(text.strip())

    def _begin(self, number: int) -> None:
        self._side = number
        if not self._side_by_side:
            if number:
                self._output.line()
            self._head(number)
            self._output.keep_text()

    def _head(self, number: int) -> None:
        self._output.line(f"─── {title(number, self._names[number].strip())} ───")


def _choice(result: Result, output: Output) -> Chosen:
    """Which side is better, as a person says who does not know which is which. Enter says nothing."""
    if not result["blind"] or output.mode is not Mode.PLAIN or not output.somebody_there:
        return None
    return choice_of(output.ask(_("Which is better: 1, 2, or 0 for neither? (Enter skips)")))


def _verdict(result: Result, chosen: Chosen, output: Output) -> str:
    """A table of both sides, what its marks mean, and which is which where that is to be known."""
    blind = bool(result["blind"])
    is_known = not blind or output.somebody_there
    lines = [table(("", *titles(result, known=is_known)), rows(result))]
    claims = [claim for side in result["sides"] for claim in side.get("claims") or ()]
    lines += marks_line({"claims": claims})
    lines += [note] if (note := remark(result)) else []
    if blind and is_known:
        lines.append(" ".join(filter(None, (choice_words(result, chosen), revealed(result)))))
    elif blind:
        lines.append(_("Which is which stands in the result: --json prints it, --output writes it."))
    return "\n".join(lines)
