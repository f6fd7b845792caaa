"""Sentences that the source contradicts are never shown, however the text arrives; kept units are read with care."""

from __future__ import annotations

import json
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from assistant.cited_text import CitedText, page_mark
from assistant.library import Library
from assistant.summaries.checks import Judge
from assistant.summaries.shown import Dropping
from assistant.summaries.units import Units
from tests.assistant.texts import cell_document

JUDGE = Judge([cell_document()])
CITE = partial(JUDGE.cite, pages=None)
SENTENCES = (
    "The cell is the smallest unit of life. ",
    "Human body cells have 48 chromosomes. ",
    "- The nucleus holds the chromosomes.\n",
    "- A liver cell contains about 48 mitochondria.\n",
    "Chloroplasts exist only in plants and algae.\n\n",
    "## Energy\n\n",
)


def shown(pieces: list[str]) -> tuple[str, Dropping]:
    sink = Dropping(CitedText(CITE, partial(page_mark, several_documents=False)), CITE)
    return "".join(sink.feed(piece) for piece in pieces) + sink.finish(), sink


@given(st.lists(st.sampled_from(SENTENCES), max_size=6), st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_however_a_text_arrives_the_same_is_shown_and_nothing_wrong(sentences: list[str], lengths: list[int]):
    text = "".join(sentences)
    pieces, position = [], 0
    for length in lengths * (len(text) + 1):
        if position >= len(text):
            break
        pieces.append(text[position : position + length])
        position += length

    whole, _sink = shown([text])
    streamed, sink = shown(pieces)
    assert streamed == whole
    assert "48" not in streamed
    assert len(sink.left_out) == sum("48" in sentence for sentence in sentences)
    for placed in sink.claims:
        assert streamed[placed.mark : placed.end].startswith(" [p. ")


@given(st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x)).map(json.dumps)))
def test_what_another_program_wrote_in_the_library_is_not_taken_for_a_unit(value: str):
    class Odd(Library):
        def __init__(self) -> None:
            pass

        def unit(self, key: str) -> str:
            return value

    assert Units("j", Odd()).find("key") is None
