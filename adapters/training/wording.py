"""What a person is told when a training changes its course: what happened, in everyday words, and what to do."""

from __future__ import annotations

from adapters.registry.journal import reason_of
from adapters.training.records import Adjustment
from assistant.errors import TrainingDivergedError, TrainingError
from assistant.i18n import _
from assistant.units import format_number, plain_number


def went_back(failed_step: int, step: int, rate: float) -> Adjustment:
    return Adjustment(
        step=step,
        kind="diverged",
        message=_(
            "At step {failed} the training lost its way: the steps were too long. It went back to step {step} and "
            "shortened them (learning rate now {rate})."
        ).format(failed=failed_step, step=step, rate=plain_number(rate)),
        hint=_("Nothing needs to be done. If it happens again, begin with a lower learning rate."),
    )


def gave_up(failed_step: int, kept_step: int) -> Adjustment:
    return Adjustment(
        step=failed_step,
        kind="diverged",
        message=_(
            "At step {failed} the training lost its way again, although its steps had been shortened. It ends here, "
            "with the adapter as it was at step {kept}."
        ).format(failed=failed_step, kept=kept_step),
        hint=_("Train again with the prudent preset, and look for strange examples (`sunto dataset check`)."),
    )


def lost_its_way(step: int, rate: float) -> TrainingDivergedError:
    return TrainingDivergedError(
        _("The training lost its way at step {step}, and shorter steps did not help.").format(step=step),
        _("Try a learning rate of {rate}, and look for strange examples (`sunto dataset check`).").format(
            rate=plain_number(rate)
        ),
    )


def learns_by_heart(step: int, best_step: int) -> Adjustment:
    return Adjustment(
        step=step,
        kind="overfitting",
        message=_(
            "The adapter no longer gets better on texts it was not trained on: it begins to learn its examples by "
            "heart. The training ends here, with the adapter as it was at step {best}, its best."
        ).format(best=best_step),
        hint=_("More examples help it more than more time."),
    )


def begins_to_forget(step: int, change: float) -> Adjustment:
    return Adjustment(
        step=step,
        kind="forgetting",
        message=_(
            "General texts surprise the model a little more than before the training ({change} nats a word piece): it "
            "may begin to forget. The training goes on."
        ).format(change=_signed(change)),
        hint=_("It ends by itself if this gets much worse."),
    )


def has_forgotten(step: int, kept_step: int, change: float) -> Adjustment:
    """`kept_step`: whose weights are kept; those of `step` where there are no others."""
    told = (
        _(
            "The training costs the model too much of what it knew: general texts surprise it much more than before "
            "({change} nats a word piece). It ends here, with the adapter as it was at step {kept}."
        )
        if kept_step and kept_step != step
        else _(
            "The training costs the model too much of what it knew: general texts surprise it much more than before "
            "({change} nats a word piece). It ends here, with the adapter as it is, since there is no earlier one."
        )
    )
    return Adjustment(
        step=step,
        kind="forgetting",
        message=told.format(change=_signed(change), kept=kept_step),
        hint=_("Train again with a lower learning rate (the prudent preset), or set stop_on_forgetting to off."),
    )


def learns_nothing(step: int, rate: float) -> Adjustment:
    return Adjustment(
        step=step,
        kind="no_learning",
        message=_("So far the adapter has learnt nothing from the examples."),
        hint=_(
            "The steps may be too short (the learning rate is {rate}), or the base model already writes like this. "
            "Try the bold preset, and see whether the examples say what you want (`sunto dataset review`)."
        ).format(rate=plain_number(rate)),
    )


def could_not_write(step: int, error: OSError) -> Adjustment:
    return Adjustment(
        step=step,
        kind="disk",
        message=_(
            "The training's state could not be saved: {reason}. The training goes on, and what was saved before is "
            "whole."
        ).format(reason=reason_of(error)),
        hint=_("Free some space: until then, a pause or a crash loses the steps since the last saved one."),
    )


def can_write_nothing(error: OSError) -> TrainingError:
    return TrainingError(
        _("The training cannot begin, since its state cannot be saved: {reason}.").format(reason=reason_of(error)),
        _("Free some space, or set SUNTO_HOME to a folder on a disk that has it."),
    )


def was_torn(step: int) -> Adjustment:
    return Adjustment(
        step=step,
        kind="disk",
        message=_("What was saved last is damaged: the training goes on from step {step}.").format(step=step),
    )


def best_is_lost(step: int) -> Adjustment:
    return Adjustment(
        step=step,
        kind="disk",
        message=_(
            "The best state of the adapter was saved, but is damaged now: it is kept as it was at step {step}."
        ).format(step=step),
        hint=_("Check the disk. To get a better adapter, train again with --overwrite."),
    )


def other_examples(name: str) -> TrainingError:
    return TrainingError(
        _("The training “{name}” cannot go on: its examples look different to the model from how they did.").format(
            name=name
        ),
        _("The base model, its chat template or Sunto itself has changed: begin it anew with --overwrite."),
    )


def unreadable(name: str, error: OSError) -> TrainingError:
    return TrainingError(
        _("The saved state of the training “{name}” cannot be read: {reason}.").format(
            name=name, reason=reason_of(error)
        ),
        _("Check the disk, or begin the training anew with --overwrite."),
    )


def _signed(nats: float) -> str:
    return f"{'+' if nats >= 0 else '−'}{format_number(abs(nats), 2)}"
