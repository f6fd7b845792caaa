"""`sunto dataset review`: one example after the other, and what a person says of each, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.i18n import _, plural
from assistant.protocol import Finished, ListExamples, ReviewExample
from assistant.safe_text import one_line
from tui.claim_words import legend
from tui.cli.columns import MIN_COLUMNS
from tui.cli.dataset_example import example_lines
from tui.cli.job import JOB, Ending, JobRunner, Result
from tui.cli.typed import edited, read_line
from tui.dataset_words import status_count
from tui.output import Output

_WORDS = {
    "accept": ("a", "accept", "accetta", "accetto"),
    "edit": ("e", "edit", "m", "modifica", "correggi"),
    "reject": ("r", "reject", "rifiuta", "rifiuto", "scarta"),
    "skip": ("s", "skip", "salta"),
    "undo": ("u", "undo", "i", "indietro", "annulla"),
    "text": ("t", "text", "testo"),
    "quit": ("q", "quit", "exit", "f", "fine", "esci"),
}
"""What can be typed, in English and in Italian, whatever language the interface speaks."""
_ACTIONS = {word: action for action, words in _WORDS.items() for word in words}

_TIERS = ("C", "B", "A")
"""In the order they are shown: what the model wrote needs eyes the most, what people wrote the least."""

_AT_ONCE = 20
"""Examples that are asked for together."""


class Review:
    """A walk through the examples of a data set. Each decision is kept at once, so it can be left at any moment."""

    def __init__(self, request: ListExamples, runner: JobRunner, output: Output) -> None:
        """`request` says which examples."""
        self._request = request
        self._runner = runner
        self._output = output
        self._columns = min(output.talk_columns, MIN_COLUMNS)
        self._waiting: list[str] = []
        """Ids, in the order they are shown."""
        self._went: list[tuple[int, bool]] = []
        """Which ones were passed, the latest last, and whether something was said of them."""
        self._explained: set[str] = set()
        """Grades whose marks were explained."""
        self._closing: Result = {}
        self._rows: dict[str, Result] = {}
        """Id → the example, of those around the one that is shown."""

    def run(self) -> Ending:
        """How the last job ended; a `Finished` has the name and how many are in which state now."""
        ending = self._look_up()
        if not isinstance(ending, Finished):
            return ending
        self._closing = ending.result
        try:
            failed = self._walk()
        except KeyboardInterrupt:
            self._output.say("")
            failed = None
        return failed or Finished(job=JOB, result=self._closing)

    def _look_up(self) -> Ending:
        """Which examples there are, those that the model wrote first."""
        ending: Ending | None = None
        for tier in [self._request.tier] if self._request.tier else _TIERS:
            ending = self._runner.run(replace(self._request, tier=tier, limit=0))
            if not isinstance(ending, Finished):
                break
            self._waiting += ending.result["ids"]
        assert ending is not None
        return ending

    def _walk(self) -> Ending | None:
        """None, or the failure that ended it."""
        place = 0
        while place < len(self._waiting):
            if failed := self._read(place):
                return failed
            action, target = self._asked(self._rows[self._waiting[place]], place)
            if action == "quit":
                return None
            if action == "undo":
                place, said = self._went.pop()
                failed = self._decide(place, "undo") if said else None
            elif action == "skip":
                self._went.append((place, False))
                place, failed = place + 1, None
            else:
                failed = self._decide(place, action, target)
                self._went.append((place, True))
                place += 1
            if failed:
                return failed
        return None

    def _read(self, place: int) -> Ending | None:
        """The example at that place and some after it: the whole data set is read for each time that one asks."""
        if self._waiting[place] in self._rows:
            return None
        wanted = tuple(self._waiting[place : place + _AT_ONCE])
        ending = self._runner.run(ListExamples(job=JOB, data=self._request.data, examples=wanted, limit=len(wanted)))
        if not isinstance(ending, Finished):
            return ending
        self._rows = {row["id"]: row for row in ending.result["examples"]}
        return None

    def _decide(self, place: int, decision: str, target: str = "") -> Ending | None:
        """None, or the failure."""
        request = ReviewExample(
            job=JOB, data=self._request.data, example=self._waiting[place], decision=decision, target=target
        )
        ending = self._runner.run(request)
        if not isinstance(ending, Finished):
            return ending
        self._closing = ending.result
        self._rows[self._waiting[place]] = ending.result["example"]
        return None

    # --- one example ---

    def _asked(self, row: Result, place: int) -> tuple[str, str]:
        """(what to do with it, its new target where it was edited). Asks until there is an answer."""
        self._show(row, place)
        while True:
            typed = read_line("› ")
            if typed is None:
                return "quit", ""
            action = _ACTIONS.get(typed.strip().lower().lstrip("/"), "")
            if action == "text":
                self._draw(row, whole=True)
            elif action == "edit":
                if target := self._new_target(row):
                    return "edit", target
            elif action == "undo" and not self._went:
                self._output.say(_("There is nothing to undo yet."))
            elif action:
                return action, ""
            elif typed.strip():
                self._output.warn(_("There is no “{line}” here.").format(line=one_line(typed)[:40]))
            self._output.say(_keys())

    def _show(self, row: Result, place: int) -> None:
        left = plural("{count} left", "{count} left", len(self._waiting) - place)
        head = _("Example {number} of {count} · {left}").format(number=place + 1, count=len(self._waiting), left=left)
        self._output.line()
        self._output.line(f"── {head} ".ljust(self._columns, "─"))
        self._draw(row, whole=False)
        self._explain(row)
        self._output.say(_keys())

    def _draw(self, row: Result, *, whole: bool) -> None:
        for line in example_lines(row, self._columns, whole=whole):
            self._output.marked_line(line.text, line.marks)
        self._output.line()

    def _explain(self, row: Result) -> None:
        """What the marks mean, when they are first seen."""
        used = {claim["support"] for claim in row["evidence"]}
        if not used <= self._explained:
            self._output.say(legend(used, warned=any(claim["warnings"] for claim in row["evidence"])))
            self._explained |= used

    def _new_target(self, row: Result) -> str:
        """What the person made of it; empty where nothing was changed."""
        text = edited(row["target"], self._output)
        if not text or text == row["target"]:
            self._output.say(_("Nothing was changed."))
            return ""
        return text


def _keys() -> str:
    return _("a accept · e edit · r reject · s skip · u undo · t whole text · q quit")


def closing_lines(result: Result) -> Iterator[str]:
    """How far it came, and what to do next."""
    counts, name = result["statuses"], result["name"]
    decided = ", ".join(status_count(code, counts[code]) for code in ("accepted", "edited", "rejected"))
    yield _("{decided}. All of it is kept.").format(decided=decided)
    if counts["pending"]:
        yield plural(
            "{count} example was not looked at yet. To go on: {{command}}",
            "{count} examples were not looked at yet. To go on: {{command}}",
            counts["pending"],
        ).format(command=f"sunto dataset review {name}")
    else:
        yield _("Every example was looked at. To train on them: {command}").format(
            command=f"sunto train {name} --name " + _("NAME")
        )


def decisions(result: Result) -> dict[str, Any]:
    """For `--json`: the state of the whole, without the example that was last."""
    return {"name": result["name"], "statuses": result["statuses"]}
