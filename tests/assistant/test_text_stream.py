"""Tokens become text piece by piece, and the pieces join to the decoding of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.text import TextStream
from tests.tiny_model import make_tiny_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return make_tiny_tokenizer()


def pieces_of(tokenizer, ids):
    stream = TextStream(tokenizer)
    return [stream.add(token) for token in ids] + [stream.flush()]


@given(text=st.text(max_size=60))
def test_pieces_join_to_any_text(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False)
    assert "".join(pieces_of(tokenizer, ids)) == tokenizer.decode(ids, skip_special_tokens=True)


@given(text=st.text(alphabet="è€😀中 a", min_size=1, max_size=20))
def test_no_piece_holds_half_a_character(tokenizer, text):
    pieces = pieces_of(tokenizer, tokenizer.encode(text, add_special_tokens=False))
    assert "\ufffd" not in "".join(pieces)


def test_bytes_that_never_become_a_character_are_shown_as_such(tokenizer):
    half = tokenizer.encode("中", add_special_tokens=False)[:1]
    shown = "".join(pieces_of(tokenizer, half * 40 + tokenizer.encode(" end", add_special_tokens=False)))
    assert shown.endswith(" end")
    assert "\ufffd" in shown
