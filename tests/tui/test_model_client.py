"""The model client against a scripted process that speaks the real protocol."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.protocol import (
    TERMINAL,
    Cancelled,
    Chat,
    Failed,
    Finished,
    LoadModel,
    ModelLoaded,
    ProcessReady,
    TextDelta,
)
from tui.model_client import MAX_QUICK_DEATHS, ModelClient, ProcessDied, ProcessStarting
from tui.process_log import ProcessLog

SCRIPTED_PROCESS = Path(__file__).parent / "scripted_process.py"


class Recorder:
    """Every event, and a way to wait for the one that matters."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self._changed = asyncio.Event()

    def __call__(self, event: object) -> None:
        self.events.append(event)
        self._changed.set()

    async def wait(self, matches: Callable[[object], bool], seconds: float = 10) -> object:
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events:
                    if matches(event):
                        return event
                self._changed.clear()
                await self._changed.wait()

    async def end_of(self, job: str) -> object:
        return await self.wait(lambda event: isinstance(event, TERMINAL) and event.job == job)

    def of(self, job: str) -> list[object]:
        return [event for event in self.events if getattr(event, "job", None) == job]

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)


@asynccontextmanager
async def client_of(script: dict, tmp_path: Path, **options) -> AsyncIterator[tuple[ModelClient, Recorder]]:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(script), encoding="utf-8")
    recorder = Recorder()
    client = ModelClient([sys.executable, str(SCRIPTED_PROCESS), str(path)], on_event=recorder, **options)
    client.start()
    try:
        yield client, recorder
    finally:
        await client.close()


def question(job: str, text: str = "why?") -> Chat:
    return Chat(job=job, messages=(("user", text),))


def lorem(words: int) -> str:
    return " ".join(f"word{number}" for number in range(words))


async def test_a_job_streams_its_text_and_ends_once(tmp_path):
    async with client_of({"rules": [{"when": "why", "text": "Because **light** falls."}]}, tmp_path) as (
        client,
        recorder,
    ):
        client.send(question("a"))
        end = await recorder.end_of("a")
        assert isinstance(end, Finished)
        assert end.result["answer"] == "Because **light** falls."
        text = "".join(event.text for event in recorder.of("a") if isinstance(event, TextDelta))
        assert text == "Because **light** falls."
        assert sum(isinstance(event, TERMINAL) for event in recorder.of("a")) == 1


async def test_the_first_events_are_starting_then_ready(tmp_path):
    async with client_of({}, tmp_path) as (client, recorder):
        ready = await recorder.wait(lambda event: isinstance(event, ProcessReady))
        assert isinstance(recorder.events[0], ProcessStarting)
        assert ready.pid == client.pid


async def test_a_request_sent_before_the_process_exists_is_sent_when_it_does(tmp_path):
    async with client_of({}, tmp_path) as (client, recorder):
        client.send(LoadModel(job="load"))
        assert not client.running
        await recorder.end_of("load")
        assert recorder.count(ModelLoaded) == 1


async def test_cancel_ends_the_job_with_the_text_so_far(tmp_path):
    script = {"rules": [{"when": "why", "text": lorem(500), "word_seconds": 0.01}]}
    async with client_of(script, tmp_path) as (client, recorder):
        client.send(question("a"))
        await recorder.wait(lambda event: isinstance(event, TextDelta))
        client.cancel("a")
        end = await recorder.end_of("a")
        assert isinstance(end, Cancelled)
        assert end.text.startswith("word0")
        assert recorder.count(ProcessStarting) == 1, "a job that stops by itself keeps its process"


async def test_a_job_deaf_to_cancel_takes_its_process_with_it_and_the_next_job_is_answered(tmp_path):
    script = {"rules": [{"when": "hang", "text": lorem(4), "then": "hang"}, {"when": "", "text": "Fine."}]}
    async with client_of(script, tmp_path, cancel_grace_seconds=0.2) as (client, recorder):
        client.send(question("a", "hang"))
        await recorder.wait(lambda event: isinstance(event, TextDelta))
        client.cancel("a")
        assert isinstance(await recorder.end_of("a"), Cancelled)
        client.send(question("b"))
        assert isinstance(await recorder.end_of("b"), Finished)
        assert recorder.count(ProcessStarting) == 2
        assert recorder.count(ProcessDied) == 0, "it was asked to"


async def test_a_second_cancel_restarts_at_once(tmp_path):
    script = {"rules": [{"when": "hang", "text": lorem(4), "then": "hang"}]}
    async with client_of(script, tmp_path, cancel_grace_seconds=60) as (client, recorder):
        client.send(question("a", "hang"))
        await recorder.wait(lambda event: isinstance(event, TextDelta))
        client.cancel("a")
        client.cancel("a")
        assert isinstance(await recorder.end_of("a"), Cancelled)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
async def test_kill_9_fails_the_open_job_says_why_and_starts_again(tmp_path):
    script = {"rules": [{"when": "long", "text": lorem(500), "word_seconds": 0.01}]}
    async with client_of(script, tmp_path) as (client, recorder):
        client.send(question("a", "long"))
        await recorder.wait(lambda event: isinstance(event, TextDelta))
        os.kill(client.pid, signal.SIGKILL)
        end = await recorder.end_of("a")
        assert isinstance(end, Failed)
        assert end.kind == "ModelProcessDiedError"
        assert end.exit_code == 8
        assert "SIGKILL" in end.message
        client.send(question("b"))
        assert isinstance(await recorder.end_of("b"), Finished)


async def test_a_crash_leaves_its_last_words_in_the_log(tmp_path):
    script = {"rules": [{"when": "crash", "text": lorem(4), "then": "crash"}]}
    async with client_of(script, tmp_path) as (client, recorder):
        client.send(question("a", "crash"))
        end = await recorder.end_of("a")
        assert "exit code 9" in end.message
        assert "scripted to crash" in client.log.last_lines()
        assert "scripted to crash" in client.log.path.read_text(encoding="utf-8")
        assert str(client.log.path) in end.hint


async def test_a_process_that_dies_at_its_start_is_not_restarted_for_ever(tmp_path):
    async with client_of({"crash_at_start": True}, tmp_path) as (client, recorder):
        await recorder.wait(lambda event: isinstance(event, ProcessDied) and not event.restarting)
        await asyncio.sleep(0.3)
        assert recorder.count(ProcessStarting) == MAX_QUICK_DEATHS
        client.send(question("a"))
        assert isinstance(await recorder.end_of("a"), Failed)
        assert recorder.count(ProcessStarting) == MAX_QUICK_DEATHS + 1


async def test_a_program_that_is_not_there_fails_the_job(tmp_path):
    recorder = Recorder()
    client = ModelClient([str(tmp_path / "missing")], on_event=recorder)
    client.start()
    client.send(question("a"))
    assert isinstance(await recorder.end_of("a"), Failed)
    await client.close()


async def test_output_that_is_not_the_protocol_ends_the_process_and_the_job(tmp_path):
    recorder = Recorder()
    noise = "import sys, time; sys.stdin.readline(); print('hello', flush=True); time.sleep(60)"
    client = ModelClient([sys.executable, "-c", noise], on_event=recorder)
    client.start()
    client.send(question("a"))
    assert isinstance(await recorder.end_of("a"), Failed)
    assert any("hello" in line for line in client.log.last_lines())
    await client.close()


async def test_close_is_quick_in_the_middle_of_an_answer_and_silent_afterwards(tmp_path):
    script = {"rules": [{"when": "hang", "text": lorem(4), "then": "hang"}]}
    async with client_of(script, tmp_path) as (client, recorder):
        client.send(question("a", "hang"))
        await recorder.wait(lambda event: isinstance(event, TextDelta))
        started = time.monotonic()
        await client.close()
        assert time.monotonic() - started < 2
        assert not any(isinstance(event, TERMINAL) for event in recorder.of("a"))
        assert not client.running


def test_the_log_never_grows_beyond_its_bound(tmp_path):
    log = ProcessLog(tmp_path / "logs" / "process.log", limit_bytes=1000)
    for number in range(200):
        log.write(f"line {number} {'x' * 20}\n".encode())
    assert log.path.stat().st_size <= 1000
    assert sum(path.stat().st_size for path in log.path.parent.iterdir()) <= 2000
    assert log.last_lines()[-1].startswith("line 199")


def test_a_log_that_cannot_be_written_keeps_the_last_lines(tmp_path):
    (tmp_path / "blocked").write_text("a file where a folder is meant", encoding="utf-8")
    log = ProcessLog(tmp_path / "blocked" / "process.log")
    log.write(b"one\ntwo")
    assert log.last_lines() == ["one", "two"]
