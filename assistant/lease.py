"""One holder of the accelerator at a time.

The lease is a lock of the operating system on `accelerator.lock` in the data directory, held for as long as the
process uses the graphics card: one that dies, however it dies, frees it. Who holds it stands beside it in
`accelerator.json`, which is believed only while that very process is alive.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from assistant.errors import AcceleratorBusyError, Stopped
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.units import format_memory

if TYPE_CHECKING:
    from filelock import BaseFileLock

_POLL_SECONDS = 0.2
_START_TOLERANCE_SECONDS = 1.0
"""Start times of one process read twice differ by less; those of two that had the same pid, by more."""


@dataclass(frozen=True)
class Holder:
    pid: int
    started: float
    """When that process started, in seconds since 1970: tells it from a later one with the same pid."""
    since: float
    """When it took the accelerator."""
    purpose: str
    """What it does with it, in words."""
    memory_bytes: int

    @property
    def is_alive(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.started) < _START_TOLERANCE_SECONDS
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:  # it exists, and belongs to somebody else
            return True


class AcceleratorLease:
    """This process's claim to the accelerator; not held until `acquire`."""

    def __init__(self, home: Path) -> None:
        self._info = home / "accelerator.json"
        self._lock_path = home / "accelerator.lock"
        self._lock: BaseFileLock | None = None
        self._memory_bytes = 0

    def acquire(
        self,
        purpose: str,
        memory_bytes: int = 0,
        *,
        wait: bool = False,
        on_wait: Callable[[Holder | None], object] = lambda _holder: None,
        should_stop: ShouldStop = never_stop,
    ) -> None:
        """Take the accelerator. When another process has it: AcceleratorBusyError, or with `wait`, until it is free.

        `on_wait` is called once, with the holder, when the waiting begins. Raises Stopped while waiting.
        """
        from filelock import FileLock, Timeout  # deferred: only who uses an accelerator needs it

        lock = FileLock(self._lock_path, thread_local=False)  # a job takes it, another thread may give it back
        told = False
        while True:
            try:
                lock.acquire(timeout=0)
                break
            except Timeout as error:
                holder = self.holder()
                if not wait:
                    raise _busy(holder) from error
            if should_stop():
                raise Stopped
            if not told:
                on_wait(holder)
                told = True
            time.sleep(_POLL_SECONDS)
        self._lock = lock
        self._memory_bytes = memory_bytes
        self._write_info(purpose, memory_bytes)

    def say(self, purpose: str) -> None:
        """What it is used for from now on; nothing happens when it is not held."""
        if self._lock is not None:
            self._write_info(purpose, self._memory_bytes)

    def release(self) -> None:
        """Give it back; nothing happens when it is not held."""
        if self._lock is None:
            return
        self._info.unlink(missing_ok=True)
        self._lock.release()
        self._lock = None

    def holder(self) -> Holder | None:
        """Who has the accelerator now, as far as is written; None when nobody has it, or whoever had it died."""
        try:
            fields: dict[str, Any] = json.loads(self._info.read_text(encoding="utf-8"))
            holder = Holder(**fields)
        except (OSError, ValueError, TypeError):
            return None
        return holder if holder.is_alive else None

    def _write_info(self, purpose: str, memory_bytes: int) -> None:
        started = psutil.Process().create_time()
        holder = Holder(os.getpid(), started, time.time(), purpose, memory_bytes)
        draft = self._info.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(json.dumps(asdict(holder), ensure_ascii=False), encoding="utf-8")
        draft.replace(self._info)

    def __enter__(self) -> AcceleratorLease:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.release()


def _busy(holder: Holder | None) -> AcceleratorBusyError:
    hint = _("Wait until it has finished, close it, or use the CPU with `--device cpu`.")
    if holder is None:  # it has the lock but has not yet written who it is
        return AcceleratorBusyError(_("Another Sunto is using the graphics card."), hint)
    return AcceleratorBusyError(
        _("Another Sunto is using the graphics card: process {pid} {purpose}, since {time} ({memory}).").format(
            pid=holder.pid,
            purpose=holder.purpose,
            time=time.strftime("%H:%M", time.localtime(holder.since)),
            memory=format_memory(holder.memory_bytes),
        ),
        hint,
    )
