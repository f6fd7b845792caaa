"""`sunto dataset` on real notes: what is printed, what is asked in a review, how mistakes end."""

from __future__ import annotations

import io
import json
import stat
import sys
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.dataset import store
from adapters.dataset.evidence import evidence
from adapters.dataset.example import Example, Place
from assistant.i18n import set_language
from tests.conftest import SAMPLE_DOCS
from tui.cli import main
from tui.cli.dataset_example import EXCERPT_LINES, example_lines, excerpt

PAIRS = SAMPLE_DOCS / "pairs.jsonl"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e"


def said(capsys) -> tuple[str, str]:
    out, err = capsys.readouterr()
    assert not set("\x1b\x07\u202e") & set(out + err)
    return out, err


def result_of(capsys, *words: str, code: int = 0) -> dict:
    capsys.readouterr()
    assert main(["dataset", *words, "--json"]) == code
    return json.loads(said(capsys)[0])


@pytest.fixture
def pairs(capsys) -> list[str]:
    """The data set `pairs` of 36 examples; their ids."""
    assert main(["dataset", "build", str(PAIRS)]) == 0
    return result_of(capsys, "show", "pairs", "--limit", "100")["ids"]


def somebody_types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr("tui.output.Output.columns", 80)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)


def statuses() -> dict[str, str]:
    """What was said of the examples that something was said of."""
    return {item.id: item.status for item in store.load("pairs").examples if item.status != "pending"}


# --- build, list, check ------------------------------------------------------------------------------------------


def test_building_prints_what_came_of_it_and_what_to_do_next(capsys):
    assert main(["dataset", "build", str(PAIRS)]) == 0
    out, err = said(capsys)
    assert out.startswith("“pairs”: 36 examples from 1 file\n")
    assert "36 written by people (A)" in out
    assert "28 to learn from" in out
    assert "sunto dataset review pairs" in err
    assert main(["dataset", "build", str(PAIRS)]) == 6
    assert "already a data set called “pairs”" in said(capsys)[1]
    assert main(["dataset", "build", str(PAIRS), "--overwrite"]) == 0


def test_a_table_of_italian_excel_is_read_and_its_broken_rows_are_listed_by_line(capsys, tmp_path):
    file = tmp_path / "voti.csv"
    rows = [f"Il testo numero {number} parla di acqua, aria e terra.;Sintesi {number}." for number in range(30)]
    rows[3:3] = [";solo"] * 25
    file.write_text("\n".join(["Testo;Riassunto", *rows]), encoding="utf-8-sig")
    assert main(["dataset", "build", str(file)]) == 0
    out, err = said(capsys)
    assert "25 rows of voti.csv cannot be used:\n  line 5: “Testo” is missing or empty\n" in out
    assert "… and 5 more" in out
    assert "25 rows cannot be used; the rest is used." in err
    assert len(result_of(capsys, "check", "voti")["broken"]) == 25


def test_columns_of_other_names_are_said_and_an_unknown_one_names_those_there_are(capsys, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("Lecture,Gist\nA text about water and air.,Water and air.\n", encoding="utf-8")
    assert main(["dataset", "build", str(file)]) == 6
    assert "The columns are: Lecture, Gist." in said(capsys)[1]
    assert main(["dataset", "build", str(file), "--column", "text=Lectur", "--column", "target=Gist"]) == 6
    assert "Did you mean “Lecture”?" in said(capsys)[1]
    assert main(["dataset", "build", str(file), "--column", "text=Lecture", "--column", "target=Gist"]) == 0
    for wrong in ("text", "text=", "body=Lecture"):
        assert main(["dataset", "build", str(file), "--column", wrong]) == 2
        assert "--column text=COLUMN" in said(capsys)[1]


def test_a_damaged_data_set_is_named_in_the_list(capsys, pairs):
    path = store.datasets_dir() / "pairs" / store.EXAMPLES_FILE
    path.write_bytes(path.read_bytes()[:-30])
    capsys.readouterr()
    assert main(["dataset"]) == 0
    out, err = said(capsys)
    assert "“pairs” is damaged" in err
    assert "sunto dataset check pairs" in err
    assert "No data sets yet" not in out + err


def test_the_list_says_how_far_each_review_has_come(capsys, pairs):
    main(["dataset", "review", "pairs", "--accept", pairs[0]])
    capsys.readouterr()
    assert main(["dataset"]) == 0
    header, row = said(capsys)[0].splitlines()
    assert header.split()[:2] == ["name", "examples"]
    assert row.split()[:3] == ["pairs", "36", "36/0/0"]
    assert "1 of 36" in row
    assert main(["dataset", "list", "--json"]) == 0
    assert json.loads(said(capsys)[0])["datasets"][0]["statuses"]["accepted"] == 1


def test_on_80_columns_no_line_of_a_report_is_longer(capsys, monkeypatch):
    monkeypatch.setattr("tui.output.Output.columns", 80)
    main(["dataset", "build", str(SAMPLE_DOCS), "--name", "samples"])
    out = said(capsys)[0]
    for command in (["check", "samples"], ["show", "samples", "--limit", "50"], ["list"]):
        assert main(["dataset", *command]) == 0
        out += said(capsys)[0]
    assert max(map(cell_len, out.splitlines())) <= 80
    assert "passed over" in out


def test_reasons_that_differ_only_in_their_details_are_one_line(capsys, tmp_path):
    words = "The cell is the smallest unit of life and divides when it has grown"
    rows = [{"document": f"{words}. " * 3, "summary": f"The cell divides, as point {n} says."} for n in range(100, 130)]
    path = tmp_path / "points.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["dataset", "check", str(path)]) == 0
    lines = [line for line in said(capsys)[0].splitlines() if "the target has numbers" in line]
    assert lines == ["  the target has numbers that its text does not have (30)"]


def test_a_check_of_a_path_keeps_nothing(capsys):
    assert main(["dataset", "check", str(PAIRS)]) == 0
    assert said(capsys)[0].startswith("“pairs.jsonl”: 36 examples")
    assert store.list_all() == []


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["build", "gone/"], 6, "Check the name"),
        (["build"], 2, "sunto dataset build PATH"),
        (["check", "pears"], 6, "Did you mean “pairs”?"),
        (["show", "pairs", "--tier", "D"], 2, "A, B, C"),
        (["show", "pairs", "--limit", "none"], 2, "whole number"),
        (["review", "pairs", "--accept", "0123"], 6, "List its examples"),
        (["review", "pairs", "--edit", "0123"], 2, "--edit ID=TEXT"),
        (["export", "pairs", "gone/out.jsonl"], 6, "Make it first"),
        (["export", "pairs", "out.jsonl", "--format", "word"], 6, "jsonl"),
        (["remove", "pears", "--yes"], 6, "Did you mean “pairs”?"),
        (["remove", "../pairs", "--yes"], 6, "letters, digits"),
    ],
)
def test_a_mistake_ends_with_a_sentence_a_hint_and_its_code(capsys, pairs, words, code, hint):
    capsys.readouterr()
    assert main(["dataset", *words]) == code
    out, err = said(capsys)
    assert out == ""
    assert err.count("Error:") == 1
    assert hint in err


def test_text_from_notes_cannot_act_on_the_terminal(capsys, tmp_path, monkeypatch):
    file = tmp_path / "evil.jsonl"
    document = f"A text about water {HOSTILE} and about the sea and the land and the air."
    file.write_text(json.dumps({"document": document, "summary": f"Water {HOSTILE} and the sea."}), encoding="utf-8")
    assert main(["dataset", "build", str(file)]) == 0
    main(["dataset", "show", "evil", "--whole"])
    somebody_types(monkeypatch, HOSTILE, "t", "q")
    main(["dataset", "review", "evil"])
    assert "owned" not in said(capsys)[0]


# --- review ------------------------------------------------------------------------------------------------------


def test_a_review_shows_text_target_and_evidence_and_keeps_each_decision(capsys, monkeypatch, pairs):
    capsys.readouterr()
    somebody_types(monkeypatch, "a", "r", "e", "Quite another summary.", "s", "q")
    assert main(["dataset", "review", "pairs"]) == 0
    out, err = said(capsys)
    assert "Example 1 of 36 · 36 left" in out
    assert "Example 5 of 36 · 32 left" in out
    assert "pairs.jsonl, line 1 (104 words)" in out
    assert "[1] There the water falls as rain or snow." in " ".join(out.split())
    assert "Summary · from a row of the file" in out
    assert "(checked by wording)" in err
    assert "1 accepted, 1 edited, 1 rejected. All of it is kept." in err
    assert "33 examples were not looked at yet. To go on: sunto dataset review pairs" in err
    assert [statuses()[key] for key in pairs[:3]] == ["accepted", "rejected", "edited"]
    assert store.load("pairs").examples[2].target == "Quite another summary."


def test_the_next_review_goes_on_where_the_last_one_was_left(capsys, monkeypatch, pairs):
    somebody_types(monkeypatch, "a", "a")  # and then the input ends, as with Ctrl-D
    assert main(["dataset", "review", "pairs"]) == 0
    capsys.readouterr()
    somebody_types(monkeypatch, "q")
    assert main(["dataset", "review", "pairs"]) == 0
    assert "Example 1 of 34" in said(capsys)[0]


def test_undo_goes_back_one_by_one_and_takes_back_what_was_said(capsys, monkeypatch, pairs):
    somebody_types(monkeypatch, "u", "a", "s", "u", "u", "r", "q")
    assert main(["dataset", "review", "pairs"]) == 0
    assert "There is nothing to undo yet." in said(capsys)[1]
    assert statuses() == {pairs[0]: "rejected"}


def test_a_review_reads_the_data_set_for_many_examples_at_a_time(monkeypatch, pairs):
    reads, real = [], store.load
    monkeypatch.setattr(store, "load", lambda *given: reads.append(None) or real(*given))
    somebody_types(monkeypatch, "s", "q")
    main(["dataset", "review", "pairs"])
    few = len(reads)
    reads.clear()
    somebody_types(monkeypatch, *["s"] * 15, "q")
    main(["dataset", "review", "pairs"])
    assert 0 < len(reads) == few


def test_a_review_speaks_and_understands_italian(capsys, monkeypatch, pairs):
    set_language("it")
    somebody_types(monkeypatch, "accetta", "rifiuta", "modifica", "Un altro riassunto.", "salta", "indietro", "fine")
    assert main(["--lang", "it", "dataset", "review", "pairs"]) == 0
    assert sorted(statuses().values()) == ["accepted", "edited", "rejected"]


@pytest.mark.parametrize("word", ["annulla", "esci", "fine", "indietro", "testo", "text", "salta"])
def test_no_word_is_taken_for_another_by_its_first_letter(monkeypatch, pairs, word):
    somebody_types(monkeypatch, word, "q")
    assert main(["dataset", "review", "pairs"]) == 0
    assert statuses() == {}


def test_what_is_not_understood_and_an_empty_line_decide_nothing(capsys, monkeypatch, pairs):
    somebody_types(monkeypatch, "", "x", "ok", "yes", "e", "", "q")
    assert main(["dataset", "review", "pairs"]) == 0
    err = said(capsys)[1]
    assert "There is no “x” here." in err
    assert "Nothing was changed." in err
    assert statuses() == {}


def test_the_whole_text_is_shown_when_asked_for(capsys, monkeypatch, tmp_path):
    file = tmp_path / "long.jsonl"
    sentences = [f"Sentence number {number} speaks of another thing altogether." for number in range(200)]
    sentences[120] = "Volcanoes number 120 erupt where two plates of the crust collide."
    row = {"document": " ".join(sentences), "summary": "Volcanoes erupt where plates of the crust collide."}
    file.write_text(json.dumps(row), encoding="utf-8")
    main(["dataset", "build", str(file)])
    capsys.readouterr()
    somebody_types(monkeypatch, "q")
    main(["dataset", "review", "long"])
    short = said(capsys)[0]
    assert "Volcanoes number 120" in short
    assert "Sentence number 0 " not in short
    assert len(short.splitlines()) < EXCERPT_LINES + 12
    somebody_types(monkeypatch, "t", "q")
    main(["dataset", "review", "long"])
    whole = said(capsys)[0]
    assert all(f"number {number} " in " ".join(whole.split()) for number in range(200))


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_an_editor_changes_the_target_and_one_that_fails_costs_nothing(capsys, monkeypatch, pairs, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\nprintf "From the editor.\\n" > "$1"\n', encoding="utf-8")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    somebody_types(monkeypatch, "e", "q")
    monkeypatch.setenv("EDITOR", f"'{editor}'")
    assert main(["dataset", "review", "pairs"]) == 0
    assert store.load("pairs").examples[0].target == "From the editor."
    for broken in ("/nowhere/editor", "false", '"unbalanced'):
        somebody_types(monkeypatch, "e", "", "q")
        monkeypatch.setenv("EDITOR", broken)
        capsys.readouterr()
        assert main(["dataset", "review", "pairs"]) == 0
        assert "did not work" in said(capsys)[1]
    assert list(statuses().values()) == ["edited"]
    assert list(scratch.iterdir()) == []


def test_lines_that_were_joined_to_be_edited_are_no_change(monkeypatch, capsys, tmp_path):
    file = tmp_path / "lines.jsonl"
    row = {"document": "Water rises, cools and falls as rain. " * 5, "summary": "- Water rises.\n- Water falls."}
    file.write_text(json.dumps(row), encoding="utf-8")
    main(["dataset", "build", str(file)])
    somebody_types(monkeypatch, "e", "- Water rises. - Water falls.", "q")
    assert main(["dataset", "review", "lines"]) == 0
    assert "Nothing was changed." in said(capsys)[1]
    assert store.load("lines").examples[0].status == "pending"


def test_only_what_is_asked_for_is_reviewed(capsys, monkeypatch, pairs):
    main(["dataset", "review", "pairs", "--reject", ",".join(pairs[:2])])
    capsys.readouterr()
    somebody_types(monkeypatch, "a", "q")
    assert main(["dataset", "review", "pairs", "--status", "rejected"]) == 0
    assert "Example 1 of 2 · 2 left" in said(capsys)[0]
    assert sorted(statuses().values()) == ["accepted", "rejected"]
    somebody_types(monkeypatch)
    assert main(["dataset", "review", "pairs", "--tier", "C"]) == 0


@pytest.mark.parametrize("more", [[], ["--json"], ["--events"]])
def test_through_a_pipe_a_review_refuses_and_says_what_a_script_can_do(capsys, pairs, more):
    capsys.readouterr()
    assert main(["dataset", "review", "pairs", *more]) == 2
    err = said(capsys)[1]
    assert "nobody is here to answer" in err
    assert "sunto dataset show pairs --json" in err


def test_a_script_decides_by_ids(capsys, pairs):
    one, two, three, *_others = pairs
    words = ["--accept", f"{one},{two}", "--reject", three, "--edit", f"{two}=New = text", "--undo", one]
    result = result_of(capsys, "review", "pairs", *words)
    assert [(row["id"], row["decision"]) for row in result["decided"]] == [
        (one, "accept"),
        (two, "accept"),
        (three, "reject"),
        (two, "edit"),
        (one, "undo"),
    ]
    assert result["statuses"] == {"pending": 34, "accepted": 0, "edited": 1, "rejected": 1}
    assert store.load("pairs").examples[1].target == "New = text"


# --- elsewhere ---------------------------------------------------------------------------------------------------


def test_an_export_takes_its_format_from_the_name_of_the_file(capsys, pairs, tmp_path):
    main(["dataset", "review", "pairs", "--reject", pairs[0]])
    capsys.readouterr()
    target = tmp_path / "out.csv"
    assert main(["dataset", "export", "pairs", str(target)]) == 0
    out, err = said(capsys)
    assert out == f"{target}\n"
    assert "Wrote 35 examples of “pairs” to:" in err
    assert "1 rejected example was left out." in err
    assert target.read_text(encoding="utf-8-sig").startswith("id,task,")
    assert main(["dataset", "export", "pairs", str(target)]) == 6
    assert main(["dataset", "export", "pairs", str(target), "--overwrite", "--format", "messages"]) == 0
    assert json.loads(target.read_text(encoding="utf-8").splitlines()[0])["messages"]


def test_removing_asks_first_and_leaves_the_notes(capsys, monkeypatch, pairs):
    assert main(["dataset", "remove", "pairs"]) == 2
    assert "Nobody is here to answer" in said(capsys)[1]
    somebody_types(monkeypatch, "n")
    assert main(["dataset", "remove", "pairs"]) == 2
    assert store.exists("pairs")
    somebody_types(monkeypatch, "y")
    assert main(["dataset", "remove", "pairs"]) == 0
    assert not store.exists("pairs")
    assert PAIRS.exists()


# --- one example, drawn ------------------------------------------------------------------------------------------


def row_of(text: str, target: str, **fields) -> dict:
    example = Example(
        id="0" * 16,
        task="summarize",
        text=text,
        target=target,
        language="",
        tier="C",
        origin="base",
        group="g",
        place=Place(document="notes.md"),
        **fields,
    )
    return {**vars(example), "place": vars(example.place), "suspicions": [], "evidence": evidence(example)}


def test_details_that_the_text_does_not_have_stand_behind_their_sentence():
    text = "The sun heats the surface of the oceans and part of the water evaporates."
    lines = example_lines(row_of(text, "Water evaporates from the oceans. Mario Rossi found it in 1998."), 200)
    (target,) = [line.text for line in lines if "Mario" in line.text]
    assert target.endswith("Mario Rossi found it in 1998. ✖ (“Mario Rossi”, “1998”: not in the text)")


@given(st.text(max_size=400), st.text(max_size=120), st.integers(40, 120), st.booleans())
def test_whatever_an_example_says_its_lines_fit_and_nothing_acts_on_the_terminal(text, target, columns, whole):
    for line in example_lines(row_of(text, target), columns, whole=whole):
        assert cell_len(line.text) <= columns
        assert "\n" not in line.text
        assert all(0 <= start < end <= len(line.text) for start, end in line.marks)


@given(st.lists(st.sampled_from(["acqua", "aria", "terra", "fuoco", "luce."]), min_size=1, max_size=80))
def test_the_whole_text_loses_no_word(words):
    text = " ".join(words)
    drawn = " ".join(line.text for line in example_lines(row_of(text, "Un riassunto."), 60, whole=True))
    assert text in " ".join(drawn.split())


@given(
    st.lists(st.integers(1, 300), max_size=40),
    st.sets(st.integers(0, 39), max_size=5),
    st.integers(50, 900),
)
def test_an_excerpt_has_what_is_wanted_first_and_keeps_to_its_room(lengths, wanted, room):
    spans, position = [], 0
    for length in lengths:
        spans.append((position, position + length))
        position += length + 1
    places = sorted(place for place in wanted if place < len(spans))
    chosen = excerpt(spans, places, room)
    assert chosen == sorted(set(chosen))
    assert bool(chosen) == bool(spans)
    assert len(chosen) <= 1 or sum(lengths[place] + 1 for place in chosen) <= room
    if sum(lengths[place] + 1 for place in places) <= room:
        assert set(places) <= set(chosen)
