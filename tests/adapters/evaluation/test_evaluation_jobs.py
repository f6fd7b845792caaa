"""From a training to the report about it, on the tiny model: what a person gets, and what is kept."""

from __future__ import annotations

import json

import pytest

from adapters.evaluation import planning
from adapters.jobs import run
from adapters.registry import get_adapter
from assistant import protocol


@pytest.fixture(autouse=True)
def short_texts(monkeypatch):
    monkeypatch.setattr(planning, "ANSWER_TOKENS", (4, 4))


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    kinds = ["plants", "rivers", "poems", "planets", "markets", "bridges", "volcanoes", "songs", "cells", "laws"]
    rows = [
        {
            "document": f"Of {kind} the {number}th lecture says that {kind} of sort {number} have {number * 7} parts.",
            "summary": f"{kind.title()} of sort {number} have {number * 7} parts.",
        }
        for number, kind in enumerate(kinds * 4)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def train(session, pairs, **fields):
    given = {"data": str(pairs), "name": "bio", "epochs": 1, "r": 4, "learning_rate": 1e-2, "few": True, **fields}
    return list(run(protocol.Train(job="t", **given), session))


def test_a_training_ends_with_a_report_that_is_kept_with_the_adapter_and_summed_up_on_its_card(session, pairs):
    result = train(session, pairs)[-1].result
    shown = list(run(protocol.ShowEvaluation(job="s", name="bio"), session))[-1].result
    on_card = get_adapter("bio").card["scores"]["evaluation"]
    assert result["evaluation"] == on_card
    assert shown["verdict"] == on_card["verdict"] == "worth_it"
    assert [system["key"] for system in shown["systems"]] == ["base", "examples", "adapter"]
    assert on_card["loss_after"] < on_card["loss_before"]
