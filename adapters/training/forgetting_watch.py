"""Whether the adapter in training unlearns what the base knew: a few of the shipped passages at each evaluation.

Only where the setting `stop_on_forgetting` is on, since it takes time: on the starter and one core 7 s at each look,
and once 40 s for all probes on the base, which stay kept for the reports (`probes.scores.kept_scores`). The model is
asked as it answers, beside the training (`Engine.aside`), which goes on bit for bit as if nobody had looked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from adapters.evaluation.forgetting import is_guessing, light_of, loss_change, worst
from adapters.evaluation.probes import LANGUAGES, Passage, load_passages
from adapters.evaluation.probes.scores import ProbeScores, kept_scores, passage_losses
from adapters.training.records import Forgot
from assistant.errors import OutOfMemoryError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event, Notice, Progress

if TYPE_CHECKING:
    from adapters.session import Session
    from assistant.engine.adapter_files import Adapter
    from assistant.engine.engine import Engine

logger = logging.getLogger(__name__)

PASSAGES = 6
"""Of each language. With so few, the interval is wide: red is seen where it is plain, and doubts are amber."""
_NAME = "a watched adapter"


def what_is_known(
    job: str, engine: Engine, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, ProbeScores | None]:
    """By the bare base, which must be answering; None where nobody asks. Raises Stopped."""
    if session.settings.stop_on_forgetting == "off":
        return None
    taking = kept_scores(engine, session.library, should_stop)
    while True:
        try:
            done, total = next(taking)
        except StopIteration as end:
            known: ProbeScores = end.value
            break
        yield Progress(job=job, stage="evaluate", done=done, total=total, detail=_("what the base model knows"))
    if not _languages(known):
        message = _("Nobody can see whether this base model forgets: it answers general questions by guessing.")
        yield Notice(job=job, level="info", message=message)
    return known


class ForgettingWatch:
    def __init__(
        self,
        engine: Engine,
        present: Callable[[str], Adapter],
        aside: Callable[[], AbstractContextManager[None]],
        known: ProbeScores,
        should_stop: ShouldStop,
    ) -> None:
        """`present` and `aside` are the adapter's and the engine's, see `adapters.in_training`.

        Watched are the languages in which the base does better than guessing.
        """
        self._engine = engine
        self._present = present
        self._aside = aside
        self._known = known
        self._should_stop = should_stop
        self._passages = [_spread(load_passages(language), PASSAGES) for language in _languages(known)]

    def __call__(self) -> Forgot | None:
        """The adapter as it is now; None where there is nothing to watch, or memory is short. Raises Stopped."""
        from assistant.engine.memory import is_out_of_memory

        if not self._passages:
            return None
        with self._aside():
            try:
                after = self._losses()
            except (OutOfMemoryError, RuntimeError, MemoryError) as error:
                if not (isinstance(error, OutOfMemoryError) or is_out_of_memory(error)):
                    raise
                logger.warning("nobody looked at what is forgotten: %s", error)  # no reason to end a training
                return None
        changes = [
            loss_change(self._known.passages, {passage.id: after[passage.id] for passage in some})
            for some in self._passages
        ]
        return Forgot(light=worst(map(light_of, changes)), change=max(change["mean"] for change in changes))

    def _losses(self) -> dict[str, float]:
        placed = self._engine.place(self._present(_NAME))
        self._engine.select(placed)
        try:
            passages = [passage for some in self._passages for passage in some]
            return passage_losses(self._engine, passages, self._should_stop)
        finally:
            self._engine.remove(placed)


def _languages(known: ProbeScores) -> list[str]:
    return [language for language in LANGUAGES if not is_guessing(known, language)]


def _spread(passages: Sequence[Passage], count: int) -> list[Passage]:
    """So many of them, evenly from first to last: always the same ones."""
    return [passages[index * len(passages) // count] for index in range(count)]
