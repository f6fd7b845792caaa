"""What this machine is, and where a model should run on it. Imports no torch, except `choose_device`."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from assistant.config import data_dir
from assistant.errors import ConfigError
from assistant.i18n import _

Device = Literal["cpu", "cuda"]

_NVIDIA_SMI_SECONDS = 10
_TORCH_REQUIREMENT = "torch>=2.11,<2.14"
_TORCH_WHEELS = "https://download.pytorch.org/whl"
_CUDA_13_DRIVER = 580
_CUDA_12_DRIVER = 528
_CUDA_13_CAPABILITY = (7, 5)
"""CUDA 13 needs driver 580 and dropped what is older than Turing; CUDA 12 runs on drivers from 525 (Linux) or
528 (Windows) on, by minor version compatibility (NVIDIA, CUDA Toolkit release notes, tables 2 and 3)."""


@dataclass(frozen=True)
class Gpu:
    name: str
    driver_version: str
    memory_total_bytes: int
    memory_free_bytes: int
    compute_capability: str
    """As in `8.9`; empty when the driver is too old to say."""


@dataclass(frozen=True)
class Machine:
    system: str
    """`Windows 11`, `Darwin 24.6`, `Linux 6.8`."""
    architecture: str
    python: str
    cpu: str
    cores: int
    """Physical ones; threads where the system does not tell them apart."""
    memory_total_bytes: int
    memory_available_bytes: int
    disk_free_bytes: int
    """On the disk of the data directory; 0 when that cannot be made."""
    gpus: tuple[Gpu, ...]
    """NVIDIA cards that their driver lists, whether or not torch can use them."""

    @property
    def gpu(self) -> Gpu | None:
        """The one with the most free memory."""
        return max(self.gpus, key=lambda gpu: gpu.memory_free_bytes, default=None)


def describe_machine() -> Machine:
    """Takes some tens of milliseconds: `nvidia-smi` is asked where there is one."""
    memory = psutil.virtual_memory()
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        architecture=platform.machine(),
        python=platform.python_version(),
        cpu=_cpu_name(),
        cores=psutil.cpu_count(logical=False) or os.cpu_count() or 1,
        memory_total_bytes=memory.total,
        memory_available_bytes=memory.available,
        disk_free_bytes=_disk_free_bytes(),
        gpus=_nvidia_gpus(),
    )


def _disk_free_bytes() -> int:
    try:
        return shutil.disk_usage(data_dir()).free
    except (ConfigError, OSError):  # whoever needs the directory says so
        return 0


def _cpu_name() -> str:
    if sys.platform == "linux":
        try:
            text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        if found := re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE):
            return found[1].strip()
    if sys.platform == "win32":
        import winreg

        key = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as processor:
                return str(winreg.QueryValueEx(processor, "ProcessorNameString")[0]).strip()
        except OSError:
            pass
    if sys.platform == "darwin" and (name := _output_of("sysctl", "-n", "machdep.cpu.brand_string")):
        return name.strip()
    return platform.processor() or platform.machine()


def _nvidia_gpus() -> tuple[Gpu, ...]:
    fields = "name,driver_version,memory.total,memory.free"
    layout = "--format=csv,noheader,nounits"
    text = _output_of("nvidia-smi", f"--query-gpu={fields},compute_cap", layout)
    if not text:  # drivers before 2021 do not know compute_cap
        text = _output_of("nvidia-smi", f"--query-gpu={fields}", layout)
    return parse_nvidia_smi(text)


def parse_nvidia_smi(text: str) -> tuple[Gpu, ...]:
    """Rows of `name, driver, MiB, MiB[, capability]`; a row that is none of these (`[N/A]`) is left out."""
    gpus: list[Gpu] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) in (4, 5) and cells[2].isdecimal() and cells[3].isdecimal():
            capability = cells[4] if len(cells) == 5 else ""
            gpus.append(Gpu(cells[0], cells[1], int(cells[2]) << 20, int(cells[3]) << 20, capability))
    return tuple(gpus)


def _output_of(program: str, *arguments: str) -> str:
    """What it prints; empty when it is missing, fails or does not answer."""
    path = shutil.which(program)
    if path is None:
        return ""
    flags = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        done = subprocess.run(
            [path, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=_NVIDIA_SMI_SECONDS,
            creationflags=flags,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def choose_device(wanted: str) -> tuple[Device, str]:
    """Where the model runs, and why in one sentence. `wanted` is `auto`, `cpu` or `cuda`. Imports torch.

    Raises ConfigError when CUDA is asked for and torch has none.
    """
    if wanted == "cpu":
        return "cpu", _("The CPU, as asked.")
    import torch

    if torch.cuda.is_available():
        return "cuda", _("The graphics card: {name}.").format(name=torch.cuda.get_device_name())
    if wanted == "cuda":
        raise ConfigError(
            _("No graphics card that torch can use was found, and `--device cuda` asks for one."),
            _("Leave out --device to use the CPU; `sunto doctor` says what the card lacks."),
        )
    return "cpu", _("The CPU: torch finds no NVIDIA graphics card it can use.")


def torch_is_cpu_only() -> bool:
    """True when the installed torch was built without CUDA. Reads the package's own files, does not import it."""
    try:
        release = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return False
    if "+" in release:
        return release.endswith("+cpu")
    return _cuda_in_version_file() == "None"  # the package index's own wheels carry no such mark


def _cuda_in_version_file() -> str:
    """What torch's `version.py` says after `cuda`: `'13.0'` with its quotes, or `None`; empty when unreadable."""
    try:
        path = importlib.metadata.distribution("torch").locate_file("torch/version.py")
        text = Path(str(path)).read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"^cuda\s*(?::[^=]+)?=\s*(\S+)", text, re.MULTILINE)
    return found[1] if found else ""


def cpu_only_torch_fix(machine: Machine) -> str:
    """The command that gives an NVIDIA card a torch that can use it; empty where there is nothing to mend.

    Empty also when the driver is too old for any torch that Sunto runs on: then the driver comes first.
    """
    gpu = machine.gpu
    if gpu is None or not torch_is_cpu_only():
        return ""
    build = cuda_build_for(gpu)
    if not build:
        return ""
    python = "py" if sys.platform == "win32" and not _in_virtual_environment() else "python"
    return (
        f'{python} -m pip install --upgrade --force-reinstall "{_TORCH_REQUIREMENT}" '
        f"--index-url {_TORCH_WHEELS}/{build}"
    )


def _in_virtual_environment() -> bool:
    return sys.prefix != sys.base_prefix


def cuda_build_for(gpu: Gpu) -> str:
    """Which of PyTorch's builds this card and driver can run; empty when the driver is too old for any."""
    driver = _leading_number(gpu.driver_version)
    capability = tuple(int(part) for part in re.findall(r"\d+", gpu.compute_capability)[:2])
    if driver >= _CUDA_13_DRIVER and (not capability or capability >= _CUDA_13_CAPABILITY):
        return "cu130"
    return "cu126" if driver >= _CUDA_12_DRIVER else ""


def _leading_number(text: str) -> int:
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0


def peak_memory_bytes() -> int:
    """The most memory this process has held at once, in bytes."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":
        # ru_maxrss would start at what the parent held when it started us.
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        if found := re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE):
            return int(found[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
