"""What the model is asked for each text of a summary: the task, its prompt and its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.context_window import fitting_config, room_tokens
from assistant.documents.model import Document
from assistant.generation import ChatMessage, GenerationConfig, LanguageModel
from assistant.problems import Problem
from assistant.prompts import Task, is_our_words, says_nothing, task_prompt
from assistant.prompts.study import STUDY_TASKS
from assistant.summaries.checks import Judge, usable_items
from assistant.summaries.forms import form_problems
from assistant.summaries.options import SummaryOptions
from assistant.summaries.parts import PageNames, Part, PartSection
from assistant.summaries.units import Unit, unit_key
from assistant.writing import Ask

TOKEN_CAPS: dict[Task, int] = {"part": 200, "describe": 160, "rewrite": 120}
"""Longest answer in tokens where the task asks for a few sentences; otherwise the configuration's own limit."""

MAX_SENTENCES: dict[Task, int] = {"part": 4, "describe": 2, "brief": 5, "whole": 5, "rewrite": 1}
"""What the prompts ask for, enforced: small models do not stop, and what they add is the worst of it."""

ITEM_TOKENS: dict[Task, int] = {"glossary": 60, "questions": 140, "quiz": 130, "flashcards": 70}
"""Of each item that is asked for: a model that does not come to an end is not waited for."""

DIALLED: frozenset[Task] = frozenset(("brief", "whole", "part"))
"""Tasks whose answer is as many sentences as were asked for."""

LISTS: frozenset[Task] = frozenset(("points", "section", "outline", "topic"))
"""Tasks whose answer is a list of points; its length, too, is enforced."""

USUAL_POINTS = 7
"""The most that the prompts ask for where no number was chosen."""


class Requests:
    """Of one job."""

    def __init__(self, model: LanguageModel, options: SummaryOptions, language: str, judge: Judge) -> None:
        self._model = model
        self._options = options
        self._language = language
        self._judge = judge
        self._config = fitting_config(options.config, model)

    def part_task(self, section: PartSection, *, alone: bool) -> Task:
        """What is asked about a part; `alone` where it is the only one of the whole job."""
        options = self._options
        if options.as_list or options.opening_only or (options.one_text and not alone and not options.merge):
            return "part"
        if options.one_text and not alone:
            return "points"
        task: Task = options.wanted.task
        return "points" if task == "outline" and len(section.parts) > 1 else task

    @property
    def whole_task(self) -> Task:
        """What makes one text of the sections'."""
        return "describe" if self._options.describes else "whole"

    def part_tokens(self) -> int:
        """How long a part may be. Raises ContextOverflowError where there is no room for any."""
        tasks: tuple[Task, ...] = (self._options.wanted.task, "points", "part")
        return min(self._model.chunk_tokens, *(self.room(task) for task in tasks))

    def part(self, part: Part, task: Task) -> Unit:
        # Where one text is made in the end, its length is decided there: the more points go in, the better it is.
        bullets = 0 if task in ("points", "part") and self._options.one_text else self._options.bullets
        return self.unit(task, part.chunk.text, part.pages, (part.document,), title=part.title, bullets=bullets)

    def unit(
        self,
        task: Task,
        text: str,
        pages: PageNames,
        documents: Sequence[Document],
        *,
        title: str = "",
        heading: str = "",
        bullets: int = 0,
        sentence: str = "",
    ) -> Unit:
        """A task on a text that is from these pages, or was written about them."""
        original_terms = bool(self._language) and any(
            document.language not in ("", self._language) for document in documents
        )

        def messages(insist: bool) -> list[ChatMessage]:
            return task_prompt(
                task,
                text,
                self._language,
                bullets=bullets,
                insist=insist,
                heading=heading,
                sentence=sentence,
                original_terms=original_terms,
            )

        def check(answer: str) -> Problem:
            return self._problem(task, answer, pages, documents)

        ask = Ask(
            messages,
            self._task_config(task),
            self._language,
            max_sentences=bullets if bullets and task in DIALLED else MAX_SENTENCES.get(task, 0),
            max_points=(bullets or USUAL_POINTS) if task in LISTS else 0,
            check=check,
        )
        return Unit(
            ask, unit_key(self._model, task, ask), title, pages, tuple(documents), self._model.count_tokens(text)
        )

    def room(self, task: Task) -> int:
        """How many tokens of text fit into the prompt of a task. Raises ContextOverflowError."""
        prompt = task_prompt(task, "", self._language, insist=True, heading="x" * 80, original_terms=True)
        return room_tokens(self._model, prompt, self._task_config(task))

    def _problem(self, task: Task, answer: str, pages: PageNames, documents: Sequence[Document]) -> Problem:
        if says_nothing(answer):
            return ""
        style = self._options.wanted
        if style.item and task in STUDY_TASKS:
            return "" if usable_items(style.item, answer, self._language) else "items"
        if is_our_words(answer):
            return "echo"
        # Across languages few words are shared, and in others than ours words are not known.
        same_language = all(document.language == self._language != "" for document in documents)
        known = self._model.languages
        foreign = bool(known) and self._language not in known  # what it writes then looks like the language, no more
        if same_language and not self._judge.is_about(answer, pages, strictly=foreign):
            return "off-topic"
        return (
            "form"
            if self._options.merge and task == style.task and form_problems(style.name, answer, self._language)
            else ""
        )

    def _task_config(self, task: Task) -> GenerationConfig:
        items = ITEM_TOKENS.get(task, 0) * self._options.points
        cap = items or TOKEN_CAPS.get(task, self._config.max_new_tokens)
        return replace(self._config, max_new_tokens=min(cap, self._config.max_new_tokens))
