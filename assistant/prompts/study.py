"""What is asked for where the answer is a list of things to study with: terms, questions, quizzes, flashcards.

The shape is shown as lines with a word in front, not as JSON: `summaries.items` reads it.
It is for models that can merge. The starter cannot do these in any wording: on 20 parts (`benchmarks/prompts.py`), of
the items asked for, 5-12 % of the terms, 8-12 % of the cards and no question or quiz at all had the form, and 0-8 %
were found in the text; shorter wordings did no better (5-10 %, 2 %, 0 %), so that there are none for it.
"""

from __future__ import annotations

from typing import Literal

from assistant.prompts.wording import Worded, Wording

StudyTask = Literal["glossary", "questions", "quiz", "flashcards"]

STUDY_TASKS: dict[StudyTask, Worded] = {
    "glossary": {
        "en": Wording(
            'Write a glossary of the text above: {amount}, one per line, as "- term: definition". Each definition is '
            "one sentence taken from the text that does not repeat the term. Use only what the text says.",
            "the most important term",
            "the {count} most important terms",
            "the 3 to 6 most important terms",
        ),
        "it": Wording(
            'Scrivi un glossario del testo qui sopra: {amount}, uno per riga, nella forma "- termine: definizione". '
            "Ogni definizione è una frase ricavata dal testo che non ripete il termine. Usa solo ciò che dice il "
            "testo.",
            "il termine più importante",
            "i {count} termini più importanti",
            "i 3-6 termini più importanti",
        ),
    },
    "questions": {
        "en": Wording(
            "Write {amount} on the text above, each followed by what a good answer says: 2 to 4 points taken from the "
            "text.\nUse this form:\nQuestion: ...?\n- point\n- point\nUse only what the text says.",
            "1 exam question",
            "{count} exam questions",
            "2 or 3 exam questions",
        ),
        "it": Wording(
            "Scrivi {amount} sul testo qui sopra, ognuna seguita da ciò che dice una buona risposta: da 2 a 4 punti "
            "ricavati dal testo.\nUsa questa forma:\nDomanda: ...?\n- punto\n- punto\nUsa solo ciò che dice il testo.",
            "1 domanda d'esame",
            "{count} domande d'esame",
            "2-3 domande d'esame",
        ),
    },
    "quiz": {
        "en": Wording(
            "Write {amount} on the text above, each with 4 different answers: one is right according to the text, "
            'three are wrong but plausible, none is "all of the above".\n'
            "Use this form:\nQuestion: ...?\nA) ...\nB) ...\nC) ...\nD) ...\nAnswer: the letter of the right one\n"
            "Ask only about what the text says.",
            "1 multiple-choice question",
            "{count} multiple-choice questions",
            "2 or 3 multiple-choice questions",
        ),
        "it": Wording(
            "Scrivi {amount} sul testo qui sopra, ognuna con 4 risposte diverse: una è giusta secondo il testo, "
            'tre sono sbagliate ma plausibili, nessuna è "tutte le precedenti".\n'
            "Usa questa forma:\nDomanda: ...?\nA) ...\nB) ...\nC) ...\nD) ...\nRisposta: la lettera di quella giusta\n"
            "Chiedi solo ciò che dice il testo.",
            "1 domanda a scelta multipla",
            "{count} domande a scelta multipla",
            "2-3 domande a scelta multipla",
        ),
    },
    "flashcards": {
        "en": Wording(
            "Write {amount} on the text above: on the front a short question, on the back its answer in one sentence "
            "taken from the text.\nUse this form:\nFront: ...\nBack: ...\nUse only what the text says.",
            "1 flashcard",
            "{count} flashcards",
            "3 to 5 flashcards",
        ),
        "it": Wording(
            "Scrivi {amount} sul testo qui sopra: sul fronte una domanda breve, sul retro la risposta in una frase "
            "ricavata dal testo.\nUsa questa forma:\nFronte: ...\nRetro: ...\nUsa solo ciò che dice il testo.",
            "1 flashcard",
            "{count} flashcard",
            "3-5 flashcard",
        ),
    },
}
