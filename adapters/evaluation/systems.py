"""Who is measured: the bare base, the base with two examples in its prompt, the adapter, and earlier versions of it.

All are asked the same about the same text, with the very words they are used with (`adapters.dataset.prompting`).
The two examples are what a student without any training would put into the question: pairs of the training data for
the same task in the same language, put before it as turns of the conversation (Brown et al. 2020).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adapters.dataset.example import Example
from adapters.dataset.prompting import PROMPTING_VERSION, messages
from adapters.dataset.tokens import shorten
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES
from adapters.registry import AdapterRecord
from assistant.generation import ChatMessage
from assistant.prompts import PROMPT_VERSION

SHOTS = 2
PROMPTS = f"{PROMPT_VERSION}.{PROMPTING_VERSION}"
"""Changes with any word of a prompt."""

Shots = Mapping[tuple[str, str], Sequence[Example]]
"""(task, language) → the examples that stand in the prompt."""


class Counting(Protocol):
    """What is needed of an engine."""

    @property
    def context_tokens(self) -> int: ...
    def encode_prompt(self, messages: Sequence[ChatMessage]) -> list[int]: ...
    def encode_completion(self, text: str) -> list[int]: ...


@dataclass(frozen=True)
class Measured:
    """A system to be measured."""

    key: str
    """As in the report."""
    record: AdapterRecord | None = None
    """The adapter that answers; None for the bare base."""
    shots: Shots = field(default_factory=dict[tuple[str, str], Sequence[Example]])

    def prompt(self, example: Example, text: str) -> list[ChatMessage] | None:
        """None where it has no examples to show for that task in that language."""
        asked = messages(example.task, text, example.language)
        if self.key != EXAMPLES:
            return asked
        shown = self.shots.get((example.task, example.language))
        return with_shots(asked, shown) if shown else None


def measured(record: AdapterRecord, earlier: Iterable[AdapterRecord], shots: Shots) -> list[Measured]:
    """In the order in which a report has them. `earlier` are versions of the adapter."""
    return [
        Measured(BASE),
        *([Measured(EXAMPLES, shots=shots)] if shots else []),
        Measured(ADAPTER, record),
        *(Measured(f"version:{version.version}", version) for version in earlier),
    ]


def choose_shots(training: Sequence[Example], wanted: Iterable[tuple[str, str]], seed: int = 0) -> Shots:
    """For each (task, language) two examples that were trained on; no entry where there are not two.

    What a person wrote comes before anything else, of that the shorter half, and of it two by chance: the same two
    for the same data and seed, of different documents where there are different ones.
    """
    return {
        asked: chosen
        for asked in sorted(set(wanted))
        if len(chosen := _chosen([e for e in training if (e.task, e.language) == asked], seed)) == SHOTS
    }


def _chosen(pool: Sequence[Example], seed: int) -> list[Example]:
    by_tier = sorted(pool, key=lambda example: (example.tier, len(example.text) + len(example.target), example.id))
    best = [example for example in by_tier if example.tier == by_tier[0].tier]
    if len(best) < SHOTS:
        best = by_tier
    short = best[: max(SHOTS, (len(best) + 1) // 2)]
    drawn = sorted(short, key=lambda example: hashlib.sha256(f"{seed} {example.id}".encode()).digest())
    first_of_each: dict[str, Example] = {}
    for example in drawn:
        first_of_each.setdefault(example.group, example)
    apart = list(first_of_each.values())
    return [*apart, *(example for example in drawn if example not in apart)][:SHOTS]


def with_shots(asked: Sequence[ChatMessage], shown: Sequence[Example]) -> list[ChatMessage]:
    """The prompt with worked examples between what the model is and what it is asked."""
    system = [message for message in asked if message.role == "system"]
    question = [message for message in asked if message.role != "system"]
    turns: list[ChatMessage] = []
    for example in shown:
        before = messages(example.task, example.text, example.language)
        turns += [message for message in before if message.role != "system"]
        turns.append(ChatMessage("assistant", example.target))
    return [*system, *turns, *question]


def fitting_text(example: Example, engine: Counting, max_tokens: int, answer_tokens: int) -> str | None:
    """The text, its end cut off where prompt and target would have more than `max_tokens`, as in training.

    An answer of `answer_tokens` fits into the context window behind it, too. None where not even the target fits.
    """
    target = len(engine.encode_completion(example.target))
    room = min(max_tokens - target, engine.context_tokens - max(target, answer_tokens))

    def tokens(text: str) -> list[int]:
        return engine.encode_prompt(messages(example.task, text, example.language))

    return example.text if len(tokens(example.text)) <= room else shorten(example.text, tokens, room)


def fits(prompt: Sequence[ChatMessage], target: str, engine: Counting, answer_tokens: int) -> bool:
    """Whether the context window holds a prompt with the target, and with an answer of so many tokens."""
    answer = max(answer_tokens, len(engine.encode_completion(target)))
    return len(engine.encode_prompt(prompt)) + answer <= engine.context_tokens
