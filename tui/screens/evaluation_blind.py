"""Two texts about the same document, and nothing that tells which is the adapter's: which is the better one?

What was chosen is kept with the adapter as soon as it is chosen, so that a comparison can be left and gone on with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from adapters.evaluation.telling import choices_sentences
from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import ChooseBlind, ListBlindPairs
from assistant.safe_text import one_line, printable
from tui.adapter_rows import adapter_names
from tui.evaluation.blind import Choice, Comparison, Pair, comparison_of
from tui.widgets.key_hints import Hint, KeyHints
from tui.widgets.labelled_text import LabelledText

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


def blind_keys(*, decided: bool = False, found: bool = True) -> list[tuple[Hint, str]]:
    """The keys of this screen, each with a sentence for help. `found` is whether there are texts to choose between."""
    choosing = [
        (
            Hint("1", _("First is better"), "screen.choose('1')"),
            _("The first text is the better one. A click on its number says the same."),
        ),
        (Hint("2", _("Second"), "screen.choose('2')"), _("The second text is the better one.")),
        (Hint("=", _("The same"), "screen.choose('same')"), _("Neither is better. 0 does the same.")),
    ]
    again = (Hint("r", _("Again"), "screen.restart"), _("Forget what was chosen, and begin again in another order."))
    undo = (Hint("u", _("Undo"), "screen.undo"), _("Take back the last choice."))
    looking = (
        _("Look at the pairs, now that it is known whose texts they are.")
        if decided
        else _("Look at another pair; it can be chosen anew.")
    )
    comparing = [
        *([again] if decided else [*choosing, undo]),
        (Hint("← →", _("Pairs"), f"screen.go({-1 if decided else 1})"), looking),
        (Hint("Tab", _("Scroll"), "screen.focus_next"), _("To the next of the three texts, which the arrows scroll.")),
    ]
    return [
        *(comparing if found else ()),
        (Hint("F1", _("Help"), "screen.help"), _("Show these keys.")),
        (
            Hint("Esc", _("Back"), "screen.leave"),
            _("Go back. What was chosen is kept; another time goes on from there."),
        ),
    ]


class BlindScreen(Screen[None]):
    HORIZONTAL_BREAKPOINTS = [(0, "-stacked"), (81, "-columns")]  # noqa: RUF012 - Textual's class variable
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    BINDINGS = [  # noqa: RUF012
        Binding("escape,q", "leave", show=False),
        Binding("f1,question_mark", "help", show=False),
        Binding("1", "choose('1')", show=False),
        Binding("2", "choose('2')", show=False),
        Binding("0,equals_sign", "choose('same')", show=False),
        Binding("u,backspace", "undo", show=False),
        Binding("left", "go(-1)", show=False, priority=True),
        Binding("right", "go(1)", show=False, priority=True),
        Binding("r", "restart", show=False),
    ]

    def __init__(self, desk: ChatScreen, name: str, against: str = "base") -> None:
        """`name` is the adapter, `against` the system of its report that it is compared with."""
        super().__init__()
        self.desk = desk
        self._name, self._against = name, against
        self._comparison: Comparison | None = None
        self._head = Static(markup=False, id="blind-head")
        self._source = LabelledText()
        self._sides = (
            LabelledText("screen.choose('1')"),
            LabelledText("screen.choose('2')", classes="-second"),
        )
        self._texts = Container(*self._sides, id="blind-texts")
        self._says = Static(markup=False, id="blind-say")
        self._hints = KeyHints([])

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._source
        yield self._texts
        yield self._says
        yield self._hints

    def on_mount(self) -> None:
        self._draw()
        self.load_pairs()

    @work(exclusive=True, group="pairs", exit_on_error=False)
    async def load_pairs(self, *, restart: bool = False) -> None:
        name, against = self._name, self._against
        try:
            result = await self.desk.errands.run(
                lambda job: ListBlindPairs(job=job, name=name, against=against, restart=restart)
            )
        except SuntoError as error:
            hints = [printable(error.hint), self._way_out()]
            self._head.add_class("-alone")
            text = Text(printable(error.message), "bold")
            self._head.update(text.append("\n" + "\n".join(filter(None, hints)), "not bold dim"))
            return
        self._comparison = comparison_of(result)
        self._draw()

    def _way_out(self) -> str:
        """What does here what an error gives a command for: it is the measuring that writes the texts."""
        name = self._name
        return _("In the app: /evaluate {name}").format(name=one_line(name)) if name in adapter_names() else ""

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        comparison = self._comparison
        pair = comparison.pair if comparison is not None else None
        self._source.display = comparison is not None
        self._texts.display = pair is not None
        self._hints.show([hint for hint, _sentence in self._keys])
        if comparison is None:
            self._head.update(Text(_("Looking for texts to choose between") + "…", "dim"))
        elif pair is None:
            self._draw_result(comparison)
        else:
            self._draw_pair(comparison, pair)

    @property
    def _keys(self) -> list[tuple[Hint, str]]:
        return blind_keys(decided=self._is_over, found=self._comparison is not None)

    @property
    def _is_over(self) -> bool:
        return self._comparison is not None and self._comparison.result is not None

    def _draw_pair(self, comparison: Comparison, pair: Pair) -> None:
        question = _("You have chosen.") if self._is_over else _("Which says better what the text says?")
        count = _("{number} of {total}").format(number=comparison.position + 1, total=len(comparison.pairs))
        self._head.update(Text(question, "bold").append(f"  {comparison.dots()}  {count}", "not bold"))
        self._source.show(_("The text: {place}").format(place=pair.place), pair.source)
        for number, (side, text) in enumerate(zip(self._sides, pair.texts, strict=True)):
            side.show(pair.title(number), text)
            side.set_class(pair.choice == str(number + 1), "-chosen")

    def _draw_result(self, comparison: Comparison) -> None:
        self._head.update(Text(_("You have chosen."), "bold").append(f"  {comparison.dots()}", "not bold"))
        sentences = choices_sentences(comparison.result) if comparison.result else [_("One moment") + "…"]
        self._source.show(_("What came of it"), "\n\n".join(sentences))

    # --- the keys -----------------------------------------------------------------------------------------------------

    def action_choose(self, choice: Choice) -> None:
        if self._comparison is not None and (pair := self._comparison.choose(choice)) is not None:
            self._keep(pair, choice)

    def action_undo(self) -> None:
        if self._comparison is not None and (pair := self._comparison.undo()) is not None:
            self._keep(pair, "undo")

    def action_go(self, pairs: int) -> None:
        if self._comparison is not None:
            self._comparison.go(pairs)
            self._draw()

    def action_restart(self) -> None:
        if self._is_over:
            self.load_pairs(restart=True)

    def _keep(self, pair: Pair, choice: str) -> None:
        """The next pair is there at once; that this one is kept follows, also when the screen was left by then."""
        self.say()
        self._draw()
        self.desk.run_worker(self._send(pair, choice), group="blind", exit_on_error=False)

    async def _send(self, pair: Pair, choice: str) -> None:
        try:
            result = await self.desk.errands.run(
                lambda job: ChooseBlind(job=job, name=self._name, pair=pair.id, choice=choice, against=self._against)
            )
        except SuntoError as error:
            self._not_kept(pair, error)
            return
        comparison = self._comparison
        if comparison is not None and comparison.is_decided and result["result"] is not None:
            comparison.reveal(comparison_of(result))
            if self.is_attached:
                self._draw()

    def _not_kept(self, pair: Pair, error: SuntoError) -> None:
        pair.choice = ""
        if self._comparison is None or not self.is_attached:
            self.desk.call_later(self.desk.say_error, error)
            return
        self._comparison.go_to(pair)
        self._draw()
        self.say(error.message, error.hint, wrong=True)

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        about = _(
            "Both texts are about the text above them. One is the adapter's, the other is not, and their order is left "
            "to chance: so your choice is about the texts alone. The result is said after the last one, and kept with "
            "the adapter."
        )
        self.app.push_screen(HelpScreen(about, self._keys))

    def action_leave(self) -> None:
        self.dismiss()

    def action_run(self, name: str) -> None:
        """A key of the app that is not one of this screen: only help means something here."""
        if name == "help":
            self.action_help()

    def say(self, sentence: str = "", hint: str = "", *, wrong: bool = False) -> None:
        """At the foot, until something else is said."""
        self._says.set_class(wrong, "-wrong")
        text = Text(one_line(sentence))
        if hint:
            text.append(" " + one_line(hint), "dim")
        self._says.update(text)
