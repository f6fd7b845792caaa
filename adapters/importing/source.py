"""From a path to an adapter's files: where they are, what its configuration and its card say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from adapters.importing.archive import Archive
from adapters.importing.folder import Folder
from adapters.importing.reader import Reader
from adapters.importing.template import chat_template
from adapters.importing.trouble import damaged, not_found, pickled, shown, shown_path, too_large
from assistant.errors import AdapterError
from assistant.i18n import _

CONFIG_FILE = "adapter_config.json"
WEIGHTS_FILE = "adapter_model.safetensors"
CARD_FILE = "sunto.json"
MAX_WEIGHTS_BYTES = 8 << 30
"""An adapter of rank 256 on a base of 32 billion parameters, in float32, has 8.6 GB; students' have under 1 GB."""
_MAX_JSON_BYTES = 1 << 20
_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
_ARCHIVES = frozenset({".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".zst"})
_SHOWN_FOLDERS = 6


@dataclass(frozen=True)
class AdapterSource:
    """An adapter that was found. Of its weights only the size is known."""

    path: Path
    """What the person gave."""
    box: Folder | Archive
    folder: str
    """Where in the box it lies: empty, or one folder's name with a slash behind it."""
    weights_name: str
    """In the box."""
    weights_bytes: int
    config: Mapping[str, Any]
    """The contents of `adapter_config.json`; nothing in it has been checked."""
    card: Mapping[str, Any]
    """The contents of `sunto.json`; empty for adapters that Sunto did not make."""
    chat_template: str
    """The template of the tokenizer beside the weights; empty when there is none."""

    @property
    def name(self) -> str:
        """What the adapter could be called: the name of its folder or file, unchecked."""
        path, inner = self.path.resolve(), self.folder.rstrip("/")
        if not inner:
            return _stem(path)
        return f"{path.name}-{inner}" if path.is_dir() else inner

    def open_weights(self) -> AbstractContextManager[Reader]:
        return self.box.open(self.weights_name)


def read_source(path: Path) -> AdapterSource:
    """Find the adapter in a folder, a .zip, or beside a .safetensors file.

    Raises AdapterNotFoundError when there is none, AdapterCorruptError when its small files are broken, AdapterError
    for files that Sunto does not open (pickles, other archives), and when there is more than one.
    """
    path = path.expanduser()
    if path.is_dir():
        return _read_box(path, Folder(path))
    if not path.exists():
        raise not_found(path, _("there is no such file or folder"), _("Check how the path is written."))
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _read_box(path, Archive(path))
    if path.name == CONFIG_FILE:
        return _read_box(path.parent, Folder(path.parent))
    if suffix == ".safetensors":
        return _read_adapter(path, Folder(path.parent), "", path.name)
    raise _not_read(path, suffix)


def _not_read(path: Path, suffix: str) -> AdapterError:
    if suffix in _PICKLES:
        return pickled(path.name)
    if suffix in _ARCHIVES:
        hint = _("Unpack it with the program that made it, and import the folder.")
    elif suffix == ".gguf":
        hint = _("Ask its maker for the adapter as it was before it was converted: adapter_model.safetensors.")
    else:
        hint = _("Give a folder, a .zip or a .safetensors file with adapter_config.json beside it.")
    return AdapterError(_("{path} is not a file that adapters come in.").format(path=shown(path.name)), hint)


def _read_box(path: Path, box: Folder | Archive) -> AdapterSource:
    return _read_adapter(path, box, _locate(path, box), WEIGHTS_FILE)


def _locate(path: Path, box: Folder | Archive) -> str:
    """The folder the adapter is in, with a slash; empty for the top. What lies beside it (checkpoints …) is left."""
    top = box.names()
    if CONFIG_FILE in top:
        return ""
    names = box.names(deeper=True)
    folders = [name.removesuffix(CONFIG_FILE) for name in names if PurePosixPath(name).name == CONFIG_FILE]
    folders.sort(key=_by_number)
    if len(folders) == 1:
        return folders[0]
    if folders:
        listed = ", ".join(shown(folder.rstrip("/")) for folder in folders[:_SHOWN_FOLDERS])
        raise AdapterError(
            _("{path} holds more than one adapter: {names}.").format(
                path=shown_path(path), names=listed + (", …" if len(folders) > _SHOWN_FOLDERS else "")
            ),
            _("Give the path of the one you mean, for example {example}.").format(
                example=shown_path(path / folders[-1].rstrip("/"))
            )
            if path.is_dir()
            else _("Unpack it, and import the folder of the one you mean."),
        )
    if WEIGHTS_FILE in top:
        raise _no_config(path)
    raise not_found(path, _("{name} is missing").format(name=CONFIG_FILE))


def _read_adapter(path: Path, box: Folder | Archive, folder: str, weights: str) -> AdapterSource:
    names = box.names(deeper=bool(folder))
    if folder + CONFIG_FILE not in names:
        raise _no_config(path)
    if folder + weights not in names:
        raise _no_weights(path, folder, names)
    if names[folder + weights] > MAX_WEIGHTS_BYTES:
        raise too_large(weights)
    return AdapterSource(
        path=path,
        box=box,
        folder=folder,
        weights_name=folder + weights,
        weights_bytes=names[folder + weights],
        config=_read_json(box, folder + CONFIG_FILE),
        card=_read_json(box, folder + CARD_FILE) if folder + CARD_FILE in names else {},
        chat_template=chat_template(box, folder, names),
    )


def _by_number(name: str) -> list[tuple[int, str]]:
    """A key that puts `checkpoint-1000` behind `checkpoint-200`: the last is the one trained longest."""
    parts = re.split("([0-9]+)", name)
    return [(len(part) if place % 2 else 0, part) for place, part in enumerate(parts)]


def _no_config(path: Path) -> AdapterError:
    return not_found(
        path,
        _("{name} is missing").format(name=CONFIG_FILE),
        _("It says how strong the adapter is and which base it is for: ask its maker for it, and put it beside."),
    )


def _no_weights(path: Path, folder: str, names: Mapping[str, int]) -> AdapterError:
    beside = [PurePosixPath(name) for name in names if str(PurePosixPath(name).parent) == (folder.rstrip("/") or ".")]
    for name in beside:
        if name.suffix.lower() in _PICKLES and name.stem.startswith("adapter_model"):
            return pickled(name.name)
    others = [name.name for name in beside if name.suffix.lower() == ".safetensors"]
    if len(others) == 1:
        return not_found(
            path,
            _("{name} is missing").format(name=WEIGHTS_FILE),
            _("If {other} is the adapter, give the path of that file.").format(other=shown(others[0])),
        )
    return not_found(path, _("{name} is missing").format(name=WEIGHTS_FILE))


def _read_json(box: Folder | Archive, name: str) -> dict[str, Any]:
    try:
        value = json.loads(box.read(name, _MAX_JSON_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise damaged(name, _("it is not JSON")) from error
    if not isinstance(value, dict):
        raise damaged(name, _("it is not an object"))
    return cast("dict[str, Any]", value)


def _stem(path: Path) -> str:
    if path.name in (WEIGHTS_FILE, CONFIG_FILE):
        return path.parent.name
    return path.name if path.is_dir() else path.stem
