"""The adapters on this machine: which there are, what is known of each, and what can be done with it.

How they are drawn is in `tui.screens.adapter_list`; here are the keys. Every change is asked of the model process,
which makes it after the answer it may be writing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.binding import Binding

from assistant.errors import SuntoError
from assistant.i18n import _, plural
from assistant.protocol import Event, Progress, Request
from assistant.safe_text import one_line
from tui.adapter_rows import version_rows
from tui.choosable import Choosable
from tui.results import as_text
from tui.screens import adapter_changes as changes
from tui.screens.adapter_changes import Change
from tui.screens.adapter_list import AdapterListScreen
from tui.screens.asking import ChoiceScreen, ConfirmScreen, LineScreen
from tui.widgets.key_hints import Hint, KeyHints
from tui.words import amount, stage_name

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


def adapter_keys() -> list[tuple[Hint, str]]:
    """The keys of this screen, each with a sentence for help."""
    return [
        (Hint("Enter", _("Use"), "screen.use"), _("Answer with this adapter, from the next answer on.")),
        (
            Hint("w", _("Worth it?"), "screen.report"),
            _("Show its report: better or worse than the model without it, and how sure that is."),
        ),
        (Hint("s", _("Subject"), "screen.subject"), _("Make it, or no longer have it, the adapter of a subject.")),
        (Hint("r", _("Rename"), "screen.rename"), _("Give it another name; subjects that have it keep it.")),
        (Hint("x", _("Remove"), "screen.remove"), _("Delete it with all its versions, after asking.")),
        (Hint("b", _("Version"), "screen.roll_back"), _("Go back to another version of it. The present one is kept.")),
        (Hint("?", _("Help"), "screen.help"), _("Show these keys.")),
        (Hint("i", _("Import"), "screen.import"), _("Take over one made elsewhere: a folder, .zip or .safetensors.")),
        (Hint("e", _("Export"), "screen.export"), _("Write it to a folder or a .zip that other programs read.")),
        (Hint("u", _("Undo"), "screen.undo"), _("Take back the last change made here, if it can be taken back.")),
        (Hint("Esc", _("Back"), "screen.leave"), _("Go back to the conversation.")),
    ]


class AdaptersScreen(AdapterListScreen):
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("escape,q", "leave", show=False),
        Binding("enter", "use", show=False),
        Binding("r", "rename", show=False),
        Binding("x,delete", "remove", show=False),
        Binding("b", "roll_back", show=False),
        Binding("i", "import", show=False),
        Binding("e", "export", show=False),
        Binding("w", "report", show=False),
        Binding("s", "subject", show=False),
        Binding("u", "undo", show=False),
        Binding("f1,question_mark", "help", show=False),
    ]

    def __init__(self, desk: ChatScreen, name: str = "") -> None:
        """As for `AdapterListScreen`."""
        super().__init__(desk, name)
        self._undo: Change | None = None
        """Takes back the last change."""

    def compose(self) -> ComposeResult:
        yield from self.compose_list()
        yield KeyHints([hint for hint, _sentence in adapter_keys()])

    # --- what can be done with one --------------------------------------------------------------------------------

    async def action_use(self) -> None:
        if (row := self.current) is None:
            return
        try:
            await self.desk.commands.use_adapter(row.name)
        except SuntoError as error:
            self.say(error.message, hint=error.hint, wrong=True)
            return
        self.say(_("“{name}” answers from the next answer on.").format(name=row.name), hint=_("Esc goes back."))
        self._draw_table()

    def action_rename(self) -> None:
        if (row := self.current) is None:
            return

        def named(new: str | None) -> None:
            if new and new != row.name:
                self._make(changes.rename(row.name, new))

        self.app.push_screen(LineScreen(_("A new name for “{name}”:").format(name=row.name), row.name), named)

    def action_remove(self) -> None:
        if (row := self.current) is None:
            return
        versions = plural(
            "It has {count} other version, which goes too.",
            "It has {count} other versions, which go too.",
            len(row.versions),
        )
        subjects = _("It answers for: {subjects}.").format(subjects=", ".join(self.subjects_with(row.name)))
        parts = [
            _("Delete the adapter “{name}” for good?").format(name=row.name),
            versions if row.versions else "",
            subjects if self.subjects_with(row.name) else "",
        ]
        screen = ConfirmScreen(
            " ".join(part for part in parts if part),
            yes=_("Delete"),
            no=_("Keep"),
            hint=_("This cannot be taken back. To keep a copy, export it first: key e."),
        )
        self.app.push_screen(screen, lambda sure: self._make(changes.remove(row.name)) if sure else None)

    async def action_roll_back(self) -> None:
        if (row := self.current) is None:
            return
        try:
            versions = await asyncio.to_thread(version_rows, row.name)
        except SuntoError as error:
            self.say(error.message, hint=error.hint, wrong=True)
            return
        if not versions:
            self.say(
                _("There is no other version of “{name}”.").format(name=row.name),
                hint=_("Training it again, or importing over it, keeps the one before."),
            )
            return
        choices = [
            Choosable(str(number), str(number), _("of {date}").format(date=made[:10]) if made else "")
            for number, made in versions
        ]

        def chosen(number: str | None) -> None:
            if number is not None:
                self._make(changes.roll_back(row.name, int(number), row.version))

        title = _("“{name}” is at version {number}: go to version").format(name=row.name, number=row.version)
        self.app.push_screen(ChoiceScreen(title, choices, hint=_("The present one is kept as a version.")), chosen)

    def action_import(self) -> None:
        def named(path: str, name: str | None) -> None:
            if name is None:
                return
            if name not in {row.name for row in self.rows}:
                self._make(changes.take_over(path, name, self.desk.base_in_use))
                return
            over = changes.take_over(path, name, self.desk.base_in_use, overwrite=True)
            screen = ConfirmScreen(
                _("There is already an adapter called “{name}”. Shall the new one take its place?").format(name=name),
                yes=_("Take its place"),
                no=_("Leave it"),
                hint=_("The present one is kept as a version: b goes back to it."),
            )
            self.app.push_screen(screen, lambda sure: self._make(over) if sure else None)

        def found(path: str | None) -> None:
            if path:
                screen = LineScreen(
                    _("What shall it be called here?"), placeholder=_("empty: as its files say"), may_be_empty=True
                )
                self.app.push_screen(screen, lambda name: named(path, name))

        question = _("Which adapter? A folder, a .zip or a .safetensors file:")
        here = f"{Path.cwd()}{os.sep}"
        self.app.push_screen(LineScreen(question, here, suffixes=(".zip", ".safetensors")), found)

    def action_export(self) -> None:
        if (row := self.current) is None:
            return

        def placed(path: str | None) -> None:
            if path:
                self._make(changes.hand_out(row.name, path))

        question = _("Where to? A name that ends in .zip makes one file, any other a folder:")
        screen = LineScreen(
            question,
            str(Path.cwd() / f"{row.name}.zip"),
            suffixes=(),
            hint=_("What is there already is never replaced."),
        )
        self.app.push_screen(screen, placed)

    def action_subject(self) -> None:
        if (row := self.current) is None:
            return
        if not self.subjects:
            self.say(
                _("There are no subjects yet."),
                hint=_("Make one outside: sunto library add PATH --subject NAME"),
                wrong=True,
            )
            return
        choices = [
            Choosable(
                subject.name,
                subject.name,
                _("has it: take it away") if subject.adapter == row.name else subject.adapter or _("has none"),
                "●" if subject.adapter == row.name else " ",
            )
            for subject in self.subjects
        ]

        def chosen(name: str | None) -> None:
            subject = next((subject for subject in self.subjects if subject.name == name), None)
            if subject is not None:
                now = "" if subject.adapter == row.name else row.name
                self._make(changes.give_to_subject(subject.name, now, subject.adapter))

        title = _("“{name}” answers about the documents of").format(name=row.name)
        self.app.push_screen(ChoiceScreen(title, choices), chosen)

    def action_report(self) -> None:
        from tui.screens.evaluation import EvaluationScreen

        if (row := self.current) is not None:
            self.app.push_screen(EvaluationScreen(self.desk, row.name), self._came_back)

    async def _came_back(self, _result: object) -> None:
        """From a report, which may be a new one."""
        await self.refresh_list()

    def action_undo(self) -> None:
        if self._undo is None:
            self.say(_("There is nothing to take back."))
        else:
            self._make(self._undo)

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        about = _(
            "An adapter is a small addition to the model that was trained on somebody's notes. ✔ fits the model in "
            "use, ✖ was made for another, ? cannot be told; the dot is the one that answers next."
        )
        self.app.push_screen(HelpScreen(about, adapter_keys()))

    def action_leave(self) -> None:
        self.dismiss()

    def action_run(self, name: str) -> None:
        """A key of the app that is not one of this screen: only help means something here."""
        if name == "help":
            self.action_help()

    # --- changing something ---------------------------------------------------------------------------------------

    def _make(self, change: Change) -> None:
        """Not this screen's own worker: the change is told of even when the screen was left before it was made."""
        self.say(change.doing + "…")
        self.desk.run_worker(self._carry_out(change), group="adapter change", exit_on_error=False)

    async def _carry_out(self, change: Change) -> None:
        request: Callable[[str], Request] = change.request
        try:
            result: dict[str, Any] = await self.desk.errands.run(request, self._on_event)
        except SuntoError as error:
            if self.is_attached:
                self.say(error.message, hint=error.hint, wrong=True)
            else:
                await self.desk.say_error(error)
            return
        await self.desk.adapters_changed(change.old, change.new)
        self._undo = change.undo
        if self.is_attached:
            self.say(change.done(result), hint=_("u takes it back.") if change.undo is not None else "")
            await self.refresh_list(change.new or str(result.get("name") or ""))
        else:
            await self.desk.say(as_text(change.done(result)))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Progress) and self.is_attached:
            words = [stage_name(event.stage), amount(event.done, event.total, event.unit), one_line(event.detail)]
            self.say(" · ".join(word for word in words if word))
