"""Pages, chapters and how they were read, as a person reads them. For both front ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from assistant.i18n import _, plural
from tui.words import language_name, page_reason

if TYPE_CHECKING:
    from assistant.documents.chapters import Chapter
    from assistant.documents.model import Document, Page


def page_name(number: int, label: str) -> str:
    """`p. 12`, or `p. xii (PDF 14)` where the page printed with xii is the fourteenth of the file."""
    if label == str(number):
        return _("p. {number}").format(number=number)
    return _("p. {label} (PDF {number})").format(label=label, number=number)


def page_span(first: str, last: str) -> str:
    """`p. 41` or `pp. 41–78`, from labels."""
    if first == last:
        return _("p. {number}").format(number=first)
    return _("pp. {first}–{last}").format(first=first, last=last)


def page_warning(code: str) -> str:
    """What is wrong with a page, in a sentence; the code itself for one that is not known here."""
    sentences = {
        "scanned": _("This page is an image: there is no text in it to read."),
        "empty": _("There is nothing on this page to read."),
        "broken-encoding": _("The fonts of this page do not say which letters they show."),
        "failed": _("This page could not be read."),
        "glued-words": _("Some words on this page run together."),
        "formula-heavy": _("There are many formulas on this page; their parts may have lost their places."),
        "ocr-doubtful": _("The image of this page is hard to read: some letters may be wrong."),
        "shortened": _("This page is so long that a part of it was left out."),
        "hidden": _("The author has hidden this slide."),
    }
    return sentences.get(code, code)


def page_advice(code: str, recognised_with: str) -> str:
    """What to do about that warning; empty where there is nothing to do.

    `recognised_with` is the document's: not empty where text recognition has looked at the page already.
    """
    if code == "scanned" and not recognised_with:
        return _recognition_advice()
    advice = {
        "scanned": _("Text recognition found no words on it: a sharper or straighter scan may do."),
        "broken-encoding": _("Look for another copy, or print it to images and have the text recognised."),
        "failed": _("If your PDF reader shows it, print the document to a new PDF and open that."),
        "glued-words": _("Check against the page what you copy from here."),
        "formula-heavy": _("Check against the page every formula that you rely on."),
        "ocr-doubtful": _("A sharper or straighter scan reads better."),
        "shortened": _("Split the file and open the parts you need."),
    }
    return advice.get(code, "")


def _recognition_advice() -> str:
    """For pages that text recognition has not looked at: how to get it, or how to turn it on where it is there."""
    from assistant.documents.ocr.advice import why_not
    from assistant.documents.ocr.tesseract import NoTesseract, find_tesseract

    try:
        find_tesseract()
    except NoTesseract as answer:
        return str(why_not(answer))
    return str(why_not(NoTesseract("off")))


def engine_name(code: str) -> str:
    """What read a page."""
    names = {
        "geometry": _("pdfium, put in order"),
        "ocr": _("text recognition"),
        "none": _("not read"),
    }
    return names.get(code, code)


def engine_reason(code: str) -> str:
    """Why it was not the usual reader: a code of `model.REASONS`; the code itself for one that is not known here."""
    reasons = {
        "glued-words": _("the usual reader ran words together"),
        "broken-encoding": _("the usual reader could not tell the letters"),
        "empty": _("the usual reader found nothing"),
        "failed": _("the usual reader failed"),
        "scanned": _("the page is an image"),
        "row-by-row": _("its columns were drawn row by row"),
        "out-of-order": _("its lines were out of order"),
        "wrong-spaces": _("its words were wrongly spaced"),
    }
    return reasons.get(code, code)


def read_how(engine: str, reason: str, language: str) -> str:
    """`pdfium, put in order (its lines were out of order) · Italian`; the reason is left out where it is empty."""
    how = engine_name(engine)
    if reason:
        how += f" ({engine_reason(reason)})"
    return " · ".join(part for part in (how, language_name(language)) if part)


def engines_used(engines: Iterable[str]) -> str:
    """`pdfium (290); text recognition (8)`; the count only where there are several."""
    counts = Counter(engine for engine in engines if engine != "none").most_common()
    if len(counts) == 1:
        return engine_name(counts[0][0])
    return "; ".join(f"{engine_name(engine)} ({count})" for engine, count in counts)


def pages_left_out(warnings: Iterable[Sequence[str]]) -> str:
    """`an image (2), blank (1)`: how many pages have no text, by why, from the codes of each such page."""
    counts = Counter(codes[0] if codes else "empty" for codes in warnings)
    return ", ".join(f"{page_reason(code)} ({count})" for code, count in counts.most_common())


# --- chapters and what was chosen of them -----------------------------------------------------------------------


def chapter_pages(chapter: Chapter, pages: Sequence[Page]) -> str:
    return page_span(pages[chapter.first - 1].label, pages[chapter.last - 1].label)


def chosen_words(document: Document, chapters: str, pages: str) -> str:
    """`chapters 2–3, pp. 41–78`; empty where all is read. Raises ConfigError for a choice that is not there."""
    from assistant.documents import parse_pages
    from assistant.documents.chapters import choose_chapters, pages_of

    if chapters:
        chosen = choose_chapters(document, chapters)
        runs = _runs(chosen, lambda chapter: chapter.number, lambda one, two: one.end == two.start)
        named = plural("chapter {{numbers}}", "chapters {{numbers}}", len(chosen)).format(numbers=runs)
        numbers = pages_of(chosen)
    elif pages:
        named, numbers = "", set(parse_pages(pages, len(document.pages)))
    else:
        return ""
    return ", ".join(part for part in (named, pages_named(document.pages, numbers)) if part)


def pages_named(pages: Sequence[Page], numbers: Collection[int]) -> str:
    """`pp. 3–9, 12`, by what is printed on them."""
    runs = _runs(
        [page for page in pages if page.number in numbers],
        lambda page: page.label,
        lambda one, two: two.number == one.number + 1,
    )
    return plural("p. {{pages}}", "pp. {{pages}}", len(numbers)).format(pages=runs)


T = TypeVar("T")


def _runs(items: Iterable[T], name: Callable[[T], str], follows: Callable[[T, T], bool]) -> str:
    """Neighbours joined: `2–3, 7`."""
    runs: list[tuple[T, T]] = []
    for item in items:
        if runs and follows(runs[-1][1], item):
            runs[-1] = (runs[-1][0], item)
        else:
            runs.append((item, item))
    return ", ".join(name(one) if one is two else f"{name(one)}–{name(two)}" for one, two in runs)
