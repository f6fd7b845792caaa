"""How soon there is something to see: the first screen beside an empty Textual app, `--help` beside its imports.

    python -m benchmarks.startup [ROUNDS]

The first screen is the moment when every cell of a pseudo-terminal has been painted once, counted from the start of
the process, the same for both.
"""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.measure import Comparison, report, take_turns
from benchmarks.programs import Screen, first_screen, peer, run_seconds, sunto


def main(rounds: int = 11) -> int:
    screens = take_turns(
        {
            "sunto": partial(_first_screen_seconds, sunto()),
            "peer": partial(_first_screen_seconds, peer("empty_app")),
        },
        rounds,
    )
    helps = take_turns(
        {
            "sunto": partial(run_seconds, sunto("--help")),
            "peer": partial(run_seconds, peer("stdlib_imports")),
        },
        rounds * 3,
    )
    return report(
        "startup",
        [
            Comparison("first screen / empty Textual app", "s", screens["sunto"], screens["peer"], 2.0),
            Comparison("--help / stdlib imports", "s", helps["sunto"], helps["peer"], 2.0),
        ],
    )


def _first_screen_seconds(command: list[str]) -> float:
    screen = Screen(command)
    try:
        return screen.wait_for(first_screen)
    finally:
        screen.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
