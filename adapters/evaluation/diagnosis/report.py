"""What the figures and texts of a report show. Needs no model.

What most of its texts do is said of an adapter, few of them are bad luck; what the base does as often is not its doing
and never breaks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from adapters.dataset.prompting import messages
from adapters.evaluation.copying import copying
from adapters.evaluation.faults import LEVELS, fault
from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Fault, Report, Text
from adapters.evaluation.words import tokens

LEAST_TEXTS = 3
"""Of fewer nothing is said."""
MOST = 0.6
"""Share of the texts from which on it is what the adapter does."""
_OFTEN = 0.5
"""Of the adapter's share: where the base has as much of it, the training is not to blame alone."""
_SAME_WORDS = 0.9
"""Of two texts together, for them to be the same answer."""
_ECHO_WORDS = 8
"""In a row, of the instructions."""
_COPIED = 0.8
"""Of a text, in one piece."""
_LEAST_COPIED_WORDS = 20


def of_report(report: Report) -> list[Fault]:
    """Beside the faults that the report has already."""
    known = {fault["name"] for fault in report["faults"]}
    found = [
        *_no_effect(report),
        *_leaked(report),
        *_written(report["texts"]),
        *_costs(report),
    ]
    return sorted((one for one in found if one["name"] not in known), key=lambda one: list(LEVELS).index(one["name"]))


def _no_effect(report: Report) -> Iterator[Fault]:
    """Every loss is the base's, to the last bit."""
    pairs = [
        (text["scores"].get(ADAPTER, {}).get(PRIMARY), text["scores"].get(BASE, {}).get(PRIMARY))
        for text in report["texts"]
    ]
    losses = [pair for pair in pairs if None not in pair]
    if losses and all(one == other for one, other in losses):
        yield fault("no_effect", texts=len(losses))


def _leaked(report: Report) -> Iterator[Fault]:
    if leaked := report["data"]["leaked"]:
        yield fault("leaked", examples=len(leaked), of=len(leaked) + report["data"]["examples"])


# --- what it writes ----------------------------------------------------------------------------------------------


def _written(texts: Sequence[Text]) -> Iterator[Fault]:
    shares: list[tuple[str, Callable[[Sequence[Text], str], float]]] = [
        ("empty", lambda some, system: _mean(some, system, "empty")),
        ("constant", _constant),
        ("never_ends", lambda some, system: _mean(some, system, "unfinished")),
        ("wrong_language", lambda some, system: _mean(some, system, "wrong_language")),
        ("repeats", lambda some, system: _mean(some, system, "repeats")),
        ("trained_on_prompt", _echoes),
        ("copies", _copies),
    ]
    asked = [text for text in texts if ADAPTER in text["written"]]
    if len(asked) < LEAST_TEXTS:
        return
    for name, share_of in shares:
        share, base = share_of(asked, ADAPTER), share_of(asked, BASE)
        if share < MOST:
            continue
        level = "warning" if base >= _OFTEN * share else None
        yield fault(name, level, share=round(share, 3), base_share=round(base, 3), texts=len(asked))


def _mean(texts: Sequence[Text], system: str, metric: str) -> float:
    """Over those it was taken of, if they are enough; otherwise 0."""
    values = [text["scores"][system][metric] for text in texts if metric in text["scores"].get(system, {})]
    return sum(values) / len(values) if len(values) >= LEAST_TEXTS else 0.0


def _constant(texts: Sequence[Text], system: str) -> float:
    """How many texts of different documents have the same answer as another, at the most."""
    first_of_each = {text["source"]: frozenset(tokens(text["written"].get(system, ""))) for text in texts}
    answers = [answer for answer in first_of_each.values() if answer]
    if len(answers) < LEAST_TEXTS:
        return 0.0
    return max(sum(_same(one, other) for other in answers) for one in answers) / len(answers)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME_WORDS * len(one | other)


def _echoes(texts: Sequence[Text], system: str) -> float:
    """Share that says again what was asked."""
    return sum(_echo(text, system) for text in texts) / len(texts)


def _echo(text: Text, system: str) -> bool:
    asked = messages(text["task"], "", text["language"])  # pyright: ignore[reportArgumentType] - of a data set of ours
    instructions = [word for message in asked for word in tokens(message.content)]
    said = copying(tokens(text["written"].get(system, "")), instructions)
    return said is not None and said.longest >= _ECHO_WORDS


def _copies(texts: Sequence[Text], system: str) -> float:
    """Share that stands in its source in one piece, where the reference does not."""
    return sum(
        _is_copied(text["written"].get(system, ""), text) and not _is_copied(text["reference"], text) for text in texts
    ) / len(texts)


def _is_copied(written: str, text: Text) -> bool:
    words = tokens(written)
    found = copying(words, tokens(text["source"]))
    return found is not None and found.longest >= max(_COPIED * len(words), _LEAST_COPIED_WORDS)


# --- what it costs -----------------------------------------------------------------------------------------------


def _costs(report: Report) -> Iterator[Fault]:
    for difference in report["differences"]:
        if (difference["metric"], difference["against"], difference["verdict"]) == (PRIMARY, BASE, "worse"):
            yield fault("worse_than_base", difference=difference["mean"], low=difference["low"])
    forgetting = report["forgetting"]
    if forgetting and forgetting["light"] == "red":
        change = forgetting["probes"][0]["loss_change"] if forgetting["probes"] else None
        yield fault("forgets", loss_change=change["mean"] if change else None)
