"""What is said to have the model choose between two texts about a third. Its answer is one digit, never written."""

from __future__ import annotations

from assistant.generation import ChatMessage
from assistant.prompts.rules import SYSTEM, quoted, spoken

JUDGE_CHOICES = ("1", "2")
_ASK = {
    "en": (
        "This is the beginning of a text:\n\n{source}\n\nTwo students wrote about it.\n\nStudent 1:\n\n{one}\n\n"
        "Student 2:\n\n{two}\n\nWho gives back better what the text says, clearly and without inventing anything? "
        "Length does not count. Answer with the number only: 1 or 2."
    ),
    "it": (
        "Questo è l'inizio di un testo:\n\n{source}\n\nDue studenti ne hanno scritto.\n\nStudente 1:\n\n{one}\n\n"
        "Studente 2:\n\n{two}\n\nChi riporta meglio ciò che dice il testo, in modo chiaro e senza inventare nulla? "
        "La lunghezza non conta. Rispondi solo con il numero: 1 o 2."
    ),
}


def judge_prompt(source: str, one: str, two: str, language: str) -> list[ChatMessage]:
    said = spoken(language)
    asked = _ASK[said].format(source=quoted(source), one=quoted(one), two=quoted(two))
    return [ChatMessage("system", SYSTEM[said]), ChatMessage("user", asked)]
