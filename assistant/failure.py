"""Any exception as the event that says what happened, what to do, and with which exit code."""

from __future__ import annotations

from assistant.errors import DocumentError, ExitCode, SuntoError
from assistant.i18n import _
from assistant.protocol import Failed


def failed_event(job: str, error: Exception) -> Failed:
    """For errors of ours their own sentences; for any other the plainest that is true of it."""
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
    if isinstance(error, ModuleNotFoundError):
        return _failed(
            job,
            error,
            _("A part of Sunto's installation is missing: {name}.").format(name=error.name or error),
            _("Install Sunto again, in an environment of its own: the README says how."),
            ExitCode.FAILURE,
        )
    if isinstance(error, OSError) and error.strerror:
        return _failed(
            job,
            error,
            _("The system refused: {reason}.").format(
                reason=f"{error.strerror} ({error.filename})" if error.filename else error.strerror
            ),
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
    kind = "OutOfMemoryError" if isinstance(error, MemoryError) else type(error).__name__
    path = error.path if isinstance(error, DocumentError) else ""
    return Failed(job=job, kind=kind, message=message, hint=hint, exit_code=int(code), path=path)
