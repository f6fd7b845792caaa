"""`sunto train` and `sunto runs`, with jobs that follow a script."""

from __future__ import annotations

import io
import json
import sys

import pytest

from adapters import jobs
from adapters.evaluation import store
from adapters.training import runs
from adapters.training.settings import TrainingSettings
from assistant.i18n import set_language
from assistant.protocol import (
    Adjusted,
    Cancelled,
    CheckFit,
    Evaluated,
    FitChecked,
    ListRuns,
    Progress,
    RateTried,
    RemoveRun,
    Train,
    TrainStep,
    TryRates,
)
from tests.adapters.evaluation.sample_report import report
from tests.adapters.registry_files import install
from tests.tui.test_cli import Script, done, failed
from tui.cli import main
from tui.cli.training_report import step_parts

RESULT = {
    "name": "bio",
    "directory": "/a/bio",
    "steps": 2,
    "first_loss": 2.5,
    "last_loss": 2.25,
    "held_out_before": 2.6,
    "held_out_after": 2.4,
    "examples": 8,
    "seconds": 61.0,
    "model": "starter",
    "subject": "",
    "version": 1,
    "versions": [],
    "evaluation": {},
}


@pytest.fixture
def script(monkeypatch) -> Script:
    script = Script()
    monkeypatch.setattr(jobs, "run", script.run)
    return script


def step(number=1, **changes) -> TrainStep:
    fields = {
        "step": number,
        "total_steps": 2,
        "loss": 2.5,
        "learning_rate": 1e-4,
        "gradient_norm": 1.0,
        "tokens_per_second": 400.0,
        "peak_memory_bytes": 1 << 30,
        "seconds_left": 30.0,
    }
    return TrainStep(job="", **{**fields, **changes})


def begun(name="bio", **changes):
    """A training of that name that was paused."""
    run = runs.create(name, TrainingSettings(), {}, ())
    run.note(state="paused", step=4, total=12, **changes)
    run.close()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_train_sends_what_was_asked_and_says_how_it_goes(script, capsys):
    script.will_yield(step(), step(2, held_out_loss=2.4, seconds_left=0.0), done(**RESULT))
    assert main(["train", "notes", "--name", "bio", "--max-steps", "2", "--base", "starter"]) == 0
    (request,) = script.requests
    assert request == Train(job="cli", data="notes", name="bio", model="starter", max_steps=2)
    out, err = capsys.readouterr()
    assert out == "/a/bio\n"
    lines = err.splitlines()
    assert lines[0] == ("1/2  loss 2.500  ~30 s  400 tok/s  1.0 GB  rate 0.0001")
    assert lines[1] == "2/2  loss 2.500  held out 2.400  400 tok/s  1.0 GB  rate 0.0001"
    assert "Trained “bio” on 8 examples: 2 steps in 1 min 1 s, loss 2.500 → 2.250." in err
    assert "On documents it was not trained on, the loss went from 2.600 to 2.400." in err
    assert "sunto library subject NAME --adapter bio" in err


def test_a_training_ends_with_whether_it_was_worth_it(script, capsys):
    folder = install("bio", 1) / "evaluation"
    folder.mkdir()
    (folder / store.FILE).write_text(json.dumps(report()), encoding="utf-8")
    script.will_yield(done(**{**RESULT, "evaluation": {"verdict": "worth_it"}}))
    assert main(["train", "notes", "--name", "bio"]) == 0
    out, err = capsys.readouterr()
    assert out == "/a/bio\n"
    assert "Yes, it was worth it" in err
    assert "● Green: it kept what it knew" in err
    assert "sunto evaluate bio --show" in err


def test_without_a_report_a_training_says_how_to_get_one(script, capsys):
    script.will_yield(done(**RESULT))
    assert main(["train", "notes", "--name", "bio", "--no-report"]) == 0
    assert script.requests[0].evaluate is False
    assert "Was it worth it? sunto evaluate bio" in capsys.readouterr()[1]


@pytest.mark.parametrize("language", ["en", "it"])
def test_all_that_is_said_of_a_step_fits_into_80_columns(language):
    """In Italian the line lost the speed, the memory and the learning rate."""
    set_language(language)
    event = TrainStep(
        job="j",
        step=124,
        total_steps=360,
        loss=3.2241,
        learning_rate=9.64e-5,
        gradient_norm=1.0,
        tokens_per_second=330.0,
        peak_memory_bytes=3 << 29,
        seconds_left=70,
        held_out_loss=3.2011,
    )
    assert len("  ".join(step_parts(event))) < 80


def test_on_a_terminal_the_steps_are_one_line_that_is_drawn_again(script, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    script.will_yield(step(), step(2), done(**RESULT))
    main(["train", "notes", "--name", "bio"])
    text = terminal.getvalue()
    drawn, said = text.split("Trained")
    assert "\n" not in drawn
    assert [part.split("  ")[0] for part in drawn.split("\r") if "loss" in part] == ["1/2", "2/2"]
    assert all(len(part) <= 79 for part in drawn.split("\r"))
    assert "step" not in said.splitlines()[0].replace("2 steps", "")


def test_an_adapter_that_is_no_better_than_the_base_is_not_praised(script, capsys):
    script.will_yield(done(**{**RESULT, "held_out_after": 2.7}))
    main(["train", "notes", "--name", "bio"])
    assert "it does no better than the base: 2.600 before, 2.700 now." in capsys.readouterr().err


def test_evaluations_samples_and_changes_of_course_are_told(script, capsys):
    script.will_yield(
        FitChecked(job="", measured=False, needed_bytes=2 << 30, free_bytes=1 << 30, fits=False, steps=9,
                   seconds_left=None, advice=("Choose a smaller base.",)),
        FitChecked(job="", measured=True, needed_bytes=3 << 29, free_bytes=1 << 30, fits=True, steps=9,
                   seconds_left=61.0),
        Evaluated(job="", step=0, loss=2.6, best=True),
        Evaluated(job="", step=4, loss=2.4, best=True, samples=(("cell.md", "The \x1b[2Jcell.\nIt", "The cell."),)),
        Adjusted(job="", step=5, kind="diverged", message="The steps were too long.", hint="Nothing to do."),
        Evaluated(job="", step=8, loss=2.5, best=False),
        done(**RESULT),
    )  # fmt: skip
    main(["train", "notes", "--name", "bio"])
    err = capsys.readouterr().err
    assert "By formula it needs 2.0 GB of memory; 1.0 GB are free for it.\n  Choose a smaller base." in err
    assert "Tried two steps: it needs 1.5 GB of memory; 1.0 GB are free for it. 9 steps: about 1 min 1 s." in err
    assert "Before training: loss 2.600" in err
    assert (
        "After step 4: loss 2.400 on documents it is not trained on, the lowest so far.\n  cell.md: The cell. It" in err
    )
    assert "After step 8: loss 2.500 on documents it is not trained on.\n" in err
    assert "Note: The steps were too long.\n  Nothing to do." in err
    assert "\x1b" not in err


def test_a_preset_is_a_learning_rate_and_not_both(script, capsys):
    script.will_yield(done(**RESULT))
    main(["train", "notes", "--name", "bio", "--preset", "prudent"])
    assert script.requests[0].learning_rate == 5e-5
    assert main(["train", "notes", "--name", "bio", "--preset", "bold", "--learning-rate", "1e-4"]) == 2
    assert main(["train", "notes", "--name", "bio", "--preset", "brave"]) == 2
    assert "Choose one of: prudent, normal, bold." in capsys.readouterr().err


def test_a_fit_check_prints_what_the_memory_is_for(script, capsys):
    fits = {"fits": True, "parts": [["the base model", 1 << 30], ["in reserve", 1 << 20]]}
    script.will_yield(done(**fits))
    script.will_yield(done(**{**fits, "fits": False}))
    assert main(["train", "notes", "--check", "--r", "8"]) == 0
    (request,) = script.requests
    assert (type(request), request.data, request.r) == (CheckFit, "notes", 8)
    out, err = capsys.readouterr()
    assert [line.split("  ")[0] for line in out.splitlines()] == ["what for", "the base model", "in reserve"]
    assert err == "It fits.\n"
    main(["train", "notes", "--check"])
    assert capsys.readouterr().err == "It does not fit.\n"


def test_learning_rates_are_drawn_beside_each_other_with_what_to_do(script, capsys):
    curves = [
        {"learning_rate": 5e-5, "losses": [3.0, 2.9, 2.8]},
        {"learning_rate": 1e-4, "losses": [3.0, 2.7, 2.4]},
        {"learning_rate": 2e-4, "losses": [3.0, float("nan")]},
        {"learning_rate": 4e-4, "losses": []},
    ]
    result = {"curves": curves, "suggestion": 1e-4, "sentence": "This one did best."}
    script.will_yield(RateTried(job="", learning_rate=5e-5, step=1, total_steps=60, loss=3.0), done(**result))
    assert main(["train", "notes", "--find-rate"]) == 0
    assert isinstance(script.requests[0], TryRates)
    out, err = capsys.readouterr()
    rows = [line.split() for line in out.splitlines()[1:]]
    assert rows == [
        ["0.00005", "█▇▆", "2.800"],
        ["0.0001", "█▅▁", "2.400"],
        ["0.0002", "█!", "nan"],
        ["0.0004", "-"],
    ]
    assert "learning rate 0.00005  1/60  loss 3.000" in err
    assert err.endswith("This one did best.\nTrain with it: --learning-rate 0.0001\n")


def test_a_stopped_training_says_how_to_go_on(script, capsys):
    begun()
    script.will_yield(step(), Cancelled(job=""))
    assert main(["train", "notes", "--name", "bio", "--overwrite"]) == 130
    assert capsys.readouterr().err.endswith("Stopped.\nTo go on from there: sunto train --name bio --resume\n")


def test_one_that_was_stopped_before_it_began_promises_nothing(script, capsys):
    script.will_yield(Progress(job="", stage="load", done=0, total=0), Cancelled(job=""))
    assert main(["train", "notes", "--name", "bio"]) == 130
    assert "--resume" not in capsys.readouterr().err


def test_to_go_on_needs_a_name_and_no_data(script):
    script.will_yield(done(**RESULT))
    assert main(["train", "--name", "bio", "--resume"]) == 0
    assert (script.requests[0].data, script.requests[0].resume) == ("", True)


def test_train_needs_a_name(script, capsys):
    assert main(["train", "notes"]) == 2
    assert capsys.readouterr().err == "Error: The adapter has no name.\n  Add one: sunto train notes --name NAME\n"


def test_train_needs_data(script, capsys):
    assert main(["train", "--name", "bio"]) == 2
    assert "There is nothing to train on." in capsys.readouterr().err


@pytest.mark.parametrize("trial", ["--check", "--find-rate"])
def test_a_trial_needs_data_and_does_not_take_the_folder_one_is_in(script, capsys, trial):
    assert main(["train", "--name", "bio", trial]) == 2
    assert f"sunto train FOLDER {trial}" in capsys.readouterr().err
    assert script.requests == []


@pytest.mark.parametrize("both", [("--check", "--find-rate"), ("--check", "--resume"), ("--find-rate", "--resume")])
def test_one_thing_is_tried_at_a_time(script, capsys, both):
    assert main(["train", "d", "--name", "bio", *both]) == 2
    said = capsys.readouterr().err
    assert all(flag in said for flag in both)
    assert script.requests == []


@pytest.mark.parametrize("more", [[], ["--check"], ["--find-rate"]])
def test_a_device_that_there_is_not_is_refused(script, capsys, more):
    assert main(["train", "d", "--name", "bio", "--device", "tpu", *more]) == 2
    assert "auto, cpu, cuda" in capsys.readouterr().err
    assert script.requests == []


def test_an_adapter_is_replaced_only_when_somebody_says_so(script, sunto_home, monkeypatch):
    directory = sunto_home / "adapters" / "bio"
    directory.mkdir(parents=True)
    (directory / "adapter_config.json").write_text('{"r": 8}', encoding="utf-8")
    script.will_yield(failed(code=5))
    main(["train", "d", "--name", "bio"])
    main(["train", "d", "--name", "bio", "--overwrite"])
    assert [request.overwrite for request in script.requests] == [False, True]
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))
    assert main(["train", "d", "--name", "bio"]) == 2
    assert len(script.requests) == 2


def test_a_damaged_training_is_named_in_the_list(capsys):
    begun()
    (runs.runs_dir() / "bio" / "run.json").write_text("{", encoding="utf-8")
    assert main(["runs"]) == 0
    out, err = capsys.readouterr()
    assert "“bio” is damaged" in err
    assert "sunto runs remove bio" in err
    assert out == ""


def test_trainings_that_were_begun_are_listed_and_removed(capsys):
    assert main(["runs", "list"]) == 0
    assert "No training was begun yet" in capsys.readouterr().err
    begun()
    main(["runs", "list"])
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "state", "step", "size", "last", "change"]
    assert line.split()[:3] == ["bio", "paused", "4/12"]
    assert main(["runs", "remove", "bio"]) == 2  # nobody was there to ask
    assert main(["runs", "remove", "bio", "--yes"]) == 0
    assert main(["runs", "remove", "bio", "--yes"]) == 7
    assert runs.list_runs() == []


def test_the_commands_send_the_requests_of_runs(script):
    script.will_yield(done(runs=[]))
    script.will_yield(done(name="bio"))
    main(["runs", "list"])
    main(["runs", "remove", "bio", "--yes"])
    assert script.requests == [ListRuns(job="cli"), RemoveRun(job="cli", name="bio")]
