"""The part of a long text that a summary of it draws on.

Cut off at its end, a long text would lose what the last sentences of its summary say, and the model would learn to
write what the text does not have. So the paragraphs closest to the summary are kept, wherever they stand.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from adapters.dataset.example import Place
from adapters.dataset.notes.parts import paragraphs
from adapters.dataset.notes.whole_text import Span, WholeText, count_words, cuts_between, pieces_of
from assistant.i18n import _
from assistant.sentences import split_sentences
from assistant.stems import content_stems

MAX_WORDS = 900
"""Of an example's text. Italian takes 1.7 to 2.1 tokens a word: with prompt and summary that fills 2,048 tokens."""
_ENOUGH_OF_IT = 0.6
"""Of the summary's words that carry meaning; with fewer in what is kept, it teaches to make things up."""
_SHORT_WORDS = 30
"""Added to the length of a paragraph, or headings would always have the most of the summary in the fewest words."""
_SAID_ALREADY = 0.4
"""What a stem of the summary is worth in a further paragraph."""


def fit(whole: WholeText, span: Span, cuts: Sequence[Span], target: str) -> tuple[str, Place, tuple[str, ...]]:
    """(text, its place, doubts): all of the span but the cuts, or the paragraphs of it closest to the target."""
    text, place = whole.read(*span, cuts)
    words = count_words(text)
    if words <= MAX_WORDS:
        return text, place, ()
    kept = _closest(whole, place, target)
    text, place = whole.read(
        place.start, place.end, [*place.cuts, *cuts_between(whole.text, kept, (place.start, place.end))]
    )
    wanted = content_stems(target, whole.language)
    if len(wanted & content_stems(text, whole.language)) >= _ENOUGH_OF_IT * len(wanted):
        return text, place, ()
    doubt = _("much of the summary is not in the {kept} of {total} words that were kept of its long text")
    return text, place, (doubt.format(kept=count_words(text), total=words),)


def _closest(whole: WholeText, place: Place, target: str) -> list[Span]:
    blocks = [block for piece in pieces_of(place.start, place.end, place.cuts) for block in _blocks(whole.text, *piece)]
    wanted = content_stems(target, whole.language)
    stems = [content_stems(whole.text[start:end], whole.language) & wanted for start, end in blocks]
    lengths = [count_words(whole.text[start:end]) for start, end in blocks]
    spread = Counter(stem for found in stems for stem in found)
    worth = {stem: math.log(1 + len(blocks) / count) for stem, count in spread.items()}
    left = [index for index in range(len(blocks)) if stems[index]]
    kept, room = set[int](), MAX_WORDS
    while left := [index for index in left if index not in kept and lengths[index] <= room]:
        best = max(left, key=lambda index: (_value(stems[index], worth, lengths[index]), -index))
        kept.add(best)
        room -= lengths[best]
        worth |= {stem: worth[stem] * _SAID_ALREADY for stem in stems[best]}
    for index in range(len(blocks)):  # what room is left is filled from the beginning, where a text says what it is
        if index not in kept and lengths[index] <= room:
            kept.add(index)
            room -= lengths[index]
    return [blocks[index] for index in sorted(kept)]


def _value(stems: frozenset[str], worth: dict[str, float], words: int) -> float:
    return sum(worth[stem] for stem in stems) / (words + _SHORT_WORDS)


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Paragraphs; where one alone is too long, as in a text without blank lines, its sentences."""
    for first, last in paragraphs(text, start, end):
        if count_words(text[first:last]) <= MAX_WORDS // 3:
            yield first, last
        else:
            yield from ((first + begin, first + stop) for begin, stop in split_sentences(text[first:last]))
