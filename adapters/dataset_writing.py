"""Tier C inside a job: the base model writes of texts that nobody summarized, and what it wrote is kept.

Writing takes minutes for a document. What came of one is kept in the library like any other finished work, so that a
build which was stopped, or is done again after one note has changed, goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from adapters.relay import Emit, Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import Stopped
from assistant.generation import ShouldStop
from assistant.protocol import Event

if TYPE_CHECKING:
    from adapters.dataset.build import Source
    from adapters.dataset.candidates import CandidateOptions
    from adapters.dataset.candidates.filters import Refusal
    from adapters.dataset.candidates.writing import OnText
    from adapters.dataset.example import Example
    from assistant.engine.engine import Engine
    from assistant.library import Library


def written(
    sources: Sequence[Source],
    contents: Mapping[str, str],
    request: protocol.BuildDataset,
    session: Session,
    should_stop: ShouldStop,
) -> Generator[Event, None, list[Example]]:
    """Examples of tier C. `contents` are the SHA-256 of the documents, by their names in places.

    Raises ModelError, Stopped.
    """
    from adapters.dataset.candidates import CandidateOptions

    engine = yield from session.bare_base(request, should_stop)
    seed = request.seed if request.seed >= 0 else session.settings.seed
    options = CandidateOptions(count=request.candidates, seed=seed)
    library = session.library

    def work(emit: Emit) -> list[Example]:
        reporter = Reporter(request.job, emit)
        examples: list[Example] = []
        done = 0
        for name, group in groupby(sources, key=lambda source: source.place.document):
            texts = list(group)
            on_text = _progress(reporter, done, len(texts), len(sources), name)
            examples += _of_document(engine, texts, contents.get(name, ""), options, library, should_stop, on_text)
            done += len(texts)
        return examples

    return (yield from relay(work))


def _progress(reporter: Reporter, before: int, count: int, total: int, name: str) -> OnText:
    """For a document of `count` texts, of `total` in all, with so many `before` it. Reports its beginning at once."""

    def on_text(done: int, asked: int, _refused: Counter[Refusal], /) -> None:
        reporter.progress("write", before + count * done // asked, total, "chunks", name)

    reporter.progress("write", before, total, "chunks", name)
    return on_text


def _of_document(
    engine: Engine,
    sources: Sequence[Source],
    content: str,
    options: CandidateOptions,
    library: Library,
    should_stop: ShouldStop,
    on_text: OnText,
) -> list[Example]:
    """What was written of one document, now or before. Raises Stopped."""
    from adapters.dataset.candidates import write
    from adapters.dataset.formats import canonical

    key = _key(engine.fingerprint, sources, options)
    if (kept := library.unit(key)) is not None:
        return [canonical.from_row(json.loads(line)) for line in kept.splitlines()]
    examples = list(write(engine, sources, options, should_stop, on_text))
    if should_stop():
        raise Stopped
    library.put_unit(key, "".join(map(canonical.to_line, examples)), [content] if content else [])
    return examples


def _key(model: str, sources: Sequence[Source], options: CandidateOptions) -> str:
    """Holds everything that the examples depend on."""
    from adapters.dataset.prompting import PROMPTING_VERSION

    depends_on = {
        "task": "dataset",
        "prompting": PROMPTING_VERSION,
        "sources": [asdict(source) for source in sources],
        "model": model,
        "options": asdict(options),
    }
    return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
