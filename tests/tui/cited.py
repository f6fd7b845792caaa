"""Answers with claims, as results of a job tell them."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def cited(*sentences: tuple[str, str, dict[str, Any]], between: str = "\n") -> dict[str, Any]:
    """A rule for the scripted process: (sentence, mark, what is known of the claim) each, in order."""
    text, claims = "", []
    for number, (sentence, mark, facts) in enumerate(sentences):
        start = len(text) + len(between) * (number > 0)
        text += (between if number else "") + f"{sentence} [{mark}]"
        place = {"start": start, "mark": start + len(sentence), "end": len(text)}
        claims.append({"text": sentence, "support": "supported", "citations": [], **facts, "place": place})
    return {"text": text, "result": {"claims": claims}}


def citation(path: Path, page: int, text: str, quote: str, **changes: Any) -> dict[str, Any]:
    """Of words that stand in that page's text."""
    start = text.index(quote)
    fields = {"document": path.name, "path": str(path), "page": page, "label": str(page), "quote": quote}
    return {**fields, "start": start, "end": start + len(quote), **changes}
