"""Every object that crosses the process boundary arrives as it left; nothing else gets in."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import protocol
from assistant.errors import ProtocolError
from assistant.protocol import MAX_LINE_BYTES, decode, encode
from assistant.protocol.registered import kinds

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = {
    "str": TEXT,
    "int": st.integers(-(2**53), 2**53),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "float | None": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "tuple[str, ...]": st.lists(TEXT, max_size=3).map(tuple),
    "tuple[tuple[str, str, str], ...]": st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=3).map(tuple),
    "tuple[tuple[str, int], ...]": st.lists(st.tuples(TEXT, st.integers(0, 2**53)), max_size=3).map(tuple),
    "tuple[tuple[str, str], ...]": st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    "dict[str, Any]": st.dictionaries(TEXT, TEXT | st.integers() | st.booleans(), max_size=3),
}


def instances():
    by_name = sorted(kinds(), key=lambda kind: kind.__name__)
    return st.sampled_from(by_name).flatmap(
        lambda kind: st.builds(kind, **{field.name: VALUES[field.type] for field in dataclasses.fields(kind)})
    )


@given(instances())
def test_what_is_encoded_decodes_to_the_same_object(item):
    line = encode(item)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == item


@given(st.binary(max_size=200))
def test_any_other_line_is_a_protocol_error(line):
    with pytest.raises(ProtocolError):
        decode(line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"event": "no_such_thing"}',
        b'{"event": "text_delta"}',
        b'{"event": "text_delta", "job": "1", "text": "x", "more": 1}',
        b'{"event": ["text_delta"]}',
        b"[" * 100_000,
        b'"' + b"x" * (MAX_LINE_BYTES + 1) + b'"',
    ],
)
def test_hostile_lines_are_refused(line):
    with pytest.raises(ProtocolError):
        decode(line)


def test_a_lone_surrogate_does_not_stop_the_stream():
    assert (
        "\ufffd" in decode(encode(protocol.TextDelta(job="1", text="a\ud800b"))).text
        or "?" in decode(encode(protocol.TextDelta(job="1", text="a\ud800b"))).text
    )
