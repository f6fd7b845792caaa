"""Items out of what a model wrote. Models keep to a shape only roughly, so many shapes are read.

Labelled lines in Italian and English, numbered and bulleted lists, bold heads, tables, JSON; answers on the same line
or the next; words before and after. What cannot be made into an item is left out. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.cited_text import without_page_marks
from assistant.safe_text import printable
from assistant.summaries.items.drafts import MAX_ANSWER, ItemDraft, Option, cleaned
from assistant.summaries.items.item import LETTERS, Item, ItemKind
from assistant.summaries.items.lines import BLANK, Line, lines_of
from assistant.summaries.items.records import Record, records

MAX_ITEMS = 200
MAX_CHARACTERS = 100_000
"""Of a text; no model writes near as much at once."""
MAX_TERM_WORDS = 8
"""What stands before a colon and is longer is a sentence, not a term."""

_LONG_GAP = re.compile(r"[^\S\n]{40,}")
"""More than any indentation: what looks for something behind white space would try it from each of them."""
_PAIR = re.compile(r"(?P<head>[^:\n]{1,120}?)\s*(?::(?!\d|//)|(?:^|\s)(?:[-–—=→]|->)(?=\s))\s*(?P<rest>\S.*)")
_QUESTION_PAIR = re.compile(r"(?P<head>[^?\n]{1,300}\?)[*_]{0,3}\s*(?:[-–—=→:]|->)?\s*(?P<rest>\S.*)")
_SENTENCE_END = re.compile(r"[.!?…:;»”\")\]]\Z")
_KEY_PAIR = re.compile(r"(\d{1,3})\s{0,3}[.):\-–]?\s{0,3}([A-Fa-f])\b")
_RIGHT = re.compile(
    r"\s*(?:[(\[](?:correct|right|corrett[ao]|giust[ao]|esatt[ao]|correct answer|risposta corretta|vero|true|x)[)\]]"
    r"|[✓✔✅])\s*",
    re.IGNORECASE,
)


def parse_items(kind: ItemKind, text: str, *, unfinished: bool = False) -> list[Item]:
    """The items of a model's answer, at most `MAX_ITEMS`; none where there is nothing like one. Never raises.

    `unfinished` where the answer was cut at its limit: its last item is left out unless it ends like a sentence.
    """
    text = without_page_marks(_LONG_GAP.sub(" ", printable(text[:MAX_CHARACTERS])))
    found = [item for record in records(text, kind) if (item := _from_record(kind, record)) is not None]
    if not found:
        lines = lines_of(text, kind)
        drafts = _paired(lines) if kind in ("term", "card") else _asked(lines, kind)
        found = [item for draft in drafts if (item := draft.item(kind)) is not None]
        if unfinished and found and _is_cut(found[-1], text):
            found.pop()
    return found[:MAX_ITEMS]


def _is_cut(item: Item, text: str) -> bool:
    """Whether the text ends in the midst of its last item. A quiz that has its answer has all it needs."""
    last = cleaned(text.rstrip().rpartition("\n")[2], MAX_ANSWER)
    return item.kind != "quiz" and last.endswith(item.points[-1][-40:]) and not _SENTENCE_END.search(last)


# --- terms and cards ---------------------------------------------------------------------------------------------


def _paired(lines: Iterable[Line]) -> list[ItemDraft]:
    """Two things to a draft: a head and what is said of it."""
    drafts: list[ItemDraft] = []
    for line in lines:
        current = drafts[-1] if drafts else None
        if line is BLANK:
            if current is not None and current.answers:
                current.waiting = ""
        elif line.role == "answer" and current is not None:
            current.answers.append(line.text)
            current.waiting = "answer"
        elif line.role == "prompt":
            drafts.append(ItemDraft(line.text, marked=True, labelled=True))
        elif current is not None and current.labelled and current.prompt and not current.answers and not line.head:
            current.answers.append(line.text)
        elif (pair := _pair(line)) is not None:
            head, rest = pair
            if current is not None and current.labelled and not current.prompt:
                current.prompt, current.answers = head, [rest]
            else:
                drafts.append(ItemDraft(head, [rest], marked=line.marked, waiting="answer"))
        elif current is not None and _goes_on(current, line):
            _continue(current, line.text)
        elif len(line.text.split()) <= MAX_TERM_WORDS or line.head or line.text.endswith("?"):
            drafts.append(ItemDraft(line.head or line.text, marked=line.marked))
    drafts = [draft for draft in drafts if draft.answers]
    if any(draft.marked for draft in drafts):  # what stands around a list is not of it
        drafts = [draft for draft in drafts if draft.marked]
    return drafts


def _pair(line: Line) -> tuple[str, str] | None:
    if line.head:
        return (line.head, line.text) if line.text else None
    if match := _QUESTION_PAIR.fullmatch(line.text):
        return match["head"], match["rest"]
    if (match := _PAIR.fullmatch(line.text)) and len(match["head"].split()) <= MAX_TERM_WORDS:
        return match["head"], match["rest"]
    return None


def _goes_on(draft: ItemDraft, line: Line) -> bool:
    """Whether an unmarked line belongs to the draft before it."""
    if not draft.prompt:
        return True
    if not draft.answers:
        return not line.text.endswith(":") and (not line.marked or line.indent > draft.indent)
    return draft.waiting == "answer" and not line.marked and not _SENTENCE_END.search(draft.answers[-1])


def _continue(draft: ItemDraft, text: str) -> None:
    if not draft.prompt:
        draft.prompt = text
    else:
        draft.answers.append(text)
        draft.waiting = "answer"


# --- questions and quizzes ---------------------------------------------------------------------------------------


def _asked(lines: Iterable[Line], kind: ItemKind) -> list[ItemDraft]:
    """A question to a draft, with its options or its points."""
    drafts: list[ItemDraft] = []
    for line in lines:
        current = drafts[-1] if drafts else None
        text = f"{line.head} {line.text}".strip()
        if line.role == "key":
            _answer_by_number(drafts, text)
        elif line is BLANK:
            if current is not None and (current.answers or current.options):
                current.waiting = ""
        elif line.role == "prompt" or _is_question(line, current, kind):
            drafts.append(ItemDraft(text, [], indent=line.indent, marked=line.marked, numbered=line.number))
        elif current is not None:
            _add(current, line, text, kind)
    return drafts


def _is_question(line: Line, current: ItemDraft | None, kind: ItemKind) -> bool:
    if line.role in ("answer", "option", "explanation"):
        return False
    asks = _asks(line)
    if current is None or not current.prompt:
        return current is None and (asks or line.number)
    if line.indent > current.indent:
        return False
    if kind == "quiz" and line.number and current.options and current.numbered:
        return True
    return asks or (line.number and current.numbered and (bool(current.answers) or bool(line.head)))


def _asks(line: Line) -> bool:
    return (line.text or line.head).rstrip(" *_").endswith("?")


def _add(draft: ItemDraft, line: Line, text: str, kind: ItemKind) -> None:
    """What a line adds to the question before it."""
    if not draft.prompt:
        draft.prompt = text
    elif line.role == "explanation":
        draft.explanation, draft.waiting = line.text, "explanation"
    elif line.role == "answer":
        draft.waiting = "answer"
        if line.text:
            draft.answers.append(line.text)
    elif line.letter and draft.waiting == "answer" and not draft.answers:
        draft.answers.append(f"{line.letter}) {text}")
    elif line.role == "option" or (kind == "quiz" and _is_unlettered(draft, line)):
        right = line.ticked or _RIGHT.search(text) is not None
        draft.options.append(Option(line.letter, _RIGHT.sub(" ", text).strip(" *"), right))
        draft.waiting = "option"
    elif kind == "quiz":
        _go_on_with(draft, text)
    elif not text.endswith(":") and (line.bullet or line.number or line.indent or draft.waiting):
        draft.answers.append(text)  # "A good answer says:" is no point


def _is_unlettered(draft: ItemDraft, line: Line) -> bool:
    return line.bullet and not draft.answers and not any(option.letter for option in draft.options)


def _go_on_with(draft: ItemDraft, text: str) -> None:
    if draft.waiting == "answer" and not draft.answers:
        draft.answers.append(text)
    elif draft.waiting == "explanation":
        draft.explanation = f"{draft.explanation} {text}".strip()
    elif draft.waiting == "prompt":
        draft.prompt = f"{draft.prompt} {text}"


def _answer_by_number(drafts: Sequence[ItemDraft], text: str) -> None:
    """A key after all questions: "1. B  2. C"."""
    for number, letter in _KEY_PAIR.findall(text):
        if 0 < int(number) <= len(drafts):
            drafts[int(number) - 1].answers = [f"{letter.upper()})"]


def _from_record(kind: ItemKind, record: Record) -> Item | None:
    answer = record.get("answer", "")
    answers = [str(part) for part in answer] if isinstance(answer, list) else [str(answer)]
    options = record.get("options", ())
    listed: Sequence[Any] = options if isinstance(options, list | tuple) else ()
    draft = ItemDraft(str(record["prompt"]), answers, explanation=str(record.get("explanation", "")))
    for index, option in enumerate(listed[: len(LETTERS)]):
        text = re.sub(r"\A\(?[A-Fa-f][).]\s*", "", str(option))
        draft.options.append(Option(LETTERS[index], text))
    return draft.item(kind)
