"""Tensors as views of a file's bytes: the library's values, or none where the library has to look."""

from __future__ import annotations

import json
import struct

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError
from safetensors.torch import load, save

from assistant.engine.flat_tensors import flat_tensors

DTYPES = (torch.float32, torch.bfloat16, torch.float16)


def as_bytes(data: bytes) -> torch.Tensor:
    return torch.tensor(list(data), dtype=torch.uint8)


def a_file(shapes, dtype, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return save({f"t{n}": torch.randn(shape, generator=generator).to(dtype) for n, shape in enumerate(shapes)})


def written(header, values=b"", length=None):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + values


@given(
    st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=3), min_size=1, max_size=6),
    st.sampled_from(DTYPES),
    st.integers(0, 9),
)
@settings(deadline=None, max_examples=60)
def test_the_tensors_are_those_that_the_library_reads(shapes, dtype, seed):
    data = a_file(shapes, dtype, seed)
    found, expected = flat_tensors(as_bytes(data)), load(data)
    assert found is not None
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_a_damaged_file_gives_what_the_library_gives_or_is_left_to_it(data):
    content = bytearray(a_file([[3, 4], [2], [5, 2]], torch.float32))
    for _change in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    found = flat_tensors(as_bytes(bytes(content)))
    if found is not None:
        try:
            expected = load(bytes(content))
        except SafetensorError:
            # The library looks at more of the header; the values are within the file all the same.
            assert sum(tensor.nbytes for tensor in found.values()) <= len(content)
            return
        assert {name: tensor.shape for name, tensor in found.items()} == {n: t.shape for n, t in expected.items()}
        assert all(found[name].numpy().tobytes() == expected[name].numpy().tobytes() for name in expected)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01",
        written({}),
        written({}, length=1 << 62),
        written({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"0000"),
        written({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, b"00000000"),
        written({"a": {"dtype": "F32", "shape": [-1, -1], "data_offsets": [0, 4]}}, b"0000"),
        written({"a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}),
        written({"a": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}, b"00000000"),
        written({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"0000more"),
        written([]),
        written({"a": 3}),
    ],
)
def test_what_is_not_plain_is_left_to_the_library(content):
    assert flat_tensors(as_bytes(content)) is None
