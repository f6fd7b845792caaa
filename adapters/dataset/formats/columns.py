"""Which column of a table, or key of an object, holds the text and which what is wanted of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.dataset.example import Task
from adapters.dataset.formats.plain import plain
from adapters.dataset.formats.wording import task_named
from assistant.errors import DatasetError
from assistant.i18n import _
from assistant.safe_text import one_line

ROLES = ("text", "target", "task")
_KNOWN = {
    "text": (
        "text", "testo", "document", "documento", "article", "articolo", "source", "source text", "sorgente", "brano",
        "passage", "dialogue", "dialogo", "transcript", "trascrizione", "input", "content", "contenuto", "body",
        "corpo", "context", "contesto", "prompt", "question", "domanda",
    ),
    "target": (
        "target", "summary", "riassunto", "sintesi", "sommario", "abstract", "in breve", "tldr", "tl dr", "highlights",
        "description", "descrizione", "completion", "output", "response", "risposta", "answer",
    ),
    "task": ("task", "compito"),
}  # fmt: skip
"""The likelier first: where a table has several, that one counts."""
_TARGET_TASKS: dict[str, Task] = {
    "description": "describe",
    "descrizione": "describe",
    "title": "title",
    "titolo": "title",
}
_SHOWN_NAMES = 20
_SHOWN_CHARACTERS = 40
_NAME_CHARACTERS = 200
_LIKENED_NAMES = 500
"""A stranger's table may have a million columns: so many are looked through for a misspelling."""


@dataclass(frozen=True)
class Columns:
    """Names as they stand there; empty for what was not found."""

    text: str = ""
    target: str = ""
    task: str = ""
    strict_task: bool = False
    """Somebody said that the column holds the task: what it says has to be one."""

    @property
    def complete(self) -> bool:
        return bool(self.text and self.target)

    def task_of(self, value: str) -> Task:
        """Raises ValueError with the reason in words."""
        if value.strip() and (said := task_named(value)):
            return said
        if value.strip() and self.strict_task:
            raise ValueError(_("“{value}” is no task that Sunto knows").format(value=one_line(value[:40])))
        return _TARGET_TASKS.get(plain(self.target), "summarize")


def check_roles(columns: Mapping[str, str]) -> None:
    """Raises DatasetError for a column that is said to hold what no column can."""
    for role in columns:
        if role not in ROLES:
            raise DatasetError(
                _("A column cannot hold “{role}”.").format(role=role),
                _("Say which column holds the text and which the target: text=…, target=…, and perhaps task=…"),
            )


def find_columns(names: Sequence[str], wanted: Mapping[str, str]) -> Columns:
    """By what was said, then by the names that people give them."""
    said = {role: _named(names, wanted[role]) for role in ROLES if role in wanted}
    free = [name for name in names if name not in said.values()]
    found = {role: said[role] if role in said else _known(free, role) for role in ROLES}
    return Columns(**found, strict_task="task" in said)


def unknown_column(names: Sequence[str], wanted: Mapping[str, str]) -> DatasetError | None:
    """What a person is told whose column is not there; None when all are."""
    missing = next((name for name in wanted.values() if not _named(names, name)), None)
    if missing is None:
        return None
    likened = [name[:_NAME_CHARACTERS] for name in names[:_LIKENED_NAMES]]
    near = difflib.get_close_matches(missing[:_NAME_CHARACTERS], likened, n=1)
    return DatasetError(
        _("There is no column called “{name}”. The columns are: {columns}.").format(
            name=one_line(missing), columns=shown_names(names)
        ),
        _("Did you mean “{near}”?").format(near=one_line(near[0])) if near else _("Use one of these names."),
    )


def shown_names(names: Sequence[str]) -> str:
    shown = [one_line(name[:_SHOWN_CHARACTERS]) for name in names[:_SHOWN_NAMES]]
    return ", ".join(shown) + (", …" if len(names) > _SHOWN_NAMES else "")


def _named(names: Sequence[str], wanted: str) -> str:
    if wanted in names:
        return wanted
    return next((name for name in names if plain(name[:_NAME_CHARACTERS]) == plain(wanted)), "")


def _known(names: Sequence[str], role: str) -> str:
    by_plain = {plain(name[:_NAME_CHARACTERS]): name for name in reversed(names)}
    return next((by_plain[known] for known in _KNOWN[role] if known in by_plain), "")
