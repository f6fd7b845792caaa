"""Recognition of the pages of one file, in limited children, kept page by page. The side that stays alive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from assistant.documents.child.haul import Haul
from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import ChildMessage, Job, PageRead, decode, encode
from assistant.documents.child.process import run_child
from assistant.documents.model import Document
from assistant.documents.ocr.advice import Advice, lacking_language, why_not
from assistant.documents.ocr.options import Recognition
from assistant.documents.ocr.task import Task
from assistant.documents.ocr.tesseract import NoTesseract, Tesseract, find_tesseract
from assistant.documents.source import Source
from assistant.i18n import _

VERSION = 1
"""Goes up whenever the same image may give another text: part of every kept page's key."""
RECOGNISABLE = ("scanned", "broken-encoding", "empty")
"""Verdicts on a page's own text after which its picture is worth a try; an empty page may be drawn in outlines."""
_PICTURES = frozenset(RECOGNISABLE) - {"empty"}
_MOST_DEATHS = 5
_DRAWING_CPU_SECONDS = 5
"""For each page, on top of what reading a document may take."""


@dataclass(frozen=True)
class Outcome:
    languages: str = ""
    """What pages were recognised with, `ita+eng`; empty where none were to be, or nothing could."""
    advice: Advice | None = None
    """What to do for the pages that are still without their text, or for better text."""


def recogniser(recognition: Recognition) -> Tesseract:
    """Raises NoTesseract, also where recognition is turned off."""
    if recognition.mode == "off":
        raise NoTesseract("off")
    return find_tesseract(recognition.program)


def recognise_pages(haul: Haul) -> Outcome:
    """Give the pages of a PDF that are pictures their text, in the haul. Raises Stopped."""
    verdicts = {index: code for index, page in sorted(haul.pages.items()) if (code := _verdict(page))}
    if not verdicts:
        return Outcome()
    try:
        tesseract = recogniser(haul.source.recognition)
    except NoTesseract as answer:
        return Outcome("", why_not(answer) if _PICTURES & set(verdicts.values()) else None)
    found = Recogniser(haul.source, tesseract, "pdf", haul.page_count).run(tuple(verdicts))
    for index, page in found.items():
        if page.text.strip():
            haul.pages[index] = replace(page, reason=verdicts[index])
    return Outcome(tesseract.languages, _advice(tesseract, verdicts, found))


def worth_another_reading(document: Document, recognition: Recognition) -> bool:
    """Whether what recognises text has become better since the document was read, and the document has use for it."""
    pictures = any(page.engine == "ocr" or set(page.warnings) & set(RECOGNISABLE) for page in document.pages)
    if not pictures:
        return False
    try:
        languages = recogniser(recognition).languages
    except NoTesseract:
        return False
    return not set(languages.split("+")) <= set(document.recognised_with.split("+"))


class Recogniser:
    """Recognises pages of one file; those kept from an earlier time are taken from there."""

    def __init__(self, source: Source, tesseract: Tesseract, kind: Literal["pdf", "image"], page_count: int) -> None:
        self._source = source
        self._tesseract = tesseract
        self._kind: Literal["pdf", "image"] = kind
        self._page_count = page_count
        # What a password protects is never kept: the library is not encrypted.
        self._kept = None if source.password else source.recognition.kept
        self._sha256 = source.sha256() if self._kept is not None else ""
        self._found: dict[int, PageRead] = {}

    def run(self, indices: Sequence[int]) -> Mapping[int, PageRead]:
        """What was made of each page: `empty` or `failed` where there is no text. Raises Stopped."""
        for index in indices:
            if (page := self._known(index)) is not None:
                self._found[index] = page
        self._report(indices)
        deaths = 0
        while (left := tuple(index for index in indices if index not in self._found)) and deaths < _MOST_DEATHS:
            job = Job(str(self._source.path), "ocr", self._source.password, options=self._task(left, deaths > 0))
            limits = _limits(self._source.limits, len(left))
            ending = run_child(
                replace(job, limits=asdict(limits)),
                limits,
                lambda message: self._take(message, indices),
                self._source.should_stop,
            )
            if ending == "done":
                break
            if deaths and left[0] not in self._found:
                self._found[left[0]] = PageRead(left[0], "", "none", ("failed",))
            deaths += 1
        for index in indices:
            self._found.setdefault(index, PageRead(index, "", "none", ("failed",)))
        return self._found

    def _task(self, indices: tuple[int, ...], after_death: bool) -> dict[str, object]:
        tesseract = self._tesseract
        return asdict(
            Task(
                source=self._kind,
                pages=indices,
                page_count=self._page_count,
                program=tesseract.program,
                languages=tesseract.languages,
                data=tesseract.data,
                find_way_up=tesseract.sees_orientation,
                adapts_to_light=tesseract.adapts_to_light,
                one_by_one=after_death,
            )
        )

    def _take(self, message: ChildMessage, indices: Sequence[int]) -> None:
        if not isinstance(message, PageRead) or message.index not in indices:
            return
        self._found[message.index] = message
        if self._kept is not None and "failed" not in message.warnings:
            self._kept.put_unit(self._key(message.index), encode(message).decode("ascii"), (self._sha256,))
        self._report(indices)

    def _report(self, indices: Sequence[int]) -> None:
        self._source.recognition.on_page(len(self._found), len(indices))

    def _known(self, index: int) -> PageRead | None:
        if self._kept is None or (value := self._kept.unit(self._key(index))) is None:
            return None
        try:
            message = decode(value.encode())
        except ValueError:  # written by another version
            return None
        return message if isinstance(message, PageRead) and message.index == index else None

    def _key(self, index: int) -> str:
        tesseract = self._tesseract
        parts = [self._sha256, index, VERSION, tesseract.languages, tesseract.version, tesseract.sees_orientation]
        return "ocr-" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _verdict(page: PageRead) -> str:
    return next((code for code in RECOGNISABLE if code in page.warnings), "")


def _advice(tesseract: Tesseract, verdicts: Mapping[int, str], found: Mapping[int, PageRead]) -> Advice | None:
    if any(page.engine == "ocr" for page in found.values()):
        return lacking_language(tesseract)
    if not _PICTURES & set(verdicts.values()):
        return None
    return Advice(
        _("Text recognition found no words: if there are some, scan the pages again, straight, sharp and at 300 dpi.")
    )


def _limits(limits: Limits, pages: int) -> Limits:
    """A page takes seconds here, and is tried up to three times: as it is, another way up, straightened."""
    page_seconds = 3 * limits.recognition_seconds + limits.page_seconds
    return replace(
        limits,
        cpu_seconds=limits.cpu_seconds + _DRAWING_CPU_SECONDS * pages,
        silent_seconds=limits.silent_seconds + page_seconds,
        page_seconds=page_seconds,
    )
