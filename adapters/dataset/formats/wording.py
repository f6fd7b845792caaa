"""The instruction that stands before a text in other tools' formats, and which task it asks for.

Sunto trains with its own prompts (`adapters.dataset.prompting`), so an instruction in the text would be said twice.
What is written here is found again when it is read; of strangers' instructions only the commonest are known.
"""

from __future__ import annotations

import re

from adapters.dataset.example import TASKS, Task
from adapters.dataset.formats.plain import plain

_INSTRUCTIONS: dict[Task, dict[str, str]] = {
    "summarize": {"en": "Summarize the text.", "it": "Riassumi il testo."},
    "describe": {
        "en": "Describe in one or two sentences what the text is about.",
        "it": "Descrivi in una o due frasi di che cosa tratta il testo.",
    },
    "title": {"en": "Give the text a title.", "it": "Dai un titolo al testo."},
    "key_sentences": {
        "en": "Write the sentences that matter most and are missing from the text.",
        "it": "Scrivi le frasi più importanti che mancano al testo.",
    },
}
_TASK_OF: dict[str, Task] = {
    sentence: task for task, sentences in _INSTRUCTIONS.items() for sentence in sentences.values()
}

_VERBS = re.compile(
    r"(?:please,? |per favore,? |puoi |can you )?(?:"
    r"(?P<summarize>summari[sz]e|riassum\w{1,4}|sintetizza\w{0,4}"
    r"|(?:write|give|scrivi|fai|fammi)\b[^\n]{0,40}\b(?:summary|riassunto|sintesi))"
    r"|(?P<describe>describe|descriv\w{1,4})"
    r"|(?P<title>(?:write|give|suggest|scrivi|dai|proponi)\b[^\n]{0,40}\b(?:title|titolo))"
    r")\b",
    re.IGNORECASE,
)
_FIRST_LINE = re.compile(r"[^\n]{1,160}:[^\S\n]*\n\s*")
_LAST_LINE = re.compile(r"\n\s*TL;?DR:?\s*\Z", re.IGNORECASE)
_LAST_LINE_CHARACTERS = 40

_TASK_NAMES: dict[Task, str] = {
    "summarize": "summarize summarise summary summarization riassunto riassumere sintesi",
    "describe": "describe description descrizione descrivere",
    "title": "title titolo",
    "key_sentences": "key_sentences frasi_chiave",
}
_NAMED_TASK: dict[str, Task] = {plain(name): task for task, names in _TASK_NAMES.items() for name in names.split()}


def instruction(task: Task, language: str) -> str:
    sentences = _INSTRUCTIONS[task]
    return sentences.get(language, sentences["en"])


def task_named(name: str) -> Task | None:
    """What a column about the task says, in either language."""
    return _NAMED_TASK.get(plain(name))


def own_task(sentence: str) -> Task | None:
    """Which task asks for that, where Sunto wrote it."""
    return _TASK_OF.get(sentence.strip())


def asked_for(sentence: str) -> Task | None:
    """Which task an instruction asks for, whoever wrote it; None where that cannot be told."""
    if (own := own_task(sentence)) is not None:
        return own
    match = _VERBS.match(sentence.strip())
    return next((task for task in TASKS if task in _VERBS.groupindex and match[task]), None) if match else None


def with_instruction(task: Task, language: str, text: str) -> str:
    return f"{instruction(task, language)}\n\n{text}"


def without_instruction(prompt: str) -> tuple[Task | None, str]:
    """The task that a prompt asks for, None where it does not say, and its text alone."""
    prompt = prompt.strip()
    first, _break, rest = prompt.partition("\n\n")
    if (own := own_task(first)) is not None and rest:
        return own, rest
    tail = max(0, len(prompt) - _LAST_LINE_CHARACTERS)
    if match := _LAST_LINE.search(prompt, tail):
        return "summarize", prompt[: match.start()]
    match = _FIRST_LINE.match(prompt)
    task = asked_for(match[0]) if match else None
    return (task, prompt[match.end() :]) if match and task and match.end() < len(prompt) else (None, prompt)
