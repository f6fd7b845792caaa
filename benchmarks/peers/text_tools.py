"""Split sentences or tell languages with one tool: `python text_tools.py NAME`, a job as JSON on stdin.

Prints as JSON the answers, the seconds the long texts took after a run that is not counted, and the tool's version.
Runs in the peers' environment, and with `sunto` in Sunto's.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from typing import Any

Tool = Callable[[str, str], Any]
"""(language, text) → the sentences, or a code of a language."""


def sunto_sentences() -> Tool:
    from assistant.sentences import split_sentences

    return lambda _language, text: [text[start:end] for start, end in split_sentences(text)]


def sunto_language() -> Tool:
    from assistant.language import detect_language

    return lambda _language, text: detect_language(text)


def pysbd() -> Tool:
    from pysbd import Segmenter

    segmenters = {language: Segmenter(language=language, clean=False) for language in ("it", "en")}
    return lambda language, text: [piece.strip() for piece in segmenters[language].segment(text) if piece.strip()]


def syntok() -> Tool:
    from syntok import segmenter

    def split(_language: str, text: str) -> list[str]:
        sentences = [sentence for paragraph in segmenter.analyze(text) for sentence in paragraph]
        return [text[tokens[0].offset : tokens[-1].offset + len(tokens[-1].value)] for tokens in sentences if tokens]

    return split


def nupunkt() -> Tool:
    from nupunkt import sent_tokenize

    return lambda _language, text: [piece.strip() for piece in sent_tokenize(text) if piece.strip()]


def py3langid() -> Tool:
    from py3langid import classify

    def detect(_language: str, text: str) -> str:
        code = classify(text)[0]
        return code if code in ("it", "en") else ""

    return detect


TOOLS: dict[str, Callable[[], Tool]] = {
    "sunto sentences": sunto_sentences,
    "sunto language": sunto_language,
    "pysbd": pysbd,
    "syntok": syntok,
    "nupunkt": nupunkt,
    "py3langid": py3langid,
}


def main() -> None:
    name = sys.argv[1]
    job = json.load(sys.stdin)
    tool = TOOLS[name]()
    answers = [tool(language, text) for language, text in job["texts"]]
    for language, text in job["long"]:
        tool(language, text[::-1])  # to load what it loads at first use; it has not seen the text itself, nor kept it
    started = time.perf_counter()
    for language, text in job["long"]:
        tool(language, text)
    seconds = time.perf_counter() - started
    version = importlib.metadata.version(name.split()[0])
    json.dump({"answers": answers, "seconds": seconds, "version": version}, sys.stdout)


if __name__ == "__main__":
    main()
