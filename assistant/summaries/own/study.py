"""Terms, questions, quizzes and cards out of a document's own sentences, without a model.

The same document gives the same items: what could be chosen one way or another is chosen by a hash of the words.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.documents.model import Document
from assistant.stems import content_stems, content_words
from assistant.summaries.items import Item, ItemKind, item_problems, quiz_item
from assistant.summaries.items.checking import MAX_FRONT_WORDS, OPTIONS
from assistant.summaries.own.gaps import Gap, with_blank
from assistant.summaries.own.material import Defined, Material, overlap, section_of
from assistant.summaries.own.prose import OwnSentence
from assistant.summaries.own.wording import WORDINGS, Wording

MAX_OPTION_WORDS = 25
MAX_CLOZE_WORDS = MAX_FRONT_WORDS
_MOST_OPTIONS = 200
"""Of a book's names and numbers, to choose three wrong options from."""
_POINTS = 3
"""Of the answer to a question."""
_NUMBERED = re.compile(r"\A(?:(?:capitolo|chapter)\s+)?(?:\d+\.?)+\s+(?:—\s*)?", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    r"(?:what|where|how|why|when|who|which|che|chi|dove|come|perch[éè]|quando|quale|quali|quanto)\b", re.IGNORECASE
)

Made = tuple[Item, OwnSentence]


def study_items(
    kind: ItemKind,
    documents: Sequence[Document],
    pages_by_path: Mapping[str, Sequence[int]],
    sentences: Sequence[OwnSentence],
    ranked: Sequence[Sequence[OwnSentence]],
    per_section: int,
    language: str,
) -> list[Made]:
    """At most `per_section` of each section, in the order of the sections, the best of a section first."""
    material = Material(documents, pages_by_path, sentences, ranked)
    if per_section < 1:
        return []
    taken: Counter[tuple[str, str]] = Counter()
    kept: list[Made] = []
    prompts: set[str] = set()
    for item, sentence in _MAKERS[kind](material):
        section = section_of(sentence)
        # Nothing here was copied from a request, and "domanda" is a term of economics.
        problems = set(item_problems(item, language)) - {"placeholder"}
        if not material.has_room(sentence) or item.prompt in prompts or problems:
            continue
        taken[section] += 1
        if taken[section] >= per_section:
            material.full.add(section)
        prompts.add(item.prompt)
        kept.append((item, sentence))
    order = {path: number for number, path in enumerate(document.path for document in documents)}
    starts = _section_starts(kept)
    return sorted(kept, key=lambda made: (order[made[1].document.path], starts[made[1].document.path, made[1].section]))


def _section_starts(made: Sequence[Made]) -> dict[tuple[str, str], tuple[int, int]]:
    starts: dict[tuple[str, str], tuple[int, int]] = {}
    for _item, sentence in made:
        key, place = (sentence.document.path, sentence.section), (sentence.page.number, sentence.start)
        starts[key] = min(starts.get(key, place), place)
    return starts


# --- the kinds --------------------------------------------------------------------------------------------------


def _glossary(material: Material) -> Iterator[Made]:
    for found in filter(lambda found: material.has_room(found.sentence), material.defined):
        yield Item("term", _capital(found.definition.term), _capital(found.definition.text)), found.sentence


def _questions(material: Material) -> Iterator[Made]:
    """What is X, with the sentence that says so and what else the section says of it; then the sections' subjects."""
    for found in filter(lambda found: material.has_room(found.sentence), material.defined):
        wording = _wording(found.sentence)
        points = [found.sentence, *_more_about(found, material)]
        if wording and len(points) > 1:
            yield (
                Item("question", wording.what_is(found.definition, material.term(found.definition)), _points(points)),
                found.sentence,
            )
    for section in material.ranked:
        best = [sentence for sentence in section if not sentence.leans_back and not sentence.is_about_the_text]
        if len(best) > 1 and best[0].section and not material.defines(best[0]) and (wording := _wording(best[0])):
            points = sorted(best[:_POINTS], key=lambda s: (s.page.number, s.start))
            yield Item("question", _section_question(best[0].section, wording), _points(points)), best[0]


def _section_question(title: str, wording: Wording) -> str:
    """A title that is a question, or half of one ("How we found out"), is asked as it stands."""
    title = _NUMBERED.sub("", title).rstrip(" ?:.")
    if _QUESTION_WORD.match(title):
        return wording.about_question.format(title=title, small=title[:1].lower() + title[1:])
    return wording.about_section.format(title=title)


def _more_about(found: Defined, material: Material) -> list[OwnSentence]:
    """The best other sentences of the section that speak of the term."""
    term = content_stems(found.definition.term, found.sentence.language)
    where = section_of(found.sentence)
    others = [
        sentence
        for section in material.ranked
        if section and section_of(section[0]) == where
        for sentence in section
        if not overlap(sentence, found.sentence) and not sentence.is_about_the_text
    ]
    naming = [sentence for sentence in others if term <= content_stems(sentence.text, sentence.language)]
    following = [s for s in others if s.page == found.sentence.page and 0 < s.start - found.sentence.end < 3]
    return list(dict.fromkeys((*following, *naming)))[: _POINTS - 1]


def _quizzes(material: Material) -> Iterator[Made]:
    """Which term fits the definition; then sentences with something left out, by what each section says best."""
    for found in filter(lambda found: material.has_room(found.sentence), material.defined):
        definition, wording = found.definition, _wording(found.sentence)
        if wording is None or len(definition.text.split()) > MAX_OPTION_WORDS:
            continue
        if wrong := _wrong(definition.term, material.terms):
            prompt = wording.which_term.format(definition=definition.text)
            options = [_capital(option) for option in wrong]
            yield quiz_item(prompt, _capital(definition.term), options, found.sentence.text), found.sentence
    for sentence, gap in _asked_for(material):
        wording = _wording(sentence)
        others = material.by_kind[gap.kind]
        alike = [other for other in others if other not in sentence.text and gap.article in others[other]]
        alike = alike if len(alike) >= OPTIONS - 1 else [other for other in others if other not in sentence.text]
        if wording and (wrong := _wrong(gap.text, alike)):
            prompt = wording.complete.format(sentence=with_blank(sentence.text, gap))
            yield quiz_item(prompt, gap.text, wrong, sentence.text), sentence


def _cards(material: Material) -> Iterator[Made]:
    for found in filter(lambda found: material.has_room(found.sentence), material.defined):
        if wording := _wording(found.sentence):
            yield (
                Item(
                    "card",
                    wording.what_is(found.definition, material.term(found.definition)),
                    _capital(found.definition.text),
                ),
                found.sentence,
            )
    for sentence, gap in _asked_for(material):
        if len(sentence.text.split()) <= MAX_CLOZE_WORDS:
            yield Item("card", with_blank(sentence.text, gap), gap.text), sentence


_MAKERS: dict[ItemKind, Callable[[Material], Iterator[Made]]] = {
    "term": _glossary,
    "question": _questions,
    "quiz": _quizzes,
    "card": _cards,
}


def _asked_for(material: Material) -> Iterator[tuple[OwnSentence, Gap]]:
    """The best sentences of each section with one thing to leave out: a number or a name rather than a term.

    Nothing is asked for twice, and not in the sentence that defines a term, which is asked for already.
    """
    asked: set[str] = set()
    for section in material.ranked:
        for sentence in section:
            gaps = material.gaps[sentence]
            if (
                not material.has_room(sentence)
                or material.defines(sentence)
                or sentence.leans_back
                or sentence.is_about_the_text
            ):
                continue
            new = [gap for gap in gaps if gap.text.casefold() not in asked]
            if telling := [gap for gap in new if gap.kind != "term"] or new:
                gap = min(telling, key=lambda gap: _hash(sentence.text, gap.text))
                asked.add(gap.text.casefold())
                yield sentence, gap


def _wrong(right: str, others: Sequence[str]) -> list[str]:
    """Three that are not right, nearest in length and first letters' case; empty where there are not enough."""
    first = int.from_bytes(_hash(right)[:4]) % max(1, len(others))
    some = [*others[first:], *others[:first]][:_MOST_OPTIONS] if len(others) > _MOST_OPTIONS else others
    usable = [other for other in some if not _alike(other, right)]
    near = sorted(usable, key=lambda other: (_distance(right, other), _hash(right, other)))
    return near[: OPTIONS - 1] if len(near) >= OPTIONS - 1 else []


def _distance(right: str, other: str) -> float:
    """Numbers are near by their size, words by their length."""
    if right.isdigit() and other.isdigit():
        return abs(math.log((int(right) + 1) / (int(other) + 1)))
    return abs(len(other) - len(right)) // 4


def _alike(one: str, other: str) -> bool:
    """Whether one could be taken for the other, and both be right."""
    a, b = one.casefold(), other.casefold()
    return a in b or b in a or bool(set(content_words(a)) & set(content_words(b)))


def _points(sentences: Sequence[OwnSentence]) -> str:
    return "\n".join(sentence.text for sentence in sentences)


def _wording(sentence: OwnSentence) -> Wording | None:
    return WORDINGS.get(sentence.language)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _hash(*texts: str) -> bytes:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).digest()
