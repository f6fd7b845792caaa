"""The child's side of a PDF: pdfium for every page, pypdf for the structure and for what pdfium failed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, PageRead, Refused
from assistant.documents.pdf.engines import CannotOpen, PdfEngine, PdfiumEngine, PypdfEngine
from assistant.documents.pdf.quality import WORTH_ANOTHER_ENGINE, Reading, better, judge

Emit = Callable[[ChildMessage], None]


def read(job: Job, limits: Limits, emit: Emit) -> None:
    """Read what the job asks for with the engines it names: pdfium for every page, pypdf for what that leaves."""
    refusals: list[CannotOpen] = []
    readings: dict[int, Reading] = {}
    if "pdfium" in job.engines:
        try:
            pdfium = PdfiumEngine(job.path, job.password)
            emit(Opened(pdfium.page_count))
            _read_pages(pdfium, _wanted(pdfium, job, limits), readings, limits, emit)
        except CannotOpen as refusal:
            refusals.append(refusal)
    try:
        pypdf = PypdfEngine(job.path, job.password)
        emit(Opened(pypdf.page_count))
        emit(pypdf.structure())
        _read_pages(pypdf, _in_doubt(_wanted(pypdf, job, limits), readings), readings, limits, emit)
    except CannotOpen as refusal:
        refusals.append(refusal)
    if len(refusals) == len(job.engines):
        clearest = _clearest(refusals)
        emit(Refused(clearest.code, clearest.detail))
    else:
        emit(Done())


def _in_doubt(indices: Iterable[int], readings: dict[int, Reading]) -> list[int]:
    return [index for index in indices if index not in readings or readings[index].verdict in WORTH_ANOTHER_ENGINE]


def _wanted(engine: PdfEngine, job: Job, limits: Limits) -> Iterable[int]:
    skip = set(job.skip)
    return (index for index in range(min(engine.page_count, limits.pages)) if index not in skip)


def _read_pages(
    engine: PdfEngine, indices: Iterable[int], readings: dict[int, Reading], limits: Limits, emit: Emit
) -> None:
    for index in indices:
        first = readings.get(index)
        second = _read_page(engine, index, limits)
        chosen = second if first is None else better(first, second)
        readings[index] = chosen
        warnings = (chosen.verdict,) if chosen.verdict else ()
        reason = first.verdict if first is not None and chosen is second else ""
        emit(PageRead(index, chosen.text, chosen.engine, warnings, reason))


def _read_page(engine: PdfEngine, index: int, limits: Limits) -> Reading:
    try:
        text, image_cover = engine.read_page(index)
    except Exception:  # one bad page, in whatever way it is bad, must not cost the others
        return Reading("", engine.name, "failed")
    if len(text) > limits.page_characters:
        return Reading("", engine.name, "failed")
    return Reading(text, engine.name, judge(text, image_cover))


def _clearest(refusals: list[CannotOpen]) -> CannotOpen:
    """What to tell: an engine that asks for a password has understood more than one that says "damaged"."""
    order = ("certificate", "password", "unopenable", "damaged")
    return min(refusals, key=lambda refusal: order.index(refusal.code))
