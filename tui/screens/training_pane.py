"""What the steps of the fine-tune screen have in common: asking the model process, saying something, going on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.message import Message

from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import Request
from tui.screens.asking import ConfirmScreen
from tui.training.work import TrainingWork
from tui.widgets.key_hints import Hint

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tui.screens.chat import ChatScreen

Keys = list[tuple[Hint, str]]
STEPS = ("data", "examples", "settings", "fit", "run")


class Pane(Vertical):
    """One step. Abstract: what it shows and its keys are its own."""

    NAME = ""

    class GoTo(Message):
        """Another step, please."""

        def __init__(self, step: str) -> None:
            super().__init__()
            self.step = step

    class Said(Message):
        """Something for the line at the foot; nothing clears it."""

        def __init__(self, sentence: str, hint: str = "", *, wrong: bool = False) -> None:
            super().__init__()
            self.sentence, self.hint, self.wrong = sentence, hint, wrong

    class KeysChanged(Message):
        """Other keys mean something now."""

    def __init__(self, desk: ChatScreen) -> None:
        super().__init__()
        self.desk = desk

    @property
    def work(self) -> TrainingWork:
        return self.desk.training

    # --- what each step has of its own ----------------------------------------------------------------------------

    def keys(self) -> Keys:
        """Those of this step as it is now, each with a sentence for help."""
        return []

    def about(self) -> str:
        """What help says of this step."""
        return ""

    def enter(self) -> None:
        """It is on the screen from now on. May not wait for anything: a step of a training can take long."""

    def work_changed(self) -> None:
        """Something that goes on has gone on; only while it is on the screen."""

    # --- what they share ------------------------------------------------------------------------------------------

    def say(self, sentence: str = "", hint: str = "") -> None:
        self.post_message(self.Said(sentence, hint))

    def say_error(self, error: SuntoError) -> None:
        self.post_message(self.Said(error.message, error.hint, wrong=True))

    def go_to(self, step: str) -> None:
        self.post_message(self.GoTo(step))

    async def ask(self, request: Callable[[str], Request]) -> dict[str, Any] | None:
        """Its result; None where it failed, which is then said."""
        try:
            return await self.desk.errands.run(request)
        except SuntoError as error:
            self.say_error(error)
            return None

    def in_background(self, doing: Coroutine[Any, Any, None]) -> None:
        """Goes on when the screen is left."""
        self.desk.run_worker(doing, group="fine-tuning", exit_on_error=False)

    def confirm(self, sentence: str, yes: str, then: Callable[[], None], *, no: str = "", hint: str = "") -> None:
        screen = ConfirmScreen(sentence, yes=yes, no=no or _("Leave"), hint=hint)
        self.app.push_screen(screen, lambda sure: then() if sure else None)
