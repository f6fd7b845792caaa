"""Instructions as Alpaca has them: `{"instruction": …, "input": …, "output": …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.dataset.example import Example
from adapters.dataset.formats.row import Row, said
from adapters.dataset.formats.wording import asked_for, instruction, without_instruction


def matches(row: Mapping[str, Any]) -> bool:
    return "instruction" in row and "output" in row


def read(row: Mapping[str, Any]) -> Row:
    """Without an input the text stands in the instruction. Raises ValueError with the reason in words."""
    asked, given, output = said(row, "instruction"), said(row, "input"), said(row, "output")
    task, text = (asked_for(asked), given) if given.strip() else without_instruction(asked)
    return Row(text, output, task or "summarize")


def write(example: Example) -> dict[str, Any]:
    return {
        "instruction": instruction(example.task, example.language),
        "input": example.text,
        "output": example.target,
    }
