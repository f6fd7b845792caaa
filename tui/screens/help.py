"""Every command and key, from the table of actions; or the keys of another screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from assistant.i18n import _
from tui.actions import actions, commands, key_label
from tui.widgets.key_hints import Hint

EDITING_KEYS = (
    ("Enter", "send"),
    ("^J", "newline"),
    ("Tab", "complete"),
    ("↑ ↓", "history"),
    ("PgUp PgDn", "scroll"),
    ("^C", "copy"),
    ("^P", "palette"),
)


class HelpScreen(ModalScreen[None]):
    BINDINGS = [Binding("escape,f1,q", "dismiss(None)", show=False)]  # noqa: RUF012 - Textual's class variable

    def __init__(self, about: str = "", keys: Sequence[tuple[Hint, str]] = ()) -> None:
        """`about` is what there is to know of another screen, `keys` its keys, each with a sentence."""
        super().__init__()
        self._about = about
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll() as panel:
            panel.border_title = _("Help")
            panel.border_subtitle = _("Esc closes")
            if self._about:
                yield from self._of_a_screen()
                return
            yield Static(
                _(
                    "Open a document, then ask about it in your own words. What you write goes to a model on this "
                    "machine and nowhere else."
                ),
                markup=False,
            )
            yield Static(_("The marks in an answer"), markup=False, classes="heading")
            yield Static(_mark_table(), markup=False)
            yield Static(_("Commands"), markup=False, classes="heading")
            yield Static(_command_table(), markup=False)
            yield Static(_("Keys"), markup=False, classes="heading")
            yield Static(_key_table(), markup=False)

    def _of_a_screen(self) -> ComposeResult:
        yield Static(self._about, markup=False)
        yield Static(_("Keys"), markup=False, classes="heading")
        table = _table()
        for hint, sentence in self._keys:
            table.add_row(Text(hint.key, "bold"), Text(sentence))
        yield Static(table, markup=False)


def _mark_table() -> Table:
    """What the marks behind sentences mean."""
    meanings = {
        "✔": _("Quoted: it stands in the document word for word."),
        "≈": _("Supported: one passage of the document has its words."),
        "?": _("Weak: only some of its words are there, or nothing was found. Look before you rely on it."),
        "✖": _("Not in the document: a number, date, formula or name that it does not have, named behind the mark."),
        "⚠": _("Only one of the two, the answer or the document, says “not”, “may” or “must”."),
    }
    table = _table()
    for mark, meaning in meanings.items():
        table.add_row(Text(mark, "bold"), Text(meaning))
    table.add_row("", Text(_("Only the wording is compared: no mark says that something is true."), "dim"))
    return table


def _command_table() -> Table:
    table = _table()
    for action in commands():
        sentence = Text(action.sentence)
        if action.aliases:
            aliases = ", ".join(f"/{alias}" for alias in action.aliases)
            sentence.append("  " + _("Also {aliases}.").format(aliases=aliases), "dim")
        table.add_row(Text(action.usage, "bold"), sentence)
    return table


def _key_table() -> Table:
    sentences = {
        "send": _("Send what is written."),
        "newline": _("Begin a new line. Alt+Enter, Shift+Enter, or a backslash before Enter do the same."),
        "complete": _("Take the highlighted completion."),
        "history": _("What was sent before."),
        "scroll": _("Move through the conversation."),
        "copy": _("Copy what is selected with the mouse."),
        "palette": _("Every command, searchable; themes too."),
    }
    table = _table()
    for keys, meaning in EDITING_KEYS:
        table.add_row(Text(keys, "bold"), Text(sentences[meaning]))
    for action in actions():
        if action.key:
            table.add_row(Text(key_label(action.key), "bold"), Text(action.sentence))
    return table


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(max_width=40)
    table.add_column(ratio=1)
    return table
