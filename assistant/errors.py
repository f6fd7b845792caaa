"""Every error a person can meet, each with what happened, what to do next, and an exit code.

    SuntoError(message, hint)
    ├─ ConfigError                 2   a setting, an option or a combination of them is wrong
    │  └─ LibraryError                 the library file is damaged, read-only, full or from a newer Sunto
    ├─ DocumentError               3   (path)
    │  ├─ DocumentNotFoundError        no such file, or a folder where a file is meant
    │  ├─ DocumentAccessError          it is there, but the system does not let us read it
    │  ├─ UnsupportedDocumentError     not a kind of document Sunto reads
    │  ├─ EncryptedDocumentError       needs a password, or another one
    │  │  └─ LockedDocumentError       locked in a way that no password given to Sunto opens
    │  ├─ DamagedDocumentError         broken beyond reading
    │  ├─ DocumentLimitError           would take too much memory or time
    │  └─ NoTextError                  pages, but no text on them (a scan), or empty
    ├─ ModelError                  4
    │  ├─ ModelNotFoundError           no such base model, or not on this machine while offline
    │  ├─ FetchError                   the network, the server or the checksum failed
    │  ├─ ModelLoadError               the files are there but do not load
    │  ├─ AcceleratorBusyError         another process holds the accelerator
    │  ├─ OutOfMemoryError
    │  └─ ContextOverflowError         more tokens than the context window holds
    ├─ AdapterError                5
    │  ├─ AdapterNotFoundError
    │  ├─ AdapterMismatchError         made for another base: every difference is listed
    │  └─ AdapterCorruptError
    ├─ DatasetError                6   (path, line)
    ├─ TrainingError               7
    │  └─ TrainingDivergedError
    └─ ModelProcessError           8
       ├─ ModelProcessDiedError
       └─ ProtocolError

Cancelling is not an error (exit code 130). Misuse of our own functions stays `ValueError` or `TypeError`.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    OK = 0
    FAILURE = 1
    """A mistake of ours: anything not foreseen below."""
    USAGE = 2
    DOCUMENT = 3
    MODEL = 4
    ADAPTER = 5
    DATASET = 6
    TRAINING = 7
    MODEL_PROCESS = 8
    CANCELLED = 130


class SuntoError(Exception):
    """Shown to the person as it is: `message` says what happened, `hint` what to do next."""

    exit_code = ExitCode.FAILURE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(SuntoError):
    exit_code = ExitCode.USAGE


class LibraryError(ConfigError):
    pass


class DocumentError(SuntoError):
    exit_code = ExitCode.DOCUMENT

    def __init__(self, message: str, hint: str = "", *, path: str | Path = "") -> None:
        super().__init__(message, hint)
        self.path = str(path)


class DocumentNotFoundError(DocumentError):
    pass


class DocumentAccessError(DocumentError):
    pass


class UnsupportedDocumentError(DocumentError):
    pass


class EncryptedDocumentError(DocumentError):
    """Its password is missing or wrong."""


class LockedDocumentError(EncryptedDocumentError):
    """No password that Sunto could be given opens it."""


class DamagedDocumentError(DocumentError):
    pass


class DocumentLimitError(DocumentError):
    pass


class NoTextError(DocumentError):
    pass


class ModelError(SuntoError):
    exit_code = ExitCode.MODEL


class ModelNotFoundError(ModelError):
    pass


class FetchError(ModelError):
    pass


class ModelLoadError(ModelError):
    pass


class AcceleratorBusyError(ModelError):
    pass


class OutOfMemoryError(ModelError):
    pass


class ContextOverflowError(ModelError):
    pass


class AdapterError(SuntoError):
    exit_code = ExitCode.ADAPTER


class AdapterNotFoundError(AdapterError):
    pass


class AdapterMismatchError(AdapterError):
    pass


class AdapterCorruptError(AdapterError):
    pass


class DatasetError(SuntoError):
    exit_code = ExitCode.DATASET

    def __init__(self, message: str, hint: str = "", *, path: str | Path = "", line: int = 0) -> None:
        super().__init__(message, hint)
        self.path = str(path)
        self.line = line
        """Counted from 1; 0 when the whole file is meant."""


class TrainingError(SuntoError):
    exit_code = ExitCode.TRAINING


class TrainingDivergedError(TrainingError):
    pass


class ModelProcessError(SuntoError):
    exit_code = ExitCode.MODEL_PROCESS


class ModelProcessDiedError(ModelProcessError):
    pass


class ProtocolError(ModelProcessError):
    pass


class Stopped(Exception):  # noqa: N818 - not an error: it says that a person asked to stop
    """Raised inside a job when `should_stop()` turned true; becomes the event `Cancelled` with the text so far."""

    def __init__(self, text: str = "") -> None:
        super().__init__("stopped")
        self.text = text
