"""The child's side of a PDF: pdfium for every page and the structure, pypdf for the file or the pages it fails on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, PageRead, Refused
from assistant.documents.pdf.engines import CannotOpen, PdfEngine
from assistant.documents.pdf.junk import without_junk
from assistant.documents.pdf.quality import Reading, better, judged

Emit = Callable[[ChildMessage], None]
ENGINES = ("pdfium", "pypdf")
"""In the order in which they are asked."""
_FEWEST_PAGES = 40
"""Of a share: fewer are read before another child has started."""
_FEW_GLUED = 0.02
"""Share of the pages of a document."""


def read(job: Job, limits: Limits, emit: Emit) -> None:
    """Read what the job asks for with the engines it names; a later one only sees what the ones before it left."""
    refusals: list[CannotOpen] = []
    readings: dict[int, Reading] = {}
    engines = job.engines or ENGINES
    for number, name in enumerate(engines):
        doubtful = {index for index, reading in readings.items() if reading.worth_another_engine}
        if readings and not doubtful:
            break
        try:
            engine = _opened(name, job)
        except CannotOpen as refusal:
            refusals.append(refusal)
            continue
        emit(Opened(engine.page_count))
        if len(refusals) == number and not job.share[0]:  # no engine before it opened the file
            emit(engine.structure())
        wanted = (index for index in _wanted(engine, job, limits) if index not in readings or index in doubtful)
        _read_pages(engine, wanted, readings, limits, emit)
        _settle(readings, emit)
    if len(refusals) == len(engines):
        clearest = _clearest(refusals)
        emit(Refused(clearest.code, clearest.detail))
    else:
        emit(Done())


def _opened(name: str, job: Job) -> PdfEngine:
    if name == "pdfium":
        from assistant.documents.pdf.with_pdfium import PdfiumEngine

        return PdfiumEngine(job.path, job.password)
    from assistant.documents.pdf.with_pypdf import PypdfEngine

    return PypdfEngine(job.path, job.password)


def _settle(readings: dict[int, Reading], emit: Emit) -> None:
    """Believe long words on very few pages: a font without spaces glues the words of many, and pypdf opens slowly."""
    glued = [index for index, reading in readings.items() if reading.verdict == "glued-words"]
    if len(glued) > _FEW_GLUED * len(readings):
        return
    for index in glued:
        readings[index] = replace(readings[index], verdict="")
        emit(_message(index, readings[index], None))


def _wanted(engine: PdfEngine, job: Job, limits: Limits) -> Iterable[int]:
    skip = set(job.skip)
    return (index for index in _share(min(engine.page_count, limits.pages), *job.share) if index not in skip)


def _share(count: int, number: int, shares: int) -> range:
    """The pages that are this child's; of a short document the first children have all, the others none."""
    shares = max(1, min(shares, count // _FEWEST_PAGES))
    return range(count * min(number, shares) // shares, count * min(number + 1, shares) // shares)


def _read_pages(
    engine: PdfEngine, indices: Iterable[int], readings: dict[int, Reading], limits: Limits, emit: Emit
) -> None:
    for index in indices:
        first = readings.get(index)
        second = _read_page(engine, index, limits)
        chosen = second if first is None else better(first, second)
        readings[index] = chosen
        if chosen is not first:
            emit(_message(index, chosen, first))


def _read_page(engine: PdfEngine, index: int, limits: Limits) -> Reading:
    try:
        page = engine.read_page(index)
    except Exception:  # one bad page, in whatever way it is bad, must not cost the others
        return Reading("", engine.name, "failed")
    if len(page.text) > limits.page_characters:
        return Reading("", engine.name, "failed")
    return judged(page)


def _message(index: int, reading: Reading, before: Reading | None) -> PageRead:
    text, lines = without_junk(reading.text, reading.lines)
    reason = reading.reason if before is None or before.engine == reading.engine else before.verdict
    return PageRead(index, text, reading.engine, reading.warnings, reason, lines)


def _clearest(refusals: list[CannotOpen]) -> CannotOpen:
    """What to tell: an engine that asks for a password has understood more than one that says "damaged"."""
    order = ("certificate", "password", "unopenable", "damaged")
    return min(refusals, key=lambda refusal: order.index(refusal.code))
