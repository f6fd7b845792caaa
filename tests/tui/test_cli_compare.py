"""`sunto compare`: both texts on any terminal, and their names only when they are to be known."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters import jobs
from assistant.protocol import Cancelled, Finished, Side, TextDelta
from assistant.safe_text import printable
from tui.claims import claims_of
from tui.cli import main
from tui.cli.columns import GAP, side_by_side, wrapped
from tui.comparisons import as_answer
from tui.output import Output

LEFT = "- Light becomes sugar. [p. 1 ✔]"
RIGHT = "- In 1847 water was split by the leaf. [p. 2 ✖ 1847]"


def claim(text: str, support: str) -> dict:
    mark = text.index(" [")
    return {
        "text": text[2:mark],
        "support": support,
        "citations": [],
        "missing": [],
        "warnings": [],
        "place": {"start": 2, "mark": mark, "end": len(text)},
    }


def side(adapter: str, text: str, support: str, **more) -> dict:
    return {"adapter": adapter, "summary": text, "claims": [claim(text, support)], "model": "starter", **more}


def grades(**counts: int) -> dict:
    return {"quoted": 0, "supported": 0, "weak": 0, "unsupported": 0, **counts}


RESULT = {
    "task": "compare",
    "compared": "summarize",
    "question": "",
    "style": "brief",
    "blind": False,
    "title": "Photosynthesis",
    "documents": ["p.pdf"],
    "language": "en",
    "model": "starter",
    "sides": [side("zebra", LEFT, "quoted"), side("base", RIGHT, "unsupported")],
    "differences": {
        "grades": [grades(quoted=1), grades(unsupported=1)],
        "words": [3, 8],
        "seconds": [2.0, 3.0],
        "kept": [False, True],
        "same": False,
    },
}
BLIND = {**RESULT, "blind": True}
BEGUN = (Side(job="", number=0), TextDelta(job="", text=LEFT), Side(job="", number=1))
WRITTEN = (*BEGUN, TextDelta(job="", text=RIGHT))


class Script:
    def __init__(self):
        self.events = (*WRITTEN, Finished(job="", result=RESULT))
        self.request = None

    def run(self, request, _session, _should_stop):
        self.request = request
        for event in self.events:
            yield dataclasses.replace(event, job=request.job)


@pytest.fixture
def script(monkeypatch):
    script = Script()
    monkeypatch.setattr(jobs, "run", script.run)
    return script


@pytest.fixture
def on_terminal(monkeypatch):
    """Somebody sits at a terminal of so many columns, and answers this."""

    def sit(columns: int, answer: str = ""):
        asked: list[str] = []
        monkeypatch.setattr(Output, "columns", property(lambda _output: columns))
        monkeypatch.setattr(Output, "somebody_there", property(lambda _output: True))
        monkeypatch.setattr(Output, "ask", lambda _output, question: (asked.append(question), answer)[1])
        return asked

    return sit


def compare(*options: str) -> int:
    return main(["compare", "p.pdf", "--adapters", "zebra,base", *options])


# --- what is asked ----------------------------------------------------------------------------------------------


def test_what_is_asked_is_what_was_typed(script):
    assert compare("--question", "Why?", "--blind", "--pages", "2") == 0
    asked = script.request
    assert (asked.adapters, asked.task, asked.question) == (("zebra", "base"), "ask", "Why?")
    assert (asked.blind, asked.pages, asked.paths) == (True, "2", ("p.pdf",))
    compare("--describe")
    assert script.request.task == "describe"
    compare("--style", "outline")
    assert script.request.task == "summarize"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--adapters", "a,b", "--describe", "--question", "Why?"], "Only one thing"),
        (["--adapters", "a,b", "--describe", "--style", "brief"], "Only one thing"),
        ([], "Which adapters"),
        (["--adapters", " "], "Which adapters"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_runs(script, capsys, options, words):
    assert main(["compare", "p.pdf", *options]) == 2
    assert words in capsys.readouterr().err
    assert script.request is None


# --- what is printed --------------------------------------------------------------------------------------------


def test_without_a_terminal_one_text_stands_beneath_the_other_each_under_its_name(script, capsys):
    assert compare() == 0
    out, err = capsys.readouterr()
    assert out == f"─── 1 · zebra ───\n{LEFT}\n\n─── 2 · base (no adapter) ───\n{RIGHT}\n"
    table = [line.split() for line in err.splitlines()]
    assert ["✔", "quoted", "1", "0"] in table
    assert ["✖", "not", "in", "the", "document", "0", "1"] in table
    assert ["words", "3", "8"] in table
    assert ["time", "2.0", "s", "kept", "from", "before"] in table
    assert "checked by wording" in err


def test_json_is_the_whole_result(script, capsys):
    assert compare("--json") == 0
    assert json.loads(capsys.readouterr().out) == RESULT


def test_a_text_that_is_begun_again_leaves_the_other_one_in_the_file(script, tmp_path):
    program = """
import dataclasses, sys
from adapters import jobs
from assistant.protocol import Finished, Side, TextDelta, TextReset
from tests.tui.test_cli_compare import LEFT, RESULT, RIGHT, BEGUN
events = (*BEGUN, TextDelta(job="", text="wrong"), TextReset(job=""), TextDelta(job="", text=RIGHT))
jobs.run = lambda request, *_: iter((*events, Finished(job="", result=RESULT)))
from tui.cli import main
sys.exit(main(["compare", "p.pdf", "--adapters", "zebra,base"]))
"""
    path = tmp_path / "out.txt"
    with path.open("w") as out:
        done = subprocess.run([sys.executable, "-c", program], stdout=out, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr
    assert path.read_text(encoding="utf-8") == f"─── 1 · zebra ───\n{LEFT}\n\n─── 2 · base (no adapter) ───\n{RIGHT}\n"


def test_on_a_wide_terminal_they_stand_side_by_side(script, on_terminal, capsys):
    on_terminal(120)
    assert compare() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(GAP)[0].strip() == "1 · zebra"
    assert lines[0].split(GAP)[1] == "2 · base (no adapter)"
    assert any("[p. 1 ✔]" in line and "In 1847" in line for line in lines)
    assert all(cell_len(line) <= 120 for line in lines)


def test_on_a_wide_terminal_a_stopped_comparison_shows_what_there_is(script, on_terminal, capsys):
    on_terminal(120)
    script.events = (*BEGUN, Cancelled(job="", text=""))
    assert compare() == 130
    assert capsys.readouterr().out == f"─── 1 · zebra ───\n{LEFT}\n"


def test_a_text_that_no_model_wrote_is_said_to_be_the_documents(script, capsys):
    one, two = RESULT["sides"]
    script.events = (*WRITTEN, Finished(job="", result={**RESULT, "sides": [{**one, "extractive": "partly"}, two]}))
    assert compare() == 0
    assert ["written", "by", "the", "model", "partly", "all"] in [
        line.split() for line in capsys.readouterr().err.splitlines()
    ]
    both = [{**side, "extractive": "all"} for side in RESULT["sides"]]
    script.events = (*WRITTEN, Finished(job="", result={**RESULT, "sides": both}))
    assert compare() == 0
    assert "both texts are the document's own sentences" in capsys.readouterr().err


# --- blind ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("1", "You found 1 better: zebra."),
        ("2", "You found 2 better: base (no adapter)."),
        ("0", "You found neither better."),
        ("", "1 was zebra"),
        ("what?", "1 was zebra"),
    ],
)
@pytest.mark.parametrize("columns", [80, 120])
def test_a_person_chooses_before_the_names_are_told(script, on_terminal, capsys, answer, verdict, columns):
    script.events = (*WRITTEN, Finished(job="", result=BLIND))
    asked = on_terminal(columns, answer)
    assert compare("--blind") == 0
    out, err = capsys.readouterr()
    assert len(asked) == 1
    assert "zebra" not in out
    assert verdict in err
    assert "1 was zebra, 2 was base (no adapter)." in err


def test_where_nobody_can_be_asked_only_json_tells_which_is_which(script, capsys):
    script.events = (*WRITTEN, Finished(job="", result=BLIND))
    assert compare("--blind") == 0
    out, err = capsys.readouterr()
    assert "zebra" not in out + err
    assert compare("--blind", "--json") == 0
    assert json.loads(capsys.readouterr().out)["sides"][0]["adapter"] == "zebra"


# --- files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["c.md", "c.txt", "c.html", "c.docx", "c.pdf", "c.json"])
def test_a_file_has_both_texts_under_their_names(script, on_terminal, tmp_path, name):
    script.events = (*WRITTEN, Finished(job="", result=BLIND))
    on_terminal(80, "2")
    assert compare("--blind", "--output", str(tmp_path / name)) == 0
    data = (tmp_path / name).read_bytes()
    assert data
    if name.endswith(("md", "txt", "html")):
        text = data.decode()
        assert text.index("zebra") < text.index("Light becomes sugar") < text.index("In 1847")
        assert "You found 2 better: base (no adapter)." in text


def test_cards_for_anki_cannot_be_made_of_a_comparison(script, tmp_path, capsys):
    assert compare("--output", str(tmp_path / "c.tsv")) == 2
    assert script.request is None


def test_the_claims_of_both_stand_where_the_one_answer_has_them():
    answer = as_answer(RESULT)
    found = claims_of(answer, answer["answer"])
    assert [answer["answer"][claim.start : claim.mark] for claim in found] == [
        "Light becomes sugar.",
        "In 1847 water was split by the leaf.",
    ]


# --- columns ----------------------------------------------------------------------------------------------------


def test_a_point_that_is_wrapped_stands_beneath_itself():
    assert wrapped("- one two three four", 10) == ["- one two", "  three", "  four"]


@given(st.text(max_size=200), st.integers(4, 40))
def test_no_line_is_wider_than_its_column_and_no_word_is_lost(text, width):
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(printable(text).split())


@given(st.text(max_size=200), st.text(max_size=200), st.integers(100, 200))
def test_two_columns_are_no_wider_than_the_terminal(left, right, columns):
    assert all(cell_len(line) <= columns for line in side_by_side(left, right, columns))
