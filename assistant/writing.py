"""Text from the model: watched while it comes, tried once more when it is no use, shown as it grows.

`problems` says what "no use" means, `watching` when an answer is ended early.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.cited_text import PlacedClaim, Shown
from assistant.errors import ModelError, Stopped
from assistant.generation import (
    BatchEvent,
    ChatMessage,
    Completion,
    Delta,
    FinishReason,
    GenerationConfig,
    LanguageModel,
    Prefill,
    ShouldStop,
    one_by_one,
)
from assistant.i18n import _
from assistant.language import detect_language
from assistant.problems import SEVERITY, Problem, is_looping, problem_sentence, without_repetition
from assistant.protocol import Event, Notice, Progress
from assistant.screen import Live, Screen
from assistant.watching import Watch

RETRY_PENALTY_STEP = 0.1
"""Added to the repetition penalty for a second attempt. The starter stops looping at 1.1; at 1.2, which Keskar et al.
(2019) suggest, it avoids full stops as well and never comes to an end."""


def _no_check(_text: str) -> Problem:
    return ""


@dataclass(frozen=True)
class Ask:
    """What to say to the model; `messages(insist)` is worded more strongly after an answer in the wrong language."""

    messages: Callable[[bool], Sequence[ChatMessage]]
    config: GenerationConfig
    language: str
    """The language the answer must be in; empty where any will do."""
    max_sentences: int = 0
    """The answer ends there, whatever the model had in mind; 0 is no limit."""
    max_points: int = 0
    """The same for the points of a list."""
    check: Callable[[str], Problem] = _no_check
    """What else can be wrong with an answer, asked when nothing else is."""


@dataclass(frozen=True)
class Written:
    text: str
    finish_reason: FinishReason = "stop"
    problem: Problem = ""


@dataclass(frozen=True)
class Reading:
    """The prompt of this answer is being read: `done` of `total` tokens."""

    index: int
    done: int
    total: int


@dataclass(frozen=True)
class Growing:
    """The next piece of this answer."""

    index: int
    text: str


@dataclass(frozen=True)
class Restarted:
    """This answer begins again: forget its pieces."""

    index: int


@dataclass(frozen=True)
class Done:
    """This answer is what it will be; its text may be another than its pieces make."""

    index: int
    written: Written


Growth = Reading | Growing | Restarted | Done


@dataclass
class Usage:
    """Sums over every call of the model in a job."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    decode_seconds: float = 0.0
    peak_memory_bytes: int = 0

    def add(self, completion: Completion) -> None:
        self.prompt_tokens += completion.prompt_tokens
        self.cached_tokens += completion.cached_tokens
        self.generated_tokens += completion.generated_tokens
        self.decode_seconds += completion.decode_seconds
        self.peak_memory_bytes = max(self.peak_memory_bytes, completion.peak_memory_bytes)

    def as_json(self) -> dict[str, Any]:
        rate = self.generated_tokens / self.decode_seconds if self.decode_seconds > 0 else 0.0
        return {
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "generated_tokens": self.generated_tokens,
            "tokens_per_second": round(rate, 2),
            "peak_memory_bytes": self.peak_memory_bytes,
        }


@dataclass
class Writer:
    """The model and the screen of one job."""

    model: LanguageModel
    screen: Screen
    should_stop: ShouldStop
    usage: Usage = field(default_factory=Usage)
    problems: Counter[Problem] = field(default_factory=Counter["Problem"])
    cut: bool = False
    """Whether some text on the screen ends where its limit was."""
    finish_reason: FinishReason = "stop"

    @property
    def claims(self) -> list[PlacedClaim]:
        return self.screen.claims

    def check_stop(self) -> None:
        if self.should_stop():
            raise Stopped(self.screen.text)

    def write(
        self, ask: Ask, shown: Callable[[], Shown] | None = None
    ) -> Generator[Event, None, tuple[Written, Shown | None]]:
        """Have it written, streamed through a new `shown()` for each attempt, or silently where that is None.

        Returns the better of at most two attempts, with the `Shown` that it went through.
        """
        live = Live(self.screen, shown) if shown else None
        written = Written("", problem="empty")
        for growth in self.write_many([ask]):
            if isinstance(growth, Done):
                written = growth.written
            elif live:
                yield from follow(live, growth, self.screen.job)
        if live is None:
            return written, None
        self.settled(written)
        yield from live.settle(written.text)
        return written, live.shown

    def write_many(self, asks: Sequence[Ask]) -> Iterator[Growth]:
        """The answers to asks of one configuration, side by side, in any order; exactly one `Done` for each.

        An answer that is no use is asked for again, once, when the others are there. Raises Stopped when the last of
        those that were finished has been given out.
        """
        assert all(ask.config == asks[0].config for ask in asks), "a unit's key holds its own configuration"
        again: dict[int, Written] = {}
        for growth in self._attempts(asks, range(len(asks)), insist=False):
            if isinstance(growth, Done) and self._worth_retrying(growth.written.problem, asks[growth.index].language):
                again[growth.index] = growth.written
                yield Restarted(growth.index)
            else:
                yield self._counted(growth)
        for insist in (True, False):
            indexes = [index for index, first in again.items() if (first.problem == "language") == insist]
            for growth in self._attempts(asks, indexes, insist=insist, retry=not insist):
                if isinstance(growth, Done):
                    growth = replace(growth, written=_better(again[growth.index], growth.written))
                yield self._counted(growth)

    def settled(self, written: Written) -> None:
        """This text is part of the result."""
        self.finish_reason = written.finish_reason
        self.cut |= written.finish_reason == "length" and not written.problem

    def notices(self) -> Iterator[Event]:
        """What a person should know about how the writing went; once, at the end of the job."""
        hint = _("A larger model does better: see `sunto models list`.")
        for problem, count in self.problems.items():
            yield Notice(job=self.screen.job, level="warning", message=problem_sentence(problem, count), hint=hint)
        if self.cut:
            message = _("The answer was cut at its longest length.")
            hint = _("Raise the setting “max_new_tokens” for longer answers.")
            yield Notice(job=self.screen.job, level="info", message=message, hint=hint)

    def _attempts(
        self, asks: Sequence[Ask], indexes: Sequence[int], *, insist: bool, retry: bool = False
    ) -> Iterator[Growth]:
        if not indexes:
            return
        config = _retry_config(asks[0].config) if retry else asks[0].config
        watches = [Watch(asks[index].max_sentences, asks[index].max_points) for index in indexes]
        prompts = [asks[index].messages(insist) for index in indexes]
        stopped = False
        for row, item in self._stream(prompts, config, lambda row: watches[row].ended):
            index, watch = indexes[row], watches[row]
            if isinstance(item, Prefill):
                yield Reading(index, item.done, item.total)
            elif isinstance(item, Delta):
                if piece := watch.add(item.text):
                    yield Growing(index, piece)
            else:
                self.usage.add(item)
                if item.finish_reason == "cancelled" and not watch.ended:
                    stopped = True  # the others that are finished come first
                else:
                    yield Done(index, _judged(item, watch, asks[index]))
        if stopped:
            raise Stopped(self.screen.text)

    def _stream(
        self, prompts: Sequence[Sequence[ChatMessage]], config: GenerationConfig, ended: Callable[[int], bool]
    ) -> Iterator[BatchEvent]:
        if len(prompts) == 1:  # goes on from the KV cache of the prompt before, where they begin alike
            return one_by_one(self.model, prompts, config, self.should_stop, ended)
        return self.model.stream_many(prompts, config, self.should_stop, ended)

    def _worth_retrying(self, problem: Problem, language: str) -> bool:
        """A model that does not know the language will not know it the second time either."""
        known = self.model.languages
        helpless = problem in ("language", "off-topic") and bool(known) and language not in known
        return problem != "" and not helpless

    def _counted(self, growth: Growth) -> Growth:
        if isinstance(growth, Done) and (problem := growth.written.problem):
            self.problems[problem] += 1
            if problem == "repetition":
                return replace(growth, written=replace(growth.written, text=without_repetition(growth.written.text)))
        return growth


def follow(live: Live, growth: Reading | Growing | Restarted, job: str) -> Iterator[Event]:
    """Show what happens to the answer on the screen."""
    if isinstance(growth, Reading):
        yield Progress(job=job, stage="prefill", done=growth.done, total=growth.total, unit="tokens")
    elif isinstance(growth, Growing):
        yield from live.feed(growth.text)
    else:
        yield from live.restart()


def no_text_error(model: LanguageModel) -> ModelError:
    return ModelError(
        _("The model {name} wrote nothing usable.").format(name=model.name),
        _("Try again with another model: see `sunto models list`."),
    )


def _judged(completion: Completion, watch: Watch, ask: Ask) -> Written:
    text = (watch.text if watch.complete else completion.text).strip()
    reason: FinishReason = "stop" if watch.complete else "length" if watch.looping else completion.finish_reason
    if not re.search(r"\w", text):
        return Written("", reason, "empty")
    if watch.looping or is_looping(text):
        return Written(text, reason, "repetition")
    found = detect_language(text)
    if ask.language and found and found != ask.language:
        return Written(text, reason, "language")
    return Written(text, reason, ask.check(text))


def _better(first: Written, second: Written) -> Written:
    return first if SEVERITY.index(first.problem) < SEVERITY.index(second.problem) else second


def _retry_config(config: GenerationConfig) -> GenerationConfig:
    return replace(config, repetition_penalty=config.repetition_penalty + RETRY_PENALTY_STEP, seed=config.seed + 1)
