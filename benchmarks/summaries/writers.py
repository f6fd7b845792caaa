"""Who writes the summaries that are compared: Sunto, its model with one plain prompt, and the beginning of the text."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from adapters.jobs import run
from adapters.session import Session
from assistant.catalogue import find_base
from assistant.cited_text import without_page_marks
from assistant.context_window import PROMPT_SLACK_TOKENS, fitting_config
from assistant.generation import ChatMessage, Completion, GenerationConfig, LanguageModel, never_stop
from assistant.protocol import Describe, Event, Failed, Finished, LoadModel, Summarize, SummaryRequest
from assistant.sentences import split_sentences
from assistant.summaries.requests import MAX_SENTENCES, TOKEN_CAPS
from benchmarks.summaries.corpus import Case

TASKS = ("describe", "brief")
PROMPTS = {
    ("describe", "en"): "What is the text above about? Answer in one or two sentences.",
    ("describe", "it"): "Di che cosa parla il testo qui sopra? Rispondi in una o due frasi.",
    ("brief", "en"): "Summarize the text above in 3 to 5 sentences.",
    ("brief", "it"): "Riassumi il testo qui sopra in 3-5 frasi.",
}
"""The plain prompts, by task and language."""
MAX_NEW_TOKENS = 256
"""For ours and for one prompt: about the longest reference in English. The starter hardly ever stops by itself."""
_LEAD_SENTENCES = 3

_T = TypeVar("_T")


@dataclass(frozen=True)
class Output:
    text: str
    seconds: float
    """As long as it took to write; of parts that were kept from before, nothing."""
    note: str = ""
    """What should be known of it: how much of the text was cut, or why there is no summary."""


# --- Sunto --------------------------------------------------------------------------------------------------------


def write_ours(case: Case, task: str, session: Session, model: str) -> Output:
    """Through the same door as both front ends, without the document's own sentences; failed jobs wrote nothing."""
    started = time.monotonic()
    for event in run(_request(case, task, model), session):
        if isinstance(event, Finished):
            summary = without_page_marks(event.result["summary"])
            kept, parts = event.result.get("resumed_chunks", 0), event.result.get("chunks", 0)
            return Output(summary, time.monotonic() - started, f"{kept} of {parts} parts were kept" if kept else "")
        if isinstance(event, Failed):
            return Output("", time.monotonic() - started, f"failed: {event.message}")
    raise RuntimeError("the job was cancelled by nobody")


def _request(case: Case, task: str, model: str) -> SummaryRequest:
    job, paths = f"{task}-{case.name}", (str(case.path),)
    if task == "describe":
        return Describe(job=job, paths=paths, model=model, extractive="off", max_new_tokens=MAX_NEW_TOKENS)
    return Summarize(job=job, paths=paths, model=model, style=task, extractive="off", max_new_tokens=MAX_NEW_TOKENS)


# --- one prompt ---------------------------------------------------------------------------------------------------


class OnePrompt:
    """As much of the text as fits and one plain prompt, to the same model with the same limits; keeps what it wrote."""

    def __init__(self, session: Session, model: str, kept: Path) -> None:
        """`kept` is a file of JSON lines, read now and added to."""
        self._engine: LanguageModel = _result(session.engine(LoadModel(job="load", model=model), never_stop))
        base = find_base(self._engine.name)
        settings = session.settings
        self._config = GenerationConfig(
            max_new_tokens=MAX_NEW_TOKENS,
            temperature=settings.temperature,
            repetition_penalty=base.repetition_penalty if base else 1.0,
            seed=settings.seed,
        )
        self._file = kept
        self._kept = read_kept(kept)

    @property
    def fingerprint(self) -> str:
        return self._engine.fingerprint

    def write(self, case: Case, task: str) -> Output:
        config = self._limits(task)
        text = fitting_text(case.text, PROMPTS[task, case.language], self._engine, config)
        messages = one_prompt(text, PROMPTS[task, case.language])
        asked = json.dumps([self.fingerprint, asdict(config), [asdict(message) for message in messages]])
        key = hashlib.sha256(asked.encode()).hexdigest()
        if key in self._kept:
            return self._kept[key]
        started = time.monotonic()
        written = next(event for event in self._engine.stream(messages, config) if isinstance(event, Completion))
        cut = len(case.text) - len(text)
        note = f"without the last {cut} characters" if cut else ""
        output = Output(written.text.strip(), time.monotonic() - started, note)
        self._keep(key, output)
        return output

    def _limits(self, task: str) -> GenerationConfig:
        config = fitting_config(self._config, self._engine)
        cap = next((tokens for capped, tokens in TOKEN_CAPS.items() if capped == task), config.max_new_tokens)
        return replace(config, max_new_tokens=min(cap, config.max_new_tokens))

    def _keep(self, key: str, output: Output) -> None:
        self._kept[key] = output
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"key": key, **asdict(output)}, ensure_ascii=False) + "\n")


def cut_to_sentences(output: Output, task: str) -> Output:
    """As many sentences of it as ours may have: what the same model gains or loses by running on is left out."""
    most = next(number for limited, number in MAX_SENTENCES.items() if limited == task)
    return replace(output, text=first_sentences(output.text, most), note="the same, cut")


def one_prompt(text: str, prompt: str) -> list[ChatMessage]:
    return [ChatMessage("user", f"{text.strip()}\n\n{prompt}")]


def fitting_text(text: str, prompt: str, model: LanguageModel, config: GenerationConfig) -> str:
    """The longest beginning of the text with which prompt and answer fit into the context window."""
    room = model.context_tokens - config.max_new_tokens - PROMPT_SLACK_TOKENS

    def fits(length: int) -> bool:
        return model.count_prompt_tokens(one_prompt(text[:length], prompt)) <= room

    if fits(len(text)):
        return text
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if fits(middle):
            fitting = middle
        else:
            too_long = middle
    return text[:fitting]


def read_kept(path: Path) -> dict[str, Output]:
    """By key. A line that was cut off when the machine stopped counts for nothing, nor does what was put behind it."""
    kept: dict[str, Output] = {}
    for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else ():
        try:
            record: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            continue
        key = record.pop("key")
        kept[key] = Output(**record)
    return kept


def _result(events: Generator[Event, None, _T]) -> _T:
    while True:
        try:
            next(events)
        except StopIteration as stopped:
            return stopped.value


# --- the beginning ------------------------------------------------------------------------------------------------


def write_lead(case: Case) -> Output:
    return Output(first_sentences(without_headings(case.text), _LEAD_SENTENCES), 0.0)


def without_headings(markdown: str) -> str:
    return "\n\n".join(line for line in markdown.splitlines() if line.strip() and not line.startswith("#"))


def first_sentences(text: str, number: int) -> str:
    return " ".join(text[start:end] for start, end in split_sentences(text)[:number])
