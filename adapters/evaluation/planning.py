"""Before anything is measured: with which documents, whom, how long a text may be; and what cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters import registry
from adapters.dataset.example import Example
from adapters.evaluation import systems
from adapters.evaluation.held_out import HeldOut, by_task, held_out, is_own, spread, trained_on, watched_with
from adapters.evaluation.measuring import Item
from adapters.evaluation.report import EXAMPLES, NotJudged
from adapters.evaluation.systems import Measured
from adapters.registry import AdapterRecord
from adapters.training.fit import MAX_TOKENS
from assistant.catalogue import find_base
from assistant.generation import GenerationConfig
from assistant.protocol import Evaluate

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset
    from assistant.engine.engine import Engine

SEED = 0
ANSWER_TOKENS = (128, 512)
"""The least and the most that a text may have; between them twice as much as the longest reference: who writes more
than that does not come to an end."""
_ROOM = 2.0
_NOTHING = HeldOut((), "test", ())


@dataclass(frozen=True)
class Plan:
    data: HeldOut
    training: Sequence[Example] | None
    """What the adapter was trained on; None where nobody knows any more."""
    items: Sequence[Item]
    systems: Sequence[Measured]
    config: GenerationConfig
    window: int
    """Tokens of prompt and target together, beyond which a text is shortened."""

    @property
    def written(self) -> int:
        return sum(item.write for item in self.items)

    @property
    def languages(self) -> list[str]:
        return sorted({item.example.language for item in self.items if item.example.language})

    @property
    def shots(self) -> list[str]:
        """Ids of the examples that stand in a prompt."""
        return sorted({shot.id for system in self.systems for shown in system.shots.values() for shot in shown})

    def gaps(self) -> Iterator[NotJudged]:
        """What cannot be judged, as far as it is known before anything is measured."""
        if not self.items:
            yield _gap("loss", "no_test_data", leaked=len(self.data.leaked))
        if self.data.examples and self.training is None:
            yield _gap("leakage", "no_run")
        if self.items and not any(item.example.target.strip() for item in self.items):
            yield from (_gap(metric, "no_references") for metric in ("loss", "rougeL", "chrf"))
        if self.items and not any(system.key == EXAMPLES for system in self.systems):
            yield _gap(EXAMPLES, "no_examples")
        if self.items and not self.written:
            yield _gap("texts", "not_asked")


def plan_for(request: Evaluate, record: AdapterRecord, dataset: Dataset | None, engine: Engine) -> Plan:
    training = trained_on(record, dataset)
    own = dataset is not None and is_own(record, dataset)
    data = _NOTHING if dataset is None else held_out(dataset, training or (), watched_with(record), own=own)
    known = training or (dataset.for_training() if dataset is not None and own else ())
    config = GenerationConfig(
        max_new_tokens=_answer_tokens(data.examples, engine), repetition_penalty=_repetition_penalty(engine)
    )
    window = min(MAX_TOKENS[engine.device.type], engine.context_tokens)
    items = _items(data.examples, request.texts, engine, window, config.max_new_tokens)
    shots = systems.choose_shots(known, ((item.example.task, item.example.language) for item in items), SEED)
    earlier = registry.earlier_versions(record)[: max(request.earlier, 0)]
    return Plan(data, training, items, systems.measured(record, earlier, shots), config, window)


def _items(examples: Sequence[Example], texts: int, engine: Engine, window: int, answer_tokens: int) -> list[Item]:
    """An example whose target alone is too long is left out, as it is from a training."""
    chosen = {example.id for example in spread(examples, max(texts, 0), by_task)}
    fitted = ((example, systems.fitting_text(example, engine, window, answer_tokens)) for example in examples)
    return [Item(example, text, example.id in chosen) for example, text in fitted if text is not None]


def _answer_tokens(examples: Sequence[Example], engine: Engine) -> int:
    least, most = ANSWER_TOKENS
    longest = max(
        (len(engine.encode_completion(example.target)) for example in examples if example.target), default=most
    )
    return max(least, min(most, round(_ROOM * longest), engine.context_tokens // 4))


def _repetition_penalty(engine: Engine) -> float:
    """As everywhere else where this base writes."""
    base = find_base(engine.name)
    return base.repetition_penalty if base else 1.0


def _gap(what: str, why: str, **details: Any) -> NotJudged:
    return NotJudged(what=what, why=why, details=details)
