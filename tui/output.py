"""Where a command's words go: stdout is data and nothing else; progress, warnings and talk go to stderr.

Three modes. Plain: the text, as it is written. JSON: exactly one object, the result, and only when there is one.
Events: one JSON event a line, the last one terminal. In every mode an error is a sentence on stderr and an exit code.

While an `Output` is open, file descriptor 1 points at stderr, so that a library's print never lands among the data.
Nothing reaches a terminal before `safe_text.printable` has seen it.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import math
import os
import sys
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Literal, TextIO

from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.protocol import Progress, as_dict
from assistant.safe_text import printable
from tui.progress_line import ProgressLine, StageLines, columns_of
from tui.streams import data_stream, is_same_place, is_utf8, plain_where_needed, size_if_file

_RED, _GREEN, _YELLOW = 31, 32, 33
Tone = Literal["", "good", "doubtful", "bad"]
_TONES: dict[Tone, int] = {"good": _GREEN, "doubtful": _YELLOW, "bad": _RED}


class Mode(Enum):
    PLAIN = "plain"
    JSON = "json"
    EVENTS = "events"


class OutputClosedError(Exception):
    """Whoever read our stdout has gone, as `head` does. Not a failure: there is nobody left to tell."""


class Output:
    """Open it with `with`; the data stream is its own until the end."""

    def __init__(self, mode: Mode = Mode.PLAIN, *, quiet: bool = False) -> None:
        self.mode = mode
        self._quiet = quiet
        self._stdout: TextIO = sys.stdout
        self._stderr: TextIO = sys.stderr or io.StringIO()
        redraws = self._stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._progress = ProgressLine(self._stderr) if redraws else StageLines(self._stderr)
        self._mid_line = False
        self._file_start: int | None = None
        """Where our data begins in the file that stdout is redirected to; None when it is no file of its own."""
        self._is_shared = False
        """Whether data and talk stand on the same lines, as on a terminal."""
        self._restore = contextlib.ExitStack()

    def __enter__(self) -> Output:
        self._stdout = self._restore.enter_context(data_stream())
        self._is_shared = is_same_place(self._stdout, self._stderr)
        self._file_start = None if self._is_shared else size_if_file(self._stdout)
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.clear()
        with contextlib.suppress(OutputClosedError, ConfigError):  # said already, when the text could not be written
            self.end_line()
        self._restore.close()

    # --- data ---

    def text(self, piece: str) -> None:
        """The next piece of text, shown at once."""
        piece = plain_where_needed(printable(piece), self._stdout)
        if piece:
            self._progress.clear()
            self._write_data(piece)
            self._mid_line = not piece.endswith("\n")

    def marked_line(self, text: str, marks: Iterable[tuple[int, int]]) -> None:
        """A line on which the spans in `marks` stand out, where a terminal shows it."""
        if not _shows_colours(self._stdout):
            self.line(text)
            return
        self.end_line()
        position = 0
        for start, end in marks:
            self.text(text[position:start])
            marked = plain_where_needed(printable(text[start:end]), self._stdout)
            self._write_data(f"\x1b[1;{_YELLOW}m{marked}\x1b[0m")
            position = end
        self.text(text[position:] + "\n")

    def toned_line(self, text: str, tone: Tone) -> None:
        """A line in the colour of good, doubtful or bad, where a terminal shows it; its words say the same."""
        colour = _TONES.get(tone)
        if colour is None or not _shows_colours(self._stdout):
            self.line(text)
            return
        self.end_line()
        self._progress.clear()
        shown = plain_where_needed(printable(text), self._stdout)
        self._write_data(f"\x1b[{colour}m{shown}\x1b[0m\n")

    def line(self, text: str = "") -> None:
        """A line, or several, of their own."""
        self.end_line()
        self.text(text + "\n")

    def end_line(self) -> None:
        """Finish a line of streamed text."""
        if self._mid_line:
            self._mid_line = False
            self._write_data("\n")

    def keep_text(self) -> None:
        """What was written so far stays, even where the text that follows is begun again."""
        self.end_line()
        if self._file_start is not None:
            self._file_start = size_if_file(self._stdout)

    def restart_text(self) -> None:
        """The text so far is void. In a file it is cut off; what a person or a pipe already has stays there."""
        self.end_line()
        if self._file_start is None:
            self.say(_("That did not come out well; here it is again:"))
        else:
            os.ftruncate(self._stdout.fileno(), self._file_start)
            os.lseek(self._stdout.fileno(), self._file_start, os.SEEK_SET)

    def json(self, value: Any) -> None:
        """One object, on one line."""
        self._progress.clear()
        self._write_data(self._dump(value) + "\n")

    def event(self, event: Any) -> None:
        """One line of the event stream."""
        self._write_data(self._dump(as_dict(event)) + "\n")

    # --- talk ---

    def progress(self, event: Progress) -> None:
        if not self._quiet and not self._mid_line:
            self._progress.show(event)

    def live(self, parts: Sequence[str]) -> None:
        """What changes all the time: one line redrawn on a terminal, a line each time elsewhere."""
        if not self._quiet and not self._mid_line:
            self._progress.live([plain_where_needed(printable(part), self._stderr) for part in parts])

    def say(self, sentence: str) -> None:
        if not self._quiet:
            self._talk("", sentence)

    def warn(self, message: str, hint: str = "") -> None:
        if not self._quiet:
            self._talk(self._paint(_("Note:"), _YELLOW) + " ", message, hint)

    def fail(self, message: str, hint: str = "") -> None:
        """What happened and what to do; shown even when quiet."""
        self._talk(self._paint(_("Error:"), _RED) + " ", message, hint)

    # --- the terminal ---

    @property
    def columns(self) -> int | None:
        """Width of the terminal that data is shown on; None where it goes elsewhere."""
        try:
            return os.get_terminal_size(self._stdout.fileno()).columns if self._stdout.isatty() else None
        except (OSError, ValueError):  # a stand-in without a descriptor
            return None

    @property
    def talk_columns(self) -> int:
        """Width of what talk is shown on; that of most terminals where it goes elsewhere."""
        return columns_of(self._stderr)

    # --- questions ---

    @property
    def somebody_there(self) -> bool:
        """True when a question would be seen and could be answered."""
        return bool(sys.stdin) and sys.stdin.isatty() and self._stderr.isatty()

    def ask(self, question: str) -> str:
        """The line that a person answers with. Only where `somebody_there`."""
        self._progress.clear()
        self._stderr.write(printable(question) + " ")
        self._stderr.flush()
        return sys.stdin.readline().strip()

    def confirm(self, question: str) -> bool:
        """Ask for a yes; anything else is a no. Only where `somebody_there`."""
        return self.ask(f"{question} " + _("[y/N]")).lower() in ("y", "yes", "s", "sì", "si")

    def ask_password(self, question: str) -> str:
        """Typed unseen. Only where `somebody_there`."""
        import getpass

        self._progress.clear()
        return getpass.getpass(printable(question) + " ", self._stderr)

    # --- inside ---

    def _write_data(self, text: str) -> None:
        try:
            self._stdout.write(text)
            self._stdout.flush()
        except OSError as error:
            if error.errno in (errno.EPIPE, errno.EINVAL):  # Windows reports a closed pipe as EINVAL
                raise OutputClosedError from error
            raise ConfigError(
                _("The result cannot be written: {reason}.").format(reason=error.strerror or error),
                _("Free some space there, or send it elsewhere; a finished summary comes again at once."),
            ) from error

    def _dump(self, value: Any) -> str:
        """JSON that any terminal and any encoding can take, and from which every character comes back."""
        text = json.dumps(_finite(value), ensure_ascii=not is_utf8(self._stdout))
        if printable(text) != text:
            text = json.dumps(_finite(value), ensure_ascii=True)
        return text

    def _talk(self, prefix: str, sentence: str, hint: str = "") -> None:
        text = prefix + printable(sentence) + "\n"
        if hint:
            text += "  " + printable(hint).replace("\n", "\n  ") + "\n"
        if self._mid_line and self._is_shared:
            text = "\n" + text
            self._mid_line = False
        with contextlib.suppress(OSError):
            self._progress.clear()
            self._stderr.write(plain_where_needed(text, self._stderr))
            self._stderr.flush()

    def _paint(self, word: str, colour: int) -> str:
        """The word in an ANSI colour, where it is seen as one."""
        return f"\x1b[{colour}m{word}\x1b[0m" if _shows_colours(self._stderr) else word


def _shows_colours(stream: TextIO) -> bool:
    """Whether it is a terminal that shows colours, and nobody forbade them (no-color.org)."""
    understood = sys.platform != "win32" or "WT_SESSION" in os.environ
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return stream.isatty() and understood and wanted


def _finite(value: Any) -> Any:
    """JSON knows no NaN and no infinity: they become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
