"""The second step: the examples themselves, to be accepted, edited or rejected with the evidence before the eyes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from assistant.errors import SuntoError
from assistant.i18n import _, plural
from assistant.protocol import CheckDataset, ListExamples, ReviewExample
from assistant.safe_text import one_line
from tui.cli.dataset_example import target_first_lines
from tui.dataset_words import status_count, status_name
from tui.screens.editing import EditScreen
from tui.screens.training_pane import Keys, Pane
from tui.training.rows import ExampleRow, example_row, rows_of
from tui.training.words import STATUS_MARKS, example_line, note_line
from tui.widgets.key_hints import Hint
from tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen

PAGE = 30
"""Examples asked for at a time; evidence is looked up for each."""
_SHOWN_FIRST = ("", "pending", "rejected")
"""What the list can be cut down to, in the order of the key."""
_DECIDED = {"accept": "accepted", "edit": "edited", "reject": "rejected", "undo": "pending"}


class ExamplesPane(Pane):
    NAME = "examples"
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("enter", "go_on", show=False),
        Binding("a", "decide('accept')", show=False),
        Binding("r", "decide('reject')", show=False),
        Binding("u", "undo", show=False),
        Binding("e", "edit", show=False),
        Binding("f", "filter", show=False),
        Binding("i", "report", show=False),
        Binding("space", "read_on(1)", show=False),
        Binding("shift+space,backspace", "read_on(-1)", show=False),
    ]

    def __init__(self, desk: ChatScreen) -> None:
        super().__init__(desk)
        self._data = ""
        self._status = ""
        """Only those in this state; empty for all."""
        self._ids: list[str] = []
        self._rows: dict[str, ExampleRow] = {}
        self._wanted: set[str] = set()
        """Asked for, and not yet there."""
        self._statuses: dict[str, int] = {}
        self._report: tuple[str, ...] = ()
        """What there is to say of all of them, the most important first."""
        self._shows_report = False
        self._is_known = False
        """Which examples there are."""
        self._edits: dict[str, str] = {}
        """Changes that were begun and not kept, by id."""
        self._decided: list[str] = []
        """Ids of what something was said of since the data set was opened, the last one last."""
        self._head = Static(markup=False, classes="head")
        self._list = LineList(0, self._line)
        self._detail = Static(markup=False)
        self._scroll = VerticalScroll(self._detail, classes="card", can_focus=False)

    def compose(self) -> ComposeResult:
        self.watch(self._list, "scroll_y", self._fetch_around, init=False)
        yield self._head
        with Vertical(classes="columns"):
            yield self._list
            yield self._scroll

    def keys(self) -> Keys:
        return [
            (Hint("a", _("Accept"), "screen.pane(\"decide('accept')\")"), _("It is as it should be.")),
            (Hint("e", _("Edit"), "screen.pane('edit')"), _("Change what shall be written: it then counts as yours.")),
            (Hint("r", _("Reject"), "screen.pane(\"decide('reject')\")"), _("Nothing is learned from it.")),
            (
                Hint("Enter", _("Go on"), "screen.pane('go_on')"),
                _("On to the settings. What you did not look at counts."),
            ),
            (Hint("u", _("Undo"), "screen.pane('undo')"), _("As before you said anything of it.")),
            (Hint("f", _("Show"), "screen.pane('filter')"), _("All of them, those not looked at, those rejected.")),
            (
                Hint("i", _("All of them"), "screen.pane('report')"),
                _("What there is to say of all examples together, and what was left out; again, back to the one."),
            ),
            (Hint("Space", "", "screen.pane('read_on(1)')"), _("Read on in a long example; Backspace goes back.")),
        ]

    def about(self) -> str:
        return _(
            "Each example is a text and what is to be written about it. A was written by people, B taken from the "
            "documents, C written by the model. Marked in the text is what bears the sentences out; only the wording "
            "is compared. What you accept or edit counts as written by you. Ten looked through are better than none."
        )

    # --- which examples -----------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self._list.focus()
        if self.work.draft.data != self._data:
            self._data, self._status, self._report = self.work.draft.data, "", ()
            self._ids, self._rows, self._edits, self._decided = [], {}, {}, []
            self._shows_report = False
            self._list.highlighted = 0
            self._list.recount(0)
            self._check()
        self.refresh_list()

    @work(exclusive=True, group="list", exit_on_error=False)
    async def refresh_list(self) -> None:
        """Ask which there are; those on the screen are asked for as they come into view."""
        self._is_known = False
        self._rows.clear()
        self._draw_head()
        data, status = self._data, self._status
        if not data:
            self.say(_("Choose first what to learn from."))
            return
        result = await self.ask(lambda job: ListExamples(job=job, data=data, status=status, limit=PAGE))
        if result is None or (data, status) != (self._data, self._status):
            return
        self._is_known = True
        self._ids = [str(name) for name in result.get("ids") or ()]
        self._take(result)
        self._list.recount(len(self._ids))
        self._show_example()
        self._fetch_around()

    @work(exclusive=True, group="check", exit_on_error=False)
    async def _check(self) -> None:
        """What there is to say of all of them; takes a moment, and is said when it is known."""
        data = self._data
        result = await self.ask(lambda job: CheckDataset(job=job, data=data))
        if result is not None:
            self.work.verdicts[data] = str(result.get("verdict") or "")
        if result is not None and data == self._data:
            self._report = tuple(one_line(str(sentence)) for sentence in result.get("sentences") or ())
            self._draw_head()

    def _take(self, result: dict[str, Any]) -> None:
        for row in (example_row(row) for row in rows_of(result, "examples")):
            self._rows[row.id] = row
        self._statuses = dict(result.get("statuses") or {})
        self._draw_head()
        self._list.refresh()

    def _fetch_around(self) -> None:
        """Ask for what is in view and not here yet; one request at a time, the next for what is in view by then."""
        if self._wanted:
            return
        top, rows = self._list.scroll_offset.y, self._list.size.height
        near = [*range(top, top + rows), *range(self._list.highlighted - 2, top + rows + PAGE)]
        ids = [self._ids[at] for at in dict.fromkeys(near) if 0 <= at < len(self._ids)]
        if missing := [name for name in ids if name not in self._rows][:PAGE]:
            self._wanted = set(missing)
            self._fetch(tuple(missing))

    @work(group="examples", exit_on_error=False)
    async def _fetch(self, ids: tuple[str, ...]) -> None:
        data = self._data
        result = await self.ask(lambda job: ListExamples(job=job, data=data, examples=ids, limit=len(ids)))
        self._wanted.clear()
        if data != self._data:  # what is in view now had to wait for this
            self._fetch_around()
        elif result is not None:
            self._take(result)
            self._show_example()
            self._fetch_around()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _draw_head(self) -> None:
        total = sum(self._statuses.values())
        counts = [
            f"{STATUS_MARKS[status]} {status_count(status, count)}"
            for status in STATUS_MARKS
            if (count := self._statuses.get(status))
        ]
        text = Text(one_line(self._data), "bold")
        text.append(" · " + plural("{count} example", "{count} examples", total), "not bold")
        text.append("   " + "  ".join(counts), "not bold dim")
        if self._status:
            text.append("   " + _("shown: {which}").format(which=status_name(self._status)), "not bold")
        if self._report:
            text.append("\n" + self._report[0], "not bold")
        self._head.update(text)

    def _line(self, position: int, _columns: int) -> Text:
        row = self._rows.get(self._ids[position])
        return example_line(row) if row is not None else Text("…", "dim")

    def _show_example(self) -> None:
        row = self._current
        if self._shows_report:
            self._detail.update(self._whole_report())
            return
        if row is None:
            self._detail.update(Text(_("There are none of these.") if not self._ids and self._is_known else "…"))
            return
        columns = max(20, self._scroll.scrollable_content_region.width)
        style = self._marked_style
        lines = [_marked(line.text, line.marks, style) for line in target_first_lines(row.row, columns)]
        if row.id in self._edits:
            lines.insert(0, Text("✎ " + _("A change that is not kept yet: e goes on with it."), "bold"))
        self._detail.update(Text("\n").join(lines))

    def _whole_report(self) -> Text:
        building = self.work.building
        made = building is not None and building.result is not None and building.result.get("name") == self._data
        notes = [note_line(note) for note in building.notes] if building is not None and made else []
        return Text("\n").join([*(Text(f"· {sentence}") for sentence in self._report), *notes])

    @property
    def _marked_style(self) -> str:
        return f"bold {self.app.theme_variables.get('accent', '')}".strip()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_example)

    @property
    def _current(self) -> ExampleRow | None:
        position = self._list.highlighted
        return self._rows.get(self._ids[position]) if position < len(self._ids) else None

    @on(LineList.Highlighted)
    def _highlighted(self) -> None:
        self._scroll.scroll_home(animate=False)
        self._shows_report = False
        self._show_example()
        self._fetch_around()

    def action_report(self) -> None:
        self._shows_report = not self._shows_report
        self._scroll.scroll_home(animate=False)
        self._show_example()

    def action_read_on(self, pages: int) -> None:
        self._scroll.scroll_relative(y=pages * max(1, self._scroll.size.height - 1), animate=False)

    # --- saying something of them -------------------------------------------------------------------------------------

    def action_decide(self, decision: str) -> None:
        if (row := self._current) is not None:
            self._decide(row, decision)

    def action_undo(self) -> None:
        """What was said of the example the list stands on; where that is nothing, what was last said of another."""
        row = self._current
        if row is None or row.status == "pending":
            row = self._last_decided()
        if row is not None:
            self._list.highlighted = self._ids.index(row.id)
            self._decide(row, "undo")

    def _last_decided(self) -> ExampleRow | None:
        while self._decided:
            row = self._rows.get(name := self._decided.pop())
            if row is not None and row.status != "pending" and name in self._ids:
                return row
        return None

    def _decide(self, row: ExampleRow, decision: str, target: str = "") -> None:
        """Shown at once, and taken back where it cannot be kept; the list then stands on the next one."""
        self.say()
        if decision != "undo":
            self._decided.append(row.id)
        self._show_as(replace(row, status=_DECIDED[decision]))
        if decision in ("accept", "reject"):
            self._list.highlighted += 1
        self._keep(row, decision, target)

    @work(group="review", exit_on_error=False)
    async def _keep(self, row: ExampleRow, decision: str, target: str) -> None:
        data = self._data
        result = await self.ask(
            lambda job: ReviewExample(job=job, data=data, example=row.id, decision=decision, target=target)
        )
        if data != self._data:
            return
        if result is None:
            self._show_as(row)
            return
        if decision == "edit":
            self._edits.pop(row.id, None)
        self._take({"examples": [result.get("example")], "statuses": result.get("statuses")})
        self._show_example()

    def _show_as(self, row: ExampleRow) -> None:
        self._rows[row.id] = row
        self._list.refresh()
        self._show_example()

    def action_edit(self) -> None:
        row = self._current
        if row is None:
            return

        def left(edited: tuple[str, bool] | None) -> None:
            if edited is None:
                return
            text, keep = edited
            if text != row.target:
                self._edits[row.id] = text  # until it is kept
            if keep:
                self._decide(row, "edit", text)
            else:
                self._show_example()

        title = _("What shall be written about this text?")
        self.app.push_screen(EditScreen(title, self._edits.get(row.id, row.target)), left)

    def action_filter(self) -> None:
        position = _SHOWN_FIRST.index(self._status)
        self._status = _SHOWN_FIRST[(position + 1) % len(_SHOWN_FIRST)]
        self._list.highlighted = 0
        self.refresh_list()

    def action_go_on(self) -> None:
        if not self._ids and not self._status:
            self.say_error(SuntoError(_("There is nothing to learn from yet."), _("Choose it first: step 1.")))
            return
        self.go_to("settings")


def _marked(text: str, marks: tuple[tuple[int, int], ...], style: str) -> Text:
    line = Text(text)
    for start, end in marks:
        line.stylize(style, start, end)
    return line
