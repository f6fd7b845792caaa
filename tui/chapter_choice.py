"""Which chapters are ticked, and what that means in words that a request can carry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from assistant.documents.chapters import Chapter, without_parts

Tick = Literal["on", "part", "off"]


class ChapterChoice:
    """A tick on a chapter is one on its sections; a section alone leaves what stands before it in the chapter out."""

    def __init__(self, chapters: Sequence[Chapter], ticked: Collection[Chapter] = ()) -> None:
        self.chapters = chapters
        self._sections: list[list[int]] = []
        """For each chapter the positions of its sections; none for a section."""
        self._above: list[int] = []
        """For each section the position of its chapter; its own for a chapter."""
        for position, chapter in enumerate(chapters):
            is_part = chapter.depth > 1 and position > 0
            self._above.append(self._above[-1] if is_part else position)
            self._sections.append([])
            if is_part:
                self._sections[self._above[-1]].append(position)
        self._ticked: set[int] = set()
        for position, chapter in enumerate(chapters):
            if chapter in ticked:
                self._tick(position)

    def tick(self, position: int) -> Tick:
        if position in self._ticked:
            return "on"
        return "part" if any(section in self._ticked for section in self._sections[position]) else "off"

    def toggle(self, position: int) -> None:
        if position not in self._ticked:
            self._tick(position)
        else:
            self._ticked -= {position, self._above[position], *self._sections[position]}

    def all(self) -> None:
        self._ticked = set(range(len(self.chapters)))

    def none(self) -> None:
        self._ticked.clear()

    @property
    def typed(self) -> str:
        """As a person would type it, `2,4.1`; empty where nothing is ticked or everything."""
        if len(self._ticked) == len(self.chapters):
            return ""
        ticked = [chapter for position, chapter in enumerate(self.chapters) if position in self._ticked]
        return ",".join(chapter.number for chapter in without_parts(ticked))

    def _tick(self, position: int) -> None:
        self._ticked |= {position, *self._sections[position]}
