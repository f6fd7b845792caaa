"""Summaries and answers as files for other programs, made from a result alone (DESIGN §4): no document, no model.

    study_text  a result → title, blocks of text and numbered notes; what HTML, DOCX and PDF are made from
    markdown    footnotes to pages
    html        one page that needs nothing else: style, notes and formulas (MathML) are in it
    mathml      formulas for it
    docx        Word, with real footnotes
    pdf         with its own fonts, notes at the end, links there and back
    anki        cards, tab-separated, for Anki's own import
    formats     which of them a file's name asks for

Importing this package imports none of the libraries that write the formats.
"""

from assistant.export.formats import FORMATS, check_exportable, exported, format_of

__all__ = ["FORMATS", "check_exportable", "exported", "format_of"]
