"""What the loop does when its guard speaks: it goes back, slows down, ends early, or says that nothing was learnt."""

from __future__ import annotations

import math

import pytest
import torch

from adapters.training import runs
from adapters.training.checkpoints import BEST, checkpoint_path, read_checkpoint
from adapters.training.metrics import read_metrics
from adapters.training.records import EvaluationDone
from assistant.errors import TrainingDivergedError
from tests.adapters.training.loops import Around, go, learnable, settings
from tests.adapters.training.test_resume import directory, step_is


def failing_at(calls: dict[int, float]):
    """The so-manieth computation of a loss says this instead, and its gradients are no numbers either."""

    class Failing(Around):
        def __init__(self, forward) -> None:
            super().__init__(forward)
            self.count = 0

        def backward(self, micro, scale):
            self.count += 1
            loss = self.forward.backward(micro, scale)
            return calls.get(self.count, loss)

    return Failing


def test_a_loss_that_is_no_number_takes_the_training_back_and_halves_the_rate(engine):
    seen = {}

    def look(told):
        if told.step == 4:
            seen["at 4"] = read_checkpoint(checkpoint_path(directory(), 3)).state.step
        return False

    ran = go(engine, settings(patience=0), wrap=failing_at({7: math.nan}), after=look)
    assert [(one.kind, one.step) for one in ran.adjustments] == [("diverged", 5)]
    assert "too long" in ran.adjustments[0].message
    assert ran.adjustments[0].hint
    assert [step.step for step in ran.steps] == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9]
    plain = go(engine, settings(patience=0), name="plain")
    for step in ran.steps[6:]:
        assert step.learning_rate == plain.steps[step.step - 1].learning_rate / 2
    assert ran.outcome.rollbacks == 1
    assert seen == {"at 4": 3}


def test_going_back_restores_weights_and_what_the_optimizer_remembers(engine):
    """What follows is, apart from its rate and dropout, what would have followed then."""
    chosen = settings(lora_dropout=0.0, patience=0)
    paused = go(engine, chosen, name="paused", after=step_is(5))
    checkpoint = read_checkpoint(checkpoint_path(directory("paused"), 5))
    assert all(torch.equal(a, checkpoint.weights[name][0]) for name, (a, _b) in paused.weights.items())

    back = go(engine, chosen, wrap=failing_at({7: math.inf}), after=lambda told: getattr(told, "kind", "") != "")
    kept = read_checkpoint(checkpoint_path(directory(), 5))
    assert back.outcome.steps == 5
    for name, (a, b) in checkpoint.weights.items():
        assert torch.equal(a, kept.weights[name][0])
        assert torch.equal(b, kept.weights[name][1])
        assert torch.equal(b, back.weights[name][1])
    assert all(torch.equal(tensor, kept.optimizer[name]) for name, tensor in checkpoint.optimizer.items())
    assert any(tensor.abs().sum() > 0 for tensor in kept.optimizer.values())


def test_after_going_back_three_times_it_ends_with_the_best(engine):
    ran = go(engine, settings(patience=0), wrap=failing_at(dict.fromkeys(range(7, 99), math.nan)))
    assert ran.outcome.end == "diverged"
    assert [one.kind for one in ran.adjustments] == ["diverged"] * 4
    assert ran.outcome.rollbacks == 4
    best = min((one for one in ran.evaluations if one.step), key=lambda one: one.loss)
    assert ran.outcome.kept_step == best.step
    with runs.open_run("bio"):
        pass
    assert go(engine, resume=True).same_weights(ran)


def test_a_training_that_never_made_a_good_step_is_an_error_in_plain_words(engine):
    with pytest.raises(TrainingDivergedError, match="lost its way at step 1") as caught:
        go(engine, wrap=failing_at(dict.fromkeys(range(1, 99), math.nan)))
    assert "0.00031" in caught.value.hint
    assert runs.find_run("bio").state == "failed"


def burning(**changes):
    """At a rate of 10 the tiny model's gradients explode within ten steps: a real divergence."""
    return settings(learning_rate=10.0, epochs=4, patience=0, **changes)


def test_a_real_divergence_is_gone_back_from(engine):
    ran = go(engine, burning(), examples=learnable(engine, 12))
    assert ran.of(EvaluationDone)
    assert {one.kind for one in ran.adjustments} >= {"diverged"}
    rates = [step.learning_rate for step in ran.steps]
    assert rates[-1] < max(rates) / 2


def test_interrupted_on_the_way_to_a_divergence_it_ends_with_the_same_weights(engine):
    """What is gone back to does not depend on where a pause was."""
    whole = go(engine, burning(), name="whole", examples=learnable(engine, 12))
    assert whole.adjustments
    total = len(whole.told)
    for stop in range(3, total, max(1, total // 6)):
        name = f"stopped-{stop}"
        seen = []
        go(
            engine,
            burning(),
            name=name,
            examples=learnable(engine, 12),
            after=lambda told, seen=seen, stop=stop: seen.append(told) or len(seen) >= stop,
        )
        ended = go(engine, burning(), name=name, examples=learnable(engine, 12), resume=True)
        assert ended.outcome == whole.outcome, stop
        assert ended.same_weights(whole), stop


def test_in_the_metrics_steps_that_were_taken_back_stay_under_an_earlier_attempt(engine):
    go(engine, settings(patience=0), wrap=failing_at({7: math.nan}))
    rows = [row for row in read_metrics(directory()) if row["kind"] == "step"]
    assert [(row["attempt"], row["step"]) for row in rows] == [
        *((0, step) for step in range(1, 7)),
        *((1, step) for step in range(6, 10)),
    ]
    (change,) = [row for row in read_metrics(directory()) if row["kind"] == "adjustment"]
    assert (change["change"], change["step"]) == ("diverged", 5)


def held_out_losses(values):
    """Evaluations say these, one after the other, whatever the model says."""

    class Said(Around):
        said = iter(values)

        def losses(self, examples):
            each = next(self.said)
            return [(each * example.target_tokens, example.target_tokens) for example in examples]

    return Said


def test_when_the_held_out_examples_get_worse_it_ends_with_the_best_weights(engine):
    said = held_out_losses([5.0, 4.0, 3.0, 3.1, 3.2, 3.3, 1.0])
    ran = go(engine, settings(epochs=5, patience=3), wrap=said)
    assert ran.outcome.end == "overfitting"
    assert [one.best for one in ran.evaluations] == [True, True, True, False, False, False]
    best_step = ran.evaluations[2].step
    assert (ran.outcome.best_loss, ran.outcome.kept_step) == (3.0, best_step)
    assert ran.outcome.steps == ran.evaluations[-1].step < 15
    (change,) = ran.adjustments
    assert (change.kind, f"step {best_step}" in change.message) == ("overfitting", True)
    until_best = go(engine, settings(epochs=5, patience=0), name="until", after=step_is(best_step))
    assert ran.same_weights(until_best)
    again = go(engine, resume=True)
    assert again.told == []
    assert again.same_weights(ran)


def test_when_the_best_one_is_damaged_the_last_is_used_and_judged_as_the_last(engine):
    """Not with the loss of weights that nobody has any more."""

    def damage(told):
        if isinstance(told, EvaluationDone) and told.loss == 3.2:
            (directory() / BEST).write_bytes(b"torn")

    said = held_out_losses([5.0, 4.0, 3.0, 3.1, 3.2, 3.3, 1.0])
    ran = go(engine, settings(epochs=5, patience=3), wrap=said, after=damage)
    assert (ran.outcome.end, ran.outcome.best_loss) == ("overfitting", 3.3)
    assert ran.outcome.kept_step == ran.outcome.steps == ran.evaluations[-1].step
    assert "damaged" in ran.adjustments[-1].message
    again = go(engine, resume=True)
    assert (again.outcome.best_loss, again.same_weights(ran)) == (3.3, True)


def test_a_patience_of_0_never_ends_it(engine):
    said = held_out_losses([5.0, 4.0, *[4.5] * 30])
    ran = go(engine, settings(epochs=5, patience=0), wrap=said)
    assert ran.outcome.end == "done"
    assert ran.outcome.kept_step == ran.evaluations[1].step


def test_held_out_examples_that_get_far_worse_than_the_bare_base_mean_a_divergence(engine):
    ran = go(engine, settings(patience=0), wrap=held_out_losses([5.0, 4.0, 9.0, *[3.9] * 30]))
    assert [one.kind for one in ran.adjustments] == ["diverged"]
    assert ran.outcome.best_loss == 3.9


def test_no_learning_is_said_once_with_what_may_be_the_reason(engine):
    ran = go(engine, settings(learning_rate=1e-9, epochs=4, batch_size=1, patience=0))
    assert [one.kind for one in ran.adjustments] == ["no_learning"]
    assert ran.adjustments[0].step >= 12
    assert "0.000000001" in ran.adjustments[0].hint
    assert ran.outcome.end == "done"


def test_no_learning_is_seen_without_held_out_examples_too(engine):
    ran = go(engine, settings(learning_rate=1e-9, epochs=8, batch_size=1, lora_dropout=0.0), held_out=[])
    assert [one.kind for one in ran.adjustments] == ["no_learning"]
    assert ran.evaluations == []
    assert (ran.outcome.base_loss, ran.outcome.best_loss, ran.outcome.kept_step) == (None, None, 48)


def test_a_training_that_learns_is_left_alone(engine):
    ran = go(engine, settings(epochs=8, learning_rate=1e-2, patience=0))
    assert ran.adjustments == []
