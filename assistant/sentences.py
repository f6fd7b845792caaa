"""Where sentences begin and end, in Italian and English.

The libraries for this break Italian at `art. 2043`, `il dott. Bianchi` or `cfr. Cass. civ.` (notes of 2026: pysbd,
syntok, nupunkt), so this is our own. When in doubt it does not split: a claim that is two sentences long can still
be checked, half a sentence cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

# Without their last full stop. Those that only stand before a number (p., n., art., no.) are missing on purpose:
# nothing is split before a digit or a roman numeral, and as words ("art", "no") they do end sentences.
_ABBREVIATIONS = frozenset(
    """
    pag pagg artt cap par fig figg tab tabb sec sez cfr cit ibid op es ss segg sgg ed edd vol voll trad
    sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa avv ing arch on geom rag gen col cap.no s ss mons
    d.c a.c c.c c.p c.p.c c.p.p cost cass civ pen un reg lett co d.lgs d.l d.p.r l n.b p.s p.es s.p.a s.r.l
    v vs all ca circa max min
    mr mrs ms dr st jr sr inc ltd e.g i.e cf viz approx al eds figs eq eqs ch chs pp dept univ
    u.s u.k u.n a.m p.m b.c a.d jan feb aug sept oct nov dec
    """.split()  # noqa: SIM905 - a table of sixty words is easier to read as text
)
_STOP = re.compile(r"""(?:[.!?…]+)[»”’"')\]*_]*(?=\s)""")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*|\n(?=[^\S\n]*(?:[-*•–]\s|\d{1,3}[.)]\s|\#{1,6}\s))")
_QUOTATION = re.compile(r"«[^«»]{0,400}»")
_LAST_TOKEN = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\Z")
_NEXT_TOKEN = re.compile(r"""\s*[«“"'(\[*_]*([^\W_]*)""")
_ROMAN = re.compile(r"[IVXLCDM]{2,}|[VX]")
_LIST_NUMBER = re.compile(r"\s*\d{1,3}\Z")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of every sentence, in order; between them there is only white space.

    A blank line and a list mark or heading at the start of a line end a sentence too.
    """
    cuts = sorted({0, len(text), *_paragraph_cuts(text), *_sentence_cuts(text)})
    return [span for start, end in pairwise(cuts) if (span := _trimmed(text, start, end)) is not None]


def _paragraph_cuts(text: str) -> Iterator[int]:
    return (match.start() for match in _PARAGRAPH.finditer(text))


def _sentence_cuts(text: str) -> Iterator[int]:
    quotations = [match.span() for match in _QUOTATION.finditer(text)]
    current = 0
    for match in _STOP.finditer(text):
        while current < len(quotations) and quotations[current][1] < match.end():
            current += 1
        quoted = current < len(quotations) and quotations[current][0] < match.start()
        if quoted and match.end() < quotations[current][1]:
            continue
        if _ends_sentence(text, match):
            yield match.end()


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    following = _NEXT_TOKEN.match(text, stop.end())
    token = following.group(1) if following else ""
    if token[:1].islower():
        return False
    if not text.startswith(".", stop.start()):
        return True
    if stop.group()[:2] == "." and (token[:1].isdigit() or _ROMAN.fullmatch(token)):
        return False
    return stop.group().startswith("..") or not _is_abbreviated(text, stop.start())


def _is_abbreviated(text: str, stop: int) -> bool:
    """Whether the full stop at `stop` belongs to the word before it."""
    line = text[max(text.rfind("\n", 0, stop) + 1, stop - 40) : stop]
    token = _LAST_TOKEN.search(line)
    if token is None:
        return False
    word = token.group()
    initial = len(word) == 1 and word.isupper()
    return initial or word.lower() in _ABBREVIATIONS or _LIST_NUMBER.match(line) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    if not piece.strip():
        return None
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
