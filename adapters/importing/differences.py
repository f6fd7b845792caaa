"""Everything that does not fit, gathered and told at once: what was expected, what came."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.errors import AdapterMismatchError
from assistant.i18n import _, plural

MOST = 20
"""Lines; a wrong base makes one for every kind of layer, not one for every layer."""
_MAX_KINDS = 1000
_LAYER_NUMBER = re.compile(r"\.\d+(?=\.|$)")


class Differences:
    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], tuple[str, int]] = {}
        """(kind, detail) → the first sentence of that kind, and how many there are."""
        self.hints: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, what: str, expected: object, got: object, *, hint: str = "") -> None:
        """What the base, or Sunto, needs, and what the adapter brings; both harmless already: ours, or `shown`."""
        detail = _("expected {expected}, got {got}").format(expected=expected, got=got)
        self.say(what, detail, hint=hint)

    def say(self, what: str, detail: str, *, hint: str = "") -> None:
        """The same in many layers is told once, with their number."""
        kind = (_LAYER_NUMBER.sub(".*", what), _LAYER_NUMBER.sub(".*", detail))
        if kind in self._lines:
            first, count = self._lines[kind]
            self._lines[kind] = (first, count + 1)
        elif len(self._lines) < _MAX_KINDS:
            self._lines[kind] = (f"{what}: {detail}", 1)
        if hint and hint not in self.hints:
            self.hints.append(hint)

    def lines(self) -> list[str]:
        told = [_line(first, count - 1) for first, count in list(self._lines.values())[:MOST]]
        if (rest := len(self._lines) - MOST) > 0:
            told.append(plural("and {count} more", "and {count} more", rest))
        return told

    def raise_if_any(self, sentence: Callable[[str], str], otherwise: str) -> None:
        """Raises AdapterMismatchError; `otherwise` is the hint where none of the differences has one."""
        if not self:
            return
        lines = self.lines()
        told = f" {lines[0].rstrip('…')}." if len(lines) == 1 else "".join(f"\n- {line}" for line in lines)
        raise AdapterMismatchError(sentence(told), " ".join(self.hints[:2]) or otherwise)


def _line(first: str, others: int) -> str:
    if not others:
        return first
    more = plural("and in {count} more layer", "and in {count} more layers", others)
    return f"{first} ({more})"
