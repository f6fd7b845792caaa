"""What the fine-tune screen says, in the interface language. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from assistant.i18n import _, plural
from assistant.protocol import FitChecked, TrainStep
from assistant.safe_text import one_line, printable
from assistant.units import format_memory, format_number, plain_number
from tui.dataset_words import task_name, tier_name
from tui.evaluation.on_card import in_short
from tui.training.live import LiveTraining, Note
from tui.training.rows import DamagedRow, DatasetRow, ExampleRow, RunRow
from tui.words import duration, time_left

STATUS_MARKS = {"pending": "·", "accepted": "✔", "edited": "✎", "rejected": "✖"}
NOTE_MARKS = {
    "diverged": "↺",
    "no_learning": "?",
    "overfitting": "■",
    "forgetting": "▲",
    "memory": "▾",
    "power": "!",
    "disk": "⚠",
    "warning": "⚠",
    "info": "·",
}


# --- lists --------------------------------------------------------------------------------------------------------


def run_line(row: RunRow) -> Text:
    text = Text("▶ ").append(one_line(row.name), "bold")
    return text.append("  " + run_state(row), "dim")


def run_state(row: RunRow) -> str:
    words = {
        "paused": _("paused at step {step} of {total}"),
        "interrupted": _("interrupted at step {step} of {total}"),
        "failed": _("failed at step {step} of {total}"),
        "running": _("running, at step {step} of {total}"),
        "finished": _("finished after {step} steps"),
    }
    return words.get(row.state, row.state).format(step=row.step, total=row.total)


def dataset_line(row: DatasetRow) -> Text:
    text = Text("≡ ").append(one_line(row.name), "bold")
    return text.append("  " + plural("{count} example", "{count} examples", row.examples), "dim")


def damaged_line(row: DamagedRow) -> Text:
    return Text("✖ ").append(one_line(row.name), "bold").append("  " + _("cannot be read"), "dim")


def damaged_card(row: DamagedRow) -> Text:
    if row.is_run:
        sentence = _("What is left of this training is damaged: it cannot go on.")
        hint = _("x deletes what is left of it; an adapter that came of it stays.")
    else:
        sentence = _("The file with these examples is damaged: nothing can be learned from it.")
        hint = _("x deletes it; o makes the examples again of your notes.")
    return Text(one_line(row.name), "bold").append(f"\n{sentence}\n\n{hint}", "not bold")


def composition(tiers: Mapping[str, int]) -> str:
    """`12 written by people, 105 taken from the documents`"""
    return ", ".join(f"{tiers[tier]} {tier_name(tier)}" for tier in "ABC" if tiers.get(tier))


def dataset_card(row: DatasetRow) -> Text:
    card = Text().append(one_line(row.name), "bold")
    for line in (
        composition(row.tiers),
        plural("{count} accepted or edited by you", "{count} accepted or edited by you", _looked_at(row)),
        _("made from {paths}").format(paths=one_line(", ".join(row.paths))) if row.paths else "",
        _("made on {date}").format(date=row.created[:10]) if row.created else "",
    ):
        if line:
            card.append("\n" + line)
    return card


def _looked_at(row: DatasetRow) -> int:
    return row.statuses.get("accepted", 0) + row.statuses.get("edited", 0)


def example_line(row: ExampleRow) -> Text:
    """`✔ A  Summary  The leaf turns light into …`"""
    doubt = "?" if row.doubts and row.status == "pending" else " "
    text = Text(f"{STATUS_MARKS.get(row.status, ' ')}{doubt} {row.tier:1}  ")
    text.append(f"{task_name(row.task)}  ", "dim")
    return text.append(one_line(row.target[:400]), "strike dim" if row.status == "rejected" else "")


# --- whether it fits ----------------------------------------------------------------------------------------------


def fit_words(fit: FitChecked) -> Text:
    """The verdict, what the memory is for, and what to change."""
    sure = _("Tried with two real steps:") if fit.measured else _("Reckoned so far:")
    text = Text(sure + " ")
    needed, free = format_memory(fit.needed_bytes), format_memory(fit.free_bytes)
    if fit.fits:
        text.append(_("it fits."), "bold").append(
            " " + _("It needs {needed} of memory, and {free} are free for it.").format(needed=needed, free=free)
        )
    else:
        text.append(_("it does not fit."), "bold").append(
            " " + _("It would need {needed} of memory, and {free} are free for it.").format(needed=needed, free=free)
        )
    text.append("\n" + plural("It is {count} step.", "It is {count} steps.", fit.steps))
    if fit.seconds_left:
        text.append(" " + _("It would take about {time}.").format(time=duration(fit.seconds_left)))
    for name, size in fit.parts:
        text.append(f"\n  {format_memory(size):>9}  {one_line(name)}", "dim")
    for advice in fit.advice:
        text.append(f"\n→ {one_line(advice)}")
    return text


# --- while it runs ------------------------------------------------------------------------------------------------


def headline(live: LiveTraining) -> str:
    """`bio · step 12 of 60 · round 0.6 · about 3 min left`"""
    state = {
        "starting": _("is being prepared"),
        "running": "",
        "pausing": _("ends the step it is in, then writes down where it is"),
        "paused": _("paused: r goes on from here"),
        "failed": _("interrupted: r goes on from the last point that was written down"),
        "finished": _("finished"),
    }[live.state]
    if live.goes_on and live.is_measured:
        return " · ".join((one_line(live.name), _("is trained; now it is measured whether it was worth it")))
    if live.state in ("paused", "failed") and not live.has_begun:
        state = _("did not begin: r tries again")
    parts = [one_line(live.name), *_progress(live), state]
    return " · ".join(part for part in parts if part)


def _progress(live: LiveTraining) -> list[str]:
    if (step := live.last) is None:
        return []
    going = live.state == "running" and step.seconds_left >= 1
    return [
        _("step {step} of {total}").format(step=step.step, total=step.total_steps),
        _("round {round}").format(round=format_number(step.epoch, 1)) if step.epoch else "",
        time_left(step.seconds_left) if going else "",
    ]


def numbers(live: LiveTraining, colours: Mapping[str, str]) -> Text:
    """What the two curves are at, and how it goes on; the curves in their colours."""
    step = live.last
    if step is None:
        return Text()
    held_out = live.held_out.points[-1][1] if live.held_out.points else step.held_out_loss
    text = Text()
    text.append("━ " + _("on its examples {loss}").format(loss=format_number(step.loss, 3)), colours.get("primary", ""))
    if held_out is not None:
        words = _("on unseen documents {loss}").format(loss=format_number(held_out, 3))
        text.append("   ◆ " + words, colours.get("warning", ""))
    if live.best is not None:
        text.append("   " + _("best {loss}").format(loss=format_number(live.best[1], 3)))
    return text


def speed(step: TrainStep) -> str:
    """The technical part, for whoever wants it."""
    parts = [
        _("{speed} tokens/s").format(speed=f"{step.tokens_per_second:.0f}"),
        _("learning rate {rate}").format(rate=plain_number(step.learning_rate)),
        _("memory {size}").format(size=format_memory(step.peak_memory_bytes)) if step.peak_memory_bytes else "",
    ]
    return " · ".join(part for part in parts if part)


def status_words(live: LiveTraining | None) -> str:
    """For the status bar: `training bio 12/60`; empty where none goes on."""
    if live is None or not live.goes_on:
        return ""
    words = _("training {name}").format(name=one_line(live.name))
    return f"{words} {live.last.step}/{live.last.total_steps}" if live.last is not None else words


def waiting_words(live: LiveTraining | None) -> str:
    """Why an answer does not begin at once; empty where no training keeps it from that."""
    if live is None or not live.goes_on:
        return ""
    return _("“{name}” is being trained: the answer comes after the step it is in").format(name=one_line(live.name))


def note_line(note: Note) -> Text:
    text = Text(f"{NOTE_MARKS.get(note.kind, '·')} ")
    if note.step:
        text.append(_("step {step}").format(step=note.step) + ": ", "dim")
    text.append(one_line(note.text))
    return text.append(" " + one_line(note.hint), "dim") if note.hint else text


def samples_words(live: LiveTraining) -> Text:
    """What it writes now about texts it does not learn from, above what was wanted."""
    if not live.samples:
        return Text(_("What it writes about documents it does not learn from is shown here, now and then."), "dim")
    text = Text()
    for number, (document, written, wanted) in enumerate(live.samples):
        text.append("\n\n" if number else "")
        text.append(one_line(document), "bold").append(
            " " + _("after step {step}").format(step=live.samples_at) + "\n", "dim"
        )
        text.append(printable(written).strip() or "–")
        text.append("\n" + _("wanted:") + " " + printable(wanted).strip(), "dim")
    return text


def result_words(live: LiveTraining) -> str:
    """What came of it, in a few sentences."""
    sentences = [_("“{name}” is trained.").format(name=one_line(live.name))]
    if len(live.held_out.points) > 1 and live.best is not None:
        first = live.held_out.points[0][1]
        sentences.append(_gain(first, live.best[1]))
    if worth := in_short(live.result.get("evaluation") or {}):
        sentences.append(_("Was it worth it? {words}.").format(words=worth))
    return " ".join(sentences)


def _gain(before: float, after: float) -> str:
    values = {"before": format_number(before, 3), "after": format_number(after, 3)}
    if after >= before:
        return _("On documents it did not learn from it writes no better than before: {before} → {after}.").format(
            **values
        )
    return _("On documents it did not learn from it is surer than before: {before} → {after}; lower is better.").format(
        **values
    )
