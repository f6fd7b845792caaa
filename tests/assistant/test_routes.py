"""What a student asks for is told apart: a passage, or all of the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.named_places import NOWHERE, named_pages
from assistant.answers.routes import Request, read_request, wanted_of
from assistant.generation import ChatMessage
from tests.assistant.texts import cell_document, revolution_document, with_sections

ASKED = {
    "summary": """
        Riassumi
        riassumi il documento
        Riassumimi questo capitolo
        Puoi riassumere il testo in 5 punti?
        Mi fai un riassunto?
        Fammi un breve riassunto del capitolo 3
        Di che cosa parla?
        di cosa parla questo testo?
        Di che parla il capitolo 2?
        Quali sono i punti principali?
        quali sono gli argomenti trattati?
        Fammi uno schema
        Mi serve uno schema per l'esame
        Crea una mappa concettuale
        Dammi una scaletta
        Sintetizza il testo
        punti chiave
        Prepara delle domande d'esame
        Cosa dice il documento?
        Vorrei un riassunto in inglese
        Spiegami il documento
        Summarize
        Please summarize this document
        Can you summarise it for me?
        summarize chapter 2
        Sum up the text in three sentences
        tl;dr
        TLDR
        Give me an overview
        Write a short summary of the paper
        What is this about?
        What's the document about?
        What are the main points?
        what are the key takeaways?
        Key ideas
        Make flashcards
        Create a quiz from these notes
        Could you outline the text?
        Describe this document
        What does the text talk about?
        Summarize pages 3-5
        Give me a detailed summary of chapter 4
        main ideas of the text
    """,
    "list": """
        Elenca tutti i personaggi
        Elencami le date
        Fammi un elenco dei personaggi
        Dammi la lista delle formule
        Trova tutte le definizioni
        Quali sono tutti i fattori citati?
        Quali personaggi vengono citati?
        Estrai tutte le date
        List all the organelles mentioned on page 3
        List the causes of the revolution
        Give me a list of the scientists
        Find all definitions
        What are all the enzymes?
        Which authors are cited?
        Can you list every experiment?
        Name all the capes
        Show me all the formulas
    """,
    "compare": """
        Confronta i capitoli
        Confronta i due documenti
        Confrontami questi testi
        Quali sono le differenze tra i due documenti?
        Metti a confronto i capitoli 2 e 3
        Confronta la definizione di energia nei due testi
        Compare the chapters
        Compare these documents
        Compare and contrast the two papers
        What are the differences between the documents?
        Compare what the two texts say about light
    """,
    "question": """
        Chi ha scritto il riassunto?
        Che cos'è un riassunto?
        Dove si trova l'elenco delle figure?
        In quale capitolo si confrontano i due modelli?
        Che schema usa Darwin?
        Riassumi la legge di Darcy
        Quali sono i principali fattori dell'evapotraspirazione?
        Di che cosa parla Robespierre nel suo discorso?
        Che cosa dice Hooke del sughero?
        Chi è Perpetua?
        Quante pagine ha la lista?
        Spiegami la fotosintesi
        Descrivi la cellula
        Quando fu scritta la sintesi finale?
        Perché il testo parla di mitocondri?
        Qual è la differenza tra mitosi e meiosi?
        Che cosa contiene la vescicola?
        Quali sono le cause della rivoluzione?
        Who wrote the summary?
        What does the summary say about oxygen?
        Where is the list of figures?
        Who summarised Darwin's theory?
        How does the author compare cells to bricks?
        Compared to Mercury, how hot is Venus?
        What is a list in Python?
        What are the main causes of the revolution?
        What is the outline of a proof?
        How many chromosomes are there?
        What is photosynthesis about energy?
        When was the overview written?
        Why are chapters numbered?
        Explain photosynthesis
        What is the main pigment?
        Does the paper cite Lyell?
        What did Wallace list in his letter?
        Is there a summary at the end?
        Summarize Darcy's law
        What is the key enzyme of the cycle?
        Compare mitosis and meiosis
        describe the nucleus
        What happens in all plants?
    """,
}
CASES = [(wanted, line.strip()) for wanted, lines in ASKED.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("wanted", "text"), CASES)
def test_a_request_is_understood(wanted: str, text: str):
    assert wanted_of(text) == wanted


@pytest.mark.parametrize(("wanted", "text"), CASES)
def test_neither_capitals_nor_courtesy_nor_another_apostrophe_change_what_is_asked(wanted: str, text: str):
    assert wanted_of(text.upper().replace("'", "’")) == wanted
    assert wanted_of(f"Please, {text}") == wanted
    assert wanted_of(f"Ciao, per favore {text} ?!") == wanted


def test_what_is_pasted_behind_a_request_does_not_change_it():
    assert wanted_of("Summarize this text: " + "Who wrote the list? " * 200) == "summary"
    assert wanted_of("Who wrote this? " + "summarize everything " * 200) == "question"


TOKENS = "the la dell' un una all of in due tutto i l' a breve main points di confronta compare list mi fai and e"


@given(st.lists(st.sampled_from(TOKENS.split()), max_size=300), st.sampled_from(["", " "]))
def test_no_request_takes_long_to_understand(words: list[str], joint: str):
    text = joint.join(words)
    started = time.perf_counter()
    for opening in ("", "compare ", "fammi ", "summarize "):
        wanted_of(opening + text)
    assert time.perf_counter() - started < 1


@given(st.text(max_size=300))
def test_any_text_is_some_request(text: str):
    assert wanted_of(text) in ASKED


# --- conversations ----------------------------------------------------------------------------------------------


def conversation(*texts: str) -> Request:
    roles = ["user", "assistant"] * len(texts)
    return read_request([ChatMessage(role, text) for role, text in zip(roles, texts, strict=False)])  # pyright: ignore


def test_a_short_question_is_read_with_the_one_before():
    request = conversation("When was the king executed?", "In 1793.", "And why?")
    assert request == Request("question", "When was the king executed? And why?", follows=True)


def test_a_chain_of_short_questions_leads_back_to_what_it_is_about():
    request = conversation(
        "Chi guidava il Comitato di salute pubblica?", "Robespierre.", "E quando?", "1793.", "Perché?"
    )
    assert request.text == "Chi guidava il Comitato di salute pubblica? E quando? Perché?"


def test_a_question_that_says_enough_stands_alone():
    request = conversation("Riassumi", "Ecco.", "Quanti prigionieri custodiva la Bastiglia?")
    assert request == Request("question", "Quanti prigionieri custodiva la Bastiglia?")


def test_shorter_please_is_about_what_was_asked_before():
    assert conversation("Riassumi il testo", "Ecco.", "più breve").wanted == "summary"
    assert conversation("List all the capes", "Here.", "more, please").wanted == "list"
    assert conversation("What is a cell?", "Life.", "in English please").wanted == "question"
    assert conversation("più breve").wanted == "question", "nothing was said before"


def test_a_name_after_a_summary_is_looked_for_and_not_summarized():
    assert conversation("Riassumi", "Ecco.", "E Robespierre?") == Request("question", "E Robespierre?")


# --- places -----------------------------------------------------------------------------------------------------

CELL = cell_document()


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("List all the organelles mentioned on page 3", [3]),
        ("Summarize pages 2-3", [2, 3]),
        ("Riassumi le pagine 1, 2 e 4", [1, 2, 4]),
        ("Che cosa dice a pag. 4?", [4]),
        ("what is on pp. 1 to 2", [1, 2]),
        ("Riassumi il capitolo 2", [2]),
        ("Confronta i capitoli 2 e 4", [2, 4]),
    ],
)
def test_named_pages_and_chapters_are_all_that_is_read(question: str, pages: list[int]):
    document = with_sections(CELL, "1 Cells", "2 Energy", "3 Light", "4 The nucleus")
    assert named_pages(question, [document], {}) == {document.path: pages}


@pytest.mark.parametrize("question", ["How many pages are there?", "What is on page 99?", "riassumi il capitolo 17"])
def test_a_place_that_is_not_there_restricts_nothing(question: str):
    assert named_pages(question, [CELL], {CELL.path: (1, 2)}) == {CELL.path: (1, 2)}


def test_a_named_page_is_looked_for_within_the_chosen_ones():
    assert named_pages("page 3?", [CELL], {CELL.path: (3, 4)}) == {CELL.path: [3]}
    assert named_pages("page 1?", [CELL], {CELL.path: (3, 4)}) == {CELL.path: (3, 4)}


def test_of_several_documents_those_without_the_page_are_left_out():
    one_page = revolution_document()
    one_page = one_page.__class__(**{**one_page.__dict__, "pages": one_page.pages[:1]})
    assert named_pages("page 3?", [CELL, one_page], {}) == {CELL.path: [3], one_page.path: (NOWHERE,)}


@given(st.text(alphabet="page pagina.-,0123456789 e capitolo", max_size=200))
def test_any_number_may_be_named(question: str):
    pages = named_pages(question, [CELL], {})
    assert all(number in (1, 2, 3, 4) for number in pages.get(CELL.path, ()))
