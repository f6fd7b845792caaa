"""The process that reads one PDF for `assistant.documents.pdf`: a job on stdin, messages on stdout.

It sets its own limits before it opens anything, reads with pdfium, then asks pypdf for the structure and for the
pages pdfium failed on. It writes no files, uses no network, and ends when its parent does.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable

from assistant.documents.limits import Limits, limit_this_process
from assistant.documents.pdf_engines import CannotOpen, PdfEngine, PdfiumEngine, PypdfEngine
from assistant.documents.pdf_messages import (
    ChildMessage,
    Done,
    Job,
    Opened,
    PageRead,
    Refused,
    decode_job,
    encode,
)
from assistant.documents.quality import WORTH_ANOTHER_ENGINE, Reading, better, judge

Emit = Callable[[ChildMessage], None]


def main() -> None:
    events = os.dup(1)
    os.dup2(2, 1)  # a library that prints must not speak for us
    job = decode_job(_read_line())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limits = Limits(**job.limits)  # type: ignore[arg-type] - the numbers come from the same class
    limit_this_process(limits)

    def emit(message: ChildMessage) -> None:
        data = memoryview(encode(message))
        while data:
            data = data[os.write(events, data) :]

    try:
        read(job, limits, emit)
    except ImportError as error:
        emit(Refused("installation", str(error)))
    os._exit(0)  # no tidying up: the system does it faster, and pdfium may trip over a damaged document


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
        warnings = [chosen.verdict] if chosen.verdict else []
        if first is not None and chosen is second:
            warnings.append("fallback-engine")
        emit(PageRead(index, chosen.text, chosen.engine, tuple(warnings)))


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


def _read_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 65536)
        if not piece:
            sys.exit(1)
        line += piece
    return line


def _end_with_parent() -> None:
    """The parent keeps our stdin open as long as it wants us."""
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
