"""The document's own sentences as an answer, where a model too small to read all of a text has written nothing usable.

They are those that have the words that were asked for, or are of the kind that was ("all dates", "all definitions"); a
request that names nothing ("summarize it") gets the most telling ones. What they are is said in the answer itself.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.answers.evidence import Evidence
from assistant.answers.points import ListedPoint
from assistant.cited_text import PlacedClaim
from assistant.grounding import PageSet
from assistant.grounding.dates import dates_in
from assistant.protocol import Event
from assistant.screen import Screen
from assistant.stems import content_stems, plain_words
from assistant.summaries.checks import AGREEING
from assistant.summaries.own import OwnSentence, own_sentences
from assistant.summaries.own.definitions import definition_in
from assistant.summaries.own.labels import own_label
from assistant.summaries.own.prose import prose_sentences
from assistant.summaries.report import own_notice

MOST_SENTENCES = 20
_PER_PAGE = 2
"""Where the model wrote nothing about some pages."""
_MISSED = 2
_NAME_WORDS = 4
"""A listed point with more is a sentence, and ends like one."""
_LEAST_SHARE = 0.5
"""Of what the best sentence has of the words that were asked for."""

_REQUESTING = """
    elenca elencare elencami elencaci elenco elencati elencate enumera enumerare lista listami trova trovami estrai
    raccogli cerca cercami dimmi mostra mostrami dammi cita citami citati citate riporta riportami indica indicami
    nomina nominami nominati nominate menzionati menzionate trattati trattate presenti tutto tutti tutte tutta ogni
    completo completa fai fammi dai voglio vorrei serve servono confronta confrontare paragona differenze differenza
    somiglianze riassumi riassunto riassumere sintesi sintetizza descrivi documento documenti testo testi libro
    libri capitolo capitoli sezione sezioni pagina pagine appunti dispense parlano parla vengono cosa cose punti
    punto principali principale importanti list enumerate name named find extract collect show tell give mention
    mentioned cited listed discussed introduced every each all complete full make write want need compare contrast
    difference differences similarities summarize summarise summary outline recap describe document documents text
    texts book books chapter chapters section sections page pages notes papers paper article articles thing things
    point points main key important there
"""
"""Words of requests that say nothing about what is asked for."""
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b(?![.,]\d|\s?%)")


def _has_date(sentence: OwnSentence) -> bool:
    return bool(dates_in(sentence.text)) or _YEAR.search(sentence.text) is not None


def _has_number(sentence: OwnSentence) -> bool:
    return re.search(r"\d", sentence.text) is not None


def _has_definition(sentence: OwnSentence) -> bool:
    return definition_in(sentence.text, sentence.language) is not None


_KINDS: Mapping[str, Callable[[OwnSentence], bool]] = {
    "data date dates anno anni year years": _has_date,
    "numero numeri cifra cifre number numbers figures": _has_number,
    "definizione definizioni definition definitions": _has_definition,
}
"""What sentences of a kind have in common, by the words that ask for them."""


@dataclass(frozen=True)
class Wish:
    """What a request names."""

    text: str

    @cached_property
    def kinds(self) -> list[Callable[[OwnSentence], bool]]:
        said = set(plain_words(self.text))
        return [is_of_kind for words, is_of_kind in _KINDS.items() if said & set(words.split())]

    def words(self, language: str) -> frozenset[str]:
        """Stems."""
        nothing = " ".join([_REQUESTING, *_KINDS])
        return content_stems(self.text, language) - content_stems(nothing, language)

    def is_in(self, text: str, language: str) -> bool:
        """Whether a text has a word of it, where it names any."""
        words = self.words(language)
        return bool(self.kinds) or not words or not words.isdisjoint(content_stems(text, language))

    def best(self, sentences: Sequence[OwnSentence]) -> list[OwnSentence]:
        """Those about it, in their order; empty where there are none, or it names nothing."""
        if self.kinds:
            sentences = [sentence for sentence in sentences if any(is_of_kind(sentence) for is_of_kind in self.kinds)]
        shared = [self.words(language) & stems for language, stems in map(_stems, sentences)]
        frequency = Counter(stem for some in shared for stem in some)
        scores = [sum(math.log(1 + len(sentences) / frequency[stem]) for stem in sorted(some)) for some in shared]
        least = _LEAST_SHARE * max(scores, default=0.0)
        if not least:  # of the kind, and no word tells them apart
            return list(sentences[:MOST_SENTENCES]) if self.kinds else []
        ranked = sorted(range(len(sentences)), key=lambda at: (-scores[at], at))
        chosen = [at for at in ranked if scores[at] >= least][:MOST_SENTENCES]
        return [sentences[at] for at in sorted(chosen)]


class OwnAnswer:
    """Stands in for what the model did not write."""

    def __init__(self, screen: Screen, evidence: Evidence, language: str) -> None:
        self._screen = screen
        self._evidence = evidence
        self._language = language
        self.share: Literal["no", "partly", "all"] = "no"
        """Of the answer, how much is the documents' own sentences."""

    @property
    def may_stand_in(self) -> bool:
        """For requests about all of a text, of models that cannot make one text of several."""
        options, wanted = self._evidence.options, self._evidence.request.wanted
        return wanted != "question" and not options.merge and options.extractive != "off"

    def useful(self, points: Sequence[ListedPoint]) -> list[ListedPoint]:
        """Those of a model's list that can be shown; none where the document has more than twice as many itself.

        Supported ones about what was asked that are whole: a small model breaks off and begins elsewhere.
        """
        if not self.may_stand_in:
            return list(points)
        languages = {document.language for document in self._evidence.source.documents}
        found = [
            point
            for point in points
            if point.claim.support in AGREEING
            and _is_whole(point.text)
            and any(self._wish.is_in(point.text, language) for language in languages)
        ]
        return [] if len(self._asked_for) > _MISSED * len(found) else found

    def instead(self) -> Iterator[Event]:
        """Show them in place of whatever stands there, if there are any."""
        if not self.may_stand_in or not (sentences := self._sentences()):
            return
        yield from self._screen.rewind(0)
        self.share = "all"
        yield from self._show(sentences)
        yield from own_notice(self._screen.job, 1, 1)

    def on(self, pages: PageSet) -> Iterator[Event]:
        """Show some of these pages below what the model wrote about others."""
        if not self.may_stand_in or not (sentences := self._telling(pages)):
            return
        self.share = "partly" if self._screen.text.strip() else "all"
        yield from self._show(sentences)
        parts = len({(sentence.document.path, sentence.section) for sentence in sentences})
        yield from own_notice(self._screen.job, parts, parts + (self.share == "partly"))

    @cached_property
    def _wish(self) -> Wish:
        return Wish(self._evidence.request.text)

    @cached_property
    def _asked_for(self) -> list[OwnSentence]:
        """Those that have what the request names; none where it names nothing."""
        source = self._evidence.source
        return self._wish.best(prose_sentences(source.documents, _by_path(source.pages)))

    def _sentences(self) -> list[OwnSentence]:
        source = self._evidence.source
        named = self._wish.kinds or any(self._wish.words(document.language) for document in source.documents)
        return self._asked_for if named else self._telling(source.pages)

    def _telling(self, pages: PageSet) -> list[OwnSentence]:
        count = min(MOST_SENTENCES, _PER_PAGE * len(pages))
        documents = self._evidence.source.documents
        by_path: dict[str, Sequence[int]] = {document.path: () for document in documents} | _by_path(pages)
        return own_sentences(documents, by_path, count, total=count) if count else []

    def _show(self, sentences: Sequence[OwnSentence]) -> Iterator[Event]:
        gap = "\n\n" if self._screen.text.strip() else ""
        yield from self._screen.show(f"{gap}{own_label(self._language)}\n\n")
        for number, sentence in enumerate(sentences):
            claim = self._evidence.passages.cite(sentence.text, {(sentence.document.path, sentence.page.number)})
            start = len(self._screen.text) + (number > 0)
            line, mark = f"- {sentence.text}", self._evidence.mark(claim)
            yield from self._screen.show(f"\n{line}{mark}" if number else f"{line}{mark}")
            end = start + len(line)
            self._screen.claims.append(PlacedClaim(claim, start, end, end + len(mark)))


def _is_whole(point: str) -> bool:
    return point.rstrip("”»\"')").endswith((".", "!", "?")) or len(point.split()) <= _NAME_WORDS


def _stems(sentence: OwnSentence) -> tuple[str, frozenset[str]]:
    return sentence.language, content_stems(sentence.text, sentence.language)


def _by_path(pages: PageSet) -> dict[str, Sequence[int]]:
    by_path: dict[str, list[int]] = {}
    for path, number in sorted(pages):
        by_path.setdefault(path, []).append(number)
    return dict(by_path)
