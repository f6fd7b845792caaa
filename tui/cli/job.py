"""One job of a command: run it in this process, show its events, ask what can be asked, return its end."""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from assistant.config import Settings, data_dir
from assistant.errors import ExitCode
from assistant.i18n import _
from assistant.protocol import Answering, Cancelled, DocumentRead, Event, Failed, Finished, Notice, Request, TextDelta
from tui.cli.interrupt import stop_on_interrupt
from tui.cli.show import show_event
from tui.output import Mode, Output

JOB = "cli"
"""A command runs one job at a time: its id tells nothing more."""

_POLL_SECONDS = 0.5

Result = dict[str, Any]
Ending = Finished | Failed | Cancelled


def set_up_logging(*, debug: bool) -> None:
    """With --debug everything the program and its libraries say goes to stderr; without, none of it."""
    if debug:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, force=True)
        for name in ("assistant", "adapters", "tui"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        return
    logging.getLogger().addHandler(logging.NullHandler())
    warnings.simplefilter("ignore")
    for name in ("TRANSFORMERS_VERBOSITY", "HF_HUB_VERBOSITY"):
        os.environ.setdefault(name, "error")


class JobRunner:
    """Runs jobs one after the other, with one session: the model stays in memory between them."""

    def __init__(self, output: Output, settings: Settings, show: Callable[[Event, Output], None] = show_event) -> None:
        """`show` gets every event but the last."""
        self._output = output
        self._show = show
        self._settings = settings
        self._mending: dict[str, Any] = {}
        """Fields of requests that a person was asked for; the next requests have them from the start."""
        self._told: set[Event] = set()
        """What later jobs about the same documents need not say again."""

    def __enter__(self) -> JobRunner:
        from adapters.jobs import Session

        self._session = Session(self._settings)
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def run(self, request: Request) -> Ending:
        """The job's end, its other events shown on the way. What a person can mend at once is asked for, once."""
        asked: set[tuple[str, str]] = set()
        while True:
            ending = self._run_once(dataclasses.replace(request, **self._mending))
            if not isinstance(ending, Failed) or (ending.kind, ending.path) in asked or not self._mend(ending):
                return ending
            asked.add((ending.kind, ending.path))

    def _run_once(self, request: Request) -> Ending:
        from adapters import jobs

        answering = False
        with stop_on_interrupt(self._announce_stop) as should_stop:
            for event in jobs.run(request, self._session, should_stop):
                if isinstance(event, Finished | Failed | Cancelled):
                    return event
                answering = answering or isinstance(event, TextDelta)
                if answering or event not in self._told:  # what is said of an answer is said of each
                    self._show(event, self._output)
                if isinstance(event, DocumentRead | Notice):
                    self._told.add(event)
                elif isinstance(event, Answering):  # the last one only: another may answer, and then this one again
                    self._told = {event, *(told for told in self._told if not isinstance(told, Answering))}
        raise RuntimeError("a job ended without saying how")

    def _mend(self, failed: Failed) -> bool:
        """Ask whoever is there for what was missing; true when it is worth trying again."""
        if self._output.mode is Mode.EVENTS or not self._output.somebody_there:
            return False
        if failed.kind == "EncryptedDocumentError":
            self._output.warn(failed.message)
            password = self._output.ask_password(_("Password:"))
            self._mending["passwords"] = (*self._mending.get("passwords", ()), (failed.path, password))
            return bool(password)
        if failed.kind == "AcceleratorBusyError":
            self._output.warn(failed.message)
            return self._find_a_device()
        return False

    def _find_a_device(self) -> bool:
        answer = self._output.ask(
            _("Wait until it is free (w), use the computer's processor, which is slower (p), or leave (Enter)?")
        )
        if answer.lower() == "p":
            self._mending["device"] = "cpu"
            return True
        if answer.lower() in ("w", "a"):  # "a" as the Italian question has it: "aspettare"
            from assistant.lease import AcceleratorLease

            self._output.say(_("Waiting. Ctrl-C leaves."))
            lease = AcceleratorLease(data_dir())
            while lease.holder() is not None:
                time.sleep(_POLL_SECONDS)
            return True
        return False

    def _announce_stop(self) -> None:
        self._output.say(_("Stopping. Press Ctrl-C again to leave at once."))


def run_job(
    request: Request,
    output: Output,
    settings: Settings,
    present: Callable[[Result], None],
    *,
    keep: Callable[[Result], None] | None = None,
) -> int:
    """The whole of most commands: run the job, `keep` its result, print it, and return the exit code.

    `present` prints the result for a person; the other modes print it as it is.
    """
    with JobRunner(output, settings) as runner:
        ending = runner.run(request)
    output.end_line()
    if isinstance(ending, Finished) and keep:
        keep(ending.result)
    return conclude(ending, output, present)


def conclude(ending: Ending, output: Output, present: Callable[[Result], None]) -> int:
    if output.mode is Mode.EVENTS:
        output.event(ending)
    if isinstance(ending, Cancelled):
        output.say(_("Stopped."))
        return ExitCode.CANCELLED
    if isinstance(ending, Failed):
        output.fail(ending.message, ending.hint)
        return ending.exit_code
    if output.mode is Mode.JSON:
        output.json(ending.result)
    elif output.mode is Mode.PLAIN:
        present(ending.result)
    return ExitCode.OK
