"""Where an example says that its text stands, the document has exactly that text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset.build import BuildOptions, Built, build
from adapters.dataset.notes.note import Note, examples_of
from adapters.dataset.notes.whole_text import WholeText, count_words, cuts_between, taken_out, text_at, trimmed
from assistant.documents import load_document
from assistant.documents.model import Document, Page, Section
from tests.adapters.dataset.note_files import prose, write

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "sample_docs"
CORPUS = ROOT / "benchmarks" / "reading" / "corpus"


def check_places(built: Built, whole: dict[str, WholeText]) -> None:
    for example in built.examples:
        if example.origin == "row":
            continue
        text = whole[example.place.document]
        assert text_at(text.text, example.place) == example.text
        assert example.place.pages == text.pages(example.place.start, example.place.end, example.place.cuts)
        if example.target_place and example.target_place.end:
            target = text_at(whole[example.target_place.document].text, example.target_place)
            assert stands_in(example.target, target)


def stands_in(target: str, text: str) -> bool:
    """Whether its letters are there in this order; marks of notes and bullets are left out of a target."""
    left = iter(text.casefold())
    return all(letter in left for letter in target.casefold() if letter.isalnum())


def test_every_place_in_real_documents_holds_its_text():
    opened: dict[str, WholeText] = {}

    def read(path: Path) -> Document:
        document = load_document(path)
        opened[path.name] = WholeText(document, path.name)
        return document

    paths = [SAMPLES / name for name in ("photosynthesis.pdf", "rivoluzione-francese.md", "derivate.txt")]
    paths += [CORPUS / name for name in ("tex-two-columns.pdf", "office-text.pdf")]
    built = build(paths, read=read)
    assert {e.origin for e in built.examples} >= {"section", "principal", "title"}
    by_name = {example.place.document: opened[Path(example.place.document).name] for example in built.examples}
    check_places(built, by_name)
    paged = [e for e in built.examples if e.place.document.endswith(".pdf")]
    assert paged
    assert all(e.place.pages for e in paged)


WORDS = st.sampled_from(
    ["lava", "Magma", "plate.", "rises,", "and", "Volcano", "erupts!", "12", "x²", "perché", "•", "#"]
)
LINE = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
HEADING = st.sampled_from(["Riassunto", "Abstract", "1 Lava", "Magma", "Bibliografia", "In breve", "Conclusioni"])
SENTENCES = st.builds(lambda n, k: prose(n, k), st.integers(0, 7), st.integers(1, 12))
BLOCK = st.one_of(LINE, HEADING, SENTENCES, SENTENCES, st.just("In conclusion, lava is what magma becomes outside."))
PAGE = st.lists(BLOCK, max_size=8).map("\n\n".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any pages, with sections at any places, also at wrong ones."""
    texts = draw(st.lists(PAGE, min_size=1, max_size=5))
    pages = tuple(Page(n, str(n), text, "pdfium", language="en") for n, text in enumerate(texts, start=1))
    places = draw(st.lists(st.tuples(st.integers(1, len(pages)), st.integers(0, 900)), max_size=6))
    sections = [
        Section(draw(HEADING), draw(st.integers(1, 3)), page, min(offset, len(texts[page - 1])))
        for page, offset in sorted(places)
    ]
    return Document("a.pdf", "a.pdf", "A", pages, tuple(sections), "en")


@given(documents(), st.booleans())
@settings(max_examples=50)
def test_every_place_in_any_document_holds_its_text(document: Document, by_chapter: bool):
    found = examples_of(document, Note(Path("a.pdf"), "a.pdf"), [], "ABC", by_chapter=by_chapter)
    whole = WholeText(document, "a.pdf")
    check_places(Built(tuple(found.examples), (), (), ()), {"a.pdf": whole})
    for source in found.sources:
        assert text_at(whole.text, source.place) == source.text
    for example in found.examples:
        if example.task == "key_sentences":
            assert example.target not in example.text


@given(documents(), st.integers(20, 200), st.lists(st.integers(0, 3000), max_size=3))
def test_chunks_lose_nothing_and_overlap_nowhere(document: Document, words: int, borders: list[int]):
    whole = WholeText(document, "a.pdf")
    inside = sorted({min(border, len(whole.text)) for border in borders})
    chunks = list(whole.chunks(words, inside, (), []))
    covered = 0
    for start, end in chunks:
        assert not whole.text[covered:start].strip()
        assert count_words(whole.text[start:end]) <= words
        covered = end
    assert not whole.text[covered:].strip()


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: (min(ends), max(ends))), max_size=5)


@given(st.text("ab \n", min_size=1, max_size=60), SPANS)
def test_what_is_left_of_a_span_has_no_space_at_its_ends_and_nothing_that_was_cut(text: str, cuts):
    start, end, inner = trimmed(text, 0, len(text), cuts)
    kept = [i for i in range(start, end) if not any(a <= i < b for a, b in inner)]
    wanted = [i for i in range(len(text)) if not any(a <= i < b for a, b in cuts)]
    assert [i for i in kept if not text[i].isspace()] == [i for i in wanted if not text[i].isspace()]
    if kept:
        assert not text[kept[0]].isspace()
        assert not text[kept[-1]].isspace()
    assert all(start < a < b < end for a, b in inner)


@given(SPANS)
def test_all_but_what_is_kept_is_cut(spans):
    text = "word " * 20
    kept = [(a, b) for a, b in sorted(set(spans)) if a < b]
    kept = [span for i, span in enumerate(kept) if all(span[0] >= other[1] for other in kept[:i])]
    cuts = cuts_between(text, kept, (0, len(text)))
    left = {i for i in range(len(text)) if not any(a <= i < b for a, b in cuts)}
    assert {i for a, b in kept for i in range(a, b)} <= left
    assert all(text[i].isspace() or any(a <= i < b for a, b in kept) for i in left)


@pytest.mark.parametrize(
    ("text", "out", "left"),
    [
        ("One. Two. Three.", "Two.", "One. Three."),
        ("One. Two.\n\nThree.", "Two.", "One.\n\nThree."),
        ("One.\n\nTwo.\n\nThree.", "Two.", "One.\n\nThree."),
        ("One.\n\nTwo. Three.", "Two.", "One.\n\nThree."),
        ("One. Two.", "One.", "Two."),
        ("One. Two.", "Two.", "One."),
    ],
)
def test_a_sentence_taken_out_leaves_no_hole(text: str, out: str, left: str):
    start = text.index(out)
    (cut,) = taken_out(text, [(start, start + len(out))])
    assert text[: cut[0]] + text[cut[1] :] == left


def test_a_paragraph_taken_out_sentence_by_sentence_leaves_no_hole():
    text = "One.\n\nTwo. Three.\n\nFour."
    cuts = taken_out(text, [(6, 10), (11, 17)])
    assert text[: cuts[0][0]] + text[cuts[-1][1] :] == "One.\n\nFour."


def test_only_pages_with_something_of_the_text_are_named():
    pages = tuple(Page(n, str(n), prose(n, 4), "pdfium", language="en") for n in range(1, 5))
    whole = WholeText(Document("a.pdf", "a.pdf", "A", pages, (), "en"), "a.pdf")
    _text, place = whole.read(0, len(whole.text), [(whole.at(2, 0), whole.at(3, 0))])
    assert place.pages == (1, 3, 4)


def test_rows_keep_their_line(tmp_path: Path):
    rows = "document,summary\n" + "\n".join(f'"{prose(n, 6)}","Summary of number {n}."' for n in range(3))
    write(tmp_path, {"rows.csv": rows})
    built = build([tmp_path], BuildOptions(), read=load_document)
    assert [example.place.line for example in built.examples] == [2, 3, 4]
