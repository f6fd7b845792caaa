"""A question finds the places it is about, within what the model can read: in the library's index, or without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.retrieval import Stretch, fitting_stretches, joined
from assistant.documents.model import Document, Page
from assistant.library import Library
from tests.assistant.texts import cell_document, revolution_document

CELL, REVOLUTION = cell_document(), revolution_document()
ONE_CELL, OTHER_CELL = (
    Document(
        f"/{name}.txt", f"{name}.txt", name, (Page(1, "1", f"Il nucleo di {name}.", "text"),), (), "it", sha256=name
    )
    for name in ("a", "b")
)


def count(text: str) -> int:
    return len(text.split())


@pytest.fixture(params=["index", "no index"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library | None]:
    if request.param == "no index":
        yield None
        return
    with Library(tmp_path / "library.sqlite3") as library:
        for document in (CELL, REVOLUTION):
            library._keep(document, None)
        yield library


def pages(stretches: list[Stretch]) -> list[tuple[str, int]]:
    return sorted({(stretch.document.name, stretch.page) for stretch in stretches})


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How many chromosomes does a human cell have?", ("cell.pdf", 4)),
        ("What do chloroplasts release?", ("cell.pdf", 3)),
        ("Quanti prigionieri c'erano nella Bastiglia?", ("rivoluzione.pdf", 2)),
        ("Chi guidava il Comitato di salute pubblica?", ("rivoluzione.pdf", 4)),
        ("Che cosa accadde nel 1794?", ("rivoluzione.pdf", 4)),
        ('Che cosa vuol dire "Comitato dei cittadini pubblici"?', ("rivoluzione.pdf", 4)),
        ("mitochondrion AND (OR NEAR", ("cell.pdf", 2)),
    ],
)
def test_a_question_finds_its_page(library: Library | None, question: str, page: tuple[str, int]):
    assert pages(fitting_stretches([CELL, REVOLUTION], {}, question, count, 40, library)) == [page]


def test_a_question_of_a_word_that_every_document_has_finds_a_place_too(tmp_path: Path):
    """In a library of few documents such a word weighs next to nothing; divided by it, a follow-up broke off."""
    with Library(tmp_path / "library.sqlite3") as library:
        for document in (ONE_CELL, OTHER_CELL):
            library._keep(document, None)
        assert pages(fitting_stretches([ONE_CELL], {}, "E il nucleo?", count, 40, library)) == [("a.txt", 1)]


def test_with_more_room_the_neighbours_come_too_in_document_order(library: Library | None):
    found = fitting_stretches([CELL, REVOLUTION], {}, "What do chloroplasts release?", count, 110, library)
    assert [stretch.page for stretch in found] == [2, 3, 4]


@pytest.mark.parametrize("budget", range(0, 400, 40))
def test_the_budget_is_kept(library: Library | None, budget: int):
    found = fitting_stretches([CELL, REVOLUTION], {}, "How many chromosomes, and when?", count, budget, library)
    assert sum(count(stretch.text) for stretch in found) <= budget


def test_a_question_without_a_word_of_the_text_gets_the_beginning(library: Library | None):
    assert pages(fitting_stretches([CELL], {}, "And then?", count, 40, library)) == [("cell.pdf", 1)]


def test_only_the_chosen_pages_are_read(library: Library | None):
    found = fitting_stretches([CELL], {CELL.path: (2, 3)}, "How many chromosomes has a cell?", count, 400, library)
    assert pages(found) == [("cell.pdf", 2), ("cell.pdf", 3)]


def test_a_document_that_the_library_has_otherwise_is_read_as_it_is_here(library: Library | None):
    """Only one chapter of it was chosen, which begins in the middle of a page."""
    text = CELL.pages[3].text.partition(". ")[2]
    cut = replace(CELL, pages=(Page(4, "4", text, "pdfium"),))
    found = fitting_stretches([cut], {}, "Is every chromosome copied before a cell divides?", count, 40, library)
    assert found[0].text in text
    assert text[found[0].start : found[0].end] == found[0].text


def test_where_documents_say_different_things_both_are_read(library: Library | None):
    other = replace(CELL, path="/notes/old.pdf", name="old.pdf", title="Old notes", sha256="old")
    text = "Human body cells have 48 chromosomes, as was believed until 1956."
    other = replace(other, pages=(Page(1, "1", text, "pdfium"),))
    if library:
        library._keep(other, None)
    found = fitting_stretches([CELL, other], {}, "How many chromosomes do body cells have?", count, 60, library)
    assert ("cell.pdf", 4) in pages(found)
    assert ("old.pdf", 1) in pages(found)
    assert [text.splitlines()[0] for text in joined(found)][-1] == "# Old notes", (
        "the model is told whose words they are"
    )


def test_stretches_that_follow_each_other_are_one_text(library: Library | None):
    found = fitting_stretches([CELL], {}, "cell, water, chromosomes", count, 1000, library)
    texts = joined(found)
    assert " ".join(texts) == " ".join(page.text for page in CELL.pages)


WORDS = st.lists(
    st.sampled_from(["cell", "sugar", "46", "energy.", "Light!", "water,", "copies\n\nThe", "and"]), max_size=120
)


@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=4), WORDS.map(" ".join), st.integers(0, 300))
def test_every_stretch_stands_where_it_says(texts: list[str], question: str, budget: int):
    numbered = enumerate(texts, start=1)
    document = Document("/a.txt", "a.txt", "A", tuple(Page(n, str(n), text, "text") for n, text in numbered), (), "en")
    found = fitting_stretches([document], {}, question, count, budget)
    assert all(texts[item.page - 1][item.start : item.end] == item.text for item in found)
    assert [(item.page, item.start) for item in found] == sorted((item.page, item.start) for item in found)
    assert sum(count(item.text) for item in found) <= budget
