"""Is a text Italian or English? Counted on function words: as good as a model from a sentence on.

Not for short questions: "DNA polimerasi III" has no function words in any language, and the answer is then "".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# Neither Italian nor English has a word of the other here (no "a", "in", "come"): many of both make a mixture.
# The neighbours are here to be told apart; with them, words may be shared.
_FUNCTION_WORDS = {
    "it": """
        il lo la gli le l un uno una di da del dello della dell dei degli delle dal dalla dallo dall dai dalle nel nello
        nella nell nei negli nelle al allo alla all ai agli alle sul sullo sulla sull sui sulle con su per tra fra che
        chi cui e ed è o non si ci ne ma se quando dove perché perche ché così cosi più piu molto anche ancora già però
        sono era erano fu essere stato stata viene ha hanno abbiamo aveva questo questa questi queste quello quella suo
        sua suoi loro mi ogni quale cioè mentre nessuno
    """,
    "en": """
        the of and is are was were be been being that this these those which who whom whose with from by for it its as
        has have had not to they them their there he she we you his her our your my or at when where what how than then
        but into can could will would should may might must does did more most such each between if all some any about
        both only other up out one before after
    """,
    "fr": """
        le la les un une des du de et est sont que qui dans pour par sur avec ce cette ces il elle ils au aux en ne pas
        plus se son sa ses l d qu n s c j mais ou où comme été même
    """,
    "es": "el la los las un una de del y es son que en por para con no se su sus lo al como más o pero este esta fue",
    "pt": "o a os as um uma de do da dos das e é são que em no na nos nas por para com não se seu sua ao mais foi ou",
    "de": """
        der die das den dem des ein eine einer eines und ist sind war in zu von mit auf für nicht es sich im am als auch
        bei wird werden an wie so oder aus nach
    """,
    "nl": "de het een en van is zijn in op met voor niet dat die te zij aan ook bij",
    "ca": "el la els les un una de i és que en amb per a del al quan ha no es",
    "ro": "și este de la în cu o un se nu că pe din sau sunt a al ale",
    "la": "et in est non cum ad ab ex quod qui quae sunt ut si aut sed enim",
    "sv": "och att det som en ett är på av för den med har inte i till",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _code, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _code)
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT_CHARACTERS = 200_000
_MIN_HITS = 3
_MIN_SHARE = 0.15
"""Italian and English prose have 35–50 % of these words, lists and slides somewhat fewer."""


def detect_language(text: str) -> str:
    """`"it"`, `"en"`, or `""` when it is neither, both alike, or too short to tell."""
    words = _WORD.findall(text[:_LOOKED_AT_CHARACTERS].lower())
    hits = dict.fromkeys(_FUNCTION_WORDS, 0)
    for languages, count in Counter(map(_LANGUAGES_OF.get, words)).items():
        for code in languages or ():
            hits[code] += count
    best = max(hits, key=hits.__getitem__)
    if best not in ("it", "en") or hits[best] < max(_MIN_HITS, _MIN_SHARE * len(words)):
        return ""
    return best if hits[best] >= 2 * hits["en" if best == "it" else "it"] else ""


def main_language(lengths: Iterable[tuple[str, int]]) -> str:
    """Of a document, from the language and the length of each of its pages: that of most of its text.

    Pages whose language is not known may be tables and formulas, but a third of the text has to be in that language.
    """
    total = Counter[str]()
    for code, length in lengths:
        total[code] += length
    best = max(("it", "en"), key=total.__getitem__)
    enough = total[best] > total["en" if best == "it" else "it"] and 3 * total[best] >= total.total()
    return best if enough else ""
