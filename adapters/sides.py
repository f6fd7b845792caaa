"""The two sides of a comparison: what they are called, and what can be counted of what they wrote. Knows no torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.registry import get_adapter
from assistant.cited_text import without_page_marks
from assistant.errors import ConfigError
from assistant.grades import GRADES
from assistant.i18n import _

BASE = "base"
"""The name of the side that answers without an adapter."""
NAMES_OF_BASE = (BASE, "none")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def two_adapters(names: Sequence[str]) -> list[str]:
    """The names as the sides bear them. Raises ConfigError unless they are two, AdapterError for one that is not here.

    Only their small files are opened.
    """
    given = [BASE if name.strip().lower() in NAMES_OF_BASE else name.strip() for name in names if name.strip()]
    if len(given) != 2:
        raise ConfigError(
            _("Two adapters are compared, and {count} were named.").format(count=len(given)),
            _("Name two, for example: biology,law. “{base}” is the model without an adapter.").format(base=BASE),
        )
    found = [name if name == BASE else get_adapter(name).name for name in given]
    if found[0] == found[1]:
        raise ConfigError(
            _("“{name}” is named twice.").format(name=found[0]),
            _("Compare it with another adapter, or with “{base}”, the model without one.").format(base=BASE)
            if found[0] != BASE
            else _("Compare it with an adapter; `sunto adapters list` shows them."),
        )
    return found


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
