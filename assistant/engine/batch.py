"""Several answers side by side: one forward pass gives each its next token.

The next prompt is read as soon as an answer has ended, so that no place stays empty. Prompts are read one at a time:
hundreds of tokens keep the machine busy by themselves, and nothing about them depends on the batch. Where memory runs
out, half of the places are given up; whoever was there is read again, answer so far included, and goes on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from assistant.engine.answer import Answer
from assistant.engine.batch_cache import BatchCache
from assistant.engine.memory import is_out_of_memory
from assistant.engine.reading import Reader
from assistant.generation import BatchEvent, ShouldEnd, ShouldStop


class Batch:
    """`rows` are the most answers that grow at once; fewer from the moment that memory runs out."""

    def __init__(
        self,
        reader: Reader,
        answers: Sequence[Answer],
        rows: int,
        should_stop: ShouldStop,
        should_end: ShouldEnd,
    ) -> None:
        self._reader = reader
        self._answers = answers
        self._rows = rows
        self._should_stop = should_stop
        self._should_end = should_end
        self._waiting = deque(range(len(answers)))
        self._growing: list[int] = []
        """Indexes of answers, in the order of the cache's rows."""
        self._cache = BatchCache(reader.model.config, reader.model.device)

    def run(self) -> Iterator[BatchEvent]:
        """Raises what torch does when memory runs out with a single answer."""
        while self._waiting or self._growing:
            yield from self._guarded(self._fill)
            yield from self._guarded(self._step)

    def _guarded(self, work: Callable[[], Iterator[BatchEvent]]) -> Iterator[BatchEvent]:
        try:
            yield from work()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error) or len(self._growing) <= 1:
                raise
        else:
            return
        self._halve()  # after the handler, whose traceback holds on to tensors

    def _halve(self) -> None:
        self._rows = len(self._growing) // 2
        self._waiting.extendleft(reversed(self._growing))
        self._growing.clear()
        self._cache.clear()
        self._reader.forget()

    def _fill(self) -> Iterator[BatchEvent]:
        """Read prompts until every place is taken."""
        while self._waiting and len(self._growing) < self._rows:
            index = self._waiting.popleft()
            answer = self._answers[index]
            self._growing.append(index)
            logits = yield from self._read(index)
            yield from self._take(index, logits)
            if answer.finish is not None:
                self._growing.pop()
                yield from self._end(index)
            else:
                self._cache.join(self._reader.store.values, len(answer.tokens) - 1)

    def _step(self) -> Iterator[BatchEvent]:
        """One more token for everyone."""
        if not self._growing:
            return
        started = time.perf_counter()
        growing = [self._answers[index] for index in self._growing]
        self._reader.slots.select_rows([answer.slot for answer in growing])
        logits = self._cache.forward(self._reader.model, [answer.generated[-1] for answer in growing])
        for row, index in enumerate(self._growing):
            yield from self._take(index, logits[row])
        for index in self._growing:
            self._answers[index].decode_seconds += (time.perf_counter() - started) / len(self._growing)
        staying = [row for row, index in enumerate(self._growing) if self._answers[index].finish is None]
        if len(staying) < len(self._growing):
            ended = [index for index in self._growing if self._answers[index].finish is not None]
            self._growing = [self._growing[row] for row in staying]
            for index in ended:
                yield from self._end(index)
            self._cache.keep(staying)

    def _read(self, index: int) -> Generator[BatchEvent, None, Any]:
        """The logits after all tokens of the answer; None when it has ended or is stopped."""
        answer = self._answers[index]
        if answer.finish is not None:
            return None
        reading = self._reader.read(answer, lambda: self._stopped(index), keep=False)
        while True:
            try:
                event = next(reading)
            except StopIteration as end:
                return end.value
            yield index, event

    def _take(self, index: int, logits: Any) -> Iterator[BatchEvent]:
        """Choose the answer's next token, unless it has ended or is stopped."""
        answer = self._answers[index]
        if answer.finish is None and (logits is None or self._stopped(index)):
            answer.finish = "cancelled"
        if answer.finish is None:
            for event in answer.take(logits):
                yield index, event

    def _end(self, index: int) -> Iterator[BatchEvent]:
        for event in self._answers[index].end(self._reader.peak_memory_bytes()):
            yield index, event

    def _stopped(self, index: int) -> bool:
        return self._should_stop() or self._should_end(index)
