"""What a request reads: chosen chapters and pages, a password for each document, and exactly what extract shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.jobs import Session, run
from adapters.reading import read_documents
from assistant import protocol
from assistant.chunking import split_document
from assistant.documents import load_document
from assistant.protocol import DocumentRead, Extract, Failed, Finished, Summarize

NOTES = "# Light\n\nPlants turn light into sugar.\n\n# Water\n\nRoots drink it.\n\n## Rain\n\nIt falls.\n"


@pytest.fixture
def notes(tmp_path: Path) -> str:
    path = tmp_path / "notes.md"
    path.write_text(NOTES, encoding="utf-8")
    return str(path)


@pytest.fixture
def session():
    with_library = Session()
    yield with_library
    with_library.close()


def reading_of(request, session):
    job = read_documents(request, session, lambda: False)
    try:
        while True:
            next(job)
    except StopIteration as end:
        return end.value


def extracted(session: Session, **fields) -> dict:
    *_events, ending = run(Extract(job="1", **fields), session)
    assert isinstance(ending, Finished), ending
    return ending.result


def refused(session: Session, **fields) -> Failed:
    *_events, ending = run(Extract(job="1", **fields), session)
    assert isinstance(ending, Failed)
    return ending


def test_a_chapter_is_read_and_nothing_else(notes, session):
    reading = reading_of(Summarize(job="1", paths=(notes,), chapters="water"), session)
    (document,) = reading.documents
    assert "Roots drink it." in document.pages[0].text
    assert "It falls." in document.pages[0].text
    assert "sugar" not in document.pages[0].text
    assert reading.pages == {notes: (1,)}


def test_each_document_has_its_own_choice_and_the_others_have_the_common_one(notes, sample_docs, session):
    slides = str(sample_docs / "photosynthesis.pdf")
    request = Summarize(job="1", paths=(notes, slides), pages="1", chosen=((slides, "", "2-3"),))
    assert reading_of(request, session).pages == {notes: (1,), slides: (2, 3)}


def test_without_a_choice_everything_is_read(notes, session):
    reading = reading_of(Summarize(job="1", paths=(notes,)), session)
    assert reading.documents == reading.whole
    assert reading.pages == {notes: ()}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"chapters": "9"}, "notes.md has no chapter “9”."),
        ({"chapters": "1", "pages": "1"}, "Chapters and pages cannot both be chosen."),
        ({"pages": "2"}, "There is no page 2."),
    ],
)
def test_a_choice_that_cannot_be_is_refused_before_anything_else(notes, session, fields, message):
    ending = refused(session, paths=(notes,), **fields)
    assert (ending.kind, ending.exit_code, ending.message) == ("ConfigError", 2, message)


def test_every_document_opens_with_its_own_password(sample_docs, tmp_path, session):
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=str(sample_docs / "photosynthesis.pdf"))
    writer.encrypt("second")
    other = tmp_path / "other.pdf"
    writer.write(other)
    first = str(sample_docs / "dna-encrypted.pdf")
    passwords = ((str(other), "second"),)
    result = extracted(session, paths=(first, str(other)), password="sunto", passwords=passwords)
    assert [row["document"] for row in result["documents"]] == ["dna-encrypted.pdf", "other.pdf"]
    assert "hlorophyll" in result["documents"][1]["pages"][0]["text"]


def test_a_locked_document_is_named_by_its_path(sample_docs, notes, session):
    locked = str(sample_docs / "dna-encrypted.pdf")
    ending = refused(session, paths=(notes, locked))
    assert (ending.kind, ending.path) == ("EncryptedDocumentError", locked)


@pytest.mark.parametrize("name", ["photosynthesis.pdf", "derivate.txt", "rivoluzione-francese.md"])
def test_extract_gives_exactly_the_text_that_is_cut_into_chunks(name, sample_docs, session):
    path = str(sample_docs / name)
    result = extracted(session, paths=(path,))
    document = load_document(path)
    assert [page["text"] for page in result["pages"]] == [page.text for page in document.pages]
    texts = {page["number"]: page["text"] for page in result["pages"]}
    chunks = split_document(document, lambda text: len(text.split()), 60)
    assert chunks
    for chunk in chunks:
        for span in chunk.spans:
            piece = texts[span.page][span.start : span.end]
            assert chunk.text[span.chunk_start : span.chunk_start + len(piece)] == piece


def test_extract_says_how_each_page_was_read_and_lists_the_chapters(notes, session):
    result = extracted(session, paths=(notes,))
    (page,) = result["pages"]
    assert set(page) >= {"number", "label", "text", "engine", "reason", "warnings", "language", "head"}
    assert [(chapter["number"], chapter["title"]) for chapter in result["chapters"]] == [
        ("1", "Light"),
        ("2", "Water"),
        ("2.1", "Rain"),
    ]
    assert all(set(section) == {"title", "level", "page", "offset"} for section in result["sections"])


def test_the_outline_comes_without_the_text(notes, session):
    result = extracted(session, paths=(notes,), outline=True)
    assert "text" not in result["pages"][0]
    assert len(result["chapters"]) == 3


def test_a_document_is_announced_whole_whatever_is_chosen_of_it(notes, session):
    events = list(run(Extract(job="1", paths=(notes,), chapters="1"), session))
    assert [event.pages for event in events if isinstance(event, DocumentRead)] == [1]
    assert isinstance(events[-1], protocol.Finished)
