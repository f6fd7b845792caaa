"""What the model is asked for each kind of example: the very words it will be asked with when it is used.

Titles and key sentences are asked for nowhere else in Sunto: they teach which part of a text matters, each under its
own instruction, so that the model never takes one for a summary.
"""

from __future__ import annotations

from adapters.dataset.example import Task
from assistant.generation import ChatMessage
from assistant.prompts import quoted, task_prompt
from assistant.prompts.rules import SYSTEM, spoken, task_language

PROMPTING_VERSION = 1
"""Goes up with any change of the words here."""

_OWN_TASKS = {
    "title": {
        "en": "Give the text above a title of at most ten words. Write only the title.",
        "it": "Dai al testo qui sopra un titolo di al massimo dieci parole. Scrivi solo il titolo.",
    },
    "key_sentences": {
        "en": "The sentences that say what matters most were taken out of the text above. Write them.",
        "it": "Dal testo qui sopra sono state tolte le frasi che dicono ciò che più conta. Scrivile.",
    },
}


def messages(task: Task, text: str, language: str) -> list[ChatMessage]:
    """The prompt of an example. `language` is "it", "en" or "" for the text's own, as everywhere in the prompts."""
    match task:
        case "summarize":
            return task_prompt("brief", text, language)
        case "describe":
            return task_prompt("describe", text, language)
        case "title" | "key_sentences":
            said = spoken(language)
            wanted = task_language(language, insist=False, original_terms=False)
            asked = f"{quoted(text)}\n\n{_OWN_TASKS[task][said]} {wanted}"
            return [ChatMessage("system", SYSTEM[said]), ChatMessage("user", asked)]
