"""The pairs as tokens: what both trainers get, the very same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from adapters.dataset.prompting import messages
from adapters.dataset.tokens import IGNORED, TokenizedExample
from benchmarks.training.pairs import load_pairs


class Row(TypedDict):
    """One sequence; `labels` is `IGNORED` where there is no loss."""

    input_ids: list[int]
    labels: list[int]


def load_rows(name: str, engine: Any, limit: int = 0) -> list[Row]:
    """The pairs of `train` or `held_out`, with the prompt that a summary is asked with."""
    rows: list[Row] = []
    for pair in load_pairs(name, limit):
        prompt = list(engine.encode_prompt(messages("summarize", pair.document, "en")))
        completion = list(engine.encode_completion(pair.summary))
        rows.append(Row(input_ids=prompt + completion, labels=[IGNORED] * len(prompt) + completion))
    return rows


def examples_of(rows: Sequence[Row]) -> list[TokenizedExample]:
    """As our loop takes them."""
    return [TokenizedExample(tuple(row["input_ids"]), tuple(row["labels"]), shortened=False) for row in rows]
