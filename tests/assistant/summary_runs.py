"""Running a summary to its end, and looking at what a reader of its events saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.documents.model import Document, Page
from assistant.errors import Stopped
from assistant.generation import ChatMessage
from assistant.protocol import Event, Notice, Progress
from assistant.summaries import SummaryOptions, summarize
from tests.assistant.texts import cell_document, with_sections
from tests.fakes import ScriptedModel, screen_text

CELL = cell_document()
SECTIONED = with_sections(CELL, "Discovery", "Mitochondria", "Chloroplasts", "Nucleus")
ITALIAN = "Nel 1789 la Francia era quasi in bancarotta e il re convocò gli Stati generali per le nuove tasse."


def pages_on_topics(sentence: str, count: int) -> tuple[Page, ...]:
    return tuple(Page(n, str(n), sentence.format(n=n), "text") for n in range(1, count + 1))


class Run:
    """A job run to its end, its events kept."""

    def __init__(
        self,
        model: ScriptedModel,
        documents: Document | Sequence[Document],
        library=None,
        stop: Callable[[], bool] = lambda: False,
        **options,
    ):
        self.events: list[Event] = []
        self.result: dict = {}
        self.stopped: Stopped | None = None
        documents = [documents] if isinstance(documents, Document) else documents
        job = summarize("j", model, documents, SummaryOptions(**options), library, stop)
        try:
            while True:
                self.events.append(next(job))
        except StopIteration as end:
            self.result = end.value
        except Stopped as stopped:
            self.stopped = stopped

    @property
    def screen(self) -> str:
        return screen_text(self.events)

    def notices(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Notice)]

    def progress(self, stage: str) -> list[Progress]:
        return [event for event in self.events if isinstance(event, Progress) and event.stage == stage]


def first_sentence(messages: Sequence[ChatMessage]) -> str:
    """A model that gives back the first sentence it was shown."""
    text = messages[-1].content.split("<text>\n")[1].split("\n</text>")[0]
    return text.split(". ")[0].rstrip(".") + "."


def small(answers: list[str] | Callable[[Sequence[ChatMessage]], str], **options) -> ScriptedModel:
    """A model that reads one page of the test documents at a time."""
    return ScriptedModel(answers, chunk_tokens=40, **options)


def first_point(messages: Sequence[ChatMessage]) -> str:
    """The same as a list of one point, which is what is asked of the parts of a long text."""
    return f"- {first_sentence(messages)}"


def text_of(messages: Sequence[ChatMessage]) -> str:
    """What stands between our marks in a prompt."""
    return messages[-1].content.split("<text>\n")[1].split("\n</text>")[0]


class StopAfter:
    """Asks to stop once a model was given so many prompts."""

    def __init__(self, model: ScriptedModel, prompts: int) -> None:
        self.model, self.prompts = model, prompts

    def __call__(self) -> bool:
        return len(self.model.prompts) > self.prompts
