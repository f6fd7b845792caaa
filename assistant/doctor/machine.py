"""The machine itself and the terminal."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

from assistant.doctor.check import Check
from assistant.hardware import Gpu, Machine, cpu_only_torch_fix, cuda_build_for, torch_is_cpu_only
from assistant.i18n import _, plural
from assistant.units import format_bytes, format_memory

_TRIED = (("Linux", "x86_64"),)
"""Where somebody of this project has run it."""
_SCANT_MEMORY_BYTES = 4 << 30
_SCANT_DISK_BYTES = 2_000_000_000


def examine(machine: Machine) -> Iterator[Check]:
    yield check_system(machine)
    yield check_processor(machine)
    yield check_memory(machine)
    yield check_disk(machine)
    yield check_graphics_card(machine)
    yield check_terminal(getattr(sys.stdout, "encoding", None) or "")


def check_system(machine: Machine) -> Check:
    name = _("system")
    words = f"{machine.system}, {machine.architecture}, Python {machine.python}"
    if (platform.system(), machine.architecture) in _TRIED:
        return Check(name, "ok", words + ".")
    return Check(name, "ok", _("{words}. Nobody of this project has tried Sunto here yet.").format(words=words))


def check_processor(machine: Machine) -> Check:
    cores = plural("{count} core", "{count} cores", machine.cores)
    return Check(_("processor"), "ok", f"{machine.cpu}, {cores}.")


def check_memory(machine: Machine) -> Check:
    message = _("{total}, of which {free} are free.").format(
        total=format_memory(machine.memory_total_bytes), free=format_memory(machine.memory_available_bytes)
    )
    if machine.memory_total_bytes < _SCANT_MEMORY_BYTES:
        return Check(_("memory"), "warning", message, _("Enough for the starter model; close other programs first."))
    return Check(_("memory"), "ok", message)


def check_disk(machine: Machine) -> Check:
    message = _("{free} are free on the disk of the data directory.").format(free=format_bytes(machine.disk_free_bytes))
    if machine.disk_free_bytes < _SCANT_DISK_BYTES:
        hint = _("Free some space, or set SUNTO_HOME to a folder on a larger disk.")
        return Check(_("disk"), "warning", message, hint)
    return Check(_("disk"), "ok", message)


def check_graphics_card(machine: Machine) -> Check:
    """The commonest trap on Windows first: a card and its driver are there, and torch was built without CUDA."""
    name = _("graphics card")
    gpu = machine.gpu
    if gpu is None:
        return Check(name, "ok", _("No NVIDIA card was found: models run on the CPU."))
    words = _("{gpu}, driver {driver}; {free} of {total} are free.").format(
        gpu=gpu.name,
        driver=gpu.driver_version,
        free=format_memory(gpu.memory_free_bytes),
        total=format_memory(gpu.memory_total_bytes),
    )
    if not cuda_build_for(gpu):
        return Check(name, "problem", words + " " + _("This driver is too old for torch."), _old_driver_hint(gpu))
    if torch_is_cpu_only():
        return Check(
            name,
            "problem",
            words + " " + _("But the installed torch was built without CUDA and cannot use it."),
            _("Install a torch that can, with this command:"),
            cpu_only_torch_fix(machine),
        )
    return Check(name, "ok", words)


def _old_driver_hint(gpu: Gpu) -> str:
    return _("Install the newest driver for the {gpu} from nvidia.com, then restart.").format(gpu=gpu.name)


def check_terminal(encoding: str) -> Check:
    name = _("terminal")
    if encoding.lower().replace("-", "") in ("utf8", "utf8sig"):
        return Check(name, "ok", _("Writes UTF-8: accents and symbols come out right."))
    return Check(
        name,
        "warning",
        _("Writes {encoding}: some letters and symbols may come out wrong.").format(encoding=encoding or "?"),
        _("Use Windows Terminal, or tell Python to write UTF-8:")
        if sys.platform == "win32"
        else _("Choose a UTF-8 locale:"),
        "set PYTHONUTF8=1" if sys.platform == "win32" else "export LC_ALL=C.UTF-8",
    )
