"""stdout is data and nothing else; what people and programs get is safe, whole and readable."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.protocol import Progress, TextDelta
from tui.output import Mode, Output, OutputClosedError
from tui.progress_line import Estimate, ProgressLine, StageLines, describe
from tui.streams import plain_where_needed


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        """What is on it, with carriage returns carried out."""
        lines = []
        for line in self.getvalue().split("\n"):
            shown: list[str] = []
            for piece in line.split("\r"):
                shown[: len(piece)] = piece
            lines.append("".join(shown).rstrip())
        return lines


def progress(**fields) -> Progress:
    return Progress(**{"job": "1", "stage": "download", "done": 10.0, "total": 100.0, "unit": "bytes"} | fields)


def test_text_goes_to_stdout_and_talk_to_stderr(capsys):
    with Output() as output:
        output.text("A summary.")
        output.say("Reading.")
        output.fail("It broke.", "Mend it.")
    out, err = capsys.readouterr()
    assert out == "A summary.\n"
    assert err == "Reading.\nError: It broke.\n  Mend it.\n"


def test_quiet_leaves_only_errors_and_data(capsys):
    with Output(quiet=True) as output:
        output.say("Reading.")
        output.warn("Hm.")
        output.progress(progress())
        output.text("Data.\n")
        output.fail("It broke.")
    assert capsys.readouterr() == ("Data.\n", "Error: It broke.\n")


def test_what_a_library_prints_never_lands_among_the_data(capsys):
    with Output() as output:
        print("chatter of a library")  # noqa: T201
        output.line("data")
    assert capsys.readouterr() == ("data\n", "chatter of a library\n")


def test_a_print_from_below_python_does_not_either():
    code = (
        "import os\nfrom tui.output import Output\n"
        "with Output() as output:\n    os.write(1, b'chatter\\n')\n    output.line('data')\nprint('after')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "data\nafter\n"
    assert done.stderr == "chatter\n"


def test_escape_sequences_in_text_are_taken_out(capsys):
    with Output() as output:
        output.text("a\x1b[31mred\x1b[0m \x1b]0;title\x07b\u202e")
        output.fail("bad \x1b[2J name")
    assert capsys.readouterr() == ("ared b\n", "\nError: bad  name\n"[1:])


@pytest.mark.parametrize("text", ["\x9b31m", "\u202eevil", "\ue000", "\ufeff"])
def test_json_gives_back_every_character_yet_prints_none_that_acts(text, capsys):
    with Output(Mode.JSON) as output:
        output.json({"text": text})
    out = capsys.readouterr().out
    assert text not in out
    assert json.loads(out) == {"text": text}


def test_json_has_no_nan(capsys):
    with Output(Mode.EVENTS) as output:
        output.json({"loss": float("nan"), "more": [float("inf"), 1.5]})
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == {"loss": None, "more": [None, 1.5]}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_character_can_be_printed_on_any_console(encoding):
    code = (
        "from tui.streams import prepare_streams\nfrom tui.output import Output\nprepare_streams()\n"
        "with Output() as output:\n    output.line('perché ≈ “π” 漢字')\n    output.json({'text': '漢字'})\n"
        "    output.say('è “così” 漢字')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}
    )
    assert done.returncode == 0, done.stderr
    line, record = done.stdout.decode(encoding).splitlines()
    assert line.startswith("perch")
    assert json.loads(record) == {"text": "漢字"}


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "It is so. [p. 3 ✔] · ≈⚠ ✖ █▒░×"), ("ascii", "It is so. [p. 3 =] - ~! x #+.x")],
)
def test_marks_and_bars_are_put_in_characters_that_the_console_has(encoding, shown):
    code = (
        "from tui.streams import prepare_streams\nfrom tui.output import Output\nprepare_streams()\n"
        "with Output() as output:\n    text = 'It is so. [p. 3 ✔] · ≈⚠ ✖ █▒░×'\n"
        "    output.line(text)\n    output.say(text)\n    output.json({'text': text})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}
    )
    line, record = done.stdout.decode(encoding).splitlines()
    assert line == shown
    assert done.stderr.decode(encoding).strip() == shown
    assert json.loads(record) == {"text": "It is so. [p. 3 ✔] · ≈⚠ ✖ █▒░×"}, "to a program every character matters"


def test_only_what_an_encoding_lacks_is_replaced():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    assert plain_where_needed("“10 × 2” – ✔…", stream) == "“10 × 2” – =…"


def test_a_reader_that_goes_away_is_not_an_error():
    code = (
        "import sys\nfrom tui.output import Output, OutputClosedError\n"
        "try:\n    with Output() as output:\n        for _ in range(100000):\n            output.line('x' * 100)\n"
        "except OutputClosedError:\n    sys.exit(42)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout.readline() == b"x" * 100 + b"\n"
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait() == 42


def test_help_into_a_pipe_that_closed_is_quiet():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", "from tui.cli import entry; raise SystemExit(entry())", "--help"],
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk at hand")
def test_a_full_disk_is_said_once_and_plainly():
    """It was “the system refused: … (-)”, with the exit code of a mistake of Sunto's own."""
    code = "from tui.cli import entry; raise SystemExit(entry())"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "adapters", "list", "--json"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.count("Error:") == 1
    assert "The result cannot be written: No space left on device." in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's way of closing a stream")
@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["adapters list --json", "chat", "--version"])
def test_a_stream_that_was_closed_from_the_start_goes_nowhere(closed, words):
    """It was an AttributeError about None."""
    code = "from tui.cli import entry; raise SystemExit(entry())"
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {words} {closed}"
    done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0
    assert "Error" not in done.stderr


def test_a_text_written_again_replaces_itself_in_a_file_but_leaves_what_was_there(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("earlier\n", encoding="utf-8")
    code = (
        "from tui.output import Output\nwith Output() as output:\n    output.text('wrong language')\n"
        "    output.restart_text()\n    output.text('right')\n"
    )
    with target.open("ab") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert target.read_text(encoding="utf-8") == "earlier\nright\n"


TALK_BETWEEN = (
    "from tui.output import Output\nwith Output() as output:\n    output.text('The text.')\n"
    "    output.warn('A notice.')\n    output.line('More.')\n"
)


def test_a_notice_stands_on_a_line_of_its_own_where_text_and_talk_go_to_one_place(tmp_path):
    """It was glued to the text, “The text.Note: A notice.”, wherever that place was no terminal."""
    command = [sys.executable, "-c", TALK_BETWEEN]
    together = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert together.stdout.splitlines() == ["The text.", "Note: A notice.", "More."]

    with (tmp_path / "log").open("w") as file:
        subprocess.run(command, stdout=file, stderr=file, check=True)
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines() == ["The text.", "Note: A notice.", "More."]

    apart = subprocess.run(command, capture_output=True, text=True)
    assert apart.stdout == "The text.\nMore.\n"
    assert apart.stderr == "Note: A notice.\n"


def test_a_text_written_again_leaves_the_talk_in_a_file_of_both(tmp_path):
    """All that had been said was cut off with the text."""
    code = (
        "from tui.output import Output\nwith Output() as output:\n    output.say('Read.')\n    output.text('wrong')\n"
        "    output.restart_text()\n    output.text('right')\n"
    )
    with (tmp_path / "log").open("w") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, stderr=file, check=True)
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert lines == ["Read.", "wrong", "That did not come out well; here it is again:", "right"]


def test_on_a_terminal_a_text_written_again_is_announced(monkeypatch):
    stdout, stderr = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", stderr)
    with Output() as output:
        output.text("wrong")
        output.restart_text()
        output.text("right")
    assert stdout.getvalue() == "wrong\nright\n"
    assert "here it is again" in stderr.getvalue()


def test_events_are_one_json_object_a_line(capsys):
    with Output(Mode.EVENTS) as output:
        output.event(TextDelta(job="1", text="two\nlines"))
    assert json.loads(capsys.readouterr().out) == {"event": "text_delta", "job": "1", "text": "two\nlines"}


def test_colours_need_a_terminal_and_nobodys_objection(monkeypatch):
    def error_line(**environment) -> str:
        for name in ("NO_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "platform", "linux")
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        Output().fail("x")
        return stream.getvalue()

    assert error_line() == "\x1b[31mError:\x1b[0m x\n"
    assert error_line(NO_COLOR="1") == "Error: x\n"
    assert error_line(TERM="dumb") == "Error: x\n"


def test_nobody_is_asked_where_nobody_is_there(capsys):
    assert not Output().somebody_there


# --- progress --------------------------------------------------------------------------------------------------


def test_progress_says_what_how_much_and_how_long():
    line = describe(progress(done=46e6, total=92e6), 40, 100)
    assert line == "Downloading the model  ██████████░░░░░░░░░░   50%  46.0 MB of 92.0 MB  about 40 s left"


def test_a_narrow_terminal_gets_the_beginning_of_it():
    line = describe(progress(done=46e6, total=92e6, detail="model.gguf"), 40, 39)
    assert line == "Downloading the model   50%"


def test_progress_without_a_total_names_the_stage_alone():
    assert describe(progress(stage="load", done=0, total=0, unit="", detail="starter"), None, 80) == (
        "Loading the model  starter"
    )


def test_a_console_without_blocks_gets_hashes():
    assert "##########----------" in describe(progress(done=50), None, 100, utf8=False)


def test_the_line_is_redrawn_in_place_and_leaves_nothing_behind():
    stream = Terminal()
    line = ProgressLine(stream)
    line.show(progress(stage="download", detail="a long name of a file"))
    line.show(progress(stage="load", done=0, total=0))
    assert stream.screen() == ["Loading the model"]
    line.clear()
    assert stream.screen() == [""]
    assert "\x1b" not in stream.getvalue()


def test_a_fast_stage_does_not_flood_the_terminal():
    stream = Terminal()
    line = ProgressLine(stream)
    for done in range(1, 10_000):
        line.show(progress(done=float(done), total=10_000.0))
    assert stream.getvalue().count("\r") < 100


def test_without_a_terminal_each_stage_is_told_once():
    stream = io.StringIO()
    lines = StageLines(stream)
    for stage in ("download", "download", "load", "download", "load"):
        lines.show(progress(stage=stage))
    assert [line.split("  ")[0] for line in stream.getvalue().splitlines()] == [
        "Downloading the model",
        "Loading the model",
    ]


def test_the_estimate_follows_the_pace_and_waits_until_it_knows():
    estimate = Estimate()
    assert estimate.seconds_left(progress(done=0), now=0) is None
    assert estimate.seconds_left(progress(done=10), now=1) is None
    assert estimate.seconds_left(progress(done=20), now=10) == pytest.approx(40)
    assert estimate.seconds_left(progress(done=20, seconds_left=3.0), now=10) == 3.0


def test_what_a_resumed_download_had_already_does_not_count():
    estimate = Estimate()
    estimate.seconds_left(progress(done=80), now=0)
    assert estimate.seconds_left(progress(done=90), now=10) == pytest.approx(10)


def test_progress_waits_while_a_line_of_text_is_open(monkeypatch):
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    with Output() as output:
        output.text("half a sentence")
        output.progress(progress())
        assert stderr.getvalue() == ""


def test_output_closed_is_raised_for_a_closed_pipe(monkeypatch):
    class Closed(io.StringIO):
        encoding = "utf-8"

        def write(self, _text):
            raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(OutputClosedError), Output() as output:
        output.text("x")
