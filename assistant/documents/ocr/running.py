"""Give one image to tesseract and hear what it makes of it, within bounds. Runs in the limited child.

The image goes in by a pipe and the text comes out by one: no file is written. tesseract inherits the child's limits on
memory and computing time, and ends with the child: it is in its process group, on Windows in its job.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO

from assistant.documents.ocr.tesseract import environment

_MOST_OUTPUT_BYTES = 16 << 20
"""hOCR of a page takes about 130 bytes a word: 120,000 words, a hundred dense pages."""
_END_SECONDS = 5.0
"""For ending, once everything is said."""
_WAY_UP = "1"
_LAYOUT = "3"
"""Page segmentation modes: layout with and without finding out first which way up the page is."""
_SAUVOLA = "thresholding_method=2"
"""Where a shadow falls on the page or the paper is grainy, one threshold for all of it loses half of the words, and
tesseract is as sure of the others as ever: see benchmarks/recognition.py."""


class RecognitionFailed(Exception):  # noqa: N818 - an answer, not a fault of ours
    """tesseract crashed, hung, said too much, or cannot read the image."""


@dataclass(frozen=True)
class Command:
    program: str
    languages: str
    """`ita+eng`"""
    data: str
    """TESSDATA_PREFIX, or "" for its own."""
    adapts_to_light: bool
    """Whether it knows how to part ink from paper by what is around each place."""
    page_seconds: float
    """Wall time for one image."""

    def run(self, image: bytes, dpi: float, *, page: int = 0, find_way_up: bool = False) -> str:
        """hOCR of an image: PGM, or a file of a format that it knows, of which `page` is read.

        Raises RecognitionFailed.
        """
        arguments = [
            self.program, "stdin", "stdout",
            "-l", self.languages,
            "--psm", _WAY_UP if find_way_up else _LAYOUT,
            "--dpi", str(round(dpi)),
            "-c", "tessedit_create_hocr=1",
            "-c", f"tessedit_page_number={page}",
            *(("-c", _SAUVOLA) if self.adapts_to_light else ()),
        ]  # fmt: skip
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(self.data, os.environ),
                creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except OSError as error:
            raise RecognitionFailed("it does not start") from error
        return _converse(process, image, self.page_seconds)


def _converse(process: subprocess.Popen[bytes], image: bytes, seconds: float) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    feeder = threading.Thread(target=_feed, args=(process.stdin, image), daemon=True)
    alarm = threading.Timer(seconds, process.kill)
    feeder.start()
    alarm.start()
    returncode = None
    try:
        output = process.stdout.read(_MOST_OUTPUT_BYTES + 1)
        if len(output) <= _MOST_OUTPUT_BYTES:
            with contextlib.suppress(subprocess.TimeoutExpired):
                returncode = process.wait(_END_SECONDS)
    finally:
        alarm.cancel()
        process.kill()
        process.wait()
        feeder.join()
        process.stdout.close()
    if returncode != 0:
        raise RecognitionFailed(f"it ended with {returncode}")
    return output.decode("utf-8", "replace")


def _feed(stdin: IO[bytes], image: bytes) -> None:
    with contextlib.suppress(OSError):  # it has ended before it read everything, which its exit code says too
        stdin.write(image)
    with contextlib.suppress(OSError):
        stdin.close()
