"""Pairs become examples whose loss is on the summary alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dataset.pairs import Pair, read_pairs
from adapters.dataset.tokens import IGNORED, make_example
from assistant.errors import DatasetError


def write(tmp_path, *rows):
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


ROW = {"document": "Light becomes sugar.", "summary": "Sugar."}


def test_rows_are_read_with_their_line(tmp_path):
    file = read_pairs(write(tmp_path, ROW, "", {"document": "Perché?", "summary": "È così."}))
    assert [(pair.summary, pair.line) for pair in file.pairs] == [("Sugar.", 1), ("È così.", 3)]
    assert file.broken == ()


def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROW).encode())
    assert len(read_pairs(path).pairs) == 1


def test_broken_rows_are_left_out_and_named(tmp_path):
    file = read_pairs(write(tmp_path, ROW, "{", "[1]", {"document": "x"}, {"document": "x", "summary": "  "}, ROW))
    assert len(file.pairs) == 2
    assert [line for line, _reason in file.broken] == [2, 3, 4, 5]
    assert "summary" in file.broken[2][1]


@pytest.mark.parametrize("content", ["", "not json", '{"text": "x"}'])
def test_a_file_without_a_usable_row_says_what_a_row_looks_like(tmp_path, content):
    with pytest.raises(DatasetError) as caught:
        read_pairs(write(tmp_path, content))
    assert '{"document":' in caught.value.hint


def test_a_folder_a_missing_file_and_bytes_are_data_set_errors(tmp_path):
    binary = tmp_path / "x.jsonl"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    for path in (tmp_path, tmp_path / "missing.jsonl", binary):
        with pytest.raises(DatasetError) as caught:
            read_pairs(path)
        assert caught.value.exit_code == 6


def encode_prompt(text):
    """Three tokens of template around one token a word."""
    return [1, 2, *[10] * len(text.split()), 3]


def encode_completion(text):
    return [*[20] * len(text.split()), 0]


def test_only_the_summary_and_its_end_carry_loss():
    example = make_example(Pair("a b c", "x y", 1), encode_prompt, encode_completion, 100)
    assert example.input_ids == (1, 2, 10, 10, 10, 3, 20, 20, 0)
    assert example.labels == (*[IGNORED] * 6, 20, 20, 0)
    assert example.target_tokens == 3
    assert not example.shortened


@given(words=st.integers(1, 200), summary=st.integers(1, 30), limit=st.integers(5, 80))
def test_a_long_example_shortens_its_source_and_never_its_summary(words, summary, limit):
    pair = Pair(" ".join(["w"] * words), " ".join(["s"] * summary), 1)
    example = make_example(pair, encode_prompt, encode_completion, limit)
    if example is None:
        assert summary + 1 + 4 > limit  # not even one word of source would fit
        return
    assert len(example.input_ids) <= limit
    assert example.labels[-(summary + 1) :] == (*[20] * summary, 0)
    assert example.shortened == (words + 3 + summary + 1 > limit)
    if example.shortened:
        assert len(example.input_ids) == limit  # as much of the source as fits
