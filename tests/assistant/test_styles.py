"""The styles a student asks for, by the words a student uses, and what each must look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import config
from assistant.errors import ConfigError
from assistant.prompts import TASKS
from assistant.summaries.forms import form_problems
from assistant.summaries.styles import DESCRIPTION, STYLES, find_style


def test_the_styles_are_those_of_the_setting_each_with_a_prompt_of_its_own():
    assert tuple(STYLES) == config.STYLES
    every = [*STYLES.values(), DESCRIPTION]
    assert len({style.task for style in every}) == len(every)
    assert all(set(TASKS[style.task]) == {"en", "it"} for style in every)
    assert all((style.kind == "items") == bool(style.item) for style in every)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("brief", "brief"),
        ("In breve", "brief"),
        ("TL;DR", "brief"),
        ("scaletta", "outline"),
        ("Schema", "outline"),
        ("riassunto esteso", "detailed"),
        ("esteso", "detailed"),
        ("glossario", "glossary"),
        ("domande", "questions"),
        ("domande d’esame", "questions"),
        ("paniere", "questions"),
        ("QUIZ", "quiz"),
        ("crocette", "quiz"),
        ("flash-card", "flashcards"),
        (" flashcards ", "flashcards"),
    ],
)
def test_a_style_is_found_by_the_word_a_student_uses(word, name):
    assert find_style(word) is STYLES[name]


def test_an_unknown_style_names_the_nearest():
    with pytest.raises(ConfigError) as error:
        find_style("glosario")
    assert "glosario" in str(error.value)
    assert "glossario" in error.value.hint
    with pytest.raises(ConfigError) as error:
        find_style("xyzzy")
    assert all(name in error.value.hint for name in STYLES)


OUTLINE = {
    "it": "- La cellula è l'unità della vita [p. 3 ✔]\n- Il nucleo contiene il DNA. [p. 4 ≈]",
    "en": "1. The cell is the unit of all that is alive. [p. 3]\n2. The nucleus holds the DNA of the cell.",
}
PROSE = {
    "it": "La cellula è l'unità della vita. [p. 3 ✔] Il nucleo contiene il DNA.",
    "en": "The cell is the unit of all that is alive. [p. 3] The nucleus holds the DNA of the cell.",
}


@pytest.mark.parametrize("language", ["it", "en"])
def test_what_has_the_form_of_its_style_passes(language):
    paragraphs = f"## Section\n\n{PROSE[language]}\n\n{PROSE[language]}"
    assert form_problems("outline", OUTLINE[language], language) == []
    assert form_problems("brief", PROSE[language], language) == []
    assert form_problems("detailed", paragraphs, language) == []
    assert form_problems("describe", PROSE[language], language) == []


@pytest.mark.parametrize(
    ("style", "text", "problem"),
    [
        (STYLES["outline"], PROSE["it"], "not_a_list"),
        (STYLES["brief"], OUTLINE["it"], "a_list"),
        (STYLES["brief"], PROSE["it"] * 20, "too_long"),
        (STYLES["detailed"], OUTLINE["it"], "a_list"),
        (STYLES["detailed"], f"{PROSE['it']} " * 5, "one_paragraph"),
        (DESCRIPTION, f"{PROSE['it']} Il resto segue.", "too_long"),
        (DESCRIPTION, OUTLINE["it"], "a_list"),
        (STYLES["brief"], " \n", "empty"),
        (STYLES["brief"], PROSE["en"], "language"),
        (STYLES["brief"], "Usa solo ciò che dice il testo.", "our_words"),
    ],
)
def test_each_fault_of_form_is_named(style, text, problem):
    assert problem in form_problems(style.name, text, "it")


TEXT_STYLES = [style for style in (*STYLES.values(), DESCRIPTION) if style.kind == "text"]


@given(st.sampled_from(TEXT_STYLES), st.text(), st.sampled_from(["it", "en", ""]))
def test_a_check_takes_any_text(style, text, language):
    assert all(isinstance(problem, str) for problem in form_problems(style.name, text, language))


@pytest.mark.parametrize("word", ["descrizione", "Description", "describe"])
def test_who_asks_for_a_description_as_a_style_is_told_what_it_is_called(word: str):
    """The seven styles were listed, and no word of where descriptions are."""
    with pytest.raises(ConfigError) as caught:
        find_style(word)
    assert "describe" in caught.value.hint
