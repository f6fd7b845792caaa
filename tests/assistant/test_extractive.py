"""The document's own sentences and items made of them: no model, both languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents import load_document
from assistant.documents.model import Document, Page, Section
from assistant.summaries.items import item_problems
from assistant.summaries.items.item import BLANK
from assistant.summaries.own.prose import is_prose, prose_sentences
from assistant.summaries.own.sentences import own_items, own_sentences

KINDS = ("term", "question", "quiz", "card")


def document(*pages: str, language: str = "en", sections=(), path: str = "notes.txt") -> Document:
    return Document(
        path=path,
        name=path,
        title="Notes",
        pages=tuple(Page(number, str(number), text, "text", language=language) for number, text in enumerate(pages, 1)),
        sections=tuple(sections),
        language=language,
    )


@pytest.fixture(scope="module")
def real():
    from tests.conftest import SAMPLE_DOCS

    names = ("photosynthesis.pdf", "domanda-e-offerta.pdf", "rivoluzione-francese.md", "plate-tectonics.txt")
    return {name: load_document(SAMPLE_DOCS / name) for name in names}


# --- sentences --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The Calvin cycle",  # a heading
        "Figure 3. The Calvin cycle turns carbon dioxide into sugar.",
        "Tabella 2: la produzione di grano nei paesi della Comunità.",
        "Smith, J. (2019). The cell and its parts. London: Press, pp. 12-34.",
        "Copyright 2020 by the authors of this book.",
        "| Mean | 1.95 | of the | sample | in the year.",
        "which is why the leaves of the plant are green.",  # half a sentence
        "The leaves of the plant are green because",
        "Where does the oxygen of the air come from?",
        "The three main points of this are the following:",
        "See https://example.org for the details of the method.",
        "x = a + b · c and y = d + e for the z.",
        "Rossi Bianchi Verdi Neri Gialli Marroni Russo Ferrari.",
        "Le foglie sono verdi perché riflettono la luce verde.",  # another language than the page's
    ],
)
def test_what_is_no_sentence_of_its_own_is_not_taken(text):
    assert not is_prose(text, "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The Calvin cycle turns carbon dioxide into sugar.", "en"),
        ("Nel 1789 la Francia era divisa in tre ordini, detti stati.", "it"),
        ("About 2.4 billion years ago the gas started to build up in the atmosphere (see below).", "en"),
        ("The Bastille was stormed on 14 July 1789.", "en"),  # its digits made it a formula
        ("«La derivata» misura quanto rapidamente una funzione cambia.", "it"),
    ],
)
def test_a_whole_sentence_is_taken(text, language):
    assert is_prose(text, language)


def test_references_and_contents_are_passed_over():
    text = "The cell is the smallest unit of life.\n\nReferences\n\nThe book of the cell is a book by the author Smith."
    notes = document(text, sections=[Section("References", 1, 1, text.index("References"))])
    assert [sentence.text for sentence in prose_sentences([notes], {})] == ["The cell is the smallest unit of life."]


def test_the_central_sentences_are_chosen_and_stand_where_they_say(real):
    for one in real.values():
        chosen = own_sentences([one], {}, 2)
        assert chosen
        places = [(sentence.page.number, sentence.start) for sentence in chosen]
        assert places == sorted(places)
        for sentence in chosen:
            assert sentence.page.text[sentence.start : sentence.end].split()[-1] == sentence.text.split()[-1]
    texts = [sentence.text for sentence in own_sentences([real["photosynthesis.pdf"]], {}, 2)]
    assert texts[0].startswith("Photosynthesis is the process by which")
    assert any(text.startswith("The Calvin cycle turns carbon dioxide into sugar") for text in texts)


def test_every_section_has_its_share_and_none_more(real):
    chosen = own_sentences([real["photosynthesis.pdf"]], {}, 2)
    sections = [sentence.section for sentence in chosen]
    assert len(set(sections)) == 7
    assert max(map(sections.count, sections)) == 2


def test_a_total_is_kept_and_spread(real):
    chosen = own_sentences(list(real.values()), {}, 0, total=8)
    assert len(chosen) == 8
    assert len({sentence.document.path for sentence in chosen}) >= 3
    assert own_sentences(list(real.values()), {}, 0) == []


def test_only_the_pages_asked_for(real):
    one = real["photosynthesis.pdf"]
    chosen = own_sentences([one], {one.path: [2]}, 3)
    assert chosen
    assert {sentence.page.number for sentence in chosen} == {2}
    assert own_sentences([one], {one.path: []}, 3) == []


def test_the_same_is_not_said_twice():
    notes = document(
        "Plants turn light into sugar in their leaves. Plants turn light into sugar in their green leaves. "
        "Animals live on the sugar that plants have made. Plants turn the light into sugar in the leaves."
    )
    texts = [sentence.text for sentence in own_sentences([notes], {}, 2)]
    assert "Animals live on the sugar that plants have made." in texts


# --- items ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_items_of_real_documents_are_well_formed_and_stand_in_the_text(real, kind):
    for one in real.values():
        made = own_items(kind, [one], {}, 3, one.language)
        for item, sentence in made:
            assert item.kind == kind
            assert set(item_problems(item, one.language)) <= {"placeholder"}
            assert sentence.document is one
        sections = [sentence.section for _item, sentence in made]
        assert all(sections.count(section) <= 3 for section in sections)


def test_a_glossary_of_definitions(real):
    terms = {item.prompt: item.answer for item, _s in own_items("term", [real["domanda-e-offerta.pdf"]], {}, 9, "it")}
    assert terms["Mercato"].startswith("L'insieme delle persone che vogliono comprare")
    assert "Prezzo di equilibrio" in terms


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("photosynthesis.pdf", "What is photosynthesis?"),
        ("domanda-e-offerta.pdf", "Che cos'è un mercato?"),
        ("domanda-e-offerta.pdf", "Che cos'è l'elasticità della domanda rispetto al prezzo?"),
        ("rivoluzione-francese.md", "Che cosa dice il testo su “Le cause”?"),
    ],
)
def test_questions_of_real_documents_with_the_text_as_the_answer(real, name, question):
    one = real[name]
    answers = {item.prompt: item.points for item, _sentence in own_items("question", [one], {}, 9, one.language)}
    whole = " ".join(" ".join(page.text.split()) for page in one.pages)
    assert all(point in whole for point in answers[question])


def test_the_wrong_options_of_a_year_are_years_of_the_document(real):
    one = real["rivoluzione-francese.md"]
    years = [
        item for item, _s in own_items("quiz", [one], {}, 9, "it") if item.answer.isdigit() and len(item.answer) == 4
    ]
    assert years
    text = one.pages[0].text
    for item in years:
        assert all(option in text for option in item.options)
        assert all(option.isdigit() and len(option) == 4 for option in item.options)
        assert not any(option in item.prompt for option in item.options)


def test_wrong_names_need_the_same_article():
    """Behind "la", a name that needs "il" gives itself away."""
    notes = document(
        "Nel 1792 il popolo di ieri vide chiudere la Sorbona. Nel 1789 i contadini presero d'assalto la Bastiglia. "
        "Nel 1793 il governo mandò un esercito contro la Vandea. Dopo il processo il re fu portato alla Conciergerie. "
        "Nel 1795 il potere passò in tutto il paese al Direttorio. Nel 1799 il potere passò in mano al Consolato.",
        language="it",
    )
    made = [item for item, _s in own_items("quiz", [notes], {}, 9, "it")]
    behind_la = {"Sorbona", "Bastiglia", "Vandea", "Conciergerie"}
    asked = [item for item in made if item.answer in behind_la]
    assert asked
    assert all(set(item.options) == behind_la for item in asked)


def test_a_cloze_card_hides_its_answer_everywhere(real):
    for one in real.values():
        for item, _sentence in own_items("card", [one], {}, 9, one.language):
            if BLANK in item.prompt:
                assert item.answer.casefold() not in item.prompt.casefold().replace(BLANK, " ").split()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_document_gives_the_same_items(real, kind):
    one = real["photosynthesis.pdf"]
    first, second = (own_items(kind, [one], {}, 3, "en") for _ in range(2))
    assert [item for item, _s in first] == [item for item, _s in second]
    assert first


def test_nothing_is_asked_about_nothing():
    for empty in (document(""), document("One two.", language=""), document("Il gatto.", language="it")):
        assert own_sentences([empty], {}, 3) == []
        assert all(own_items(kind, [empty], {}, 3, "it") == [] for kind in KINDS)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.sampled_from(["it", "en", ""]))
def test_any_text_is_survived(text, language):
    notes = document(text, "Photosynthesis is the process by which plants make sugar. " + text, language=language)
    for sentence in own_sentences([notes], {}, 3):
        assert 0 <= sentence.start < sentence.end <= len(sentence.page.text)
    for kind in KINDS:
        own_items(kind, [notes], {}, 3, language)


def test_a_whole_book_takes_seconds():
    page = " ".join(
        f"The enzyme{number} is a protein that speeds up reaction {number * 7} in the cell of {1000 + number} plants."
        for number in range(20)
    )
    book = document(*(page.replace("enzyme", f"enzyme{number}x") for number in range(300)))
    started = time.perf_counter()
    assert len(own_sentences([book], {}, 0, total=20)) == 20
    own_items("quiz", [book], {}, 5, "en")
    assert time.perf_counter() - started < 20
