"""How far the reading of a document is: there while one is read, wherever the panel is."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.protocol import Progress
from tui.open_documents import OpenDocument
from tui.widgets.job_line import JobLine


class ReadingLine(JobLine):
    def __init__(self) -> None:
        super().__init__("")
        self.display = False

    def show_first(self, being_read: Sequence[OpenDocument]) -> None:
        """The progress of the first of these; nothing when there is none."""
        self.display = bool(being_read)
        if being_read:
            first = being_read[0]
            self.show(
                Progress(
                    job="",
                    stage=first.stage,
                    done=first.pages_done,
                    total=first.pages_total,
                    unit="pages",
                    detail=first.name,
                )
            )
