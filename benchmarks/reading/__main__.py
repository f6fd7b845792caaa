"""Read the same PDFs with Sunto and its peers, and compare what they read with the true text.

    python -m benchmarks.reading [--only WORD] [--readers sunto,pdftotext] [--show NAME]

Prints a table for each measure and keeps the counts of every file in results/reading.json (only when all files and all
readers took part). `--show` lists the words that one file's readings lack and have too many.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence

from assistant.hardware import describe_machine
from benchmarks.measure import RESULTS, ROOT
from benchmarks.reading.corpus import Case, cases
from benchmarks.reading.readers import PEERS, SUNTO, Reader, read_all
from benchmarks.reading.scoring import missing_and_junk
from benchmarks.reading.table import MEASURES, Scores, behind, by_category, print_scores, score_cases, total

RESULT = RESULTS / "reading.json"
WORDS_SHOWN = 60


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    chosen = [case for case in cases() if options.only in case.category or options.only in case.name]
    if not chosen:
        sys.exit(f"No file or category has {options.only!r} in its name.")
    readers = [read_all(name, [case.path for case in chosen]) for name in options.readers]
    for reader in readers:
        if reader.missing:
            print(f"{reader.name} takes no part: {reader.missing}")
    taking_part = [reader for reader in readers if not reader.missing]
    if options.show:
        _show(chosen, taking_part)
        return 0
    by_case = {reader.name: score_cases(chosen, reader) for reader in taking_part}
    scores = {name: by_category(chosen, found) for name, found in by_case.items()}
    print_scores(scores)
    verdicts = {measure: behind(scores, measure) for measure in MEASURES} if SUNTO in scores else {}
    for measure, categories in verdicts.items():
        print(f"{measure}: " + (f"behind a peer in {', '.join(categories)}" if categories else "behind nobody"))
    if not options.only and set(options.readers) == {SUNTO, *PEERS}:
        RESULT.write_text(_as_json(chosen, readers, by_case, scores, verdicts), encoding="utf-8")
        print(f"raw numbers: {RESULT.relative_to(ROOT)}")
    return int(any(verdicts.values()))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading")
    parser.add_argument("--only", default="", help="files whose name or category has this in it")
    parser.add_argument("--show", action="store_true", help="list the words that differ, instead of the table")
    everybody = [SUNTO, *PEERS]
    parser.add_argument(
        "--readers", type=lambda names: names.split(","), default=everybody, help=f"of {', '.join(everybody)}"
    )
    return parser.parse_args(arguments)


def _show(chosen: Sequence[Case], readers: Sequence[Reader]) -> None:
    for case in chosen:
        for reader in readers:
            reading = reader.readings[case.path]
            missing, junk = missing_and_junk(case.truth, case.scored_text(reading.pages, reading.text))
            print(f"\n== {case.name} · {reader.name} {reading.error} {' '.join(dict.fromkeys(reading.engines))}")
            for what, found in (("missing", missing), ("junk", junk)):
                print(f"{what} {found.total()}: {_listed(found)}")


def _listed(found: Counter[str]) -> str:
    return " ".join(word if count == 1 else f"{word}×{count}" for word, count in found.most_common(WORDS_SHOWN))


def _as_json(
    chosen: Sequence[Case],
    readers: Sequence[Reader],
    by_case: Scores,
    scores: Scores,
    verdicts: dict[str, list[str]],
) -> str:
    content = {
        "benchmark": "reading",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        "readers": {reader.name: reader.missing or reader.versions for reader in readers},
        "measures": MEASURES,
        "total": {
            name: {measure: round(total(found, measure), 5) for measure in MEASURES} for name, found in scores.items()
        },
        "categories": {
            name: {
                category: {m: round(getattr(score, m), 5) for m in (*MEASURES, "glued")}
                for category, score in found.items()
            }
            for name, found in scores.items()
        },
        "sunto_behind_a_peer": verdicts,
        "files": [_file(case, readers, by_case) for case in chosen],
    }
    return json.dumps(content, indent=1, default=str) + "\n"


def _file(case: Case, readers: Sequence[Reader], by_case: Scores) -> dict[str, object]:
    return {
        "name": case.name,
        "category": case.category,
        "made": case.made,
        "sha256": hashlib.sha256(case.path.read_bytes()).hexdigest(),
        "engines": _engines(case, readers),
        "counts": {name: dataclasses.asdict(found[case.name]) for name, found in by_case.items()},
        "errors": {
            reader.name: reading.error
            for reader in readers
            if (reading := reader.readings.get(case.path)) and reading.error
        },
    }


def _engines(case: Case, readers: Sequence[Reader]) -> dict[str, int]:
    """How many pages each of Sunto's engines read."""
    ours = next(reader for reader in readers if reader.name == SUNTO)
    return dict(Counter(ours.readings[case.path].engines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
