"""Formulas of Word (OMML) and of the web (MathML) as a line of text: (a + b)/2, x^2, √(x), ∑_(i=1)^n."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.documents.formats.xml import Element, attribute, child, children, local, names

_ATOM = re.compile(r"[^\W_]+|.", re.DOTALL)
_SKIPPED = names(
    "rPr ctrlPr fPr radPr naryPr dPr sSupPr sSubPr sSubSupPr sPrePr funcPr limLowPr limUppPr accPr barPr mPr boxPr"
    " borderBoxPr groupChrPr eqArrPr phantPr annotation annotation-xml"
)


def linear(element: Element | None) -> str:
    """The formula on one line; what has no shape of its own is its contents one after the other."""
    return "" if element is None else " ".join(_linear(element).split())


def _linear(element: Element) -> str:
    name = local(element)
    if name in _SKIPPED:
        return ""
    shape = _OMML.get(name) or _MATHML.get(name)
    if shape is not None:
        return shape(element)
    return _inside(element)


def _inside(element: Element) -> str:
    own = element.text or "" if local(element) in ("t", "mi", "mn", "mo", "mtext", "ms") else ""
    return own + "".join(_linear(inner) for inner in element)


def _part(element: Element, name: str) -> str:
    inner = child(element, name)
    return "" if inner is None else _inside(inner).strip()


def _grouped(text: str) -> str:
    """In parentheses, unless it is one word or sign."""
    text = text.strip()
    return text if not text or _ATOM.fullmatch(text) or (text[0] == "(" and _closes_at_end(text)) else f"({text})"


def _closes_at_end(text: str) -> bool:
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return index == len(text) - 1
    return False


def _script(base: str, below: str = "", above: str = "") -> str:
    return base + (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")


def _fraction(over: str, under: str) -> str:
    return f"{_grouped(over)}/{_grouped(under)}"


def _root(inside: str, degree: str = "") -> str:
    return f"{_script('', above=degree)}√({inside})" if degree else f"√({inside})"


def _joined(parts: Iterable[str], gap: str) -> str:
    return gap.join(part.strip() for part in parts)


# --- Word ---------------------------------------------------------------------------------------------------------


def _property(element: Element, holder: str, name: str, default: str) -> str:
    found = child(element, holder, name)
    return default if found is None else attribute(found, "val", default)


def _nary(element: Element) -> str:
    sign = _property(element, "naryPr", "chr", "∫")
    return f"{_script(sign, _part(element, 'sub'), _part(element, 'sup'))} {_part(element, 'e')}"


def _delimited(element: Element) -> str:
    gap = _property(element, "dPr", "sepChr", "|")
    inside = _joined((_inside(part) for part in children(element, "e")), f" {gap} ")
    return _property(element, "dPr", "begChr", "(") + inside + _property(element, "dPr", "endChr", ")")


def _word_matrix(element: Element) -> str:
    rows = (_joined((_inside(cell) for cell in children(row, "e")), " ") for row in children(element, "mr"))
    return f"[{_joined(rows, '; ')}]"


def _accented(element: Element) -> str:
    return _part(element, "e") + _property(element, "accPr", "chr", "\u0302")


_OMML = {
    "f": lambda e: _fraction(_part(e, "num"), _part(e, "den")),
    "sSup": lambda e: _script(_part(e, "e"), above=_part(e, "sup")),
    "sSub": lambda e: _script(_part(e, "e"), _part(e, "sub")),
    "sSubSup": lambda e: _script(_part(e, "e"), _part(e, "sub"), _part(e, "sup")),
    "sPre": lambda e: _script("", _part(e, "sub"), _part(e, "sup")) + _part(e, "e"),
    "rad": lambda e: _root(_part(e, "e"), _part(e, "deg")),
    "nary": _nary,
    "d": _delimited,
    "func": lambda e: f"{_part(e, 'fName')} {_part(e, 'e')}",
    "limLow": lambda e: _script(_part(e, "e"), _part(e, "lim")),
    "limUpp": lambda e: _script(_part(e, "e"), above=_part(e, "lim")),
    "acc": _accented,
    "bar": lambda e: _part(e, "e") + "\u0305",
    "m": _word_matrix,
    "eqArr": lambda e: _joined((_inside(part) for part in children(e, "e")), "; "),
}


# --- the web ------------------------------------------------------------------------------------------------------


def _parts(element: Element, count: int) -> list[str]:
    found = [_linear(inner).strip() for inner in element if local(inner)]
    return (found + [""] * count)[:count]


def _operator(element: Element) -> str:
    sign = (element.text or "").strip()
    return f" {sign} " if sign in "=<>≤≥≠≈∈→+−±·×" and sign else sign.strip("\u2061\u2062\u2063")


def _under_over(element: Element) -> str:
    base, below, above = _parts(element, 3)
    return _script(base, below, above) + " "


def _fenced(element: Element) -> str:
    inside = _joined((_linear(inner) for inner in element), ", ")
    return attribute(element, "open", "(") + inside + attribute(element, "close", ")")


def _math(element: Element) -> str:
    """TeX, where the page gives it, says more than any line made of the marks."""
    for inner in element.iter():
        if local(inner) == "annotation" and "tex" in attribute(inner, "encoding").lower() and inner.text:
            return inner.text
    return attribute(element, "alttext") or _inside(element)


_MATHML = {
    "math": _math,
    "mfrac": lambda e: _fraction(*_parts(e, 2)),
    "msup": lambda e: _script(_parts(e, 2)[0], above=_parts(e, 2)[1]),
    "msub": lambda e: _script(*_parts(e, 2)),
    "msubsup": lambda e: _script(*_parts(e, 3)),
    "munder": lambda e: _script(*_parts(e, 2)) + " ",
    "mover": lambda e: _script(_parts(e, 2)[0], above=_parts(e, 2)[1]),
    "munderover": _under_over,
    "msqrt": lambda e: _root(_inside(e)),
    "mroot": lambda e: _root(*_parts(e, 2)),
    "mfenced": _fenced,
    "mo": _operator,
    "mtable": lambda e: f"[{_joined((_linear(row) for row in children(e, 'mtr', 'mlabeledtr')), '; ')}]",
    "mtr": lambda e: _joined((_linear(cell) for cell in e), " "),
}
