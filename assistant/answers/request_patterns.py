"""The table behind `routes`: how people ask for something about all of a text, in Italian and English.

The patterns are matched from the beginning of a request in lower case, without accents, courtesies and the mark at its
end. Every repeated part ends at a word's end or at a separator, so that each text can be taken apart in one way only
and matching takes time in proportion to its length.
"""

from __future__ import annotations

import re
from typing import Literal

Wanted = Literal["question", "summary", "list", "compare"]
"""`question` is about something in the text; the others are about all of it."""


def _either(*words: str) -> str:
    """One of these; each string is a list with `|` between."""
    return f"(?:{'|'.join(words)})"


# --- parts ------------------------------------------------------------------------------------------------------

_ARTICLE = (
    _either(
        "the|this|that|these|those|my|all|a|an|whole|entire|two|three|main|first|last|of|following|various",
        "il|lo|la|i|gli|le|l'|un|una|questo|questa|questi|queste|quel|quei|tutto|tutta|tutti|tutte|intero|intera|due|tre",
        "di|del|dei|delle|dell'|della|dello|degli|mio|miei|mia|mie|vari|varie|principali|primo|prima|ultimo|ultima",
        "seguente",
    )
    + r"\b\s?"
)
_THE = f"(?:{_ARTICLE})*"
"""Whatever stands between a verb and its object."""
_TEXTS = _either(
    "documents|texts|files|chapters|sections|papers|books|articles|sources",
    "documenti|testi|capitoli|sezioni|libri|articoli|fonti|dispense",
)
_SOURCE = _either(
    "documents?|texts?|files?|pdfs?|papers?|articles?|books?|notes?|chapters?|sections?|slides?|pages?|lectures?",
    "lessons?|handouts?|material|contents?|everything|it|this|these|them|thing|units?|parts?|presentations?|essays?",
    "document[oi]|test[oi]|articol[oi]|libr[oi]|appunti|dispens[ae]|capitol[oi]|sezion[ei]|paragraf[oi]|pagin[ae]",
    "lezion[ei]|material[ei]|contenut[oi]|saggio?|brani?|brano|tutto|questo|cio|unita|part[ei]|presentazion[ei]",
    "romanzo|storia|manuale",
)
_NUMBER = r"(?:\d{1,4}|[ivx]{1,5}\b|one|two|three|four|five|uno|due|tre|quattro|cinque)"
_NUMBERED = rf"(?:\s(?:no?\.? ?)?{_NUMBER}(?: ?(?:-|–|to|a|and|e|,) ?\d{{1,4}}){{0,4}})?"
_MANNER = (
    r"(?:\s"
    + _either(
        "briefly|shortly|in short|again|for me|quickly|please|chapter by chapter|section by section|page by page",
        "in detail|together|now|breve|brevemente|in breve|in sintesi|bene|meglio|velocemente|per favore|insieme|ora",
        "capitolo per capitolo|nel dettaglio|tutto|adesso",
    )
    + ")*"
)
_WHERE = (
    r"(?:\s"
    + _either(
        "in|on|of|from|at|to|with|up to|using|for|as",
        "nel|nella|nei|nelle|dal|dalla|dai|del|della|dei|di|da|a|per|tra|fra|su|sul|sulla|con|come",
    )
    + r"\b.{0,80}|\s?[,:(].*)?"
)
"""How long, from where, in which language, for whom: it stays a request about the text."""
_WHOLE = rf"(?:\s{_THE}{_SOURCE}{_NUMBERED})?{_MANNER}{_WHERE}$"
"""What may follow a request that is about all of the text: nothing, or the text."""

_MADE = _either(
    "summary|summaries|outline|overview|recap|synopsis|abstract|digest|tl;?dr|concept map|mind map|study guide|gist",
    "cheat sheet|review sheet|glossary|flash ?cards?|quiz(?:zes)?|(?:(?:exam|test|review|practice|study) )?questions",
    "table of contents|riassunt[oi]|sintesi|schem[ai](?: riassuntivo)?|scalett[ae]|panoramica|sommario|riepilogo",
    "mapp[ae](?: concettual[ei]| mental[ei])?|glossari[oi]?|domande(?: d'esame| di verifica| aperte| di ripasso)?",
    "indice|quadro generale",
)
_GIVE = _either(
    "(?:give|make|write|create|prepare|generate|draw|provide|produce|do|show|build)(?: me| us)?",
    "(?:fa|da|scrivi|crea|prepara|genera|mostra|disegna)(?:m?mi|ci)?|costruisci|redigi|fai|dai|fare|avere|prepari",
    "fornisci(?:mi)?|mi (?:fai|dai|scrivi|prepari|serve|servono)|servo?no|serve",
)
_SOME_WORDS = r"(?:[^\s']{1,20}['\s]){0,4}?"
_ASKED = _either(
    "(?:what|which|who) (?:are|is|were) |tell me |list |give me |explain ",
    "dimmi |elenca(?:mi)? |dammi |spiega(?:mi)? |quali? (?:sono|erano) |qual e |che ",
)
_COMPARE = _either(
    "compare and contrast|compar(?:e|ing)|contrast|confronta\\w{0,4}|paragona\\w{0,4}|mett\\w{1,4} a confronto",
    "fa(?:i|mmi)? un (?:confronto|paragone)",
)
_POINTS = _either(
    _either("main|key|most important|central|essential|major|principal|basic")
    + " "
    + _either(
        "points?|ideas?|topics?|themes?|takeaways?|arguments?|concepts?|messages?|thes[ie]s|conclusions?|findings?"
    ),
    "takeaways",
    _either("punt[oi]|ide[ae]|argoment[oi]|tem[ai]|concett[oi]|aspett[oi]|contenut[oi]|messaggio?|tesi|nozion[ei]")
    + " "
    + _either(
        "principal[ei]|chiave|fondamental[ei]|essenzial[ei]|central[ei]|salient[ei]|piu important[ei]|da sapere",
        "trattat[ei]|affrontat[ei]",
    ),
)
_EVERY = _either("all|every|each|tutt[ioe]|ogni")
_A_LIST = r"(?:(?:an?|the|un|una|la|il) |l')?(?:complete |full |short |breve )?(?:list|lista|elenco)(?: complet[oa])?"
_NAMED = _either(
    "mentioned|named|listed|cited|discussed|defined|introduced",
    "citat[ie]|nominat[ie]|menzionat[ie]|elencat[ie]|definit[ie]|trattat[ie]",
)
_ABOUT_IT = _either(
    rf"what(?:'?s| is| are) {_THE}(?:{_SOURCE}{_NUMBERED} )?(?:all )?about",
    rf"what do(?:es)? {_THE}{_SOURCE}{_NUMBERED} (?:talk about|deal with|cover|discuss|say|contain|describe)",
    rf"tell me about {_THE}{_SOURCE}{_NUMBERED}",
)
_DI_CHE_PARLA = (
    _either("di (?:che )?cosa|di che|che cosa|cosa|(?:di )?quali argomenti")
    + r"\s"
    + _either("(?:si )?(?:parla|tratta)|parlano|trattano|dicono?|dice|contiene|contengono|racconta|si occupano?")
    + rf"(?:\s(?:(?:nel|nella|nei|in) )?{_THE}{_SOURCE}{_NUMBERED})?"
)

# --- what is asked for ------------------------------------------------------------------------------------------

_TABLE: tuple[tuple[Wanted, str], ...] = (
    ("summary", rf"(?:summari[sz]e|sum up|recap|outline|condense|synthesi[sz]e|digest|skim){_WHOLE}"),
    ("summary", rf"(?:riassum|sintetizza|schematizza|riepiloga|ricapitola)\w{{0,8}}{_WHOLE}"),
    ("summary", rf"{_THE}{_MADE}{_WHOLE}"),
    ("summary", rf"{_GIVE}\s{_SOME_WORDS}{_MADE}{_WHOLE}"),
    (
        "summary",
        r"(?:describe|present|introduce|explain|descriv\w{1,6}|presenta\w{0,3}|illustra\w{0,3}|spiega\w{0,3})"
        rf"\s{_THE}{_SOURCE}{_NUMBERED}{_MANNER}{_WHERE}$",
    ),
    ("summary", rf"{_ABOUT_IT}{_MANNER}$"),
    ("summary", rf"(?:dimmi )?{_DI_CHE_PARLA}{_MANNER}$"),
    (
        "summary",
        rf"{_ASKED}?(?:(?:the|all|il|lo|la|i|gli|le|tutti|\d{{1,2}}|three|five|ten|tre|cinque|dieci) )*{_POINTS}"
        rf"(?:\s(?:of|in|from|discussed|covered|made|nel|nella|nei|dal)?\s?{_THE}(?:{_SOURCE}{_NUMBERED})?)?{_MANNER}$",
    ),
    ("compare", rf"{_COMPARE}\s(?:(?:what|how|cio che|quello che|come|cosa|tra|fra) )?{_THE}{_SOURCE}\b"),
    ("compare", rf"{_COMPARE}\s.{{1,80}}\b(?:in|across|between|of|nei|nelle|tra|fra|dei|delle)\s{_THE}{_TEXTS}\b"),
    (
        "compare",
        rf"{_ASKED}?{_THE}"
        r"(?:differen[cz]\w{1,2}|similarit\w{1,3}|somiglianz\w|analogi\w|contraddizion\w|contradictions?|disagreements?"
        r"|punti in comune)(?: principali)?(?: ci sono| there are)?\s(?:between|among|across|in|tra|fra|nei)"
        rf"\s{_THE}{_TEXTS}\b",
    ),
    ("list", r"(?:list|enumerate|name|elenca(?:re|mi|ci)?|enumera(?:re|mi)?|lista(?:mi)?)\s(?!price|of prices)\S"),
    ("list", rf"(?:{_GIVE}|voglio|want|need)\s{_A_LIST} (?:of|with|di|dei|delle|degli|del|della|con)\b"),
    ("list", rf"{_A_LIST} (?:of|di|dei|delle|degli)\b"),
    (
        "list",
        r"(?:find|extract|collect|show(?: me)?|tell me|give me|trova(?:mi)?|estrai|raccogli|cerca(?:mi)?|dimmi"
        rf"|mostra(?:mi)?|dammi|cita(?:mi)?|riporta(?:mi)?|indica(?:mi)?|nomina(?:mi)?)\s{_EVERY}\s",
    ),
    ("list", rf"(?:what|which|who|quali|chi) (?:are|were|sono|erano)\s{_EVERY}\s"),
    ("list", rf"(?:what|which|quali|che) \w+(?: \w+)? (?:are|is|were|get|vengono|sono|si) {_NAMED}\b"),
)
PATTERNS: tuple[tuple[Wanted, re.Pattern[str]], ...] = tuple((wanted, re.compile(text)) for wanted, text in _TABLE)
"""The first that matches decides."""

COURTESY = re.compile(
    _either(
        "please|thanks|ok|okay|now|then|and|also|hi|hello|hey|good|great|let's|let us|help me(?: to)?|try to",
        "you should",
        "(?:can|could|would|will) you|i (?:want|need|would like|'d like)(?: you)?(?: to)?|i'd like(?: you)?(?: to)?",
        "per favore|per piacere|per cortesia|grazie|ora|adesso|allora|poi|e|anche|ciao|salve|buongiorno|bene|bisogna",
        "(?:mi |ci )?(?:puoi|potresti|sai|sapresti|riesci a)|vorrei(?: che tu)?|voglio(?: che tu)?|aiutami a|prova a",
        "ho bisogno (?:di|che tu)|dovresti",
    )
    + r"\b[\s,!.:]*"
)
"""In front of a request; taken off again and again."""

ADJUSTMENT = re.compile(
    r"(?:"
    + _either(
        "make it|do it|write it|in|a bit|a little|much|even|rendil[oa]|r?ifall[oa]|fall[oa]|scrivil[oa]|un po'|un poco",
        "ancora|molto|di",
    )
    + r"\s)*"
    + _either(
        "short(?:er)?|long(?:er)?|brief(?:er|ly)?|simpler|clearer|less|again|continue|go on|keep going|the rest",
        "more(?: (?:detail(?:s|ed)?|points|examples))?|in (?:english|italian|inglese|italiano|points|punti)",
        "(?:piu|meno) (?:brev[ei]|cort\\w|lung\\w{1,2}|semplic[ei]|dettagli(?:at\\w)?|chiar\\w|sintetic\\w)",
        "(?:piu|meno) (?:punti|esempi)",
        "continua|prosegui|vai avanti|ancora|di nuovo|il resto|altr[oie]|bullet points|points|punti",
        "english|italian|inglese|italiano|\\d{1,2} (?:points|punti|words|parole|lines|righe|sentences|frasi)",
    )
    + r"(?:,?\s(?:please|per favore|now|ora))?"
)
"""What was just given, in another way, or more of it."""
