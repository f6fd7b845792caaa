"""What `sunto extract` prints for a person: every line that is not the document's own begins with ═, ─ or ⚠."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.i18n import _, plural
from assistant.safe_text import one_line
from tui.document_words import (
    engines_used,
    page_advice,
    page_name,
    page_span,
    page_warning,
    pages_left_out,
    read_how,
)
from tui.words import language_name

Row = dict[str, Any]


def extracted_lines(document: Row) -> Iterator[str]:
    """The head of a document and, unless the text was left out, its pages."""
    yield from _head(document)
    for page in document["pages"]:
        if "text" in page:
            yield ""
            yield from _page(page, document["recognised_with"])


def _head(document: Row) -> Iterator[str]:
    yield f"═══ {one_line(document['document'])}"
    yield f"═══ {' · '.join(_facts(document))}"
    for chapter in document["chapters"]:
        indent = "  " * (chapter["depth"] - 1)
        pages = page_span(chapter["first_label"], chapter["last_label"])
        yield f"═══ {indent}{one_line(chapter['name'])} · {pages}"
    for warning in document["warnings"]:
        yield f"⚠ {one_line(warning)}"


def _facts(document: Row) -> Iterator[str]:
    pages = document["pages"]
    yield one_line(document["title"])
    total, readable = document["pages_total"], document["pages_readable"]
    yield plural("{count} page", "{count} pages", total)
    if readable < total:
        skipped = pages_left_out(page["warnings"] for page in pages if page["engine"] == "none")
        without = plural("{count} without text", "{count} without text", total - readable)
        yield f"{without}: {skipped}" if skipped else without
    if language := language_name(document["language"]):
        yield language
    if engines := engines_used(page["engine"] for page in pages):
        yield _("read with {engines}").format(engines=engines)


def _page(page: Row, recognised_with: str) -> Iterator[str]:
    name = page_name(page["number"], page["label"])
    yield f"─── {one_line(name)} · {read_how(page['engine'], page['reason'], page['language'])} ───"
    for code in page["warnings"]:
        yield " ".join(part for part in ("⚠", page_warning(code), page_advice(code, recognised_with)) if part)
    if page["text"]:
        yield ""
        yield page["text"].rstrip("\n")
