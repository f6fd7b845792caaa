"""The process that owns torch and the graphics card: requests on stdin, events on stdout, logs on stderr.

One JSON object a line (`assistant.protocol`). One job runs at a time, in the order of the requests; a training alone
lets those that wait have a turn between two of its steps. A reader thread takes `Cancel` and `PauseTraining` while a
job runs: a training that is stopped either way has written a checkpoint. The process ends by itself when its stdin
closes: no parent, no reason to live.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import deque
from typing import IO, TYPE_CHECKING, Any

from assistant.errors import ProtocolError
from assistant.i18n import set_language
from assistant.protocol import (
    Cancel,
    Cancelled,
    PauseTraining,
    ProcessReady,
    Request,
    Shutdown,
    TrainingRequest,
    decode,
    encode,
)

if TYPE_CHECKING:
    from adapters.in_training import InTraining
    from adapters.session import Session

logger = logging.getLogger(__name__)

LEAVING_SECONDS = 0.25
"""For a process that is idle to close what it has, such as files of the KV cache. The app waits little longer."""


def main() -> None:
    set_language(None)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    serve(_take_stdin(), _take_stdout())


def _take_stdin() -> IO[bytes]:
    """Keep the real stdin for requests and point fd 0 at nothing.

    No child of ours can then read a request away, and on Windows no library's start-up can wait on the pipe while the
    reader thread does (a C runtime asks what kind of handle stdin is, and that question waits for the read).
    """
    requests = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return requests


def _take_stdout() -> IO[bytes]:
    """Keep the real stdout for events and point fd 1 at stderr, so that a library's print cannot break the protocol."""
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return events


class Events:
    """The way out, for both threads: one line at a time."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, event: Any) -> None:
        try:
            with self._lock:
                self._stream.write(encode(event))
                self._stream.flush()
        except OSError:
            os._exit(0)  # nobody listens any more


class Inbox:
    """Requests in order, and which jobs to stop."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._changed = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._cancelled: set[str] = set()
        self._unloading: set[str] = set()
        self._closed = False

    def read_all(self, source: IO[bytes]) -> None:
        """Until the end of the input or `Shutdown`; then the process is over, whatever runs."""
        for line in source:
            try:
                item = decode(line)
            except ProtocolError as error:
                logger.error("%s", error)  # noqa: TRY400 - the line is the whole story
                continue
            if isinstance(item, PauseTraining) and item.unload:
                self._unloading.add(item.job)
            if isinstance(item, Cancel | PauseTraining):
                self._cancel(item.job)
            elif isinstance(item, Shutdown):
                break
            elif isinstance(item, Request):
                with self._changed:
                    self._waiting.append(item)
                    self._changed.notify()
        with self._changed:
            self._closed = True
            self._changed.notify()

    def next(self) -> Request | None:
        """The next request, waited for; None when there will be no other."""
        with self._changed:
            while not (self._waiting or self._closed):
                self._changed.wait()
            return None if self._closed else self._waiting.popleft()

    def next_waiting(self) -> Request | None:
        """The next request, if there is one."""
        with self._changed:
            return self._waiting.popleft() if self._waiting and not self._closed else None

    def is_cancelled(self, job: str) -> bool:
        return job in self._cancelled

    def forget(self, job: str) -> bool:
        """It has ended. Whether the model was to be given up with it."""
        self._cancelled.discard(job)
        unloading = job in self._unloading
        self._unloading.discard(job)
        return unloading

    def _cancel(self, job: str) -> None:
        """One that waits ends here and now: the job before it may be long."""
        with self._changed:
            waiting = [request for request in self._waiting if request.job == job]
            for request in waiting:
                self._waiting.remove(request)
            if not waiting:
                self._cancelled.add(job)
        if waiting:
            self._events.send(Cancelled(job=job))


def serve(source: IO[bytes], stream: IO[bytes]) -> None:
    """Answer requests from `source` until it ends."""
    events = Events(stream)
    inbox = Inbox(events)
    closed = threading.Event()

    def read() -> None:
        inbox.read_all(source)
        # The parent is gone or wants us gone; a running generation would otherwise hold the graphics card.
        closed.wait(LEAVING_SECONDS)
        os._exit(0)

    events.send(ProcessReady(pid=os.getpid()))
    threading.Thread(target=read, name="sunto-requests", daemon=True).start()
    _work(inbox, events)
    closed.set()


def _work(inbox: Inbox, events: Events) -> None:
    from adapters.jobs import Session

    session = Session()
    while (request := inbox.next()) is not None:
        _carry_out(request, session, inbox, events)
    session.close()


def _carry_out(request: Request, session: Session, inbox: Inbox, events: Events) -> None:
    from adapters.jobs import run

    job = run(request, session, lambda: inbox.is_cancelled(request.job))
    event = next(job, None)
    while event is not None:
        events.send(event)
        try:
            if session.training is not None and session.training.is_waiting:
                _answer_waiting(session.training, session, inbox, events)
        except Exception as error:  # such as no memory to go back to the training: it ends in words, as what it raises
            event = job.throw(error)
        else:
            event = next(job, None)
    unloading = inbox.forget(request.job)
    if isinstance(request, TrainingRequest) and session.training is None:
        session.unload() if unloading else session.release()


def _answer_waiting(training: InTraining, session: Session, inbox: Inbox, events: Events) -> None:
    """Between two steps of a training: whoever waits has a turn, each to its end."""
    while (request := inbox.next_waiting()) is not None:
        with training.turn():
            _carry_out(request, session, inbox, events)


if __name__ == "__main__":
    main()
