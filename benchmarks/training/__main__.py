"""Training beside TRL.

    python -m benchmarks.training speed [ROUNDS]        # tokens a second and memory; time between two steps
    python -m benchmarks.training alora [ROUNDS]        # an adapter that begins with the answer
    python -m benchmarks.training quality               # what is learned from 300 pairs, goes on where it was stopped

`--threads N` is how many each trainer computes with.
"""

from __future__ import annotations

import argparse
import sys

import psutil


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("what", choices=("speed", "alora", "quality"))
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or 1)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of quality")
    parser.add_argument("--only", choices=("trl", "ours"), help="of quality: train this side, and compare nothing")
    wanted = parser.parse_args()
    if wanted.what == "speed":
        from benchmarks.training import speed

        return speed.main(wanted.rounds, wanted.threads)
    if wanted.what == "alora":
        from benchmarks.training import alora

        return alora.main(wanted.rounds, wanted.threads)
    from benchmarks.training import quality

    return quality.main(wanted.seeds, wanted.threads, wanted.only)


if __name__ == "__main__":
    sys.exit(main())
