"""Read thousands of damaged files: `python -m benchmarks.fuzz [mutants] [seed]`.

Keeps a line for each in `benchmarks/results/fuzz.log.gz` and the totals in `benchmarks/results/fuzz.json`. Any one of
them again, by its name in the log: `python -m benchmarks.fuzz show FILE#NUMBER` writes it to a file. Ends with 1 when
there was anything that must never happen.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.fuzz.batch import mutant, run_batch
from benchmarks.fuzz.reading import Outcome
from benchmarks.fuzz.seeds import name_of, seed_files

MUTANTS = 10_000
RESULTS = Path(__file__).parents[1] / "results"
_IN_A_BATCH = 100


def main() -> int:
    if sys.argv[1:2] == ["show"]:
        name, _hash, number = sys.argv[2].rpartition("#")
        origin = next(path for path in seed_files() if name_of(path) == name)
        target = Path(f"mutant-{number}{origin.suffix}")
        target.write_bytes(mutant(origin, int(number), int(sys.argv[3]) if sys.argv[3:] else 0))
        print(target)
        return 0
    count = int(sys.argv[1]) if sys.argv[1:] else MUTANTS
    seed = int(sys.argv[2]) if sys.argv[2:] else 0
    start = time.monotonic()
    kinds: dict[str, Counter[str]] = {}
    faults: list[dict[str, object]] = []
    slowest, growth = 0.0, 0
    with gzip.open(RESULTS / "fuzz.log.gz", "wt", encoding="utf-8") as log:
        for batch, grown in _batches(count, seed):
            growth = max(growth, grown)
            for name, outcome in batch:
                log.write(f"{name} {outcome.kind} {outcome.seconds:.2f} {'; '.join(outcome.faults)}".rstrip() + "\n")
                kinds.setdefault(Path(name.rpartition("#")[0]).suffix, Counter())[outcome.kind] += 1
                slowest = max(slowest, outcome.seconds)
                faults += [{"mutant": name, "fault": fault} for fault in outcome.faults]
    result = {
        "mutants": count,
        "seed": seed,
        "files": len(seed_files()),
        "outcomes": {suffix: dict(found.most_common()) for suffix, found in sorted(kinds.items())},
        "faults": faults,
        "slowest_seconds": round(slowest, 1),
        "most_memory_growth_bytes_of_a_reader_over_a_batch": growth,
        "minutes": round((time.monotonic() - start) / 60, 1),
        "python": sys.version.split()[0],
    }
    (RESULTS / "fuzz.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    return 1 if faults else 0


def _batches(count: int, seed: int) -> Iterator[tuple[list[tuple[str, Outcome]], int]]:
    ranges = [range(first, min(first + _IN_A_BATCH, count)) for first in range(0, count, _IN_A_BATCH)]
    workers = max(1, min(8, os.cpu_count() or 1))
    # A fresh process for each batch, so that memory that grows is seen and does not add up.
    with ProcessPoolExecutor(workers, max_tasks_per_child=1) as pool:
        for done, result in enumerate(pool.map(run_batch, ranges, [seed] * len(ranges)), start=1):
            print(f"{done * _IN_A_BATCH}/{count}", end="\r", file=sys.stderr)
            yield result


if __name__ == "__main__":
    sys.exit(main())
