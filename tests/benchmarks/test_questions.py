"""The questions kept for the benchmark of retrieval are what they say they are."""

from __future__ import annotations

from assistant.documents import load_document
from assistant.documents.model import Document
from benchmarks.measure import ROOT
from benchmarks.retrieval import gold_questions, ours

QUESTIONS = gold_questions()


def documents() -> dict[str, Document]:
    return {name: load_document(ROOT / name) for name in sorted({question.document for question in QUESTIONS})}


def test_there_are_enough_questions_of_each_kind_and_language():
    answerable = [question for question in QUESTIONS if question.page is not None]
    assert len(answerable) >= 60
    assert len(QUESTIONS) - len(answerable) >= 30
    assert {question.language for question in QUESTIONS} == {"it", "en"}
    assert len({(question.document, question.question) for question in QUESTIONS}) == len(QUESTIONS)


def test_the_words_of_an_answer_stand_on_its_page_and_most_pages_are_found():
    read = documents()
    found = 0
    answerable = [question for question in QUESTIONS if question.page is not None]
    for question in answerable:
        document = read[question.document]
        text = next(page.text for page in document.pages if page.number == question.page)
        assert question.quote
        assert " ".join(question.quote.split()) in " ".join(text.split()), question.question
        spans = ours(None, [document], question.searched, 500)
        found += any(page == question.page for _path, page, _text in spans)
    assert found >= 0.9 * len(answerable)
