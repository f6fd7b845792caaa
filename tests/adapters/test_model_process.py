"""The model process: one JSON line per event on stdout whatever the libraries print, and no orphan."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from adapters import jobs, model_process
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
    send(process, protocol.ListAdapters(job="1"))
    read_until(process, protocol.Finished)  # what there is to close is there by now
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


def test_a_job_cancelled_while_it_waits_ends_at_once_and_never_starts(start):
    """A step of a training may take half a minute, and the app gives a cancelled job five seconds."""
    process = start(SLOW)
    read_until(process, protocol.ProcessReady)
    send(process, protocol.Chat(job="1"), protocol.Chat(job="2"), protocol.Cancel(job="2"))
    assert read_until(process, protocol.TERMINAL)[-1] == protocol.Cancelled(job="2")
    send(process, protocol.Cancel(job="1"))
    rest = read_until(process, protocol.TERMINAL)
    assert {event.job for event in rest} == {"1"}
    assert rest[-1] == protocol.Cancelled(job="1", text="kept")


TRAINING = """
    import contextlib, time
    from pathlib import Path
    from adapters import jobs
    from adapters.in_training import InTraining
    from adapters.registry import AdapterRecord
    from adapters.session import Session
    from assistant import protocol
    from assistant.errors import Stopped, TrainingError

    log = Path({log!r})

    def say(text):
        with log.open("a", encoding="utf-8") as file:
            file.write(text + "\\n")

    class Engine:
        name = "tiny"
        device = type("Device", (), {{"type": "cpu"}})

        def select(self, placed): say(f"select {{placed}}")
        def place(self, adapter): return adapter
        def remove(self, placed): say(f"remove {{placed}}")
        def close(self): pass

    @contextlib.contextmanager
    def aside():
        say("aside")
        yield
        say("back")

    def train(request, session, should_stop):
        if session.training:
            raise TrainingError("another one is trained")
        record = AdapterRecord("bio", Path("."), "tiny", 4)
        session._engine = Engine()
        with session.in_training(InTraining(record, session._engine, aside, lambda name: name)):
            for number in range(400):
                if should_stop():
                    say("checkpoint")
                    raise Stopped
                say("step")
                yield protocol.Progress(job=request.job, stage="train", done=number, total=400)
                time.sleep(0.01)
        return {{}}

    def chat(request, session, should_stop):
        engine = session.training.lend(type("Kept", (), {{"name": request.model or "tiny"}}), "cpu")
        if request.adapter:
            session._use(session.find_adapter(request.adapter))
        for number in range(3):
            if should_stop():
                raise Stopped
            say("word")
            yield protocol.TextDelta(job=request.job, text="word ")
        return {{}}

    unload = Session.unload
    Session.unload = lambda self: (say("unload"), unload(self))
    jobs.HANDLERS[protocol.Train] = train
    jobs.HANDLERS[protocol.Chat] = chat
"""


@pytest.fixture
def training(start, tmp_path):
    """A process in which a training runs, and where it writes down what it does."""
    log = tmp_path / "log"
    process = start(textwrap.dedent(TRAINING).format(log=str(log)))
    read_until(process, protocol.ProcessReady)
    send(process, protocol.Train(job="t", data="d", name="bio"))
    read_until(process, protocol.Progress)
    return process, lambda: log.read_text(encoding="utf-8").split("\n")[:-1]


def ending_of(process, job):
    while True:
        event = read_until(process, protocol.TERMINAL)[-1]
        if event.job == job:
            return event


def test_who_waits_has_a_turn_between_two_steps_of_a_training_which_then_goes_on(training):
    process, log = training
    send(process, protocol.Chat(job="c"))
    assert isinstance(ending_of(process, "c"), protocol.Finished)
    read_until(process, protocol.Progress)
    lines = log()
    begun = lines.index("aside")
    assert lines[begun : begun + 5] == ["aside", "word", "word", "word", "back"]  # no step in between
    assert "step" in lines[begun + 5 :]


def test_a_list_does_not_make_the_training_step_aside(training):
    process, log = training
    send(process, protocol.ListAdapters(job="l"))
    assert ending_of(process, "l") == protocol.Finished(job="l", result={"adapters": []})
    assert "aside" not in log()


@pytest.mark.parametrize("name", ["bio", "bio (in training)"])
def test_the_adapter_in_training_answers_and_leaves_its_place_afterwards(training, name):
    process, log = training
    send(process, protocol.Chat(job="c", adapter=name))
    assert isinstance(ending_of(process, "c"), protocol.Finished)
    read_until(process, protocol.Progress)
    lines = log()
    begun = lines.index("aside")
    label = "bio (in training)"
    assert lines[begun + 1] == f"select {label}"
    assert lines[begun + 5 : begun + 7] == [f"remove {label}", "back"]


def test_another_base_is_refused_in_words_while_a_training_has_the_model(training):
    process, log = training
    send(process, protocol.Chat(job="c", model="other"))
    failed = ending_of(process, "c")
    assert failed.kind == "ModelError"
    assert "“bio”" in failed.message
    assert "tiny" in failed.message
    assert "aside" not in log()


def test_a_training_that_cannot_take_its_model_back_ends_in_words(monkeypatch):
    """The process lives on, and with it the conversation."""

    class Lent:
        is_waiting = True

        @contextmanager
        def turn(self):
            yield
            raise MemoryError

    def training(request, session, _should_stop):
        session.training = Lent()
        try:
            yield protocol.TextDelta(job=request.job, text="a step")
        finally:
            session.training = None
        return {}

    def quick(_request, _session, _should_stop):
        yield from ()
        return {}

    monkeypatch.setitem(jobs.HANDLERS, protocol.Train, training)
    monkeypatch.setitem(jobs.HANDLERS, protocol.ListModels, quick)
    stream = io.BytesIO()
    events = model_process.Events(stream)
    inbox = model_process.Inbox(events)
    inbox._waiting.append(protocol.ListModels(job="list"))
    session = SimpleNamespace(training=None, release=lambda: None)
    model_process._carry_out(protocol.Train(job="t", name="bio", data="x"), session, inbox, events)
    told = [decode(line) for line in stream.getvalue().splitlines()]
    assert [(type(event).__name__, event.job) for event in told] == [
        ("TextDelta", "t"),
        ("Finished", "list"),
        ("Failed", "t"),
    ]


def test_a_second_training_beside_it_is_refused(training):
    process, _log = training
    send(process, protocol.Train(job="second", data="d", name="law"))
    assert ending_of(process, "second").message == "another one is trained"
    read_until(process, protocol.Progress)


@pytest.mark.parametrize("unload", [False, True])
def test_a_pause_ends_the_training_as_cancelled_and_the_model_goes_where_asked(training, unload):
    process, log = training
    send(process, protocol.PauseTraining(job="t", unload=unload))
    assert ending_of(process, "t") == protocol.Cancelled(job="t")
    send(process, protocol.ListAdapters(job="l"))  # whatever comes after the ending has been done by then
    ending_of(process, "l")
    assert log()[-1] == ("unload" if unload else "checkpoint")


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
