"""Where things end in a TeX source, found once, so that no search is ever done twice."""

from __future__ import annotations

import re

_BEGIN_OR_END = re.compile(r"\\(begin|end)\s{0,5}\{([^{}\\\n]{1,40})\}")

Span = tuple[int, int]


def closing_braces(text: str) -> dict[int, int]:
    """Of each brace, and of each bracket that is closed between the same braces: where."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for sign in re.finditer(r"\\.|[{}\[\]]", text, re.DOTALL):
        if sign[0] in "{[":
            opened.append(sign.start())
        elif sign[0] == "]" and opened and text[opened[-1]] == "[":
            closing[opened.pop()] = sign.start()
        elif sign[0] == "}":
            while opened and text[opened[-1]] == "[":  # an interval like [0, 1) has no end
                opened.pop()
            if opened:
                closing[opened.pop()] = sign.start()
    return closing


def environment_ends(text: str) -> dict[str, list[Span]]:
    """Where each environment that does not hold itself ends; of nested ones, the inner ends come first."""
    ends: dict[str, list[Span]] = {}
    for mark in _BEGIN_OR_END.finditer(text):
        if mark[1] == "end":
            ends.setdefault(mark[2], []).append(mark.span())
    return ends


def delimiters(text: str) -> dict[str, list[int]]:
    """Where each sign that ends a formula stands."""
    places: dict[str, list[int]] = {"$": [], "$$": [], "\\)": [], "\\]": []}
    for sign in re.finditer(r"\\.|\$\$?", text, re.DOTALL):
        if sign[0] in places:
            places[sign[0]].append(sign.start())
    return places
