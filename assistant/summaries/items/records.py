"""Items that a model wrote as JSON or as a table: found in its text and given back as fields by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from assistant.summaries.items.item import LETTERS, ItemKind

Record = dict[str, Any]
"""prompt, answer: str or list of str; options: list of str; explanation: str. Those that were found."""

_NAMES = {
    "prompt": "term termine parola concept concetto question domanda quesito front fronte q name nome prompt",
    "answer": "definition definizione meaning significato answer risposta back retro correct correct_answer "
    "correctanswer risposta_corretta rispostacorretta right giusta corretta points punti outline traccia a "
    "solution soluzione",
    "options": "options opzioni choices answers risposte alternatives alternative",
    "explanation": "explanation spiegazione why perché perche rationale motivazione",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
_FLAT_OBJECT = re.compile(r"\{[^{}]{1,4000}\}")
_ROW = re.compile(r"\s*\|(?P<cells>.+)\|\s*")
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_CELL_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def records(text: str, kind: ItemKind) -> Iterator[Record]:
    """From JSON where there is some, otherwise from the rows of tables."""
    found = list(_json_records(text, kind))
    yield from found or _table_records(text, kind)


def _json_records(text: str, kind: ItemKind) -> Iterator[Record]:
    for value in _json_values(text):
        if not isinstance(value, dict):
            continue
        fields = cast("dict[str, Any]", value)
        record = {_FIELD_OF.get(name.lower().replace(" ", "_"), name): field for name, field in fields.items()}
        if "prompt" in record:
            yield _with_letters(record)
        elif kind in ("term", "card") and all(isinstance(field, str) for field in fields.values()):
            yield from ({"prompt": name, "answer": field} for name, field in fields.items())


def _json_values(text: str) -> Iterator[Any]:
    """What a list or an object of the text holds; of one that was cut, its whole objects."""
    start = min((at for at in (text.find("["), text.find("{")) if at >= 0), default=-1)
    if start < 0:
        return
    whole = _decoded(text[start:])
    if whole is None:
        for match in _FLAT_OBJECT.finditer(text, start):
            yield _decoded(match.group())
        return
    for _depth in range(2):  # {"flashcards": [...]}
        if isinstance(whole, dict) and len(cast("dict[str, Any]", whole)) == 1:
            only = next(iter(cast("dict[str, Any]", whole).values()))
            whole = only if isinstance(only, list) else whole
    yield from cast("list[Any]", whole) if isinstance(whole, list) else (whole,)


def _decoded(text: str) -> Any:
    try:
        value, _end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value


def _with_letters(record: Record) -> Record:
    """Options given as {"A": …, "B": …} as a list."""
    options = record.get("options")
    if isinstance(options, Mapping):
        named = cast("Mapping[str, Any]", options)
        record["options"] = [named[name] for name in sorted(named) if name.upper() in LETTERS]
    return record


def _table_records(text: str, kind: ItemKind) -> Iterator[Record]:
    row: list[str] | None = None
    """The row before, held back: it is the table's head if a rule follows."""
    in_table = False
    for line in text.split("\n"):
        match = _ROW.fullmatch(line)
        if _RULE.fullmatch(line):
            row, in_table = None, True
            continue
        if row is not None and in_table:
            yield from _record_of(row, kind)
        row = [cell.strip() for cell in match["cells"].split("|")] if match else None
        in_table = in_table and match is not None
    if row is not None and in_table:
        yield from _record_of(row, kind)


def _record_of(cells: list[str], kind: ItemKind) -> Iterator[Record]:
    if cells and re.fullmatch(r"[\d.)]{0,4}", cells[0]):
        cells = cells[1:]
    if kind == "quiz":
        if len(cells) >= 4:
            yield {"prompt": cells[0], "options": cells[1:-1], "answer": cells[-1]}
    elif len(cells) >= 2:
        answer = _CELL_BREAK.split(cells[1])
        yield {"prompt": cells[0], "answer": answer if kind == "question" else " ".join(answer)}
