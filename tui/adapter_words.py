"""What is known of adapters, as the app draws it: lines to choose from, a table, the card of one. Pure.

Cards may come from strangers: every value is cut short and made harmless, and only so many lines are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from assistant.i18n import _, plural
from assistant.safe_text import one_line
from assistant.units import format_bytes, format_number
from tui.adapter_rows import AdapterRow
from tui.cells import cell
from tui.choosable import Choosable
from tui.evaluation.on_card import evaluation_facts, worth_cell
from tui.who_answers import Answerer

MARKS = {True: "✔", False: "✖", None: "?"}
"""Before an adapter: it fits the base model in use, it does not, it cannot be told."""
MAX_CARD_LINES = 40
_MAX_VALUE = 200
"""Characters of one value."""
_MAX_PARTS = 12
"""Of a list, or of scores."""
_SAID = ("on_training_data", "evaluation", "checks")
"""Scores that have words of their own."""
_GAP = "  "
_MARK_COLUMNS = 3

Card = Mapping[str, Any]


# --- to choose from -----------------------------------------------------------------------------------------------


def adapter_choices(rows: Sequence[AdapterRow], now: Answerer, of_subject: str) -> list[Choosable]:
    """For the picker: that of the documents' subject (`of_subject`), none, and each one; a dot marks who answers."""
    automatic = now.by_itself
    subject = _("as the documents' subject says: {name}").format(name=of_subject or _("none"))
    return [
        Choosable("auto", "auto", subject, "●" if automatic else " "),
        Choosable("none", "none", _("the model as it is"), "●" if not automatic and not now.adapter else " "),
        *(
            Choosable(row.name, row.name, _facts(row), "●" if not automatic and row.name == now.adapter else " ")
            for row in rows
        ),
    ]


def _facts(row: AdapterRow) -> str:
    facts = [
        _("not for the model in use") if row.fits is False else "",
        _short(row.subject),
        _short(row.model),
        row.kind,
    ]
    return f"{MARKS[row.fits]} " + " · ".join(fact for fact in facts if fact)


# --- the table ----------------------------------------------------------------------------------------------------


class _Column(NamedTuple):
    title: str
    cells: list[str]
    width: int
    least: int
    """Where there is little room, it is no wider than this …"""
    worth: int
    """… and then the column of least worth goes first."""


class AdapterTable:
    """As many columns as there is room for; names and whether they fit always are."""

    def __init__(self, rows: Sequence[AdapterRow], now: str, subjects: Mapping[str, Sequence[str]]) -> None:
        """`now` is the adapter that answers, empty for none; `subjects` are those that each is the own adapter of."""
        self._marks = [f"{'●' if row.name == now else ' '}{MARKS[row.fits]} " for row in rows]
        self._columns = [
            _column(_("name"), [row.name for row in rows], (18, 32), 10),
            _column(
                _("subject"), [", ".join(subjects.get(row.name, ())) or row.subject or "–" for row in rows], (10, 20), 7
            ),
            _column(_("base"), [row.model or "–" for row in rows], (13, 28), 6),
            _column(_("kind"), [row.kind for row in rows], (5, 5), 9),
            _column(_("version"), [str(row.version) for row in rows], (5, 5), 5),
            _column(_("worth it?"), [worth_cell(row.card) for row in rows], (9, 18), 8),
            _column(_("size"), [format_bytes(row.size_bytes) for row in rows], (8, 8), 3),
            _column(_("made on"), [row.created[:10] or "–" for row in rows], (10, 10), 4),
        ]

    def header(self, columns: int) -> Text:
        return Text(
            " " * _MARK_COLUMNS + _GAP.join(cell(column.title, column.width) for column in self._fitting(columns)),
            "bold",
        )

    def line(self, position: int, columns: int) -> Text:
        cells = [cell(column.cells[position], column.width) for column in self._fitting(columns)]
        line = Text(self._marks[position])
        line.append(cells[0], "bold")
        return line.append("".join(_GAP + other for other in cells[1:]))

    def _fitting(self, columns: int) -> list[_Column]:
        """Columns of least worth go until the others fit at their narrowest; what is left over goes to the first."""
        left = list(self._columns)
        while len(left) > 1 and _wide([column.least for column in left]) > columns:
            left.remove(min(left, key=lambda column: column.worth))
        spare = columns - _wide([column.least for column in left])
        for place, column in enumerate(left):
            width = min(column.width, column.least + max(0, spare))
            spare -= width - column.least
            left[place] = column._replace(width=width)
        return left


def _wide(widths: Sequence[int]) -> int:
    """Of a line with columns of these widths."""
    return _MARK_COLUMNS + sum(widths) + len(_GAP) * (len(widths) - 1)


def _column(title: str, cells: Sequence[str], widths: tuple[int, int], worth: int) -> _Column:
    """As wide as its cells, within these widths where they do not cut off its title."""
    plain = [one_line(cell[:_MAX_VALUE]) for cell in cells]
    title_width = cell_len(title)
    width = min(max(widths[1], title_width), max(cell_len(text) for text in (title, *plain)))
    return _Column(title, plain, width, min(width, max(widths[0], title_width)), worth)


# --- one of them --------------------------------------------------------------------------------------------------


def adapter_card(row: AdapterRow, subjects: Sequence[str]) -> Text:
    """What there is to know of one. `subjects` are those whose own adapter it is."""
    card = Text().append(one_line(row.name), "bold")
    card.append("\n" + _headline(row), "dim")
    for line in _fit_lines(row):
        card.append("\n").append(line)
    worth = evaluation_facts(_section(row.card, "scores"))
    facts = [*worth, *_own_facts(row, subjects), *_card_facts(row.card)][:MAX_CARD_LINES]
    if facts:
        card.append("\n")
    for title, value in facts:
        card.append(f"\n{title}: ", "dim").append(value)
    return card


def _headline(row: AdapterRow) -> str:
    parts = [
        row.kind,
        _("rank {r}").format(r=row.r) if row.r else "",
        _("version {number}").format(number=row.version),
        format_bytes(row.size_bytes),
        row.created[:10],
    ]
    return " · ".join(one_line(part) for part in parts if part)


def _fit_lines(row: AdapterRow) -> list[Text]:
    if row.fits:
        return [Text("✔ " + _("Fits the model in use."))]
    if row.fits is False:
        head = Text("✖ " + _("Not for the model in use:"), "bold")
        return [head, *(Text(f"  {_short(difference)}") for difference in row.differences)]
    if not row.model:
        return [Text("? " + _("Its files do not say which model it is for."))]
    return [Text("? " + _("Its model, {model}, is not on this machine.").format(model=_short(row.model)))]


def _own_facts(row: AdapterRow, subjects: Sequence[str]) -> Iterator[tuple[str, str]]:
    if row.model:
        yield _("base model"), _short(row.model)
    if row.subject:
        yield _("trained for"), _short(row.subject)
    if subjects:
        yield _("answers for the subject"), _short(", ".join(subjects))
    if row.versions:
        yield _("other versions"), _short(", ".join(str(number) for number in row.versions))


def _card_facts(card: Card) -> Iterator[tuple[str, str]]:
    """What `adapters.cards` says may be in a card, each part only where it is there."""
    data, training, source = (_section(card, name) for name in ("data", "training", "source"))
    if trained_on := _trained_on(data):
        yield _("examples"), trained_on
    if trained_how := _trained_how(training):
        yield _("training"), trained_how
    yield from _scores(_section(card, "scores"))
    if source:
        origin = [_short(source.get("file") or ""), _short(source.get("made_with") or "")]
        yield _("came from"), " · ".join(part for part in origin if part) or "–"
    for title, name in ((_("language"), "language"), (_("licence"), "license"), (_("made with Sunto"), "sunto")):
        if card.get(name):
            yield title, _value(card[name])
    lineage = card.get("lineage")
    if isinstance(lineage, list) and lineage:
        yield _("builds on"), plural("{count} earlier training", "{count} earlier trainings", len(lineage))


def _trained_on(data: Card) -> str:
    parts = [_short(data.get("file") or "")]
    if isinstance(count := data.get("examples"), int):
        parts.append(plural("{count} example", "{count} examples", count))
    return " · ".join(part for part in parts if part)


def _trained_how(training: Card) -> str:
    known = {
        "steps": _("{value} steps"),
        "epochs": _("all examples {value} times"),
        "learning_rate": _("learning rate {value}"),
        "batch_size": _("{value} examples a step"),
    }
    parts = [words.format(value=_value(training[name])) for name, words in known.items() if training.get(name)]
    return " · ".join(parts)


def _scores(scores: Card) -> Iterator[tuple[str, str]]:
    """How well it learned what it was shown, then whatever else was measured, by its own name.

    What came of measuring it stands above everything else.
    """
    learned = _section(scores, "on_training_data")
    if "first_loss" in learned and "last_loss" in learned:
        first, last = _value(learned["first_loss"]), _value(learned["last_loss"])
        yield _("loss on its own examples"), _("{first} → {last}").format(first=first, last=last)
    others = [(name, value) for name, value in scores.items() if name not in _SAID]
    for name, value in others[:_MAX_PARTS]:
        yield _short(name), _value(value)


def _section(card: Card, name: str) -> Card:
    part = card.get(name)
    return part if isinstance(part, dict) else {}


def _value(value: object) -> str:
    """A number with three decimals, a list as its parts, a table as what stands in it; nothing deeper."""
    if isinstance(value, list):
        more = " …" if len(value) > _MAX_PARTS else ""
        return _short(", ".join(_plain(part) for part in value[:_MAX_PARTS]) + more)
    if isinstance(value, dict):
        return _short(", ".join(f"{_short(key)} {_plain(part)}" for key, part in list(value.items())[:_MAX_PARTS]))
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, list | dict):
        return "…"
    if isinstance(value, float):
        return format_number(value, 3) if abs(value) >= 0.001 or not value else f"{value:g}"
    return _short(value)


def _short(value: object) -> str:
    text = one_line(str(value)[: 4 * _MAX_VALUE])
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"
