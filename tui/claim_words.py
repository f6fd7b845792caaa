"""What a claim's mark means, in words. For both front ends. It is always wording that was compared, never truth."""

from __future__ import annotations

from collections.abc import Collection

from assistant.grades import GRADES, WARNING
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from tui.claims import AnswerClaim, Place
from tui.document_words import page_name


def grade_words(claim: AnswerClaim) -> str:
    """`checked by wording: supported`, and what is to be known besides."""
    grades = {
        "quoted": _("checked by wording: quoted"),
        "supported": _("checked by wording: supported"),
        "weak": _("checked by wording: weakly supported") if claim.places else _("checked by wording: nothing found"),
        "unsupported": _("checked by wording: not supported"),
    }
    return "; ".join((grades[claim.support], *_troubles(claim)))


def _troubles(claim: AnswerClaim) -> list[str]:
    troubles: list[str] = []
    if claim.missing:
        names = ", ".join(f"“{one_line(item)}”" for item in claim.missing)
        troubles.append(
            plural("{{items}} is not in the document", "{{items}} are not in the document", len(claim.missing)).format(
                items=names
            )
        )
    sentences = {
        "negation": _("only one of the two says “not”"),
        "modality": _("only one of the two says “may” or “must”"),
    }
    return troubles + [sentences[code] for code in claim.warnings if code in sentences]


def place_words(place: Place, *, several_documents: bool = True) -> str:
    """`cell.pdf, p. xii (PDF 14)`."""
    page = one_line(page_name(place.page, place.label))
    return f"{one_line(place.document)}, {page}" if several_documents and place.document else page


def legend(used: Collection[str] = tuple(GRADES), *, warned: bool = True) -> str:
    """`✔ quoted · ≈ supported · …; checked by wording`, of the grades that are used."""
    meanings = {
        "quoted": _("quoted"),
        "supported": _("supported"),
        "weak": _("weak"),
        "unsupported": _("not in the document"),
    }
    parts = [f"{mark} {meanings[support]}" for support, mark in GRADES.items() if support in used]
    if warned:
        parts.append(f"{WARNING} " + _("“not” or “may” differs"))
    return _("{marks} (checked by wording)").format(marks=" · ".join(parts))
