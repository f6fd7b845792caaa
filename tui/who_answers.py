"""Which adapter answers: what the model process said of the running answer, and what is to be expected of the next."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.i18n import _
from assistant.protocol import Answering
from assistant.safe_text import one_line

AUTO = "auto"
"""What stands for the adapter of the documents' subject."""
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

    `chosen` in the app comes before the setting; either may be a name, `none` or `auto`, which is that of the open
    documents' subjects (`of_subject`, empty where they have none, or not the same).
    """
    name, why = (chosen, "asked") if chosen else (setting, "setting")
    if name.lower() == AUTO:
        return Answerer(of_subject, "subject") if of_subject else Answerer()
    return Answerer("" if name.lower() in BARE else name, why)


class WhoAnswers:
    """What the model process says of an answer counts for the next one too, where nobody named its adapter.

    For it may have found that the subject's adapter cannot be used; until something is chosen that changes it.
    """

    def __init__(self, expected: Answerer) -> None:
        self.next = expected
        """Who answers the next question, as far as the app knows."""
        self._said: Answerer | None = None
        """By the model process, of the answer being written or the one before."""
        self._running = False
        self._changed = False
        """Another was chosen since it was said."""

    def expect(self, expected: Answerer) -> None:
        """Of the next question."""
        if expected != self.next:
            self.next, self._changed = expected, True

    def say(self, said: Answering) -> None:
        """Of the answer that begins now."""
        self._said, self._running, self._changed = Answerer(said.adapter, said.why), True, False

    def end(self) -> None:
        """The answer is written."""
        self._running = False

    @property
    def now(self) -> Answerer:
        """Who answers, or would."""
        return self._said if self._said is not None and (self._running or self._still_holds) else self.next

    @property
    def then(self) -> Answerer | None:
        """Who answers next, where that is another than the one who does now."""
        differs = self._running and not self._still_holds and self.next.adapter != self.now.adapter
        return self.next if differs else None

    @property
    def _still_holds(self) -> bool:
        """What was said holds for the next answer as well."""
        return self._said is not None and self._said.by_itself and self.next.by_itself and not self._changed


def answerer_words(now: Answerer, then: Answerer | None) -> str:
    """`adapter biology, then law`"""
    if then is None:
        return now.words
    return _("{now}, then {then}").format(now=now.words, then=one_line(then.adapter) or _("none"))
