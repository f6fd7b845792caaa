"""One text out of several, in rounds: neighbours that fit into one prompt are merged, and what comes of that again.

Merging that no longer shrinks is ended (kernel-memory#670: 811 tokens → 811 tokens, for ever): then the texts stand one
after the other. A merged text is looked up only in the pages of those it was merged from.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from assistant.generation import LanguageModel
from assistant.prompts import Task
from assistant.protocol import Event
from assistant.summaries.drafts import Draft, draft, joined
from assistant.summaries.requests import Requests
from assistant.summaries.scribe import Scribe
from assistant.summaries.units import Unit
from assistant.writing import Written

MAX_MERGE_DEPTH = 4
MIN_SHRINK = 0.9
"""A round that keeps more than this share of the tokens will not converge."""


class Merger:
    def __init__(self, model: LanguageModel, requests: Requests, scribe: Scribe) -> None:
        self._model = model
        self._requests = requests
        self._scribe = scribe

    def each(
        self, lists: Sequence[Sequence[Draft]], task: Task = "section", bullets: int = 0
    ) -> Generator[Event, None, list[list[Draft]]]:
        """Each list merged into one draft, all of them side by side; into several where that does not converge."""
        return (yield from self._rounds(lists, task, bullets, lambda drafts: len(drafts) <= 1))

    def fitting(self, drafts: Sequence[Draft], task: Task) -> Generator[Event, None, list[Draft]]:
        """Merged until all of it fits into one prompt of `task`, if it ever does."""
        (fitted,) = yield from self._rounds([drafts], "section", 0, lambda some: self.fits(some, task))
        return fitted

    def fits(self, drafts: Sequence[Draft], task: Task) -> bool:
        return self._count(drafts) <= self._requests.room(task)

    def unit(self, task: Task, drafts: Sequence[Draft], bullets: int = 0) -> Unit:
        material = joined(drafts)
        title = material.title if len({item.title for item in drafts}) == 1 else ""
        return self._requests.unit(
            task, material.text, material.pages, material.documents, title=title, heading=title, bullets=bullets
        )

    def _rounds(
        self,
        lists: Sequence[Sequence[Draft]],
        task: Task,
        bullets: int,
        enough: Callable[[Sequence[Draft]], bool],
    ) -> Generator[Event, None, list[list[Draft]]]:
        results = [list(drafts) for drafts in lists]
        going = [number for number, drafts in enumerate(results) if not enough(drafts)]
        for _depth in range(MAX_MERGE_DEPTH):
            if not going:
                break
            groups = {number: self._grouped(results[number], task) for number in going}
            merged = yield from self._merged([group for number in going for group in groups[number]], task, bullets)
            still: list[int] = []
            for number in going:
                before = self._count(results[number])
                results[number] = [merged.pop(0) for _group in groups[number]]
                shrunk = self._count(results[number]) < MIN_SHRINK * before
                if shrunk and not enough(results[number]):
                    still.append(number)
            going = still
        return results

    def _merged(
        self, groups: Sequence[Sequence[Draft]], task: Task, bullets: int
    ) -> Generator[Event, None, list[Draft]]:
        """A draft for each group; one that the model cannot merge stays as it is, its texts one after the other."""
        several = [number for number, group in enumerate(groups) if len(group) > 1]
        units = [self.unit(task, groups[number], bullets) for number in several]
        written = yield from self._scribe.write_all(units, "merge")
        texts = {number: (unit, text) for number, unit, text in zip(several, units, written, strict=True)}
        return [
            draft(*texts[number]) if number in texts and is_whole(texts[number][1]) else joined(group)
            for number, group in enumerate(groups)
        ]

    def _grouped(self, drafts: Sequence[Draft], task: Task) -> list[list[Draft]]:
        """Neighbours together, as many as fit into one prompt and the model digests well."""
        room = min(self._requests.room(task), max(self._model.chunk_tokens, self._count(drafts[:2])))
        groups: list[list[Draft]] = []
        for item in drafts:
            if groups and self._count([*groups[-1], item]) <= room:
                groups[-1].append(item)
            else:
                groups.append([item])
        return groups

    def _count(self, drafts: Sequence[Draft]) -> int:
        return self._model.count_tokens(joined(drafts).text)


def is_whole(written: Written) -> bool:
    """Whether nothing is lost in it: an answer cut at its limit has not come to the last of its texts."""
    return bool(written.text) and written.finish_reason == "stop" and not written.problem
