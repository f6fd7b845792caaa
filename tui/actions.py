"""Everything a person can tell the app to do, declared once.

Completion, `/help`, the F1 screen, the keys at the foot and the command palette all come from this table. An action
`name` is carried out by the method `command_<name>` of the chat screen; a test walks the table.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.config import STYLES
from assistant.i18n import _, current_language

Completes = Literal["", "path", "folder", "adapter", "adapter name", "sides", "document", "words"]


@dataclass(frozen=True)
class Action:
    name: str
    sentence: str
    """What it does, for help and completion."""
    arguments: str = ""
    """As help shows them; capitals stand for something to fill in."""
    aliases: tuple[str, ...] = ()
    key: str = ""
    """As Textual names it; empty for none."""
    label: str = ""
    """One word beside the key at the foot; empty keeps it off the foot."""
    completes: Completes = ""
    """What its arguments are completed from."""
    words: tuple[str, ...] = ()
    """The values arguments can have, where they are few."""
    slash: bool = True
    """False for what only has a key."""

    @property
    def usage(self) -> str:
        """`/open PATH`; the bare key for an action without a slash command."""
        if not self.slash:
            return key_label(self.key)
        return f"/{self.name} {self.arguments}".rstrip()


def actions() -> tuple[Action, ...]:
    """The table in the interface language, in the order help lists it."""
    return _table(current_language())


@cache
def _table(_language: str) -> tuple[Action, ...]:
    return (
        Action("help", _("Show every command and key."), aliases=("?",), key="f1", label=_("Help")),
        Action(
            "open",
            _("Open a document: a PDF, Word, Markdown or text file and many others. Dropping it here does the same."),
            arguments=_("PATH"),
            aliases=("o", "apri"),
            key="ctrl+o",
            label=_("Open"),
            completes="path",
        ),
        Action(
            "summarize",
            _(
                "Summarize the open documents, with the pages each point comes from: in brief, as an outline, in "
                "detail, or as a glossary, exam questions, a quiz or flashcards. A number is how many points each "
                "section gets; “quotes” keeps to the document's own sentences."
            ),
            arguments=_("[STYLE] [POINTS] [it|en] [quotes]"),
            aliases=("s", "riassumi"),
            completes="words",
            words=(*STYLES, "it", "en", "quotes"),
        ),
        Action(
            "describe",
            _("Say in one or two sentences what the open documents are."),
            arguments="[it|en]",
            aliases=("d", "descrivi"),
            completes="words",
            words=("it", "en", "quotes"),
        ),
        Action(
            "compare",
            _(
                "Put the same request to two adapters and show both texts side by side; “base” is the plain model. "
                "Summaries, unless “describe” or a question follows; “blind” tells the names afterwards."
            ),
            arguments=_("A B [STYLE|describe|QUESTION] [blind]"),
            aliases=("confronta",),
            completes="sides",
            words=(*STYLES, "describe", "it", "en", "blind"),
        ),
        Action(
            "close",
            _("Take a document out of this conversation; without a name, the last one."),
            arguments=_("[NAME]"),
            aliases=("chiudi",),
            completes="document",
        ),
        Action("new", _("Begin a new conversation; this one is kept."), aliases=("nuova",), key="ctrl+n"),
        Action(
            "adapter",
            _(
                "Answer with an adapter trained on your notes, from the next answer on; “none” is the plain model, "
                "“auto” the adapter of the subject that the open documents are of."
            ),
            arguments=_("[NAME|none|auto]"),
            aliases=("a",),
            key="f7",
            completes="adapter",
        ),
        Action(
            "adapters",
            _("Look through the adapters: rename, remove, import, export, go back to an earlier version."),
            arguments=_("[NAME]"),
            aliases=("adattatori",),
            completes="adapter name",
        ),
        Action(
            "train",
            _(
                "Train an adapter on your own notes: make examples of a folder, look through them, train, use it. The "
                "training goes on while you chat."
            ),
            arguments=_("[FOLDER or FILE]"),
            aliases=("tune", "addestra"),
            key="f8",
            completes="path",
        ),
        Action(
            "report",
            _(
                "Show whether an adapter was worth its training: better or worse than the model without it, how sure "
                "that is, and what the model forgot for it."
            ),
            arguments=_("[NAME]"),
            aliases=("rapporto",),
            completes="adapter name",
        ),
        Action(
            "evaluate",
            _("Measure an adapter on documents it did not learn from, then show the report. It takes some minutes."),
            arguments=_("[NAME]"),
            aliases=("valuta",),
            completes="adapter name",
        ),
        Action(
            "blind",
            _(
                "Read two texts about the same document without knowing which is the adapter's, and choose the better "
                "one; “examples” sets it against the model with two examples in its prompt."
            ),
            arguments=_("[NAME] [base|examples]"),
            aliases=("cieca",),
            completes="adapter name",
        ),
        Action("model", _("Answer with another base model."), arguments=_("NAME"), aliases=("modello",)),
        Action("models", _("List the base models and which of them this machine can run.")),
        Action("doctor", _("Check what this machine is and which parts work.")),
        Action(
            "documents",
            _("Show or hide the open documents."),
            aliases=("documenti",),
            key="f2",
            label=_("Documents"),
        ),
        Action(
            "pages",
            _("Show a document page by page as it was read, with what is wrong with it."),
            arguments=_("[NAME]"),
            aliases=("document", "pagine"),
            key="f3",
            label=_("Pages"),
            completes="document",
        ),
        Action(
            "chapters",
            _("Choose which chapters of a document are read; “all” is the whole document."),
            arguments="[2,4-5|all]",
            aliases=("capitoli",),
            key="f4",
        ),
        Action(
            "check",
            _("Go through the points of an answer one by one and see where each stands in the document."),
            aliases=("verifica",),
            key="f6",
            label=_("Check"),
        ),
        Action(
            "export",
            _(
                "Write the last answer to a file, as its name says: .md, .docx, .pdf, .html, .txt, .json, or .tsv "
                "for Anki. A file that exists is never replaced."
            ),
            arguments=_("[FILE]"),
            aliases=("esporta", "salva"),
            completes="folder",
        ),
        Action(
            "stop",
            _(
                "Stop the answer and keep what is written, or stop reading a document. Pressed again, restart the "
                "model process."
            ),
            key="escape",
            label=_("Stop"),
            slash=False,
        ),
        Action("quit", _("Leave Sunto."), aliases=("q", "exit", "esci"), key="ctrl+q", label=_("Quit")),
    )


def commands() -> tuple[Action, ...]:
    """The actions that have a slash command."""
    return tuple(action for action in actions() if action.slash)


def find_command(word: str) -> Action | None:
    """The action with that name or alias, without its slash; upper and lower case are one."""
    word = word.lower()
    return next((action for action in commands() if word == action.name or word in action.aliases), None)


def nearest_command(word: str) -> Action | None:
    """The action a mistyped word most likely meant."""
    spellings = {spelling: action for action in commands() for spelling in (action.name, *action.aliases)}
    near = difflib.get_close_matches(word.lower(), spellings, n=1, cutoff=0.5)
    return spellings[near[0]] if near else None


def split_command(text: str) -> tuple[str, str] | None:
    """`"/open a b"` → `("open", "a b")`; None for what does not begin with a slash and a word."""
    if not text.startswith("/"):
        return None
    word, _space, rest = text[1:].partition(" ")
    return (word, rest.strip()) if word and "\n" not in word else None


_KEY_LABELS = {"escape": "Esc", "f1": "F1", "f2": "F2", "f3": "F3", "f4": "F4", "f6": "F6", "f7": "F7", "f8": "F8"}


def key_label(key: str) -> str:
    """`"ctrl+o"` → `"^O"`, as it is drawn at the foot."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+").upper()
    return _KEY_LABELS.get(key, key)
