"""What a report says, of adapters with known faults and of data with known gaps; on the tiny model."""

from __future__ import annotations

import dataclasses

import pytest

from adapters import registry
from adapters.dataset import store as datasets
from adapters.evaluation import planning, store
from adapters.evaluation.evaluation import evaluate
from adapters.evaluation.store import summed_up
from adapters.jobs import run
from adapters.session import Session
from assistant import protocol
from assistant.errors import AdapterError, AdapterNotFoundError, Stopped
from assistant.generation import ChatMessage
from assistant.library import Library
from tests.adapters.evaluation.adapters_to_judge import KINDS, about, install, save_data


@pytest.fixture(autouse=True)
def short_texts(monkeypatch):
    monkeypatch.setattr(planning, "ANSWER_TOKENS", (4, 4))


@pytest.fixture
def session(loaded):
    return loaded


@pytest.fixture
def engine(shared_engine):
    """The base that the session has in memory."""
    return shared_engine


def request(**fields):
    return protocol.Evaluate(job="e", **{"name": "bio", "forgetting": False, "texts": 2, **fields})


def report_of(session, record, dataset, should_stop=lambda: False, **fields):
    """And how far it said it was, as (done, total)."""
    job, told = evaluate(request(**fields), record, dataset, session, should_stop), []
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return end.value, told
        if isinstance(event, protocol.Progress):
            told.append((event.done, event.total))


def gaps(report):
    return {(gap["what"], gap["why"]) for gap in report["not_judged"]}


def score(report, system, metric="loss"):
    return next(found["scores"][metric]["mean"] for found in report["systems"] if found["key"] == system)


def test_losses_are_those_of_the_targets_as_answers_and_a_document_counts_as_much_as_another(session, engine):
    twice = about("plants", text="plants once more, of the same lecture", target="Still plants, and many of them.")
    dataset = datasets.save("notes", [about("plants"), twice, about("rivers")], {})
    report, _told = report_of(session, install(engine, dataset), dataset)

    def loss(*examples):
        prompts = [(planning.systems.messages(e.task, e.text, e.language), e.target) for e in examples]
        found = list(engine.score(prompts))
        return sum(nats for nats, _tokens in found) / sum(tokens for _nats, tokens in found)

    expected = (loss(about("plants"), twice) + loss(about("rivers"))) / 2
    assert score(report, "base") == pytest.approx(expected, abs=1e-6)
    assert score(report, "adapter") != pytest.approx(expected, abs=1e-3)


def test_two_documents_are_measured_but_nothing_is_claimed_of_them(session, engine):
    dataset = save_data(test=KINDS[:2])
    report, _told = report_of(session, install(engine, dataset), dataset)
    assert (report["verdict"], report["data"]["documents"], report["data"]["small"]) == ("not_judged", 2, True)
    assert ("loss", "few_documents") in gaps(report)
    assert {difference["verdict"] for difference in report["differences"]} == {"not_judged"}
    assert score(report, "adapter") > 0


def test_an_adapter_without_any_data_to_test_with_is_told_so(session, engine):
    report, _told = report_of(session, install(engine), None)
    assert report["verdict"] == "not_judged"
    assert {("loss", "no_test_data"), ("forgetting", "not_asked")} <= gaps(report)


def test_texts_without_a_reference_are_measured_in_what_needs_none(session, engine):
    dataset = save_data()
    without = tuple(
        dataclasses.replace(one, target="" if one.split == "test" else one.target) for one in dataset.examples
    )
    dataset = dataclasses.replace(dataset, examples=without)
    report, _told = report_of(session, install(engine, dataset), dataset)
    assert {("loss", "no_references"), ("rougeL", "no_references"), ("chrf", "no_references")} <= gaps(report)
    assert report["data"]["without_reference"] == 5
    metrics = {metric for system in report["systems"] for metric in system["scores"]}
    assert "unfinished" in metrics
    assert not metrics & {"loss", "rougeL", "chrf"}


def test_what_was_trained_on_is_left_out_and_named(session, engine):
    known = about("plants", split="train", group="copy.md", target="Plants, said in another way.")
    tested = [about(kind) for kind in KINDS[:5]]
    dataset = datasets.save("notes", [*tested, known, about("laws", split="train")], {})
    report, _told = report_of(session, install(engine, dataset), dataset)
    assert report["data"]["leaked"] == [about("plants").id]
    assert report["data"]["documents"] == 4
    assert "plants.md" not in {text["document"] for text in report["texts"]}


def test_where_nobody_knows_what_it_was_trained_on_the_report_says_that(session, engine):
    dataset = save_data()
    record = install(engine, dataset, data={"name": "notes", "file": "notes", "sha256": "0" * 64})
    report, _told = report_of(session, record, dataset)
    assert ("leakage", "no_run") in gaps(report)


def test_all_of_another_data_set_is_fit_to_test_with(session, engine):
    record = install(engine, save_data())
    other = save_data(test=["seas"], train=["skies", "stars"], name="other")
    report, _told = report_of(session, record, other)
    assert (report["data"]["split"], report["data"]["documents"]) == ("all", 3)


def test_without_a_person_s_summaries_in_the_test_part_those_that_chose_the_best_step_are_used(session, engine):
    dataset = save_data(split="validation", tier="B")
    report, _told = report_of(session, install(engine, dataset), dataset)
    assert (report["data"]["split"], report["data"]["documents"]) == ("validation", 5)


def test_two_examples_in_the_prompt_are_of_the_training_data_and_named(session, engine):
    dataset = save_data()
    report, _told = report_of(session, install(engine, dataset), dataset)
    shown = report["settings"]["examples_in_prompt"]
    assert len(shown) == 2
    assert set(shown) <= {example.id for example in dataset.for_training()}
    assert score(report, "examples") != score(report, "base")


def test_with_fewer_than_two_to_show_the_report_says_so(session, engine):
    dataset = save_data(train=KINDS[5:6])
    report, _told = report_of(session, install(engine, dataset), dataset)
    assert ("examples", "no_examples") in gaps(report)
    assert [system["key"] for system in report["systems"]] == ["base", "adapter"]


def test_earlier_versions_stand_beside_it_and_no_more_of_them_than_were_asked_for(session, engine):
    dataset = save_data()
    for seed in (1, 2, 3):
        record = install(engine, dataset, seed=seed)
    report, _told = report_of(session, record, dataset, earlier=1)
    assert [system["key"] for system in report["systems"]] == ["base", "examples", "adapter", "version:2"]
    assert score(report, "version:2") != score(report, "adapter")
    assert "version:2" in {difference["against"] for difference in report["differences"]}
    assert [version["version"] for version in report["lineage"]["versions"]] == [1, 2, 3]


def test_one_that_was_stopped_goes_on_where_it_was(session, engine, monkeypatch):
    dataset, measured = save_data(), []
    keeping = Library.put_unit
    monkeypatch.setattr(Library, "put_unit", lambda *unit: (measured.append(unit[1]), keeping(*unit)))
    record = install(engine, dataset)
    with pytest.raises(Stopped):
        report_of(session, record, dataset, lambda: len(measured) >= 7)
    report, told = report_of(session, record, dataset)
    assert len(measured) == len(set(measured)) == 3 * (5 + 2)  # losses and texts of three systems: none twice
    assert told[-1][0] == told[-1][1]
    again, _told = report_of(session, record, dataset)
    assert len(measured) == 21
    assert again["systems"] == report["systems"]
    assert again["differences"] == report["differences"]
    second, _told = report_of(session, install(engine, dataset, seed=2), dataset)
    assert len(measured) == 28  # only the new version
    assert score(second, "version:1") == score(report, "adapter")


def test_stemming_is_named_and_only_where_it_was_asked_for(session, engine):
    dataset = save_data()
    record = install(engine, dataset)
    plain, _told = report_of(session, record, dataset)
    stemmed, _told = report_of(session, record, dataset, stemming=True)
    assert (plain["settings"]["stemming"], set(stemmed["settings"]["stemming"])) == ("", {"en"})


def test_the_model_judges_only_where_it_was_asked_to_and_of_texts_that_both_wrote(session, engine):
    dataset = save_data()
    record = install(engine, dataset)
    unasked, _told = report_of(session, record, dataset)
    judged, _told = report_of(session, record, dataset, judge=True)
    assert unasked["judge"] is None
    assert sum(judged["judge"][key] for key in ("adapter", "other", "same")) == 2
    untold, _told = report_of(session, record, dataset, judge=True, texts=0)
    assert {("judge", "wrote_nothing"), ("texts", "not_asked")} <= gaps(untold)


def test_afterwards_the_base_answers_as_before_and_versions_give_up_their_memory(session, engine):
    dataset = save_data()
    for seed in (1, 2):
        record = install(engine, dataset, seed=seed)
    prompt = [([ChatMessage("user", "What do plants do?")], "They grow.")]
    before = list(engine.score(prompt))
    report_of(session, record, dataset)
    assert engine.adapter is None
    assert list(engine.score(prompt)) == before
    assert not [name for name in session._bank.resident if "version" in name]


def test_progress_only_grows_and_ends_at_all_of_it(session, engine):
    dataset = save_data()
    _report, told = report_of(session, install(engine, dataset), dataset)
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert len({total for _done, total in told}) == 1
    assert told[-1][0] == told[-1][1]


# --- where it is kept ------------------------------------------------------------------------------------------


def test_a_report_moves_with_its_version_and_comes_back_with_it(session, engine):
    dataset = save_data()
    record = install(engine, dataset)
    report, _told = report_of(session, record, dataset)
    store.keep("bio", report)
    second = install(engine, dataset, seed=2)
    with pytest.raises(AdapterNotFoundError):
        store.read(second)
    assert store.read(store.version_record("bio", 1)) == report
    registry.roll_back("bio")
    assert store.read(registry.get_adapter("bio")) == report
    registry.rename("bio", "law")
    assert store.read(registry.get_adapter("law")) == {**report, "adapter": {**report["adapter"], "name": "law"}}


def test_a_report_about_an_adapter_that_was_replaced_meanwhile_goes_to_the_version_it_is_about(session, engine):
    dataset = save_data()
    report, _told = report_of(session, install(engine, dataset), dataset)
    install(engine, dataset, seed=2)
    store.keep("bio", report)
    assert store.read(store.version_record("bio", 1)) == report
    assert "evaluation" not in registry.get_adapter("bio").card["scores"]


def test_an_adapter_that_is_replaced_while_it_is_measured_gets_no_report_of_two(session, engine, monkeypatch):
    dataset = save_data()
    record, keeping, measured = install(engine, dataset), Library.put_unit, []

    def replace_in_the_middle(*unit):
        measured.append(unit)
        keeping(*unit)
        if len(measured) == 16:  # of three systems with 5 losses and 2 texts each, the adapter's second loss
            install(engine, dataset, seed=2)

    monkeypatch.setattr(Library, "put_unit", replace_in_the_middle)
    with pytest.raises(AdapterError, match="another one now"):
        report_of(session, record, dataset)
    assert engine.adapter is None
    with pytest.raises(AdapterNotFoundError):
        store.read(store.version_record("bio", 1))


def test_an_adapter_that_is_removed_while_it_is_measured_is_said_to_be_gone(session, engine, monkeypatch):
    dataset = save_data()
    record, keeping, measured = install(engine, dataset), Library.put_unit, []

    def remove_in_the_middle(*unit):
        measured.append(unit)
        keeping(*unit)
        if len(measured) == 16:
            registry.remove("bio")

    monkeypatch.setattr(Library, "put_unit", remove_in_the_middle)
    with pytest.raises(AdapterNotFoundError, match="any more") as caught:
        report_of(session, record, dataset)
    assert "sunto evaluate" not in caught.value.hint


def test_a_report_about_an_adapter_that_is_gone_is_kept_nowhere(session, engine):
    dataset = save_data()
    report, _told = report_of(session, install(engine, dataset), dataset)
    registry.remove("bio")
    assert store.keep("bio", report) is None
    assert not registry.adapters_dir().joinpath("bio").exists()


def test_the_card_says_what_decided_and_the_export_has_no_texts_of_the_notes(session, engine, tmp_path):
    dataset = save_data()
    report, _told = report_of(session, install(engine, dataset), dataset)
    store.keep("bio", report)
    assert registry.get_adapter("bio").card["scores"]["evaluation"] == summed_up(report)
    list(run(protocol.ExportAdapter(job="x", name="bio", path=str(tmp_path / "given")), session))
    given = [path for path in (tmp_path / "given").rglob("*") if path.is_file()]
    assert given
    assert not [path for path in given if b"plants0" in path.read_bytes()]


@pytest.mark.parametrize("damaged", ["[]", '{"format": 1}', '{"format": 1, "adap'])
def test_a_damaged_report_is_told_with_what_to_do(session, engine, damaged):
    record = install(engine, save_data())
    folder = record.directory / "evaluation"
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_text(damaged, encoding="utf-8")
    (ending,) = run(protocol.ShowEvaluation(job="s", name="bio"), session)
    assert (ending.kind, "sunto evaluate" in ending.hint) == ("AdapterCorruptError", True)


def test_a_report_is_exported_for_programs_and_never_over_something_else_unasked(session, engine, tmp_path):
    dataset = save_data()
    report, _told = report_of(session, install(engine, dataset), dataset)
    store.keep("bio", report)
    export = protocol.ExportEvaluation(job="x", name="bio", path=str(tmp_path / "report.json"))
    assert list(run(export, session))[-1].result["path"] == str(tmp_path / "report.json")
    assert list(run(export, session))[-1].kind == "ConfigError"
    (odd,) = run(dataclasses.replace(export, path=str(tmp_path / "report.doc")), Session())
    assert (odd.kind, ".html" in odd.hint) == ("ConfigError", True)
