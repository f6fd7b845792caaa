"""Adapters in memory: which are resident, and who goes when there is no more room.

An adapter that is asked for is read once. It answers from a slot in the device's memory (`assistant.engine.slots`); on
a graphics card a copy stays in the machine's memory, from which it comes back without its files. On a CPU both are
the same memory, and there is one copy. Whoever was not used for longest goes first; whoever is answering stays.
No file is opened for an adapter that nobody asked for, nor for one that is resident and has not changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.registry import AdapterRecord
from adapters.registry.journal import looking
from assistant.errors import OutOfMemoryError
from assistant.i18n import _

if TYPE_CHECKING:
    from assistant.engine.adapter_files import Adapter
    from assistant.engine.engine import Engine
    from assistant.engine.slots import PlacedAdapter

DEVICE_BYTES = 512 << 20
"""Seven adapters of rank 16 for a base of 4 billion weights take so much."""
HOST_BYTES = 1 << 30

Stamp = tuple[tuple[int, int, int], ...]
"""Identity, size and time of change of an adapter's files."""


@dataclass
class _Resident:
    record: AdapterRecord
    stamp: Stamp | None
    nbytes: int
    """In a slot."""
    placed: PlacedAdapter | None = None
    copy: Adapter | None = None
    """In the machine's memory, where the device has its own."""


class Bank:
    def __init__(
        self,
        engine: Engine,
        device_bytes: int = DEVICE_BYTES,
        host_bytes: int = HOST_BYTES,
        *,
        own_memory: bool | None = None,
    ) -> None:
        """`own_memory`: whether the engine's device has its own; None finds out."""
        self._engine = engine
        self._own_memory = engine.device.type != "cpu" if own_memory is None else own_memory
        self._device_bytes = device_bytes if self._own_memory else device_bytes + host_bytes
        self._host_bytes = host_bytes
        self._residents: dict[str, _Resident] = {}
        """By name, whoever was used last at the end."""

    @property
    def resident(self) -> list[str]:
        """Names of those that are in memory, whoever was used last at the end."""
        return list(self._residents)

    @property
    def in_slots(self) -> list[str]:
        """Of these, the ones that can answer at once."""
        return [name for name, resident in self._residents.items() if resident.placed]

    def record(self, name: str) -> AdapterRecord | None:
        """What was known of a resident adapter when it was read."""
        resident = self._residents.get(name)
        return resident.record if resident else None

    def use(self, record: AdapterRecord | None) -> None:
        """Answer with this adapter from now on; None is the bare base.

        Raises AdapterMismatchError and AdapterCorruptError, and then whoever answered still does; OutOfMemoryError.
        """
        self._engine.select(self._ready(record, frozenset()) if record else None)

    def load(self, records: Sequence[AdapterRecord]) -> None:
        """Let all of these be in slots at the same time, for answers side by side (`Engine.stream_many`)."""
        names = frozenset([record.name for record in records] + [self._engine.adapter or ""])
        for record in records:
            self._ready(record, names)

    def forget(self, name: str) -> None:
        """It was removed or replaced: read it again, if somebody asks for it again."""
        resident = self._residents.pop(name, None)
        if resident and resident.placed:
            self._engine.remove(resident.placed)

    def _ready(self, record: AdapterRecord, staying: frozenset[str]) -> PlacedAdapter:
        """In a slot; whoever is in `staying` keeps its own."""
        resident = self._residents.get(record.name)
        if resident is None or self._is_changed(resident, record):
            resident = self._read(record, staying)
        elif resident.placed is None and resident.copy:
            self._place(resident, resident.copy, staying)
        self._residents[record.name] = self._residents.pop(record.name)  # the last in the order
        assert resident.placed is not None
        return resident.placed

    def _is_changed(self, resident: _Resident, record: AdapterRecord) -> bool:
        """A folder that is gone is no change: what is in memory goes on answering. Nor is one while it answers."""
        stamp = _stamp(record.directory)
        return stamp not in (None, resident.stamp) and record.name not in self._engine.answering

    def _read(self, record: AdapterRecord, staying: frozenset[str]) -> _Resident:
        with _memory_errors(record.name):
            stamp, adapter = self._open(record)
            if self._own_memory:
                from assistant.engine.slots import folded

                adapter = folded(adapter, self._engine.model.dtype, pinned=self._engine.device.type == "cuda")
        itemsize = self._engine.model.dtype.itemsize
        nbytes = sum((a.numel() + b.numel()) * itemsize for a, b, _scaling in adapter.weights.values())
        resident = _Resident(record, stamp, nbytes)
        self._place(resident, adapter, staying)
        if self._own_memory:
            self._keep_copy(resident, adapter)
        return resident

    def _open(self, record: AdapterRecord) -> tuple[Stamp | None, Adapter]:
        """Both files of one version: nobody changes the registry meanwhile. Raises AdapterError."""
        from assistant.engine.adapter_files import read_adapter

        with looking():
            stamp = _stamp(record.directory)
            return stamp, dataclasses.replace(read_adapter(record.directory), name=record.name)

    def _place(self, resident: _Resident, adapter: Adapter, staying: frozenset[str]) -> None:
        """Raises AdapterMismatchError before anybody has lost a place, OutOfMemoryError."""
        self._engine.slots.check_fits(adapter)
        leaving = [self._give_up_place(other) for other in self._victims(resident, staying)]
        if before := self._residents.pop(adapter.name, None):  # read again, or back from its copy
            leaving.append(self._give_up_place(before))
        *others, last = [None, *(placed for placed in leaving if placed)]
        for placed in filter(None, others):
            self._engine.remove(placed)
        with _memory_errors(adapter.name):
            resident.placed = self._engine.place(adapter, instead_of=last)
        self._residents[adapter.name] = resident

    def _victims(self, coming: _Resident, staying: frozenset[str]) -> list[_Resident]:
        """Who leaves its slot so that this one fits, the longest unused first."""
        busy = staying | self._engine.answering
        others = [r for r in self._residents.values() if r.placed and r.record.name != coming.record.name]
        surplus = sum(other.nbytes for other in others) + coming.nbytes - self._device_bytes
        victims: list[_Resident] = []
        for other in others:
            if surplus <= 0:
                break
            if other.record.name not in busy:
                victims.append(other)
                surplus -= other.nbytes
        return victims

    def _give_up_place(self, resident: _Resident) -> PlacedAdapter | None:
        placed, resident.placed = resident.placed, None
        if resident.copy is None:
            self._residents.pop(resident.record.name, None)
        return placed

    def _keep_copy(self, resident: _Resident, adapter: Adapter) -> None:
        """In the machine's memory, as far as it goes."""
        resident.copy = adapter
        surplus = sum(other.nbytes for other in self._residents.values() if other.copy) - self._host_bytes
        for other in [other for other in self._residents.values() if other.copy]:
            if surplus <= 0:
                return
            other.copy = None
            surplus -= other.nbytes
            if other.placed is None:
                del self._residents[other.record.name]


@contextmanager
def _memory_errors(name: str) -> Generator[None]:
    """Say what it means when memory runs out. Raises OutOfMemoryError."""
    from assistant.engine.memory import is_out_of_memory

    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemoryError(
            _("There is not enough memory for the adapter “{name}”.").format(name=name),
            _("Close other programs, or answer without it (--adapter none)."),
        ) from error


def _stamp(directory: Path) -> Stamp | None:
    """None where the files are gone. Opens nothing."""
    from assistant.engine.adapter_files import CONFIG_FILE, WEIGHTS_FILE

    try:
        found = [(directory / name).stat() for name in (CONFIG_FILE, WEIGHTS_FILE)]
    except OSError:
        return None
    return tuple((file.st_ino, file.st_size, file.st_mtime_ns) for file in found)
