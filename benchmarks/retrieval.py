"""Do the places that answer a question come before the model? And is what no page answers told from what one does?

    SUNTO_HOME=folder python -m benchmarks.retrieval [--answers N]

`gold/questions.jsonl` has questions as students ask them, in Italian and English, about documents of this repository:
with the page that answers them and a few words of it that an answer needs, or with neither, where no page does. A
question counts as found when something of its page is among what the model would read, as answered when those words
are. The way before (IDF overlap of whole passages) and the present one have the same budget; each question is asked
of its own document, unless that fits whole, and of all of them together. Tokens are counted as four characters, so
that no model is needed.

With `--answers N` the starter answers N of those that a page answers and all that none does, and what is said of its
answers is counted as well (20 seconds each on two cores).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.answers.absence import is_absent
from assistant.answers.retrieval import fitting_stretches
from assistant.answers.routes import read_request
from assistant.documents.model import Document
from assistant.generation import ChatMessage
from assistant.hardware import describe_machine
from assistant.library import Library
from benchmarks.grounding.intervals import Share
from benchmarks.measure import RESULTS, ROOT
from benchmarks.peers.idf_passages import choose_passages, split_passages

GOLD = Path(__file__).parent / "gold" / "questions.jsonl"
BUDGETS = (500, 1500)
"""Tokens: what the starter reads at once, and half of what a model of 4 billion parameters does."""
CHARACTERS_PER_TOKEN = 4
OURS, BEFORE, NO_INDEX = "index and stretches", "before", "stretches without an index"

Span = tuple[str, int, str]
"""Path, page and text of what the model would read."""
Choose = Callable[[Sequence[Document], str, int], list[Span]]


@dataclass(frozen=True)
class Question:
    document: str
    language: str
    question: str
    page: int | None
    """None where no page answers it."""
    quote: str
    before: tuple[str, ...] = ()
    """What was said before it, the question first."""

    @property
    def turns(self) -> list[ChatMessage]:
        said = [*self.before, self.question]
        return [ChatMessage("assistant" if at % 2 else "user", text) for at, text in enumerate(said)]

    @property
    def searched(self) -> str:
        return read_request(self.turns).text


def gold_questions() -> list[Question]:
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    return [_question(json.loads(line)) for line in lines]


def _question(row: dict[str, Any]) -> Question:
    before = tuple(row.get("before", ()))
    return Question(row["document"], row["language"], row["question"], row["page"], row["quote"], before)


def count_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


# --- the ways ---------------------------------------------------------------------------------------------------


def before(documents: Sequence[Document], question: str, budget: int) -> list[Span]:
    passages = split_passages(documents, count_tokens, {})
    spans: list[Span] = []
    for passage in choose_passages(passages, question, count_tokens, budget):
        texts = {page.number: page.text for page in passage.document.pages}
        spans += [
            (passage.document.path, span.page, texts[span.page][span.start : span.end]) for span in passage.chunk.spans
        ]
    return spans


def ours(library: Library | None, documents: Sequence[Document], question: str, budget: int) -> list[Span]:
    found = fitting_stretches(documents, {}, question, count_tokens, budget, library)
    spans: list[Span] = []
    for item in found:
        goes_on = spans and spans[-1][:2] == (item.document.path, item.page)
        spans.append((item.document.path, item.page, (spans.pop()[2] if goes_on else "") + item.text))
    return spans


# --- measuring --------------------------------------------------------------------------------------------------


def measure(questions: Sequence[Question], documents: dict[str, Document], ways: dict[str, Choose]) -> Iterator[Any]:
    answerable = [question for question in questions if question.page is not None]
    for together in (False, True):
        for budget in BUDGETS:
            asked = [q for q in answerable if together or _length(documents[q.document]) > budget]
            for name, choose in ways.items():
                outcomes = [_outcome(q, documents, choose, budget, together=together) for q in asked]
                yield {
                    "asked of": "all documents" if together else "its document",
                    "budget_tokens": budget,
                    "way": name,
                    "found": _share([found for found, _answered in outcomes]),
                    "answered": _share([answered for _found, answered in outcomes]),
                    "missed": [q.question for q, outcome in zip(asked, outcomes, strict=True) if not outcome[0]],
                }


def _outcome(
    question: Question, documents: dict[str, Document], choose: Choose, budget: int, *, together: bool
) -> tuple[bool, bool]:
    """Whether something of its page is read, and whether the words that an answer needs are."""
    own = documents[question.document]
    among, path = list(documents.values()) if together else [own], own.path
    texts = [text for at, page, text in choose(among, question.searched, budget) if (at, page) == (path, question.page)]
    return bool(texts), any(_plain(question.quote) in _plain(text) for text in texts)


def absence(questions: Sequence[Question], documents: dict[str, Document]) -> dict[str, Any]:
    """How often a question is denied without asking the model: rightly, and wrongly."""
    denied = {q: is_absent(q.searched, [documents[q.document]], {}) for q in questions}
    return {
        "denied rightly": _share([found for q, found in denied.items() if q.page is None]),
        "denied wrongly": _share([found for q, found in denied.items() if q.page is not None]),
        "wrongly": [q.question for q, found in denied.items() if found and q.page is not None],
    }


def _share(outcomes: Sequence[bool]) -> dict[str, Any]:
    return Share(sum(outcomes), len(outcomes)).as_json()


def _length(document: Document) -> int:
    return sum(count_tokens(page.text) for page in document.pages)


def _plain(text: str) -> str:
    return " ".join(text.split())


# --- answers of the starter -------------------------------------------------------------------------------------


def answers(questions: Sequence[Question], documents: dict[str, Document], library: Library) -> dict[str, Any]:
    """What is said of what the starter answers: that the document does not say it, and by whom."""
    from assistant.answers import reply
    from assistant.catalogue import STARTER
    from assistant.engine import load_engine
    from assistant.generation import GenerationConfig
    from assistant.weights import ensure_model

    engine = load_engine(ensure_model("starter"), "cpu")
    config = GenerationConfig(max_new_tokens=80, repetition_penalty=STARTER.repetition_penalty)
    rows: list[dict[str, Any]] = []
    for number, question in enumerate(questions, start=1):
        job = reply(
            "benchmark",
            engine,
            question.turns,
            [documents[question.document]],
            config=config,
            library=library,
            merge=STARTER.merges,
        )
        try:
            while True:
                next(job)
        except StopIteration as end:
            result = end.value
        said = {key: result[key] for key in ("answer", "not_in_document", "route")}
        rows.append({"question": question.question, "answerable": question.page is not None, **said})
        print(
            f"{number:>4} of {len(questions)}  {result['not_in_document'] or '-':<12} {question.question}", flush=True
        )
    kinds = ("no_words", "unsupported", "model", "")
    return {
        **{
            f"{'answerable' if answerable else 'unanswerable'}: {kind or 'answered'}": _share(
                [row["not_in_document"] == kind for row in rows if row["answerable"] == answerable]
            )
            for answerable in (False, True)
            for kind in kinds
        },
        "rows": rows,
    }


def _some(questions: Sequence[Question], count: int) -> list[Question]:
    """All that no page answers, and `count` of the others, evenly."""
    answerable = [question for question in questions if question.page is not None]
    kept = set(answerable[:: max(1, len(answerable) // count)][:count])
    return [question for question in questions if question.page is None or question in kept]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval")
    parser.add_argument("--answers", type=int, default=0, metavar="N", help="have the starter answer so many, too")
    wanted = parser.parse_args()
    questions = gold_questions()
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library.sqlite3") as library:
        documents = {name: library.open_document(ROOT / name) for name in {q.document: None for q in questions}}
        ways: dict[str, Choose] = {BEFORE: before, OURS: partial(ours, library), NO_INDEX: partial(ours, None)}
        rows: list[Any] = []
        for row in measure(questions, documents, ways):
            _print(row)
            rows.append(row)
        told = absence(questions, documents)
        for name in ("denied rightly", "denied wrongly"):
            print(f"{name:<18}{_words(told[name])}")
        content = {"retrieval": rows, "absence": told}
        if wanted.answers:
            content["answers of the starter"] = answers(_some(questions, wanted.answers), documents, library)
    _keep(content)
    return int(any(_found(rows, OURS, row) < row["found"]["count"] for row in rows if row["way"] == BEFORE))


def _found(rows: Sequence[Any], way: str, like: Any) -> int:
    keys = ("asked of", "budget_tokens")
    same = (row for row in rows if all(row[key] == like[key] for key in keys))
    return next(row["found"]["count"] for row in same if row["way"] == way)


def _print(row: Any) -> None:
    print(
        f"{row['asked of']:<14}{row['budget_tokens']:>5} tokens  {row['way']:<28}"
        f"page {_words(row['found'])}   words {_words(row['answered'])}",
        flush=True,
    )


def _words(share: dict[str, Any]) -> str:
    return str(Share(share["count"], share["of"]))


def _keep(content: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "retrieval.json"
    kept = json.loads(target.read_text(encoding="utf-8")) if target.is_file() else {}
    facts = {
        "benchmark": "retrieval",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
    }
    target.write_text(json.dumps({**kept, **facts, **content}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"raw numbers: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
