"""A report as it is kept, sent and shown: JSON, numbers and keys but no sentences.

Whoever shows one finds the sentences in `adapters.evaluation.telling`, in the language of the reader. Texts in it
(documents, references, what was written) come from strangers and from a model: they are cleaned where they are shown.
All losses are in nats per target token; a document counts as much as another, however many examples it has.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

FORMAT = 1

BASE, EXAMPLES, ADAPTER = "base", "examples", "adapter"
"""Systems: the bare base; the base with two examples in its prompt; the adapter that is judged. An earlier version of
it is `version:N`."""

PRIMARY = "loss"
"""The one metric whose difference is declared to be the answer; all others are adjusted for being many (Holm 1979)."""

Verdict = Literal["better", "worse", "no_difference", "not_judged"]
Light = Literal["green", "amber", "red", "not_informative", "not_judged"]


class Interval(TypedDict):
    """A mean over documents and its 95 % interval; `low` and `high` are None where there are too few to say."""

    mean: float
    low: float | None
    high: float | None
    n: int
    """Documents."""


class Difference(Interval):
    """Of `of` less `against`, each document with itself."""

    metric: str
    of: str
    """A system."""
    against: str
    p: float | None
    adjusted_p: float | None
    """Holm's, among all metrics but the primary one of the same two systems; the primary one's own p."""
    verdict: Verdict
    """In the sense of the metric: `better` may be lower."""


class System(TypedDict):
    key: str
    scores: dict[str, Interval]
    """By metric (`adapters.evaluation.metrics`); one that could not be taken is not there."""


class Text(TypedDict):
    """One test example, with what each system made of it."""

    id: str
    document: str
    group: NotRequired[str]
    """What counts as one document in every mean: the document, or a chapter of it, or a row."""
    pages: list[int]
    section: str
    task: str
    language: str
    source: str
    """The beginning of the text, at most `MAX_SOURCE_CHARACTERS`."""
    reference: str
    written: dict[str, str]
    """By system; empty where nothing was written, not there where it was not asked."""
    scores: dict[str, dict[str, float]]
    """By system, then by metric."""


class Probes(TypedDict):
    """What general knowledge became of, on the shipped probes in one language (`it`, `en`) or in all of them."""

    language: str
    """Empty for all together."""
    loss_before: float
    loss_after: float
    loss_change: Interval
    light: Light
    items: int
    accuracy_before: float
    """0 to 1."""
    accuracy_after: float
    accuracy_change: Interval
    chance: float
    """Accuracy of guessing."""
    at_chance: bool
    """The base itself does no better than guessing: nothing can be said of its knowledge by these items."""


class Forgetting(TypedDict):
    light: Light
    """Of all together."""
    probes: list[Probes]
    """All together first, then by language."""
    thresholds: list[float]
    """Nats: up to the first green, up to the second amber, above it red."""
    unprobed: list[str]
    """Languages of the adapter that the probes do not have."""


class Check(TypedDict):
    """One thing that was looked at when the adapter was saved."""

    name: str
    """differs, reloads, ends, hashes or peft"""
    passed: bool | None
    """None: it could not be looked at here."""
    measured: NotRequired[dict[str, Any]]
    """Numbers, for the curious."""


class Fault(TypedDict):
    name: str
    """Of `adapters.evaluation.faults`."""
    level: Literal["warning", "error"]
    details: dict[str, Any]
    """Numbers and names for its sentence."""


class NotJudged(TypedDict):
    what: str
    """A metric, a system, `forgetting`, `blind` …"""
    why: str
    """few_documents, no_references, no_test_data, no_examples, does_not_fit, no_language, wrote_nothing, no_run,
    stopped, not_asked, broken"""
    details: dict[str, Any]


class Data(TypedDict):
    name: str
    file: str
    sha256: str
    split: str
    """test; validation where no example is fit to test with, or some are of documents that chose the best step; all of
    a data set that is another one than what it was trained on."""
    documents: int
    chapters: NotRequired[bool]
    """Parts of a document count as documents, since there are few."""
    examples: int
    written: int
    """Of the examples, how many texts were written for."""
    languages: dict[str, int]
    tiers: dict[str, int]
    tasks: dict[str, int]
    leaked: list[str]
    """Examples that were left out because the adapter was trained on (much of) them."""
    without_reference: int
    small: bool
    """Too few documents for more than a hint (`SMALL_DOCUMENTS`)."""


class Choices(TypedDict):
    """Of a blind comparison: whose text was preferred."""

    against: str
    """A system."""
    adapter: int
    other: int
    same: int
    share: Interval
    """Of the decided ones, how many went to the adapter; 0 to 1. An exact binomial interval (Clopper, Pearson 1934)."""
    verdict: Verdict
    inconsistent: NotRequired[int]
    """Of a model's judgements: the two orders gave different answers; counted among `same`."""
    longer: NotRequired[int]
    """Of a model's judgements: how many went to the longer text, which models like whatever it says."""
    equal: NotRequired[int]
    """Of a person's: both wrote the same words, and nobody was asked; counted among `same`."""


class Lineage(TypedDict):
    """Base → data → run → versions → scores: what was handed down to what."""

    base: dict[str, Any]
    """name, hub, license, parameters (0: not known), languages"""
    data: dict[str, Any]
    """file, examples, held_out, tiers {A, B, C}, tasks, files [names]"""
    run: dict[str, Any]
    """steps, kept_step, ended, learning_rate, epochs, kind, r; curve and held_out: [[step, loss]]"""
    versions: list[dict[str, Any]]
    """version, created, file, current (bool), loss_before, loss_after: oldest first"""


class Report(TypedDict):
    format: int
    created: str
    """ISO 8601, UTC."""
    sunto: str
    seconds: float
    adapter: dict[str, Any]
    """name, version, kind, subject, created, sha256 (of the weights)"""
    model: str
    device: str
    data: Data
    settings: dict[str, Any]
    """What decides the numbers: stemming ("" or the stemmer's name by language), chrf (sacrebleu's signature),
    max_new_tokens, seed, examples_in_prompt [ids], versions of prompts and probes"""
    systems: list[System]
    differences: list[Difference]
    texts: list[Text]
    best: list[str]
    """Ids of the texts where the adapter gained most over the base by the primary metric; at most three."""
    worst: list[str]
    forgetting: Forgetting | None
    checks: list[Check]
    faults: list[Fault]
    not_judged: list[NotJudged]
    judge: Choices | None
    """The base model as a judge: indicative only."""
    blind: Choices | None
    """The student."""
    lineage: Lineage
    verdict: Literal["worth_it", "examples_do_as_well", "no_difference", "worse", "broken", "not_judged"]


MAX_SOURCE_CHARACTERS = 1200
SMALL_DOCUMENTS = 10
"""Below it even a large difference may be luck; the report says so beside every number."""
