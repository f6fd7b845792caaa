"""Which adapter answers: what the model process said of the running answer, and what is to be expected of the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.i18n import _
from assistant.safe_text import one_line

Why = Literal["asked", "setting", "subject", "none"]

BARE = ("none", "base")
"""What stands for the model without an adapter."""


@dataclass(frozen=True)
class Answerer:
    adapter: str = ""
    """Empty for the bare base."""
    why: str = "none"
    """See `Answering`."""

    @property
    def words(self) -> str:
        """`adapter biology (subject)`, as the status line has it."""
        if not self.adapter:
            return _("no adapter")
        words = _("adapter {name}").format(name=one_line(self.adapter))
        return words + " " + _("(subject)") if self.why == "subject" else words

    @property
    def by_itself(self) -> bool:
        """Nobody named it: it is the subject's own, or there is none."""
        return self.why in ("subject", "none")


def would_answer(chosen: str, setting: str, of_subject: str) -> Answerer:
    """Who answers the next question.

    `chosen` in the app comes before the setting; either may be a name, `none` or `auto`, which is the adapter of the
    subject that all open documents are of (`of_subject`, empty where there is none).
    """
    name, why = (chosen, "asked") if chosen else (setting, "setting")
    if name == "auto":
        return Answerer(of_subject, "subject") if of_subject else Answerer()
    return Answerer("" if name in BARE else name, why)


class WhoAnswers:
    """What the model process says counts, until something is chosen that makes it another."""

    def __init__(self, expected: Answerer) -> None:
        self._expected = expected
        self._said: Answerer | None = None
        """By the model process, of the answer being written or the one before."""
        self._running = False
        self._changed = False
        """Another was chosen since it was said."""

    def expect(self, expected: Answerer) -> None:
        """Of the next question."""
        if expected != self._expected:
            self._expected, self._changed = expected, True

    def say(self, said: Answerer) -> None:
        """Of the answer that begins now."""
        self._said, self._running, self._changed = said, True, False

    def end(self) -> None:
        """The answer is written. Asked by name, the next may be another's already, who waited behind it."""
        self._running = False
        if self._said is not None and not (self._said.by_itself and self._expected.by_itself):
            self._said = None

    @property
    def now(self) -> Answerer:
        """Who answers, or would."""
        if self._said is not None and (self._running or not self._changed):
            return self._said
        return self._expected

    @property
    def then(self) -> Answerer | None:
        """Who answers next, where that is another than the one who does now."""
        other = self._running and self._expected.adapter != self.now.adapter
        return self._expected if other and (self._changed or not self._expected.by_itself) else None


def answerer_words(now: Answerer, then: Answerer | None) -> str:
    """`adapter biology, then law`"""
    if then is None:
        return now.words
    return _("{now}, then {then}").format(now=now.words, then=one_line(then.adapter) or _("none"))
