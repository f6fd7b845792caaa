"""Summaries and descriptions: split into parts, write on each, merge, and cite every sentence.

The text on each part is committed to the library as it ends, under a key that holds everything it depends on; whoever
asks for the same again, after a crash or a stop, goes on from there. A text of one part is streamed as it is written.
A longer one is written part by part in silence and then merged, except in the styles whose result *is* the parts, one
after the other: those stream each part.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assistant.cited_text import AsList, CitedText, Shown, page_mark
from assistant.coverage import coverage
from assistant.documents.model import Document
from assistant.generation import LanguageModel, ShouldStop, never_stop
from assistant.grounding import Claim, PageSet, Passages
from assistant.i18n import _, plural
from assistant.library import Library
from assistant.protocol import Event, Notice, Progress
from assistant.summaries.parts import Instructions, Part, SummaryOptions
from assistant.writing import Ask, Screen, Writer, no_text_error

__all__ = ["SummaryOptions", "summarize"]

MAX_MERGE_DEPTH = 4
MIN_SHRINK = 0.9
"""A round of merging that keeps more than this share of the tokens will not converge: stop and join instead."""


def summarize(
    job: str,
    model: LanguageModel,
    documents: Sequence[Document],
    options: SummaryOptions,
    library: Library | None = None,
    should_stop: ShouldStop = never_stop,
) -> Generator[Event, None, dict[str, Any]]:
    """Stream a summary; its result is the object of the command-line contract (DESIGN §4).

    Without a library nothing is kept. Raises NoTextError, ContextOverflowError, ModelError where
    the model wrote nothing at all, and Stopped with the text so far.
    """
    return (yield from _Summary(job, model, documents, options, library, should_stop).run())


def summary_language(documents: Sequence[Document], wanted: str) -> str:
    """`wanted`, or for `auto` the language most of the text is in; "" where that is neither Italian nor English."""
    if wanted != "auto":
        return wanted
    letters = Counter[str]()
    for document in documents:
        letters[document.language] += sum(len(page.text) for page in document.pages)
    return max(letters, key=letters.__getitem__, default="")


class _Summary:
    """One job: its plan, what is done of it, and what it shows."""

    def __init__(
        self,
        job: str,
        model: LanguageModel,
        documents: Sequence[Document],
        options: SummaryOptions,
        library: Library | None,
        should_stop: ShouldStop,
    ) -> None:
        self._started = time.monotonic()
        self._job, self._model, self._documents, self._options = job, model, documents, options
        self._library = library
        self._language = summary_language(documents, options.language)
        self._instructions = Instructions(model, options, self._language)
        self._writer = Writer(model, Screen(job), should_stop)
        self._chosen = options.chosen
        self._passages = Passages(documents)
        self._claims: list[Claim] = []
        self._unit_seconds: list[float] = []
        self._wrote = False
        """Whether the screen holds more than headings."""

    def run(self) -> Generator[Event, None, dict[str, Any]]:
        parts = self._instructions.parts(self._documents, self._chosen)
        resumed = sum(self._kept(part.key) is not None for part in parts)
        yield from self._resume_notice(resumed, len(parts))
        if len(parts) == 1 or self._options.by_section:
            yield from self._stream_parts(parts)
        else:
            texts = yield from self._map(parts)
            yield from self._merge(texts)
        if not self._wrote:
            raise no_text_error(self._model)
        yield from self._writer.notices()
        yield from support_notice(self._job, self._claims)
        return self._result(parts, resumed)

    def _resume_notice(self, resumed: int, total: int) -> Iterator[Event]:
        if resumed == 0:
            return
        if resumed == total:
            message = plural(
                "This was written before with the same settings: it is used again.",
                "All {count} parts were written before with the same settings: they are used again.",
                total,
            )
        else:
            message = _("Resuming: {done} of {total} parts were already done.").format(done=resumed, total=total)
        yield Notice(job=self._job, level="info", message=message)

    # --- writing ----------------------------------------------------------------------------------------------

    def _stream_parts(self, parts: Sequence[Part]) -> Iterator[Event]:
        heading, document = "", None
        for index, part in enumerate(parts):
            if len(parts) > 1:
                yield self._progress("map", index, parts)
            if len(self._documents) > 1 and part.document is not document:
                yield from self._heading(f"# {part.document.title}")
            if len(parts) > 1 and part.heading and (part.heading, part.document) != (heading, document):
                yield from self._heading(f"## {part.heading}")
            elif self._writer.screen.text:
                yield from self._writer.screen.show("\n\n")
            heading, document = part.heading, part.document
            yield from self._stream(part.ask, part.key, part.pages, part.document)
        if len(parts) > 1:
            yield self._progress("map", len(parts), parts)

    def _heading(self, line: str) -> Iterator[Event]:
        gap = "\n\n" if self._writer.screen.text and not self._writer.screen.text.endswith("\n\n") else ""
        yield from self._writer.screen.show(f"{gap}{line}\n\n")

    def _map(self, parts: Sequence[Part]) -> Generator[Event, None, list[str]]:
        texts: list[str] = []
        for index, part in enumerate(parts):
            yield self._progress("map", index, parts)
            texts.append((yield from self._write(part.ask, part.key, part.document)))
        yield self._progress("map", len(parts), parts)
        return [text for text in texts if text]

    def _merge(self, texts: list[str]) -> Iterator[Event]:
        """Merge in rounds until all fits into one prompt; the last merge is streamed."""
        task = self._instructions.merge_task()
        room = self._instructions.room(task)
        for _depth in range(MAX_MERGE_DEPTH):
            groups = self._grouped(texts, room)
            if len(groups) <= 1:
                break
            before = self._count(texts)
            texts = yield from self._merge_round(groups)
            if self._count(texts) >= MIN_SHRINK * before:
                break
        if len(texts) > 1 and len(self._grouped(texts, room)) == 1:
            ask = self._instructions.ask(task, _joined(texts))
            yield Progress(job=self._job, stage="merge", done=0, total=1)
            yield from self._stream(ask, self._instructions.key(ask), None)
        else:
            yield from self._show_all(texts)

    def _merge_round(self, groups: Sequence[Sequence[str]]) -> Generator[Event, None, list[str]]:
        texts: list[str] = []
        for index, group in enumerate(groups):
            yield Progress(job=self._job, stage="merge", done=index, total=len(groups))
            # Without the limit on sentences: here it would drop what the later notes say.
            ask = replace(self._instructions.ask("part", _joined(group)), max_sentences=0)
            text = yield from self._write(ask, self._instructions.key(ask), whole=True)
            texts.append(text or _joined(group))
        return texts

    def _grouped(self, texts: Sequence[str], room: int) -> list[list[str]]:
        """Neighbours together, as many as fit into one prompt."""
        groups: list[list[str]] = []
        for text in texts:
            if groups and self._count([*groups[-1], text]) <= room:
                groups[-1].append(text)
            else:
                groups.append([text])
        return groups

    def _count(self, texts: Sequence[str]) -> int:
        return self._model.count_tokens(_joined(texts))

    # --- units ------------------------------------------------------------------------------------------------

    def _kept(self, key: str) -> str | None:
        return self._library.unit(key) if self._library else None

    def _keep(self, key: str, text: str, document: Document | None) -> None:
        """`document` is the one it was made from; None means all of them."""
        if self._library:
            sources = [document] if document else self._documents
            self._library.put_unit(key, text, [source.sha256 for source in sources if source.sha256])

    def _write(
        self, ask: Ask, key: str, document: Document | None = None, *, whole: bool = False
    ) -> Generator[Event, None, str]:
        """Have it written in silence, or take it from the library.

        With `whole` an answer cut at its limit counts as none: what it had not come to would be lost.
        """
        self._writer.check_stop()
        if (kept := self._kept(key)) is not None:
            return kept
        started = time.monotonic()
        written, _shown = yield from self._writer.write(ask)
        self._unit_seconds.append(time.monotonic() - started)
        if whole and written.finish_reason == "length":
            return ""
        if not written.problem:  # what went wrong may go right the next time
            self._keep(key, written.text, document)
        return written.text

    def _stream(self, ask: Ask, key: str, pages: PageSet | None, document: Document | None = None) -> Iterator[Event]:
        """The same, shown with its references while it is written."""
        self._writer.check_stop()
        if (kept := self._kept(key)) is not None:
            yield from self._show(kept, pages)
            return
        started = time.monotonic()
        written, shown = yield from self._writer.write(ask, partial(self._cited, pages))
        self._unit_seconds.append(time.monotonic() - started)
        self._claims += [placed.claim for placed in shown.claims] if shown else []
        self._wrote |= bool(written.text)
        if not written.problem:
            self._keep(key, written.text, document)

    def _show_all(self, texts: Sequence[str]) -> Iterator[Event]:
        yield from self._show(_joined(texts), None)

    def _show(self, text: str, pages: PageSet | None) -> Iterator[Event]:
        shown = self._cited(pages)
        yield from self._writer.show(text, shown)
        self._claims += [placed.claim for placed in shown.claims]
        self._wrote |= bool(text)

    def _cited(self, pages: PageSet | None) -> Shown:
        several = len(self._documents) > 1
        cited = CitedText(partial(self._passages.cite, pages=pages), partial(page_mark, several_documents=several))
        return AsList(cited) if self._options.as_list else cited

    # --- reports ----------------------------------------------------------------------------------------------

    def _progress(self, stage: str, done: int, parts: Sequence[Part]) -> Progress:
        left = sum(self._kept(part.key) is None for part in parts[done:])
        mean = sum(self._unit_seconds) / len(self._unit_seconds) if self._unit_seconds else None
        return Progress(
            job=self._job,
            stage=stage,
            done=done,
            total=len(parts),
            unit="chunks",
            detail=parts[done].heading if done < len(parts) else "",
            seconds_left=None if mean is None else mean * left,
        )

    def _result(self, parts: Sequence[Part], resumed: int) -> dict[str, Any]:
        used = frozenset[tuple[str, int]]().union(*(part.pages for part in parts))
        return {
            "task": self._options.task,
            "document": self._documents[0].path,
            "documents": [document.path for document in self._documents],
            "title": ", ".join(document.title for document in self._documents),
            "style": self._options.style,
            "summary": self._writer.screen.text,
            "claims": [claim.as_json() for claim in self._claims],
            "coverage": coverage(self._documents, used, self._chosen),
            "language": self._language,
            "model": self._model.name,
            "adapter": self._model.adapter,
            "finish_reason": self._writer.finish_reason,
            "chunks": len(parts),
            "resumed_chunks": resumed,
            "seconds": round(time.monotonic() - self._started, 3),
            **self._writer.usage.as_json(),
        }


def support_notice(job: str, claims: Sequence[Claim]) -> Iterator[Event]:
    """Say what ✖ means, where there is one."""
    missing = sum(claim.support == "unsupported" for claim in claims)
    if missing:
        yield Notice(
            job=job,
            level="warning",
            message=plural(
                "One sentence has a number, a formula or a name that the document does not have; it is marked ✖.",
                "{count} sentences have numbers, formulas or names that the document does not have; they are marked ✖.",
                missing,
            ),
            hint=_("Look it up in the document before you rely on it."),
        )


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)
