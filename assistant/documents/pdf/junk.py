"""What fonts without a proper table of letters leave in a text: told apart, put right where that is known, removed.

A page of mathematics or music has odd characters one by one among good words; a page whose fonts do not say which
letters they show has whole words of them.
"""

from __future__ import annotations

import re

from assistant.documents.child.messages import LineFacts

_JUNK = r"\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\u2660-\u266f\u2701-\u27bf"
_ODD = re.compile(f"[{_JUNK}]")
_GLYPH_NUMBER = re.compile(r"\(cid:\d{1,9}\)")
_JUNK_WORD = re.compile(rf"(?:[^\s{_JUNK}]?[{_JUNK}]){{2,}}")

_NEVER_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""But not U+FFFE, with which pdfium marks a hyphen at the end of a line."""
_BULLET = re.compile(r"(?m)^[\x01-\x08\x0e-\x1f\x88\uf020-\uf0ff][ \t]?(?=[^\W\d_]{2,}[ ,.:])")
"""One such character in front of words. The fonts called Wingdings and Symbol have the bullets of office programs."""

_IN_WORD = re.compile(r"(?<=[^\W\d_])[\x0b-\x0f\x1b-\x1f]|[\x0b-\x0f\x1b-\x1f](?=[^\W\d_])")
_LIGATURES = dict(zip("\x0b\x0c\x0d\x0e\x0f\x1b\x1c\x1d\x1e\x1f", ("ff", "fi", "fl", "ffi", "ffl") * 2, strict=True))
_BY_WORD = re.compile(r"[\x10\x11\x13-\x16\x9f](?=\w)|(?<=[\w.,;:!?])[\x10\x11\x13-\x16]")
_PUNCTUATION = {"\x10": "“", "\x11": "”", "\x13": "«", "\x14": "»", "\x15": "–", "\x16": "—", "\x9f": "§"}
"""Of TeX's own encodings, old and new: fonts of dots, common in lecture notes, say nothing else of their letters."""

_GREEK = "Α Β Χ Δ Ε Φ Γ Η Ι ϑ Κ Λ Μ Ν Ο Π Θ Ρ Σ Τ Υ ς Ω Ξ Ψ Ζ".split()  # noqa: SIM905 - easier to compare
_SMALL_GREEK = "α β χ δ ε φ γ η ι ϕ κ λ μ ν ο π θ ρ σ τ υ ϖ ω ξ ψ ζ".split()  # noqa: SIM905
_SYMBOL_SIGNS = {
    0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAE: "→", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB6: "∂", 0xB7: "•", 0xB8: "÷",
    0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xC5: "⊕", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xD0: "∠", 0xD1: "∇", 0xD5: "∏",
    0xD6: "√", 0xD7: "⋅", 0xDB: "⇔", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
_SYMBOL = str.maketrans(
    {chr(0xF000 + code): chr(code) for code in (*range(0x28, 0x40), 0x5B, 0x5D, 0x7B, 0x7C, 0x7D)}
    | {chr(0xF041 + number): letter for number, letter in enumerate(_GREEK)}
    | {chr(0xF061 + number): letter for number, letter in enumerate(_SMALL_GREEK)}
    | {chr(0xF000 + code): sign for code, sign in _SYMBOL_SIGNS.items()}
    | {"\uf02d": "−", "\uf02a": "∗"}
)
"""The font called Symbol, whose codes many programs put into private use: U+F000 and the code."""


def junk_letters(text: str) -> int:
    """Characters in words that are no words: odd ones close to each other and not all the same, or none at all."""
    unnamed = sum(map(len, _GLYPH_NUMBER.findall(text))) + text.count("\ufffd")
    if _ODD.search(text) is None:
        return unnamed
    words = (word for word in _JUNK_WORD.findall(text) if len(set(_ODD.findall(word))) > 1)
    return unnamed + sum(map(len, words))


def without_junk(text: str, lines: tuple[LineFacts, ...]) -> tuple[str, tuple[LineFacts, ...]]:
    """Letters and signs only: no controls, byte-order marks or private use; facts of lines that go, go too."""
    text = text.replace("\r\n", "\n")
    if _NEVER_TEXT.search(text) is None:
        return text, lines
    whole = _IN_WORD.sub(lambda match: _LIGATURES[match[0]], text)
    whole = _BY_WORD.sub(lambda match: _PUNCTUATION[match[0]], whole)
    clean = _NEVER_TEXT.sub("", _BULLET.sub("• ", whole).translate(_SYMBOL))
    if not lines:
        return clean, lines
    facts = iter(lines)
    kept: list[LineFacts] = []
    for before, after in zip(text.split("\n"), clean.split("\n"), strict=True):
        if before.strip():
            fact = next(facts)
            if after.strip():
                kept.append(fact)
    return clean, tuple(kept)
