"""What an adapter writes while it is trained, about texts it is not trained on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from adapters.dataset.example import Example
from assistant.errors import OutOfMemoryError
from assistant.generation import GenerationConfig, ShouldStop

if TYPE_CHECKING:
    from assistant.engine.adapter_files import Adapter
    from assistant.engine.engine import Engine

logger = logging.getLogger(__name__)

SAMPLES = 2
MAX_NEW_TOKENS = 96
_MAX_WORDS = 600
"""Of a text: on a CPU longer ones would take as long as the steps between two looks."""
_NAME = "a sample's adapter"

Sample = tuple[str, str, str]
"""(document, what is written now, the target)"""


def choose(held_out: Sequence[Example]) -> list[Example]:
    """Summaries before anything else, those by people before others, short texts before long; of two documents."""
    ordered = sorted(
        held_out,
        key=lambda example: (example.task != "summarize", example.tier, len(example.text), example.id),
    )
    first_of_each: dict[str, Example] = {}
    for example in ordered:
        first_of_each.setdefault(example.place.document, example)
    chosen = list(first_of_each.values())[:SAMPLES]
    return chosen + [example for example in ordered if example not in chosen][: SAMPLES - len(chosen)]


class Sampler:
    def __init__(
        self,
        engine: Engine,
        present: Callable[[str], Adapter],
        aside: Callable[[], AbstractContextManager[None]],
        examples: Sequence[Example],
    ) -> None:
        """`present` and `aside` are the adapter's and the engine's, see `adapters.in_training`."""
        self._engine = engine
        self._present = present
        self._aside = aside
        self._examples = examples

    def write(self, should_stop: ShouldStop) -> tuple[Sample, ...]:
        """With the adapter as it is now; fewer than there are texts where it was stopped, none where memory is short.

        A training does not end for want of something to look at.
        """
        from assistant.engine.memory import is_out_of_memory

        if not self._examples:
            return ()
        with self._aside():
            try:
                return self._written(should_stop)
            except (OutOfMemoryError, RuntimeError, MemoryError) as error:
                if not (isinstance(error, OutOfMemoryError) or is_out_of_memory(error)):
                    raise
                logger.warning("no samples: %s", error)
                return ()

    def _written(self, should_stop: ShouldStop) -> tuple[Sample, ...]:
        engine = self._engine
        placed = engine.place(self._present(_NAME))
        engine.select(placed)
        try:
            return tuple(self._sample(example, should_stop) for example in self._examples if not should_stop())
        finally:
            engine.remove(placed)

    def _sample(self, example: Example, should_stop: ShouldStop) -> Sample:
        from adapters.dataset.prompting import messages
        from assistant.catalogue import find_base
        from assistant.generation import Delta

        base = find_base(self._engine.name)
        config = GenerationConfig(
            max_new_tokens=MAX_NEW_TOKENS, repetition_penalty=base.repetition_penalty if base else 1.0
        )
        text = " ".join(example.text.split(" ")[:_MAX_WORDS])
        prompt = messages(example.task, text, example.language)
        pieces = [event.text for event in self._engine.stream(prompt, config, should_stop) if isinstance(event, Delta)]
        return example.place.document, "".join(pieces).strip(), example.target
