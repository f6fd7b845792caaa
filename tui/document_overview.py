"""What became of a whole document when it was read: the first thing its view shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.i18n import _, plural
from tui.document_words import chapter_pages, engines_used, page_advice, pages_left_out, pages_named
from tui.open_documents import OpenDocument
from tui.words import language_name, page_reason

if TYPE_CHECKING:
    from assistant.documents.model import Document


def overview(item: OpenDocument, document: Document) -> str:
    """Plain text, a paragraph for each kind of thing."""
    parts = (_identity(document), _reading(document), _choice(item), _troubles(document), _chapters(document))
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part)))


def short_facts(document: Document) -> str:
    """`300 pages · 290 of them with text · Italian`, on one line."""
    pages, readable = len(document.pages), len(document.readable_pages)
    parts = [
        plural("{count} page", "{count} pages", pages),
        _("{count} of them with text").format(count=readable) if readable < pages else "",
        language_name(document.language),
    ]
    return " · ".join(part for part in parts if part)


def _identity(document: Document) -> Iterator[str]:
    yield document.title
    yield document.path


def _reading(document: Document) -> Iterator[str]:
    pages, readable = len(document.pages), len(document.readable_pages)
    yield plural("{count} page", "{count} pages", pages)
    if readable < pages:
        without = [page.warnings for page in document.pages if not page.text.strip()]
        yield _("Without text: {pages}").format(pages=pages_left_out(without))
    if engines := engines_used(page.engine for page in document.pages):
        yield _("Read with: {engines}").format(engines=engines)
    if languages := _languages(document):
        yield _("Language: {languages}").format(languages=languages)


def _languages(document: Document) -> str:
    """The document's, and how many pages are in which where they are not all in one."""
    counts = Counter(name for page in document.pages if (name := language_name(page.language))).most_common()
    if len(counts) > 1:
        return ", ".join(f"{name} ({count})" for name, count in counts)
    return language_name(document.language)


def _choice(item: OpenDocument) -> Iterator[str]:
    if words := item.chosen:
        yield _("Of this, answers and summaries read: {chosen}").format(chosen=words)


def _troubles(document: Document) -> Iterator[str]:
    """The document's own warnings, then for each thing that is wrong with pages where, and what to do."""
    for warning in document.warnings:
        yield f"⚠ {' '.join(warning.split())}"
    for code in dict.fromkeys(code for page in document.pages for code in page.warnings):
        if advice := page_advice(code, document.recognised_with):
            numbers = {page.number for page in document.pages if code in page.warnings}
            yield f"⚠ {page_reason(code)}: {pages_named(document.pages, numbers)}"
            yield f"  → {advice}"


def _chapters(document: Document) -> Iterator[str]:
    from assistant.documents.chapters import chapters_of

    for chapter in chapters_of(document):
        indent = "    " * (chapter.depth - 1)
        yield f"{indent}{chapter.name} · {chapter_pages(chapter, document.pages)}"
