"""Open one file as a person would, and say whether anything happened that must never happen."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from assistant.documents import Document, load_document
from assistant.documents.child.limits import LIMITS
from assistant.documents.model import UNREADABLE
from assistant.errors import DocumentAccessError, DocumentError

FUZZ_LIMITS = replace(LIMITS, cpu_seconds=10, silent_seconds=8.0, start_seconds=12.0, page_seconds=0.2)
"""Tighter than in daily use, so that ten thousand files can be read in a sitting; enforced in the same way."""
MOST_SECONDS = 75.0
"""Every engine in turn at its limit, with a margin for a machine that does other things as well."""

_MOST_FAULTS = 3
"""Of one file: the first tell enough."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\ud800-\udfff\ue000-\uf8ff]")


@dataclass(frozen=True)
class Outcome:
    kind: str
    """`text`, `partly` (some pages have a warning instead), or the name of the DocumentError."""
    seconds: float
    faults: tuple[str, ...] = ()
    """What must never happen; empty is what we want."""


def read(path: Path, scratch: Path) -> Outcome:
    """`scratch` is where this process and its children put temporary files: it must be empty afterwards."""
    start = time.perf_counter()
    kind, faults = _opened(path)
    seconds = time.perf_counter() - start
    if seconds > MOST_SECONDS:
        faults.append(f"took {seconds:.0f} s")
    faults += [f"left {left.name}" for left in scratch.iterdir()]
    faults += [f"left the process {child.name()}" for child in psutil.Process().children(recursive=True)]
    return Outcome(kind, seconds, tuple(faults))


def _opened(path: Path) -> tuple[str, list[str]]:
    try:
        document = load_document(path, limits=FUZZ_LIMITS)
    except DocumentError as error:
        sentences = f"{error.message} {error.hint}"
        faults = ["an error without a hint"] if not error.message or not error.hint else []
        if isinstance(error, DocumentAccessError):
            faults.append("said to be out of reach, but it is there")
        return type(error).__name__, faults + _forbidden("the error", sentences)
    except Exception as error:  # that is what this looks for
        return type(error).__name__, [f"traceback: {error!r}"[:300]]
    whole = all(page.text.strip() for page in document.pages)
    return "text" if whole else "partly", _faults(document)[:_MOST_FAULTS]


def _faults(document: Document) -> list[str]:
    faults = _forbidden("the title", document.title) + [
        fault for warning in document.warnings for fault in _forbidden("a warning", warning)
    ]
    for page in document.pages:
        faults += _forbidden(f"page {page.number}", page.text) + _forbidden("a label", page.label)
        if not page.text.strip() and not set(page.warnings) & set(UNREADABLE):
            faults.append(f"page {page.number} has neither text nor a reason")
    for section in document.sections:
        if not 1 <= section.page <= len(document.pages):
            faults.append(f"a section on page {section.page} of {len(document.pages)}")
        elif not 0 <= section.offset <= len(document.pages[section.page - 1].text):
            faults.append("a section begins outside its page")
        faults += _forbidden("a section's title", section.title)
    return faults


def _forbidden(where: str, text: str) -> list[str]:
    found = _FORBIDDEN.search(text)
    return [f"U+{ord(found[0]):04X} in {where}"] if found else []
