"""Every word said to the model, in Italian and English. Pure functions.

rules    who the assistant is, its language, and the marks that a document cannot close
wording  how a task leaves its amount open
texts    tasks whose answer is a text: points, merging, paragraphs, a description
study    tasks whose answer is a list of things to study with
answers  what is said for answers to questions
lists    what is said to have everything of one kind listed, part by part
judging  what is said to have the model choose between two texts; no part of the version: it makes no text

A test keeps a digest of all of it beside `PROMPT_VERSION`.
"""

from __future__ import annotations

import re

from assistant.generation import ChatMessage
from assistant.prompts.answers import NOT_IN_DOCUMENT, PASSAGE_BREAK, answer_system, chat_system, question_prompt
from assistant.prompts.lists import list_prompt
from assistant.prompts.rules import SYSTEM, quoted, spoken, task_language
from assistant.prompts.study import STUDY_TASKS, StudyTask
from assistant.prompts.texts import NOTHING, TEXT_TASKS, TextTask, says_nothing
from assistant.prompts.wording import Worded
from assistant.safe_text import one_line

__all__ = [
    "NOTHING",
    "NOT_IN_DOCUMENT",
    "PASSAGE_BREAK",
    "PROMPT_VERSION",
    "TASKS",
    "StudyTask",
    "Task",
    "TextTask",
    "answer_system",
    "chat_system",
    "is_our_words",
    "list_prompt",
    "question_prompt",
    "quoted",
    "says_nothing",
    "task_prompt",
]

PROMPT_VERSION = 3
"""Part of every unit's key: raised with any change here, so that all is written again."""

MIN_COPIED_WORDS = 4
"""Shorter sentences of ours may well stand in a document."""

Task = TextTask | StudyTask
TASKS: dict[Task, Worded] = {**TEXT_TASKS, **STUDY_TASKS}


def task_prompt(
    task: Task,
    text: str,
    language: str,
    *,
    bullets: int = 0,
    insist: bool = False,
    heading: str = "",
    sentence: str = "",
    original_terms: bool = False,
) -> list[ChatMessage]:
    """What to say to have a task done on a text.

    `language` is "it", "en" or "" for the text's own; `insist` after an answer in the wrong one; `bullets` how many
    points, paragraphs or items to ask for, 0 for the task's usual number; `heading` the section the text is from;
    `sentence` what the task "rewrite" has to say again; `original_terms` to keep them where the text is translated.
    Everything that comes from a document or a model stands between our marks.
    """
    said = spoken(language)
    parts = (heading and f"# {one_line(heading)}", text, one_line(sentence))
    material = "\n\n".join(part for part in parts if part)
    asked = TASKS[task][said].text(bullets)
    wanted = task_language(language, insist=insist, original_terms=original_terms)
    return [ChatMessage("system", SYSTEM[said]), ChatMessage("user", f"{quoted(material)}\n\n{asked} {wanted}")]


def is_our_words(text: str) -> bool:
    """Whether an answer holds a sentence of our own prompts: small models copy what they were asked."""
    words = f" {_plain(text)} "
    return any(f" {sentence} " in words for sentence in _OUR_SENTENCES)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


_OUR_SENTENCES = frozenset(
    plain
    for worded in TASKS.values()
    for wording in worded.values()
    for sentence in re.split(r"(?<=[.:;?])\s+|\n|\{amount\}", wording.said)
    if len((plain := _plain(sentence)).split()) >= MIN_COPIED_WORDS
)
