"""LaTeX → MathML that is nothing but mathematics.

latex2mathml does not escape what stands in `\\text{…}` and carries out `\\href` and `\\style`: its output is taken
apart, and only elements and attributes known to be harmless are put together again (MathML Core, W3C 2025).
"""

from __future__ import annotations

import re
from typing import Any

MAX_FORMULA_CHARACTERS = 2_000
MAX_DEPTH = 60

_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot mstyle mpadded mphantom merror msub msup msubsup munder "
        "mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose",
    )
)
_ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "display mathvariant stretchy symmetric fence separator largeop movablelimits accent accentunder columnalign "
        "rowspacing columnspacing width height depth lspace rspace minsize maxsize linethickness displaystyle form "
        "scriptlevel notation",
    )
)


def mathml(latex: str) -> str:
    """Empty where it cannot be drawn."""
    import lxml.etree as etree
    from latex2mathml.converter import convert

    if len(latex) > MAX_FORMULA_CHARACTERS:
        return ""
    try:
        written = convert(latex)
        root = etree.fromstring(written, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except Exception:  # a model's LaTeX is as broken as anything, and the library raises what it likes
        return ""
    return etree.tostring(root, encoding="unicode") if _cleaned(root) else ""


def _cleaned(root: Any) -> bool:
    """Take the unknown attributes off; False where an element is unknown or they stand too deep."""
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        name = str(element.tag).rpartition("}")[2]
        if name not in _ELEMENTS or depth > MAX_DEPTH:
            return False
        for attribute in set(element.attrib) - _ATTRIBUTES:
            del element.attrib[attribute]
        waiting += [(child, depth + 1) for child in element]
    return True
