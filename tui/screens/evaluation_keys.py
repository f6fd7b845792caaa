"""The keys of the report's screen, what it is for, and the ways to measure that can be chosen on it."""

from __future__ import annotations

from typing import Any

from assistant.i18n import _
from tui.choosable import Choosable
from tui.widgets.key_hints import Hint


def report_keys(*, measuring: bool = False, reported: bool = True) -> list[tuple[Hint, str]]:
    """The keys of this screen, each with a sentence for help. Without a report there is nothing to read or write."""
    measure = (Hint("e", _("Measure"), "screen.measure"), _("Measure it now, and replace this report by the new one."))
    stop = (Hint("s", _("Stop"), "screen.stop"), _("Stop measuring. What is measured already need not be done again."))
    reading = [
        (Hint("b", _("Blind"), "screen.blind"), _("Choose between two texts without knowing whose they are.")),
        (Hint("h", _("Page"), "screen.export"), _("Write the report as a page for the browser, or as .json.")),
        (Hint("Enter", _("Read"), "screen.expand"), _("Make room for what is said of a line; again, for the list.")),
        (Hint("Space", "", "screen.read_on(1)"), _("Read on in what is said of a line; Backspace goes back.")),
        (Hint("1-5", "", "screen.help"), _("Another part of the report; its name above can be clicked.")),
    ]
    return [
        stop if measuring else measure,
        *(reading if reported else ()),
        (Hint("F1", _("Help"), "screen.help"), _("Show these keys.")),
        (Hint("Esc", _("Back"), "screen.leave"), _("Go back. A measuring goes on.")),
    ]


WAYS: dict[str, dict[str, Any]] = {"all": {}, "judge": {"judge": True}, "quick": {"texts": 0}}
"""Of measuring: fields of `Evaluate`."""


def ways_to_measure() -> list[Choosable]:
    return [
        Choosable("all", _("As always"), _("with texts to read and choose from")),
        Choosable("judge", _("With a judge"), _("the base model chooses, too")),
        Choosable("quick", _("Quickly"), _("no texts: those take longest")),
    ]


def about() -> str:
    """What help says of the screen, and the screen itself while there is no report."""
    return _(
        "The report holds the adapter against the model without it, on documents that it did not learn from, and "
        "looks whether it has lost what it knew before. Walk through it with the arrow keys: beneath the list "
        "stands what each line means. e measures an adapter; that can take some minutes, and answers come after "
        "it."
    )
