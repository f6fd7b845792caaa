"""The program in a real pseudo-terminal, as a person meets it."""

from __future__ import annotations

import codecs
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals of this kind are POSIX's", allow_module_level=True)

import fcntl
import pty
import select
import struct
import termios

pytestmark = pytest.mark.terminal

ROOT = Path(__file__).parent.parent
SUNTO = [sys.executable, "-c", "import sys; from tui.cli import entry; sys.exit(entry())"]

# A summary that streams a word now and then until it is told to stop, in the place of the real job.
SLOW_SUMMARY = """
import sys, time
from adapters import jobs
from assistant.protocol import Cancelled, Progress, TextDelta

def run(request, session, should_stop):
    for done in range(3):
        yield Progress(job=request.job, stage="download", done=done, total=3, unit="chunks")
    for number in range(600):
        if should_stop() and not {stubborn}:
            yield Cancelled(job=request.job)
            return
        yield TextDelta(job=request.job, text=f"word{{number}} ")
        time.sleep(0.05)

jobs.run = run
from tui.cli import entry
sys.exit(entry())
"""
SLOW_IMPORT = """
import sys, time, types
sys.argv[1:] = ["doctor"]
class Slow:
    def find_spec(self, name, path, target=None):
        if name == "adapters.jobs":
            print("importing", flush=True)
            time.sleep(30)
sys.meta_path.insert(0, Slow())
from tui.cli import entry
sys.exit(entry())
"""


class Terminal:
    """A child in a pseudo-terminal of its own: what it draws, what it is typed, how it ends."""

    def __init__(self, command: list[str], home: Path, *, columns: int = 80, rows: int = 24) -> None:
        self.control, self._terminal = pty.openpty()
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.modes_before = termios.tcgetattr(self._terminal)
        self.output = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a letter may come in two pieces
        self.child = subprocess.Popen(
            command,
            stdin=self._terminal,
            stdout=self._terminal,
            stderr=self._terminal,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**os.environ, "SUNTO_HOME": str(home), "TERM": "xterm-256color", "SUNTO_LANG": "en"},
        )

    def read_until(self, text: str, seconds: float = 30, *, times: int = 1) -> str:
        """Everything drawn so far, once `text` is on it so many times (escape sequences taken out)."""
        deadline = time.monotonic() + seconds
        while self.plain.count(text) < times:
            if time.monotonic() > deadline:
                pytest.fail(f"{text!r} did not appear in:\n{self.plain[-3000:]}")
            self._read(0.1)
        return self.plain

    def type(self, keys: str) -> None:
        os.write(self.control, keys.encode())

    def wait(self, seconds: float = 30) -> int:
        deadline = time.monotonic() + seconds
        while self.child.poll() is None and time.monotonic() < deadline:
            self._read(0.1)
        if self.child.poll() is None:
            pytest.fail(f"still running after {seconds} s:\n{self.plain[-3000:]}")
        self._read(0.1)
        return self.child.returncode

    @property
    def plain(self) -> str:
        return re.sub(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])", "", self.output)

    @property
    def modes(self) -> list:
        return termios.tcgetattr(self._terminal)

    def close(self) -> None:
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        os.close(self.control)
        os.close(self._terminal)

    def _read(self, seconds: float) -> None:
        while select.select([self.control], [], [], seconds)[0]:
            self.output += self._decoder.decode(os.read(self.control, 65536))
            seconds = 0


@pytest.fixture
def terminal(sunto_home: Path):
    opened: list[Terminal] = []

    def open_terminal(command: list[str], **size: int) -> Terminal:
        opened.append(Terminal(command, sunto_home, **size))
        return opened[-1]

    yield open_terminal
    for item in opened:
        item.close()


def test_help_is_shown(terminal):
    shown = terminal([*SUNTO, "--help"])
    assert shown.wait() == 0
    assert "Usage: sunto" in shown.plain
    assert "\x1b" not in shown.output


def test_a_document_is_extracted(terminal):
    shown = terminal([*SUNTO, "extract", "sample_docs/photosynthesis.pdf"])
    assert shown.wait(60) == 0
    assert "hlorophyll" in shown.plain


def test_an_encrypted_document_asks_for_its_password_unseen(terminal):
    shown = terminal([*SUNTO, "extract", "sample_docs/dna-encrypted.pdf"])
    shown.read_until("Password:")
    shown.type("wrong-password\n")
    assert shown.wait(60) == 3
    assert "wrong-password" not in shown.plain


def slow(arguments: list[str], *, stubborn: bool = False) -> list[str]:
    return [sys.executable, "-c", SLOW_SUMMARY.format(stubborn=stubborn), *arguments]


def test_ctrl_c_in_the_middle_of_a_summary_stops_it_and_keeps_the_text(terminal):
    shown = terminal(slow(["summarize", "x.pdf"]))
    shown.read_until("word5")
    shown.type("\x03")
    assert shown.wait(10) == 130
    assert "Stopped." in shown.plain
    assert "word5" in shown.plain
    assert "Traceback" not in shown.plain


def test_a_second_ctrl_c_leaves_at_once(terminal):
    shown = terminal(slow(["summarize", "x.pdf"], stubborn=True))
    shown.read_until("word2")
    shown.type("\x03")
    shown.read_until("Press Ctrl-C again")
    shown.type("\x03")
    assert shown.wait(5) == 130
    assert "Traceback" not in shown.plain


def test_ctrl_c_during_an_import_leaves_no_traceback(terminal):
    shown = terminal([sys.executable, "-c", SLOW_IMPORT])
    shown.read_until("importing")
    shown.type("\x03")
    assert shown.wait(10) == 130
    assert "Traceback" not in shown.plain


def test_the_chat_stops_an_answer_and_goes_on(terminal):
    shown = terminal(slow(["chat"]))
    shown.read_until("›")
    shown.type("hello\r")
    shown.read_until("word3")
    shown.type("\x03")
    shown.read_until("Stopped.")
    shown.read_until("›", times=2)  # a Ctrl-D before the prompt reaches no one: the terminal makes a null of it
    shown.type("\x04")
    assert shown.wait(10) == 0
    assert "Traceback" not in shown.plain


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 12)])
def test_the_app_opens_and_leaves_the_terminal_as_it_was(terminal, columns, rows):
    shown = terminal(SUNTO, columns=columns, rows=rows)
    shown.read_until("Sunto", 60)
    assert "\x1b[?1049h" in shown.output, "it did not draw on a screen of its own"
    shown.type("\x11")  # Ctrl+Q
    assert shown.wait(20) == 0
    assert shown.output.rindex("\x1b[?1049l") > shown.output.rindex("\x1b[?1049h")
    assert "\x1b[?25h" in shown.output[shown.output.rindex("\x1b[?1049h") :], "the cursor stays hidden"
    assert shown.modes == shown.modes_before
    assert "Traceback" not in shown.plain


def test_a_document_is_opened_and_read_page_by_page(terminal):
    shown = terminal(SUNTO, columns=80, rows=24)
    shown.read_until("Ask, or type", 60)
    shown.type("/open sample_docs/photosynthesis.pdf\r")
    shown.read_until("Opened Photosynthesis", 60)
    shown.type("\x1bOR")  # F3
    shown.read_until("Overview")
    shown.type("\x1b[B")  # down
    shown.read_until("p. 41 (PDF 1)")
    shown.type("/chlorophyll\r")
    shown.read_until("1 of ")
    shown.type("\x11")
    assert shown.wait(20) == 0
    assert "Traceback" not in shown.plain


# --- the review of a data set ---


@pytest.fixture
def kept_pairs(sunto_home: Path):
    """The data set `pairs`, kept."""
    from tui.cli import main

    assert main(["dataset", "build", "sample_docs/pairs.jsonl"]) == 0


def decided() -> list[str]:
    from adapters.dataset import store

    return [item.status for item in store.load("pairs").examples if item.status != "pending"]


def test_an_example_is_edited_on_a_line_that_begins_as_it_was_and_ctrl_d_leaves(terminal, kept_pairs, monkeypatch):
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    shown = terminal([*SUNTO, "dataset", "review", "pairs"])
    shown.read_until("q quit\r\n› ")
    shown.type("e\n")
    shown.read_until("leaves it as it was.")
    shown.read_until("circulates between sea", times=2)  # the example, and the line to be edited
    shown.type(" Of that we are sure.\n")
    shown.read_until("Example 2 of 36")
    shown.read_until("› ", times=2)
    shown.type("\x04")
    assert shown.wait() == 0
    assert "0 accepted, 1 edited, 0 rejected. All of it is kept." in shown.plain
    from adapters.dataset import store

    first = store.load("pairs").examples[0]
    assert first.target == f"{first.original} Of that we are sure."


def test_a_review_that_is_killed_loses_nothing_that_was_decided(terminal, kept_pairs):
    shown = terminal([*SUNTO, "dataset", "review", "pairs"])
    for number, key in enumerate("arsa", start=1):
        shown.read_until(f"Example {number} of 36")
        shown.type(f"{key}\n")
    shown.read_until("Example 5 of 36")
    os.kill(shown.child.pid, signal.SIGKILL)
    shown.wait()
    assert decided() == ["accepted", "rejected", "accepted"]


def test_ctrl_c_leaves_a_review_with_what_was_decided(terminal, kept_pairs):
    shown = terminal([*SUNTO, "dataset", "review", "pairs"])
    shown.read_until("› ")
    shown.type("a\n")
    shown.read_until("Example 2 of 36")
    shown.read_until("› ", times=2)
    shown.type("\x03")
    assert shown.wait() == 0
    assert decided() == ["accepted"]
