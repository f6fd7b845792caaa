"""From measured units to what a report says: figures with intervals, differences, the verdict. Needs no model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from adapters.evaluation import statistics
from adapters.evaluation.measuring import Item, Measurements
from adapters.evaluation.metrics import METRICS, scores_of_text
from adapters.evaluation.report import (
    ADAPTER,
    BASE,
    EXAMPLES,
    MAX_SOURCE_CHARACTERS,
    PRIMARY,
    Difference,
    Interval,
    NotJudged,
    Report,
    System,
    Text,
    Verdict,
)
from assistant.generation import FinishReason

SHOWN = 3
"""Best and worst texts."""

Answer = Literal["worth_it", "examples_do_as_well", "no_difference", "worse", "broken", "not_judged"]


class Row(NamedTuple):
    """One value of one metric."""

    id: str
    document: str
    value: float
    weight: float


@dataclass(frozen=True)
class Numbers:
    systems: list[System]
    differences: list[Difference]
    best: list[str]
    worst: list[str]


def texts(items: Iterable[Item], found: Measurements, *, stemming: bool = False) -> list[Text]:
    """The examples that texts were written for, with what can be said of each text."""
    return [_text(item, found, stemming) for item in items if item.write]


def compare(systems: Sequence[str], items: Sequence[Item], found: Measurements, written: Sequence[Text]) -> Numbers:
    """`systems` in their order. What the adapter is compared with is everybody else, example by example."""
    rows = {system: _rows(system, items, found, written) for system in systems}
    differences = [
        difference
        for against in systems
        if against != ADAPTER and ADAPTER in rows
        for difference in _differences(rows[ADAPTER], rows[against], against)
    ]
    best, worst = _best_and_worst(written)
    return Numbers([_system(system, rows[system]) for system in systems], differences, best, worst)


def verdict(report: Report) -> Answer:
    """The answer to the question in the title, by the primary metric alone; a broken adapter has no other."""
    if any(fault["level"] == "error" for fault in report["faults"]):
        return "broken"
    primary: dict[str, Verdict] = {
        one["against"]: one["verdict"] for one in report["differences"] if one["metric"] == PRIMARY
    }
    answer = primary.get(BASE, "not_judged")
    if answer == "better":
        return "examples_do_as_well" if primary.get(EXAMPLES) in ("no_difference", "worse") else "worth_it"
    return answer


def gaps(found: Measurements, written: Sequence[Text], numbers: Numbers) -> Iterator[NotJudged]:
    """What could not be judged, as it turned out."""
    scored = {system["key"]: system["scores"] for system in numbers.systems}
    for system, ids in found.too_long.items():
        yield NotJudged(what=system, why="does_not_fit", details={"examples": len(ids)})
    for difference in numbers.differences:
        if (difference["metric"], difference["against"]) == (PRIMARY, BASE) and difference["verdict"] == "not_judged":
            yield NotJudged(what=PRIMARY, why="few_documents", details={"documents": difference["n"]})
    if written and ADAPTER in scored and not any(text["written"].get(ADAPTER) for text in written):
        yield NotJudged(what="texts", why="wrote_nothing", details={"texts": len(written)})


def _text(item: Item, found: Measurements, stemming: bool) -> Text:
    example = item.example
    written = {system: texts[example.id] for system, texts in found.texts.items() if example.id in texts}
    scores = {
        system: scores_of_text(
            one.text,
            example.target,
            item.text,
            example.language,
            cast("FinishReason", one.finish_reason),
            stemming=stemming,
        )
        for system, one in written.items()
    }
    for system, losses in found.losses.items():
        if (loss := losses.get(example.id)) is not None:
            scores.setdefault(system, {})[PRIMARY] = loss.nats / loss.tokens
    return Text(
        id=example.id,
        document=example.place.document,
        group=example.group,
        pages=list(example.place.pages),
        section=example.place.section,
        task=example.task,
        language=example.language,
        source=beginning(item.text),
        reference=example.target,
        written={system: one.text for system, one in written.items()},
        scores=scores,
    )


def beginning(text: str) -> str:
    """What a report keeps of a document; cut between two words, and with the mark of it."""
    if len(text) <= MAX_SOURCE_CHARACTERS:
        return text
    kept = text[: MAX_SOURCE_CHARACTERS - 1]
    words, space, _rest = kept.rpartition(" ")
    return (words if space else kept).rstrip() + "…"


def _rows(system: str, items: Sequence[Item], found: Measurements, written: Sequence[Text]) -> dict[str, list[Row]]:
    """By metric. The loss is of all examples, weighted by tokens within a document; the rest of the written ones."""
    documents = {item.example.id: item.example.group for item in items}
    losses = found.losses.get(system, {})
    rows = {PRIMARY: [Row(one, documents[one], loss.nats / loss.tokens, loss.tokens) for one, loss in losses.items()]}
    for text in written:
        for metric, value in text["scores"].get(system, {}).items():
            if metric != PRIMARY:
                rows.setdefault(metric, []).append(Row(text["id"], documents[text["id"]], value, 1.0))
    return {metric: found for metric, found in rows.items() if found}


def _system(key: str, rows: Mapping[str, Sequence[Row]]) -> System:
    scores: dict[str, Interval] = {}
    for metric in METRICS:
        if metric in rows:
            bounds = METRICS[metric].lowest, METRICS[metric].highest
            scores[metric] = statistics.interval(_means(rows[metric]).values(), *bounds)
            if metric == PRIMARY:
                scores["perplexity"] = statistics.perplexity(scores[metric])
    return System(key=key, scores=scores)


def _differences(of: Mapping[str, Sequence[Row]], against: Mapping[str, Sequence[Row]], name: str) -> list[Difference]:
    """Of all metrics that both have, on the examples that both have."""
    found: list[Difference] = []
    for metric in METRICS:
        ours, theirs = _paired(of.get(metric, ()), against.get(metric, ()))
        if ours:
            found.append(statistics.difference(metric, ADAPTER, name, ours, theirs))
    return statistics.adjusted(found)


def _paired(of: Sequence[Row], against: Sequence[Row]) -> tuple[dict[str, float], dict[str, float]]:
    """Means by document."""
    common = {row.id for row in of} & {row.id for row in against}
    first, second = ([row for row in rows if row.id in common] for rows in (of, against))
    return _means(first), _means(second)


def _means(rows: Iterable[Row]) -> dict[str, float]:
    return statistics.by_document((row.document, row.value, row.weight) for row in rows)


def _best_and_worst(written: Sequence[Text]) -> tuple[list[str], list[str]]:
    """Ids of the texts whose loss fell most, and least or rose; none is among both."""
    gains = {
        text["id"]: text["scores"][BASE][PRIMARY] - text["scores"][ADAPTER][PRIMARY]
        for text in written
        if PRIMARY in text["scores"].get(BASE, {}) and PRIMARY in text["scores"].get(ADAPTER, {})
    }
    ordered = sorted(gains, key=lambda one: (-gains[one], one))
    best = min(SHOWN, (len(ordered) + 1) // 2)
    worst = min(SHOWN, len(ordered) - best)
    return ordered[:best], ordered[len(ordered) - worst :][::-1]
