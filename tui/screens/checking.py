"""What the screen with the conversation does about claims: walks through them, shows each one's place."""

from __future__ import annotations

from pathlib import Path

from textual import on, work
from textual.worker import get_current_worker

from assistant.config import Settings
from assistant.errors import ConfigError, SuntoError
from assistant.i18n import _
from assistant.safe_text import one_line, printable
from tui.claim_words import grade_words
from tui.claims import Place
from tui.open_documents import OpenDocument
from tui.passages import Cited, find_passage
from tui.screens.documents import DocumentsScreen
from tui.widgets.cited_answer import CitedAnswer
from tui.widgets.claim_line import ClaimLine
from tui.widgets.transcript import Transcript


class CheckingScreen(DocumentsScreen):
    """Abstract, like its base."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.transcript = Transcript()
        self.claim_line = ClaimLine()

    def walk_claims(self) -> None:
        """Begin with the answer that is to be seen. Raises ConfigError where there is none with claims."""
        answer = self.transcript.cited_answer()
        if answer is None:
            raise ConfigError(
                _("No answer here has places in a document."),
                _("Open a document and ask about it, or summarize it: then every point can be looked up."),
            )
        answer.begin(1)

    def forget_claims(self) -> None:
        """The answers have left the screen; the one with the focus could not say so any more."""
        self.claim_line.show(None)
        if not self._covered:
            self.go_on_typing()

    @on(CitedAnswer.Walked)
    def _walked(self) -> None:
        self.claim_line.show(self.focused if isinstance(self.focused, CitedAnswer) else None)

    @on(CitedAnswer.Passed)
    def _passed(self, event: CitedAnswer.Passed) -> None:
        answer = self.transcript.neighbour(event.answer, event.step)
        if answer is not None:
            answer.begin(event.step)

    @on(CitedAnswer.Left)
    def _left_claims(self) -> None:
        self.go_on_typing()

    @on(CitedAnswer.Opened)
    def _opened(self, event: CitedAnswer.Opened) -> None:
        place = event.answer.place
        if place is None:
            self.notify(_("Nothing in the documents resembles this point."), markup=False)
        else:
            self._show_place(event.answer, place)

    @work(thread=True, exclusive=True, exit_on_error=False, group="place")
    def _show_place(self, answer: CitedAnswer, place: Place) -> None:
        """Find the document and the passage in it, however long that takes, then show them."""
        try:
            item, note = self._document_of(place)
        except SuntoError as error:
            self.call_later(self._say_in_passing, error)
            return
        assert item.document is not None
        passage = find_passage(item.document, place)
        cited = Cited(passage, answer.current.text, f"{answer.current.sign} {grade_words(answer.current)}", note)
        if not get_current_worker().is_cancelled:
            self.call_later(self._show_passage, answer, item, cited)

    def _document_of(self, place: Place) -> tuple[OpenDocument, str]:
        """The document that has been read, and what is to be said of it.

        The open one, else the file, else what the library kept of it. Raises SuntoError where there is none of these.
        """
        path = Path(place.path)
        gone = bool(place.path) and not path.exists()
        note = _("The file is no longer there; this is its text as it was read.") if gone else ""
        for item in self.panel.documents:
            if item.path == path or (not place.path and item.name == place.document):
                if item.document is not None:
                    return item, note
                raise ConfigError(
                    _("“{name}” is still being read.").format(name=item.name), _("Wait a moment, then try again.")
                )
        worker = get_current_worker()
        if place.path and not gone:
            document = self.conversation.read_document(path, "", lambda *_far: None, lambda: worker.is_cancelled)
        else:
            document = self.conversation.kept_document(path) if place.path else None
        if document is None:
            raise ConfigError(
                _("“{name}” is no longer there, and the library has no text of it.").format(name=place.document),
                _("Open it again where it is now."),
            )
        return OpenDocument(path, document=document), note

    def _show_passage(self, answer: CitedAnswer, item: OpenDocument, cited: Cited) -> None:
        from tui.screens.document import DocumentScreen

        def show_next() -> None:
            answer.action_turn_place(1)
            answer.action_open_place()

        assert item.document is not None
        on_choice = self.choice_changed if item in self.panel.documents else None
        following = show_next if len(answer.current.places) > 1 else None
        self.app.push_screen(DocumentScreen(item, item.document, on_choice, self.terminal, cited, following))

    def _say_in_passing(self, error: SuntoError) -> None:
        """The conversation stays as it is: nothing was asked."""
        self.notify(printable(f"{error.message} {one_line(error.hint)}"), severity="warning", markup=False)
