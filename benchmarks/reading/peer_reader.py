"""Read PDFs with a peer, in the peers' own environment: `python peer_reader.py NAME FILE...` (see peers.txt).

Prints one line of JSON with the versions, then one for each file: its pages (or its whole text where the peer knows no
pages), the seconds it took, or the error. Nothing of Sunto is imported here.
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def pypdf(path: str) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(path).pages]


def pdfium(path: str) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    texts: list[str] = []
    for page in document:
        textpage = page.get_textpage()
        texts.append(textpage.get_text_range())
        textpage.close()
        page.close()
    document.close()
    return texts


def pdfminer(path: str) -> list[str]:
    from pdfminer.high_level import extract_text

    return extract_text(path).split("\f")[:-1]


def pdftotext(path: str) -> list[str]:
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, check=True, encoding="utf-8", errors="replace"
    )
    return done.stdout.split("\f")[:-1]


def markitdown(path: str) -> str:
    from markitdown import MarkItDown

    return MarkItDown(enable_plugins=False).convert(path).text_content


def docling(path: str) -> str:
    """With its models, which it fetches at the first run."""
    from docling.document_converter import DocumentConverter

    return _docling_text(DocumentConverter, path)


def docling_native(path: str) -> str:
    """Its documented way without models: as fast as docling can be."""
    from docling.datamodel.base_models import InputFormat
    from docling.document_converter import DocumentConverter, NativePdfFormatOption

    return _docling_text(lambda: DocumentConverter(format_options={InputFormat.PDF: NativePdfFormatOption()}), path)


_docling_converters: list[Any] = []


def _docling_text(make: Callable[[], Any], path: str) -> str:
    if not _docling_converters:  # once for all files, as docling asks for
        _docling_converters.append(make())
    # Its export page by page would take most of the time: all of the document's texts are gone through for each.
    return _docling_converters[0].convert(path).document.export_to_text()


READERS: dict[str, Callable[[str], list[str] | str]] = {
    "pypdf": pypdf,
    "pdfium": pdfium,
    "pdfminer": pdfminer,
    "pdftotext": pdftotext,
    "markitdown": markitdown,
    "docling": docling,
    "docling-native": docling_native,
}
PACKAGES = {
    "pypdf": ("pypdf",),
    "pdfium": ("pypdfium2",),
    "pdfminer": ("pdfminer.six",),
    "markitdown": ("markitdown", "pdfminer.six", "pdfplumber"),
    "docling": ("docling", "docling-core", "docling-parse", "docling-ibm-models", "torch"),
    "docling-native": ("docling", "docling-core", "docling-parse"),
}


def versions(name: str) -> dict[str, str]:
    if name == "pdftotext":
        if not shutil.which("pdftotext"):
            sys.exit("pdftotext is not installed.")
        said = subprocess.run(["pdftotext", "-v"], capture_output=True, encoding="utf-8").stderr
        return {"poppler": said.split("\n")[0].split()[-1]}
    return {package: importlib.metadata.version(package) for package in PACKAGES[name]}


def main(name: str, paths: list[str]) -> None:
    out = sys.stdout
    sys.stdout = sys.stderr  # what a peer prints on its own is no part of the answer
    print(json.dumps({"versions": versions(name)}), file=out, flush=True)
    for path in paths:
        started = time.perf_counter()
        answer: dict[str, Any] = {"path": path}
        try:
            read = READERS[name](path)
            answer |= {"pages": None, "text": read} if isinstance(read, str) else {"pages": read}
        except Exception as error:  # a peer that fails on a file is a result, not the end of the run
            answer |= {"pages": [], "error": f"{type(error).__name__}: {error}"}
        answer["seconds"] = time.perf_counter() - started
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
