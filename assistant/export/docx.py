"""A Word file with real footnotes, through python-docx.

python-docx has no footnotes of its own: their part of the file is written here (ECMA-376 part 1, §17.11).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.export.notes import Note
from assistant.export.study_text import Block, Run, StudyText, study_text

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_FOOTNOTES_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_SEPARATORS = ((-1, "separator"), (0, "continuationSeparator"))
"""The lines that part notes from text, and their ids; those of notes are their numbers."""
_NOTE_POINTS = 8
_LIST_STEP_POINTS = 18
_MAX_LIST_LEVEL = 2
"""The deepest list that Word's own template has a style for."""
_FORMULA_FONT, _CODE_FONT = "Cambria Math", "Consolas"


def write(result: Mapping[str, Any]) -> bytes:
    import docx

    text = study_text(result)
    document = docx.Document()
    document.core_properties.title = text.title[:255]
    document.core_properties.author = ""
    document.core_properties.language = text.language
    document.add_heading(text.title, level=0)
    seen: set[int] = set()
    for block in text.blocks:
        _add_block(document, block, seen)
    _add_about(document, text.about)
    if text.notes:
        _add_footnotes(document, text)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_block(document: Any, block: Block, seen: set[int]) -> None:
    """`seen` are the notes that were referred to already."""
    if block.kind == "table":
        _add_table(document, block.rows, seen)
        return
    if block.kind == "heading":
        paragraph = document.add_heading(level=min(block.level, 9))
    else:
        paragraph = document.add_paragraph(style=_style(block))
    if block.kind == "item":
        _indent(paragraph, block.level)
    if block.number:
        paragraph.add_run(f"{block.number}.\t")
    _add_runs(paragraph, block.runs, seen)


def _indent(paragraph: Any, level: int) -> None:
    """Said outright: the template's lists of a deeper level stand left of the numbers they belong to."""
    from docx.shared import Pt

    paragraph.paragraph_format.left_indent = Pt(_LIST_STEP_POINTS * (level + 1))
    paragraph.paragraph_format.first_line_indent = Pt(-_LIST_STEP_POINTS)


def _style(block: Block) -> str | None:
    if block.kind == "quote":
        return "Quote"
    if block.kind != "item":
        return None
    # Numbers are written out: Word would go on counting over all lists of the file.
    level = min(block.level, _MAX_LIST_LEVEL)
    return ("List Continue" if block.number else "List Bullet") + (f" {level + 1}" if level else "")


def _add_runs(paragraph: Any, runs: Sequence[Run], seen: set[int]) -> None:
    for run in runs:
        if run.note:
            _add_reference(paragraph, run.note, again=run.note in seen)
            seen.add(run.note)
            continue
        added = paragraph.add_run(run.text)
        added.bold, added.italic = run.bold or None, (run.italic or run.formula) or None
        if run.formula or run.code:
            added.font.name = _FORMULA_FONT if run.formula else _CODE_FONT


def _add_table(document: Any, rows: Sequence[Sequence[Sequence[Run]]], seen: set[int]) -> None:
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    table = document.add_table(rows=len(rows), cols=columns, style="Table Grid")
    for row, cells in zip(rows, table.rows, strict=True):
        for runs, cell in zip(row, cells.cells, strict=False):
            _add_runs(cell.paragraphs[0], runs, seen)


def _add_about(document: Any, lines: Sequence[str]) -> None:
    from docx.shared import Pt

    for line in lines:
        run = document.add_paragraph().add_run(line)
        run.font.size, run.italic = Pt(8), True


# --- footnotes --------------------------------------------------------------------------------------------------


def _add_reference(paragraph: Any, number: int, *, again: bool) -> None:
    """Word's own reference the first time; then only its number, for a note can be referred to but once."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(str(number) if again else "")
    run.font.superscript = True
    if again:
        return
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(number))
    run._r.append(reference)  # pyright: ignore[reportPrivateUsage] - the library's own way to its XML


def _add_footnotes(document: Any, text: StudyText) -> None:
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, _footnotes_xml(text.notes), document.part.package)
    document.part.relate_to(part, _FOOTNOTES_RELATION)


def _footnotes_xml(notes: Sequence[Note]) -> bytes:
    import lxml.etree as etree

    def tag(name: str) -> str:
        return f"{{{_W}}}{name}"

    root = etree.Element(tag("footnotes"), nsmap={"w": _W})
    for identity, kind in _SEPARATORS:
        line = etree.SubElement(root, tag("footnote"), {tag("type"): kind, tag("id"): str(identity)})
        run = etree.SubElement(etree.SubElement(line, tag("p")), tag("r"))
        etree.SubElement(run, tag(kind))
    for note in notes:
        footnote = etree.SubElement(root, tag("footnote"), {tag("id"): str(note.number)})
        paragraph = etree.SubElement(footnote, tag("p"))
        shape = etree.SubElement(paragraph, tag("pPr"))
        etree.SubElement(shape, tag("spacing"), {tag("after"): "0", tag("line"): "240", tag("lineRule"): "auto"})
        mark = etree.SubElement(paragraph, tag("r"))
        etree.SubElement(etree.SubElement(mark, tag("rPr")), tag("vertAlign"), {tag("val"): "superscript"})
        etree.SubElement(mark, tag("footnoteRef"))
        run = etree.SubElement(paragraph, tag("r"))
        etree.SubElement(etree.SubElement(run, tag("rPr")), tag("sz"), {tag("val"): str(2 * _NOTE_POINTS)})
        words = etree.SubElement(run, tag("t"))
        words.text = f" {note.mark} {note.text}"
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
