"""What was handed down to what: read from cards and runs, of which strangers may have written the cards."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import registry
from adapters.evaluation.assembling import languages_of
from adapters.evaluation.held_out import trained_on, watched_with
from adapters.evaluation.lineage import lineage_of
from adapters.evaluation.planning import Plan
from adapters.evaluation.store import summed_up
from adapters.registry import AdapterRecord
from adapters.training import runs
from adapters.training.settings import TrainingSettings
from assistant.generation import GenerationConfig
from tests.adapters.dataset.some_examples import many
from tests.adapters.evaluation.sample_report import report
from tests.adapters.registry_files import install

FIELDS = ("training", "data", "scores", "held_out", "evaluation", "curve", "loss_before", "file", "sha256", "version")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=8,
)


def test_versions_that_are_only_remembered_stand_among_those_that_are_kept_the_oldest_first():
    for mark in (1, 2, 3):
        install("bio", mark, created=f"2026-11-0{mark}T10:00:00+00:00", data={"file": f"notes-{mark}"})
    registry.remove("bio", 1)
    versions = lineage_of(registry.get_adapter("bio"))["versions"]
    assert [(one["version"], one["file"], one["current"]) for one in versions] == [
        (1, "notes-1", False),
        (2, "notes-2", False),
        (3, "notes-3", True),
    ]


def test_a_version_s_losses_are_those_of_its_report_before_those_of_its_training():
    measured = summed_up(report())
    held_out = {"loss_before": 9.0, "loss_after": 8.0, "curve": ["0 9.0", "4 8.0", "nonsense"]}
    install("bio", 1, scores={"held_out": held_out}, training={"steps": 4})
    install("bio", 2, scores={"held_out": held_out, "evaluation": measured}, training={"steps": 4})
    found = lineage_of(registry.get_adapter("bio"))
    assert [one["loss_after"] for one in found["versions"]] == [8.0, measured["loss_after"]]
    assert found["run"]["held_out"] == [[0.0, 9.0], [4.0, 8.0]]


def test_the_run_of_another_data_set_is_nobody_s_curve_and_nobody_s_training_data():
    watched = replace(many(4)[3], split="validation")
    with runs.create("bio", TrainingSettings(), {"data": {"sha256": "a" * 64}}, [*many(3), watched]):
        pass
    install("bio", 1, data={"sha256": "a" * 64}, training={"steps": 1})
    assert len(trained_on(registry.get_adapter("bio"), None)) == 3
    assert watched_with(registry.get_adapter("bio")) == (watched,)
    install("bio", 2, data={"sha256": "b" * 64}, training={"steps": 1})
    assert trained_on(registry.get_adapter("bio"), None) is None
    assert watched_with(registry.get_adapter("bio")) == ()
    assert lineage_of(registry.get_adapter("bio"))["run"]["curve"] == []


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(("training", "data", "scores", "lineage", "language", "source")), JSON))
def test_whatever_stands_on_a_stranger_s_card_it_is_read_as_far_as_it_makes_sense(tmp_path_factory, card):
    record = AdapterRecord("bio", tmp_path_factory.mktemp("adapter"), "starter", 4, card=json.loads(json.dumps(card)))
    assert lineage_of(record)["versions"][-1]["current"]
    assert trained_on(record, None) is None
    nothing = Plan(*[()] * 4, GenerationConfig(), 0)
    assert all(isinstance(code, str) for code in languages_of(record, nothing))
