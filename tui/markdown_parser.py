"""The one dialect of Markdown in the app, while an answer streams and after: tables, no HTML, no guessed links."""

from __future__ import annotations

from markdown_it import MarkdownIt


def markdown_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
