"""A question finds the passages it is about, within what the model can read."""

from __future__ import annotations

import pytest

from assistant.answers.retrieval import Passage, choose_passages, split_passages
from tests.assistant.texts import cell_document, revolution_document


def count(text: str) -> int:
    return len(text.split())


def passages() -> list[Passage]:
    documents = [cell_document(), revolution_document()]
    return split_passages(documents, count, {document.path: () for document in documents}, max_tokens=40)


def pages(chosen: list[Passage]) -> list[tuple[str, int]]:
    return sorted(page for passage in chosen for page in passage.pages)


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How many chromosomes does a human cell have?", ("/notes/cell.pdf", 4)),
        ("What do chloroplasts release?", ("/notes/cell.pdf", 3)),
        ("Quanti prigionieri c'erano nella Bastiglia?", ("/notes/rivoluzione.pdf", 2)),
        ("Chi guidava il Comitato di salute pubblica?", ("/notes/rivoluzione.pdf", 4)),
        ("Che cosa accadde nel 1794?", ("/notes/rivoluzione.pdf", 4)),
    ],
)
def test_a_question_finds_its_page(question: str, page: tuple[str, int]):
    assert pages(choose_passages(passages(), question, count, 40)) == [page]


def test_with_more_room_the_neighbours_come_too_in_document_order():
    chosen = choose_passages(passages(), "What do chloroplasts release?", count, 100)
    assert pages(chosen) == [("/notes/cell.pdf", number) for number in (2, 3, 4)]


def test_the_budget_is_kept():
    for budget in range(0, 400, 20):
        chosen = choose_passages(passages(), "How many chromosomes, and when?", count, budget)
        assert sum(count(passage.chunk.text) for passage in chosen) <= budget


def test_a_question_without_a_word_of_the_text_gets_the_beginning():
    chosen = choose_passages(passages(), "And then?", count, 40)
    assert pages(chosen) == [("/notes/cell.pdf", 1)]


def test_only_the_chosen_pages_are_searched():
    document = cell_document()
    found = split_passages([document], count, {document.path: (2, 3)}, max_tokens=40)
    assert pages(found) == [(document.path, 2), (document.path, 3)]
