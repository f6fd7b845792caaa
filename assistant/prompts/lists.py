"""What is said to have everything listed that one part of a long text holds."""

from __future__ import annotations

from assistant.generation import ChatMessage
from assistant.prompts.rules import SYSTEM, answer_language, quoted, spoken
from assistant.prompts.texts import NOTHING
from assistant.safe_text import one_line

_LIST = {
    "en": '{request}\nUse only the text above. Write one point per line, each line starting with "- ". '
    "If there is none, write: {nothing}",
    "it": '{request}\nUsa solo il testo qui sopra. Scrivi un punto per riga, ogni riga inizia con "- ". '
    "Se non ce n'è nessuno, scrivi: {nothing}",
}


def list_prompt(text: str, request: str, language: str, *, forced: bool, insist: bool) -> list[ChatMessage]:
    """To list from one part of a text what a person asked for; `forced` where they chose the language of answers."""
    said = spoken(language)
    asked = _LIST[said].format(request=one_line(request), nothing=NOTHING[said])
    wanted = answer_language(said, forced=forced, insist=insist)
    return [ChatMessage("system", SYSTEM[said]), ChatMessage("user", f"{quoted(text)}\n\n{asked}{wanted}")]
