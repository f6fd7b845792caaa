"""What a person means by `DATA`: the name of a data set that is kept, or the path of the notes to make one of."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.dataset import store
from adapters.dataset.store import Dataset
from assistant.errors import DatasetError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.library.folders import absolute
from assistant.safe_text import one_line

if TYPE_CHECKING:
    from adapters.dataset.build import OnFile, Read

_UNFIT = re.compile(r"[^\w.-]+")
_NAME_CHARACTERS = 40
_DIGITS = 6


def resolve(
    data: str,
    read: Read | None = None,
    on_progress: OnFile | None = None,
    should_stop: ShouldStop = never_stop,
) -> Dataset:
    """The data set to train on. One that was made of a path is made again when its files have changed.

    What was said in its review stays. Examples that the base model wrote are not made again unasked: that takes long.
    `read` opens a document. Raises DatasetError, Stopped.
    """
    from adapters.dataset.build import BuildOptions, build, ignore_files
    from adapters.dataset.making import made, options_in, stamp_of
    from assistant.documents import load_document

    path = path_in(data)
    if path is None:
        return _named(data)
    known = made_of([path])
    options = options_in(known.about) if known else BuildOptions()
    stamp = stamp_of([path], options)
    if known and ("C" in options.tiers or known.about.get("stamp") == stamp):
        return known
    built = build(
        [path], options, read=read or load_document, on_progress=on_progress or ignore_files, should_stop=should_stop
    )
    new = made([path], options, stamp, built)
    return store.save(known.name if known else name_for([path]), new.examples, new.about, overwrite=True)


def kept(data: str) -> Dataset:
    """By its name, or by the path it was made of. Makes nothing. Raises DatasetError."""
    path = path_in(data)
    if path is None:
        return _named(data)
    dataset = made_of([path])
    if dataset is None:
        raise DatasetError(
            _("No examples were made of {path} yet.").format(path=path),
            _("Make them first: sunto dataset build {path}").format(path=data),
            path=path,
        )
    return dataset


def has_changed(dataset: Dataset) -> bool:
    """Whether the notes it was made of are other ones now; not where they are gone, as on another machine."""
    from adapters.dataset.making import options_in, stamp_of

    paths = [Path(path) for path in _paths(dataset)]
    if not paths or not all(path.exists() for path in paths):
        return False
    return dataset.about.get("stamp") != stamp_of(paths, options_in(dataset.about))


def path_in(data: str) -> Path | None:
    """The file or folder that is meant; None where it is the name of a data set, or nothing that is there.

    A data set's name comes before a path of the same spelling, which `./` makes a path again.
    """
    if _is_kept(data):
        return None
    path = absolute(data)
    try:
        return path if path.exists() else None
    except (OSError, ValueError):  # nothing that could be a path
        return None


def made_of(paths: Sequence[Path]) -> Dataset | None:
    """The data set that was made of exactly these: the one named after them, else the newest; None without any."""
    wanted, name = _spelled(paths), name_for(paths)
    found = [dataset for dataset in store.list_all() if _paths(dataset) == wanted]
    return max(found, key=lambda dataset: (dataset.name == name, dataset.about.get("created", "")), default=None)


def name_for(paths: Sequence[Path]) -> str:
    """What a data set made of these is called: as the first folder or file is, and the same every time.

    Where something else has that name, a few digits that stand for the paths are put behind it.
    """
    first = absolute(paths[0])
    stem = unicodedata.normalize("NFC", first.stem if first.is_file() else first.name)  # as names are kept
    name = _UNFIT.sub("-", stem).strip("-._")[:_NAME_CHARACTERS].strip("-._")
    if name and _can_be_named(name):
        known = _loaded(name)
        if (known is None and not store.exists(name)) or (known and _paths(known) == _spelled(paths)):
            return name
    digits = hashlib.sha256("\0".join(_spelled(paths)).encode("utf-8", "replace")).hexdigest()[:_DIGITS]
    return f"{name or 'notes'}-{digits}"


def _named(data: str) -> Dataset:
    """Raises DatasetError: what cannot be a name and has a slash in it was meant as a path."""
    if {"/", "\\"} & set(data) and not _can_be_named(data):
        raise DatasetError(
            _("There is no file or folder {path}.").format(path=one_line(data)),
            _("Check the name; a path with spaces needs quotes around it."),
        )
    return store.load(data)


def _is_kept(data: str) -> bool:
    return _can_be_named(data) and store.exists(data)


def _can_be_named(name: str) -> bool:
    try:
        store.check_name(name)
    except DatasetError:
        return False
    return True


def _loaded(name: str) -> Dataset | None:
    """None where there is none, or it is damaged."""
    try:
        return store.load(name) if store.exists(name) else None
    except DatasetError:
        return None


def _spelled(paths: Sequence[Path]) -> list[str]:
    return [str(absolute(path)) for path in paths]


def _paths(dataset: Dataset) -> list[str]:
    return dataset.about.get("paths") or []
