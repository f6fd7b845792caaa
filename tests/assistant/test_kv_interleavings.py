"""Documents, adapters, edits, stops and evictions in any order: what comes out of the store is what was computed.

On a model that shows every wrong hit (`kv_reader`); `test_kv_answers` does the same with the real engine.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from assistant.engine.kv_store import KVLimits, Stretch
from assistant.engine.kv_tree import Block
from tests.assistant.kv_reader import TOKEN_BYTES, Reader

OWNERS = ["base", "law", "law@2", "biology"]


@dataclass(frozen=True)
class Turn:
    """One request: a document, some of the conversation before it, and who answers from where on."""

    document: int
    """Several begin alike and part later."""
    cut: int
    """After how many tokens the document is changed; beyond its end: not at all."""
    talk: tuple[int, ...]
    owners: tuple[tuple[str, float], ...]
    """Each with the share of the prompt from which it begins."""
    answer: int
    stop_after: int | None
    keep: bool
    trouble: tuple[str, int]
    """What happens afterwards, and to which file."""

    @property
    def prompt(self) -> list[int]:
        document = [7] * 5 + [self.document // 2] * 9 + [self.document] * 8 + list(range(self.document, 20))
        document[self.cut : self.cut + 1] = [77] * (self.cut < len(document))
        return [*document, *self.talk]

    @property
    def stretches(self) -> list[Stretch]:
        first, *later = self.owners
        starts = sorted(int(share * len(self.prompt)) for _owner, share in later)
        return [Stretch(first[0], 0), *(Stretch(owner, start) for (owner, _), start in zip(later, starts, strict=True))]


turns = st.builds(
    Turn,
    document=st.integers(0, 5),
    cut=st.one_of(st.just(1000), st.integers(0, 30)),
    talk=st.lists(st.integers(0, 1), max_size=12).map(tuple),
    owners=st.lists(st.tuples(st.sampled_from(OWNERS), st.floats(0, 1, allow_nan=False)), min_size=1, max_size=3).map(
        tuple
    ),
    answer=st.integers(0, 9),
    stop_after=st.one_of(st.none(), st.none(), st.integers(0, 20)),
    keep=st.sampled_from([True, True, True, False]),
    trouble=st.tuples(
        st.sampled_from([""] * 5 + ["broken off", "forgotten", "file changed", "file cut", "file gone"]),
        st.integers(0, 40),
    ),
)


@st.composite
def limits(draw) -> KVLimits:
    memory = st.sampled_from([0, 0, 3, 17, 60, 1 << 20])
    disk = st.sampled_from([0, 60, 1 << 20, 1 << 20])
    return KVLimits(
        device_bytes=draw(memory) * TOKEN_BYTES,
        memory_bytes=draw(memory) * TOKEN_BYTES,
        disk_bytes=draw(disk) * (TOKEN_BYTES + 300),
        block_tokens=draw(st.integers(1, 9)),
    )


def make(trouble: tuple[str, int], reader: Reader, folder: Path) -> None:
    kind, number = trouble
    files = sorted(folder.rglob("*.safetensors")) or [folder / "none"]
    file = files[number % len(files)]
    if kind == "broken off":
        for layer in reader.store.values.layers[:1]:
            if layer.is_initialized:
                layer.update(layer.keys[..., :1, :], layer.values[..., :1, :])
    elif kind == "forgotten":
        reader.store.reset()
    elif kind == "file changed" and file.exists():
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 255]))
    elif kind == "file cut" and file.exists():
        file.write_bytes(file.read_bytes()[:40])
    elif kind == "file gone":
        file.unlink(missing_ok=True)


def check_books(reader: Reader, bounds: KVLimits, folder: Path) -> None:
    """No tier holds more than it may, and nothing is held, or lies on the disk, that cannot be found any more."""
    allowed = [*([bounds.device_bytes] if bounds.device_bytes else []), bounds.memory_bytes, bounds.disk_bytes]
    assert all(used <= most for used, most in zip(reader.store.used_bytes, allowed, strict=False))
    tree, tiers = reader.store._tree, reader.store._tiers
    known = set(tree.remove(Block("", (), None, tree._root.children))[1:])  # of a root with the same children: all
    assert known == {block for level in tiers._levels for block in level.kept} == set(tiers._last_use)
    assert [sum(kept.nbytes for kept in level.kept.values()) for level in tiers._levels] == reader.store.used_bytes
    assert len(list(folder.rglob("*.safetensors"))) <= (len(tiers._levels[-1].kept) if bounds.disk_bytes else 0)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(turns, min_size=2, max_size=25), limits())
def test_no_interleaving_gives_keys_of_other_tokens_or_other_owners(sequence, bounds):
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(KVLimits(**{**vars(bounds), "directory": Path(folder)}))
        known = 0
        for turn in sequence:
            known += reader.read(
                turn.prompt,
                turn.stretches,
                answer=range(40, 40 + turn.answer),
                keep=turn.keep,
                stop_after=turn.stop_after,
            )
            check_books(reader, bounds, Path(folder))
            make(turn.trouble, reader, Path(folder))
        reader.store.close()
        assert list(Path(folder).iterdir()) == []
        event("some of it was known" if known else "nothing was known")
