"""What is said to have everything listed that one part of a long text holds."""

from __future__ import annotations

from assistant.generation import ChatMessage
from assistant.prompts.rules import SYSTEM, answer_language, quoted, spoken
from assistant.prompts.texts import NOTHING
from assistant.safe_text import one_line

_LIST = {
    "en": 'Request: {request}\nWrite what the text above holds of that, one per line, each line starting with "- ". '
    "Use only what the text says. If it holds nothing of that, write: {nothing}",
    "it": "Richiesta: {request}\nScrivi ciò che il testo qui sopra contiene al riguardo, uno per riga, ogni riga "
    'inizia con "- ". Usa solo ciò che dice il testo. Se non contiene nulla al riguardo, scrivi: {nothing}',
}


def list_prompt(text: str, request: str, language: str, *, forced: bool, insist: bool) -> list[ChatMessage]:
    """To list from one part of a text what a person asked for; `forced` where they chose the language of answers."""
    said = spoken(language)
    asked = _LIST[said].format(request=one_line(request), nothing=NOTHING[said])
    wanted = answer_language(said, forced=forced, insist=insist)
    return [ChatMessage("system", SYSTEM[said]), ChatMessage("user", f"{quoted(text)}\n\n{asked}{wanted}")]
