"""Did it forget? What became of general knowledge, as a traffic light: the shipped probes before and after.

The light goes by how much more the passages surprise the model (`loss_change`, in nats a token, a passage with
itself): up to +0.05 green, up to +0.15 amber, above it red. The thresholds are a choice, after what PEFT's own
comparison of methods measured as the change of cross-entropy on Wikipedia (huggingface/peft,
method_comparison/MetaMathQA, Llama 3.2 3B, 5,000 steps, one seed): ordinary LoRA at +0.05, full fine-tuning at +0.03,
a kind that learns and forgets more (rank-stabilised LoRA) at +0.11, prompt tuning that ruined the model above +1.

An interval that is too wide for a colour takes it away: green holds only where red can be ruled out, red only where
green can be; otherwise the light is amber. It is amber, too, where the model answers fewer questions than before
and that cannot be luck. A base that does no better than guessing in a language has nothing there that could be seen to
be forgotten: not informative. What all languages together say is the worst that an informative one of them says, for
an adapter that learns Italian may hide in a mean that it unlearns English.

On the starter model, with one core for itself, the 60 questions take 15 s and the 40 passages 24 s. It has 19 of 30
questions right in English, 10 of 30 in Italian (as good as guessing), and reads the passages at 3.9 and 4.9 nats a
token: `probe_scores(load_engine(ensure_model("starter"), "cpu"))`, compared with itself. One adapter of the quality
benchmark (benchmarks/training: LoRA, r 16, 300 pairs, one epoch) on it: -0.059 nats in English, interval -0.072
to -0.045, so that 20 passages tell 0.05 from 0; 19 of 30 questions right as before, interval -10 to +10 in 100. Green.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from adapters.evaluation.probes import CHANCE, LANGUAGES, Item, load_items, load_passages
from adapters.evaluation.probes.scores import ProbeScores
from adapters.evaluation.report import Forgetting, Interval, Light, Probes
from adapters.evaluation.statistics import at_chance, interval

GREEN, AMBER = 0.05, 0.15
"""Nats a token: up to the first green, up to the second amber, above it red."""
_WORST_FIRST: tuple[Light, ...] = ("red", "amber", "green", "not_informative", "not_judged")


def compare(before: ProbeScores, after: ProbeScores, languages: Iterable[str] = ()) -> Forgetting:
    """Of the base (`before`) and the adapter. `languages` are the adapter's: those without probes are named."""
    by_language = [_probes(language, [language], before, after) for language in LANGUAGES]
    light = worst(probes["light"] for probes in by_language)
    together: Probes = {**_probes("", LANGUAGES, before, after), "light": light}
    return Forgetting(
        light=light,
        probes=[together, *by_language],
        thresholds=[GREEN, AMBER],
        unprobed=[language for language in dict.fromkeys(languages) if language and language not in LANGUAGES],
    )


def light_of(loss_change: Interval, accuracy_change: Interval | None = None) -> Light:
    """See above; `accuracy_change` where the base knows the answers."""
    mean, low, high = loss_change["mean"], loss_change["low"], loss_change["high"]
    if loss_change["n"] == 0:
        return "not_judged"
    if mean > AMBER:
        return "red" if low is None or low > GREEN else "amber"
    fewer = accuracy_change is not None and accuracy_change["high"] is not None and accuracy_change["high"] < 0
    return "green" if mean <= GREEN and (high is None or high <= AMBER) and not fewer else "amber"


def worst(lights: Iterable[Light]) -> Light:
    return min([*lights] or ["not_judged"], key=_WORST_FIRST.index)


def loss_change(before: Mapping[str, float], after: Mapping[str, float]) -> Interval:
    """Over the passages that both have, each with itself."""
    return interval(after[passage] - before[passage] for passage in after if passage in before)


def is_guessing(scores: ProbeScores, language: str) -> bool:
    """Whether it does no better than that on the questions of this language."""
    right = _right(load_items(language), scores)
    return at_chance(sum(right.values()), len(right), CHANCE)


def _probes(language: str, of: Sequence[str], before: ProbeScores, after: ProbeScores) -> Probes:
    passages = [p.id for one in of for p in load_passages(one) if p.id in before.passages and p.id in after.passages]
    items = [item for one in of for item in load_items(one) if item.id in before.items and item.id in after.items]
    was, now = _right(items, before), _right(items, after)
    guessing = at_chance(sum(was.values()), len(was), CHANCE)
    losses = loss_change(before.passages, {passage: after.passages[passage] for passage in passages})
    accuracies = interval((float(now[item] - was[item]) for item in was), -1.0, 1.0)
    return Probes(
        language=language,
        loss_before=_mean(before.passages[passage] for passage in passages),
        loss_after=_mean(after.passages[passage] for passage in passages),
        loss_change=losses,
        light="not_informative" if guessing else light_of(losses, accuracies),
        items=len(items),
        accuracy_before=_mean(was.values()),
        accuracy_after=_mean(now.values()),
        accuracy_change=accuracies,
        chance=CHANCE,
        at_chance=guessing,
    )


def _right(items: Sequence[Item], scores: ProbeScores) -> dict[str, bool]:
    """Which items are answered right; of equally likely answers none is."""
    found: dict[str, bool] = {}
    for item in items:
        losses = scores.items[item.id]
        others = [loss for option, loss in enumerate(losses) if option != item.answer]
        found[item.id] = losses[item.answer] < min(others)
    return found


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return fmean(found) if found else 0.0
