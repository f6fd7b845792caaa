"""Glossaries, questions, quizzes and flashcards: read from what models write, checked, shown, put together."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.summaries.items import (
    KINDS,
    Item,
    item_lines,
    item_problems,
    merged_items,
    parse_items,
    quiz_item,
)
from assistant.summaries.items.drafts import MAX_ANSWER, MAX_PROMPT
from assistant.summaries.items.parsing import MAX_ITEMS


def markdown(items, language: str) -> str:
    blocks = ["\n".join(line.text for line in item_lines(item, n, language)) for n, item in enumerate(items, 1)]
    return ("\n" if all(block.startswith("- ") for block in blocks) else "\n\n").join(blocks)


ATP = Item("term", "ATP", "The molecule that carries energy.")
DNA = Item("term", "DNA", "The acid that holds the genes.")


def pairs(items):
    return [(item.prompt, item.answer) for item in items]


# --- reading -----------------------------------------------------------------------------------------------------

TWO_TERMS = [
    "- ATP: The molecule that carries energy.\n- DNA: The acid that holds the genes.",
    "1. **ATP** – The molecule that carries energy.\n2. **DNA** – The acid that holds the genes.",
    "1) **ATP:** The molecule that carries energy.\n2) **DNA:** The acid that holds the genes.",
    "**ATP**\nThe molecule that carries energy.\n\n**DNA**\nThe acid that holds the genes.",
    "### ATP\nThe molecule that carries energy.\n\n### DNA\nThe acid that holds the genes.",
    "ATP - The molecule that carries energy.\nDNA - The acid that holds the genes.",
    "ATP:\nThe molecule that\ncarries energy.\nDNA:\nThe acid that holds\nthe genes.",
    "Term: ATP\nDefinition: The molecule that carries energy.\n\nTerm: DNA\nDefinition: The acid that holds the genes.",
    "Termine 1: ATP\nDefinizione: The molecule that carries energy.\nTermine 2: DNA\n"
    "Definizione: The acid that holds the genes.",
    "| Term | Definition |\n|---|---|\n| ATP | The molecule that carries energy. |\n"
    "| **DNA** | The acid that holds the genes. |",
    '```json\n[{"term": "ATP", "definition": "The molecule that carries energy."},\n'
    '{"term": "DNA", "definition": "The acid that holds the genes."}]\n```',
    '{"glossary": [{"Termine": "ATP", "Definizione": "The molecule that carries energy."},'
    '{"Termine": "DNA", "Definizione": "The acid that holds the genes."}]}',
    '{"ATP": "The molecule that carries energy.", "DNA": "The acid that holds the genes."}',
]
CHATTER = [
    ("", ""),
    ("Sure! Here is a glossary of the text:\n\n", "\n\nI hope this helps! Let me know if you need more."),
    ("Ecco il glossario:\n\n", "\n\nFammi sapere se vuoi altri termini.\n"),
    ("```\n", "\n```"),
    ("---\n", "\n---\n"),
]


@pytest.mark.parametrize("text", TWO_TERMS)
@pytest.mark.parametrize(("before", "after"), CHATTER)
def test_a_glossary_is_read_in_the_shapes_models_write(text, before, after):
    assert parse_items("term", before + text + after) == [ATP, DNA]


@pytest.mark.parametrize(
    "text",
    [
        "Front: What is ATP?\nBack: A molecule.\n\nFront: What is DNA?\nBack: An acid.",
        "Fronte: What is ATP?\nRetro: A molecule.\n---\nFronte: What is DNA?\nRetro: An acid.",
        "Q: What is ATP?\nA: A molecule.\nQ: What is DNA?\nA: An acid.",
        "Q: What is ATP? A: A molecule.\nQ: What is DNA? A: An acid.",
        "1. **Front:** What is ATP?\n   **Back:** A molecule.\n2. **Front:** What is DNA?\n   **Back:** An acid.",
        "Front: What is ATP? | Back: A molecule.\nFront: What is DNA? | Back: An acid.",
        "Domanda: What is ATP?\nRisposta: A molecule.\n\nDomanda: What is DNA?\nRisposta: An acid.",
        "**Flashcard 1**\nFront: What is ATP?\nBack: A molecule.\n\n**Flashcard 2**\nFront: What is DNA?\n"
        "Back: An acid.",
        "1. What is ATP? A molecule.\n2. What is DNA? An acid.",
        "1. What is ATP?\nA molecule.\n\n2. What is DNA?\nAn acid.",
        "- What is ATP? → A molecule.\n- What is DNA? → An acid.",
        "| # | Front | Back |\n|:-:|:--|:--|\n| 1 | What is ATP? | A molecule. |\n| 2 | What is DNA? | An acid. |",
        'Here: [{"front": "What is ATP?", "back": "A molecule."}, {"front": "What is DNA?", "back": "An acid."}]',
    ],
)
def test_flashcards_are_read_in_the_shapes_models_write(text):
    assert pairs(parse_items("card", text)) == [("What is ATP?", "A molecule."), ("What is DNA?", "An acid.")]


@pytest.mark.parametrize(
    "text",
    [
        "Question: Why do cells divide?\n- To grow.\n- To heal.\n\nQuestion: What is DNA?\n- An acid.\n"
        "- It holds genes.",
        "1. Why do cells divide?\n   - To grow.\n   - To heal.\n2. What is DNA?\n   - An acid.\n   - It holds genes.",
        "**Domanda 1:** Why do cells divide?\n**Traccia di risposta:**\n1. To grow.\n2. To heal.\n\n"
        "**Domanda 2:** What is DNA?\n**Traccia di risposta:**\n1. An acid.\n2. It holds genes.",
        "Question 1: Why do cells divide?\nAnswer: To grow. To heal.\nQuestion 2: What is DNA?\n"
        "Answer: An acid. It holds genes.",
        "1. **Why do cells divide?**\n\n   Key points of a good answer:\n   - To grow.\n   - To heal.\n\n"
        "2. **What is DNA?**\n\n   Key points of a good answer:\n   - An acid.\n   - It holds genes.",
        "### 1. Why do cells divide?\n* To grow.\n* To heal.\n\n### 2. What is DNA?\n* An acid.\n* It holds genes.",
        '[{"question": "Why do cells divide?", "points": ["To grow.", "To heal."]},'
        ' {"question": "What is DNA?", "points": ["An acid.", "It holds genes."]}]',
        "| Question | Points |\n|---|---|\n| Why do cells divide? | To grow.<br>To heal. |\n"
        "| What is DNA? | An acid.<br>It holds genes. |",
    ],
)
@pytest.mark.parametrize("after", ["", "\n\nGood luck with your exam!"])
def test_exam_questions_are_read_with_the_points_of_their_answers(text, after):
    assert [(item.prompt, item.points) for item in parse_items("question", text + after)] == [
        ("Why do cells divide?", ("To grow.", "To heal.")),
        ("What is DNA?", ("An acid.", "It holds genes.")),
    ]


QUIZZES = [
    "Question: What makes energy?\nA) nucleus\nB) mitochondrion\nC) membrane\nD) vacuole\nAnswer: B",
    "1. What makes energy?\n   a) nucleus\n   b) mitochondrion\n   c) membrane\n   d) vacuole\n"
    "   Risposta corretta: b)",
    "**Question 1:** What makes energy?\n- A. nucleus\n- B. mitochondrion\n- C. membrane\n- D. vacuole\n"
    "**Correct answer: B. mitochondrion**",
    "Domanda: What makes energy?\n(A) nucleus\n(B) mitochondrion\n(C) membrane\n(D) vacuole\n\nRisposta: mitochondrion",
    "Q: What makes energy?\nA) nucleus B) mitochondrion C) membrane D) vacuole\nAnswer: (B)",
    "What makes energy? A) nucleus B) mitochondrion C) membrane D) vacuole Answer: B",
    "What makes energy?\n- [ ] nucleus\n- [x] mitochondrion\n- [ ] membrane\n- [ ] vacuole",
    "What makes energy?\nA) nucleus\nB) mitochondrion ✓\nC) membrane\nD) vacuole",
    "What makes energy?\nA) nucleus\nB) mitochondrion (correct)\nC) membrane\nD) vacuole",
    "1. What makes energy?\nA) nucleus\nB) mitochondrion\nC) membrane\nD) vacuole\n\nAnswer key:\n1. B",
    "Question:\nWhat makes energy?\nA) nucleus\nB) mitochondrion\nC) membrane\nD) vacuole\nAnswer:\nB) mitochondrion",
    "The correct one?\n\nWhat makes energy?\nA) nucleus\nB) mitochondrion\nC) membrane\nD) vacuole\n"
    "La risposta corretta è: la B",
    '[{"question": "What makes energy?", "options": ["nucleus", "mitochondrion", "membrane", "vacuole"],'
    ' "answer": "B"}]',
    '{"question": "What makes energy?", "options": {"A": "nucleus", "B": "mitochondrion", "C": "membrane",'
    ' "D": "vacuole"}, "correct_answer": "mitochondrion"}',
    "| Question | A | B | C | D | Answer |\n|--|--|--|--|--|--|\n"
    "| What makes energy? | nucleus | mitochondrion | membrane | vacuole | B |",
]


@pytest.mark.parametrize("text", QUIZZES)
def test_a_quiz_is_read_in_the_shapes_models_write(text):
    assert parse_items("quiz", text) == [
        quiz_item("What makes energy?", "mitochondrion", ("nucleus", "membrane", "vacuole"))
    ]


def test_the_reason_of_an_answer_is_kept():
    text = "What makes energy?\nA) nucleus\nB) mitochondrion\nC) membrane\nD) vacuole\n"
    for reason in ("Answer: B\nExplanation: It burns sugar in the cell.", "Answer: B) It burns sugar in the cell."):
        assert parse_items("quiz", text + reason)[0].explanation.startswith("It burns sugar in the cell")


def test_a_quiz_without_a_right_answer_is_left_out():
    options = "What makes energy?\nA) nucleus\nB) mitochondrion\nC) membrane\nD) vacuole\n"
    assert parse_items("quiz", options) == []
    assert parse_items("quiz", f"{options}Answer: E") == []
    assert parse_items("quiz", f"{options}Answer: the Golgi apparatus") == []


def test_options_that_differ_by_a_sign_are_told_apart():
    options = "How much is 2 - 5?\nA) 3\nB) -3\nC) +\nD) -\n"
    assert parse_items("quiz", f"{options}Answer: -3")[0].answer == "-3"
    assert parse_items("quiz", f"{options}Answer: -")[0].answer == "-"


def test_code_and_formulas_are_not_taken_for_emphasis():
    text = "- **Power**: in Python 2**3 is *eight*, and x_1 is a_name * b_name."
    assert pairs(parse_items("term", text)) == [("Power", "in Python 2**3 is eight, and x_1 is a_name * b_name.")]


def test_an_article_is_not_taken_for_a_letter():
    text = "Who made it?\nA) the queen\nB) a king\nC) nobody\nD) the people\nAnswer: a king"
    assert parse_items("quiz", text)[0].answer == "a king"


def test_a_term_of_economics_is_not_taken_for_a_label():
    assert pairs(
        parse_items("term", "- Domanda: la quantità che si compra.\n- Offerta: la quantità che si vende.")
    ) == [
        ("Domanda", "la quantità che si compra."),
        ("Offerta", "la quantità che si vende."),
    ]


def test_an_answer_cut_at_its_limit_loses_its_last_item():
    text = "- ATP: The molecule that carries energy.\n- DNA: The acid that ho"
    assert parse_items("term", text, unfinished=True) == [ATP]
    assert len(parse_items("term", text)) == 2
    assert parse_items("term", "- ATP: The molecule that carries energy.\n- DNA", unfinished=True) == [ATP]
    assert parse_items("term", "- ATP: The molecule that carries energy.", unfinished=True) == [ATP]
    assert parse_items("term", '[{"term": "ATP", "definition": "The molecule that carries energy."}, {"term": "D') == [
        ATP
    ]


def test_pages_that_a_model_made_up_are_taken_out():
    assert parse_items("term", "- ATP: The molecule that carries energy [p. 99].") == [ATP]


def test_what_could_act_on_a_terminal_is_taken_out():
    assert pairs(parse_items("term", "- A\x1b[31mTP\u202e: The molecule that\x07 carries energy.")) == pairs([ATP])


def test_an_answer_that_is_no_list_has_no_items():
    prose = "The cell is the smallest unit of life. It has a membrane, and it divides."
    for kind in KINDS:
        assert parse_items(kind, prose) == []
        assert parse_items(kind, "") == []


REPEATED = (
    *("a: b\n", "1. x?\nA) a\nB) b\nAnswer: A\n", '{"term":', "| a | b |\n|--|--|\n", "A) B) C) ", "Answers: 1. B "),
    *("*", "**", "[", "{", "|", "Q:", "? ", "- ", "#", " ", "\t", "Answer:", "«", "“", "1. ", "--", "x", "(", "Back: "),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("piece", REPEATED)
def test_reading_takes_linear_time_and_bounded_room(kind, piece):
    text = piece * (16_000 // len(piece))
    begun = time.perf_counter()
    items = parse_items(kind, text)
    assert time.perf_counter() - begun < 4  # what is quadratic takes 10 s
    assert len(items) <= MAX_ITEMS
    for item in items:
        assert len(item.prompt) <= MAX_PROMPT
        assert all(len(point) <= MAX_ANSWER for point in item.points)


SHAPES = st.lists(
    st.one_of(
        st.sampled_from("ABCDabcdQR123:.)(?!*_-–|#`[]{}\"'«» \n\tè→✓<>/\\"),
        st.sampled_from(
            ["Answer:", "Risposta", "- ", "**", "\n1. ", "\nA) ", "\nQuestion: a?", "| a | b |", "|--|--|"]
        ),
    )
).map("".join)


@settings(max_examples=200)
@given(st.sampled_from(KINDS), st.one_of(st.text(), SHAPES), st.booleans())
def test_reading_never_raises_and_gives_only_whole_items(kind, text, unfinished):
    for item in parse_items(kind, text, unfinished=unfinished):
        assert item.kind == kind
        assert item.prompt.strip()
        assert item.answer.strip()
        assert kind != "quiz" or item.options.count(item.answer) >= 1
        item_problems(item, "it")
        markdown([item], "it")


WORD = st.one_of(
    st.text("abcdeAQRèì07", min_size=1, max_size=6), st.sampled_from(["l'una", "dell’acqua", "B", "re-do"])
)
PHRASE = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
SENTENCE = st.builds(
    "{}{} {}{}".format,
    PHRASE,
    st.sampled_from([",", ":", ";", " =", " (x)", ""]),
    PHRASE,
    st.sampled_from([".", "", "!"]),
)
QUESTION = PHRASE.map("{}?".format)
ITEMS = {
    "term": st.builds(Item, st.just("term"), PHRASE, SENTENCE),
    "card": st.builds(Item, st.just("card"), st.one_of(PHRASE, QUESTION), SENTENCE),
    "question": st.builds(
        Item, st.just("question"), QUESTION, st.lists(SENTENCE, min_size=2, max_size=4).map("\n".join)
    ),
    "quiz": st.builds(
        quiz_item, QUESTION, PHRASE, st.lists(PHRASE, min_size=3, max_size=3), st.one_of(st.just(""), SENTENCE)
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["it", "en"])
@settings(max_examples=40)
@given(st.data())
def test_what_is_shown_is_read_again(kind, language, data):
    items = [item for item in data.draw(st.lists(ITEMS[kind], max_size=3)) if not item_problems(item, "")]
    assert parse_items(kind, markdown(items, language)) == items


# --- order of options --------------------------------------------------------------------------------------------


def test_the_right_option_stands_anywhere_and_always_in_the_same_place():
    places = [quiz_item(f"Question {n}?", "right", ("one", "two", "three")).options.index("right") for n in range(400)]
    assert all(70 < places.count(place) < 130 for place in range(4))
    assert places == [
        quiz_item(f"Question {n}?", "right", ("one", "three", "two")).options.index("right") for n in range(400)
    ]


# --- checks ------------------------------------------------------------------------------------------------------

GOOD = {
    "term": Item("term", "Mitocondrio", "L'organello in cui la cellula ricava energia."),
    "question": Item("question", "Perché la cellula si divide?", "Per crescere.\nPer riparare i tessuti."),
    "quiz": quiz_item("Dove si trova il DNA?", "nel nucleo", ("nella membrana", "nel vacuolo", "nella parete")),
    "card": Item("card", "Che cos'è l'ATP?", "La molecola che porta energia."),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_item_has_no_problems(kind):
    assert item_problems(GOOD[kind], "it") == []
    assert item_problems(GOOD[kind], "") == []


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (Item("term", "Mitocondrio", "Il mitocondrio."), "circular"),
        (Item("term", "Sintesi proteica", "La sintesi proteica."), "circular"),
        (Item("term", "Mitocondrio", "Organello."), "short_definition"),
        (Item("term", "una frase che è troppo lunga per essere un termine", "Non è un termine."), "long_term"),
        (Item("term", "ATP", "parola " * 70), "long_definition"),
        (Item("term", "termine", "definizione"), "placeholder"),
        (Item("term", "ATP", "Usa solo ciò che dice il testo."), "placeholder"),
        (Item("term", "Mitochondrion", "The organelle in which the cell makes its energy from sugar."), "language"),
        (Item("question", "La cellula si divide.", "Per crescere.\nPer riparare."), "no_question"),
        (Item("question", "Perché si divide?", "Per crescere."), "points"),
        (Item("question", "Perché si divide?", "a b\nc d\ne f\ng h\ni l"), "points"),
        (Item("question", "Perché si divide?", "Per crescere.\nper crescere"), "repeated_points"),
        (Item("question", "...?", "Per crescere.\nPer riparare."), "placeholder"),
        (quiz_item("Dove?", "qui", ("là", "lì")), "options"),
        (quiz_item("Dove?", "qui", ("là", "Là!", "su")), "duplicate_options"),
        (Item("quiz", "Dove?", "altrove", ("qui", "là", "su", "giù")), "answer_missing"),
        (quiz_item("Dove?", "qui", ("là", "su", "Tutte le precedenti")), "refers_to_options"),
        (quiz_item("Where?", "here", ("there", "up", "Both A and B")), "refers_to_options"),
        (quiz_item("Che cosa fa la membrana cellulare?", "la membrana cellulare", ("a", "b", "c")), "gives_away"),
        (Item("card", "parola " * 30, "Altro."), "long_front"),
        (Item("card", "Che cos'è?", "parola " * 70), "long_back"),
        (Item("card", "L'ATP è una molecola?", "Una molecola."), "gives_away"),
        (Item("card", "Che cos'è l'ATP?", "—"), "empty"),
    ],
)
def test_each_fault_of_form_is_named(item, problem):
    assert problem in item_problems(item, "it")


def test_numbers_and_signs_are_options_like_any_other():
    assert item_problems(quiz_item("Quanto fa 2 − 5?", "-3", ("3", "7", "−7,5")), "it") == []
    assert item_problems(quiz_item("Quale segno?", "+", ("-", "×", "÷")), "") == []


# --- showing and putting together --------------------------------------------------------------------------------


def test_only_what_states_something_is_a_claim():
    claims = {kind: [line.claim for line in item_lines(GOOD[kind], 1, "it") if line.claim] for kind in KINDS}
    assert claims == {
        "term": ["Mitocondrio: L'organello in cui la cellula ricava energia."],
        "question": ["Per crescere.", "Per riparare i tessuti."],
        "quiz": ["Dove si trova il DNA? nel nucleo"],
        "card": ["Che cos'è l'ATP? La molecola che porta energia."],
    }


def test_items_are_shown_as_markdown_in_their_language():
    assert (
        markdown([GOOD["term"], GOOD["term"]], "it").splitlines()
        == ["- **Mitocondrio**: L'organello in cui la cellula ricava energia."] * 2
    )
    quiz = markdown([GOOD["quiz"]], "it")
    assert quiz.startswith("1. **Dove si trova il DNA?**\n   - A) ")
    assert f"**Risposta:** {GOOD['quiz'].letter}) nel nucleo" in quiz
    assert "**Answer:**" in markdown([GOOD["quiz"]], "en")


def test_the_same_term_is_kept_once_where_it_was_introduced():
    again = Item("term", "atp", "Something said later about it.")
    with_article = Item("term", "The ATP", "Something else.")
    assert merged_items([[ATP], [again, DNA], [with_article]]) == [ATP, DNA]


def test_a_term_and_a_card_of_the_same_name_are_two_things():
    card = Item("card", "ATP", "Energy.")
    assert merged_items([[ATP, card]]) == [ATP, card]


@pytest.mark.parametrize(
    "prompt", ["Che cosa completa la frase: “Il […] è “la” capitale.”?", "Il […] è “la” capitale."]
)
def test_a_sentence_with_something_left_out_is_looked_up_as_it_stands(prompt: str):
    """The question around it was looked up, too, and made the document's own words weakly supported."""
    assert Item("card", prompt, "Cairo").statement == "Il Cairo è “la” capitale."


@pytest.mark.parametrize("number", [1, 9, 10, 100])
def test_an_answer_belongs_to_its_question_whatever_the_number(number: int):
    """From the tenth on, options and answers were a list of their own in every reader of Markdown."""
    for item in (
        Item("question", "Why?", "So.\nAnd so."),
        quiz_item("What?", "this", ("that", "those", "these"), "So."),
    ):
        text = "\n".join(line.text for line in item_lines(item, number, "en"))
        tokens = [token for token in MarkdownIt().parse(text) if token.level == 0]
        assert [token.type for token in tokens] == ["ordered_list_open", "ordered_list_close"]
        assert parse_items(item.kind, text) == [item]
