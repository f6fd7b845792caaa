"""Beneath the conversation: what is known of the claim that stands out in an answer, and what can be done with it."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from assistant.i18n import _
from assistant.safe_text import one_line
from tui.claim_words import grade_words, place_words
from tui.widgets.cited_answer import CitedAnswer

QUOTE_CHARACTERS = 100
"""Enough to know the place again; the page shows it all."""


class ClaimLine(Static):
    """Hidden while no claim stands out."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, answer: CitedAnswer | None) -> None:
        self.display = answer is not None
        if answer is not None:
            self.update(claim_text(answer))


def claim_text(answer: CitedAnswer) -> Text:
    """The grade in words, where it stands in the document, what the keys do: a line each, or more where it is long."""
    claim, place = answer.current, answer.place
    text = Text()
    text.append(_("{number} of {count}").format(number=answer.number, count=len(answer.claims)), "dim")
    text.append(f"  {claim.sign} ", "bold")
    text.append(grade_words(claim))
    if place is not None:
        count = len(claim.places)
        which = _("place {number} of {count}").format(number=answer.place_number, count=count) if count > 1 else ""
        text.append("\n" + " · ".join(part for part in (place_words(place), which) if part), "bold")
        if quote := one_line(place.quote):
            shown = quote if len(quote) <= QUOTE_CHARACTERS else f"{quote[:QUOTE_CHARACTERS]}…"
            text.append(f"  “{shown}”", "italic")
    text.append("\n" + _keys(len(claim.places)), "dim")
    return text


def _keys(places: int) -> str:
    keys = [_("↑ ↓ other points")]
    if places:
        keys.insert(0, _("Enter shows the page"))
    if places > 1:
        keys.insert(1, _("← → other places"))
    return " · ".join([*keys, _("Esc back")])
