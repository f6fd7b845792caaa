"""What the machine is, read without torch; and the commonest trap on Windows."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import hardware
from assistant.errors import ConfigError
from assistant.hardware import (
    Gpu,
    Machine,
    choose_device,
    cpu_only_torch_fix,
    cuda_build_for,
    describe_machine,
    parse_nvidia_smi,
    peak_memory_bytes,
)

LAPTOP = Gpu("NVIDIA GeForce RTX 4060 Laptop GPU", "581.29", 8188 << 20, 7600 << 20, "8.9")


def machine(*gpus: Gpu, available: int = 16 << 30) -> Machine:
    return Machine("Windows 11", "AMD64", "3.12.1", "Ryzen", 8, 32 << 30, available, 10**11, gpus)


def test_this_machine_is_described_without_torch():
    program = (
        "import sys\n"
        "from assistant.hardware import describe_machine\n"
        "machine = describe_machine()\n"
        "assert machine.memory_total_bytes > 1 << 28 and machine.cores > 0 and machine.cpu\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_data_directory_that_cannot_be_made_does_not_stop_the_description(tmp_path: Path, monkeypatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("SUNTO_HOME", str(file / "home"))
    assert describe_machine().disk_free_bytes == 0


def test_the_cards_are_read_from_nvidia_smi():
    text = "NVIDIA GeForce RTX 4060 Laptop GPU, 581.29, 8188, 7600, 8.9\nNVIDIA T400, 581.29, 2048, 1024, 7.5\n"
    first, second = parse_nvidia_smi(text)
    assert first == LAPTOP
    assert machine(second, first).gpu == first, "the one with the most free memory"


@pytest.mark.parametrize(
    "text", ["", "No devices were found", "[N/A], [N/A], [N/A], [N/A]", "a, b\n", "a, b, 1, 2, 3, 4"]
)
def test_what_is_not_a_card_is_left_out(text: str):
    assert parse_nvidia_smi(text) == ()


@given(st.text())
def test_whatever_nvidia_smi_prints_is_survived(text: str):
    for gpu in parse_nvidia_smi(text):
        assert gpu.memory_total_bytes >= 0


def test_a_driver_that_does_not_know_the_capability_is_asked_without(monkeypatch):
    def answer(_program: str, query: str, _layout: str) -> str:
        return "" if "compute_cap" in query else "Quadro P1000, 471.11, 4096, 4000\n"

    monkeypatch.setattr(hardware, "_output_of", answer)
    [gpu] = hardware._nvidia_gpus()
    assert gpu.compute_capability == ""


def test_a_program_that_does_not_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(hardware, "_NVIDIA_SMI_SECONDS", 0.2)
    assert hardware._output_of(sys.executable, "-c", "import time; time.sleep(30)") == ""
    assert hardware._output_of("no-such-program-anywhere") == ""
    assert hardware._output_of(sys.executable, "-c", "print('x'); raise SystemExit(9)") == ""


@pytest.mark.parametrize(
    ("driver", "capability", "build"),
    [
        ("581.29", "8.9", "cu130"),
        ("580.65", "", "cu130"),
        ("581.29", "6.1", "cu126"),  # Pascal: CUDA 13 no longer runs on it
        ("560.94", "8.6", "cu126"),
        ("471.11", "7.5", ""),
        ("[N/A]", "", ""),
    ],
)
def test_the_build_of_torch_fits_driver_and_card(driver: str, capability: str, build: str):
    gpu = dataclasses.replace(LAPTOP, driver_version=driver, compute_capability=capability)
    assert cuda_build_for(gpu) == build


def test_a_card_with_a_torch_that_cannot_use_it_gets_the_exact_command(monkeypatch):
    monkeypatch.setattr(hardware, "torch_is_cpu_only", lambda: True)
    command = cpu_only_torch_fix(machine(LAPTOP))
    assert command.endswith(
        '-m pip install --upgrade --force-reinstall "torch>=2.11,<2.14" '
        "--index-url https://download.pytorch.org/whl/cu130"
    )
    assert cpu_only_torch_fix(machine()) == "", "no card, nothing to mend"
    old = dataclasses.replace(LAPTOP, driver_version="400.1")
    assert cpu_only_torch_fix(machine(old)) == "", "the driver comes first"


def test_a_card_with_a_torch_that_can_use_it_needs_no_command(monkeypatch):
    monkeypatch.setattr(hardware, "torch_is_cpu_only", lambda: False)
    assert cpu_only_torch_fix(machine(LAPTOP)) == ""


@pytest.mark.parametrize(
    ("release", "cuda_line", "expected"),
    [
        ("2.13.0+cpu", "", True),
        ("2.13.0+cu130", "", False),
        ("2.13.0", "cuda: Optional[str] = None\n", True),
        ("2.13.0", "cuda: Optional[str] = '13.0'\n", False),
        ("2.13.0", "", False),
    ],
)
def test_the_build_of_torch_is_read_from_its_files(monkeypatch, tmp_path: Path, release, cuda_line, expected):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "version.py").write_text(f"__version__ = '{release}'\n{cuda_line}", encoding="utf-8")

    class Distribution:
        def locate_file(self, name: str) -> Path:
            return tmp_path / name

    monkeypatch.setattr("importlib.metadata.version", lambda _name: release)
    monkeypatch.setattr("importlib.metadata.distribution", lambda _name: Distribution())
    assert hardware.torch_is_cpu_only() is expected


def test_the_cpu_is_chosen_when_it_is_asked_for_with_a_reason():
    assert choose_device("cpu") == ("cpu", "The CPU, as asked.")


@pytest.mark.parametrize("has_cuda", [False, True])
def test_the_card_is_chosen_when_torch_can_use_it(monkeypatch, has_cuda: bool):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "RTX 4060")
    device, reason = choose_device("auto")
    assert device == ("cuda" if has_cuda else "cpu")
    assert reason
    if not has_cuda:
        with pytest.raises(ConfigError, match="No graphics card that torch can use"):
            choose_device("cuda")


def test_the_peak_of_memory_grows_with_what_is_held_and_does_not_shrink():
    before = peak_memory_bytes()
    block = bytearray(80 << 20)
    block[::4096] = b"x" * len(block[::4096])
    held = peak_memory_bytes()
    del block
    assert held >= before + (60 << 20) or before > 400 << 20
    assert peak_memory_bytes() >= held - (1 << 20)  # the kernel counts in batches


def test_a_child_does_not_inherit_the_peak_of_its_parent():
    block = bytearray(300 << 20)
    block[::4096] = b"x" * len(block[::4096])
    program = "from assistant.hardware import peak_memory_bytes; print(peak_memory_bytes())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150 << 20
