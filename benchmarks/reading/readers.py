"""The same files read by Sunto, here, and by each peer, in a process of the peers' own environment."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.documents import load_document
from assistant.errors import DocumentError
from benchmarks.measure import ROOT

SUNTO = "sunto"
PEERS = ("pypdf", "pdfium", "pdfminer", "pdftotext", "markitdown", "docling-native", "docling")
PEER_READER = Path(__file__).with_name("peer_reader.py")
ENVIRONMENT = "SUNTO_PEERS"


@dataclass(frozen=True)
class Reading:
    pages: tuple[str, ...] | None
    """None when the reader gives the whole document as one text."""
    text: str
    seconds: float
    error: str = ""
    engines: tuple[str, ...] = ()
    """Sunto's, page by page."""


@dataclass(frozen=True)
class Reader:
    name: str
    versions: dict[str, str]
    readings: dict[Path, Reading]
    missing: str = ""
    """Why it could not be run; then there are no readings."""


def peers_python() -> Path:
    """The interpreter of the environment that peers.txt describes."""
    folder = Path(os.environ.get(ENVIRONMENT, ROOT / ".venv-peers"))
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def read_all(name: str, paths: Sequence[Path]) -> Reader:
    return _with_sunto(paths) if name == SUNTO else _with_peer(name, paths)


def _with_sunto(paths: Sequence[Path]) -> Reader:
    return Reader(
        SUNTO,
        {package: importlib.metadata.version(package) for package in ("sunto", "pypdfium2", "pypdf")},
        {path: _sunto_reading(path) for path in paths},
    )


def _sunto_reading(path: Path) -> Reading:
    started = time.perf_counter()
    try:
        document = load_document(path)
    except DocumentError as error:
        return Reading((), "", time.perf_counter() - started, str(error))
    pages = tuple(page.text for page in document.pages)
    return Reading(
        pages,
        "\n".join(pages),
        time.perf_counter() - started,
        engines=tuple(page.engine + (f":{page.reason}" if page.reason else "") for page in document.pages),
    )


def _with_peer(name: str, paths: Sequence[Path]) -> Reader:
    command = [str(peers_python()), str(PEER_READER), name, *map(str, paths)]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
    except OSError as error:
        return Reader(name, {}, {}, f"no environment for the peers: {error}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines:
        return Reader(name, {}, {}, done.stderr.strip().rsplit("\n", 1)[-1])
    readings = {Path(answer["path"]): _peer_reading(answer) for answer in lines[1:]}
    errors = {reading.error for reading in readings.values()}
    if readings and all(errors):
        return Reader(
            name, lines[0]["versions"], {}, "failed on every file: " + " ".join("; ".join(sorted(errors)).split())
        )
    return Reader(name, lines[0]["versions"], readings)


def _peer_reading(answer: dict[str, object]) -> Reading:
    pages = None if answer["pages"] is None else tuple(answer["pages"])  # type: ignore[arg-type]
    text = str(answer["text"]) if pages is None else "\n".join(pages)
    return Reading(pages, text, float(answer["seconds"]), str(answer.get("error", "")))  # type: ignore[arg-type]
