"""Markdown: front matter taken off, headings turned into sections, the rest left as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.model import Document, Page, Section
from assistant.documents.source import Source
from assistant.documents.text import check_text, page_texts

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(r"(title|author|authors|subject|date)\s*:\s*(.*)", re.IGNORECASE)
_LIST_ENTRY = re.compile(r"\s*-\s+(.*)")

# CommonMark 0.31: at most three spaces before, at least one behind.
_ATX = re.compile(r" {0,3}(#{1,6})[ \t](.*)")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_NOT_A_PARAGRAPH = re.compile(r" {4}|\t| {0,3}(?:[-*+>|]|\d{1,9}[.)])(?:\s|$)| {0,3}#")
_EMPHASIS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,1000}(?:\s+\"[^\"]{0,300}\")?\)")


def read_markdown(source: Source) -> Document:
    """Raises DocumentError children for a file that is not text or has none."""
    texts = page_texts(source)
    metadata, texts[0] = split_front_matter(texts[0])
    check_text(source, texts)
    sections = tuple(_sections(texts))
    source.on_page(len(texts), len(texts))
    return Document(
        str(source.path),
        source.name,
        metadata.get("title") or _first_heading(sections) or source.title,
        tuple(Page(number, str(number), text, "markdown") for number, text in enumerate(texts, start=1)),
        sections,
        metadata=metadata,
    )


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields we know of a YAML block at the very top, and the text without that block.

    Only plain `key: value` lines and lists of names: enough for titles and authors, and nothing to be attacked by.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    metadata: dict[str, str] = {}
    current = ""
    for line in match[1].split("\n"):
        if field := _FRONT_FIELD.fullmatch(line):
            current = field[1].lower().removesuffix("s") if field[1].lower() == "authors" else field[1].lower()
            metadata[current] = _scalar(field[2])
        elif current and (entry := _LIST_ENTRY.fullmatch(line)):
            metadata[current] = ", ".join(filter(None, (metadata[current], _scalar(entry[1]))))
        else:
            current = ""
    return {key: value for key, value in metadata.items() if value}, text[match.end() :].lstrip("\n")


def _scalar(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_scalar(item) for item in value[1:-1].split(",") if item.strip())
    return "" if value.startswith("#") else value.split(" #")[0].strip()


def _first_heading(sections: tuple[Section, ...]) -> str:
    """The first of the highest level there is."""
    return min(sections, key=lambda section: section.level).title if sections else ""


def _sections(texts: list[str]) -> Iterator[Section]:
    fence = ""
    for number, text in enumerate(texts, start=1):
        offset = 0
        before = ""
        for line in text.split("\n"):
            if fence:
                fence = "" if _closes(fence, line) else fence
                before = ""
            elif opened := _opened_fence(line):
                fence, before = opened, ""
            elif (heading := _ATX.fullmatch(line)) and (title := _plain(_without_closing_hashes(heading[2]))):
                yield Section(title, len(heading[1]), number, offset)
                before = ""
            elif before and (underline := _SETEXT.fullmatch(line)):
                start = offset - len(before) - 1
                yield Section(_plain(before), 1 if underline[1][0] == "=" else 2, number, start)
                before = ""
            else:
                before = "" if not line.strip() or _NOT_A_PARAGRAPH.match(line) else line
            offset += len(line) + 1


def _opened_fence(line: str) -> str:
    """The run of backticks or tildes that opens a code block here; "" where none does."""
    match = _FENCE.fullmatch(line)
    if match is None or (match[1][0] == "`" and "`" in match[2]):
        return ""
    return match[1]


def _closes(fence: str, line: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _without_closing_hashes(title: str) -> str:
    """`Title ##` → `Title`, but `C#` stays."""
    bare = title.rstrip().rstrip("#")
    return bare if not bare or bare[-1].isspace() else title


def _plain(title: str) -> str:
    """A heading without its emphasis and link targets."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", title)).split())
