"""Owns the model process: starts it, speaks its protocol, and puts it back on its feet when it dies.

The client promises three things to whoever sends a request:

- exactly one terminal event (`Finished`, `Failed` or `Cancelled`) comes back for it, whatever happens to the
  process;
- nothing comes after that: late events of an ended job are dropped;
- a job that does not end within a few seconds of being cancelled takes its process with it, and a new one
  starts, unless a training would go down with it. A process that keeps dying at its start is left alone until
  the next request.

Everything runs on one event loop; `on_event` is called there, one event at a time, and must not block.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.config import data_dir
from assistant.errors import ExitCode, ProtocolError
from assistant.i18n import _, current_language
from assistant.protocol import (
    MAX_LINE_BYTES,
    TERMINAL,
    Cancel,
    Cancelled,
    Event,
    Failed,
    PauseTraining,
    ProcessReady,
    Request,
    Shutdown,
    Train,
    decode,
    encode,
)
from tui.process_log import ProcessLog

COMMAND = (sys.executable, "-P", "-m", "adapters.model_process")
"""`-P`: a `random.py` in the folder where the app was started must not become the model process's."""
CANCEL_GRACE_SECONDS = 5.0
CLOSE_GRACE_SECONDS = 0.3
LOG_GRACE_SECONDS = 1.0
QUICK_DEATH_SECONDS = 10.0
"""A process that lived less than this died "quickly" …"""
MAX_QUICK_DEATHS = 3
"""… and after this many in a row the next one starts only when it is needed."""


@dataclass(frozen=True)
class ProcessStarting:
    """A model process is being started; `ProcessReady` follows when it listens."""


@dataclass(frozen=True)
class ProcessDied:
    """The model process is gone, and nobody asked it to."""

    reason: str
    """As a person reads it: "signal SIGKILL", "exit code 1"."""
    restarting: bool
    """False when it died too often: it starts again with the next request."""


class ModelClient:
    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        on_event: Callable[[object], None],
        cancel_grace_seconds: float = CANCEL_GRACE_SECONDS,
    ) -> None:
        self._command = tuple(command or COMMAND)
        self._on_event = on_event
        self._cancel_grace_seconds = cancel_grace_seconds
        self._open: dict[str, Request] = {}
        """Jobs sent (or about to be) and not ended, oldest first."""
        self._unsent: list[Request] = []
        self._cancelling: dict[str, asyncio.TimerHandle] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._closing = False
        self._meant_to_die = False
        self._quick_deaths = 0
        self.log = ProcessLog(data_dir() / "logs" / "model-process.log")

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process and keep one running from now on. Asked again, does nothing."""
        if self._supervisor is None:
            self._supervisor = asyncio.create_task(self._supervise(), name="model process")

    def send(self, request: Request) -> None:
        """Begin a job. Sent at once, or as soon as there is a process to send it to."""
        self._open[request.job] = request
        self._wanted.set()
        if self._process is None:
            self._unsent.append(request)
        else:
            self._write(request)

    def cancel(self, job: str) -> None:
        """Ask that job to stop. Asked a second time, restarts the process.

        Not while a training goes on that is another job: that one is heard between two steps, which may be far apart,
        and a restart would cost what was learned since the last checkpoint.
        """
        if job not in self._open:
            return
        if job in self._cancelling:
            if not self._trains_beside(job):
                self.restart()
            return
        self._wait_for_end(job)
        if self._process is None:
            self._end(Cancelled(job=job))
        else:
            self._write(Cancel(job=job))

    def _wait_for_end(self, job: str) -> None:
        """Of a job that is being cancelled; for a moment, and for as long as a training is beside it."""
        loop = asyncio.get_running_loop()
        self._cancelling[job] = loop.call_later(self._cancel_grace_seconds, self._lose_patience, job)

    def _lose_patience(self, job: str) -> None:
        if self._trains_beside(job):
            self._wait_for_end(job)
        else:
            self.restart()

    def _trains_beside(self, job: str) -> bool:
        return any(isinstance(request, Train) for other, request in self._open.items() if other != job)

    def pause(self, job: str, *, unload: bool) -> None:
        """Let that training write a checkpoint and end as cancelled, however long its step takes."""
        if job not in self._open:
            return
        if self._process is None:
            self._end(Cancelled(job=job))
        else:
            self._write(PauseTraining(job=job, unload=unload))

    def restart(self) -> None:
        """Kill the process at once; another takes its place. Jobs being cancelled end as cancelled."""
        self._quick_deaths = 0
        self._wanted.set()
        if self._process is not None:
            self._meant_to_die = True
            _kill(self._process)

    async def close(self) -> None:
        """End the process, politely for a moment. No event comes after this."""
        self._closing = True
        self._wanted.set()
        for timer in self._cancelling.values():
            timer.cancel()
        killer: asyncio.TimerHandle | None = None
        if (process := self._process) is not None:
            self._write(Shutdown())
            if process.stdin is not None:
                process.stdin.close()
            killer = asyncio.get_running_loop().call_later(CLOSE_GRACE_SECONDS, _kill, process)
        if self._supervisor is not None:
            await self._supervisor
        if killer is not None:
            killer.cancel()

    # --- one process after another ------------------------------------------------------------------------

    async def _supervise(self) -> None:
        while not self._closing:
            started = time.monotonic()
            reason = await self._live_and_die()
            if self._closing:
                return
            quickly = time.monotonic() - started < QUICK_DEATH_SECONDS and not self._meant_to_die
            self._quick_deaths = self._quick_deaths + 1 if quickly else 0
            restarting = self._quick_deaths < MAX_QUICK_DEATHS
            self._wanted.clear()
            self._bury(reason, restarting)
            if not restarting:
                self._quick_deaths = MAX_QUICK_DEATHS - 1
                await self._wanted.wait()

    async def _live_and_die(self) -> str:
        """Run one process from its start to its end. Returns why it ended, in words."""
        self._meant_to_die = False
        self._emit(ProcessStarting())
        try:
            process = await _spawn(self._command)
        except OSError as error:
            return error.strerror or str(error)
        self._process = process
        unsent, self._unsent = self._unsent, []
        for request in unsent:
            if request.job in self._open:
                self._write(request)
        if self._closing:
            _kill(process)
        log = asyncio.create_task(self._drain(process))
        try:
            await self._pump(process)
        finally:
            _kill(process)
            code = await process.wait()
            self._process = None
            # A grandchild that outlives its parent may hold the pipe open: what is in it already is enough.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(log, LOG_GRACE_SECONDS)
        return _reason(code)

    async def _pump(self, process: asyncio.subprocess.Process) -> None:
        """Hand on events until the process closes its end, or says something that is not the protocol."""
        assert process.stdout is not None
        with contextlib.suppress(ConnectionError):
            while line := await self._read_line(process.stdout):
                try:
                    event = decode(line)
                except ProtocolError as error:
                    self.log.write(f"[sunto] {error.message}\n".encode("utf-8", "replace"))
                    return
                self._receive(event)

    async def _read_line(self, stdout: asyncio.StreamReader) -> bytes:
        try:
            return await stdout.readline()
        except ValueError:  # longer than MAX_LINE_BYTES
            self.log.write(b"[sunto] A line of the model process is too long.\n")
            return b""

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        """Keep standard error flowing: a full pipe would stop the process."""
        assert process.stderr is not None
        with contextlib.suppress(ConnectionError):
            while data := await process.stderr.read(1 << 16):
                self.log.write(data)

    def _write(self, item: Request | Shutdown) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        # A process that just died makes writing fail; `_live_and_die` is about to notice and tell.
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(encode(item))

    # --- events -------------------------------------------------------------------------------------------

    def _receive(self, event: Any) -> None:
        if isinstance(event, TERMINAL):
            self._end(event)
        elif isinstance(event, ProcessReady) or (isinstance(event, Event) and event.job in self._open):
            self._emit(event)

    def _end(self, event: Event) -> None:
        if self._open.pop(event.job, None) is None:
            return
        if timer := self._cancelling.pop(event.job, None):
            timer.cancel()
        self._emit(event)

    def _bury(self, reason: str, restarting: bool) -> None:
        """Give every open job its end, then say what happened."""
        for job in list(self._open):
            if job in self._cancelling:
                self._end(Cancelled(job=job))
            else:
                self._end(self._death_of(job, reason))
        self._unsent.clear()
        if not self._meant_to_die:
            self._emit(ProcessDied(reason, restarting))

    def _death_of(self, job: str, reason: str) -> Failed:
        return Failed(
            job=job,
            kind="ModelProcessDiedError",
            message=_("The model process stopped unexpectedly ({reason}).").format(reason=reason),
            hint=_(
                "What was written so far is kept. Ask again; if it happens again, close other programs to "
                "free memory, or look at {log}."
            ).format(log=self.log.path),
            exit_code=ExitCode.MODEL_PROCESS,
        )

    def _emit(self, event: object) -> None:
        if not self._closing:
            self._on_event(event)


async def _spawn(command: Sequence[str]) -> asyncio.subprocess.Process:
    """A child with pipes, in a process group of its own: Ctrl+C in the terminal is the app's, not the child's."""
    own_group: dict[str, Any] = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=MAX_LINE_BYTES,
        env={**os.environ, "PYTHONUTF8": "1", "SUNTO_LANG": current_language()},
        **own_group,
    )


def _kill(process: asyncio.subprocess.Process) -> None:
    """The process and, where the system has process groups, whatever it started (readers of documents)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _reason(code: int) -> str:
    if code >= 0:
        return _("exit code {code}").format(code=code)
    try:
        return _("signal {name}").format(name=signal.Signals(-code).name)
    except ValueError:
        return _("signal {name}").format(name=-code)
