"""Claims traced to their place: a generated set, real output labelled by hand, and what it costs.

    python -m benchmarks.grounding [--without-cost] [--show NAME]

Prints every share with its 95 % interval and keeps all in results/grounding.json; ends with exit code 1 when a limit is
missed. `--show` prints the generated claims that a measure counts against us, instead of keeping anything.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
import time
from typing import Any

from assistant.hardware import describe_machine
from benchmarks.grounding import generated, labelled
from benchmarks.grounding.cost import MOST_SHARE, costs, scale
from benchmarks.grounding.shelves import shelves
from benchmarks.measure import RESULTS

SEEDS = (1, 2, 3)
"""The first makes all kinds of claims, the others those with one thing changed once more."""
TARGET = RESULTS / "grounding.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grounding", description=__doc__)
    parser.add_argument("--without-cost", action="store_true", help="without the starter: nothing is generated")
    parser.add_argument("--show", default="", metavar="NAME", help="the beginning of a measure's name")
    options = parser.parse_args()
    cases = [case for shelf in shelves() for case in generated.cases(shelf, SEEDS)]
    if options.show:
        return _show(cases, options.show)
    kept: dict[str, Any] = {"generated": {}, "labelled": {}}
    missed = _print_generated(cases, kept["generated"])
    _print_labelled(kept["labelled"])
    if not options.without_cost:
        missed |= _print_cost(kept)
        _keep(kept)
    return int(missed)


def _print_generated(cases: list[generated.Case], kept: dict[str, Any]) -> bool:
    print("Generated set")
    missed = False
    for measure in generated.MEASURES:
        share = measure.share(cases)
        reached = measure.is_reached(share)
        missed |= not reached
        kept[measure.name.strip()] = {**share.as_json(), "least": measure.least, "most": measure.most}
        print(f"{measure.name:<44} {share}{'' if reached else '  MISSED'}")
    return missed


def _print_labelled(kept: dict[str, Any]) -> None:
    for name, split in (("test documents", "test"), ("tuning documents", "tune"), ("all documents", "")):
        claims = labelled.graded(split)
        print(f"\nReal output labelled by hand, {name}: {len(claims)} claims")
        kept[name] = {measure.name.strip(): measure.share(claims).as_json() for measure in labelled.MEASURES}
        for measure in labelled.MEASURES:
            print(f"{measure.name:<52} {measure.share(claims)}")
        for truth, grades in sorted(labelled.confusion(claims).items()):
            print(f"  {truth:<10} " + "  ".join(f"{grade} {count}" for grade, count in grades.most_common()))


def _print_cost(kept: dict[str, Any]) -> bool:
    shelf = shelves()[2]
    large = scale(shelf.documents[0], [sentence.text for sentence in shelf.sentences[:50]])
    found = costs()
    kept["cost"] = [dataclasses.asdict(cost) | {"share": cost.share} for cost in found]
    kept["large"] = dataclasses.asdict(large)
    print("\nCost")
    for cost in found:
        print(
            f"{cost.document:<24} index {cost.index_seconds * 1000:.0f} ms, {cost.claims} claims "
            f"{cost.cite_seconds * 1000:.0f} ms, written in {cost.generation_seconds:.1f} s: {cost.share:.2%}"
            f"{'' if cost.share < MOST_SHARE else '  MISSED'}"
        )
    print(
        f"{large.words} words on {large.pages} pages: indexed in {large.index_seconds:.1f} s "
        f"({100 * large.index_seconds / large.pages:.2f} s for 100 pages), {large.claim_milliseconds:.1f} ms a claim"
    )
    return any(cost.share >= MOST_SHARE for cost in found)


def _keep(content: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    about = {
        "benchmark": "grounding",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        "seeds": SEEDS,
    }
    TARGET.write_text(json.dumps({**about, **content}, indent=2, default=str) + "\n", encoding="utf-8")


def _show(cases: list[generated.Case], name: str) -> int:
    for measure in generated.MEASURES:
        if measure.name.strip().startswith(name):
            for case in measure.exceptions(cases):
                print(json.dumps({"kind": case.kind, "page": case.sentence.page, **case.claim.as_json()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
