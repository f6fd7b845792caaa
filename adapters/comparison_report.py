"""What can be counted of two texts on the same request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.cited_text import without_page_marks
from assistant.grades import GRADES

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def differences(sides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of the results of the sides, one value each, in their order.

    `grades`: how many sentences have which; `words`, without the marks of pages; `seconds`; `kept`: whether the text
    was there from before, in which case its seconds say nothing. And whether the words of both are the same.
    """
    texts = [without_page_marks(text_of(side)) for side in sides]
    words = [_WORD.findall(text) for text in texts]
    return {
        "grades": [_grades(side) for side in sides],
        "words": [len(found) for found in words],
        "seconds": [side["seconds"] for side in sides],
        "kept": [not side.get("generated_tokens") for side in sides],
        "same": all(found == words[0] for found in words),
    }


def text_of(side: Mapping[str, Any]) -> str:
    """A summary, a description or an answer."""
    return str(side.get("summary") or side.get("answer") or "")


def headed(texts: Iterable[tuple[str, str]]) -> str:
    """Texts one after the other, each under its heading."""
    return "\n\n".join(f"## {title}\n\n{text.strip()}" for title, text in texts)


def _grades(side: Mapping[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(GRADES, 0)
    for claim in side.get("claims") or ():
        counts[claim["support"]] += 1
    return counts
