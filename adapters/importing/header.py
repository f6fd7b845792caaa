"""The header of a safetensors file, read without trusting it: names, dtypes, shapes and places, no values.

Format: 8 bytes little-endian length, so many bytes of JSON, then the tensors' bytes without gaps
(https://huggingface.co/docs/safetensors, "Format"). Memory stays in proportion to the header, whatever sizes it claims.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from adapters.importing.reader import Reader
from adapters.importing.trouble import damaged, shown
from assistant.i18n import _

BYTES: Mapping[str, int] = {"F16": 2, "BF16": 2, "F32": 4}
"""Size of one value, of the dtypes that adapters are accepted in."""
_LENGTH = struct.Struct("<Q")
_MAX_HEADER_BYTES = 4 << 20
"""An adapter on every layer of the largest dense models has a header of 200 kB."""
_MAX_DIMENSIONS = 8
_MAX_NAME_CHARACTERS = 512


@dataclass(frozen=True)
class Tensor:
    name: str
    dtype: str
    """As safetensors spells it: F32, BF16, …"""
    shape: tuple[int, ...]
    start: int
    end: int
    """Bytes behind the header."""


def read_header(reader: Reader, name: str, file_bytes: int) -> list[Tensor]:
    """The tensors in the order of their bytes; the reader then stands at the first. Raises AdapterCorruptError."""
    prefix = reader.read(_LENGTH.size)
    if len(prefix) < _LENGTH.size:
        raise damaged(name, _("it is cut off"))
    (length,) = _LENGTH.unpack(prefix)
    if length > _MAX_HEADER_BYTES or length > file_bytes - _LENGTH.size:
        raise damaged(name, _("it is cut off, or not a safetensors file"))
    data = reader.read(length)
    if len(data) < length:
        raise damaged(name, _("it is cut off"))
    try:
        entries = json.loads(data, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise damaged(name, _("its list of contents cannot be read")) from error
    if not isinstance(entries, dict):
        raise damaged(name, _("its list of contents cannot be read"))
    tensors = [
        _tensor(name, key, entry) for key, entry in cast("dict[str, Any]", entries).items() if key != "__metadata__"
    ]
    tensors.sort(key=lambda tensor: (tensor.start, tensor.end))
    _check_places(name, tensors, file_bytes - _LENGTH.size - length)
    return tensors


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _tensor(file: str, name: str, entry: Any) -> Tensor:
    fields: Any = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    dtype, shape, places = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if (
        len(name) > _MAX_NAME_CHARACTERS
        or not isinstance(dtype, str)
        or not _are_sizes(shape, _MAX_DIMENSIONS)
        or not _are_sizes(places, 2)
        or len(places) != 2
    ):
        raise damaged(file, _("what it says of {name} makes no sense").format(name=shown(name)))
    start, end = places
    if start > end or (dtype in BYTES and math.prod(shape) * BYTES[dtype] != end - start):
        raise damaged(file, _("{name} has not as many values as it says").format(name=shown(name)))
    return Tensor(name, dtype, tuple(shape), start, end)


def _are_sizes(value: Any, most: int) -> bool:
    """A short list of whole numbers that count bytes or values."""
    items = cast("list[Any]", value) if isinstance(value, list) else [None]
    return len(items) <= most and all(type(item) is int and 0 <= item < 1 << 62 for item in items)


def _check_places(file: str, tensors: list[Tensor], data_bytes: int) -> None:
    """One behind the other, from the first byte to the last."""
    place = 0
    for tensor in tensors:
        if tensor.start != place:
            raise damaged(file, _("{name} overlaps with another, or leaves a gap").format(name=shown(tensor.name)))
        place = tensor.end
    if place != data_bytes:
        raise damaged(
            file,
            _("it should hold {expected} bytes of weights, and holds {got}").format(expected=place, got=data_bytes),
        )
