"""What something is, said in the text itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.summaries.own.definitions import definition_in, listed_definitions


@pytest.mark.parametrize(
    ("language", "sentence", "term", "text"),
    [
        ("it", "La mitosi è il processo con cui una cellula si divide.", "mitosi", "il processo con cui una cellula"),
        ("it", "In economia un mercato è l'insieme delle persone che comprano.", "mercato", "l'insieme delle persone"),
        (
            "it",
            "Il prezzo di equilibrio è quello al quale domanda e offerta sono uguali.",
            "prezzo di equilibrio",
            "quel",
        ),
        ("it", "Gli enzimi sono delle proteine che accelerano le reazioni.", "enzimi", "delle proteine"),
        (
            "it",
            "L'osmosi consiste nel passaggio dell'acqua attraverso una membrana.",
            "osmosi",
            "consiste nel passaggio",
        ),
        ("it", "Si chiama elasticità la capacità di un corpo di tornare alla sua forma.", "elasticità", "la capacità"),
        ("it", "Si definisce lavoro il prodotto della forza per lo spostamento.", "lavoro", "il prodotto della forza"),
        ("it", "Per inflazione si intende l'aumento generale dei prezzi.", "inflazione", "l'aumento generale"),
        (
            "it",
            "La variazione media della funzione si chiama rapporto incrementale.",
            "rapporto incrementale",
            "La var",
        ),
        ("it", "La cellula è la più piccola unità della vita.", "cellula", "la più piccola unità"),
        ("it", "L'Impero romano era uno Stato che si estendeva su tre continenti.", "Impero romano", "uno Stato che"),
        ("en", "Photosynthesis is the process by which plants make sugar.", "Photosynthesis", "the process by which"),
        ("en", "In biology, an enzyme is a protein that speeds up a reaction.", "enzyme", "a protein that"),
        (
            "en",
            "Adenosine triphosphate (ATP) is the molecule that carries energy.",
            "Adenosine triphosphate",
            "the mol",
        ),
        ("en", "Inflation refers to a general rise in the prices of goods.", "Inflation", "a general rise"),
        ("en", "Each chloroplast is filled with a fluid called the stroma.", "stroma", "Each chloroplast"),
        ("en", "The term entropy denotes the number of ways a state can arise.", "entropy", "the number of ways"),
        (
            "en",
            "Oxygen is a colourless gas of the air and reacts with most metals.",
            "Oxygen",
            "a colourless gas of the air",
        ),
        ("en", "Vitamin A is a group of molecules that the eye needs.", "Vitamin A", "a group of molecules"),
    ],
)
def test_a_definition_is_found_with_its_term(language, sentence, term, text):
    found = definition_in(sentence, language)
    assert found is not None
    assert found.term == term
    assert found.text.startswith(text)
    assert found.text in sentence or found.text.startswith("consiste")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("it", "Questo è il motivo per cui la curva scende verso destra."),
        ("it", "Il risultato è un aumento del prezzo di tutti i beni."),
        ("it", "Il contrario è il caso di una funzione che non è continua."),
        ("it", "La derivata è il limite di questo rapporto quando h tende a zero."),
        ("it", "Attualmente il prodotto principale è la distribuzione che tutti conoscono."),
        ("it", "Nel 1789 la Francia era divisa in tre ordini."),
        ("en", "It is a process that takes a long time in the cell."),
        ("en", "That line is a balance sheet and not a mechanism at all."),
        ("en", "There is a difference between the two kinds of cell."),
        ("en", "The reason is a lack of water in the soil of the field."),
        ("en", "The light reactions happen in the thylakoid membranes."),
        ("en", "The whole thing is the same as what we have seen before."),
        ("", "Photosynthesis is the process by which plants make sugar."),
    ],
)
def test_not_every_is_defines_something(language, sentence):
    assert definition_in(sentence, language) is None


def test_a_list_of_terms_is_a_list_of_definitions():
    text = (
        "Two kinds of eruption\n\n"
        "- **Effusive**: thin lava flows out, as on Hawaii\n"
        "- **Explosive**: gas bursts out of thick lava, as at Vesuvius\n"
    )
    found = list(listed_definitions(text))
    assert [(one.term, one.text) for _start, _end, one in found] == [
        ("Effusive", "thin lava flows out, as on Hawaii"),
        ("Explosive", "gas bursts out of thick lava, as at Vesuvius"),
    ]
    assert [text[start:end].count("lava") for start, end, _one in found] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "Note: this paragraph stands alone and defines nothing at all.",
        "He said: we shall go there together tomorrow.\n\n" + "x " * 400 + "\n\nShe said: no, we shall all stay here.",
        "Ora: 12:30\nLuogo: aula 3\n",
    ],
)
def test_a_colon_alone_does_not_define(text):
    assert list(listed_definitions(text)) == []


@given(st.text(max_size=400), st.sampled_from(["it", "en"]))
def test_anything_can_be_looked_at(text, language):
    found = definition_in(text, language)
    assert found is None or found.term
    for start, end, _definition in listed_definitions(text):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_very_long_sentence_costs_no_time(language):
    definition_in("in " + "la cosa " * 20_000 + "è un esempio", language)
    list(listed_definitions("a" * 50_000 + ": " + "b " * 50_000))
