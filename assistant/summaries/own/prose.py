"""The sentences of a document that can be read on their own: no headings, captions, references, tables or fragments."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document, Page
from assistant.language import detect_language
from assistant.sentences import split_sentences
from assistant.stems import is_stop_word, plain_words
from assistant.summaries.parts import main_sections

MIN_WORDS, MAX_WORDS = 5, 45
MIN_LETTERS = 0.8
"""Of what is not white space, years aside; formulas, tables and listings have fewer."""
MIN_FUNCTION_WORDS = 2
"""Articles, prepositions and the like; rows of tables and lists of names have none."""

_OPENING = "«“\"'("
_ENDS = re.compile(r"""[^.…][.!][»”’"')\]]*(?:\[\d{1,3}\])*\Z""")
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_LIST_MARK = re.compile(r"(?:[-*+•–▪◦■]|\(?(?:\d{1,2}|[a-z])[.)])\s+")
_REFERENCE_MARK = re.compile(r"\s?\[(?:\d{1,3}|\?)(?:\s?[,–-]\s?\d{1,3})*\]")
_NOT_PROSE = re.compile(
    r"[|\\{}=<>→_]|\.{3,}|…|https?:|www\.|\S@\S|::|\$\$|--|©|\bcopyright\b|\ball rights reserved\b|\bISBN\b|\bdoi\b"
    r"|\bet al\b|\(\d{4}[a-z]?\)\.|\bpp\.\s?\d|\blicen[sz]\w{1,4} (?:under|sotto)\b|\bfile://|[a-z]{2}[.,]\d"
    r"|\w- \w",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:fig(?:ur[ea]?)?|tab(?:le|ella)?|grafico|diagramm?a?|listing|listato|photo|foto|source|fonte|box|part[e]?"
    r"|equa(?:tion|zione)|ex(?:ercise|ample)|esercizio|esempio|capitolo|chapter|sezione|section)\b\.?\s*(?:\d|[ivx]+\b)"
    r"|(?:source|fonte)s?:|[\w ]{1,30} [-–] ",
    re.IGNORECASE,
)
_ABOUT_THE_TEXT = re.compile(
    r"\b(?:(?:in|of) (?:this|these|the (?:next|following|previous)) (?:chapter|section|paper|document|article|manual"
    r"|book|lesson|notes|tutorial|example)|(?:this|the (?:next|following)) (?:chapter|section|paper|document|manual"
    r"|tutorial)|see (?:also|section|chapter|figure|table|the)|as (?:shown|described|mentioned|we)|please|let['’]?s"
    r"|(?:the|la) (?:figure|figura|table|tabella)|in (?:figur[ae]|tabella|questo esempio)|nel seguito|s?i ved[ae]|vedi"
    r"|si consulti|di quest[oa] \w+,|come (?:mostrato|descritto|visto|detto)"
    r"|(?:quest[oai]|(?:ne[li]|de[li]) (?:presente|prossim[oi]|seguente|precedente)) "
    r"(?:capitol|sezion|document|manual|libr|articol|guid|dispens|lezion|paragraf|appunt)\w{1,2})\b",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"(?:quest[oaei]|quell[oaei]|quei|ciò|ess[oaie]|egli|ella|lì|qui|così|inoltre|tuttavia|infatti|quindi|perciò|dunque"
    r"|pertanto|ma|e|ed|o|oppure|anche|invece|però|allora|poi|né|mentre|in (?:tal|questo|quel|entrambi|tutti e due) \w+"
    r"|(?:il|al) contrario|per (?:esempio|questo)|ad esempio|cioè|ossia|altr[oaie]|l'altr[oa]|entramb[ie]|la prima"
    r"|il primo|la seconda|il secondo|dopo di|(?:(?:il|la|i|le) )?(?:suo|sua|suoi|sue|loro)|infine|analogamente"
    r"|di conseguenza"
    r"|this|these|that|those|it|its|they|their|he|his|she|her|however|therefore|thus|hence|but|and|or|so|meanwhile|then"
    r"|here|there|also|such|for (?:example|instance|this)|in (?:this|that|both|these|such) \w+|instead|moreover"
    r"|furthermore|another|others?|both|either|neither|the (?:first|second|other|latter|former|same)"
    r"|on the (?:other|one) hand|one|nor|yet|similarly|likewise|conversely|consequently|finally)\b",
    re.IGNORECASE,
)
_NO_PROSE_SECTION = re.compile(
    r"\s*(?:[\divx]+[.\s]+){0,4}(?:references|bibliograph\w+|bibliografia|riferimenti|works cited|index"
    r"|indice(?: analitico)?|(?:table of )?contents|acknowledge?ments?|ringraziamenti|license|licenza|copyright"
    r"|colophon|sources|fonti|further reading|per approfondire|exercises|esercizi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OwnSentence:
    document: Document
    page: Page
    start: int
    """Character of the page's text."""
    end: int
    text: str
    """As it is shown: without list mark and marks of notes, on one line."""
    section: str
    """Title of the main section it stands in; empty where there is none."""

    def __hash__(self) -> int:
        return hash((self.document.path, self.page.number, self.start))

    @property
    def leans_back(self) -> bool:
        """Whether it begins with a word that points to the sentence before it."""
        return leans_back(self.text)

    @property
    def is_about_the_text(self) -> bool:
        return is_about_the_text(self.text)

    @property
    def language(self) -> str:
        return self.page.language or self.document.language


def leans_back(sentence: str) -> bool:
    """Whether it begins with a word that points to what was said before: "It", "However", "Questo"."""
    return _LEANS_BACK.match(sentence) is not None


def is_about_the_text(sentence: str) -> bool:
    """ "This chapter shows", "see figure 3"."""
    return _ABOUT_THE_TEXT.search(sentence) is not None


def prose_sentences(documents: Sequence[Document], pages_by_path: Mapping[str, Sequence[int]]) -> list[OwnSentence]:
    """In order, of the pages given by number for each document; of all pages of one that is not in the map."""
    return [sentence for document in documents for sentence in _of_document(document, pages_by_path.get(document.path))]


def _of_document(document: Document, wanted: Sequence[int] | None) -> Iterator[OwnSentence]:
    main = main_sections(document)
    main_places = [(section.page, section.offset) for section in main]
    every = sorted(document.sections, key=lambda section: (section.page, section.offset))
    places = [(section.page, section.offset) for section in every]
    seen = {_plain(section.title) for section in every}
    for page in document.pages:
        if wanted is not None and page.number not in wanted:
            continue
        for start, end in split_sentences(page.text):
            inner = bisect_right(places, (page.number, start))
            if inner and _NO_PROSE_SECTION.match(every[inner - 1].title):
                continue
            text = shown(page.text[start:end])
            if (plain := _plain(text)) in seen or not is_prose(text, page.language or document.language):
                continue
            seen.add(plain)
            outer = bisect_right(main_places, (page.number, start))
            yield OwnSentence(document, page, start, end, text, main[outer - 1].title if outer else "")


def shown(text: str) -> str:
    """A sentence without list mark and marks of notes, on one line."""
    text = _LIST_MARK.sub("", text.strip(), count=1) if _LIST_MARK.match(text.strip()) else text
    return " ".join(_REFERENCE_MARK.sub("", text).replace("**", "").split())


def is_prose(text: str, language: str) -> bool:
    """Whether it is one whole sentence that states something, in `language` where that is known."""
    words = text.split()
    if not MIN_WORDS <= len(words) <= MAX_WORDS or not _ENDS.search(text):
        return False
    if not text.lstrip(_OPENING)[:1].isupper():
        return False
    if _NOT_PROSE.search(text) or _CAPTION.match(text) or text.count("(") != text.count(")"):
        return False
    letters = sum(character.isalpha() for character in text)
    if letters < MIN_LETTERS * len("".join(_YEAR.sub("", text).split())):
        return False
    if sum(is_stop_word(word) for word in plain_words(text)) < MIN_FUNCTION_WORDS:
        return False
    return detect_language(text) in ("", language) or not language


def _plain(text: str) -> str:
    return " ".join(plain_words(text))
