"""What is said about a summary when it is written: notices, and the object of the command-line contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.coverage import NOT_THE_BEGINNING, coverage
from assistant.grounding import Claim
from assistant.i18n import _, plural
from assistant.problems import problem_counts
from assistant.protocol import Event, Notice
from assistant.summaries.canvas import Canvas
from assistant.summaries.desk import Desk
from assistant.summaries.parts import PageNames


def resume_notice(job: str, resumed: int, total: int) -> Iterator[Event]:
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
    yield Notice(job=job, level="info", message=message)


def support_notice(job: str, claims: Sequence[Claim]) -> Iterator[Event]:
    """Say what ✖ means, where there is one."""
    missing = sum(claim.support == "unsupported" for claim in claims)
    if missing:
        yield Notice(
            job=job,
            level="warning",
            message=plural(
                "One sentence has a number, a formula or a name that the document does not have; it is marked ✖.",
                "{count} sentences have a number, a formula or a name that the document does not have; "
                "they are marked ✖.",
                missing,
            ),
            hint=_("Look it up in the document before you rely on it."),
        )


def left_out_notice(job: str, left_out: Sequence[Claim]) -> Iterator[Event]:
    if left_out:
        yield Notice(
            job=job,
            level="info",
            message=plural(
                "One sentence was left out: it has a number, a formula or a name that the document does not have.",
                "{count} sentences were left out: they have numbers, formulas or names that the document does not "
                "have.",
                len(left_out),
            ),
            hint=_("To see such sentences, marked, set “unsupported” to “mark”."),
        )


def own_notice(job: str, replaced: int, total: int) -> Iterator[Event]:
    """Say that the document's own sentences stand in for what the model could not write."""
    if replaced:
        yield Notice(
            job=job,
            level="warning",
            message=plural(
                "For one part the document's own sentences were used instead of the model's.",
                "For {count} parts the document's own sentences were used instead of the model's.",
                replaced,
            )
            if total > 1
            else _("The document's own sentences are shown: the model wrote nothing usable."),
            hint=_("A larger model does better: see `sunto models list`."),
        )


def result(
    desk: Desk,
    canvas: Canvas,
    *,
    pages: PageNames,
    seconds: float,
    items: Sequence[dict[str, Any]] = (),
    contradictions: Sequence[dict[str, Any]] = (),
    resumed: int = 0,
) -> dict[str, Any]:
    """`pages` are those that something was said about."""
    options, documents = desk.options, desk.documents
    read = frozenset[tuple[str, int]]().union(*(part.pages for part in desk.parts))
    return {
        "task": options.task,
        "document": documents[0].path,
        "documents": [document.path for document in documents],
        "title": ", ".join(document.title for document in documents),
        "style": "" if options.describes else options.wanted.name,
        "bullets": options.points,
        "summary": canvas.screen.text,
        "claims": [placed.as_json() for placed in canvas.screen.claims],
        "items": list(items),
        "sections": [
            {
                "document": section.document.path,
                "title": section.title,
                "pages": sorted({number for _path, number in section.pages}),
            }
            for section in desk.sections
        ],
        "contradictions": list(contradictions),
        "extractive": "no" if not canvas.own_texts else "partly" if canvas.model_texts else "all",
        "left_out": [claim.as_json() for claim in canvas.left_out],
        "coverage": coverage(documents, pages, options.chosen, nothing_on=read - pages, otherwise=NOT_THE_BEGINNING),
        "problems": problem_counts(desk.writer.problems),
        "language": desk.language,
        "model": desk.model.name,
        "adapter": desk.model.adapter,
        "finish_reason": desk.writer.finish_reason,
        "chunks": len(desk.parts),
        "resumed_chunks": resumed,
        "seconds": round(seconds, 3),
        **desk.writer.usage.as_json(),
    }
