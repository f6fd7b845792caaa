"""The process that opens untrusted files: its limits, and that nothing outlives it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from typing import Any

import psutil
import pytest

from assistant.documents.child import process as child_process
from assistant.documents.child.windows_job import ExtendedLimits, limit_this_process


class FakeKernel32:
    """What Windows would be asked for."""

    def __init__(self, *, refuse: str = "") -> None:
        self.refuse = refuse
        self.limits: ExtendedLimits | None = None
        self.assigned: tuple[Any, Any] | None = None

    def CreateJobObjectW(self, _attributes: None, _name: None) -> int:
        return 0 if self.refuse == "create" else 7

    def SetInformationJobObject(self, job: int, kind: int, limits: Any, size: int) -> int:
        assert (job, kind, size) == (7, 9, ctypes.sizeof(ExtendedLimits))
        self.limits = limits._obj
        return self.refuse != "set"

    def GetCurrentProcess(self) -> int:
        return -1

    def AssignProcessToJobObject(self, job: int, process: int) -> int:
        self.assigned = (job, process)
        return self.refuse != "assign"


@pytest.mark.skipif(sys.maxsize < 2**32, reason="the sizes are those of 64-bit Windows")
def test_the_structure_windows_is_given_has_the_size_it_expects():
    assert ctypes.sizeof(ExtendedLimits) == 144


def test_on_windows_the_child_joins_a_job_that_ends_it_at_its_limits_and_all_it_started_with_it():
    kernel32 = FakeKernel32()
    assert limit_this_process(1536 << 20, 120, kernel32)
    assert kernel32.assigned == (7, -1)
    assert kernel32.limits is not None
    assert kernel32.limits.ProcessMemoryLimit == 1536 << 20
    assert kernel32.limits.BasicLimitInformation.PerProcessUserTimeLimit == 120 * 10_000_000
    assert kernel32.limits.BasicLimitInformation.LimitFlags & 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE


@pytest.mark.parametrize("refuse", ["create", "set", "assign"])
def test_a_windows_that_refuses_the_job_leaves_the_watching_to_the_parent(refuse: str):
    assert not limit_this_process(1, 1, FakeKernel32(refuse=refuse))


GRANDCHILD = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's way; Windows has the job")
def test_a_killed_child_takes_what_it_started_with_it():
    child = subprocess.Popen(
        [sys.executable, "-c", GRANDCHILD + "print(p.pid, flush=True); p.wait()"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    child_process._kill(child)
    child.wait(10)
    assert _gone(grandchild)
    child.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's way; Windows has the job")
def test_a_child_whose_parent_dies_takes_what_it_started_with_it():
    code = (
        GRANDCHILD + "import threading; from assistant.documents.child.main import _end_with_parent; "
        "print(p.pid, flush=True); threading.Thread(target=_end_with_parent).start(); p.wait()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    child.stdin.close()  # as the system does for a parent that was killed
    child.wait(10)
    assert _gone(grandchild)
    child.stdout.close()


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
            os.kill(pid, 0)
        except (psutil.NoSuchProcess, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False
