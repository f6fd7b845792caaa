"""One piece of text from the model: watched while it comes, tried once more when it is no use, shown as it grows.

No use means: nothing, the same words over and over, or another language than was asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assistant.cited_text import Shown, claim_spans
from assistant.errors import ModelError, Stopped
from assistant.generation import (
    ChatMessage,
    Completion,
    Delta,
    FinishReason,
    GenerationConfig,
    LanguageModel,
    Prefill,
    ShouldStop,
)
from assistant.i18n import _, plural
from assistant.language import detect_language
from assistant.protocol import Event, Notice, Progress, TextDelta, TextReset
from assistant.sentences import split_sentences

Problem = Literal["", "language", "repetition", "empty"]
_SEVERITY: tuple[Problem, ...] = ("", "language", "repetition", "empty")

RETRY_PENALTY_STEP = 0.1
"""Added to the repetition penalty for a second attempt. The starter stops looping at 1.1; at 1.2, which Keskar et al.
(2019) suggest, it avoids full stops as well and never comes to an end."""

LOOP_CHARACTERS = 60
"""So many characters of the same few words again and again, three times at least, are a loop and not emphasis."""
_LOOP_CHECK_DELTAS = 16
_NGRAM_WORDS = 4
_NGRAM_MIN_WORDS = 60


@dataclass(frozen=True)
class Ask:
    """What to say to the model; `messages(insist)` is worded more strongly after an answer in the wrong language."""

    messages: Callable[[bool], Sequence[ChatMessage]]
    config: GenerationConfig
    language: str
    """The language the answer must be in; empty where any will do."""
    max_sentences: int = 0
    """The answer ends there, whatever the model had in mind; 0 is no limit."""


@dataclass(frozen=True)
class Written:
    text: str
    finish_reason: FinishReason
    problem: Problem = ""


Attempt = Generator[Event, None, tuple[Written, Shown | None]]
"""Yields what happens; returns the text and what it was shown through."""


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
class Screen:
    """The text a person has seen so far; what its events say and what it holds are always the same."""

    job: str
    text: str = ""

    def show(self, text: str) -> Iterator[Event]:
        if text:
            self.text += text
            yield TextDelta(job=self.job, text=text)

    def rewind(self, length: int) -> Iterator[Event]:
        """Take back all but the first `length` characters."""
        if length < len(self.text):
            kept, self.text = self.text[:length], ""
            yield TextReset(job=self.job)
            yield from self.show(kept)


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

    def check_stop(self) -> None:
        if self.should_stop():
            raise Stopped(self.screen.text)

    def show(self, text: str, shown: Shown) -> Iterator[Event]:
        """Show text that is all there already."""
        yield from self.screen.show(shown.feed(text) + shown.finish())

    def write(self, ask: Ask, shown: Callable[[], Shown] | None = None) -> Attempt:
        """Have it written, streamed through a new `shown()` for each attempt, or silently where that is None.

        Returns the better of at most two attempts, with the `Shown` that it went through.
        """
        start = len(self.screen.text)
        first, sink = yield from self._attempt(ask, ask.config, shown, insist=False)
        if not first.problem or not self._worth_retrying(first.problem, ask.language):
            return (yield from self._settle(first, sink, shown, start))
        yield from self.screen.rewind(start)
        insist = first.problem == "language"
        config = ask.config if insist else _retry_config(ask.config)
        second, sink = yield from self._attempt(ask, config, shown, insist=insist)
        if _SEVERITY.index(first.problem) < _SEVERITY.index(second.problem):
            second, sink = first, None
        return (yield from self._settle(second, sink, shown, start))

    def notices(self) -> Iterator[Event]:
        """What a person should know about how the writing went; once, at the end of the job."""
        hint = _("A larger model does better: see `sunto models list`.")
        for problem, count in self.problems.items():
            yield Notice(job=self.screen.job, level="warning", message=_problem_sentence(problem, count), hint=hint)
        if self.cut:
            message = _("The answer was cut at its longest length.")
            hint = _("Raise the setting “max_new_tokens” for longer answers.")
            yield Notice(job=self.screen.job, level="info", message=message, hint=hint)

    def _attempt(
        self, ask: Ask, config: GenerationConfig, shown: Callable[[], Shown] | None, *, insist: bool
    ) -> Attempt:
        sink = shown() if shown else None
        watch = _Watch(self.should_stop, ask.max_sentences)
        for item in self.model.stream(ask.messages(insist), config, watch.should_stop):
            if isinstance(item, Prefill):
                if sink:
                    yield Progress(
                        job=self.screen.job, stage="prefill", done=item.done, total=item.total, unit="tokens"
                    )
            elif isinstance(item, Delta):
                piece = watch.add(item.text)
                if sink:
                    yield from self.screen.show(sink.feed(piece))
            else:
                self.usage.add(item)
                if item.finish_reason == "cancelled" and not watch.ended:
                    raise Stopped(self.screen.text)
                return watch.judged(item, ask.language), sink
        raise AssertionError("a stream ends with a completion")

    def _worth_retrying(self, problem: Problem, language: str) -> bool:
        """A model that does not know the language will not know it the second time either."""
        known = self.model.languages
        return problem != "language" or not known or language in known

    def _settle(self, written: Written, sink: Shown | None, shown: Callable[[], Shown] | None, start: int) -> Attempt:
        """End the text; where it is not what stands on the screen, put it there."""
        if written.problem:
            self.problems[written.problem] += 1
        if written.problem == "repetition":
            written = replace(written, text=without_repetition(written.text))
        if written.problem in ("repetition", "empty"):
            sink = None  # what it showed is not what is kept
        self.finish_reason = written.finish_reason
        if shown is None:
            return written, None
        self.cut |= written.finish_reason == "length" and not written.problem
        if sink is not None:
            yield from self.screen.show(sink.finish())
            return written, sink
        yield from self.screen.rewind(start)
        sink = shown()
        yield from self.show(written.text, sink)
        return written, sink


class _Watch:
    """Ends a generation that has said enough, or that only repeats itself, instead of letting it run to its limit."""

    def __init__(self, should_stop: ShouldStop, max_sentences: int) -> None:
        self._should_stop = should_stop
        self._max_sentences = max_sentences
        self._text = ""
        """From the first character that is not white space."""
        self._deltas = 0
        self._looping = False
        self._complete = False

    @property
    def ended(self) -> bool:
        return self._looping or self._complete

    def add(self, text: str) -> str:
        """The part of this text that belongs to the answer."""
        if self._complete:
            return ""
        before = len(self._text)
        self._text += text if self._text else text.lstrip()
        self._deltas += 1
        if self._deltas % _LOOP_CHECK_DELTAS == 0:
            self._looping = is_looping(self._text)
        if self._max_sentences:
            # A sentence is known to be over when the next one has begun.
            spans = claim_spans(self._text)
            if len(spans) > self._max_sentences:
                self._text = self._text[: spans[self._max_sentences - 1][1]]
                self._complete = True
        return self._text[before:]

    def should_stop(self) -> bool:
        return self.ended or self._should_stop()

    def judged(self, completion: Completion, language: str) -> Written:
        text = (self._text if self._complete else completion.text).strip()
        reason: FinishReason = "stop" if self._complete else "length" if self._looping else completion.finish_reason
        if not re.search(r"\w", text):
            return Written("", reason, "empty")
        if self._looping or is_looping(text):
            return Written(text, reason, "repetition")
        found = detect_language(text)
        return Written(text, reason, "language" if language and found and found != language else "")


def no_text_error(model: LanguageModel) -> ModelError:
    return ModelError(
        _("The model {name} wrote nothing usable.").format(name=model.name),
        _("Try again with another model: see `sunto models list`."),
    )


def is_looping(text: str) -> bool:
    """Whether the text ends in a loop, or is made of the same few phrases throughout."""
    return _loop_length(text) > 0 or _is_monotonous(text)


def without_repetition(text: str) -> str:
    """The text with every sentence once, and without the loop at its end."""
    while length := _loop_length(text):
        text = text[:-length]
    kept: list[str] = []
    seen: list[str] = []
    position = 0
    for start, end in split_sentences(text):
        sentence = " ".join(re.findall(r"\w+", text[start:end].lower()))
        if not any(known.startswith(sentence) for known in seen):
            kept.append(text[position:end])
            seen.append(sentence)
        position = end
    return "".join(kept).strip()


def _loop_length(text: str) -> int:
    """How many characters are repeated at the end; 0 where it does not loop."""
    tail = text.rstrip()[-3 * 240 :]
    for length in range(1, len(tail) // 3 + 1):
        times = max(3, -(-LOOP_CHARACTERS // length))
        if tail.endswith(tail[-length:] * times):
            return length
    return 0


def _is_monotonous(text: str) -> bool:
    found = text.lower().split()
    if len(found) < _NGRAM_MIN_WORDS:
        return False
    grams = [tuple(found[i : i + _NGRAM_WORDS]) for i in range(len(found) - _NGRAM_WORDS + 1)]
    return len(set(grams)) * 2 < len(grams)


def _retry_config(config: GenerationConfig) -> GenerationConfig:
    return replace(config, repetition_penalty=config.repetition_penalty + RETRY_PENALTY_STEP, seed=config.seed + 1)


def _problem_sentence(problem: Problem, count: int) -> str:
    if problem == "language":
        return plural(
            "The model answered in another language than the one asked for.",
            "The model wrote {count} parts in another language than the one asked for.",
            count,
        )
    if problem == "repetition":
        return plural(
            "The model repeated itself; the repetitions were cut.",
            "The model repeated itself in {count} parts; the repetitions were cut.",
            count,
        )
    return plural(
        "The model wrote nothing usable for one part.",
        "The model wrote nothing usable for {count} parts.",
        count,
    )
