"""The child's limits on Windows: a job object that it puts itself into.

The twin of `resource.setrlimit`: more memory than allowed is refused by the system, more CPU time ends the process.
The handle is never closed by us, so whatever the child started (tesseract) ends with it.

Structures as in winnt.h: https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_extended_limit_information
"""

from __future__ import annotations

import ctypes
from typing import Any

_PROCESS_TIME = 0x00000002
_PROCESS_MEMORY = 0x00000100
_DIE_ON_UNHANDLED_EXCEPTION = 0x00000400
_KILL_ON_JOB_CLOSE = 0x00002000
_EXTENDED_LIMIT_INFORMATION = 9
_TICKS_PER_SECOND = 10_000_000
"""A tick is 100 nanoseconds."""


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def limit_this_process(memory_bytes: int, cpu_seconds: int, kernel32: Any = None) -> bool:
    """Put this process into a job of its own with these limits; False when the system does not let us.

    `memory_bytes` is what each process may commit, `cpu_seconds` the time it may compute in user mode.
    """
    kernel32 = kernel32 or _kernel32()
    job = kernel32.CreateJobObjectW(None, None)
    if not job:
        return False
    limits = ExtendedLimits()
    basic = limits.BasicLimitInformation
    basic.LimitFlags = _PROCESS_TIME | _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION | _KILL_ON_JOB_CLOSE
    basic.PerProcessUserTimeLimit = cpu_seconds * _TICKS_PER_SECOND
    limits.ProcessMemoryLimit = memory_bytes
    size = ctypes.sizeof(limits)
    if not kernel32.SetInformationJobObject(job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size):
        return False
    return bool(kernel32.AssignProcessToJobObject(job, kernel32.GetCurrentProcess()))


def _kernel32() -> Any:
    library: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined] - Windows only
    # Handles are pointers: without their types ctypes would cut them to 32 bits.
    library.CreateJobObjectW.restype = library.GetCurrentProcess.restype = ctypes.c_void_p
    library.SetInformationJobObject.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
    library.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    return library
