"""How far two readings of the same claims agree.

    python -m benchmarks.grounding.claims.agreement [--differences]

Compares `second.jsonl`, a second reading of the claims that `drawn` draws, with the labels of `claims.jsonl`, and
prints a table: raw agreement with its Wilson interval, and Cohen's kappa (Cohen 1960), for four questions. With
`--differences` also each claim that the two label differently.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.grounding.intervals import Share

HERE = Path(__file__).parent
SEED = 20261122
PER_LANGUAGE = 45

Claim = Mapping[str, Any]
Pair = tuple[Claim, Claim]

QUESTIONS: Mapping[str, Callable[[Claim], Hashable]] = {
    "truth, six classes": lambda claim: claim["truth"],
    "does the source say it (quoted or supported)": lambda claim: claim["truth"] in {"quoted", "supported"},
    "is there a detail that the source lacks": lambda claim: bool(claim["wrong_details"]),
    "is the meaning turned round, and how": lambda claim: claim["meaning"],
}


def read(path: Path) -> list[Claim]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def drawn(claims: Sequence[Claim]) -> set[str]:
    """The ids of the claims read twice: of the claims in random order, the first of documents in each language."""
    order = random.Random(SEED).sample(claims, len(claims))
    return {
        claim["id"]
        for language in ("it", "en")
        for claim in [claim for claim in order if claim["document_language"] == language][:PER_LANGUAGE]
    }


def pairs() -> list[Pair]:
    """First and second labels side by side. Raises ValueError where the second reading is not of the drawn claims."""
    claims = read(HERE / "claims.jsonl")
    first = {claim["id"]: claim for claim in claims}
    second = read(HERE / "second.jsonl")
    if sorted(claim["id"] for claim in second) != sorted(drawn(claims)):
        raise ValueError("second.jsonl does not hold each of the drawn claims once")
    return [(first[claim["id"]], claim) for claim in second]


def kappa(answers: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Agreement beyond chance; NaN where both give one and the same answer throughout, as chance then explains all."""
    total = len(answers)
    seen = sum(one == other for one, other in answers) / total
    firsts, seconds = (Counter(side) for side in zip(*answers, strict=True))
    chance = sum(firsts[answer] * seconds[answer] for answer in firsts) / total**2
    return (seen - chance) / (1 - chance) if chance < 1 else math.nan


def row(name: str, compared: Sequence[Pair], question: Callable[[Claim], Hashable]) -> str:
    answers = [(question(one), question(other)) for one, other in compared]
    share = Share(sum(one == other for one, other in answers), len(answers))
    return f"  {name:<46}{share}   kappa {kappa(answers):5.2f}"


def table(compared: Sequence[Pair]) -> str:
    """The questions over all claims, over those of each language, and over those not `nonsense` to both readings."""
    groups = {
        "all": compared,
        "English documents": [pair for pair in compared if pair[0]["document_language"] == "en"],
        "Italian documents": [pair for pair in compared if pair[0]["document_language"] == "it"],
        "nonsense not to both": [pair for pair in compared if {claim["truth"] for claim in pair} != {"nonsense"}],
    }
    lines: list[str] = []
    for group, members in groups.items():
        lines.append(f"{group} ({len(members)} claims)")
        lines += [row(name, members, question) for name, question in QUESTIONS.items()]
    return "\n".join(lines)


def confusion(compared: Sequence[Pair]) -> str:
    """Truth by the first reading (down) and by the second (across)."""
    classes = ("quoted", "supported", "partly", "wrong", "absent", "nonsense")
    counts = Counter((one["truth"], other["truth"]) for one, other in compared)
    lines = [" " * 11 + "".join(f"{name:>11}" for name in classes)]
    lines += [f"{down:<11}" + "".join(f"{counts[down, across]:>11}" for across in classes) for down in classes]
    return "\n".join(lines)


def differences(compared: Sequence[Pair]) -> str:
    """The claims that differ in truth, in having wrong details or in meaning: the first label, then the second."""
    lines: list[str] = []
    for one, other in compared:
        if any(question(one) != question(other) for question in QUESTIONS.values()):
            lines.append(f"{one['id']}: {json.dumps(one['text'], ensure_ascii=False)}")
            lines += [f"  {c['truth']} {json.dumps(c['wrong_details'])} {c['meaning']}".rstrip() for c in (one, other)]
    return "\n".join(lines)


def main() -> None:
    compared = pairs()
    print(table(compared), "", "truth, first reading down, second across", confusion(compared), sep="\n")
    if "--differences" in sys.argv[1:]:
        print("", differences(compared), sep="\n")


if __name__ == "__main__":
    main()
