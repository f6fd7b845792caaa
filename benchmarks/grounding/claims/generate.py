"""Write the real model output that the claims are split from, one JSON object a line, as it comes.

    SUNTO_HOME=… SUNTO_OFFLINE=1 python benchmarks/grounding/claims/generate.py raw.jsonl [seconds]

Run from the root of the repository at the commit named in README.md. Grades are never written: whoever labels must not
see them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.jobs import Session, run
from assistant.cited_text import without_page_marks
from assistant.grounding import split_claims
from assistant.protocol import Chat, Describe, Finished, ModelRequest, Summarize

FOUND, MADE = "benchmarks/reading/found", "benchmarks/reading/corpus"
QUESTIONS = {
    "sample_docs/photosynthesis.pdf": ("What does rubisco do?", "Who received the Nobel Prize and when?"),
    "sample_docs/plate-tectonics.txt": ("What drives the plates?", "What did Harry Hess suggest in 1962?"),
    "sample_docs/volcanoes.pptx": ("Why does gas burst out of thick lava?",),
    f"{FOUND}/altusmetrum.pdf": ("Which batteries can be used, and how many volts?",),
    f"{FOUND}/cvs-paper.pdf": ("Why is locking a file a problem?",),
    f"{FOUND}/openni-guide.pdf": ("What is this guide for?",),
    f"{FOUND}/packaging-tutorial.pdf": ("What is a Debian package?",),
    "sample_docs/derivate.txt": ("Che cosa è il rapporto incrementale?", "Quanto vale la derivata di x³ in zero?"),
    "sample_docs/domanda-e-offerta.pdf": ("Che cosa è il prezzo di equilibrio?", "Perché il sale ha domanda rigida?"),
    "sample_docs/rivoluzione-francese.md": ("Quando fu presa la Bastiglia?", "Chi era Robespierre?"),
    "sample_docs/il-suono.docx": ("Quanto è veloce il suono nell'acqua?",),
    f"{MADE}/office-text.pdf": ("Che cosa è una falda artesiana?",),
    f"{FOUND}/debian-history-it.pdf": ("Chi ha fondato Debian e quando?",),
    f"{FOUND}/latex4wp-it.pdf": ("A chi serve questo testo?",),
    f"{FOUND}/lilypond-essay-it.pdf": ("Che cosa è LilyPond?",),
    f"{FOUND}/gnucash-guide-it.pdf": ("Che cosa è una transazione?",),
}
"""Every document, with what is asked of it."""

ENGLISH, ITALIAN = tuple(QUESTIONS)[:7], tuple(QUESTIONS)[7:]
PAGES = {f"{MADE}/office-text.pdf": "2,4", f"{FOUND}/debian-history-it.pdf": "1", f"{FOUND}/latex4wp-it.pdf": "2"}
"""Where a whole document takes too long or is a table of keys; empty is all."""

ROUNDS = (
    ("brief", "", "", 0.0, 0),
    ("question", "", "en", 0.0, 0),
    ("describe", "it", "en", 0.7, 5),
    ("outline", "", "en", 0.7, 1),
    ("question", "it", "en", 0.7, 3),
    ("detailed", "", "", 0.0, 0),
)
"""(task or style, language option for an English document, for an Italian one, temperature, seed); "" is automatic.

Each is done for all documents before the next. The starter writes hardly any Italian, so that much of the output from
Italian documents is asked for in English."""

NOT_IN_DETAIL = frozenset({"cvs-paper", "openni-guide", "packaging-tutorial", "derivate", "domanda-e-offerta"})
"""Documents whose detailed summary took too long."""

MAX_NEW_TOKENS = 100
"""200 for all of "brief" and the English of "detailed", which were first."""


def request(job: str, path: str, kind: str, language: str, temperature: float, seed: int) -> ModelRequest:
    common: dict[str, Any] = {
        "job": job,
        "paths": (path,),
        "pages": PAGES.get(path, ""),
        "language": language,
        "temperature": temperature,
        "seed": seed,
        "max_new_tokens": MAX_NEW_TOKENS,
    }
    if kind == "describe":
        return Describe(**common)
    if kind == "question":
        asked = QUESTIONS[path][seed % len(QUESTIONS[path])]
        return Chat(**common, messages=(("user", asked),))
    return Summarize(**common, style=kind)


def outputs(done: set[str]) -> Iterator[dict[str, Any]]:
    session = Session()
    for kind, for_english, for_italian, temperature, seed in ROUNDS:
        for path in QUESTIONS:
            language = for_italian if path in ITALIAN else for_english
            job = f"{Path(path).stem}-{kind}-{language or 'auto'}-{temperature}-{seed}"
            if job in done or (kind == "detailed" and Path(path).stem in NOT_IN_DETAIL):
                continue
            asked = request(job, path, kind, language, temperature, seed)
            for event in run(asked, session):
                if isinstance(event, Finished):
                    text = without_page_marks(event.result.get("summary") or event.result.get("answer") or "")
                    yield {
                        "job": job,
                        "document": path,
                        "task": kind,
                        "question": asked.messages[-1][1] if isinstance(asked, Chat) else "",
                        "pages_option": PAGES.get(path, ""),
                        "language_option": language or "auto",
                        "temperature": temperature,
                        "seed": seed,
                        "max_new_tokens": MAX_NEW_TOKENS,
                        "text": text,
                        "claims": split_claims(text),
                    }


def main() -> None:
    until = time.monotonic() + float(sys.argv[2]) if len(sys.argv) > 2 else float("inf")
    kept = Path(sys.argv[1])
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    done = {json.loads(line)["job"] for line in lines}
    with kept.open("a", encoding="utf-8") as out:
        for output in outputs(done):
            out.write(json.dumps(output, ensure_ascii=False) + "\n")
            out.flush()
            if time.monotonic() > until:
                return


if __name__ == "__main__":
    main()
