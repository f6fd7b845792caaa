"""Items as lines of Markdown. `parse_items` reads what is shown here again."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.summaries.items.item import LETTERS, Item

_ANSWER = {"en": "Answer:", "it": "Risposta:"}
_EXPLANATION = {"en": "Explanation:", "it": "Spiegazione:"}


@dataclass(frozen=True)
class ItemLine:
    """One line of Markdown."""

    text: str
    claim: str = ""
    """What it says about the document, to be looked up there; empty for questions and options."""


def item_lines(item: Item, number: int, language: str) -> list[ItemLine]:
    """An item as Markdown, a line at a time. `number` counts the questions from 1."""
    if item.kind == "term":
        return [ItemLine(f"- **{item.prompt}**: {item.answer}", item.statement)]
    if item.kind == "card":
        return [ItemLine(f"- **{item.prompt}** → {item.answer}", item.statement)]
    head = ItemLine(f"{number}. **{item.prompt}**")
    inside = " " * len(f"{number}. ")  # with less it would not belong to the question (CommonMark, “List items”)
    if item.kind == "question":
        return [head, *(ItemLine(f"{inside}- {point}", point) for point in item.points)]
    options = [ItemLine(f"{inside}- {letter}) {option}") for letter, option in zip(LETTERS, item.options, strict=False)]
    words = language if language in _ANSWER else "en"
    right = ItemLine(f"{inside}**{_ANSWER[words]}** {item.letter}) {item.answer}", item.statement)
    why = [ItemLine(f"{inside}{_EXPLANATION[words]} {item.explanation}", item.explanation)] if item.explanation else []
    return [head, *options, ItemLine(""), right, *(ItemLine(""), *why)[: 2 * len(why)]]
