"""What the adapter was tested with, and how it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.evaluation.report import SMALL_DOCUMENTS, Data, Report, Text
from assistant.i18n import _, plural
from assistant.safe_text import one_line

_MAX_PAGES = 5


def data_sentences(data: Data) -> list[str]:
    """What the figures were taken on, and everything about it that a reader has to know to trust them."""
    if not data["examples"]:
        return [_("There was nothing to test with."), *_left_out(data)]
    sentences = [_size(data)]
    if small := small_sentence(data):
        sentences.append(small)
    if data.get("chapters"):
        sentences.append(_("Chapters count as documents here, since there are so few documents."))
    if data["split"] == "validation":
        sentences.append(
            _(
                "The best moment of the training was chosen with these same documents, so the figures are a little too "
                "good: for a fair test, accept or write summaries of documents kept aside (`sunto dataset review`)."
            )
        )
    if data["split"] != "test" and (made := data["tiers"].get("B", 0) + data["tiers"].get("C", 0)):
        sentences.append(
            plural(
                "{count} of the texts that it is compared with was not written by a person, but taken from a document "
                "by rule or written by a model: to come close to it means less.",
                "{count} of the texts that it is compared with were not written by a person, but taken from documents "
                "by rule or written by a model: to come close to them means less.",
                made,
            )
        )
    sentences.extend(_left_out(data))
    if missing := data["without_reference"]:
        sentences.append(
            plural(
                "{count} text has no summary by a person: what was written about it could be compared with nothing.",
                "{count} texts have no summary by a person: what was written about them could be compared with "
                "nothing.",
                missing,
            )
        )
    return sentences


def _left_out(data: Data) -> list[str]:
    leaked = len(data["leaked"])
    if not leaked:
        return []
    return [
        plural(
            "{count} text was left out: the adapter was trained on it, or on much of it.",
            "{count} texts were left out: the adapter was trained on them, or on much of them.",
            leaked,
        )
    ]


def documents_words(count: int) -> str:
    """`on 24 documents`, beside a number; that it is a hint where they are few."""
    if count < SMALL_DOCUMENTS:
        return plural("on {count} document: a hint, no more", "on {count} documents: a hint, no more", count)
    return plural("on {count} document", "on {count} documents", count)


def small_sentence(data: Data) -> str:
    """Empty where there are documents enough, and where there are none."""
    if not data["small"] or not data["examples"]:
        return ""
    return plural(
        "The test is small, {count} document: take every figure as a hint, since a few others could turn it round.",
        "The test is small, {count} documents: take every figure as a hint, since a few others could turn it round.",
        data["documents"],
    )


def _size(data: Data) -> str:
    documents = plural("{count} document", "{count} documents", data["documents"])
    examples = plural("{count} example", "{count} examples", data["examples"])
    if not data["written"]:
        return _("Tested on {documents} ({examples}) of “{name}”; no texts were written.").format(
            documents=documents, examples=examples, name=one_line(data["name"])
        )
    return _(
        "Tested on {documents} ({examples}) of “{name}”; texts were written for {written} of them. "
        "Each document counts as much as another."
    ).format(documents=documents, examples=examples, name=one_line(data["name"]), written=data["written"])


def method_sentences(report: Report) -> list[str]:
    """How it was measured, for whoever wants to do it again."""
    settings = report["settings"]
    return [
        _("Texts are written without chance: always the likeliest word piece, at most {count} of them.").format(
            count=_plain(settings, "max_new_tokens")
        )
        if settings.get("max_new_tokens")
        else "",
        _("Words are compared by their stems ({stemmer}): “cells” counts as “cell”.").format(
            stemmer=_plain(settings, "stemming")
        )
        if settings.get("stemming")
        else _("Words are compared as they stand, with their accents."),
        _("chrF is taken by sacrebleu: {signature}.").format(signature=_plain(settings, "chrf"))
        if settings.get("chrf")
        else "",
        _(
            "Each document is compared with itself, and limits are found by drawing the documents again and again "
            "(bootstrap). Only the surprise (loss) decides; of the other figures, which are many, more is asked "
            "before one counts as a difference (Holm)."
        ),
    ]


def measured_at(report: Report) -> str:
    """`2026-11-22 22:04`, by the clock of whoever reads it."""
    try:
        return datetime.fromisoformat(report["created"]).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):  # what a damaged file says; Windows knows no year 1
        return one_line(report["created"])[:16]


def place_of(text: Text) -> str:
    """`lecture-3.pdf, pages 4–6, Photosynthesis`."""
    return ", ".join(filter(None, (one_line(text["document"]), _pages(text["pages"]), one_line(text["section"]))))


def _pages(pages: list[int]) -> str:
    if not pages:
        return ""
    if len(pages) == 1:
        return _("page {number}").format(number=pages[0])
    if len(pages) > 1 and pages == list(range(pages[0], pages[-1] + 1)):
        return _("pages {first}–{last}").format(first=pages[0], last=pages[-1])
    listed = ", ".join(map(str, pages[:_MAX_PAGES])) + (" …" if len(pages) > _MAX_PAGES else "")
    return _("pages {numbers}").format(numbers=listed)


def _plain(settings: Mapping[str, Any], key: str) -> str:
    value = settings.get(key)
    if isinstance(value, dict):
        return ", ".join(f"{one_line(str(name))}: {one_line(str(what))}" for name, what in value.items())
    return one_line(str(value))
