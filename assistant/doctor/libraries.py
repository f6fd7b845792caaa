"""The libraries Sunto stands on: are they there, do they fit, do they really work here."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.children import ChildEnd, run_module
from assistant.doctor.check import Check
from assistant.errors import Stopped
from assistant.hardware import Machine, torch_is_cpu_only
from assistant.i18n import _

_OUR_PACKAGES = ("assistant", "adapters", "tui")
_NAMED = ("torch", "transformers", "peft", "bitsandbytes", "textual")
_PROBE_SECONDS = 120


def examine(machine: Machine) -> Iterator[Check]:
    yield check_versions()
    yield from check_clashes()
    yield from check_torch(machine)
    yield check_pip()
    yield check_sqlite()


def check_versions() -> Check:
    """Every requirement of ours against what is installed."""
    name = _("libraries")
    wrong = list(_unmet_requirements())
    if wrong:
        return Check(
            name,
            "problem",
            _("These do not fit: {list}.").format(list="; ".join(wrong)),
            _("Install Sunto again in an environment of its own:"),
            f'"{sys.executable}" -m pip install --upgrade sunto',
        )
    return Check(name, "ok", ", ".join(f"{package} {_version(package)}" for package in _NAMED) + ".")


def _unmet_requirements() -> Iterator[str]:
    from packaging.requirements import Requirement

    try:
        requirements = importlib.metadata.requires("sunto") or []
    except importlib.metadata.PackageNotFoundError:  # run from its source tree
        requirements = list(_NAMED)
    for line in requirements:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        version = _version(requirement.name)
        if not version:
            yield _("{package} is missing").format(package=requirement.name)
        elif not requirement.specifier.contains(version, prereleases=True):
            yield _("{package} is {version}, needed is {wanted}").format(
                package=requirement.name, version=version, wanted=str(requirement.specifier)
            )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def check_clashes() -> Iterator[Check]:
    """Another package with a top-level `adapters`, `assistant` or `tui` (the index has one called adapters)."""
    home = Path(__file__).parents[2]
    owners = importlib.metadata.packages_distributions()
    found = False
    for module in _OUR_PACKAGES:
        others = sorted({owner for owner in owners.get(module, []) if owner.lower() != "sunto"})
        spec = importlib.util.find_spec(module)
        origin = Path(spec.origin).parent if spec and spec.origin else None
        if others:
            found = True
            yield Check(
                _("clash"),
                "problem",
                _("The package {others} also installs a module called “{module}”, in Sunto's place.").format(
                    others=", ".join(others), module=module
                ),
                _("Install Sunto in an environment of its own (pipx, uv tool, venv), or remove the other package:"),
                f'"{sys.executable}" -m pip uninstall {" ".join(others)}',
            )
        elif origin is not None and origin.parent.resolve() != home.resolve():
            found = True
            yield Check(
                _("clash"),
                "problem",
                _("The module “{module}” is loaded from {origin}, which is not Sunto's.").format(
                    module=module, origin=origin
                ),
                _("Start Sunto from another folder, or rename that one."),
            )
    if not found:
        yield Check(_("clash"), "ok", _("No other package is in Sunto's place."))


def check_torch(machine: Machine) -> Iterator[Check]:
    """Load torch, quantize and multiply on every device, in a child process."""
    reports: list[dict[str, Any]] = []
    deadline = time.monotonic() + _PROBE_SECONDS
    try:
        end = run_module(
            "assistant.doctor.probe",
            on_line=lambda line: reports.append(json.loads(line)),
            should_stop=lambda: time.monotonic() > deadline,
            environment={"HF_HUB_OFFLINE": "1"},
        )
    except Stopped:
        end = ChildEnd(1, (_("no answer within {seconds} seconds").format(seconds=_PROBE_SECONDS),))
    yield from read_probe(reports, end, machine)


def read_probe(reports: list[dict[str, Any]], end: ChildEnd, machine: Machine) -> Iterator[Check]:
    """What the child's lines, and the way it ended, say."""
    if not reports:
        yield Check("torch", "problem", _("torch does not load: {reason}").format(reason=_last(end)), _reinstall_hint())
        return
    torch, tried = reports[0], {report["device"]: report for report in reports[1:]}
    yield _torch_check(torch, machine)
    for device in ("cpu", "cuda") if torch["cuda_available"] else ("cpu",):
        name = _("4-bit arithmetic ({device})").format(device=device)
        report = tried.get(device)
        if report is None:
            reason = _("the process ended with code {code}").format(code=end.returncode)
            yield Check(name, "problem", _("bitsandbytes crashed: {reason}.").format(reason=reason), _reinstall_hint())
        elif "error" in report:
            message = _("bitsandbytes does not work: {reason}").format(reason=report["error"])
            yield Check(name, "problem", message, _reinstall_hint())
        else:
            yield Check(name, "ok", _("A matrix was quantized and multiplied, and the result is right."))


def _torch_check(report: dict[str, Any], machine: Machine) -> Check:
    build = f"CUDA {report['cuda']}" if report["cuda"] else _("without CUDA")
    message = f"{report['torch']} ({build})."
    if machine.gpu and not report["cuda_available"] and not torch_is_cpu_only():
        return Check(
            "torch",
            "problem",
            message + " " + _("It finds no card it can use, although the driver lists one."),
            _("Update the NVIDIA driver and restart; unset CUDA_VISIBLE_DEVICES if it is set."),
        )
    return Check("torch", "ok", message)


def _last(end: ChildEnd) -> str:
    return end.talk[-1] if end.talk else _("exit code {code}").format(code=end.returncode)


def _reinstall_hint() -> str:
    return _("Install Sunto again in an environment of its own; if it stays, please report this line.")


def check_pip() -> Check:
    if importlib.util.find_spec("pip") is not None:
        return Check("pip", "ok", _("pip {version} can fetch the starter model.").format(version=_version("pip")))
    return Check(
        "pip",
        "warning",
        _("This Python has no pip, which fetches the starter model."),
        _("Add it:"),
        f'"{sys.executable}" -m ensurepip',
    )


def check_sqlite() -> Check:
    """The library searches with SQLite's full-text index, which a few builds lack."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE pages USING fts5(text)")
    except sqlite3.OperationalError:
        return Check(
            "SQLite",
            "problem",
            _("SQLite {version} was built without full-text search (FTS5).").format(version=sqlite3.sqlite_version),
            _("Use a Python from python.org, conda-forge or uv."),
        )
    finally:
        connection.close()
    return Check("SQLite", "ok", _("{version}, with full-text search.").format(version=sqlite3.sqlite_version))
