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
_BEFORE_A_NAME = frozenset(
    """
    sig sigg sig.ra sig.na dott dott.ssa prof prof.ssa avv ing arch on geom rag gen mons egr spett gent.mo s ss
    mr mrs ms dr rev sen rep gov hon capt lt sgt st
    cfr vd cf viz ed edd trad v vs ca approx p.es e.g i.e ibid univ dept
    """.split()  # noqa: SIM905 - a table is easier to read as text
)
"""Titles, and what leads to what follows: never the last word of a sentence."""
_OTHERS = frozenset(
    """
    pag pagg artt cap par fig figg tab tabb sec sez op vol voll fasc rif prot app all cit es segg sgg col cap.no
    dir pres ord dip ist cass civ pen un reg cost trib lett d.lgs d.l d.p.r d.m r.d l t.u n.b p.s circa max min vers ver
    d.c a.c c.c c.p c.p.c c.p.p co s.p.a s.r.l u.e u.s.a b.c.e
    jr sr inc ltd al eds eq eqs ch chs chap pp biol chem phys proc trans ph.d b.a m.a
    u.s u.k u.n a.m p.m b.c a.d c.e jan feb aug sept oct nov dec
    """.split()  # noqa: SIM905
)
"""These do end sentences, where the next word could hardly be anything but the first of one."""
_BEFORE_A_NUMBER = frozenset(("p", "pp", "n", "nn", "nr", "no", "nos", "art"))
_FIRST_WORDS = frozenset(
    """
    il lo la gli le un uno una in nel nello nella nei negli nelle del dello della dei degli delle al allo alla ai agli
    alle dal dalla dai dalle sul sulla con per tra fra di da ma se non che chi quando dove come perché poi così questo
    questa questi queste quello quella quelli quelle esso essa essi esse egli ella è sono era erano fu furono si ci
    anche tuttavia inoltre infatti dunque quindi durata secondo dopo prima
    the a an he she it they we you this that these those there his her its their our my in on at by for with from to
    of as if when where while after before but and or not then thus however what who why how
    """.split()  # noqa: SIM905
)
_STOP = re.compile(r"""(?:[.!?…]+)[»”’"')\]*_]*(?:\[\d{1,3}\])*(?=\s)""")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*|\n(?=[^\S\n]*(?:[-*•–]\s|\d{1,3}[.)]\s|\#{1,6}\s))")
_QUOTATION = re.compile(r"«[^«»]{0,400}»")
_LAST_TOKEN = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\Z")
_NEXT_TOKEN = re.compile(r"""\s*[«“"'(\[*_]*([^\W_]*)""")
_ROMAN = re.compile(r"[IVXLCDM]{2,}|[VX]")
_LIST_NUMBER = re.compile(r"\s*\d{1,3}\Z")
_ITEM_FOLLOWS = re.compile(r"\s+\d{1,2}\.\s+[^\W\d_a-z]")
"""The next item of a list that runs on in one paragraph: "… is small. 2. Cells divide"."""
_LOOK_BACK = 40


def split_sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of every sentence, in order; between them there is only white space.

    A blank line and a list mark or heading at the start of a line end a sentence too.
    """
    cuts = sorted({0, len(text), *_paragraph_cuts(text), *_sentence_cuts(text)})
    return [span for start, end in pairwise(cuts) if (span := _trimmed(text, start, end)) is not None]


def _paragraph_cuts(text: str) -> Iterator[int]:
    return (match.start() for match in _PARAGRAPH.finditer(text))


def _sentence_cuts(text: str) -> Iterator[int]:
    quotations = [match.span() for match in _QUOTATION.finditer(text)] if "«" in text else []
    current = 0
    last = 0
    for match in _STOP.finditer(text):
        while current < len(quotations) and quotations[current][1] < match.end():
            current += 1
        quoted = current < len(quotations) and quotations[current][0] < match.start()
        if quoted and match.end() < quotations[current][1]:
            continue
        if _ends_sentence(text, match, last):
            last = match.end()
            yield last


def _ends_sentence(text: str, stop: re.Match[str], last: int) -> bool:
    """`last` is where the sentence before ended."""
    following = _NEXT_TOKEN.match(text, stop.end())
    token = following.group(1) if following else ""
    if token[:1].islower():
        return False
    mark = stop.group()
    if mark[0] != ".":
        return True
    word = _word_before(text, stop.start(), last)
    if mark == "." and (token[:1].isdigit() or _ROMAN.fullmatch(token)):
        is_last = not _is_initial(word) and word.lower() not in _BEFORE_A_NUMBER and not _is_abbreviation(word)
        return is_last and _ITEM_FOLLOWS.match(text, stop.end()) is not None
    if mark.startswith(".."):
        return True
    if not word:
        return True
    if word.isdigit() and _is_list_number(text, stop.start(), last):
        return False
    if _is_initial(word) or word.lower() in _OTHERS:  # "in the U.S. The bill", "Carlo V. Il suo", not "J. A. Smith"
        return len(token) > 1 and token.lower() in _FIRST_WORDS
    return word.lower() not in _BEFORE_A_NAME


def _word_before(text: str, stop: int, last: int) -> str:
    token = text[max(last, stop - _LOOK_BACK) : stop].rpartition(" ")[2]
    if token.isalpha():
        return token
    word = _LAST_TOKEN.search(token)
    return word.group() if word else ""


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _is_abbreviation(word: str) -> bool:
    word = word.lower()
    return word in _BEFORE_A_NAME or word in _OTHERS


def _is_list_number(text: str, stop: int, last: int) -> bool:
    """Whether the number before the stop is all there is of its line or of its sentence."""
    line = text[max(last, stop - _LOOK_BACK) : stop].rpartition("\n")[2]
    return _LIST_NUMBER.match(line) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
