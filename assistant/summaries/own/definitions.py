"""Sentences that say what something is, in Italian and English: the term, its article and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.sentences import split_sentences
from assistant.stems import is_stop_word

MAX_TERM_WORDS = 6
MIN_DEFINITION_WORDS = 4
_NEAR = 300
"""Characters between entries of one list."""


@dataclass(frozen=True)
class Definition:
    term: str
    """As in the text, without its article."""
    article: str
    """As in the text, with the space behind it where there is one; may be empty."""
    verb: str
    """ "is", "sono", "refers to"; empty where the term is named inside the sentence or before a colon."""
    text: str
    """What the term is."""

    @property
    def plural(self) -> bool:
        return self.verb in ("are", "were", "sono", "erano", "furono")

    @property
    def past(self) -> bool:
        return self.verb in ("was", "were", "era", "erano", "fu", "furono")


_TERM = r"(?P<term>[^\W_][^\s,;:()“”\"«»]*(?:[ ][^\s,;:()“”\"«»]+){0,5}?)"
_ARTICLE = {
    "it": r"(?P<article>(?:(?:il|lo|la|i|gli|le|un|uno|una) |(?:l|un)['’] ?)?)",
    "en": r"(?P<article>(?:(?:the|an?) )?)",
}
_LEAD_IN = {
    "it": r"(?:(?:in|nel|nello|nella|nei|nelle|nell['’])\s?[^,.;:]{2,40}?,? )?",
    "en": r"(?:in [^,.;:]{2,40}, )?",
}
_GLOSS = r"(?: ?\([^()]{2,60}\))?,? "
"""An abbreviation or a translation behind the term: "adenosine triphosphate (ATP) is"."""

_SENTENCES: dict[str, tuple[re.Pattern[str], ...]] = {
    language: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    for language, patterns in {
        "it": (
            # Il prezzo di equilibrio è quello al quale … · Un mercato è l'insieme …
            _LEAD_IN["it"] + _ARTICLE["it"] + _TERM + _GLOSS + r"(?P<verb>è|sono|era|erano|fu|furono) (?P<text>"
            r"(?:un|uno|una|il|lo|la|i|gli|le|quell[oaei]|tutt[ei]|dei|degli|delle|definit[oaei] come) .+"
            r"|(?:un|l|quell|dell)['’]\s?.+)",
            # La domanda indica quanta merce … · L'osmosi consiste nel …
            _ARTICLE["it"] + _TERM + _GLOSS + r"(?P<verb>indica(?:no)?|consist(?:e|ono)|rappresenta(?:no)?|"
            r"significa(?:no)?|designa(?:no)?|misura(?:no)?|descriv(?:e|ono)) (?P<text>.+)",
            # Si chiama elasticità la … · Si definisce lavoro il …
            r"si (?P<verb>chiama(?:no)?|definisc(?:e|ono)|dic(?:e|ono)) " + _ARTICLE["it"] + _TERM
            + r" (?P<text>(?:(?:il|lo|la|i|gli|le|un|una|uno|ogni|ciascun[oa]?|quell[oaie]) |(?:l|un|quell)['’])"
            r".+)",
            # Per inflazione si intende …
            r"(?:per|con) (?:il termine |la parola )?[“\"«]?" + _ARTICLE["it"] + _TERM
            + r"[”\"»]? (?P<verb>si intend(?:e|ono)|s['’]intend(?:e|ono)|si indica(?:no)?) (?P<text>.+)",
        ),
        "en": (
            r"(?:by|the term) [“\"]?" + _ARTICLE["en"] + _TERM + r"[”\"]?,? (?P<verb>we mean|refers to|means|denotes) "
            r"(?P<text>.+)",
            _LEAD_IN["en"] + _ARTICLE["en"] + _TERM + _GLOSS + r"(?P<verb>is|are|was|were) (?P<text>"
            r"(?:an?|the|any|one of|those|that which|defined as|known as|what) .+)",
            _ARTICLE["en"] + _TERM + _GLOSS + r"(?P<verb>(?:refers?|referred) to|means?|denotes?|consists? of"
            r"|stands for|describes?|measures?) (?P<text>.+)",
        ),
    }.items()
}  # fmt: skip
_NAMED: dict[str, re.Pattern[str]] = {
    "it": re.compile(
        r"(?:\b(?:si chiama(?:no)?|vengono chiamat[ei]|viene chiamat[oa]|prend(?:e|ono) il nome di"
        r"|(?:è|sono|viene) dett[oaei]|chiamat[oaei]|nota? come|noti come|note come)\s)[“\"«]?" + _ARTICLE["it"]
        + r"(?P<term>[^\W\d_][\w'’-]*(?: [\w'’-]+){0,3}?)[”\"»]?(?=[.,;:)]| ed? | che | perché |\Z)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:(?:is|are|was|were) )?(?:called|known as|termed)\s[“\"]?" + _ARTICLE["en"]
        + r"(?P<term>[^\W\d_][\w'’-]*(?: [\w'’-]+){0,3}?)[”\"]?(?=[.,;:)]| (?:and|in|by|to|which|that|because) |\Z)",
        re.IGNORECASE,
    ),
}  # fmt: skip
_LISTED = re.compile(
    r"[ \t]*(?:[-*+•–▪]\s+|\d{1,2}[.)]\s+)?(?:\*\*|__)?"
    r"(?P<term>[^\W\d_][^\n:;.,*_|–—?!“”\"()]{1,60}?(?: \([^()\n]{1,40}\))?)"
    r"(?:\*\*|__)?(?:\s?:(?:\*\*|__)?\s+|\s+[–—]\s+)(?P<text>[^\W_][^\n|]{15,400})"
)
_NO_TERM = frozenset(
    """
    risultato motivo ragione problema idea obiettivo scopo caso esempio differenza contrario conseguenza causa fatto
    punto risposta vantaggio svantaggio metodo modo passo passaggio tipo parte autore libro testo capitolo nota
    attenzione conclusione tabella figura pagina versione esercizio soluzione dimostrazione novità resto
    result reason problem idea aim goal purpose example difference question answer point author main most best only
    motivation results abstract background conclusions methods keywords contact availability summary introduction
    motivazione risultati metodi conclusioni parole introduzione attualmente inoltre aforementioned above
    fact advantage disadvantage case way step kind type part note warning conclusion table figure page version tip
    important book text chapter solution proof exercise time day year rest thing things name names line example
    questo questa questi queste quello quella quelli quelle ciò esso essa essi esse egli ella lui lei chi che cosa
    alcuni alcune molti molte altri altre altro altra tutti tutte ogni nessuno nessuna qui lì dove quando come perché se
    suo sua suoi sue loro nostro nostra vostro mio tuo primo prima secondo seconda terzo terza ultimo ultima stesso
    this that these those it its they their he she we you i his her our your my there here what which who when where
    why how if some many most all each every other another first second third last same such none nobody whose
    """.split()  # noqa: SIM905
)
"""What stands before "is a" without being something to learn."""
_ARTICLES = frozenset(("il", "lo", "gli", "un", "uno", "una", "the", "an"))
"""Not "i" and "a", as in vitamin A."""
_VERBS_INSIDE = re.compile(
    r"\b(?:è|sono|era|ha|hanno|non|si|is|are|was|were|has|have|had|not|do|does|that|which|che|or|oppure)\b", re.I
)
_FALSE_TEXT = re.compile(
    r"(?:the (?:same|case|only|first|last|best|main|reason|result)|a (?:lot|few|little|good|bad|long|short|great)"
    r"|il (?:primo|solo|motivo|caso)|la (?:prima|sola|stessa)|lo stesso|un (?:po['’]|buon|altro|grande)"
    r"|una (?:buona|grande|cosa)|tutt[ei] (?:e|gli|i|le) |gli stessi|le stesse|i primi|le prime"
    r"|che|that|di|the (?:opposite|contrary))\b",
    re.IGNORECASE,
)

_GOES_ON = re.compile(
    r",? (?:and|but) (?:(?:is|are|was|were|has|have|can|may)\b|\w+s (?:the|an?|to|in|on|into|from|by|its|their)\b)"
    r"|,? (?:ed?|ma) (?:è|sono|si|ha|hanno|può|possono|viene|vengono|non)\b",
    re.IGNORECASE,
)
_POINTS_ELSEWHERE = re.compile(
    r"\b(?:quest[oaie]|tale|tali|this|these|such|ess[oaie]|above|below|sopra|sotto|seguent[ei]|following)\b",
    re.IGNORECASE,
)


def definition_in(sentence: str, language: str) -> Definition | None:
    """What a sentence defines; `language` is "it" or "en", otherwise there is none."""
    for pattern in _SENTENCES.get(language, ()):
        match = pattern.match(sentence)
        if match and (found := _checked(match, match["verb"].lower(), _said_of_it(match["text"]))):
            return found
    if (named := _NAMED.get(language)) is not None:
        for match in named.finditer(sentence):
            if len(sentence[: match.start()].split()) >= MIN_DEFINITION_WORDS and (
                found := _checked(match, "", _without_stop(sentence))
            ):
                return found
    return None


def listed_definitions(text: str) -> Iterator[tuple[int, int, Definition]]:
    """`Term: what it is` on lines of their own, with (start, end) in the text: at least two near each other."""
    found = [
        (match.start() + len(match[0]) - len(match[0].lstrip()), match.end(), definition)
        for match in _lines_listed(text)
        if (definition := _listed(match)) is not None
    ]
    for place, item in enumerate(found):
        neighbours = found[max(0, place - 1) : place] + found[place + 1 : place + 2]
        if any(_near(item, other) for other in neighbours):
            yield item


def _lines_listed(text: str) -> Iterator[re.Match[str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        if (match := _LISTED.match(text, start, start + len(line.rstrip()))) is not None:
            yield match
        start += len(line)


def _near(one: tuple[int, int, Definition], other: tuple[int, int, Definition]) -> bool:
    return min(abs(one[0] - other[1]), abs(other[0] - one[1])) < _NEAR


def _listed(match: re.Match[str]) -> Definition | None:
    term, whole = match["term"].strip(), match["text"].strip()
    start, end = split_sentences(whole)[0]
    text = _without_stop(whole[start:end])
    words = text.split()
    if not _is_term(term) or len(words) < MIN_DEFINITION_WORDS or is_stop_word(words[-1].lower()):
        return None
    return Definition(term, "", "", text)


def _checked(match: re.Match[str], verb: str, text: str) -> Definition | None:
    term = match["term"].strip()
    if not _is_term(term) or _FALSE_TEXT.match(text) or _POINTS_ELSEWHERE.search(text):
        return None
    if len(text.split()) < MIN_DEFINITION_WORDS:
        return None
    if verb.startswith("consist") and not verb.endswith("of"):  # "consiste nel movimento"
        text = f"{verb} {text}"
    return Definition(term, match["article"] or "", verb, text)


def _is_term(term: str) -> bool:
    words = re.findall(r"[\w’'-]+", term.lower())
    if not words or len(words) > MAX_TERM_WORDS or not any(character.isalpha() for character in words[0]):
        return False
    if words[0] in _NO_TERM or words[-1] in _NO_TERM or is_stop_word(words[0]) or is_stop_word(words[-1]):
        return False
    return len(term) > 1 and _ARTICLES.isdisjoint(words) and not _VERBS_INSIDE.search(term)


def _without_stop(text: str) -> str:
    return text.rstrip(" .;,!")


def _said_of_it(text: str) -> str:
    """Without what the sentence goes on to say: "a waste gas of the leaf and goes into the air"."""
    return _without_stop(_GOES_ON.split(text, maxsplit=1)[0])
