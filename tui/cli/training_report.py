"""A training as a person reads it on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.i18n import _, plural
from assistant.protocol import Evaluated, FitChecked, RateTried, TrainStep
from assistant.safe_text import one_line
from assistant.units import format_bytes, format_memory, format_number, plain_number
from tui.cli.report import table
from tui.words import duration

Row = Mapping[str, Any]

_SAMPLE_CHARACTERS = 200
_SPARKS = "▁▂▃▄▅▆▇█"
_CURVE_COLUMNS = 40


def step_parts(event: TrainStep) -> list[str]:
    """The live line, short enough for 80 columns, what matters most first: where there is no room, the last go."""
    held_out = event.held_out_loss
    parts = (
        f"{event.step}/{event.total_steps}",
        _("loss {loss}").format(loss=format_number(event.loss, 3)),
        _("held out {loss}").format(loss=format_number(held_out, 3)) if held_out is not None else "",
        _roughly(event.seconds_left) if event.seconds_left >= 1 else "",
        f"{event.tokens_per_second:.0f} tok/s",
        format_memory(event.peak_memory_bytes) if event.peak_memory_bytes else "",
        _("rate {rate}").format(rate=plain_number(event.learning_rate)),
    )
    return [part for part in parts if part]


def _roughly(seconds: float) -> str:
    """`~40 s`, `~12 min`, `~3 h`: as short as can be."""
    if seconds < 90:
        return f"~{seconds:.0f} s"
    return f"~{seconds / 60:.0f} min" if seconds < 5400 else f"~{seconds / 3600:.0f} h"


def evaluation_lines(event: Evaluated) -> Iterator[str]:
    """How it does on documents it is not trained on, and what it writes about them."""
    loss = format_number(event.loss, 3)
    if event.step == 0:
        yield _("Before training: loss {loss} on documents it is not trained on; lower is better.").format(loss=loss)
    elif event.best:
        yield _("After step {step}: loss {loss} on documents it is not trained on, the lowest so far.").format(
            step=event.step, loss=loss
        )
    else:
        yield _("After step {step}: loss {loss} on documents it is not trained on.").format(step=event.step, loss=loss)
    for document, written, _target in event.samples:
        text = one_line(written)
        yield f"  {one_line(document)}: {text[:_SAMPLE_CHARACTERS]}{'…' if len(text) > _SAMPLE_CHARACTERS else ''}"


def fit_sentence(event: FitChecked) -> str:
    """What it needs and what there is, estimated or measured."""
    needed, free = format_memory(event.needed_bytes), format_memory(event.free_bytes)
    if not event.measured:
        return _("By formula it needs {needed} of memory; {free} are free for it.").format(needed=needed, free=free)
    sentence = _("Tried two steps: it needs {needed} of memory; {free} are free for it.").format(
        needed=needed, free=free
    )
    if event.seconds_left is None:
        return sentence
    steps = plural("{count} step", "{count} steps", event.steps)
    return sentence + " " + _("{steps}: about {time}.").format(steps=steps, time=duration(event.seconds_left))


def fit_table(result: Row) -> str:
    """What the memory is for."""
    rows = [(one_line(name), format_memory(size)) for name, size in result["parts"]]
    return table((_("what for"), _("memory")), rows)


def rate_parts(event: RateTried) -> list[str]:
    return [
        _("learning rate {rate}").format(rate=plain_number(event.learning_rate)),
        f"{event.step}/{event.total_steps}",
        _("loss {loss}").format(loss=format_number(event.loss, 3)),
    ]


def rates_drawing(curves: Sequence[tuple[float, Sequence[float]]]) -> str:
    """Each learning rate's losses as bars on one scale, and where it ended."""
    values = [loss for _rate, losses in curves for loss in losses if loss == loss and abs(loss) != float("inf")]
    low, high = min(values, default=0.0), max(values, default=1.0)
    rows = [
        (plain_number(rate), _bars(losses, low, high), format_number(losses[-1], 3) if losses else "-")
        for rate, losses in curves
    ]
    return table((_("learning rate"), _("loss as it goes"), _("at the end")), rows)


def _bars(losses: Sequence[float], low: float, high: float) -> str:
    step = max(1, -(-len(losses) // _CURVE_COLUMNS))
    picked = [losses[start : start + step] for start in range(0, len(losses), step)]
    return "".join(_bar(sum(group) / len(group), low, high) for group in picked)


def _bar(value: float, low: float, high: float) -> str:
    if not low <= value <= high:  # no number, or beyond all numbers
        return "!"
    share = (value - low) / (high - low) if high > low else 0.0
    return _SPARKS[round(share * (len(_SPARKS) - 1))]


def runs_table(runs: Sequence[Row]) -> str:
    states = {
        "running": _("running"),
        "paused": _("paused"),
        "interrupted": _("interrupted"),
        "failed": _("failed"),
        "finished": _("finished"),
    }
    rows = [
        (
            one_line(run["name"]),
            states.get(run["state"], str(run["state"])),
            f"{run['step']}/{run['total']}",
            format_bytes(run["bytes"]),
            str(run["updated"])[:16].replace("T", " "),
        )
        for run in runs
    ]
    return table((_("name"), _("state"), _("step"), _("size"), _("last change")), rows)


def how_to_go_on(name: str) -> str:
    return _("To go on from there: {command}").format(command=f"sunto train --name {shlex.quote(name)} --resume")
