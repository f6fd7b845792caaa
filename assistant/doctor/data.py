"""What Sunto keeps: the data directory, the library, the models, and who holds the accelerator."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assistant.catalogue import recommend
from assistant.config import data_dir, offline
from assistant.doctor.check import Check
from assistant.hardware import Machine
from assistant.i18n import _
from assistant.lease import AcceleratorLease
from assistant.library.disk import DiskUse, cleanable_bytes, library_use
from assistant.library.schema import MIGRATIONS
from assistant.units import format_bytes
from assistant.weights import store
from assistant.weights.disk import tree_bytes

_WORTH_CLEANING_BYTES = 10_000_000


def examine(machine: Machine) -> Iterator[Check]:
    home = data_dir()
    yield check_directory(home)
    yield check_library(home / "library.sqlite3")
    yield from check_models()
    yield check_advice(machine)
    yield check_accelerator(home)
    yield check_network()


def check_directory(home: Path) -> Check:
    name = _("data directory")
    try:
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"Sunto")
    except OSError as error:
        return Check(
            name,
            "problem",
            _("{path} cannot be written to: {reason}.").format(path=home, reason=error.strerror),
            _("Set SUNTO_HOME to a folder you can write to."),
        )
    return Check(name, "ok", str(home))


def check_library(path: Path) -> Check:
    name = _("library")
    if not path.exists():
        return Check(name, "ok", _("Nothing in it yet."))
    use = None
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
                use = library_use(connection, path), cleanable_bytes(connection, path)
        finally:
            connection.close()
    except sqlite3.Error as error:
        answer = str(error)
    if answer == "ok":
        return _healthy(name, path, *use) if use else _healthy_size(name, path)
    return Check(
        name,
        "problem",
        _("{path} is damaged: {reason}.").format(path=path, reason=answer),
        _("Rename the file to start with an empty library; your documents themselves are not in it."),
    )


def _healthy_size(name: str, path: Path) -> Check:
    return Check(name, "ok", _("{size}, in good order.").format(size=format_bytes(path.stat().st_size)))


def _healthy(name: str, path: Path, use: DiskUse, cleanable: int) -> Check:
    """What takes space, and the command that frees some where there is much to free."""
    message = _(
        "{size}, in good order: text {text}, search index {index}, finished work {units}, conversations {talk}."
    ).format(
        size=format_bytes(path.stat().st_size + use.log),
        text=format_bytes(use.text),
        index=format_bytes(use.index),
        units=format_bytes(use.units),
        talk=format_bytes(use.conversations),
    )
    if cleanable < _WORTH_CLEANING_BYTES:
        return Check(name, "ok", message)
    hint = _("About {size} of it can be freed with this command:").format(size=format_bytes(cleanable))
    return Check(name, "ok", message, hint, "sunto library clean")


def check_models() -> Iterator[Check]:
    """Each kept model, and what was begun and not finished."""
    found = False
    for manifest in store.kept_manifests():
        found = True
        model, damaged = manifest.model, store.damaged_files(manifest)
        name = _("model {name}").format(name=model.name)
        if damaged:
            yield Check(
                name,
                "problem",
                _("Missing or cut short: {files}.").format(files=", ".join(damaged)),
                _("It is made again at the next use, or now with this command:"),
                f"sunto models fetch {model.name}",
            )
        else:
            size = format_bytes(store.disk_bytes(model.name))
            yield Check(name, "ok", _("Complete, {size}.").format(size=size))
    for directory in store.unfinished():
        found = True
        yield Check(
            _("unfinished model"),
            "warning",
            _("{path} holds {size} of a model that was not finished.").format(
                path=directory, size=format_bytes(tree_bytes(directory))
            ),
            _("Fetch that model again and it goes on from there; delete the folder if you do not want it."),
        )
    if not found:
        yield Check(_("models"), "ok", _("None yet; the first use fetches the starter model (92.9 MB)."))


def check_advice(machine: Machine) -> Check:
    base, reason = recommend(machine)
    message = _("For this machine: {name}. {reason}").format(name=base.name, reason=reason)
    return Check(_("advice"), "ok", message, "", f"sunto models fetch {base.name}")


def check_accelerator(home: Path) -> Check:
    holder = AcceleratorLease(home).holder()
    if holder is None:
        return Check(_("accelerator"), "ok", _("No Sunto holds it."))
    return Check(
        _("accelerator"), "ok", _("Process {pid} holds it: {purpose}.").format(pid=holder.pid, purpose=holder.purpose)
    )


def check_network() -> Check:
    name = _("network")
    if offline():
        return Check(name, "ok", _("SUNTO_OFFLINE is set: nothing is ever fetched."))
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return Check(name, "ok", _("HF_HUB_OFFLINE is set: nothing is fetched from the hub."))
    return Check(name, "ok", _("Used only to fetch models you ask for."))
