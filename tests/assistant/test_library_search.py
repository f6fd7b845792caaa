"""Search finds words in all their forms, ranks, respects subjects, and takes anything a person types."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.documents.model import Document, Page
from assistant.errors import ConfigError, LibraryError
from assistant.library import Library, index
from assistant.library.query import parse_query
from assistant.library.search import SNIPPET_CHARACTERS, make_snippet

ITALIAN = {
    "universita.txt": "L'università è stata fondata nel 1088; perché lo studio è libertà per tutti gli uomini.",
    "cellule.txt": "Le cellule eucariotiche possiedono organelli che sono avvolti da una membrana propria.",
    "energia.txt": "La conservazione dell’energia cinetica è il tema della lezione di fisica di questa settimana.",
    "teorema.txt": "Il teorema dell'energia dice che il lavoro di una forza è una variazione di quella cinetica.",
}
ENGLISH = {
    "plants.txt": "The plants that are in the garden were growing quickly because of the light that they had.",
    "water.txt": "Water (H₂O) is a molecule with the formula CO2 beside it, and c++ is not in this text at all.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("search")
    with Library(folder / "library.sqlite3") as library:
        for subject, texts in (("Italiano", ITALIAN), ("English", ENGLISH)):
            for name, text in texts.items():
                (folder / name).write_text(text, encoding="utf-8")
                library.add_document(folder / name, subject=subject)
        yield library


def names(library: Library, text: str, **options) -> set[str]:
    return {hit.name for hit in library.search(text, **options)}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cellula", {"cellule.txt"}),
        ("CELLULA EUCARIOTICA", {"cellule.txt"}),
        ("perche", {"universita.txt"}),
        ("perché", {"universita.txt"}),
        ("universita", {"universita.txt"}),
        ("l'università", {"universita.txt"}),
        ("dell’energia", {"energia.txt", "teorema.txt"}),
        ("dell'energia", {"energia.txt", "teorema.txt"}),
        ("energie cinetiche", {"energia.txt", "teorema.txt"}),
        ("plant growing", {"plants.txt"}),
        ("CO2", {"water.txt"}),
        ("1088", {"universita.txt"}),
        ("la cellula", {"cellule.txt"}),
    ],
)
def test_a_word_finds_its_forms(library: Library, typed: str, found: set[str]):
    assert names(library, typed) == found


@pytest.mark.parametrize("quotes", ['"{}"', "“{}”", "«{}»"])
def test_text_in_quotes_is_a_phrase(library: Library, quotes: str):
    assert names(library, quotes.format("dell'energia cinetica")) == {"energia.txt"}
    assert names(library, quotes.format("cinetica dell'energia")) == set()
    assert names(library, quotes.format("teorema") + " energia") == {"teorema.txt"}
    assert names(library, quotes.format("cellula")) == set()


def test_all_words_are_wanted_and_some_will_do_where_no_passage_has_all(library: Library):
    assert names(library, "teorema energia") == {"teorema.txt"}
    assert names(library, "teorema cellula") == {"teorema.txt", "cellule.txt"}


def test_the_passage_with_more_of_the_words_comes_first(library: Library):
    hits = library.search("teorema energia xyzzy")
    assert hits[0].name == "teorema.txt"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_search_stays_in_its_subject_and_its_document(library: Library):
    assert names(library, "energia", subject="English") == set()
    assert names(library, "energia", subject="italiano") == {"energia.txt", "teorema.txt"}
    number = next(record.id for record in library.documents() if record.name == "teorema.txt")
    assert names(library, "energia", document=number) == {"teorema.txt"}
    with pytest.raises(ConfigError, match="no subject called"):
        library.search("energia", subject="Chimica")


def test_no_more_hits_than_asked_for(library: Library):
    assert len(library.search("energia", limit=1)) == 1
    assert library.search("energia", limit=0) == []


def test_a_hit_says_exactly_where_it_stands(library: Library):
    (hit,) = library.search("organelli")
    document = library.open_document(hit.path)
    page = document.pages[hit.page - 1]
    assert (hit.label, hit.subject, hit.name) == (page.label, "Italiano", "cellule.txt")
    assert "organelli" in page.text[hit.start : hit.end]
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["organelli"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.text(max_size=60))
@example("c++ (AND")
@example('"')
@example('""')
@example('"" OR *')
@example("NEAR(a b)")
@example("text:energia")
@example("^energia*")
@example("energia\0cinetica")
@example("😀")
@example("\ud800")
@example("'; DROP TABLE passages; --")
@example("-")
@example("l'" * 50_000)
@example("parola " * 15_000)
@example('"' + "energia cinetica " * 6_000 + '"')
@example(" ".join(f"word{number}" for number in range(2_000)))
def test_anything_can_be_typed(library: Library, typed: str):
    assert isinstance(library.search(typed), list)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.sampled_from(sorted((ITALIAN | ENGLISH).items())), st.data())
def test_every_word_of_a_document_finds_it(library: Library, pair: tuple[str, str], data: st.DataObject):
    name, text = pair
    word = data.draw(st.sampled_from(text.replace("(", " ").split()))
    assert name in names(library, word, limit=50)


@given(st.text(max_size=2_000), st.text(max_size=40))
def test_a_snippet_is_short_and_its_marks_are_words_in_it(text: str, typed: str):
    snippet, marks = make_snippet(text, parse_query(typed))
    assert len(snippet) <= SNIPPET_CHARACTERS + 2
    assert "\n" not in snippet
    assert all(0 <= start < end <= len(snippet) and snippet[start:end].strip() for start, end in marks)
    assert list(marks) == sorted(marks)


def test_a_snippet_shows_where_the_words_are_and_other_forms_of_them():
    text = "Nothing here. " * 40 + "Le cellule eucariotiche hanno un nucleo. " + "Nothing there. " * 40
    snippet, marks = make_snippet(text, parse_query("cellula eucariotica"))
    assert [snippet[start:end] for start, end in marks] == ["cellule", "eucariotiche"]
    assert snippet.startswith("…")
    assert snippet.endswith("…")


def test_a_page_in_no_known_language_is_found_by_its_stems_all_the_same(tmp_path: Path):
    (tmp_path / "slide.txt").write_text("Cellule eucariotiche", encoding="utf-8")
    with Library(tmp_path / "library.sqlite3") as library:
        assert library.open_document(tmp_path / "slide.txt").language == ""
        assert names(library, "cellula") == {"slide.txt"}


# --- the index ---------------------------------------------------------------------------------------------------


def test_without_fts5_all_works_but_the_search_which_says_why(tmp_path: Path, monkeypatch):
    path = tmp_path / "library.sqlite3"
    (tmp_path / "a.txt").write_text("Cells.", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(index, "has_fts5", lambda _connection: False)
        with Library(path) as library:
            library.add_document(tmp_path / "a.txt")
            assert len(library.documents()) == 1
            with pytest.raises(LibraryError, match="FTS5") as caught:
                library.search("cells")
            assert "doctor" in caught.value.hint
            library.remove_documents([1])
            library.add_document(tmp_path / "a.txt")

    with Library(path) as library:  # opened by a build that has it
        assert names(library, "cell") == {"a.txt"}


def test_a_change_of_the_stems_makes_the_index_anew(tmp_path: Path, monkeypatch):
    (tmp_path / "a.txt").write_text("Cells.", encoding="utf-8")
    with Library(tmp_path / "library.sqlite3") as library:
        library.add_document(tmp_path / "a.txt")
        index_version_before = library._state("index")
    monkeypatch.setattr(index, "index_stems", lambda _text, _language: "zebra")
    with Library(tmp_path / "library.sqlite3") as library:
        assert names(library, "zebra") == {"a.txt"}
        assert index_version_before != library._state("index")


# --- for questions ----------------------------------------------------------------------------------------------


def test_any_word_is_enough_where_that_is_asked_for(library: Library):
    text = "energia cinetica giardino"
    assert names(library, "energia membrana", every_word=False) == {"energia.txt", "teorema.txt", "cellule.txt"}
    assert names(library, "energia lezione") == {"energia.txt"}, "otherwise all of them, where a passage has them all"
    assert "teorema.txt" in names(library, text, every_word=False)


def test_a_word_that_nearly_every_passage_has_still_counts_for_something(tmp_path: Path):
    with Library(tmp_path / "library.sqlite3") as library:
        for name in ("a", "b"):
            (tmp_path / f"{name}.txt").write_text(f"The nucleus of {name}.", encoding="utf-8")
            library.add_document(tmp_path / f"{name}.txt")
        assert all(hit.score > 0 for hit in library.search("nucleus"))


def test_only_the_wanted_pages_of_a_document_are_searched(tmp_path: Path):
    pages = tuple(Page(number, str(number), f"Energy is on page {number}.", "text") for number in (1, 2, 3))
    document = Document("/a.txt", "a.txt", "A", pages, (), "en", sha256="a")
    with Library(tmp_path / "library.sqlite3") as library:
        assert library.document_number("a") is None
        library._keep(document, None)
        number = library.document_number("a")
        found = library.search("energy", document=number, pages=[2, 3])
        assert [hit.page for hit in found] == [2, 3]
        assert {hit.document for hit in found} == {number}
