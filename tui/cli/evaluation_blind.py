"""`sunto evaluate --blind`: two texts at a time, and which is better, as a person says who does not know whose they
are. Each choice is kept at once, so it can be left at any moment.
"""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterator
from typing import Any, cast

from adapters.evaluation.report import Choices, Text
from adapters.evaluation.telling import choices_sentences, place_of, system_name
from assistant.config import load_settings
from assistant.errors import ConfigError
from assistant.i18n import _, plural
from assistant.protocol import ChooseBlind, Finished, ListBlindPairs
from assistant.safe_text import one_line, printable
from tui.cli.columns import MIN_COLUMNS, side_by_side, wrapped
from tui.cli.evaluation_lines import excerpt
from tui.cli.job import JOB, Ending, JobRunner, Result, conclude
from tui.cli.typed import read_line
from tui.output import Mode, Output

_WORDS = {
    "1": ("1",),
    "2": ("2",),
    "same": ("=", "0", "same", "neither", "uguale", "uguali", "pari", "nessuno"),
    "undo": ("u", "undo", "i", "indietro", "annulla"),
    "text": ("t", "text", "testo"),
    "quit": ("q", "quit", "exit", "f", "fine", "esci"),
}
"""What can be typed, in English and in Italian, whatever language the interface speaks."""
_ACTIONS = {word: action for action, words in _WORDS.items() for word in words}

_SOURCE_LINES = 5
"""Of the text that both are about, until more is asked for."""
_MAX_CHARACTERS = 20_000
"""Of what a model wrote."""


def compare_blind(options: Namespace, output: Output) -> int:
    against = f"version:{options.against}" if options.against.isdigit() else options.against
    listing = ListBlindPairs(
        job=JOB, name=options.arguments[0], against=against, count=options.pairs, restart=options.restart
    )
    with JobRunner(output, load_settings()) as runner:
        if options.choose:
            ending = _choose_all(listing, options.choose, runner)
        elif output.mode is not Mode.PLAIN:
            ending = runner.run(listing)
        else:
            _require_a_person(options.arguments[0], output)
            ending = BlindWalk(listing, runner, output).run()

    def present(result: Result) -> None:
        print_line = output.line if result["result"] else output.say
        for sentence in closing_lines(result):
            for line in wrapped(sentence, min(output.talk_columns, MIN_COLUMNS)):
                print_line(line)

    return conclude(ending, output, present)


def _choose_all(listing: ListBlindPairs, said: list[list[str]], runner: JobRunner) -> Ending:
    """The first failure, or the comparison when all was said."""
    ending: Ending | None = None
    for pair, choice in said:
        ending = runner.run(ChooseBlind(job=JOB, name=listing.name, against=listing.against, pair=pair, choice=choice))
        if not isinstance(ending, Finished):
            break
    assert ending is not None
    return ending


def _require_a_person(name: str, output: Output) -> None:
    """Raises ConfigError where nobody could read the texts and answer."""
    if output.somebody_there and output.columns is not None:
        return
    raise ConfigError(
        _("Texts are compared by a person at a terminal, and nobody is here to answer."),
        _("In a script: sunto evaluate {name} --blind --json lists the pairs, --choose PAIR 1 decides one.").format(
            name=shlex.quote(name)
        ),
    )


class BlindWalk:
    """A walk through the pairs of a comparison, from the first that was not decided yet."""

    def __init__(self, listing: ListBlindPairs, runner: JobRunner, output: Output) -> None:
        self._listing = listing
        self._runner = runner
        self._output = output
        self._columns = output.columns or MIN_COLUMNS

    def run(self) -> Ending:
        """How the last job ended; a `Finished` has the comparison as it stands."""
        ending = self._runner.run(self._listing)
        while isinstance(ending, Finished) and ending.result["left"]:
            place = next(at for at, pair in enumerate(ending.result["pairs"]) if not pair["choice"])
            action = self._asked(ending.result, place)
            if action == "quit":
                break
            if action == "undo":
                place = _decided_before(ending.result, place)[-1]
            ending = self._decide(ending.result["pairs"][place], action)
        return ending

    def _decide(self, pair: Result, choice: str) -> Ending:
        return self._runner.run(
            ChooseBlind(job=JOB, name=self._listing.name, against=self._listing.against, pair=pair["id"], choice=choice)
        )

    # --- one pair ---

    def _asked(self, comparison: Result, place: int) -> str:
        """What to do with this pair; asks until there is an answer."""
        pair = comparison["pairs"][place]
        self._show(pair, place, len(comparison["pairs"]))
        while True:
            self._output.say(_("Which is better? 1 · 2 · = neither · u undo · t whole text · q quit"))
            try:
                typed = read_line("› ")
            except KeyboardInterrupt:
                self._output.say("")
                return "quit"
            if typed is None:
                return "quit"
            action = _ACTIONS.get(typed.strip().lower().lstrip("/"), "")
            if action == "text":
                self._draw(pair, whole=True)
            elif action == "undo" and not _decided_before(comparison, place):
                self._output.say(_("There is nothing to undo yet."))
            elif action:
                return action
            elif typed.strip():
                self._output.warn(_("There is no “{line}” here.").format(line=one_line(typed)[:40]))

    def _show(self, pair: Result, place: int, count: int) -> None:
        where = place_of(cast("Text", pair))
        self._output.line()
        self._rule(_("Pair {number} of {count} · {place}").format(number=place + 1, count=count, place=where))
        self._draw(pair, whole=False)

    def _draw(self, pair: Result, *, whole: bool) -> None:
        width = min(self._columns, MIN_COLUMNS)
        for line in excerpt(pair["source"], width, 2, len(pair["source"]) if whole else _SOURCE_LINES):
            self._output.line(line.text)
        for line in self._both(pair, width):
            self._output.line(line)
        self._output.line()

    def _both(self, pair: Result, width: int) -> Iterator[str]:
        one, two = (_shown(pair[side]) for side in ("one", "two"))
        if self._columns >= MIN_COLUMNS:
            yield ""
            yield from side_by_side(f"── 1 ──\n{one}", f"── 2 ──\n{two}", self._columns)
            return
        for number, text in enumerate((one, two), 1):
            yield f"── {number} ──"
            yield from wrapped(text, width)

    def _rule(self, title: str) -> None:
        self._output.line(f"── {title} ".ljust(min(self._columns, MIN_COLUMNS), "─"))


def _shown(text: str) -> str:
    return printable(text[:_MAX_CHARACTERS]).strip() or "– " + _("nothing")


def _decided_before(comparison: Result, place: int) -> list[int]:
    return [at for at, pair in enumerate(comparison["pairs"][:place]) if pair["choice"]]


# --- what came of it ----------------------------------------------------------------------------------------------


def closing_lines(comparison: Result) -> Iterator[str]:
    """The result and whose was whose, or how much is left."""
    name = shlex.quote(one_line(comparison["name"]))
    choices: Choices | None = comparison["result"]
    if choices is None:
        left = plural("{count} pair is left.", "{count} pairs are left.", comparison["left"])
        command = _("What you chose is kept. To go on: {command}").format(command=f"sunto evaluate {name} --blind")
        yield f"{left} {command}"
        return
    yield from (_revealed(number, pair) for number, pair in enumerate(comparison["pairs"], 1))
    yield ""
    yield from choices_sentences(choices)


def _revealed(number: int, pair: dict[str, Any]) -> str:
    """`3. leaf.pdf, page 2: you chose 1, The adapter (2: The base model).`"""
    place, (one, two) = place_of(cast("Text", pair)), map(system_name, pair["systems"])
    words = {
        "1": _("{number}. {place}: you chose 1, {one}; 2 was {two}."),
        "2": _("{number}. {place}: you chose 2, {two}; 1 was {one}."),
    }.get(pair["choice"]) or _("{number}. {place}: you chose neither; 1 was {one}, 2 was {two}.")
    return words.format(number=number, place=place, one=one, two=two)
