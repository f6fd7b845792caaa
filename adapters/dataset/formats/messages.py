"""Conversations: `{"messages": [{"role": "user", "content": …}, …]}`, one JSON object a line.

The last answer is the target, and what the user said before it the text: earlier turns lead up to that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from adapters.dataset.example import Example
from adapters.dataset.formats.row import Row
from adapters.dataset.formats.wording import instruction, own_task, without_instruction
from assistant.i18n import _

Turn = tuple[str, str]
"""Role (system, user, assistant, or what else it says) and text."""

_ROLES = {"human": "user", **dict.fromkeys(("gpt", "chatgpt", "bing", "bard", "model", "bot", "ai"), "assistant")}
"""What others call them."""


def matches(row: Mapping[str, Any]) -> bool:
    return "messages" in row


def read(row: Mapping[str, Any]) -> Row:
    """Raises ValueError with the reason in words."""
    return last_exchange(turns(row["messages"], "role", "content"))


def write(example: Example) -> dict[str, Any]:
    said = (
        ("system", instruction(example.task, example.language)),
        ("user", example.text),
        ("assistant", example.target),
    )
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def turns(value: object, role_key: str, text_key: str) -> list[Turn]:
    """Raises ValueError with the reason in words."""
    if not isinstance(value, list) or not value:
        raise ValueError(_("its conversation is empty"))
    found: list[Turn] = []
    for item in cast("list[object]", value):
        turn = cast("dict[str, object]", item) if isinstance(item, dict) else {}
        role, text = turn.get(role_key), text_of(turn.get(text_key))
        if not isinstance(role, str) or text is None:
            raise ValueError(_("a turn of its conversation has no role or no text"))
        name = role.strip().lower()
        found.append((_ROLES.get(name, name), text))
    return found


def text_of(content: object) -> str | None:
    """Of a turn: a string, or parts of which some are text; None where there is none."""
    if content is None:
        return ""  # a turn that only calls a tool
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [cast("dict[str, object]", part) for part in cast("list[object]", content) if isinstance(part, dict)]
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return "\n".join(cast("list[str]", texts))


def last_exchange(said: list[Turn]) -> Row:
    """Raises ValueError with the reason in words."""
    answer = _last(said, "assistant", len(said))
    question = _last(said, "user", answer)
    if answer < 0 or question < 0:
        raise ValueError(_("its conversation has no question with an answer"))
    system = next((text for role, text in said if role == "system"), "")
    text = said[question][1]
    if (task := own_task(system)) is None:
        task, text = without_instruction(text)
    return Row(text, said[answer][1], task or "summarize")


def _last(said: list[Turn], role: str, before: int) -> int:
    return next((at for at in range(before - 1, -1, -1) if said[at][0] == role and said[at][1].strip()), -1)
