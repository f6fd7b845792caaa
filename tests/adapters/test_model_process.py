"""The model process: one JSON line per event on stdout whatever the libraries print, and no orphan."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from assistant import protocol
from assistant.protocol import decode, encode


@pytest.fixture
def start(sunto_home):
    """Start the real module, with `HANDLERS` patched by the given code before it serves."""
    started: list[subprocess.Popen[bytes]] = []

    def _start(patch: str = ""):
        code = textwrap.dedent(patch) + "\nfrom adapters.model_process import main\nmain()\n"
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        started.append(process)
        return process

    yield _start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


SLOW = """
    import time
    from adapters import jobs
    from assistant import protocol
    from assistant.errors import Stopped

    def handler(request, session, should_stop):
        print("a library prints this")
        import os
        os.write(1, b"and C code this\\n")
        for number in range(400):
            if should_stop():
                raise Stopped("kept")
            yield protocol.TextDelta(job=request.job, text=f"è {number} ")
            time.sleep(0.01)
        return {}

    jobs.HANDLERS[protocol.Chat] = handler
"""


def send(process, *requests):
    for request in requests:
        process.stdin.write(encode(request))
    process.stdin.flush()


def read_until(process, kind):
    events = []
    while True:
        line = process.stdout.readline()
        assert line, process.stderr.read().decode()
        events.append(decode(line))
        if isinstance(events[-1], kind):
            return events


def test_it_greets_answers_and_ends_on_shutdown(start):
    process = start()
    assert isinstance(decode(process.stdout.readline()), protocol.ProcessReady)
    send(process, protocol.ListAdapters(job="7"))
    assert read_until(process, protocol.Finished)[-1] == protocol.Finished(job="7", result={"adapters": []})
    send(process, protocol.Shutdown())
    assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("ending", ["shutdown", "the end of its input"])
def test_it_closes_what_it_has_before_it_goes(start, tmp_path, ending):
    """What was kept of documents on the disk lay there until the next start."""
    closed = tmp_path / "closed"
    process = start(f"""
    import time
    from pathlib import Path
    from adapters.session import Session

    def close(self):
        time.sleep(0.05)
        Path({str(closed)!r}).touch()

    Session.close = close
    """)
    read_until(process, protocol.ProcessReady)
    if ending == "shutdown":
        send(process, protocol.Shutdown())
    else:
        process.stdin.close()
    assert process.wait(timeout=10) == 0
    assert closed.exists()


def test_prints_of_libraries_do_not_break_the_protocol_and_cancel_works_meanwhile(start):
    process = start(SLOW)
    read_until(process, protocol.ProcessReady)
    send(process, protocol.Chat(job="1"))
    read_until(process, protocol.TextDelta)
    send(process, protocol.Cancel(job="1"))
    events = read_until(process, protocol.TERMINAL)
    assert events[-1] == protocol.Cancelled(job="1", text="kept")
    assert len(events) < 100


def test_a_job_cancelled_while_it_waits_never_starts(start):
    process = start(SLOW)
    read_until(process, protocol.ProcessReady)
    send(process, protocol.Chat(job="1"), protocol.Chat(job="2"), protocol.Cancel(job="2"), protocol.Cancel(job="1"))
    assert read_until(process, protocol.TERMINAL)[-1].job == "1"
    rest = read_until(process, protocol.TERMINAL)
    assert rest == [protocol.Cancelled(job="2", text="kept")]


def test_it_ends_when_its_stdin_closes_even_in_the_middle_of_a_job(start):
    process = start(SLOW)
    read_until(process, protocol.ProcessReady)
    send(process, protocol.Chat(job="1"))
    read_until(process, protocol.TextDelta)
    process.stdin.close()
    assert process.wait(timeout=10) == 0


def test_nonsense_on_stdin_is_logged_and_the_next_request_works(start):
    process = start()
    process.stdin.write(b"nonsense\n{}\n" + json.dumps({"request": "chat", "bogus": 1}).encode() + b"\n")
    send(process, protocol.ListAdapters(job="1"))
    assert read_until(process, protocol.TERMINAL)[-1].job == "1"
