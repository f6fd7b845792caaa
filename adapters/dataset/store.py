"""Data sets that are kept: `$SUNTO_HOME/datasets/<name>/`.

examples.jsonl   a line about the data set, then its examples as they were built; replaced as one file, never changed
review.jsonl     what people said of them since (`adapters.dataset.review`); outlives a rebuild, where the example does

All texts are kept printable: what escapes, hides or reorders text is gone before anybody sees it.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from adapters.dataset import review
from adapters.dataset.example import Example
from adapters.dataset.formats import canonical
from adapters.dataset.whole_file import replace_file
from adapters.registry import check_name as check_adapter_name
from adapters.registry import reason_of
from adapters.registry.names import folded
from assistant.config import data_dir, data_folder
from assistant.errors import AdapterError, DatasetError
from assistant.i18n import _

EXAMPLES_FILE = "examples.jsonl"
FORMAT = 1
_STALE_SECONDS = 86_400
"""A folder of a save that was killed is swept after a day; a younger one may be another process's."""


@dataclass
class Dataset:
    name: str
    directory: Path
    examples: tuple[Example, ...]
    """What people said of them applied."""
    about: dict[str, Any]
    """JSON: what it was built from and when, settings, counts, broken rows."""
    as_built: dict[str, Example] = field(default_factory=dict[str, Example], repr=False)
    """By id, before anybody said anything."""

    @property
    def sha256(self) -> str:
        """Of everything that is known of the examples, the review included."""
        digest = hashlib.sha256()
        for example in self.examples:
            digest.update(canonical.to_line(example).encode("utf-8", "replace"))
        return digest.hexdigest()

    def for_training(self) -> tuple[Example, ...]:
        return self._of("train")

    def held_out(self) -> tuple[Example, ...]:
        """What the loss never sees."""
        return self._of("validation")

    def test(self) -> tuple[Example, ...]:
        """For the report at the end: only what a person wrote or approved."""
        return tuple(example for example in self._of("test") if example.is_human)

    def _of(self, split: str) -> tuple[Example, ...]:
        return tuple(item for item in self.examples if item.split == split and item.status != "rejected")


def datasets_dir() -> Path:
    return data_dir() / "datasets"


def check_name(name: str) -> str:
    """The name in Unicode's composed form, if it can be a folder's name on every system. Raises DatasetError."""
    try:
        return check_adapter_name(name)
    except AdapterError as error:
        raise DatasetError(_("“{name}” cannot be a data set's name.").format(name=name), error.hint) from error


def folder_of(name: str) -> Path:
    """Where the data set of that name is, or would be; as for adapters, capitals make no other name.

    Raises DatasetError for what cannot be a name.
    """
    wanted = check_name(name)
    spellings = [entry for entry in _names() if folded(entry) == folded(wanted)]
    return datasets_dir() / (wanted if wanted in spellings or not spellings else min(spellings))


def exists(name: str) -> bool:
    """Raises DatasetError for what cannot be a name."""
    return (folder_of(name) / EXAMPLES_FILE).is_file()


def save(name: str, examples: Iterable[Example], about: Mapping[str, Any], overwrite: bool = False) -> Dataset:
    """Keep a data set, wholly or not at all; one built again keeps what was said of its examples.

    Of examples with one id, which say the same of the same place, the first stays.
    Raises DatasetError for a name that is taken or impossible, a full disk, and a data set without examples.
    """
    unique: dict[str, Example] = {}
    for example in examples:
        unique.setdefault(example.id, example)
    if not unique:
        raise DatasetError(
            _("The data set “{name}” would have no examples.").format(name=name),
            _("Choose a folder with notes, or a file with a text and its summary in each row."),
        )
    directory = folder_of(name)
    lines = _lines(unique.values(), about)
    data_folder("datasets", writable=True)
    try:
        if overwrite and directory.is_dir():
            replace_file(directory / EXAMPLES_FILE, lines)
        else:
            _create(directory, lines)
    except OSError as error:
        raise _unwritable(directory.name, error) from error
    return load(directory.name)


def load(name: str) -> Dataset:
    """Raises DatasetError, naming the nearest name where there is none of that one."""
    directory = folder_of(name)
    path = directory / EXAMPLES_FILE
    if not path.is_file():
        raise _not_found(name)
    about: dict[str, Any] = {}
    examples: list[Example] = []
    number = 0
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if number == 1:
                    about = _about(line)
                else:
                    examples.append(_example(line))
    except OSError as error:
        raise DatasetError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=reason_of(error)),
            _("Check the name and the folder."),
            path=path,
        ) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(directory.name, path, max(1, number)) from error
    if not number:
        raise _damaged(directory.name, path, 1)
    reviewed = review.applied(directory, examples)
    return Dataset(directory.name, directory, reviewed, about, {example.id: example for example in examples})


def list_all() -> list[Dataset]:
    """Every data set that can be read, by name; a damaged one is left out (see `survey`)."""
    return survey()[0]


def survey() -> tuple[list[Dataset], list[str]]:
    """As `list_all`, and the names of those that cannot be read: `load` says what is wrong with one."""
    found, damaged = list[Dataset](), list[str]()
    for name in sorted(_names()):
        try:
            found.append(load(name))
        except DatasetError:
            damaged.append(name)
    return found, damaged


def remove(name: str) -> None:
    """With everything that was said of its examples. Raises DatasetError."""
    directory = folder_of(name)
    if not directory.is_dir():
        raise _not_found(name)
    try:
        aside = Path(tempfile.mkdtemp(prefix=".old-", dir=datasets_dir()))
        directory.rename(aside / directory.name)  # at once: a kill from here on leaves no half of a data set
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise _unwritable(directory.name, error) from error


def _lines(examples: Iterable[Example], about: Mapping[str, Any]) -> Iterator[str]:
    yield json.dumps({"sunto_dataset": FORMAT, "about": dict(about)}, ensure_ascii=False) + "\n"
    yield from map(canonical.to_line, examples)


def _create(directory: Path, lines: Iterable[str]) -> None:
    """Raises OSError, and DatasetError where the name is taken."""
    _sweep()
    staging = Path(tempfile.mkdtemp(prefix=".new-", dir=datasets_dir()))
    try:
        whole = staging / directory.name
        whole.mkdir()
        replace_file(whole / EXAMPLES_FILE, lines)
        if directory.exists():
            raise _taken(directory.name)
        try:
            whole.rename(directory)
        except FileExistsError as error:  # another process was quicker
            raise _taken(directory.name) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _sweep() -> None:
    for entry in datasets_dir().glob(".*-*"):
        with suppress(OSError):
            if time.time() - entry.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(entry, ignore_errors=True)


def _about(line: str) -> dict[str, Any]:
    """Raises ValueError."""
    header: object = json.loads(line)
    fields = cast("dict[str, Any]", header) if isinstance(header, dict) else {}
    if fields.get("sunto_dataset") != FORMAT or not isinstance(fields.get("about"), dict):
        raise ValueError("not the first line of a data set of this format")
    return fields["about"]


def _example(line: str) -> Example:
    """Raises ValueError."""
    row: object = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("not an object")
    return canonical.from_row(cast("dict[str, Any]", row))


def _names() -> list[str]:
    try:
        return [entry.name for entry in os.scandir(datasets_dir()) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError:
        return []


def _taken(name: str) -> DatasetError:
    return DatasetError(
        _("There is already a data set called “{name}”.").format(name=name),
        _("Choose another name; on the command line, --overwrite builds it again and keeps your review."),
    )


def _not_found(name: str) -> DatasetError:
    names = sorted(_names())
    near = difflib.get_close_matches(name, names, n=1)
    return DatasetError(
        _("There is no data set called “{name}”.").format(name=name),
        _("Did you mean “{near}”?").format(near=near[0])
        if near
        else _("Kept data sets: {names}.").format(names=", ".join(names))
        if names
        else _("Build one with `sunto dataset build FOLDER --name {name}`.").format(name=name),
    )


def _damaged(name: str, path: Path, line: int) -> DatasetError:
    return DatasetError(
        _("The data set “{name}” is damaged at line {line} of {path}.").format(name=name, line=line, path=path),
        _("Build it again with --overwrite; what you said in the review stays."),
        path=path,
        line=line,
    )


def _unwritable(name: str, error: OSError) -> DatasetError:
    return DatasetError(
        _("The data set “{name}” could not be written: {reason}. Nothing was changed.").format(
            name=name, reason=reason_of(error)
        ),
        _("Look for free space and whether another program has files open in {path}, and try again.").format(
            path=datasets_dir()
        ),
    )
