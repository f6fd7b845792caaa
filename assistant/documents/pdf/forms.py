"""What was filled into the form of a PDF: it stands on the page, but is no part of its text. Runs in the child."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from assistant.documents.pdf.glyphs import Box, Glyphs
from assistant.documents.pdf.lines import Line

_MOST_FIELDS = 500
"""On one page."""
_LONGEST_VALUE = 10_000
_PASSWORD = 1 << 13
"""Flag of a text field whose value is not shown."""
_HIDDEN = 1 << 1 | 1 << 5
"""Flags of an annotation: hidden, no view."""


class Field(NamedTuple):
    value: str
    box: Box


def fields_of(document: Any, page: Any, glyphs: Glyphs) -> list[Field]:
    """Texts and choices somebody entered, in the file's order; none where the file has no form."""
    form = document.formenv
    if form is None:
        return []
    from pypdfium2 import raw

    fields: list[Field] = []
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_FIELDS)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        try:
            value = _value(raw, form, annotation)
            if value:
                rect = raw.FS_RECTF()
                raw.FPDFAnnot_GetRect(annotation, rect)
                fields.append(Field(value, glyphs.seen_box(rect.left, rect.bottom, rect.right, rect.top)))
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return fields


def _value(raw: Any, form: Any, annotation: Any) -> str:
    if raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_WIDGET or raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
        return ""
    shown = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
    if raw.FPDFAnnot_GetFormFieldType(form, annotation) not in shown:
        return ""
    if raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
        return ""
    size = min(raw.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0), 2 * _LONGEST_VALUE)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size)
    return " ".join(bytes(buffer).decode("utf-16-le", "ignore").split("\0")[0].split())


def with_fields(lines: Sequence[Line], fields: Sequence[Field]) -> list[Line]:
    """Each value behind the label on its left, or on a line of its own below what stands above it."""
    filled = list(lines)
    for value, box in sorted(fields, key=lambda field: (field.box.top, field.box.left)):
        beside = [
            number
            for number, line in enumerate(filled)
            if box.top <= line.baseline <= box.bottom + 0.3 * line.size and line.left < box.left and not line.turned
        ]
        if beside:
            number = max(beside, key=lambda number: filled[number].right)
            label = filled[number]
            filled[number] = replace(label, text=f"{label.text} {value}", right=max(label.right, box.right))
        else:
            above = [number for number, line in enumerate(filled) if line.baseline <= box.top]
            size = min(10.0, 0.8 * (box.bottom - box.top))
            line = Line(value, -1, box.left, box.right, box.bottom - 0.2 * size, size)
            filled.insert(above[-1] + 1 if above else 0, line)
    return filled
