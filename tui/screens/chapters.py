"""Which chapters of a document are read: ticked in a list, or pages typed as 3-9,12."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from assistant.documents.chapters import chapters_of, choose_chapters
from assistant.documents.model import Document
from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.safe_text import one_line
from tui.chapter_choice import ChapterChoice
from tui.document_words import chapter_pages, chosen_words
from tui.open_documents import OpenDocument
from tui.widgets.key_hints import Hint, KeyHints
from tui.widgets.line_list import LineList

_OTHER_ROWS = 8
"""Of the panel: its border, and what stands beneath the list, of which the choice may take two lines or three."""
_BOXES = {"on": "[x]", "part": "[-]", "off": "[ ]"}


class ChapterList(LineList):
    """A click or the space bar ticks; Enter takes what is ticked."""

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("space", "select", show=False),
        Binding("enter", "screen.take", show=False),
    ]


class ChaptersScreen(ModalScreen[bool]):
    """True when another choice was made; it is then in the document."""

    BINDINGS = [  # noqa: RUF012
        Binding("escape", "dismiss(False)", show=False),
        Binding("a", "all", show=False),
        Binding("n", "none", show=False),
    ]

    def __init__(self, item: OpenDocument, document: Document) -> None:
        super().__init__()
        self._item = item
        self._document = document
        chapters = chapters_of(document)
        ticked = choose_chapters(document, item.chapters) if item.chapters else ()
        self._choice = ChapterChoice(chapters, ticked)
        self._list = ChapterList(len(chapters), self._line)
        self._pages = Input(item.pages, placeholder="3-9,12", compact=True, select_on_focus=True)
        self._says = Static(markup=False, id="choice")

    def compose(self) -> ComposeResult:
        with Vertical() as panel:
            panel.border_title = one_line(self._document.title)
            if self._choice.chapters:
                yield self._list
            else:
                yield Static(_("Sunto found no chapters here; pages can be chosen."), markup=False, classes="hint")
            yield Static(_("Or pages, by their number in the file:"), markup=False, classes="hint")
            yield self._pages
            yield self._says
            yield KeyHints(self._keys())

    def on_mount(self) -> None:
        if self._choice.chapters:
            self._fit_list()
            self._list.focus()
        else:
            self._pages.focus()
        self._say_what_is_chosen()

    def on_resize(self) -> None:
        self._fit_list()

    def _fit_list(self) -> None:
        """As high as it has lines, but the rest of the panel stays on the screen."""
        self._list.styles.height = max(1, min(len(self._choice.chapters), self.app.size.height - _OTHER_ROWS))

    def _keys(self) -> list[Hint]:
        ticking = [
            Hint("Space", _("Tick"), "screen.tick"),
            Hint("a", _("All"), "screen.all"),
            Hint("n", _("None"), "screen.none"),
        ]
        taking = [Hint("Enter", _("Take"), "screen.take"), Hint("Esc", _("Leave"), "screen.dismiss(False)")]
        return [*(ticking if self._choice.chapters else []), *taking]

    # --- ticking --------------------------------------------------------------------------------------------------

    @on(LineList.Selected)
    def _selected(self, event: LineList.Selected) -> None:
        self._choice.toggle(event.position)
        self._ticked()

    def action_tick(self) -> None:
        self._list.action_select()

    def action_all(self) -> None:
        self._choice.all()
        self._ticked()

    def action_none(self) -> None:
        self._choice.none()
        self._ticked()

    def _ticked(self) -> None:
        """A tick takes the place of typed pages."""
        with self.prevent(Input.Changed):
            self._pages.value = ""
        self._list.refresh()
        self._say_what_is_chosen()

    @on(Input.Changed)
    def _typed(self) -> None:
        """Typed pages take the place of ticks."""
        if self._typed_pages:
            self._choice.none()
            self._list.refresh()
        self._say_what_is_chosen()

    def _line(self, position: int, columns: int) -> Text:
        """Where there is little room, the title is cut and not where it stands."""
        chapter = self._choice.chapters[position]
        box = _BOXES[self._choice.tick(position)]
        name = one_line(chapter.name)
        pages = f"  {chapter_pages(chapter, self._document.pages)}"
        line = Text(f"{box} {'  ' * (chapter.depth - 1)}{name}")
        line.truncate(max(len(box), columns - cell_len(pages)), overflow="ellipsis")
        return line.append(pages, "dim")

    @property
    def _typed_pages(self) -> str:
        """Without the comma after which more is to be typed."""
        return self._pages.value.strip(" ,")

    # --- taking ---------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        chapters, pages = self._choice.typed, self._typed_pages
        try:
            self._item.choose(chapters, pages)
        except ConfigError as error:
            self._say(f"{error.message} {error.hint}", wrong=True)
            return
        self.dismiss(True)

    def _say_what_is_chosen(self) -> None:
        chapters, pages = self._choice.typed, self._typed_pages
        try:
            words = chosen_words(self._document, chapters, pages)
        except ConfigError as error:
            self._say(f"{error.message} {error.hint}", wrong=True)
        else:
            self._say(words or _("Everything is read."), wrong=False)

    def _say(self, sentence: str, *, wrong: bool) -> None:
        self._says.set_class(wrong, "-wrong")
        self._says.update(sentence)
