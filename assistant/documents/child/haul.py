"""What children have said of one document so far; it outlives each of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, PageRead, Picture, Refused, Structure
from assistant.documents.child.process import Ending, run_children
from assistant.documents.source import Source
from assistant.errors import DocumentLimitError
from assistant.i18n import _


@dataclass
class Haul:
    source: Source
    page_count: int = 0
    pages: dict[int, PageRead] = field(default_factory=dict[int, PageRead])
    structure: Structure = field(default_factory=lambda: Structure((), (), {}))
    refused: Refused | None = None
    characters: int = 0
    endings: list[Ending] = field(default_factory=list[Ending])

    def take(self, message: ChildMessage) -> None:
        match message:
            case Opened(pages):
                self.page_count = max(self.page_count, pages)
                self._check_page_count()
            case PageRead(index=index):
                self._take_page(index, message)
            case Structure():
                self.structure = message
            case Refused():
                self.refused = message
            case Picture() | Done():
                pass

    def _take_page(self, index: int, page: PageRead) -> None:
        self.characters += len(page.text)
        if index >= self.page_count:
            return
        if self.characters > self.source.limits.document_characters:
            page = replace(page, text="", engine="none", warnings=("failed",))
        self.pages[index] = page
        self.source.on_page(len(self.pages), self.page_count)

    def _check_page_count(self) -> None:
        if self.page_count > self.source.limits.pages:
            raise DocumentLimitError(
                _("{name} has {count} pages, more than the {most} Sunto reads.").format(
                    name=self.source.name, count=self.page_count, most=self.source.limits.pages
                ),
                _("Split it and open the parts you need."),
                path=self.source.path,
            )

    @property
    def unread(self) -> list[int]:
        """Indices of pages no child came to."""
        return [index for index in range(self.page_count) if index not in self.pages]

    def run(
        self, reader: str, engines: tuple[str, ...] = (), *, skip: tuple[int, ...] | None = None, shares: int = 1
    ) -> bool:
        """Let children read, each its share; True when all of them came to an end of their own.

        Pages read already are skipped unless others are named. Raises Stopped.
        """
        source = self.source
        job = Job(
            str(source.path),
            reader,
            source.password,
            engines,
            skip=tuple(self.pages) if skip is None else skip,
            limits=asdict(source.limits),
        )
        jobs = [replace(job, share=(number, shares)) for number in range(shares)]
        endings = run_children(jobs, source.limits, self.take, source.should_stop)
        self.endings += endings
        return all(ending == "done" for ending in endings)
