"""What is said for answers to questions, from documents or from none."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.generation import ChatMessage
from assistant.prompts.rules import SYSTEM, answer_language, quoted, spoken

NOT_IN_DOCUMENT = {"en": "The document does not say.", "it": "Il documento non lo dice."}
PASSAGE_BREAK = "\n\n[...]\n\n"
_ANSWER = {
    "en": "Answer briefly and only from the text. If the answer is not in it, write: {not_found}",
    "it": "Rispondi in breve e solo in base al testo. Se la risposta non c'è, scrivi: {not_found}",
}
_CHAT = {
    "en": "You are a study assistant. Answer clearly and briefly.",
    "it": "Sei un assistente per lo studio. Rispondi in modo chiaro e breve.",
}
_QUESTION = {"en": "Question: {question}", "it": "Domanda: {question}"}


def answer_system(language: str, *, forced: bool = False, insist: bool = False) -> ChatMessage:
    """What holds for every answer from documents, in front of the conversation.

    `forced` where a person chose the language; otherwise the question's own is left to the model.
    """
    said = spoken(language)
    rule = _ANSWER[said].format(not_found=NOT_IN_DOCUMENT[said])
    return ChatMessage("system", f"{SYSTEM[said]} {rule}{answer_language(said, forced=forced, insist=insist)}")


def chat_system(language: str, *, forced: bool = False, insist: bool = False) -> ChatMessage:
    """The same for a conversation about no document."""
    said = spoken(language)
    return ChatMessage("system", f"{_CHAT[said]}{answer_language(said, forced=forced, insist=insist)}")


def question_prompt(passages: Sequence[str], question: str, language: str) -> ChatMessage:
    """A question with what it should be answered from; passages that do not touch are parted by `[...]`."""
    asked = _QUESTION[spoken(language)].format(question=question)
    return ChatMessage("user", f"{quoted(PASSAGE_BREAK.join(passages))}\n\n{asked}")
