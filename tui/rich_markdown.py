"""Markdown and plain text as lines of styled cells. Nothing in them is interpreted but Markdown itself.

HTML in an answer is shown as text, and an address is shown in full: what a model writes is not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement
from rich.syntax import Syntax
from rich.text import Text
from rich.theme import Theme

from tui.markdown_parser import markdown_parser

if TYPE_CHECKING:
    from rich.segment import Segment


class _LeftHeading(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = self.text.copy()
        text.justify = "left"
        yield text


class _CodeBlock(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Syntax(str(self.text).rstrip(), self.lexer_name, theme=self.theme, word_wrap=True, padding=(0, 2))


class _Markdown(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _CodeBlock,
        "code_block": _CodeBlock,
    }

    def __init__(self, text: str, code_theme: str) -> None:
        super().__init__("", code_theme=code_theme, hyperlinks=False)
        self.markup = text
        self.parsed = markdown_parser().parse(text)


def markdown_lines(text: str, width: int, *, colours: Mapping[str, str], dark: bool) -> list[list[Segment]]:
    """The lines of a Markdown text, no wider than `width`, without empty ones at either end.

    `colours` are the theme's, by Textual's names ("primary", "accent", …).
    """
    renderable = _Markdown(text, "ansi_dark" if dark else "ansi_light")
    console = _console(colours["primary"], colours["accent"])
    return _trimmed(console.render_lines(renderable, console.options.update(width=width), pad=False))


def plain_lines(text: str, width: int) -> list[list[Segment]]:
    """The lines of a text as it is, wrapped at words."""
    console = _console("default", "default")
    return console.render_lines(Text(text), console.options.update(width=width), pad=False)


@cache
def _console(primary: str, accent: str) -> Console:
    theme = Theme(
        {
            "markdown.h1": f"bold underline {primary}",
            "markdown.h2": f"bold {primary}",
            "markdown.h3": "bold",
            "markdown.h4": "bold dim",
            "markdown.code": accent,
            "markdown.item.bullet": primary,
            "markdown.item.number": primary,
            "markdown.list": "none",
            "markdown.block_quote": "italic dim",
            "markdown.hr": "dim",
            "markdown.table.border": "dim",
            "markdown.table.header": f"bold {primary}",
        }
    )
    return Console(file=StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False, theme=theme)


def _trimmed(lines: list[list[Segment]]) -> list[list[Segment]]:
    def blank(line: list[Segment]) -> bool:
        return not "".join(segment.text for segment in line).strip()

    start, end = 0, len(lines)
    while start < end and blank(lines[start]):
        start += 1
    while end > start and blank(lines[end - 1]):
        end -= 1
    return lines[start:end]
