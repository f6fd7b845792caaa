"""Several summaries of each text by the base model, and the one that is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.dataset.candidates.consensus import most_agreed
from adapters.dataset.candidates.filters import Filter, Refusal, Verdict
from adapters.dataset.example import Example, Task, example_id
from adapters.dataset.notes.note import Source
from adapters.dataset.prompting import messages
from assistant.catalogue import find_base
from assistant.generation import ChatMessage, Completion, GenerationConfig, LanguageModel, ShouldStop, never_stop
from assistant.i18n import _
from assistant.language import detect_language
from assistant.safe_text import printable

LITTLE_AGREEMENT = 0.25
"""Mean ROUGE-L with the others, below which each says something else."""


@dataclass(frozen=True, kw_only=True)
class CandidateOptions:
    count: int = 3
    """Summaries written of each text."""
    temperature: float = 0.7
    max_new_tokens: int = 240
    seed: int = 0


class OnText(Protocol):
    def __call__(self, done: int, total: int, refused: Counter[Refusal], /) -> None:
        """`refused` counts why no summary of the last text was kept; empty where one was."""
        ...


def ignore_texts(_done: int, _total: int, _refused: Counter[Refusal], /) -> None:
    """For callers that do not show progress."""


@dataclass(frozen=True)
class _Job:
    source: Source
    task: Task

    @property
    def prompt(self) -> list[ChatMessage]:
        return messages(self.task, self.source.text, self.source.language)


def write(
    engine: LanguageModel,
    sources: Sequence[Source],
    options: CandidateOptions | None = None,
    should_stop: ShouldStop = never_stop,
    on_text: OnText = ignore_texts,
) -> Iterator[Example]:
    """A summary of each text, and a description of each document's first; none where no candidate passes.

    The engine must answer with its bare base. When stopped, what was begun is dropped and the iterator ends.
    """
    options = options or CandidateOptions()
    jobs = [job for job in _jobs(sources) if _fits(engine, job, options)]
    done = 0
    while done < len(jobs) and not should_stop():
        batch = jobs[done : done + max(1, engine.batch_rows)]
        written = _written(engine, batch, options, should_stop)
        if should_stop():
            return
        for job, candidates in zip(batch, written, strict=True):
            done += 1
            example, refused = _best(job, candidates)
            on_text(done, len(jobs), refused)
            if example is not None:
                yield example


def _jobs(sources: Sequence[Source]) -> Iterator[_Job]:
    described = set[str]()
    for source in sources:
        yield _Job(source, "summarize")
        if source.place.document not in described:
            described.add(source.place.document)
            yield _Job(source, "describe")


def _fits(engine: LanguageModel, job: _Job, options: CandidateOptions) -> bool:
    return engine.count_prompt_tokens(job.prompt) + options.max_new_tokens <= engine.context_tokens


def _written(
    engine: LanguageModel, jobs: Sequence[_Job], options: CandidateOptions, should_stop: ShouldStop
) -> list[list[Completion]]:
    """For each job its candidates. Rows of a batch draw the same numbers, so each round has a seed of its own."""
    prompts = [job.prompt for job in jobs]
    written: list[list[Completion]] = [[] for _job in jobs]
    base = find_base(engine.name)
    for candidate in range(options.count):
        config = GenerationConfig(
            max_new_tokens=options.max_new_tokens,
            temperature=options.temperature,
            repetition_penalty=base.repetition_penalty if base else 1.0,
            seed=options.seed + candidate,
        )
        for index, event in engine.stream_many(prompts, config, should_stop):
            if isinstance(event, Completion):
                written[index].append(event)
        if should_stop():
            break
    return written


def _best(job: _Job, candidates: Sequence[Completion]) -> tuple[Example | None, Counter[Refusal]]:
    judge = Filter(job.source.text, job.source.language, job.source.place.document)
    passed = list[tuple[str, Verdict]]()
    refused = Counter[Refusal]()
    for completion in candidates:
        answer = _clean(completion.text)
        verdict = judge.verdict(answer, completion)
        if verdict.refusal is None:
            passed.append((answer, verdict))
        else:
            refused[verdict.refusal] += 1
    if not passed:
        return None, refused
    index, agreement = most_agreed([answer for answer, _verdict in passed])
    answer, verdict = passed[index]
    doubts = (*_doubts(len(passed), len(candidates), agreement), *verdict.doubts)
    return _example(job, answer, doubts), Counter()


def _doubts(passed: int, written: int, agreement: float) -> Iterator[str]:
    if written > 1 and passed == 1:
        yield _("of {count} summaries that the model wrote, only this one could be used").format(count=written)
    elif agreement < LITTLE_AGREEMENT:
        yield _("the model wrote {count} summaries that hardly agree").format(count=passed)


def _example(job: _Job, answer: str, doubts: tuple[str, ...]) -> Example:
    source = job.source
    return Example(
        id=example_id(job.task, source.text, answer, source.place.document),
        task=job.task,
        text=source.text,
        target=answer,
        language=detect_language(answer) or source.language,
        tier="C",
        origin="base",
        group=source.group,
        place=source.place,
        doubts=doubts,
    )


def _clean(answer: str) -> str:
    """Without an announcement ("Here is a summary:") in front."""
    text = printable(answer).strip()
    first, _line_end, rest = text.partition("\n")
    return rest.strip() if first.rstrip("* ").endswith(":") and rest.strip() else text
