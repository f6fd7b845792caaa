"""What the report says of adapters whose training is published.

python -m benchmarks.evaluation kinds        # lora beside alora, three seeds; goes on where it was stopped
"""

from __future__ import annotations

import argparse
import sys

import psutil


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    parser.add_argument("what", choices=("kinds",))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--texts", type=int, default=20, help="for how many of the 60 held-out pairs texts are written")
    parser.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or 1)
    wanted = parser.parse_args()

    from benchmarks.evaluation import kinds

    return kinds.main(wanted.seeds, wanted.texts, wanted.threads)


if __name__ == "__main__":
    sys.exit(main())
