"""An adapter's files in a folder of the person's own disk. Reads regular files inside that folder, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from adapters.importing.reader import Reader
from adapters.importing.trouble import not_found, shown, shown_path, too_large, unreadable
from assistant.errors import AdapterError
from assistant.i18n import _

_MAX_ENTRIES = 20_000
"""More than this in one folder is not an adapter's; looking through a whole disk helps nobody."""


class Folder:
    """Its files by the names `adapter_config.json`, `checkpoint-200/adapter_config.json`: at most one folder deep."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """As the person gave it."""
        try:
            self._root = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, on Python 3.12 and older
            raise not_found(path, _("there is no such file or folder")) from error

    def names(self, *, deeper: bool = False) -> Mapping[str, int]:
        """Path relative to the folder, with slashes → size in bytes; `deeper`: of the folders in it as well."""
        found: dict[str, int] = {}
        with self._errors():
            for entry in _scan(self._root, _MAX_ENTRIES):
                if entry.is_file():
                    found[entry.name] = entry.stat().st_size
                elif deeper and entry.is_dir(follow_symlinks=False):
                    for inner in _scan(Path(entry.path), _MAX_ENTRIES - len(found)):
                        if inner.is_file():
                            found[f"{entry.name}/{inner.name}"] = inner.stat().st_size
        return found

    def read(self, name: str, limit: int) -> bytes:
        """The whole of a small file. Raises AdapterError where it has more than `limit` bytes."""
        with self.open(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise too_large(name)
        return data

    @contextmanager
    def open(self, name: str) -> Generator[Reader]:
        path = self._inside(name)
        with self._errors():
            file = path.open("rb")
        with file:
            yield Reader(file, self._errors)

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _inside(self, name: str) -> Path:
        """Where the file really lies. Raises AdapterError for a link that leads out of the folder."""
        try:
            real = (self._root / name).resolve(strict=True)
            regular = stat.S_ISREG(real.stat().st_mode)
        except (OSError, RuntimeError) as error:
            raise not_found(self.path, _("{name} is missing").format(name=shown(name))) from error
        if not regular:  # opening a pipe would wait for ever
            raise _not_a_file(name)
        if not real.is_relative_to(self._root) and not self._is_hub_blob(real):
            raise AdapterError(
                _("{name} is a link to a file outside of {path}; it is not followed.").format(
                    name=shown(name), path=shown_path(self.path)
                ),
                _("Copy the file itself into the folder, and import it again."),
            )
        return real

    def _is_hub_blob(self, real: Path) -> bool:
        """The hub's cache: `models--x--y/snapshots/<commit>/` holds links into `models--x--y/blobs/`."""
        repository = self._root.parent.parent
        return self._root.parent.name == "snapshots" and real.parent == repository / "blobs"


def _scan(folder: Path, limit: int) -> list[os.DirEntry[str]]:
    entries: list[os.DirEntry[str]] = []
    with os.scandir(folder) as listing:
        for entry in listing:
            if len(entries) >= limit:
                raise AdapterError(
                    _("{path} holds too many files for an adapter's folder.").format(path=shown_path(folder)),
                    _("Give the folder in which adapter_config.json lies."),
                )
            entries.append(entry)
    return sorted(entries, key=lambda entry: entry.name)


def _not_a_file(name: str) -> AdapterError:
    return AdapterError(
        _("{name} is not an ordinary file.").format(name=shown(name)),
        _("Copy the file itself into the folder, and import it again."),
    )
