"""`{"prompt": …, "completion": …}`, each a text or, as TRL also has them, a list of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.dataset.example import Example
from adapters.dataset.formats.messages import last_exchange, turns
from adapters.dataset.formats.row import Row, said
from adapters.dataset.formats.wording import with_instruction, without_instruction


def matches(row: Mapping[str, Any]) -> bool:
    return "prompt" in row and "completion" in row


def read(row: Mapping[str, Any]) -> Row:
    """Raises ValueError with the reason in words."""
    if isinstance(row["prompt"], list):
        exchange = [*turns(row["prompt"], "role", "content"), *turns(row["completion"], "role", "content")]
        return last_exchange(exchange)
    task, text = without_instruction(said(row, "prompt"))
    return Row(text, said(row, "completion"), task or "summarize")


def write(example: Example) -> dict[str, Any]:
    prompt = with_instruction(example.task, example.language, example.text)
    return {"prompt": prompt, "completion": example.target}
