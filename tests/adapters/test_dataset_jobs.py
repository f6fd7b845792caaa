"""Requests about data sets, from a folder of notes to a file that other programs read."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dataset import store
from adapters.dataset.example import Example, Place, example_id
from adapters.dataset.formats import read_rows
from adapters.dataset.resolve import kept, name_for, resolve
from adapters.jobs import run
from adapters.relay import Reporter
from adapters.session import Session
from assistant import protocol
from assistant.config import Settings
from assistant.errors import DatasetError
from assistant.protocol import Cancelled, Failed, Finished, Notice, Progress
from tests.conftest import SAMPLE_DOCS

WATER = (
    "The water cycle is the continuous movement of water between the sea, the air and the land. The sun heats the "
    "surface of the oceans and part of the water evaporates. The vapour rises, cools and condenses into clouds, which "
    "the wind carries over the continents. There the water falls as rain or snow. Some of it runs into rivers and "
    "returns to the sea, and some soaks into the ground and feeds springs."
)
SUMMARY = "Driven by the sun, water evaporates from the sea, falls as rain over land and returns through the rivers."
PAIRS = [json.loads(line) for line in (SAMPLE_DOCS / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def session():
    session = Session(Settings(device="cpu"))
    yield session
    session.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A note with its summary beside it, a table with a broken row, and a file that nobody reads."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "water.txt").write_text(WATER, encoding="utf-8")
    (folder / "water.summary.txt").write_text(SUMMARY, encoding="utf-8")
    rows = [f'"{pair["document"]}";"{pair["summary"]}"' for pair in PAIRS[4:12]]
    (folder / "table.csv").write_text("\n".join(["testo;riassunto", *rows, ";alone"]), encoding="utf-8")
    (folder / "song.mp3").write_bytes(b"\0")
    return folder


def do(session: Session, kind: type, **fields):
    """The result, or how else it ended."""
    *_events, ending = run(kind(job="1", **fields), session)
    return ending.result if isinstance(ending, Finished) else ending


def build(session: Session, *paths: Path, **fields):
    return do(session, protocol.BuildDataset, paths=tuple(map(str, paths)), **fields)


def rows_of(session: Session, data: str = "notes", **fields) -> list[dict]:
    return do(session, protocol.ListExamples, data=data, **fields)["examples"]


# --- making ------------------------------------------------------------------------------------------------------


def test_a_folder_of_notes_becomes_a_data_set_and_what_was_left_out_is_named(session, notes):
    *events, ending = run(protocol.BuildDataset(job="1", paths=(str(notes),)), session)
    result = ending.result
    assert result["name"] == "notes"
    assert Path(result["directory"]) == store.datasets_dir() / "notes"
    assert result["by_tier"]["A"] == 9
    assert result["broken"] == [{"file": "table.csv", "line": 10, "reason": "“testo” is missing or empty"}]
    assert [row["file"] for row in result["skipped"]] == ["*.mp3"]
    assert result["verdict"] == "too_little"
    said = [event.message for event in events if isinstance(event, Notice)]
    assert said == ["1 row cannot be used; the rest is used.", "1 file was passed over; the rest is used."]
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert stages == {"build", "check"}
    assert store.load("notes").about["files"] == ["water.txt", "water.summary.txt", "table.csv"]


def test_every_example_of_a_kept_data_set_knows_its_split(session, notes):
    build(session, notes)
    dataset = store.load("notes")
    assert dataset.for_training()
    assert dataset.held_out()


def test_building_again_needs_leave_and_keeps_the_review(session, notes):
    build(session, notes)
    first = rows_of(session)[0]
    do(session, protocol.ReviewExample, data="notes", example=first["id"], decision="edit", target="Mine.")
    refused = build(session, notes)
    assert (refused.kind, refused.exit_code) == ("DatasetError", 6)
    assert "--overwrite" in refused.hint

    assert build(session, notes, overwrite=True)["by_status"]["edited"] == 1
    (again,) = rows_of(session, status="edited")
    assert (again["id"], again["target"], again["original"], again["tier"]) == (
        first["id"],
        "Mine.",
        first["target"],
        "A",
    )


def test_another_folder_of_the_same_name_gets_a_data_set_of_its_own(session, notes, tmp_path):
    other = tmp_path / "elsewhere" / "notes"
    other.mkdir(parents=True)
    (other / "w.jsonl").write_text(json.dumps({"document": WATER, "summary": SUMMARY}), encoding="utf-8")
    assert build(session, notes)["name"] == "notes"
    second = build(session, other)["name"]
    assert second.startswith("notes-")
    assert name_for([other]) == second
    assert len(kept(str(other)).examples) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tiers": "XA"}, "Examples cannot be made of “XA”."),
        ({"tiers": ""}, "Examples cannot be made of “”."),
        ({"language": "fr"}, "“fr”"),
        ({"name": "a/b"}, "“a/b” cannot be a data set's name."),
        ({"name": "base"}, "“base” cannot be a data set's name."),
        ({"columns": (("text", "nowhere"),)}, "nowhere"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_kept(session, notes, fields, words):
    failed = build(session, notes / "table.csv", **fields)
    assert isinstance(failed, Failed)
    assert words in failed.message
    assert failed.hint
    assert store.list_all() == []


@pytest.mark.parametrize("content", ["", "   ", "not json at all", '{"document": "x"}'])
def test_a_file_without_a_usable_row_says_why(session, tmp_path, content):
    file = tmp_path / "rows.jsonl"
    file.write_text(content, encoding="utf-8")
    failed = build(session, file)
    assert (failed.kind, failed.exit_code) == ("DatasetError", 6)
    assert "rows.jsonl" in failed.message


def test_a_build_that_is_stopped_keeps_nothing(session, notes):
    *_events, ending = run(protocol.BuildDataset(job="1", paths=(str(notes),)), session, lambda: True)
    assert isinstance(ending, Cancelled)
    assert store.list_all() == []


def test_a_locked_document_is_passed_over_or_opened_with_its_password(session, tmp_path, sample_docs):
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / "dna.pdf").write_bytes((sample_docs / "dna-encrypted.pdf").read_bytes())
    (folder / "water.txt").write_text(WATER, encoding="utf-8")
    (folder / "water.summary.txt").write_text(SUMMARY, encoding="utf-8")
    assert "locked" in build(session, folder)["skipped"][0]["reason"]
    opened = build(session, folder, password="sunto", overwrite=True)
    assert opened["skipped"] == []
    assert "sunto" not in json.dumps(store.load("locked").about)
    assert "dna.pdf" in opened["files"]


# --- what the model writes ---------------------------------------------------------------------------------------


class Writer:
    """In place of the base model: writes one summary of each text, and counts."""

    fingerprint = "writer"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stop_after = 1000

    def write(self, _engine, sources, _options, _should_stop, on_text):
        for done, source in enumerate(sources):
            on_text(done, len(sources), Counter())
            self.asked.append(source.place.document)
            target = f"A summary of {source.place.document}, written by the model itself."
            yield Example(
                id=example_id("summarize", source.text, target, source.place.document),
                task="summarize",
                text=source.text,
                target=target,
                language="en",
                tier="C",
                origin="base",
                group=source.group,
                place=source.place,
            )

    def is_stopped(self) -> bool:
        return len(self.asked) >= self.stop_after


@pytest.fixture
def writer(session, monkeypatch) -> Writer:
    writer = Writer()

    def bare_base(_request, _should_stop):
        yield from ()
        return writer

    monkeypatch.setattr(session, "bare_base", bare_base)
    monkeypatch.setattr("adapters.dataset.candidates.write", writer.write)
    return writer


@pytest.fixture
def three(tmp_path: Path) -> Path:
    folder = tmp_path / "three"
    folder.mkdir()
    for number, name in enumerate(("a", "b", "c")):
        (folder / f"{name}.txt").write_text(_long_text(number), encoding="utf-8")
    return folder


def _long_text(number: int) -> str:
    return "\n\n".join(pair["document"] for pair in PAIRS[2 * number : 2 * number + 2])


def test_what_the_model_wrote_is_not_written_twice(session, three, writer):
    assert build(session, three, tiers="C")["by_tier"] == {"C": 3}
    assert writer.asked == ["a.txt", "b.txt", "c.txt"]
    (three / "b.txt").write_text(_long_text(3), encoding="utf-8")
    assert build(session, three, tiers="C", overwrite=True)["by_tier"] == {"C": 3}
    assert writer.asked[3:] == ["b.txt"]


def test_a_long_document_that_the_model_writes_of_is_seen_to_go_on(session, tmp_path, writer, monkeypatch):
    monkeypatch.setattr(Reporter, "INTERVAL_SECONDS", 0)
    book = tmp_path / "book.txt"
    book.write_text("\n\n".join(_long_text(number) * 12 for number in range(4)), encoding="utf-8")
    events = run(protocol.BuildDataset(job="1", paths=(str(book),), tiers="C"), session)
    told = [event for event in events if isinstance(event, protocol.Progress) and event.stage == "write"]
    texts = len(writer.asked)
    assert texts > 3
    assert {(event.done, event.total) for event in told} == {(done, texts) for done in range(texts)}


def test_a_stopped_writer_goes_on_where_it_was(session, three, writer):
    writer.stop_after = 2
    request = protocol.BuildDataset(job="1", paths=(str(three),), tiers="C")
    *_events, ending = run(request, session, writer.is_stopped)
    assert isinstance(ending, Cancelled)
    writer.stop_after = 1000
    assert build(session, three, tiers="C")["by_tier"] == {"C": 3}
    assert sorted(writer.asked) == ["a.txt", "b.txt", "b.txt", "c.txt"]  # only what was in progress is done again


def test_no_model_is_loaded_where_nobody_asks_for_it(session, notes, monkeypatch):
    monkeypatch.setattr(session, "bare_base", lambda *_given: pytest.fail("a model was asked for"))
    assert build(session, notes, tiers="AB")["total"] >= 9


# --- what a training is given ------------------------------------------------------------------------------------


def test_a_path_is_made_into_a_data_set_once_and_again_when_its_files_change(notes):
    first = resolve(str(notes))
    assert first.name == "notes"
    assert resolve(str(notes)).about == first.about
    table = notes / "table.csv"
    table.write_text(table.read_text(encoding="utf-8") + f"\nNew {WATER};New {SUMMARY}", encoding="utf-8")
    os.utime(table, ns=(0, 0))
    second = resolve(str(notes))
    assert (second.name, len(second.examples)) == ("notes", len(first.examples) + 1)


def test_what_was_said_in_a_review_outlives_a_change_of_the_notes(session, notes):
    build(session, notes, name="mine")
    first = rows_of(session, "mine")[0]
    do(session, protocol.ReviewExample, data="mine", example=first["id"], decision="reject")
    (notes / "more.txt").write_text(f"More. {WATER}", encoding="utf-8")
    dataset = resolve(str(notes))
    assert dataset.name == "mine"
    assert [item.id for item in dataset.examples if item.status == "rejected"] == [first["id"]]
    assert first["id"] not in {item.id for item in dataset.for_training()}


def test_a_data_set_that_its_notes_have_left_behind_says_so(session, notes):
    def told() -> list[str]:
        events = run(protocol.CheckDataset(job="1", data="mine"), session)
        return [event.message for event in events if isinstance(event, Notice)]

    build(session, notes, name="mine")
    assert told() == []
    (notes / "more.txt").write_text(f"More. {WATER}", encoding="utf-8")
    assert told() == ["The notes have changed since the examples of “mine” were made of them."]
    shutil.rmtree(notes)
    assert told() == []


def test_a_name_comes_before_a_path_of_the_same_spelling(notes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    resolve("notes")
    (notes / "water.txt").unlink()
    assert {item.place.document for item in resolve("notes").examples} > {"water.txt"}
    assert "water.txt" not in {item.place.document for item in resolve("./notes").examples}


def test_what_is_neither_a_name_nor_a_path_says_what_there_is(session, notes):
    build(session, notes)
    for ask in (resolve, kept):
        with pytest.raises(DatasetError) as caught:
            ask("notse")
        assert "Did you mean “notes”?" in caught.value.hint


@pytest.mark.parametrize("typed", ["/tmp/no-such-folder/exam.csv", "./exam.csv", "notes\\exam.csv", "~/no-such-notes"])
def test_a_path_that_is_not_there_is_not_taken_for_an_unfit_name(typed):
    for ask in (resolve, kept):
        with pytest.raises(DatasetError, match="There is no file or folder"):
            ask(typed)


def test_a_path_that_nothing_was_made_of_has_no_examples_to_show(session, notes):
    failed = do(session, protocol.ListExamples, data=str(notes))
    assert "sunto dataset build" in failed.hint


@given(st.text(max_size=80))
def test_whatever_a_folder_is_called_its_data_set_has_a_name(name):
    folder = Path("/somewhere") / (name.replace("/", " ").replace("\0", "") or "x")
    assert store.check_name(name_for([folder])) == name_for([folder])


# --- looking and deciding ----------------------------------------------------------------------------------------


def test_examples_are_listed_by_what_is_asked_of_them(session, notes):
    build(session, notes)
    whole = do(session, protocol.ListExamples, data="notes")
    assert whole["total"] == len(whole["ids"]) == sum(whole["statuses"].values())
    page = do(session, protocol.ListExamples, data="notes", offset=2, limit=3)
    assert [row["id"] for row in page["examples"]] == whole["ids"][2:5]
    assert do(session, protocol.ListExamples, data="notes", limit=0)["examples"] == []
    assert {row["tier"] for row in rows_of(session, tier="A")} == {"A"}
    assert {row["split"] for row in rows_of(session, split="train")} == {"train"}
    wanted = whole["ids"][4]
    assert [row["id"] for row in rows_of(session, examples=(wanted,))] == [wanted]
    assert rows_of(session, status="rejected") == []


@pytest.mark.parametrize("field", ["status", "tier", "task", "split"])
def test_a_filter_that_is_none_names_those_there_are(session, notes, field):
    build(session, notes)
    failed = do(session, protocol.ListExamples, data="notes", **{field: "foo"})
    assert (failed.kind, failed.exit_code) == ("ConfigError", 2)
    assert "Choose one of" in failed.hint


def test_a_row_says_which_passages_bear_its_target_out_and_which_details_nothing_does(session, tmp_path):
    file = tmp_path / "one.jsonl"
    target = "The sun heats the surface of the oceans. In 1998 Mario Rossi measured it."
    file.write_text(json.dumps({"document": WATER, "summary": target}), encoding="utf-8")
    build(session, file)
    (row,) = rows_of(session, "one")
    first, second = row["evidence"]
    assert target[first["start"] : first["end"]] == "The sun heats the surface of the oceans."
    ((start, end),) = first["passages"]
    assert (first["support"], row["text"][start:end][:20]) == ("quoted", "The sun heats the su")
    assert (second["support"], second["missing"]) == ("unsupported", ["1998", "Mario Rossi"])
    assert any("1998" in doubt for doubt in row["suspicions"])


def test_decisions_count_at_once_and_can_be_undone(session, notes):
    build(session, notes)
    one, two, three, *_others = (row["id"] for row in rows_of(session))

    def say(example, decision, target=""):
        return do(session, protocol.ReviewExample, data="notes", example=example, decision=decision, target=target)

    say(one, "accept")
    say(two, "reject")
    edited = say(three, "edit", "Quite another text.")
    assert edited["example"]["target"] == "Quite another text."
    assert {key: edited["statuses"][key] for key in ("accepted", "edited", "rejected")} == {
        "accepted": 1,
        "edited": 1,
        "rejected": 1,
    }
    assert say(three, "undo")["example"]["status"] == "pending"
    assert {item.id: item.status for item in store.load("notes").examples if item.status != "pending"} == {
        one: "accepted",
        two: "rejected",
    }
    assert say(one, "praise").exit_code == 6
    assert say("0" * 16, "accept").exit_code == 6


def test_a_path_can_be_looked_at_without_keeping_anything(session, notes):
    result = do(session, protocol.CheckDataset, data=str(notes))
    assert (result["name"], result["directory"]) == ("notes", "")
    assert result["total"] >= 9
    assert len(result["broken"]) == 1
    assert store.list_all() == []
    build(session, notes)
    by_name = do(session, protocol.CheckDataset, data="notes")
    same = ("total", "by_tier", "broken", "skipped", "sentences", "verdict")
    assert {key: by_name[key] for key in same} == {key: result[key] for key in same}


# --- elsewhere ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["jsonl", "messages", "alpaca", "csv"])
def test_what_is_exported_can_be_read_again_without_what_was_rejected(session, notes, tmp_path, kind):
    build(session, notes, tiers="A")
    rejected = rows_of(session)[0]
    do(session, protocol.ReviewExample, data="notes", example=rejected["id"], decision="reject")
    target = tmp_path / f"out.{kind if kind in ('jsonl', 'csv') else 'jsonl'}"
    written = do(session, protocol.ExportDataset, data="notes", path=str(target), format=kind)
    rows = read_rows(target).examples
    assert len(rows) == written["examples"] == (9 if kind == "jsonl" else 8)
    assert written["left_out"] == 9 - written["examples"]
    assert rejected["target"] not in {row.target for row in rows if row.status != "rejected"}


def test_an_export_never_replaces_a_file_unasked(session, notes, tmp_path):
    build(session, notes)
    target = tmp_path / "out.jsonl"
    target.write_text("precious", encoding="utf-8")
    ask = {"data": "notes", "path": str(target)}
    assert do(session, protocol.ExportDataset, **ask).exit_code == 6
    assert target.read_text(encoding="utf-8") == "precious"
    assert do(session, protocol.ExportDataset, **ask, overwrite=True)["path"] == str(target)
    for wrong in (tmp_path, tmp_path / "gone" / "out.jsonl"):
        assert do(session, protocol.ExportDataset, data="notes", path=str(wrong)).exit_code == 6


def test_a_removed_data_set_is_gone_and_the_notes_stay(session, notes):
    build(session, notes)
    (listed,) = do(session, protocol.ListDatasets)["datasets"]
    assert (listed["name"], listed["paths"]) == ("notes", [str(notes)])
    assert listed["bytes"] > 0
    do(session, protocol.RemoveDataset, name="notes")
    assert do(session, protocol.ListDatasets) == {"datasets": [], "damaged": []}
    assert (notes / "water.txt").exists()
    assert do(session, protocol.RemoveDataset, name="notes").exit_code == 6


def test_a_place_in_a_row_is_where_the_text_stands(session, tmp_path):
    """What a reviewer is shown is the text itself, not something like it."""
    build(session, _note(tmp_path))
    (row,) = rows_of(session, "note", task="summarize")
    place = Place(**{**row["place"], "pages": (), "cuts": ()})
    assert place.document == "note.txt"
    assert row["text"] in WATER


def _note(folder: Path) -> Path:
    notes = folder / "note"
    notes.mkdir()
    (notes / "note.txt").write_text(WATER, encoding="utf-8")
    (notes / "note.riassunto.txt").write_text(SUMMARY, encoding="utf-8")
    return notes
