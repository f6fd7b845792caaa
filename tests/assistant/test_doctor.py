"""What the doctor finds, and what it says to do about it."""

from __future__ import annotations

import dataclasses
import sqlite3
import sys
from pathlib import Path

import pytest

from assistant import hardware
from assistant.children import ChildEnd
from assistant.doctor import data, diagnose, libraries
from assistant.doctor import machine as machine_checks
from assistant.lease import AcceleratorLease
from assistant.weights import store
from tests.assistant.test_hardware import LAPTOP, machine
from tests.assistant.test_weights_store import keep


def by_name(checks):
    return {check.name: check for check in checks}


def test_a_healthy_machine_is_found_healthy_by_really_multiplying():
    program = (
        "import sys\n"
        "from assistant.doctor import diagnose\n"
        "for check in diagnose():\n"
        "    print(check.status, check.name, check.message, sep='|')\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = __import__("subprocess").run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    lines = dict(line.split("|")[1::-1] for line in done.stdout.splitlines())
    assert lines["4-bit arithmetic (cpu)"] == "ok"
    assert {"system", "memory", "graphics card", "torch", "SQLite", "library", "network"} <= set(lines)


# --- the machine ----------------------------------------------------------------------------------------------


def test_a_card_that_torch_cannot_use_gets_the_exact_command(monkeypatch):
    monkeypatch.setattr(hardware, "torch_is_cpu_only", lambda: True)
    monkeypatch.setattr(machine_checks, "torch_is_cpu_only", lambda: True)
    check = machine_checks.check_graphics_card(machine(LAPTOP))
    assert check.status == "problem"
    assert "built without CUDA" in check.message
    assert "7.4 GB of 8.0 GB are free" in check.message
    assert check.command.endswith("--index-url https://download.pytorch.org/whl/cu130")


def test_a_driver_too_old_comes_before_torch():
    check = machine_checks.check_graphics_card(machine(dataclasses.replace(LAPTOP, driver_version="456.1")))
    assert check.status == "problem"
    assert "too old" in check.message
    assert "newest driver" in check.hint


def test_no_card_is_no_problem():
    assert machine_checks.check_graphics_card(machine()).status == "ok"


def test_a_system_nobody_has_tried_is_said_so(monkeypatch):
    monkeypatch.setattr("platform.system", lambda: "Plan9")
    assert "Nobody of this project has tried Sunto here" in machine_checks.check_system(machine()).message


@pytest.mark.parametrize(
    ("encoding", "status"), [("utf-8", "ok"), ("UTF8", "ok"), ("cp1252", "warning"), ("", "warning")]
)
def test_a_terminal_that_cannot_write_every_letter(encoding: str, status: str):
    check = machine_checks.check_terminal(encoding)
    assert check.status == status
    assert bool(check.command) == (status == "warning")


def test_little_memory_and_little_disk_are_warned_about():
    small = dataclasses.replace(machine(), memory_total_bytes=2 << 30, disk_free_bytes=10**8)
    assert machine_checks.check_memory(small).status == "warning"
    assert machine_checks.check_disk(small).status == "warning"


# --- the libraries --------------------------------------------------------------------------------------------

TORCH = {"torch": "2.13.0+cu130", "cuda": "13.0", "cuda_available": True}
CPU = {"device": "cpu", "name": "CPU", "seconds": 0.1}


def probed(reports: list[dict], end: ChildEnd | None = None, gpu: bool = True):
    here = machine(LAPTOP) if gpu else machine()
    return by_name(libraries.read_probe(reports, end or ChildEnd(0, ()), here))


def test_a_crash_of_bitsandbytes_is_a_finding():
    checks = probed([TORCH, CPU], ChildEnd(-11, ("Segmentation fault",)))
    assert checks["4-bit arithmetic (cpu)"].status == "ok"
    assert checks["4-bit arithmetic (cuda)"].status == "problem"
    assert "code -11" in checks["4-bit arithmetic (cuda)"].message


def test_an_error_of_bitsandbytes_is_passed_on():
    checks = probed([TORCH, CPU, {"device": "cuda", "error": "RuntimeError: no kernel image"}])
    assert "no kernel image" in checks["4-bit arithmetic (cuda)"].message
    assert checks["4-bit arithmetic (cuda)"].hint


def test_a_torch_that_does_not_load_is_a_finding():
    checks = probed([], ChildEnd(1, ("ImportError: DLL load failed",)))
    assert checks["torch"].status == "problem"
    assert "DLL load failed" in checks["torch"].message


def test_a_torch_with_cuda_that_finds_no_card_is_a_finding(monkeypatch):
    monkeypatch.setattr(libraries, "torch_is_cpu_only", lambda: False)
    checks = probed([{**TORCH, "cuda_available": False}, CPU])
    assert checks["torch"].status == "problem"
    assert "driver" in checks["torch"].hint


def test_a_probe_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(libraries, "_PROBE_SECONDS", 0)
    [check] = libraries.check_torch(machine())
    assert check.status == "problem"
    assert "no answer within 0 seconds" in check.message


def test_arithmetic_that_is_off_is_not_called_right(monkeypatch):
    import torch

    from assistant.doctor import probe

    probe.multiply_nf4("cpu")
    monkeypatch.setattr("bitsandbytes.nn.modules.Linear4bit.forward", lambda _self, x: torch.zeros(x.shape[0], 64))
    with pytest.raises(ArithmeticError, match="a product is off by 100%"):
        probe.multiply_nf4("cpu")


def test_a_library_that_does_not_fit_is_named(monkeypatch):
    wanted = ["torch>=99", "psutil>=1", "no-such-package>=1", 'textual>=8; extra == "dev"']
    monkeypatch.setattr("importlib.metadata.requires", lambda _name: wanted)
    check = libraries.check_versions()
    assert check.status == "problem"
    assert "torch is " in check.message
    assert "needed is >=99" in check.message
    assert "no-such-package is missing" in check.message
    assert "psutil" not in check.message
    assert "textual" not in check.message


def test_another_package_with_our_module_names_is_named(monkeypatch):
    monkeypatch.setattr(
        "importlib.metadata.packages_distributions", lambda: {"adapters": ["adapters"], "tui": ["sunto"]}
    )
    [check] = libraries.check_clashes()
    assert check.status == "problem"
    assert "The package adapters also installs a module called “adapters”" in check.message
    assert check.command.endswith("-m pip uninstall adapters")


def test_a_module_of_our_name_loaded_from_elsewhere_is_noticed(tmp_path: Path, monkeypatch):
    (tmp_path / "tui").mkdir()
    (tmp_path / "tui" / "__init__.py").touch()
    find = libraries.importlib.util.find_spec

    def found(name: str):
        if name == "tui":
            return libraries.importlib.util.spec_from_file_location("tui", tmp_path / "tui" / "__init__.py")
        return find(name)

    monkeypatch.setattr(libraries.importlib.util, "find_spec", found)
    [check] = libraries.check_clashes()
    assert check.status == "problem"
    assert str(tmp_path / "tui") in check.message


def test_a_missing_pip_is_a_warning_with_a_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    check = libraries.check_pip()
    assert (check.status, check.command.endswith("-m ensurepip")) == ("warning", True)


def test_a_sqlite_without_full_text_search_is_a_problem(monkeypatch):
    class Connection:
        def execute(self, _statement: str) -> None:
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self) -> None:
            pass

    monkeypatch.setattr(sqlite3, "connect", lambda _path: Connection())
    assert libraries.check_sqlite().status == "problem"


# --- what is kept ---------------------------------------------------------------------------------------------


def test_a_data_directory_that_cannot_be_made_is_a_finding_not_a_crash(tmp_path: Path, monkeypatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("SUNTO_HOME", str(file / "home"))
    monkeypatch.setattr(libraries, "check_torch", lambda _machine: iter(()))
    checks = by_name(diagnose())
    assert checks["data directory"].status == "problem"
    assert "SUNTO_HOME" in checks["data directory"].hint


def test_a_data_directory_that_cannot_be_written_to_is_a_problem(tmp_path: Path, monkeypatch):
    def refuse(**_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    check = data.check_directory(tmp_path)
    assert check.status == "problem"
    assert "Permission denied" in check.message


def test_a_damaged_library_is_told_from_a_good_one(tmp_path: Path):
    path = tmp_path / "library.sqlite3"
    assert data.check_library(path).message == "Nothing in it yet."
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    assert data.check_library(path).status == "ok"
    path.write_bytes(b"not a database at all " * 100)
    assert data.check_library(path).status == "problem"


def test_damaged_and_unfinished_models_are_named_with_what_mends_them():
    keep("ada/whole")
    cut = keep("ada/cut")
    (cut.model.directory / "model.safetensors").write_bytes(b"")
    store.work_dir("ada/half").mkdir()
    checks = by_name(data.check_models())
    assert checks["model ada/whole"].status == "ok"
    assert checks["model ada/cut"].command == "sunto models fetch ada/cut"
    assert "ada--half.making" in checks["unfinished model"].message


def test_the_holder_of_the_accelerator_is_named(tmp_path: Path):
    with AcceleratorLease(tmp_path) as lease:
        lease.acquire("trains an adapter")
        assert "trains an adapter" in data.check_accelerator(tmp_path).message
    assert data.check_accelerator(tmp_path).message == "No Sunto holds it."


def test_the_offline_switches_are_seen(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert "only to fetch models" in data.check_network().message
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE" in data.check_network().message
    monkeypatch.setenv("SUNTO_OFFLINE", "1")
    assert "SUNTO_OFFLINE" in data.check_network().message
