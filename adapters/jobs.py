"""Requests → events: the one way both front ends get anything done.

A handler (`adapters.handlers`) is a generator that yields events and returns the job's result; `run` adds the one
terminal event.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from adapters import handlers
from adapters.handlers import Handler
from adapters.session import Session
from assistant import protocol
from assistant.errors import ExitCode, ModelError, Stopped, SuntoError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.protocol import Event, Request

__all__ = ["HANDLERS", "Session", "run"]

logger = logging.getLogger(__name__)

HANDLERS: dict[type[Request], Handler] = {
    protocol.LoadModel: handlers.load_model,
    protocol.Summarize: handlers.summarize,
    protocol.Describe: handlers.summarize,
    protocol.Chat: handlers.chat,
    protocol.Extract: handlers.extract,
    protocol.Train: handlers.train,
    protocol.FetchModel: handlers.fetch_model,
    protocol.Diagnose: handlers.diagnose,
    protocol.ListAdapters: handlers.immediate(handlers.list_adapters),
    protocol.ShowAdapter: handlers.immediate(handlers.show_adapter),
    protocol.ListModels: handlers.immediate(handlers.list_models),
    protocol.RemoveModel: handlers.immediate(handlers.remove_model),
}


def run(request: Request, session: Session, should_stop: ShouldStop = never_stop) -> Iterator[Event]:
    """Do the job; the last event, and only the last, is `Finished`, `Failed` or `Cancelled`."""
    try:
        result = yield from HANDLERS[type(request)](request, session, should_stop)
        yield protocol.Finished(job=request.job, result=result)
    except Stopped as stopped:
        yield protocol.Cancelled(job=request.job, text=stopped.text)
    except SuntoError as error:
        logger.debug("the job failed", exc_info=True)
        yield protocol.Failed(
            job=request.job,
            kind=type(error).__name__,
            message=error.message,
            hint=error.hint,
            exit_code=int(error.exit_code),
        )
    except Exception as error:
        logger.exception("a mistake of Sunto's own")
        yield _unforeseen(request.job, error)


def _unforeseen(job: str, error: Exception) -> Event:
    if isinstance(error, MemoryError):
        return protocol.Failed(
            job=job,
            kind="OutOfMemoryError",
            message=_("The computer ran out of memory."),
            hint=_("Close other programs, or choose a smaller base model."),
            exit_code=int(ModelError.exit_code),
        )
    if isinstance(error, OSError) and error.strerror:
        return protocol.Failed(
            job=job,
            kind="OSError",
            message=_("The system refused: {reason} ({path}).").format(
                reason=error.strerror, path=error.filename or "-"
            ),
            hint=_("Check the disk and the folder's permissions; `sunto doctor` looks at both."),
            exit_code=int(ExitCode.FAILURE),
        )
    return protocol.Failed(
        job=job,
        kind=type(error).__name__,
        message=_("Something in Sunto went wrong: {reason}.").format(reason=f"{type(error).__name__}: {error}"),
        hint=_("Run the same command with --debug to see where, and please report it."),
        exit_code=int(ExitCode.FAILURE),
    )
