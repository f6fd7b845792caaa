"""A report whose file was damaged is called damaged, whatever part of it was hit; nothing breaks while it is shown."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import registry
from adapters.evaluation import store
from adapters.evaluation.html import render
from adapters.evaluation.report import FORMAT, Report
from adapters.evaluation.saved import FOLDER
from adapters.evaluation.shape import fits
from adapters.evaluation.telling import verdict_sentences
from adapters.registry import AdapterRecord
from assistant.errors import AdapterCorruptError
from tests.adapters.evaluation.sample_report import poor_report, report
from tests.adapters.registry_files import install
from tui.cli.evaluation_report import report_lines


@pytest.fixture
def record(sunto_home) -> AdapterRecord:
    install("bio", mark=1)
    return registry.get_adapter("bio")


def keep(record: AdapterRecord, content: Any) -> Path:
    path = record.directory / FOLDER / store.FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("whole", [report(), poor_report()])
def test_a_whole_report_is_read_with_what_a_newer_one_may_add(record, whole):
    keep(record, {**whole, "more": 1})
    assert store.read(record)["systems"] == whole["systems"]


@pytest.mark.parametrize(
    "damage",
    [
        {"adapter": None},
        {"data": {}},
        {"systems": [{"key": "base"}]},
        {"differences": [{}]},
        {"forgetting": {"light": "blue", "probes": [], "thresholds": [], "unprobed": []}},
        {"verdict": "splendid"},
        {"texts": "none"},
        {"lineage": {"base": []}},
        {"seconds": True},
    ],
)
def test_a_report_with_a_damaged_part_is_called_damaged_and_can_be_made_again(record, damage):
    keep(record, {**report(), **damage})
    with pytest.raises(AdapterCorruptError, match="cannot be read") as caught:
        store.read(record)
    assert "sunto evaluate" in caught.value.hint


def test_a_report_of_a_newer_sunto_is_not_called_damaged(record):
    keep(record, {"format": FORMAT + 1})
    with pytest.raises(AdapterCorruptError, match="newer Sunto") as caught:
        store.read(record)
    assert "Update Sunto" in caught.value.hint


UNTYPED = ("adapter", "settings", "base", "run", "versions", "details", "measured")
"""Parts of a report that may hold anything, as far as its types say."""


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in it whose parts have a type, with every key or index."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [pair for key in keys if key not in UNTYPED for pair in ((value, key), *places(value[key]))]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_fits_can_be_told_drawn_and_written_as_a_page(data):
    made = copy.deepcopy(report())
    container, key = data.draw(st.sampled_from(places(made)))
    if data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(st.sampled_from([None, True, -1, 0.5, "", "x", [], {}, [1], {"a": 1}]))
    if fits(made, Report):
        assert verdict_sentences(made)
        assert list(report_lines(made, 80, explained=False))
        assert render(made)
