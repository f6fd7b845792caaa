"""The process that owns torch and the graphics card: requests on stdin, events on stdout, logs on stderr.

One JSON object a line (`assistant.protocol`). One job runs at a time, in the order of the requests; a reader thread
takes `Cancel` while a job runs. The process ends by itself when its stdin closes: no parent, no reason to live.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from typing import IO, Any

from assistant.errors import ProtocolError
from assistant.i18n import set_language
from assistant.protocol import Cancel, ProcessReady, Request, Shutdown, decode, encode

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


class Inbox:
    """Requests in order, and which jobs to stop."""

    def __init__(self) -> None:
        self.requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()

    def read_all(self, source: IO[bytes]) -> None:
        """Until the end of the input or `Shutdown`; then the process is over, whatever runs."""
        for line in source:
            try:
                item = decode(line)
            except ProtocolError as error:
                logger.error("%s", error)  # noqa: TRY400 - the line is the whole story
                continue
            if isinstance(item, Cancel):
                self._cancelled.add(item.job)
            elif isinstance(item, Shutdown):
                break
            elif isinstance(item, Request):
                self.requests.put(item)
        self.requests.put(None)

    def is_cancelled(self, job: str) -> bool:
        return job in self._cancelled

    def forget(self, job: str) -> None:
        self._cancelled.discard(job)


def serve(source: IO[bytes], events: IO[bytes]) -> None:
    """Answer requests from `source` until it ends."""
    inbox = Inbox()
    closed = threading.Event()

    def read() -> None:
        inbox.read_all(source)
        # The parent is gone or wants us gone; a running generation would otherwise hold the graphics card.
        closed.wait(LEAVING_SECONDS)
        os._exit(0)

    _send(events, ProcessReady(pid=os.getpid()))
    threading.Thread(target=read, name="sunto-requests", daemon=True).start()
    _work(inbox, events)
    closed.set()


def _work(inbox: Inbox, events: IO[bytes]) -> None:
    from adapters.jobs import Session, run

    session = Session()
    while (request := inbox.requests.get()) is not None:
        job = request.job
        for event in run(request, session, lambda job=job: inbox.is_cancelled(job)):
            _send(events, event)
        inbox.forget(job)
    session.close()


def _send(events: IO[bytes], event: Any) -> None:
    try:
        events.write(encode(event))
        events.flush()
    except OSError:
        os._exit(0)  # nobody listens any more


if __name__ == "__main__":
    main()
