"""Files of rows, whatever tool wrote them, become examples; examples become files that other tools read."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.dataset.example import TASKS
from adapters.dataset.formats import FORMATS, read_rows, write_rows
from adapters.dataset.formats import reading as reading_module
from assistant.documents.encodings import decode
from assistant.errors import DatasetError
from assistant.safe_text import printable
from tests.adapters.dataset.some_examples import TARGET, TEXT, as_said, different, example, examples, many, texts


def write(folder, *rows, name="rows.jsonl"):
    path = folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def said(rows):
    return [(item.task, item.text, item.target) for item in rows.examples]


ROW = {"document": "Light becomes sugar.", "summary": "Sugar."}


def messages(*turns):
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def sharegpt(*turns):
    return {"conversations": [{"from": who, "value": value} for who, value in turns]}


PAIR = [("summarize", TEXT, TARGET)]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"document": TEXT, "summary": TARGET}, "document_summary"),
        ({"text": TEXT, "summary": TARGET}, "document_summary"),
        ({"Testo": TEXT, "Riassunto": TARGET, "id": 7}, "document_summary"),
        ({"article": TEXT, "highlights": TARGET}, "document_summary"),
        ({"prompt": TEXT, "completion": TARGET}, "prompt_completion"),
        ({"prompt": f"Summarize the following text:\n\n{TEXT}", "completion": TARGET}, "prompt_completion"),
        ({"prompt": f"{TEXT}\n\nTL;DR:", "completion": f" {TARGET}"}, "prompt_completion"),
        (
            {
                "prompt": [{"role": "user", "content": TEXT}],
                "completion": [{"role": "assistant", "content": TARGET}],
            },
            "prompt_completion",
        ),
        ({"instruction": "Summarise this.", "input": TEXT, "output": TARGET}, "alpaca"),
        ({"instruction": f"Riassumi il testo seguente:\n{TEXT}", "input": "", "output": TARGET}, "alpaca"),
        ({"instruction": TEXT, "output": TARGET}, "alpaca"),
        (messages(("user", TEXT), ("assistant", TARGET)), "messages"),
        (messages(("system", "You help."), ("user", TEXT), ("assistant", TARGET)), "messages"),
        (
            messages(
                ("user", "Hello"), ("assistant", "Hi!"), ("user", TEXT), ("assistant", TARGET), ("user", "Thanks")
            ),
            "messages",
        ),
        (messages(("user", [{"type": "text", "text": TEXT}]), ("assistant", TARGET)), "messages"),
        (messages(("user", TEXT), ("assistant", None), ("tool", "3"), ("assistant", TARGET)), "messages"),
        (sharegpt(("human", TEXT), ("gpt", TARGET)), "sharegpt"),
        (
            sharegpt(("system", "You help."), ("human", "Hi"), ("gpt", "Hi"), ("human", TEXT), ("gpt", TARGET)),
            "sharegpt",
        ),
        (sharegpt(("user", TEXT), ("model", TARGET)), "sharegpt"),
        ({"conversations": [{"role": "user", "content": TEXT}, {"role": "assistant", "content": TARGET}]}, "sharegpt"),
    ],
)
def test_a_text_and_its_summary_are_found_whatever_the_format(tmp_path, row, kind):
    rows = read_rows(write(tmp_path, row))
    assert said(rows) == PAIR
    assert rows.format == kind
    assert rows.broken == ()


def test_a_row_of_ones_own_is_written_by_a_person_and_says_where_it_stands(tmp_path):
    rows = read_rows(write(tmp_path, ROW, "", {"document": "Perché la città è più grande?", "summary": "È così."}))
    assert [(item.target, item.place.line) for item in rows.examples] == [("Sugar.", 1), ("È così.", 3)]
    first = rows.examples[0]
    assert (first.tier, first.origin, first.status, first.place.document) == ("A", "row", "pending", "rows.jsonl")
    assert first.is_human


def test_rows_about_one_text_are_never_divided_between_training_and_test(tmp_path):
    rows = read_rows(write(tmp_path, ROW, ROW | {"summary": "Light."}, ROW | {"document": "Another."})).examples
    assert rows[0].group == rows[1].group != rows[2].group


def test_two_rows_that_are_the_same_can_be_told_apart_in_a_review(tmp_path):
    rows = read_rows(write(tmp_path, ROW, ROW, ROW)).examples
    assert len({item.id for item in rows}) == 3
    again = read_rows(write(tmp_path, ROW, {"document": "New.", "summary": "N."}, ROW, ROW)).examples
    assert {item.id for item in rows} < {item.id for item in again}


def test_the_language_is_that_of_the_summary_or_of_the_text_where_it_is_too_short(tmp_path):
    long = "La fotosintesi è il processo con cui le piante trasformano la luce del sole in zuccheri, nelle foglie."
    other = (
        "Die Pflanzen machen aus dem Licht der Sonne und dem Wasser, das sie aus der Erde nehmen, den Zucker für sich."
    )
    rows = read_rows(write(tmp_path, *({"text": long, "summary": s} for s in ("Foglie e luce.", TEXT, other)))).examples
    assert [item.language for item in rows] == ["it", "en", ""]


def test_broken_rows_are_left_out_and_named(tmp_path):
    file = read_rows(
        write(
            tmp_path,
            ROW,
            "{",
            "[1]",
            {"document": "x"},
            {"document": "x", "summary": "  "},
            {"messages": []},
            messages(("user", "x")),
            {"messages": "hello"},
            {"prompt": 3, "completion": "x"},
            {"colour": "red"},
            "[" * 100_000,
            '{"document": ' + "9" * 5000 + "}",
            ROW,
        )
    )
    assert len(file.examples) == 2
    assert [line for line, _reason in file.broken] == list(range(2, 13))
    reasons = dict(file.broken)
    assert reasons[2] == "it is not JSON"
    assert "summary" in reasons[4]
    assert "question" in reasons[7]
    assert "prompt" in reasons[9]
    assert "colour" in reasons[10]


def test_ten_thousand_rows_with_200_broken_ones_take_a_few_seconds_and_lose_only_those(tmp_path):
    wrong = set(range(25, 10_001, 50))
    rows = [
        "{oh no"
        if line in wrong
        else {"document": f"{TEXT} {'More of it. ' * 80}{line}", "summary": f"{TARGET} {line}"}
        for line in range(1, 10_001)
    ]
    path = write(tmp_path, *rows)
    started = time.monotonic()
    file = read_rows(path)
    assert time.monotonic() - started < 20
    assert len(file.examples) == 9_800
    assert {line for line, _reason in file.broken} == wrong


@pytest.mark.parametrize("content", ["", "   \n\n", "not json", '{"text": "x"}'])
def test_a_file_without_a_usable_row_says_what_a_row_looks_like(tmp_path, content):
    with pytest.raises(DatasetError) as caught:
        read_rows(write(tmp_path, content))
    assert '{"document":' in caught.value.hint


def test_a_folder_a_missing_file_a_workbook_and_bytes_are_data_set_errors(tmp_path):
    binary, workbook = tmp_path / "x.jsonl", tmp_path / "x.csv"
    binary.write_bytes(b"\x00\x01\x02\x00" * 100)
    workbook.write_bytes(b"PK\x03\x04" + bytes(100))
    for path in (tmp_path, tmp_path / "missing.jsonl", binary, workbook):
        with pytest.raises(DatasetError) as caught:
            read_rows(path)
        assert caught.value.exit_code == 6
        assert caught.value.hint
    assert "CSV" in caught.value.hint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_zeros_that_a_power_cut_left_cost_their_line_alone(tmp_path):
    good = json.dumps({"document": TEXT, "summary": TARGET}).encode()
    path = tmp_path / "rows.jsonl"
    path.write_bytes(good + b"\n\0\0\0\0\n" + good + b"\n")
    rows = read_rows(path)
    assert len(rows.examples) == 2
    assert [line for line, _reason in rows.broken] == [2]
    path.write_bytes(good + b"\n" + bytes(len(good)))
    with pytest.raises(DatasetError, match="not text"):
        read_rows(path)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "rows.jsonl")
    with pytest.raises(DatasetError, match="is no file"):
        read_rows(tmp_path / "rows.jsonl")


def test_a_huge_file_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.dataset.formats.text.MAX_FILE_BYTES", 1 << 20)
    path = tmp_path / "huge.jsonl"
    path.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(DatasetError, match="larger than 1 MB"):
        read_rows(path)


def test_a_file_of_endless_rows_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading_module, "MAX_ROWS", 10)
    with pytest.raises(DatasetError, match="more than 10 rows"):
        read_rows(write(tmp_path, *["{"] * 11))


def test_a_text_beyond_all_measure_costs_its_row_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.dataset.formats.row.MAX_TEXT_CHARACTERS", 1000)
    rows = read_rows(write(tmp_path, ROW | {"document": "x" * 1001}, ROW))
    assert len(rows.examples) == 1
    assert "1,000 characters" in rows.broken[0][1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_survive_every_encoding_that_windows_writes(tmp_path, encoding):
    path = tmp_path / "rows.jsonl"
    rows = [{"document": f"Perché la città è più bella, lezione {n}.", "summary": "È così."} for n in range(20)]
    path.write_bytes("\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode(encoding))
    assert read_rows(path).examples[3].text == "Perché la città è più bella, lezione 3."


def test_a_row_about_misread_accents_keeps_them(tmp_path):
    items = [example(n, text=f"perchÃ© e cosÃ¬ e piÃ¹ e cittÃ\xa0 e metÃ\xa0 {n}") for n in range(5)]
    write_rows(tmp_path / "own.jsonl", items, "jsonl")
    assert list(read_rows(tmp_path / "own.jsonl").examples) == items


def test_a_line_separator_inside_a_text_does_not_break_its_row(tmp_path):
    row = json.dumps({"document": "One.\u2028Two.\x85Three.", "summary": "Numbers."}, ensure_ascii=False)
    assert read_rows(write(tmp_path, row, row)).examples[0].text == "One.\nTwo.\nThree."


def test_a_json_file_with_one_list_is_read_with_the_lines_of_its_rows(tmp_path):
    rows = [ROW | {"document": f"Text {n}."} for n in range(3)]
    for text in (json.dumps(rows), json.dumps(rows, indent=2), json.dumps(rows, indent="\t")):
        assert len(read_rows(write(tmp_path, text, name="rows.json")).examples) == 3
    assert [item.place.line for item in read_rows(write(tmp_path, json.dumps(rows, indent=2))).examples] == [2, 6, 10]


def test_a_broken_object_in_a_list_costs_that_one_alone(tmp_path):
    lines = json.dumps([ROW | {"document": f"Text {n}."} for n in range(5)], indent=2).split("\n")
    lines[6] = '    "document": oops,'
    rows = read_rows(write(tmp_path, *lines, name="rows.json"))
    assert [item.text[5] for item in rows.examples] == ["0", "2", "3", "4"]
    assert [line for line, _reason in rows.broken] == [6]


def test_objects_over_several_lines_one_after_the_other_are_read(tmp_path):
    text = "\n".join(json.dumps(ROW | {"document": f"Text {n}."}, indent=2) for n in range(3))
    assert [item.place.line for item in read_rows(write(tmp_path, text)).examples] == [1, 5, 9]


def test_a_list_that_breaks_off_keeps_what_came_before(tmp_path):
    text = json.dumps([ROW, ROW])[:-20]
    rows = read_rows(write(tmp_path, text, name="rows.json"))
    assert len(rows.examples) == 1
    assert "from here on" in rows.broken[0][1]


def test_keys_can_be_called_anything_if_one_says_so(tmp_path):
    path = write(tmp_path, {"lezione": TEXT, "mio": TARGET, "che": "descrizione"})
    rows = read_rows(path, {"text": "Lezione", "target": "mio", "task": "che"})
    assert said(rows) == [("describe", TEXT, TARGET)]


def test_an_unknown_key_names_those_there_are(tmp_path):
    with pytest.raises(DatasetError) as caught:
        read_rows(write(tmp_path, {"lezione": TEXT, "mio": TARGET}), {"text": "lezioni", "target": "mio"})
    assert "lezione, mio" in caught.value.message
    assert "“lezione”" in caught.value.hint


def test_a_column_that_cannot_hold_anything_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="“colour”"):
        read_rows(write(tmp_path, ROW), {"colour": "summary"})


def test_nothing_in_a_row_can_act_on_a_terminal(tmp_path):
    rows = read_rows(write(tmp_path, {"document": "\x1b[31mRed\x1b]0;title\x07 \u202etxt\ud800", "summary": "a\x00b"}))
    assert said(rows) == [("summarize", "Red txt", "ab")]


@given(st.binary(max_size=400))
@settings(max_examples=50)
def test_any_bytes_are_rows_or_a_data_set_error(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp()
    for name in ("any.jsonl", "any.csv", "any.tsv", "any"):
        (folder / name).write_bytes(data)
        with suppress(DatasetError):
            rows = read_rows(folder / name)
            assert rows.examples
            assert all(printable(reason) == reason for _line, reason in rows.broken)


KEYS = """
    messages role content conversations from value text target task tier id prompt completion instruction output place
    pages cuts status split document
""".split()  # noqa: SIM905 - a table is easier to read as text
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(st.lists(json_values, min_size=1, max_size=6))
@settings(max_examples=80)
def test_any_json_is_used_or_named_by_its_line(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    lines = [json.dumps(value) for value in values]
    try:
        rows = read_rows(write(folder, json.dumps(ROW), *lines))
    except DatasetError as error:
        pytest.fail(f"one row can be used: {error.message}")
    assert {line for line, _why in rows.broken} | {item.place.line for item in rows.examples} >= set(
        range(1, len(lines) + 2)
    ) - {item + 2 for item, value in enumerate(values) if "place" in str(value)}


@given(st.lists(examples(), min_size=1, max_size=4).map(different))
@settings(max_examples=50)
def test_sunto_s_own_rows_come_back_as_they_were(tmp_path_factory, items):
    path = tmp_path_factory.getbasetemp() / "own.jsonl"
    write_rows(path, items, "jsonl")
    assert list(read_rows(path).examples) == items
    path = path.with_suffix(".json")
    write_rows(path, items, "jsonl")
    assert list(read_rows(path).examples) == items


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
@settings(max_examples=40)
def test_what_every_format_says_comes_back(tmp_path_factory, kind, data):
    rows = data.draw(st.lists(st.tuples(st.sampled_from(TASKS), texts, texts), min_size=1, max_size=4))
    items = [example(task=task, text=text, target=target) for task, text, target in rows]
    path = tmp_path_factory.getbasetemp() / f"rows.{kind if kind in ('csv', 'tsv') else 'jsonl'}"
    write_rows(path, items, kind)
    assume(kind not in ("csv", "tsv") or not decode(path.read_bytes()).repairs)
    back = read_rows(path)
    found = [(task, text.strip(), target.strip()) for task, text, target in said(back)]
    assert found == [(task, as_said(text), as_said(target)) for task, text, target in rows]
    assert back.format == kind


def test_a_row_changed_by_hand_is_another_example(tmp_path):
    path = tmp_path / "own.jsonl"
    write_rows(path, many(2), "jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace(f"{TARGET} 1", "My words."), encoding="utf-8")
    first, second = read_rows(path).examples
    assert first == many(2)[0]
    assert (second.target, second.id == many(2)[1].id) == ("My words.", False)


def test_rows_of_sunto_s_that_say_little_more_than_the_texts_are_completed(tmp_path):
    row = {"task": "title", "text": TEXT, "target": TARGET, "tier": "C"}
    first, second = read_rows(write(tmp_path, row, row | {"text": "Another."}), document="b/rows.jsonl").examples
    assert (first.tier, first.task, first.status, first.place.line) == ("C", "title", "pending", 1)
    assert first.place.document == "b/rows.jsonl"
    assert first.group != second.group
    assert len(first.id) == 16


def test_rejected_examples_are_written_only_where_one_can_see_that_they_are(tmp_path):
    items = [example(1, status="rejected"), example(2)]
    for kind in FORMATS:
        path = tmp_path / f"rows.{kind}"
        write_rows(path, items, kind)
        assert len(read_rows(path).examples) == (2 if kind == "jsonl" else 1), kind


def test_a_file_that_cannot_be_written_leaves_the_old_one_whole(tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    write_rows(path, many(1), "messages")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("adapters.dataset.whole_file.os.fsync", full)
    with pytest.raises(DatasetError, match="the disk is full"):
        write_rows(path, many(2), "messages")
    assert path.read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


def test_an_unknown_format_and_a_missing_folder_are_data_set_errors(tmp_path):
    with pytest.raises(DatasetError, match="parquet"):
        write_rows(tmp_path / "x", many(1), "parquet")
    with pytest.raises(DatasetError, match="cannot be written"):
        write_rows(tmp_path / "no" / "x", many(1), "csv")
