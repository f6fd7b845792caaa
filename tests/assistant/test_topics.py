"""What several documents say about the same things: together, once, and where they contradict each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import load_document
from assistant.documents.model import Document, Page
from assistant.grounding import Passages
from assistant.summaries.several.contradictions import Statement, contradicting_sentences, difference
from assistant.summaries.several.topics import Point, by_topic, contradictions, said_once


def document(name: str, text: str, language: str) -> Document:
    page = Page(1, "1", text, "text", language=language)
    return Document(path=f"/{name}", name=name, title=name, pages=(page,), language=language)


def points(one: Document, section: str = "") -> list[Point]:
    """One for each line."""
    passages = Passages([one])
    return [Point(line, passages.cite(line), one, section) for line in one.pages[0].text.splitlines() if line]


# --- contradictions ---------------------------------------------------------------------------------------------

CONTRADICT = [
    ("it", "La Rivoluzione francese cominciò nel 1789.", "La Rivoluzione francese cominciò nel 1787.", "date"),
    ("it", "La Bastiglia fu presa dal popolo il 14 luglio 1789.", "La Bastiglia fu presa dal popolo il 12 luglio 1789.",
     "date"),
    ("it", "Il nucleo della cellula contiene 46 cromosomi.", "Il nucleo di una cellula umana contiene 48 cromosomi.",
     "number"),
    ("it", "La luce viaggia nel vuoto a 300000 km al secondo.", "La luce nel vuoto viaggia a 200000 km al secondo.",
     "number"),
    ("it", "I mitocondri sono presenti nelle cellule procariotiche.",
     "I mitocondri non sono presenti nelle cellule procariotiche.", "negation"),
    ("it", "Una funzione continua in un punto è sempre derivabile in quel punto.",
     "Una funzione continua in un punto non è sempre derivabile in quel punto.", "negation"),
    # 510, a round number, was taken for a rounding of 509.
    ("it", "La repubblica romana nacque nel 509 a.C. dopo la cacciata di Tarquinio il Superbo.",
     "La repubblica romana nacque nel 510 a.C. dopo la cacciata di Tarquinio il Superbo.", "date"),
    ("it", "Il Parlamento italiano è composto da 945 membri elettivi.",
     "Il Parlamento italiano è composto da 600 membri elettivi.", "number"),
    ("en", "The human body has 206 bones in adult age.", "The adult human body has 212 bones.", "number"),
    ("en", "Wegener proposed the theory of continental drift in 1912.",
     "Wegener proposed the theory of continental drift in 1925.", "date"),
    ("en", "The oxygen released by photosynthesis comes from water.",
     "The oxygen released by photosynthesis does not come from water.", "negation"),
    ("en", "Water boils at 100 degrees at sea level.", "At sea level water boils at 80 degrees.", "number"),
    ("en", "The treaty of Versailles was signed on 28 June 1919.",
     "The treaty of Versailles was signed on 3 July 1919.", "date"),
    ("en", "The plates of the crust move 5 centimetres a year.", "The plates of the crust move 50 centimetres a year.",
     "number"),
    ("en", "Viruses can reproduce outside a living cell.", "Viruses cannot reproduce outside a living cell.",
     "negation"),
]  # fmt: skip

AGREE_OR_DIFFER_IN_SUBJECT = [
    ("it", "La popolazione della Francia è di 68 milioni di abitanti.",
     "La popolazione dell'Italia è di 59 milioni di abitanti."),
    ("it", "La prima guerra mondiale finì nel 1918.", "La seconda guerra mondiale finì nel 1945."),
    ("it", "La costituzione del 1791 fece della Francia una monarchia.",
     "La costituzione del 1795 affidò il governo a un Direttorio."),
    ("it", "La derivata del seno di x è il coseno di x.", "La derivata del coseno di x non è il seno di x."),
    ("it", "La temperatura massima registrata è di 40 gradi.", "La temperatura minima registrata è di 3 gradi."),
    ("it", "Circa 2,4 miliardi di anni fa l'ossigeno si accumulò nell'atmosfera.",
     "Circa 2,5 miliardi di anni fa l'ossigeno si accumulò nell'atmosfera."),
    ("it", "La cellula animale non ha una parete di cellulosa.", "La cellula vegetale ha una parete di cellulosa."),
    ("it", "La Bastiglia fu presa il 14 luglio 1789.", "La Bastiglia fu presa dal popolo di Parigi il 14 luglio."),
    ("it", "La distanza tra le due città è di 3 km.", "La distanza tra le due città è di 3000 m."),
    ("en", "In 1779 Ingenhousz found that plants release oxygen only in light.",
     "In 1771 Priestley showed that plants release oxygen."),
    ("en", "The cell of a plant has 2 membranes around each chloroplast.",
     "The cell of a plant holds 50 chloroplasts, each with two membranes."),
    ("en", "The first edition of the book was printed in 1859.", "The second edition of the book was printed in 1860."),
    ("en", "Carbon has an atomic number of 6.", "Nitrogen has an atomic number of 7."),
    ("en", "Plants release oxygen in the light.", "Plants release oxygen in the light, but not in the dark."),
    ("en", "The northern plate moves 5 centimetres a year.", "The southern plate moves 9 centimetres a year."),
    ("en", "Exercise 3 asks for the speed of the falling ball.", "Exercise 4 asks for the speed of the falling ball."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "one", "other", "what"), CONTRADICT)
def test_sentences_that_cannot_both_be_right(language, one, other, what):
    assert difference(Statement(one, language), Statement(other, language)) == what
    assert difference(Statement(other, language), Statement(one, language)) == what


@pytest.mark.parametrize(("language", "one", "other"), AGREE_OR_DIFFER_IN_SUBJECT)
def test_sentences_that_can_both_be_right(language, one, other):
    assert difference(Statement(one, language), Statement(other, language)) is None
    assert difference(Statement(other, language), Statement(one, language)) is None


def test_both_places_are_given_in_the_documents_own_words():
    a = document("a.pdf", "Il Trattato fu firmato da molti Stati.\nLa Rivoluzione francese cominciò nel 1789.", "it")
    b = document("b.pdf", "La Rivoluzione francese cominciò nel 1787.\nPoi venne il Terrore in tutta la Francia.", "it")
    (found,) = contradictions([*points(a), *points(b)])
    assert found.what == "date"
    for citation, one in ((found.a, a), (found.b, b)):
        assert one.pages[0].text[citation.start : citation.end] == citation.quote
        assert "Rivoluzione francese cominciò" in citation.quote
    assert found.topic == "Rivoluzione, francese, cominciò", "with the capitals that the text has"
    (again,) = contradicting_sentences([a, b], {})
    assert (again.a.quote, again.b.quote) == (found.a.quote, found.b.quote)


def test_a_document_does_not_contradict_itself():
    """What an author takes back a page later is for the reader to follow."""
    a = document(
        "a.pdf", "La Rivoluzione francese cominciò nel 1789.\nLa Rivoluzione francese cominciò nel 1787.", "it"
    )
    assert contradictions(points(a)) == []


def test_documents_about_different_things_do_not_contradict_each_other(sample_docs):
    names = ("photosynthesis.pdf", "plate-tectonics.txt", "volcanoes.pptx", "rivoluzione-francese.md", "derivate.txt")
    documents = [load_document(sample_docs / name) for name in names]
    assert contradicting_sentences(documents, {}) == []


def test_a_changed_copy_of_a_document_is_found_out(sample_docs):
    """The years of a real text, changed one by one: each change is pointed out, and nothing else."""
    original = load_document(sample_docs / "rivoluzione-francese.md")
    text = original.pages[0].text
    changed = text.replace("cominciò nel 1789", "cominciò nel 1783").replace(
        "costituzione del 1795", "costituzione del 1799"
    )
    found = contradicting_sentences([original, document("copy.md", changed, "it")], {})
    assert ["1783" in one.b.quote or "1799" in one.b.quote for one in found] == [True, True]


# --- agreement and topics ---------------------------------------------------------------------------------------


def test_what_two_documents_say_alike_is_said_once():
    a = document(
        "a", "Photosynthesis turns light into chemical energy.\nThe leaf has small pores called stomata.", "en"
    )
    b = document("b", "Light is turned into chemical energy by photosynthesis.\nPlants lose water in dry air.", "en")
    groups = said_once([*points(a), *points(b)])
    assert [len(group) for group in groups] == [2, 1, 1]
    assert groups[0][0].document is a


def test_what_differs_in_a_number_or_a_not_is_not_said_once():
    a = document("a", "The human body has 206 bones.\nViruses can reproduce outside a living cell.", "en")
    b = document("b", "The human body has 212 bones.\nViruses cannot reproduce outside a living cell.", "en")
    assert [len(group) for group in said_once([*points(a), *points(b)])] == [1, 1, 1, 1]


def test_sections_about_the_same_thing_become_one_topic():
    cell = document("cell", "The membrane of the cell lets water through.\nThe cell takes in sugar.", "en")
    plants = document("plants", "Photosynthesis in the leaf makes sugar from light.\nChlorophyll absorbs light.", "en")
    other = document("other", "Chlorophyll in the leaf absorbs light.\nPhotosynthesis makes sugar from light.", "en")
    topics = by_topic([*points(cell, "The cell"), *points(plants, "Photosynthesis"), *points(other, "How leaves work")])
    assert [topic.title for topic in topics] == ["The cell", "Photosynthesis"]
    assert {point.document.name for point in topics[1].points} == {"plants", "other"}


def test_two_sections_of_one_document_stay_apart():
    one = document("a", "Chlorophyll absorbs light in the leaf.", "en")
    topics = by_topic([*points(one, "Light"), *points(one, "The leaf")])
    assert [topic.title for topic in topics] == ["Light", "The leaf"]


def test_without_sections_the_points_themselves_are_put_together():
    a = document("a", "Chlorophyll absorbs light in the leaf.\nThe Revolution began in 1789 in France.", "en")
    b = document("b", "In France the Revolution began with hunger.\nThe leaf absorbs light with chlorophyll.", "en")
    topics = by_topic([*points(a), *points(b)])
    assert [len(topic.points) for topic in topics] == [2, 2]
    assert all(topic.title for topic in topics)


_LINES = st.lists(st.text(min_size=1, max_size=60), max_size=6)


@given(_LINES, _LINES)
def test_no_point_is_lost_or_doubled(first, second):
    a, b = document("a", "x", "it"), document("b", "y", "en")
    passages = Passages([a, b])
    claim = passages.cite("x")
    every = [Point(text, claim, a, "") for text in first] + [Point(text, claim, b, text[:3]) for text in second]
    for grouped in (said_once(every), [topic.points for topic in by_topic(every)]):
        assert sorted(map(id, (point for group in grouped for point in group))) == sorted(map(id, every))
    contradictions(every)


def test_of_very_long_texts_what_states_a_number_is_still_compared(monkeypatch):
    monkeypatch.setattr("assistant.summaries.several.contradictions.MOST_COMPARED", 4)
    filler = " ".join(f"The weather in the {word} was pleasant for everybody." for word in ("north", "south", "east"))
    one = document("one", f"{filler} The old bridge over the river was built in 1820 by the town.", "en")
    other = document("other", f"{filler} The old bridge over the river was built in 1840 by the town.", "en")
    (found,) = contradicting_sentences([one, other], {})
    assert found.what == "date"
