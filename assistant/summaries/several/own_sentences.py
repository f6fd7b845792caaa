"""The own sentences of several documents: what two of them say is shown once, with both places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.grounding import PageSet
from assistant.summaries.own import OwnSentence
from assistant.summaries.several.contradictions import Statement, agree


@dataclass
class Said:
    """A sentence, with the pages of all that say the same."""

    sentence: OwnSentence
    pages: PageSet = field(init=False)

    def __post_init__(self) -> None:
        self.pages = {place_of(self.sentence)}


def place_of(sentence: OwnSentence) -> tuple[str, int]:
    return sentence.document.path, sentence.page.number


def said_once(stretches: Sequence[Sequence[OwnSentence]]) -> list[list[Said]]:
    """Each stretch without the sentences that one of another document has said before it."""
    known: list[tuple[Said, Statement]] = []
    kept: list[list[Said]] = []
    for sentences in stretches:
        new: list[Said] = []
        for sentence in sentences:
            statement = Statement(sentence.text, sentence.language)
            before = next((said for said, other in known if _says_it(said, other, sentence, statement)), None)
            if before is None:
                new.append(Said(sentence))
                known.append((new[-1], statement))
            else:
                before.pages = {*before.pages, place_of(sentence)}
        kept.append(new)
    return kept


def _says_it(said: Said, other: Statement, sentence: OwnSentence, statement: Statement) -> bool:
    return said.sentence.document.path != sentence.document.path and agree(other, statement)
