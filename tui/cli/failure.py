"""Any exception as the event that says what happened, what to do, and with which exit code."""

from __future__ import annotations

from assistant.errors import ExitCode, SuntoError
from assistant.i18n import _
from assistant.protocol import Failed


def failed_event(job: str, error: Exception) -> Failed:
    if isinstance(error, SuntoError):
        return _failed(job, error, error.message, error.hint, error.exit_code)
    if isinstance(error, MemoryError):
        return _failed(
            job,
            error,
            _("The computer ran out of memory."),
            _("Close other programs, or choose a smaller base model."),
            ExitCode.MODEL,
        )
    if isinstance(error, OSError) and error.strerror:
        return _failed(
            job,
            error,
            _("The system refused: {reason} ({path}).").format(reason=error.strerror, path=error.filename or "-"),
            _("Check the disk and the folder's permissions; `sunto doctor` looks at both."),
            ExitCode.FAILURE,
        )
    return _failed(
        job,
        error,
        _("Something in Sunto went wrong: {reason}.").format(reason=f"{type(error).__name__}: {error}"),
        _("Run the same command with --debug to see where, and please report it."),
        ExitCode.FAILURE,
    )


def _failed(job: str, error: Exception, message: str, hint: str, code: ExitCode) -> Failed:
    return Failed(job=job, kind=type(error).__name__, message=message, hint=hint, exit_code=int(code))
