"""The process that reads one untrusted file: a job on stdin, messages on stdout.

It sets its own limits before it opens anything. It writes no files, uses no network, and ends when its parent does.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading

from assistant.documents.child.limits import Limits, limit_this_process
from assistant.documents.child.messages import ChildMessage, Refused, decode_job, encode

_READERS = {
    "pdf": "assistant.documents.pdf.reading",
    "format": "assistant.documents.formats.reading",
    "ocr": "assistant.documents.ocr.reading",
    "drawing": "assistant.documents.pdf.drawing",
}
"""Modules with a `read(job, limits, emit)`: only the one that is needed is imported."""


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
        importlib.import_module(_READERS[job.reader]).read(job, limits, emit)
    except ImportError as error:
        emit(Refused("installation", str(error)))
    os._exit(0)  # no tidying up: the system does it faster, and pdfium may trip over a damaged document


def _read_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 65536)
        if not piece:
            sys.exit(1)
        line += piece
    return line


def _end_with_parent() -> None:
    """The parent keeps our stdin open as long as it wants us; what we have started goes with us."""
    os.read(0, 1)
    if sys.platform != "win32" and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
