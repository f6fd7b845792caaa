"""ROUGE-L and chrF of descriptions and brief summaries, beside one plain prompt and the first three sentences.

    python -m benchmarks.summaries [--limit N] [--home DIRECTORY] [--model NAME]

Goes on where it was stopped: what was written is kept in the home. Exit code 1 when ours is worse than one prompt over
all documents, in a task and a measure, with an interval that leaves no other reading.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from adapters.evaluation.chrf import chrf, signature
from adapters.session import Session
from assistant.catalogue import STARTER
from assistant.config import data_dir
from benchmarks.measure import ROOT
from benchmarks.summaries import table
from benchmarks.summaries.corpus import Case, load_cases
from benchmarks.summaries.scores import RESAMPLES, rouge_l
from benchmarks.summaries.writers import PROMPTS, TASKS, OnePrompt, Output, cut_to_sentences, write_lead, write_ours

Written = tuple[Case, str, str, Output]
"""Document, task, system, what it wrote."""


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.home:
        os.environ["SUNTO_HOME"] = str(options.home.resolve())
    cases = load_cases(options.limit)
    session = Session()
    try:
        one_prompt = OnePrompt(session, options.model, data_dir() / "one_prompt.jsonl")
        fingerprint = one_prompt.fingerprint
        written = _write_all(cases, session, one_prompt, options.model)
    finally:
        session.close()
    rows = [_scored(*one) for one in written]
    comparisons = table.compare(rows)
    table.print_table(comparisons)
    table.print_times(rows)
    if not options.limit:
        about = {"model": fingerprint, "prompts": list(PROMPTS.items()), "chrF": signature(), "resamples": RESAMPLES}
        print(f"raw numbers: {table.keep(rows, comparisons, about).relative_to(ROOT)}")
    return int(any(item.language == "all" and item.verdict == "WORSE" for item in comparisons))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.summaries")
    parser.add_argument(
        "--limit", type=int, default=0, help="so many documents, both languages; nothing is kept of the scores"
    )
    parser.add_argument("--home", type=Path, help="instead of SUNTO_HOME: where model, library and outputs are")
    parser.add_argument("--model", default=STARTER.name)
    return parser.parse_args(arguments)


def _write_all(cases: Sequence[Case], session: Session, one_prompt: OnePrompt, model: str) -> list[Written]:
    written: list[Written] = []
    for number, case in enumerate(cases, 1):
        started = time.monotonic()
        ours = [write_ours(case, task, session, model) for task in TASKS]
        plain = [one_prompt.write(case, task) for task in TASKS]  # one after the other: the text is read only once
        for task, mine, other in zip(TASKS, ours, plain, strict=True):
            outputs = (mine, other, cut_to_sentences(other, task), write_lead(case))
            written += [(case, task, system, output) for system, output in zip(table.SYSTEMS, outputs, strict=True)]
        print(f"{number} of {len(cases)}: {case.name}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return written


def _scored(case: Case, task: str, system: str, output: Output) -> table.Row:
    scores = {"ROUGE-L": rouge_l(output.text, case.reference), "chrF": chrf(output.text, case.reference)}
    return table.Row(case, task, system, output, scores)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
