"""Glossaries, exam questions, quizzes and flashcards: read from a model's answer, checked, shown.

item      one of them
parsing   an answer → items (`lines`: what each line is, `records`: JSON and tables, `drafts`: cleaned and bounded)
checking  what is wrong with one's form; the same one twice
showing   Markdown, line by line
"""

from assistant.summaries.items.checking import item_problems, merged_items
from assistant.summaries.items.item import KINDS, Item, ItemKind, quiz_item
from assistant.summaries.items.parsing import parse_items
from assistant.summaries.items.showing import ItemLine, item_lines

__all__ = [
    "KINDS",
    "Item",
    "ItemKind",
    "ItemLine",
    "item_lines",
    "item_problems",
    "merged_items",
    "parse_items",
    "quiz_item",
]
