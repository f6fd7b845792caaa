"""CSV and TSV, as Excel and its Italian sister write them, and as they are broken by hand."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.dataset.formats import read_rows, write_rows
from assistant.documents.encodings import decode
from assistant.errors import DatasetError
from assistant.i18n import set_language
from tests.adapters.dataset.some_examples import TARGET, TEXT, as_said, example, texts


def write(folder, text, name="rows.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def pairs(rows):
    return [(item.text, item.target) for item in rows.examples]


HEADER = "testo;riassunto\r\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-8"])
def test_what_italian_excel_saves_as_csv_is_read(tmp_path, encoding):
    text = 'Testo;Riassunto\r\n"Perché la città è ""grande"";\r\nmolto";È così\r\nL\'acqua è più calda;Più calda\r\n'
    rows = read_rows(write(tmp_path, text, encoding=encoding))
    assert pairs(rows) == [('Perché la città è "grande";\nmolto', "È così"), ("L'acqua è più calda", "Più calda")]
    assert [item.place.line for item in rows.examples] == [2, 4]
    assert (rows.format, rows.broken) == ("csv", ())


def test_accents_that_a_spreadsheet_misread_are_turned_back(tmp_path):
    rows = "".join(f"Perché la città è più bella {n};È così\r\n" for n in range(5))
    path = write(tmp_path, (HEADER + rows).encode().decode("cp1252"), encoding="utf-8-sig")
    assert pairs(read_rows(path))[0] == ("Perché la città è più bella 0", "È così")


def test_what_excel_calls_unicode_text_is_read(tmp_path):
    text = 'testo\triassunto\r\nPerché?\t"È ""così"""\r\n'
    rows = read_rows(write(tmp_path, text, name="rows.txt", encoding="utf-16"))
    assert pairs(rows) == [("Perché?", 'È "così"')]
    assert rows.format == "tsv"


@pytest.mark.parametrize(
    "header", ["text,summary", "id,Text,Extra,SUMMARY", "Domanda,Risposta", "source_text,abstract"]
)
def test_the_columns_are_known_by_what_people_call_them(tmp_path, header):
    names = header.split(",")
    cells = [TEXT if n in (1, 0) else TARGET for n in range(len(names))]
    cells = dict(zip(names, ["x"] * len(names), strict=True))
    text, target = [name for name in names if name not in ("id", "Extra")]
    cells |= {text: f'"{TEXT}"', target: TARGET}
    assert pairs(read_rows(write(tmp_path, f"{header}\n{','.join(cells.values())}\n"))) == [(TEXT, TARGET)]


def test_a_column_of_descriptions_asks_for_descriptions(tmp_path):
    rows = read_rows(write(tmp_path, "testo;descrizione\nUn testo;Una cosa\n"))
    assert rows.examples[0].task == "describe"


def test_a_column_says_the_task_of_its_row(tmp_path):
    path = write(tmp_path, "testo;cosa;x\nUno;riassunto;a\nDue;Descrizione;b\nTre;;c\nQuattro;ballo;d\n")
    rows = read_rows(path, {"task": "cosa", "target": "x"})
    assert [item.task for item in rows.examples] == ["summarize", "describe", "summarize"]
    assert rows.broken == ((5, "“ballo” is no task that Sunto knows"),)


def test_an_unknown_column_names_those_there_are(tmp_path):
    with pytest.raises(DatasetError) as caught:
        read_rows(write(tmp_path, "testo;riassunto;voto\na;b;c\n"), {"target": "riasunto"})
    assert "testo, riassunto, voto" in caught.value.message
    assert "“riassunto”" in caught.value.hint
    assert caught.value.exit_code == 6


def test_columns_nobody_knows_are_asked_for(tmp_path):
    path = write(tmp_path, "alfa;beta;gamma\nUn testo;x;Una sintesi\n")
    with pytest.raises(DatasetError) as caught:
        read_rows(path)
    assert "alfa, beta, gamma" in caught.value.message
    assert "--column" in caught.value.hint
    assert pairs(read_rows(path, {"text": "Alfa", "target": "gamma"})) == [("Un testo", "Una sintesi")]


def test_a_stranger_s_endless_names_of_columns_take_no_time(tmp_path):
    started = time.monotonic()
    for names in (";".join(f"column{n}" for n in range(100_000)), f"{'x' * 3_000_000};y", f"text{' ' * 3_000_000}.;y"):
        with pytest.raises(DatasetError) as caught:
            read_rows(write(tmp_path, f"{names}\na;b\n"), {"target": "colum"})
        assert len(caught.value.message) < 2_000
    assert time.monotonic() - started < 10


def test_names_of_columns_cannot_act_on_a_terminal(tmp_path):
    with pytest.raises(DatasetError) as caught:
        read_rows(write(tmp_path, "\x1b[31mred;\x1b]0,x\x07b\u202e\na;b\n"))
    assert "red, b" in caught.value.message
    assert (
        read_rows(write(tmp_path, "text\x1b[0m;summary\na;\nb;c\n"), {"text": "text\x1b[0m"}).broken[0][1].isprintable()
    )


def test_two_columns_of_one_name_are_not_guessed_between(tmp_path):
    with pytest.raises(DatasetError, match="more than one column called “testo”"):
        read_rows(write(tmp_path, "testo;testo;riassunto\na;b;c\n"))


@pytest.mark.parametrize("text", ["just some words\nwithout columns\n", "testo\nriassunto\n"])
def test_a_table_without_columns_says_that_a_header_is_needed(tmp_path, text):
    with pytest.raises(DatasetError, match="first line must name them"):
        read_rows(write(tmp_path, text))


def test_a_header_without_rows_says_so(tmp_path):
    with pytest.raises(DatasetError, match="no rows") as caught:
        read_rows(write(tmp_path, HEADER))
    assert "JSON" not in caught.value.hint


def test_excel_s_line_about_the_separator_is_no_row(tmp_path):
    rows = read_rows(write(tmp_path, "sep=|\ntesto|riassunto\na, b; c|d\n"))
    assert pairs(rows) == [("a, b; c", "d")]
    assert rows.examples[0].place.line == 3


def test_empty_rows_and_empty_columns_at_the_end_are_what_excel_leaves_behind(tmp_path):
    rows = read_rows(write(tmp_path, "testo;riassunto;;\r\na;b;;\r\n;;;\r\n\r\nc;d\r\n"))
    assert pairs(rows) == [("a", "b"), ("c", "d")]
    assert rows.broken == ()


def test_the_delimiter_is_the_one_that_fits_the_rows_and_not_the_commas_in_the_texts(tmp_path):
    rows = read_rows(write(tmp_path, "testo, lungo;riassunto\na, b, c;d, e\nf;g, h\n"), {"text": "testo, lungo"})
    assert pairs(rows) == [("a, b, c", "d, e"), ("f", "g, h")]


def test_broken_rows_are_named_by_line_and_reason(tmp_path):
    text = (
        HEADER + "a;b\n"
        "solo testo\n"
        "testo; con; separatori\n"
        ";manca\n"
        "manca; \n"
        "#NOME?;x\n"
        '"mai chiusa;x\n'
        '"detto "così" da lei";x\n'
        "c;d\n"
    )
    rows = read_rows(write(tmp_path, text))
    assert pairs(rows) == [("a", "b"), ("c", "d")]
    assert [line for line, _why in rows.broken] == [3, 4, 5, 6, 7, 8, 9]
    reasons = dict(rows.broken)
    assert "1 of the 2 columns" in reasons[3]
    assert "3 columns instead of 2" in reasons[4]
    assert "“testo”" in reasons[5]
    assert "“riassunto”" in reasons[6]
    assert "#NOME?" in reasons[7]
    assert "quotation mark" in reasons[8]
    assert "quotation mark" in reasons[9]


def test_a_forgotten_quotation_mark_costs_its_own_row_and_no_other(tmp_path):
    rows = [f"testo {n};riassunto {n}" for n in range(500)]
    rows[100] = '"testo 100;riassunto 100'
    rows[200] = 'testo 200;"riassunto 200'
    rows[300] = 'un monitor da 27";riassunto 300'  # no quotation mark at a cell's beginning: only an inch
    rows[400] = '"testo, ""400""";"riassunto\nsu due righe"'
    found = read_rows(write(tmp_path, HEADER + "\n".join(rows)))
    assert [line for line, _why in found.broken] == [102, 202]
    assert len(found.examples) == 498
    assert found.examples[398].text == 'testo, "400"'
    assert found.examples[-1].place.line == 502


def test_quotation_marks_that_mean_nothing_between_tabs_are_read_as_they_are(tmp_path):
    rows = read_rows(write(tmp_path, 'text\tsummary\n"Hello" she said\tA greeting\n', name="rows.tsv"))
    assert pairs(rows) == [('"Hello" she said', "A greeting")]


def test_a_text_as_long_as_excel_allows_is_doubted(tmp_path):
    rows = read_rows(write(tmp_path, HEADER + "x" * 32_767 + ";corto\n" + "y" * 32_766 + ";corto\n"))
    assert ["cut it off" in " ".join(item.doubts) for item in rows.examples] == [True, False]


def test_ten_thousand_rows_with_200_broken_ones_take_a_few_seconds(tmp_path):
    wrong = set(range(51, 10_051, 50))
    rows = [
        f'"aperta e mai chiusa {line};x' if line in wrong else f'"{TEXT} {"Ancora. " * 60}{line}";"{TARGET} {line}"'
        for line in range(2, 10_052)
    ]
    path = write(tmp_path, HEADER + "\n".join(rows))
    started = time.monotonic()
    found = read_rows(path)
    assert time.monotonic() - started < 20
    assert {line for line, _why in found.broken} == wrong
    assert len(found.examples) == 10_050 - len(wrong)


@pytest.mark.parametrize(
    "row", ['"', '"x\n', '""\n', '"""\n', ';"\n', 'a;"b""\n', '"";"""\n', ' "\n', '"\n"', '"a"b\n', '""""\n""\n']
)
def test_no_arrangement_of_quotation_marks_takes_more_than_linear_time(tmp_path, row):
    path = write(tmp_path, HEADER + "a;b\n" + row * (400_000 // len(row)))
    started = time.monotonic()
    read_rows(path)
    assert time.monotonic() - started < 20


@given(
    st.lists(st.tuples(texts, texts), min_size=1, max_size=5), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"])
)
@settings(max_examples=80)
def test_whatever_python_s_own_writer_writes_is_read(tmp_path_factory, rows, delimiter, line_end):
    rows = [(as_said(text), as_said(target)) for text, target in rows]
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([("text", "target"), *rows])
    assume(not decode(sheet.getvalue().encode()).repairs)
    found = read_rows(write(tmp_path_factory.getbasetemp(), sheet.getvalue()))
    errors = {line for line, _why in found.broken}
    assert not errors
    assert [(a, b) for a, b in pairs(found)] == [
        tuple(cell.removeprefix("'") if cell[:2] in ("'=", "'+", "'-", "'@", "'\t") else cell for cell in row)
        for row in rows
    ]


@given(st.text(alphabet='ab",;\n\t =-', max_size=60))
@settings(max_examples=150)
def test_every_line_with_something_in_it_is_used_or_named(tmp_path_factory, tail):
    path = write(tmp_path_factory.getbasetemp(), "text;target\na;b\n" + tail)
    rows = read_rows(path)
    lines = sorted([item.place.line for item in rows.examples] + [line for line, _why in rows.broken])
    assert len(lines) == len(set(lines))
    assert lines[0] == 2
    assert lines[-1] <= 3 + tail.count("\n")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+39 06", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "'=1", "''=1", "- a\n- b", "it's"]
)
@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_no_cell_that_is_written_is_a_formula_and_all_come_back(tmp_path, cell, kind):
    path = tmp_path / f"rows.{kind}"
    write_rows(path, [example(text=cell, target=cell)], kind)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file, delimiter="\t" if kind == "tsv" else ","):
            assert not any(value[:1] in tuple("=+-@\t") and value for value in row)
    assert pairs(read_rows(path)) == [(cell, cell)]


def test_csv_is_written_as_the_excel_of_the_person_s_language_opens_it(tmp_path):
    path = tmp_path / "rows.csv"
    for language, delimiter in (("it", ";"), ("en", ",")):
        set_language(language)
        write_rows(path, [example()], "csv")
        assert path.read_bytes().startswith(b"\xef\xbb\xbfid" + delimiter.encode())
