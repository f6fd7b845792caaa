"""The child's side of recognition: pages drawn one by one, each given to tesseract.

    Opened, then a PageRead for each page asked for, then Done.

A page that tesseract fails on is `failed`; one without words is `empty`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, PageRead, Refused
from assistant.documents.ocr.bitmaps import DPI, Bitmap, Bitmaps, CannotOpen, image_bitmaps, pdf_bitmaps
from assistant.documents.ocr.hocr import Recognised, parse_hocr
from assistant.documents.ocr.running import Command, RecognitionFailed
from assistant.documents.ocr.task import Task

Emit = Callable[[ChildMessage], None]

DOUBTFUL_CONFIDENCE = 85.0
"""Mean over the letters of a page. On copies made worse and worse, pages below it had lost a tenth of their words or
more; good scans have 90 and above."""
_NOISE_CONFIDENCE = 50.0
"""Below this hardly one word in twenty was right."""
_ASKEW = 0.015
"""Slope, a little under a degree. Scans at 1.2 degrees were read whole, at 1.5 degrees only half."""
_FEW_LETTERS = 40
"""Too few to tell by their lines how the page lies."""
_FEWEST_LETTERS = 4
_MOST_AT_ONCE = 4
_FAILED = Recognised("", (), -1.0)


def read(job: Job, limits: Limits, emit: Emit) -> None:
    task = Task.of(job.options)
    try:
        bitmaps = _open(job, task)
    except CannotOpen as refusal:
        emit(Refused(refusal.code, refusal.detail))
        return
    emit(Opened(bitmaps.page_count))
    command = Command(task.program, task.languages, task.data, task.adapts_to_light, limits.recognition_seconds)
    reader = PageReader(bitmaps, command, task.find_way_up)
    workers = 1 if task.one_by_one else _workers()
    with ThreadPoolExecutor(workers) as pool:
        pending: deque[tuple[int, Future[Recognised]]] = deque()
        for index in task.pages:
            while len(pending) >= workers:
                _emit_first(pending, limits, emit)
            bitmap = _draw(bitmaps, index)
            pending.append((index, pool.submit(reader.read, index, bitmap)))
        while pending:
            _emit_first(pending, limits, emit)
    emit(Done())


class PageReader:
    """Tries again where a page lies on its side or askew; what it learns of one page helps with the next."""

    def __init__(self, bitmaps: Bitmaps, command: Command, can_find_way_up: bool, dpi: float = DPI) -> None:
        self._bitmaps = bitmaps
        self._dpi = dpi
        self._command = command
        self._can_find_way_up = can_find_way_up
        self._turned = False
        """Whether the pages so far lay on their side: then it is worth looking first."""

    def read(self, index: int, bitmap: Bitmap | Exception | None) -> Recognised:
        """`_FAILED` when it cannot."""
        if bitmap is None:
            return Recognised("", (), 0.0)
        if isinstance(bitmap, Exception):
            return _FAILED
        found = self._way_up(bitmap)
        slope = found.slope if found.letters >= _FEW_LETTERS else self._seen_slope(index)
        return self._straightened(index, slope, found) if abs(slope) > _ASKEW else found

    def _way_up(self, bitmap: Bitmap) -> Recognised:
        looked = self._turned
        found = self._run(bitmap, find_way_up=looked)
        if found.confidence >= DOUBTFUL_CONFIDENCE or not self._can_find_way_up:
            return found
        other = self._run(bitmap, find_way_up=not looked)
        if other.confidence <= found.confidence:
            return found
        self._turned = not looked
        return other

    def _seen_slope(self, index: int) -> float:
        try:
            return self._bitmaps.slope(index)
        except Exception:  # what the page's drawing raises has been met before, and it was drawn all the same
            return 0.0

    def _straightened(self, index: int, slope: float, askew: Recognised) -> Recognised:
        """Lines that go down a little too much make tesseract lose most of the page, or all, and not notice."""
        bitmap = _draw(self._bitmaps, index, slope)
        if not isinstance(bitmap, Bitmap):
            return askew
        return max(askew, self._run(bitmap, find_way_up=False), key=lambda found: found.confidence * found.letters)

    def _run(self, bitmap: Bitmap, *, find_way_up: bool) -> Recognised:
        try:
            hocr = self._command.run(bitmap.data, self._dpi, page=bitmap.page, find_way_up=find_way_up)
            return parse_hocr(hocr, self._dpi)
        except (RecognitionFailed, AssertionError):
            return _FAILED


def _open(job: Job, task: Task) -> Bitmaps:
    if task.source == "pdf":
        return pdf_bitmaps(job.path, job.password)
    return image_bitmaps(job.path, task.page_count)


def _draw(bitmaps: Bitmaps, index: int, slope: float = 0.0) -> Bitmap | Exception | None:
    try:
        return bitmaps.page(index, slope)
    except Exception as error:  # one bad page, in whatever way it is bad, must not cost the others
        return error


def _emit_first(pending: deque[tuple[int, Future[Recognised]]], limits: Limits, emit: Emit) -> None:
    index, future = pending.popleft()
    emit(_message(index, future.result(), limits))


def _message(index: int, found: Recognised, limits: Limits) -> PageRead:
    if found is _FAILED or len(found.text) > limits.page_characters:
        return PageRead(index, "", "none", ("failed",))
    if _is_noise(found):
        return PageRead(index, "", "none", ("empty",))
    warnings = ("ocr-doubtful",) if found.confidence < DOUBTFUL_CONFIDENCE else ()
    return PageRead(index, found.text, "ocr", warnings, lines=found.lines)


def _is_noise(found: Recognised) -> bool:
    """Whether it is what tesseract sees in a picture; a few letters must be sure ones to be a text."""
    sure_enough = _NOISE_CONFIDENCE if found.letters >= _FEW_LETTERS else DOUBTFUL_CONFIDENCE
    return found.letters < _FEWEST_LETTERS or found.confidence < sure_enough


def _workers() -> int:
    """Pages at once: one core is left to the person."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_AT_ONCE, cores - 1))
