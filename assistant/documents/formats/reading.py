"""The child's side of all formats but PDF: one module for each, and only the one that is needed is imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import ChildMessage, Job, Refused
from assistant.documents.formats.draft import Draft, UnreadableError
from assistant.documents.model import Engine

Emit = Callable[[ChildMessage], None]

RECURSION_LIMIT = 20_000
"""The parsers stop at 2,048 elements inside one another; each takes a few calls."""


def read(job: Job, limits: Limits, emit: Emit) -> None:
    """`job.engines` is the one format's name, which is the module's: its `read(path, draft)` does the work."""
    (engine,) = job.engines
    module = importlib.import_module(f"assistant.documents.formats.{engine}")
    sys.setrecursionlimit(RECURSION_LIMIT)
    draft = Draft(cast(Engine, engine), limits)
    if refused := _read_into(draft, module.read, Path(job.path)):
        emit(refused)
        return
    for message in draft.messages():
        emit(message)


def _read_into(draft: Draft, read_format: Callable[[Path, Draft], None], path: Path) -> Refused | None:
    try:
        read_format(path, draft)
    except UnreadableError as refusal:
        return Refused(refusal.code, refusal.detail)
    except MemoryError:
        return Refused("too-large")
    except ImportError:  # of this installation, which `child.main` reports
        raise
    except OSError as error:
        return Refused("unopenable", str(error))
    except Exception as error:  # a file that is broken in a way nobody foresaw: what was read up to there counts
        if not draft.has_text:
            return Refused("damaged", str(error))
        draft.warn("shortened")
    return None
