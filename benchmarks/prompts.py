"""What the starter makes of each prompt: usable points and items, with the wordings as they are and with shorter ones.

    SUNTO_HOME=… SUNTO_OFFLINE=1 python -m benchmarks.prompts write [SECONDS]
    python -m benchmarks.prompts score

`write` adds answers to `results/prompts.json` until all are there or the time is up; `score` counts in them. An item is
usable when `item_problems` finds none, a point when it is a whole sentence and not copied from the request; either is
supported when the pages it was written on are found to say it. Points are counted in their first four sentences.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from assistant.chunking import Chunk, split_document
from assistant.cited_text import claim_spans
from assistant.documents import load_document
from assistant.documents.model import Document
from assistant.generation import ChatMessage, Completion, GenerationConfig
from assistant.grounding import Passages, is_claim
from assistant.prompts import PROMPT_VERSION, Task, is_our_words, task_prompt
from assistant.prompts.rules import SYSTEM, WRITE_IN, quoted
from assistant.summaries.items import ItemKind, item_problems, parse_items
from benchmarks.measure import RESULTS, ROOT

KEPT = RESULTS / "prompts.json"
DOCUMENTS = (
    "sample_docs/photosynthesis.pdf",
    "sample_docs/sources/dna.md",
    "sample_docs/plate-tectonics.txt",
    "benchmarks/reading/found/cvs-paper.pdf",
    "benchmarks/reading/found/packaging-tutorial.pdf",
    "sample_docs/derivate.txt",
    "sample_docs/domanda-e-offerta.pdf",
    "sample_docs/rivoluzione-francese.md",
)
MIN_CHARACTERS = 350
PARTS_PER_LANGUAGE = 10
ASKED = 4
CONFIG = GenerationConfig(max_new_tokens=140, repetition_penalty=1.1)

TASKS: dict[Task, ItemKind | None] = {
    "glossary": "term",
    "questions": "question",
    "quiz": "quiz",
    "flashcards": "card",
    "points": None,
    "part": None,
}
SHORTER: dict[str, tuple[ItemKind, dict[str, str]]] = {
    "glossary, shorter": (
        "term",
        {
            "en": "Define the 4 most important terms of the text above, one per line.",
            "it": "Definisci i 4 termini più importanti del testo qui sopra, uno per riga.",
        },
    ),
    "flashcards, shorter": (
        "card",
        {
            "en": "Write 4 questions about the text above, each with its answer.",
            "it": "Scrivi 4 domande sul testo qui sopra, ognuna con la sua risposta.",
        },
    ),
    "quiz, shorter": (
        "quiz",
        {
            "en": "Write a multiple-choice question about the text above, with four options and the right answer.",
            "it": "Scrivi una domanda a scelta multipla sul testo qui sopra, con quattro opzioni e la risposta giusta.",
        },
    ),
}
"""The best of eight that were tried on three parts."""


@dataclass(frozen=True)
class Answer:
    document: str
    language: str
    part: int
    """Of the document, from 0."""
    wording: str
    text: str
    finish_reason: str


def write(seconds: float) -> None:
    from adapters.session import Session
    from assistant.protocol import LoadModel

    loading = Session().engine(LoadModel(job="prompts", model="starter", device="cpu"), lambda: False)
    engine = _returned(loading)
    answers = kept_answers()
    done = {(answer.document, answer.part, answer.wording) for answer in answers}
    until = time.monotonic() + seconds
    for name, language, part, chunk in _parts(engine.count_tokens):
        asked = {w: said for w, said in _prompts(chunk.text, language) if (name, part, w) not in done}
        if time.monotonic() > until:
            return
        wordings = list(asked)
        for index, event in engine.stream_many(list(asked.values()), CONFIG):
            if isinstance(event, Completion):
                answers.append(Answer(name, language, part, wordings[index], event.text, event.finish_reason))
        kept = {"prompts": PROMPT_VERSION, "answers": [asdict(answer) for answer in answers]}
        KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kept_answers() -> list[Answer]:
    return (
        [Answer(**fields) for fields in json.loads(KEPT.read_text(encoding="utf-8"))["answers"]]
        if KEPT.exists()
        else []
    )


def score() -> None:
    sources = {name: load_document(ROOT / name) for name in DOCUMENTS}
    passages = {name: Passages([document]) for name, document in sources.items()}
    answers = kept_answers()
    print(f"{'wording':<22} {'':>2} {'parts':>5} {'with any':>9} {'usable':>7} {'supported':>9}   of those asked for")
    for wording in dict.fromkeys(answer.wording for answer in answers):
        for language in ("en", "it"):
            mine = [answer for answer in answers if (answer.wording, answer.language) == (wording, language)]
            usable = [list(_usable(answer)) for answer in mine]
            found = [
                passages[answer.document].cite(text).support in ("quoted", "supported")
                for answer, texts in zip(mine, usable, strict=True)
                for text in texts
            ]
            asked = _asked(wording) * len(mine)
            shares = [sum(map(bool, usable)) / len(mine), len(found) / asked, sum(found) / asked] if mine else []
            print(f"{wording:<22} {language} {len(mine):>5} " + "".join(f"{share:>9.0%}" for share in shares))


def _usable(answer: Answer) -> Iterator[str]:
    """What each usable item or point of an answer says."""
    kind = SHORTER[answer.wording][0] if answer.wording in SHORTER else TASKS[_task(answer.wording)]
    cut = answer.finish_reason == "length"
    if kind:
        items = parse_items(kind, answer.text, unfinished=cut)[: _asked(answer.wording)]
        yield from (item.statement for item in items if not item_problems(item, answer.language))
        return
    spans = claim_spans(answer.text)
    sentences = [answer.text[start:end] for start, end in (spans[:-1] if cut else spans)][:ASKED]
    yield from (text for text in dict.fromkeys(sentences) if is_claim(text) and not is_our_words(text))


def _asked(wording: str) -> int:
    return 1 if wording == "quiz, shorter" else 2 if wording in ("questions", "quiz") else ASKED


def _task(wording: str) -> Task:
    return next(task for task in TASKS if task == wording)


def _prompts(text: str, language: str) -> Iterator[tuple[str, Sequence[ChatMessage]]]:
    for task in TASKS:
        yield task, task_prompt(task, text, language, bullets=_asked(task))
    for wording, (_kind, said) in SHORTER.items():
        asked = f"{quoted(text)}\n\n{said[language]} {WRITE_IN[language]}"
        yield wording, [ChatMessage("system", SYSTEM[language]), ChatMessage("user", asked)]


def _parts(count_tokens: Any) -> Iterator[tuple[str, str, int, Chunk]]:
    """(document, language, number, chunk), English and Italian in turn."""
    by_language: dict[str, list[tuple[str, str, int, Chunk]]] = {"en": [], "it": []}
    for name in DOCUMENTS:
        document: Document = load_document(ROOT / name)
        for number, chunk in enumerate(split_document(document, count_tokens, 450)):
            parts = by_language[document.language]
            if len(chunk.text) >= MIN_CHARACTERS and len(parts) < PARTS_PER_LANGUAGE:
                parts.append((name, document.language, number, chunk))
    for pair in zip_longest(*by_language.values()):
        yield from (part for part in pair if part is not None)


def _returned(steps: Any) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(float(sys.argv[2]) if len(sys.argv) > 2 else 3600.0)
    else:
        score()
