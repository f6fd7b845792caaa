r"""Formulas: H₂O and E = mc², in plain characters, in Unicode's raised and slanted letters, or in LaTeX.

Two of them are the same where the same letters, figures and operators follow each other; spaces, braces and the way
in which something is raised or lowered do not count. A PDF's text has often lost the operators, so letters and
figures alone are compared where that fails.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LATEX = re.compile(r"\\\(([^\n]{1,200}?)\\\)|\\\[([^\n]{1,200}?)\\\]|\$(?!\s)([^$\n]{1,200})(?<!\s)\$(?!\d)")
_OPERATOR = r"[=<>≤≥≠≈→⇌∝]"
_RAISED = r"[²³¹⁰⁴-⁹₀-₉′']{0,4}"
_ATOM = rf"(?:\d{{0,4}}(?:[A-Z][a-z]?[\d₀-₉]{{0,3}}){{1,8}}|\d{{0,4}}[^\W\d_]{{1,3}}\d{{0,3}}|\d{{1,9}}){_RAISED}"
"""A compound, a symbol of at most three letters, a number: longer words are words."""
_TERM = rf"(?:[-+−√∂∇∆Δ]\s?)?(?:\d{{1,9}}[.,]\d{{1,9}}|{_ATOM})(?![^\W_])(?:\([^()\n]{{0,30}}\))?"
_SIDE = rf"{_TERM}(?:\s?[-+−*/·×^⋅∙]\s?{_TERM}){{0,8}}"
_EQUATION = re.compile(rf"(?<![^\W_]){_SIDE}\s?{_OPERATOR}\s?{_SIDE}(?:\s?{_OPERATOR}\s?{_SIDE}){{0,3}}")
_CODE = re.compile(
    r"(?<![^\W_])(?=[^\W\d_]{1,8}[\d₀-₉])(?:[^\W\d_]{1,8}[\d₀-₉]{1,6}){1,8}[^\W\d_]{0,8}[⁺⁻⁰-⁹]{0,3}(?![^\W_])"
)
"""H2O, CO₂, C6H12O6, B12, x86: letters and figures in one word, beginning with a letter."""

_COMMANDS = {
    "cdot": "", "times": "", "left": "", "right": "", "mathrm": "", "mathbf": "", "text": "", "vec": "", "frac": "",
    "dfrac": "", "quad": "", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "neq": "≠", "approx": "≈", "to": "→",
    "rightarrow": "→", "infty": "∞", "sqrt": "√", "int": "∫", "sum": "∑", "partial": "∂", "pm": "±", "propto": "∝",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]{1,16})")
_DROPPED = re.compile(r"[\s{}$\\^_·×⋅∙*()\[\]/,;.'′]+")
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Formula:
    text: str
    start: int
    end: int


def formulas_in(text: str) -> list[Formula]:
    """Every formula of a claim, none inside another."""
    found: list[Formula] = []
    end = 0
    spans = sorted(
        (match.span() for pattern in (_LATEX, _EQUATION, _CODE) for match in pattern.finditer(text)),
        key=lambda span: (span[0], -span[1]),
    )
    for start, stop in spans:
        if start >= end:
            found.append(Formula(text[start:stop], start, stop))
            end = stop
    return found


class KnownFormulas:
    """What a text has of formulas. Made when the first claim with one asks: most have none."""

    def __init__(self, text: str) -> None:
        self._squeezed = squeezed(text)
        self._letters = _NOT_LETTERS.sub("", self._squeezed)

    def has(self, formula: Formula) -> bool:
        wanted = squeezed(formula.text)
        return wanted in self._squeezed or _NOT_LETTERS.sub("", wanted) in self._letters

    def has_exactly(self, formula: Formula) -> bool:
        """With its operators."""
        return squeezed(formula.text) in self._squeezed


def squeezed(text: str) -> str:
    """Letters, figures and operators only."""
    plain = _COMMAND.sub(lambda match: _COMMANDS.get(match[1], _letter(match[1])), text)
    plain = unicodedata.normalize("NFKC", plain).replace("−", "-").casefold()
    return _DROPPED.sub("", plain)


def _letter(name: str) -> str:
    """`alpha` → α: Unicode has the names of LaTeX's Greek letters."""
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return name
