"""From a training to the report about it, on the tiny model: what a person gets, and what is kept."""

from __future__ import annotations

import json

import pytest

from adapters.evaluation import planning, verification
from adapters.evaluation_jobs import report_after_training
from adapters.jobs import run
from adapters.registry import get_adapter
from assistant import protocol
from assistant.errors import OutOfMemoryError
from tests.adapters.evaluation.adapters_to_judge import install, save_data


@pytest.fixture(autouse=True)
def short_texts(monkeypatch):
    monkeypatch.setattr(planning, "ANSWER_TOKENS", (4, 4))


@pytest.fixture
def _no_second_process(monkeypatch):
    """What is checked at saving has tests of its own, and takes as long as all of these."""
    monkeypatch.setattr(verification, "verify", lambda *_arguments: [])


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


@pytest.mark.usefixtures("_no_second_process")
def test_a_training_ends_with_a_report_that_is_kept_with_the_adapter_and_summed_up_on_its_card(session, pairs):
    result = train(session, pairs)[-1].result
    shown = list(run(protocol.ShowEvaluation(job="s", name="bio"), session))[-1].result
    on_card = get_adapter("bio").card["scores"]["evaluation"]
    assert result["evaluation"] == on_card
    assert shown["verdict"] == on_card["verdict"] == "worth_it"
    assert [system["key"] for system in shown["systems"]] == ["base", "examples", "adapter"]
    assert on_card["loss_after"] < on_card["loss_before"]
    by_language = [probes["language"] for probes in shown["forgetting"]["probes"]]
    assert by_language == ["", "it", "en"]
    assert shown["lineage"]["run"]["curve"]
    assert shown["lineage"]["data"]["examples"] == result["examples"]
    assert shown["data"]["name"] == get_adapter("bio").card["data"]["name"] == "pairs"


def after_training(session, record, should_stop=lambda: False):
    """What `report_after_training` says and gives."""
    asked = protocol.Train(job="t", data="notes", name=record.name)
    job, told = report_after_training(asked, record, "cpu", session, should_stop), []
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return [event for event in told if isinstance(event, protocol.Notice)], end.value
        told.append(event)


def test_a_report_that_is_stopped_leaves_the_adapter_and_says_how_to_get_it(loaded, shared_engine):
    record = install(shared_engine, save_data())
    (notice,), summary = after_training(loaded, record, lambda: True)
    assert summary == {}
    assert (notice.level, "is ready" in notice.message, "sunto evaluate bio" in notice.hint) == ("info", True, True)
    assert get_adapter("bio").version == 1


def test_a_report_that_fails_fails_no_training(loaded, shared_engine, monkeypatch):
    record = install(shared_engine, save_data())

    def short(*_arguments, **_options):
        raise OutOfMemoryError("Memory ran out.", "Close other programs.")
        yield

    monkeypatch.setattr(type(shared_engine), "score", short)
    (notice,), summary = after_training(loaded, record)
    assert summary == {}
    assert (notice.level, notice.hint) == ("warning", "Close other programs.")
    assert "Memory ran out." in notice.message


def test_an_adapter_of_another_base_is_named_as_that_and_nothing_is_said_of_its_figures(loaded, shared_engine):
    record = install(shared_engine, save_data())
    card = {**record.card, "base": {**record.card["base"], "weights_sha256": "0" * 64}}
    (record.directory / "sunto.json").write_text(json.dumps(card), encoding="utf-8")
    report = list(run(protocol.Evaluate(job="e", name="bio", texts=1), loaded))[-1].result
    assert report["verdict"] == "broken"
    assert "other_base" in {fault["name"] for fault in report["faults"]}
    gaps = {(gap["what"], gap["why"]) for gap in report["not_judged"]}
    assert {("adapter", "broken"), ("forgetting", "broken")} <= gaps
    assert get_adapter("bio").card["scores"]["evaluation"]["verdict"] == "broken"


def test_what_cannot_be_evaluated_is_told_before_anything_is_loaded(session):
    (nobody,) = run(protocol.Evaluate(job="e", name="nobody"), session)
    assert nobody.kind == "AdapterNotFoundError"
    (never,) = run(protocol.ShowEvaluation(job="e", name="nobody"), session)
    assert never.kind == "AdapterNotFoundError"


def evaluated(session, data):
    """The report on the adapter with this data, and what was told."""
    events = list(run(protocol.Evaluate(job="e", name="bio", data=str(data), texts=2, forgetting=False), session))
    return events[-1].result, [event.message for event in events if isinstance(event, protocol.Notice)]


def test_rows_without_a_summary_are_written_about_and_counted(loaded, shared_engine, tmp_path):
    install(shared_engine)
    rows = [{"document": f"Of {kind} there are many on this page."} for kind in ("plants", "rivers", "laws")]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    report, _told = evaluated(loaded, path)
    assert (report["data"]["without_reference"], report["data"]["written"]) == (3, 2)
    assert ("loss", "no_references") in {(gap["what"], gap["why"]) for gap in report["not_judged"]}
    path.write_text(json.dumps({**rows[0], "summary": "Many plants."}) + "\n" + json.dumps(rows[1]), encoding="utf-8")
    report, _told = evaluated(loaded, path)
    assert (report["data"]["without_reference"], report["data"]["examples"]) == (1, 2)


def test_data_with_nothing_in_it_is_told_and_the_rest_is_judged(loaded, shared_engine, tmp_path):
    install(shared_engine)
    (tmp_path / "rows.jsonl").write_text('{"document": "", "summary": ""}\n', encoding="utf-8")
    report, told = evaluated(loaded, tmp_path / "rows.jsonl")
    assert told
    assert "no_test_data" in {gap["why"] for gap in report["not_judged"]}
    (nothing,) = run(protocol.Evaluate(job="e", name="bio", data="no such thing"), loaded)
    assert nothing.kind == "DatasetError"


def test_a_report_on_nothing_takes_no_place_of_one_on_documents(loaded, shared_engine, tmp_path):
    install(shared_engine, save_data())
    asked = protocol.Evaluate(job="e", name="bio", texts=0, forgetting=False)
    assert list(run(asked, loaded))[-1].result["data"]["documents"] == 5
    (tmp_path / "rows.jsonl").write_text('{"document": "", "summary": ""}\n', encoding="utf-8")
    _report, told = evaluated(loaded, tmp_path / "rows.jsonl")
    assert any("made before stays" in message for message in told)
    kept = list(run(protocol.ShowEvaluation(job="s", name="bio"), loaded))[-1].result
    assert kept["data"]["documents"] == 5


def test_data_that_only_has_the_name_of_what_a_stranger_trained_on_is_not_taken_for_it(loaded, shared_engine):
    save_data()
    data = {"name": "notes", "file": "notes", "sha256": "0" * 64}
    install(shared_engine, data=data, source={"file": "from-a-friend.zip"})
    report = list(run(protocol.Evaluate(job="e", name="bio", forgetting=False), loaded))[-1].result
    assert "no_test_data" in {gap["why"] for gap in report["not_judged"]}
    install(shared_engine, data=data)
    report = list(run(protocol.Evaluate(job="e", name="bio", texts=0, forgetting=False), loaded))[-1].result
    assert report["data"]["documents"] == 5
