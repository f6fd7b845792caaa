"""A report as an evaluation makes it, for tests of whatever shows one: full, realistic, different at each call's wish.

report()                                 24 documents, worth it
report(verdict="no_difference", …)       any field of `Report` replaced
poor_report()                            2 documents, nothing that could be judged
"""

from __future__ import annotations

import math
from typing import Any, cast

from adapters.evaluation.report import (
    ADAPTER,
    BASE,
    EXAMPLES,
    FORMAT,
    Difference,
    Forgetting,
    Interval,
    Probes,
    Report,
    System,
    Text,
    Verdict,
)

NAME = "biology"

_SOURCES = (
    (
        "Cellular respiration",
        "Cells obtain energy by breaking down glucose in the presence of oxygen. The process begins in the cytoplasm "
        "with glycolysis, which splits one molecule of glucose into two of pyruvate and yields 2 molecules of ATP. "
        "The pyruvate enters the mitochondria, where the Krebs cycle and the electron transport chain yield about 30 "
        "more. Carbon dioxide and water are given off.",
        "Cells turn glucose and oxygen into energy: glycolysis in the cytoplasm gives 2 ATP, the mitochondria about "
        "30 more.",
    ),
    (
        "Photosynthesis",
        "Plants capture light with chlorophyll, a pigment in the thylakoids of the chloroplast. The light reactions "
        "split water, set oxygen free and store energy in ATP and NADPH. In the Calvin cycle that energy is spent to "
        "build sugars from carbon dioxide.",
        "Plants store the energy of light in sugars; splitting water sets oxygen free.",
    ),
    (
        "Osmosis",
        "Water moves through a membrane from where few substances are dissolved to where there are many, until both "
        "sides are in balance. A plant cell in pure water swells until its wall resists; in salt water it shrinks.",
        "Osmosis is the passage of water through a membrane towards the side with more dissolved substances.",
    ),
)

_SCORES: dict[str, tuple[float, float, float]] = {
    # metric: base, base with examples, adapter
    "loss": (2.310, 2.204, 2.049),
    "rouge1": (0.312, 0.330, 0.371),
    "rouge2": (0.094, 0.101, 0.128),
    "rougeL": (0.221, 0.240, 0.268),
    "chrf": (31.4, 32.8, 36.9),
    "faithful": (0.78, 0.80, 0.83),
    "details": (0.91, 0.90, 0.92),
    "length": (2.41, 1.60, 1.12),
    "coverage": (0.81, 0.80, 0.79),
    "density": (4.8, 4.1, 3.2),
    "compression": (6.1, 8.9, 12.4),
    "longest_copy": (14.0, 12.0, 9.0),
    "wrong_language": (0.04, 0.02, 0.0),
    "repeats": (0.10, 0.06, 0.02),
    "unfinished": (0.20, 0.08, 0.0),
    "empty": (0.0, 0.0, 0.0),
}
_LOWER = frozenset({"loss", "wrong_language", "repeats", "unfinished", "empty"})
_UNGRADED = frozenset({"length", "coverage", "density", "compression", "longest_copy"})
_SHOWN = frozenset({"loss", "rouge1", "rougeL", "chrf", "length", "compression", "unfinished"})
"""Metrics whose difference from the base is shown."""


def interval(mean: float, half: float | None = None, n: int = 24) -> Interval:
    """`mean` with limits `half` to both sides; None: too few documents to say."""
    if half is None:
        return Interval(mean=mean, low=None, high=None, n=n)
    return Interval(mean=mean, low=mean - half, high=mean + half, n=n)


def difference(
    metric: str,
    mean: float,
    half: float | None,
    *,
    against: str = BASE,
    verdict: Verdict = "no_difference",
    n: int = 24,
    p: float | None = None,
    adjusted_p: float | None = None,
) -> Difference:
    return Difference(
        **interval(mean, half, n),
        metric=metric,
        of=ADAPTER,
        against=against,
        p=p,
        adjusted_p=adjusted_p,
        verdict=verdict,
    )


def text(number: int, *, written: dict[str, str] | None = None, **fields: Any) -> Text:
    title, source, reference = _SOURCES[number % len(_SOURCES)]
    made: dict[str, Any] = {
        "id": f"{number:016x}",
        "document": f"lecture-{number + 1}.pdf",
        "pages": [number + 1, number + 2],
        "section": title,
        "task": "summarize",
        "language": "en",
        "source": source,
        "reference": reference,
        "written": written
        or {
            BASE: f"This text is about {title.lower()}. " + source[:160],
            EXAMPLES: source[:110] + ".",
            ADAPTER: reference.replace("about", "some"),
        },
        "scores": {
            BASE: {"loss": 2.31 + 0.05 * number, "rouge1": 0.30, "rougeL": 0.22, "chrf": 31.0},
            EXAMPLES: {"loss": 2.20 + 0.04 * number, "rouge1": 0.33, "rougeL": 0.24, "chrf": 32.0},
            ADAPTER: {"loss": 1.90 + 0.10 * number, "rouge1": 0.41, "rougeL": 0.30, "chrf": 40.0},
        },
    }
    return cast("Text", {**made, **fields})


def report(**fields: Any) -> Report:
    """Worth it, on 24 documents; with any field replaced."""
    made: dict[str, Any] = {
        "format": FORMAT,
        "created": "2026-11-22T21:04:00+00:00",
        "sunto": "0.7.0",
        "seconds": 412.0,
        "adapter": {
            "name": NAME,
            "version": 2,
            "kind": "lora",
            "subject": "Biology",
            "created": "2026-11-22T20:31:00+00:00",
            "sha256": "5d" * 32,
        },
        "model": "SmolLM2-135M-Instruct",
        "device": "cpu",
        "data": data(),
        "settings": {
            "stemming": "",
            "chrf": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
            "max_new_tokens": 256,
            "seed": 0,
            "examples_in_prompt": ["0" * 16, "1" * 16],
            "prompts": 3,
            "probes": 1,
        },
        "systems": [
            _system(BASE, 0),
            _system(EXAMPLES, 1),
            _system(ADAPTER, 2),
            _system("version:1", 2, worse=0.06),
        ],
        "differences": [*_differences(BASE, 0), *_differences(EXAMPLES, 1), *_earlier()],
        "texts": [text(number) for number in range(8)],
        "best": [f"{number:016x}" for number in (0, 1, 2)],
        "worst": [f"{number:016x}" for number in (7, 6, 5)],
        "forgetting": forgetting(),
        "checks": [
            {"name": "differs", "passed": True, "measured": {"largest_change": 3.2}},
            {"name": "reloads", "passed": True, "measured": {"before": 2.0491, "after": 2.0491}},
            {"name": "ends", "passed": True},
            {"name": "hashes", "passed": True},
            {"name": "peft", "passed": None},
        ],
        "faults": [],
        "not_judged": [{"what": "judge", "why": "not_asked", "details": {}}],
        "judge": None,
        "blind": None,
        "lineage": lineage(),
        "verdict": "worth_it",
    }
    return cast("Report", {**made, **fields})


def poor_report(**fields: Any) -> Report:
    """Two documents without references, an adapter that writes nothing, and no limits anywhere."""
    texts = [text(number, reference="", written={BASE: "A text.", ADAPTER: ""}, scores={}) for number in range(2)]
    scores = {"loss": interval(2.3, n=2), "empty": interval(0.0, n=2)}
    made: dict[str, Any] = {
        "data": {**data(), "documents": 2, "examples": 2, "written": 2, "without_reference": 2, "small": True},
        "systems": [
            System(key=BASE, scores=scores),
            System(key=ADAPTER, scores={"loss": interval(2.4, n=2), "empty": interval(1.0, n=2)}),
        ],
        "differences": [difference("loss", 0.1, None, verdict="not_judged", n=2)],
        "texts": texts,
        "best": [],
        "worst": [],
        "forgetting": None,
        "checks": [],
        "faults": [{"name": "empty", "level": "error", "details": {"share": 1.0}}],
        "not_judged": [
            {"what": "loss", "why": "few_documents", "details": {"documents": 2}},
            {"what": "examples", "why": "no_examples", "details": {}},
            {"what": "rouge1", "why": "no_references", "details": {}},
            {"what": "forgetting", "why": "not_asked", "details": {}},
        ],
        "lineage": {
            "base": {"name": "SmolLM2-135M-Instruct", "hub": "", "license": "", "parameters": 0, "languages": []},
            "data": {},
            "run": {},
            "versions": [],
        },
        "verdict": "not_judged",
    }
    return report(**{**made, **fields})


def data(**fields: Any) -> dict[str, Any]:
    return {
        "name": "biology-notes",
        "file": "biology-notes.jsonl",
        "sha256": "ab" * 32,
        "split": "test",
        "documents": 24,
        "examples": 31,
        "written": 24,
        "languages": {"en": 31},
        "tiers": {"A": 31},
        "tasks": {"summarize": 26, "describe": 5},
        "leaked": [],
        "without_reference": 0,
        "small": False,
        **fields,
    }


def forgetting(**fields: Any) -> Forgetting:
    made: dict[str, Any] = {
        "light": "green",
        "probes": [_probes(""), _probes("it", loss=(4.91, 4.95), at_chance=True), _probes("en")],
        "thresholds": [0.05, 0.15],
        "unprobed": [],
    }
    return cast("Forgetting", {**made, **fields})


def lineage() -> dict[str, Any]:
    return {
        "base": {
            "name": "SmolLM2-135M-Instruct",
            "hub": "HuggingFaceTB/SmolLM2-135M-Instruct",
            "license": "apache-2.0",
            "parameters": 134_515_008,
            "languages": ["en"],
        },
        "data": {
            "file": "biology-notes.jsonl",
            "examples": 184,
            "held_out": 47,
            "tiers": {"A": 96, "B": 88, "C": 0},
            "tasks": {"summarize": 150, "describe": 34},
            "files": [f"lecture-{number}.pdf" for number in range(1, 9)],
        },
        "run": {
            "steps": 69,
            "kept_step": 60,
            "ended": "overfitting",
            "learning_rate": 1e-4,
            "epochs": 3,
            "kind": "lora",
            "r": 16,
            "curve": [[step, 2.0 + 0.5 * math.exp(-step / 20) + 0.06 * math.sin(step)] for step in range(1, 70)],
            "held_out": [[0, 2.41], [15, 2.22], [30, 2.12], [45, 2.08], [60, 2.06], [69, 2.07]],
        },
        "versions": [
            {
                "version": 1,
                "created": "2026-11-15T18:00:00+00:00",
                "file": "biology-notes.jsonl",
                "current": False,
                "loss_before": 2.310,
                "loss_after": 2.109,
            },
            {
                "version": 2,
                "created": "2026-11-22T20:31:00+00:00",
                "file": "biology-notes.jsonl",
                "current": True,
                "loss_before": 2.310,
                "loss_after": 2.049,
            },
        ],
    }


def _system(key: str, column: int, worse: float = 0.0) -> System:
    scores = {metric: interval(values[column], 0.08 * values[column]) for metric, values in _SCORES.items()}
    scores["loss"] = interval(_SCORES["loss"][column] + worse, 0.11)
    scores["perplexity"] = interval(math.exp(scores["loss"]["mean"]), 0.9)
    return System(key=key, scores=scores)


def _differences(against: str, column: int) -> list[Difference]:
    return [_compared(metric, values[2] - values[column], against) for metric, values in _SCORES.items()]


def _compared(metric: str, mean: float, against: str) -> Difference:
    """Shown where it is one of `_SHOWN`: its limits then leave out 0. What grades nothing is not judged."""
    shown = metric in _SHOWN and mean != 0
    verdict: Verdict = "no_difference" if not shown else "better" if (mean < 0) == (metric in _LOWER) else "worse"
    if metric in _UNGRADED:
        return difference(metric, mean, abs(mean) * (0.45 if shown else 1.6), against=against, verdict="not_judged")
    return difference(
        metric,
        mean,
        abs(mean) * (0.45 if shown else 1.6),
        against=against,
        verdict=verdict,
        p=0.001 if shown else 0.3,
        adjusted_p=0.012 if shown else 1.0,
    )


def _earlier() -> list[Difference]:
    return [difference("loss", -0.06, 0.07, against="version:1", p=0.09, adjusted_p=0.09)]


def _probes(language: str, loss: tuple[float, float] = (3.02, 3.04), *, at_chance: bool = False) -> Probes:
    before, after = loss
    accuracy = (0.24, 0.26) if at_chance else (0.47, 0.45)
    items = 30 if language else 60
    return Probes(
        language=language,
        loss_before=before,
        loss_after=after,
        loss_change=interval(after - before, 0.012, 40),
        light="green",
        items=items,
        accuracy_before=accuracy[0],
        accuracy_after=accuracy[1],
        accuracy_change=interval(accuracy[1] - accuracy[0], 0.06, items),
        chance=0.25,
        at_chance=at_chance,
    )
