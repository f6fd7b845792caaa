"""The places that a text cites, numbered: what its footnotes say.

Claims that stand on the same words share a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.grades import grade_sign
from assistant.i18n import _
from assistant.safe_text import one_line

Claim = Mapping[str, Any]

MAX_QUOTE_CHARACTERS = 400


@dataclass(frozen=True)
class Note:
    number: int
    """From 1, in the order in which the text first refers to it."""
    mark: str
    """✔ ≈ ? ✖"""
    text: str
    """Where it stands, and the words that stand there; on one line, safe for a terminal."""


@dataclass(frozen=True)
class Reference:
    """A place in a result's text where the mark of a claim is, to be replaced by a note's number."""

    mark_start: int
    mark_end: int
    note: int


def number_notes(claims: Sequence[Claim]) -> tuple[list[Note], list[Reference]]:
    """Of the claims that have a place in the text; references in the order of the text."""
    notes: dict[tuple[str, str], Note] = {}
    references: list[Reference] = []
    for claim in sorted((claim for claim in claims if claim.get("place")), key=_place):
        content = (grade_sign(claim.get("support")), note_text(claim))
        note = notes.setdefault(content, Note(len(notes) + 1, *content))
        references.append(Reference(int(claim["place"]["mark"]), int(claim["place"]["end"]), note.number))
    return list(notes.values()), references


def note_text(claim: Claim) -> str:
    """`cell.pdf, p. 12: “The cell is …”`, with what speaks against the claim."""
    parts = [_citation(citation) for citation in claim.get("citations") or ()]
    if missing := [one_line(str(detail)) for detail in claim.get("missing") or ()]:
        parts.insert(0, _("not in the document: {details}").format(details=", ".join(missing)))
    if not parts:
        parts.append(_("nothing like it was found in the document"))
    if "negation" in (claim.get("warnings") or ()):
        parts.append(_("careful: one of the two says “not”"))
    if "modality" in (claim.get("warnings") or ()):
        parts.append(_("careful: one of the two says “always”, “must” or “may”, the other does not"))
    return "; ".join(parts)


def place_name(citation: Mapping[str, Any]) -> str:
    """`cell.pdf, p. 12`, or `cell.pdf, p. xii (PDF 14)`."""
    label, page = one_line(str(citation.get("label", ""))), citation.get("page", "")
    place = _("p. {number}").format(number=label or page)
    if label and label != str(page):
        place = _("p. {label} (PDF {number})").format(label=label, number=page)
    return ", ".join(filter(None, (one_line(str(citation.get("document", ""))), place)))


def _citation(citation: Mapping[str, Any]) -> str:
    quote = one_line(str(citation.get("quote", "")))
    if len(quote) > MAX_QUOTE_CHARACTERS:
        quote = quote[:MAX_QUOTE_CHARACTERS].rstrip() + "…"
    return f"{place_name(citation)}: “{quote}”" if quote else place_name(citation)


def _place(claim: Claim) -> tuple[int, int]:
    return int(claim["place"]["mark"]), int(claim["place"]["end"])
