# ruff: noqa: T201 - what it prints is what the test reads
"""Run as a program: a summary whose model takes its time, to be killed. Prints a line for each part begun and kept."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from assistant.library import Library
from assistant.summaries import SummaryOptions, summarize
from assistant.summaries.units import Units
from tests.assistant.summary_runs import CELL, first_sentence, pages_on_topics
from tests.fakes import ScriptedModel

PARTS = 12


def main(library: str, rows: int, seconds_per_part: float) -> None:
    def answer(messages):
        time.sleep(seconds_per_part)
        sentence = first_sentence(messages)
        print("begun", sentence.split()[0], flush=True)
        return sentence

    keep = Units.keep

    def told(self, unit, written):
        yield from keep(self, unit, written)
        print("kept", written.text.split()[0], flush=True)

    Units.keep = told
    pages = pages_on_topics("Topic{n} is the one thing that page {n} tells about.", PARTS)
    document = type(CELL)("/notes/long.pdf", "long.pdf", "Long", pages, language="en", sha256="long")
    model = ScriptedModel(answer, chunk_tokens=12, batch_rows=rows)
    with Library(Path(library)) as kept:
        for event in summarize("j", model, [document], SummaryOptions(style="detailed"), kept):
            if type(event).__name__ == "Notice":
                print("notice", event.message, flush=True)
    print("ended", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
