"""`sunto evaluate`: what is asked for, what a report looks like on a terminal, and choosing blind."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters import jobs
from adapters.evaluation import store
from adapters.evaluation.report import ADAPTER, BASE
from adapters.evaluation.telling import choices_sentences, metric_words
from assistant.protocol import Cancelled, Evaluate, ExportEvaluation, Failed, Finished, ShowEvaluation
from tests.adapters.evaluation.sample_report import NAME, forgetting, poor_report, report, text
from tests.adapters.registry_files import install
from tui.cli import main
from tui.cli.evaluation_report import report_lines
from tui.output import Output

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e"


def said(capsys) -> tuple[str, str]:
    out, err = capsys.readouterr()
    assert not set("\x1b\x07\u202e") & set(out + err)
    return out, err


def drawn(shown: Any, columns: int | None = 80, *, explained: bool = False) -> str:
    return "\n".join(line.text for line in report_lines(shown, columns, explained=explained))


def in_one_line(text: str) -> str:
    return " ".join(text.split())


class Script:
    """Jobs that end as told: the first with a report."""

    def __init__(self):
        self.requests: list[Any] = []
        self.endings: dict[type, Any] = {
            Evaluate: Finished(job="", result=report()),  # type: ignore[arg-type]
            ShowEvaluation: Finished(job="", result=report()),  # type: ignore[arg-type]
            ExportEvaluation: Finished(job="", result={"name": NAME, "version": 2, "path": "x"}),
        }

    def run(self, request, _session, _should_stop):
        self.requests.append(request)
        yield dataclasses.replace(self.endings[type(request)], job=request.job)


@pytest.fixture
def script(monkeypatch) -> Script:
    script = Script()
    monkeypatch.setattr(jobs, "run", script.run)
    return script


# --- what is asked for --------------------------------------------------------------------------------------------


def test_every_option_of_measuring_reaches_the_job(script):
    options = "--data exam --texts 5 --earlier 3 --judge --stemming --no-forgetting --device cpu"
    assert main(["evaluate", NAME, *options.split()]) == 0
    asked = script.requests[0]
    assert (asked.name, asked.data, asked.texts, asked.earlier, asked.device) == (NAME, "exam", 5, 3, "cpu")
    assert (asked.judge, asked.stemming, asked.forgetting) == (True, True, False)


def test_without_options_it_is_measured_as_after_a_training(script):
    assert main(["evaluate", NAME]) == 0
    defaults = Evaluate(job="cli", name=NAME)
    assert script.requests == [defaults]


def test_showing_measures_nothing_and_can_be_about_an_earlier_version(script):
    assert main(["evaluate", NAME, "1", "--show"]) == 0
    assert script.requests == [ShowEvaluation(job="cli", name=NAME, version=1)]


def test_the_page_is_written_of_the_report_that_was_shown(script, tmp_path, capsys):
    page = tmp_path / "r.html"
    assert main(["evaluate", NAME, "--html", str(page)]) == 0
    assert [type(request) for request in script.requests] == [Evaluate, ExportEvaluation]
    assert (script.requests[1].name, script.requests[1].path) == (NAME, str(page))
    assert str(page) in in_one_line(said(capsys)[1])


def test_a_page_that_exists_is_asked_about_before_anything_is_measured(script, tmp_path, capsys):
    page = tmp_path / "r.html"
    page.touch()
    assert main(["evaluate", NAME, "--html", str(page)]) == 2
    assert "exists. Replace it?" in said(capsys)[1]
    assert not script.requests
    assert main(["evaluate", NAME, "--html", str(page), "--yes"]) == 0
    assert script.requests[1].overwrite


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([NAME, "--html", "report.pdf"], "cannot be written as “report.pdf”"),
        ([NAME, "--show", "--blind"], "--show and --blind cannot be asked for together"),
        ([NAME, "1"], "Only the version in use is measured"),
        ([NAME, "first", "--show"], "“first” is not the number of a version"),
        ([NAME, "--texts", "-1"], "--texts cannot be"),
        ([NAME, "--pairs", "0"], "--pairs cannot be"),
        ([NAME, "--show", "--data", "exam"], "--data changes nothing beside --show"),
        ([NAME, "--show", "--no-forgetting"], "--no-forgetting changes nothing beside --show"),
        ([NAME, "--blind", "--html", "r.html"], "--html changes nothing beside --blind"),
        ([NAME, "--choose", "1", "2", "--restart"], "--restart changes nothing beside --choose"),
        ([NAME, "--restart"], "--restart belongs to the blind comparison"),
        ([], "evaluate"),
    ],
)
def test_a_mistake_is_said_before_anything_is_measured(script, capsys, words, message):
    assert main(["evaluate", *words]) == 2
    assert message in said(capsys)[1]
    assert not script.requests


def test_stopping_says_that_the_same_command_goes_on_from_there(script, capsys):
    script.endings[Evaluate] = Cancelled(job="")
    assert main(["evaluate", NAME]) == 130
    assert "the same command goes on from there" in said(capsys)[1]


def test_a_page_that_cannot_be_written_is_a_failure(script, tmp_path, capsys):
    script.endings[ExportEvaluation] = Failed(job="", kind="AdapterError", message="No room.", hint="", exit_code=5)
    assert main(["evaluate", NAME, "--html", str(tmp_path / "r.html")]) == 5
    assert "No room." in said(capsys)[1]


def test_json_is_the_report_and_nothing_else(script, capsys):
    assert main(["evaluate", NAME, "--json"]) == 0
    assert json.loads(said(capsys)[0]) == json.loads(json.dumps(report()))


# --- what it looks like -------------------------------------------------------------------------------------------


def test_the_answer_comes_first_and_once_more_where_the_eye_ends(script, capsys):
    assert main(["evaluate", NAME]) == 0
    out, err = said(capsys)
    assert out.index("Yes, it was worth it") < out.index("2.310")
    assert "Yes, it was worth it" in err
    assert f"sunto evaluate {NAME} --blind" in err


def test_every_part_of_a_report_is_shown():
    shown = in_one_line(drawn(report()))
    for part in (
        "Was it worth it?",
        "The base model with two examples 2.204",
        "−0.261 (−0.378 to −0.144)",
        "= no difference shown",
        "● green",
        "◌ as good as guessing",
        "✔ Read from the disk again, it is the same.",
        "lecture-1.pdf, pages 1–2, Cellular respiration",
        "Base model: SmolLM2-135M-Instruct",
        "Version 2 ◂ this report",
        "The model as a judge: it was not asked for.",
    ):
        assert part in shown, part
    assert shown.count("What a person wrote:") == 6  # three best, three worst


def test_each_number_has_its_explanation_when_asked_for():
    shown = in_one_line(drawn(report(), explained=True))
    plain = in_one_line(drawn(report()))
    for difference in report()["differences"]:
        explanation = in_one_line(metric_words(difference["metric"]).explanation)
        assert explanation in shown
        assert explanation not in plain
    assert "bootstrap" in shown


def test_a_bar_to_one_side_that_shows_no_difference_is_explained():
    made = report()
    assert "Among so many figures" not in drawn(made)
    alone = next(one for one in made["differences"] if one["metric"] == "rouge2")
    alone.update(low=0.001, high=0.06)
    assert "Among so many figures" in drawn(made)


def test_a_check_that_could_not_be_made_is_not_read_as_one_that_passed():
    assert "✔ It changes what the model says. ✔" in in_one_line(drawn(report()))
    assert "– Other programs read it, too. (It could not be looked at here.)" in in_one_line(drawn(report()))


def test_means_over_other_documents_than_their_difference_do_not_stand_beside_it():
    made = report()
    assert "31.2 → 37.1" in drawn(made)
    made["systems"][0]["scores"]["rouge1"]["n"] -= 1
    assert "31.2 → 37.1" not in drawn(made)


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(columns):
    for line in drawn(report(), columns).splitlines():
        assert cell_len(line) <= max(columns, 70), line


def test_when_it_was_measured_is_told_in_a_narrow_terminal_without_cutting_words():
    title = drawn(report(seconds=77 * 60), 40).split("──")[0]
    assert all(cell_len(line) <= 40 for line in title.splitlines())
    assert "measured" in title


def test_a_report_of_which_little_could_be_judged_is_shown_with_why():
    shown = in_one_line(drawn(poor_report()))
    assert "cannot be judged here" in shown
    assert "? cannot be judged" in shown
    assert "✖ With the adapter, the model writes nothing." in shown
    assert "no text by a person is there to compare with" in shown


def test_colours_say_what_shapes_and_words_say():
    tones = {line.text.strip()[:2].strip(): line.tone for line in report_lines(report(), 80) if line.tone}
    assert tones["▲"] == tones["✔"] == tones["●"] == "good"
    red = forgetting(light="red")
    assert any(line.tone == "bad" and line.text.startswith("■") for line in report_lines(report(forgetting=red), 80))


def test_what_strangers_and_models_wrote_is_text(script, capsys):
    hostile = text(0, source=HOSTILE, reference=HOSTILE, document=HOSTILE, written={BASE: HOSTILE, ADAPTER: HOSTILE})
    made = report(texts=[hostile], best=[hostile["id"]], worst=[], model=HOSTILE)
    made["adapter"]["name"] = made["lineage"]["base"]["name"] = HOSTILE
    script.endings[ShowEvaluation] = Finished(job="", result=made)  # type: ignore[arg-type]
    assert main(["evaluate", NAME, "--show"]) == 0
    said(capsys)


@settings(max_examples=30, deadline=None)
@given(
    words=st.text(max_size=300),
    mean=st.floats(allow_nan=True, allow_infinity=True),
    columns=st.integers(20, 120),
    low=st.none() | st.floats(),
)
def test_any_text_and_any_number_can_be_shown(words, mean, columns, low):
    made = copy.deepcopy(report())
    made["texts"] = [text(0, source=words, reference=words, written={BASE: words, ADAPTER: ""})]
    made["differences"][0].update(mean=mean, low=low, high=low)
    made["systems"][0]["scores"]["loss"].update(mean=mean, low=low, high=low)
    assert "Was it worth it?" in drawn(made, columns, explained=True)


# --- blind --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reported():
    folder = install(NAME, 1) / "evaluation"
    folder.mkdir()
    (folder / store.FILE).write_text(json.dumps(report(texts=[text(number) for number in range(3)])), encoding="utf-8")


def somebody_types(monkeypatch: pytest.MonkeyPatch, *lines: str, columns: int = 80) -> None:
    monkeypatch.setattr(Output, "somebody_there", True)
    monkeypatch.setattr(Output, "columns", columns)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def listed(capsys, *options: str) -> dict:
    capsys.readouterr()
    assert main(["evaluate", NAME, "--blind", "--json", *options]) == 0
    return json.loads(said(capsys)[0])


def test_choosing_to_the_end_tells_whose_was_whose_and_what_that_shows(reported, monkeypatch, capsys):
    somebody_types(monkeypatch, "1", "=", "2")
    assert main(["evaluate", NAME, "--blind"]) == 0
    out = in_one_line(said(capsys)[0])
    assert "you chose 1" in out
    assert "you chose neither" in out
    assert "you chose 2" in out
    head, _rule, tail = out.partition("Pair 3 of 3")
    assert "The base model" not in head
    assert "The base model" in tail
    result = listed(capsys)["result"]
    assert result["same"] == 1
    assert in_one_line(choices_sentences(result)[0]) in out


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        (["1"], 2),
        (["1", "u"], 3),
        (["uguale", "2", "indietro", "annulla"], 3),
        (["9", "u", "t", "", "nessuno", "q"], 2),
    ],
)
def test_what_was_chosen_is_kept_when_it_is_left_and_what_was_undone_is_not(reported, monkeypatch, capsys, typed, left):
    somebody_types(monkeypatch, *typed)
    assert main(["evaluate", NAME, "--blind"]) == 0
    assert "To go on: sunto evaluate" in said(capsys)[1]
    assert listed(capsys)["left"] == left


def test_it_goes_on_with_the_first_pair_that_is_left(reported, monkeypatch, capsys):
    somebody_types(monkeypatch, "1", "q")
    main(["evaluate", NAME, "--blind"])
    capsys.readouterr()
    somebody_types(monkeypatch, "q")
    main(["evaluate", NAME, "--blind"])
    assert "Pair 2 of 3" in said(capsys)[0]
    somebody_types(monkeypatch, "q")
    main(["evaluate", NAME, "--blind", "--restart"])
    assert "Pair 1 of 3" in said(capsys)[0]


def test_there_is_nothing_to_undo_before_the_first(reported, monkeypatch, capsys):
    somebody_types(monkeypatch, "u", "q")
    assert main(["evaluate", NAME, "--blind"]) == 0
    assert "nothing to undo yet" in said(capsys)[1]


def test_on_a_wide_terminal_both_stand_side_by_side(reported, monkeypatch, capsys):
    somebody_types(monkeypatch, "q", columns=120)
    assert main(["evaluate", NAME, "--blind"]) == 0
    assert any("── 1 ──" in line and "── 2 ──" in line for line in said(capsys)[0].splitlines())


def test_a_script_lists_pairs_and_decides_them(reported, capsys):
    pairs = listed(capsys, "--pairs", "2")["pairs"]
    assert len(pairs) == 2
    choices = [word for pair in pairs for word in ("--choose", pair["id"], "same")]
    assert main(["evaluate", NAME, *choices, "--json"]) == 0
    assert json.loads(said(capsys)[0])["result"]["same"] == 2
    assert main(["evaluate", NAME, "--choose", "nothing", "1"]) == 5
    assert "no pair “nothing”" in said(capsys)[1]


def test_where_nobody_is_there_it_is_said_what_a_script_does(reported, capsys):
    assert main(["evaluate", NAME, "--blind"]) == 2
    assert "--choose" in said(capsys)[1]


def test_the_texts_of_a_version_are_named_by_its_number(reported, capsys):
    assert main(["evaluate", NAME, "--blind", "--json", "--against", "4"]) == 2
    assert "no texts of “version:4”" in said(capsys)[1]


def test_texts_written_by_a_model_cannot_take_over_the_terminal(reported, monkeypatch, capsys):
    texts = [text(0, source=HOSTILE, document=HOSTILE, written={BASE: HOSTILE + "a", ADAPTER: ""})]
    folder = store.version_record(NAME).directory / "evaluation"
    (folder / store.FILE).write_text(json.dumps(report(texts=texts)), encoding="utf-8")
    somebody_types(monkeypatch, "t", "1")
    assert main(["evaluate", NAME, "--blind"]) == 0
    assert "– nothing" in said(capsys)[0]


def test_the_card_of_an_adapter_says_in_words_what_is_known_of_its_worth(reported, capsys):
    for pair in listed(capsys)["pairs"]:
        assert main(["evaluate", NAME, "--choose", pair["id"], "same"]) == 0
    capsys.readouterr()
    assert main(["adapters", "show", NAME]) == 0
    out = in_one_line(said(capsys)[0])
    assert "worth it? worth it · Surprise at the right answer (loss) 2.310 → 2.049" in out
    assert "what it knew before ● Green" in out
    assert "neither 3" in out
    assert main(["adapters", "list"]) == 0
    assert "● worth it" in said(capsys)[0]
