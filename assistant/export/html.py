"""One HTML file that needs no other: no script, no network; formulas as MathML, which browsers draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from html import escape
from itertools import groupby
from typing import Any

from assistant.export.mathml import mathml
from assistant.export.study_text import Block, Run, StudyText, study_text
from assistant.i18n import _

_STYLE = """
body { font: 17px/1.55 Georgia, 'Times New Roman', serif; max-width: 42em; margin: 2.5em auto; padding: 0 1em;
       color: #1c1c1c; background: #fffefa; }
h1, h2, h3, h4, h5, h6 { font-family: system-ui, sans-serif; line-height: 1.25; }
sup a { text-decoration: none; color: #2b5fa8; padding: 0 .1em; }
table { border-collapse: collapse; } th, td { border: 1px solid #bbb; padding: .25em .6em; }
pre { background: #f2f0e8; padding: .7em; overflow-x: auto; }
blockquote { border-left: 3px solid #ccc; margin: 0; padding-left: 1em; }
.notes { font-size: .88em; border-top: 1px solid #ccc; margin-top: 2.5em; }
.about { font-size: .82em; color: #666; }
@media print { body { margin: 0; max-width: none; background: none; } }
@media (prefers-color-scheme: dark) { body { color: #e6e3da; background: #1b1b1d; } sup a { color: #8fb7ee; }
  pre { background: #2a2a2d; } }
"""


def write(result: Mapping[str, Any]) -> bytes:
    text = study_text(result)
    return _page(text).encode()


def _page(text: StudyText) -> str:
    language = f' lang="{escape(text.language)}"' if text.language else ""
    first = _first_references(text)
    body = "\n".join(_body(text.blocks, partial(_run, first=first)))
    return (
        f"<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(text.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(text.title)}</h1>\n{body}\n{_notes(text)}"
        f"<p class='about'>{'<br>'.join(map(escape, text.about))}</p>\n</body>\n</html>\n"
    )


def _notes(text: StudyText) -> str:
    if not text.notes:
        return ""
    back = escape(_("Back"))
    lines = "\n".join(
        f"<li id='note-{note.number}'>{note.mark} {escape(note.text)} "
        f"<a href='#at-{note.number}' title='{back}'>↩</a></li>"
        for note in text.notes
    )
    return f"<section class='notes'>\n<ol>\n{lines}\n</ol>\n</section>\n"


def _first_references(text: StudyText) -> dict[int, int]:
    """For each note, the identity of the run that first refers to it: the one its own link goes back to."""
    first: dict[int, int] = {}
    for block in text.blocks:
        for run in (*block.runs, *(run for row in block.rows for cell in row for run in cell)):
            if run.note:
                first.setdefault(run.note, id(run))
    return first


def _body(blocks: Sequence[Block], run: Any) -> Iterator[str]:
    for is_item, group in groupby(blocks, key=lambda block: block.kind == "item"):
        together = list(group)
        yield from _list(together, run) if is_item else (_block(block, run) for block in together)


def _block(block: Block, run: Any) -> str:
    inner = "".join(map(run, block.runs))
    match block.kind:
        case "heading":
            level = min(block.level + 1, 6)  # the title is the only h1
            return f"<h{level}>{inner}</h{level}>"
        case "quote":
            return f"<blockquote><p>{inner}</p></blockquote>"
        case "code":
            return f"<pre>{inner}</pre>"
        case "table":
            rows = "\n".join(_row(row, "td" if index else "th", run) for index, row in enumerate(block.rows))
            return f"<table>\n{rows}\n</table>"
        case _:
            return f"<p>{inner}</p>"


def _row(row: Sequence[Sequence[Run]], tag: str, run: Any) -> str:
    return "<tr>" + "".join(f"<{tag}>{''.join(map(run, cell))}</{tag}>" for cell in row) + "</tr>"


def _list(items: Sequence[Block], run: Any) -> Iterator[str]:
    """Items in a row, each as deep as its level says."""
    open_tags: list[str] = []
    for item in items:
        tag = "ol" if item.number else "ul"
        while len(open_tags) > item.level + 1 or (len(open_tags) == item.level + 1 and open_tags[-1] != tag):
            yield f"</li></{open_tags.pop()}>"
        if len(open_tags) == item.level + 1:
            yield "</li>"
        while len(open_tags) < item.level + 1:
            start = f" start='{item.number}'" if item.number > 1 else ""
            yield f"<{tag}{start}>" + ("<li>" if len(open_tags) < item.level else "")
            open_tags.append(tag)
        yield f"<li>{''.join(map(run, item.runs))}"
    while open_tags:
        yield f"</li></{open_tags.pop()}>"


def _run(run: Run, *, first: Mapping[int, int]) -> str:
    if run.note:
        anchor = f" id='at-{run.note}'" if first.get(run.note) == id(run) else ""
        return f"<sup{anchor}><a href='#note-{run.note}'>{run.note}</a></sup>"
    if run.formula:
        return _formula(run.text)
    inner = escape(run.text).replace("\n", "<br>" if not run.code else "\n")
    for wanted, tag in ((run.code, "code"), (run.italic, "em"), (run.bold, "strong")):
        inner = f"<{tag}>{inner}</{tag}>" if wanted else inner
    return inner


def _formula(latex: str) -> str:
    """Drawn by the browser; the LaTeX itself where it is more than can be drawn."""
    return mathml(latex) or f"<code>{escape(latex)}</code>"
