"""The command line, with jobs that follow a script: what is asked of them, what is printed, how it ends."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters import jobs
from assistant.config import Settings
from assistant.protocol import (
    Answering,
    Cancelled,
    Chat,
    Describe,
    DocumentRead,
    Extract,
    Failed,
    FetchModel,
    Finished,
    Notice,
    Progress,
    RemoveModel,
    Routed,
    Summarize,
    TextDelta,
    TextReset,
    as_dict,
)
from tui.cli import main

SUMMARY = {
    "task": "summarize",
    "summary": "Plants make sugar. [p. 1]",
    "claims": [],
    "coverage": {"pages_total": 2, "pages_used": [1], "pages_skipped": [{"page": 2, "reason": "scanned"}]},
    "language": "en",
    "model": "starter",
    "adapter": None,
    "title": "Photosynthesis",
    "prompt_tokens": 120,
    "generated_tokens": 8,
    "tokens_per_second": 4.0,
    "seconds": 12.0,
}
ANSWER = {key: SUMMARY[key] for key in SUMMARY if key not in ("summary", "task", "coverage")} | {
    "task": "ask",
    "answer": "In the leaf.",
}


class Script:
    """Stands in for `jobs.run`: gives the events it was told to give, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list = []
        self.jobs: list = []

    def will_yield(self, *events) -> None:
        """The next job's events; without any more, the last job's are given again."""
        self.jobs.append(events)

    def run(self, request, _session, should_stop) -> Iterator:
        self.requests.append(request)
        events = self.jobs[min(len(self.requests), len(self.jobs)) - 1]
        for event in events:
            item = event(should_stop) if isinstance(event, Callable) else event
            yield dataclasses.replace(item, job=request.job)


@pytest.fixture(autouse=True)
def logging_as_before():
    """--debug sets up the whole process; the next test shall not hear of it."""
    loggers = [logging.getLogger(name) for name in (None, "assistant", "adapters", "tui")]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    yield
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


@pytest.fixture
def script(monkeypatch) -> Script:
    script = Script()
    monkeypatch.setattr(jobs, "run", script.run)
    return script


def done(**result) -> Finished:
    return Finished(job="", result=result)


def failed(kind: str = "NoTextError", code: int = 3) -> Failed:
    return Failed(job="", kind=kind, message="There is no text in it.", hint="Try another file.", exit_code=code)


def text(piece: str) -> TextDelta:
    return TextDelta(job="", text=piece)


READ = DocumentRead(
    job="",
    path="p.pdf",
    title="Photosynthesis",
    pages=2,
    readable_pages=1,
    language="en",
    warnings=("Page 2 is a scan.",),
)


# --- one result, three ways to print it --------------------------------------------------------------------------


def test_a_summary_streams_to_stdout_and_the_talk_goes_to_stderr(script, capsys):
    script.will_yield(READ, text("Plants make "), text("sugar. [p. 1]"), done(**SUMMARY))
    assert main(["summarize", "p.pdf"]) == 0
    out, err = capsys.readouterr()
    assert out == "Plants make sugar. [p. 1]\n"
    assert "Read “Photosynthesis”: 2 pages, 1 of them with text, English." in err
    assert "Note: Page 2 is a scan." in err
    assert "Read 1 of 2 pages of Photosynthesis; with starter: 120 tokens read, 8 written, 4.0 tokens/s, 12 s." in err
    assert "█× 1 of 2 pages\n█ read · × without text\np. 2: an image\n" in err
    assert f"Kept in {os.environ['SUNTO_HOME']}" in err


def test_json_prints_exactly_the_result_and_nothing_else(script, capsys):
    script.will_yield(READ, text("Plants"), done(**SUMMARY))
    assert main(["summarize", "p.pdf", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == SUMMARY


def test_json_prints_nothing_when_there_is_no_result(script, capsys):
    script.will_yield(text("Plants"), failed())
    assert main(["summarize", "p.pdf", "--json"]) == 3
    assert capsys.readouterr() == ("", "Error: There is no text in it.\n  Try another file.\n")


def test_events_prints_every_event_and_ends_with_the_terminal_one(script, capsys):
    script.will_yield(READ, text("Plants"), done(**SUMMARY))
    assert main(["summarize", "p.pdf", "--events"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["document_read", "text_delta", "finished"]
    assert events[-1]["result"] == SUMMARY


@pytest.mark.parametrize(("ending", "name", "code"), [(failed(), "failed", 3), (Cancelled(job=""), "cancelled", 130)])
def test_events_end_with_a_failure_or_a_stop_too(script, capsys, ending, name, code):
    script.will_yield(ending)
    assert main(["describe", "p.pdf", "--events"]) == code
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["event"] == name


def test_a_mistake_before_the_job_is_a_terminal_event_as_well(script, capsys):
    assert main(["ask", "p.pdf", "--events"]) == 2
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["message"]) == ("failed", "There is no question.")
    assert script.requests == []


def test_a_text_written_again_does_not_reach_a_json_result(script, capsys):
    script.will_yield(text("Le piante"), TextReset(job=""), text("Plants"), done(**SUMMARY))
    main(["summarize", "p.pdf", "--json"])
    assert json.loads(capsys.readouterr().out) == SUMMARY


def test_quiet_prints_the_text_alone(script, capsys):
    script.will_yield(READ, Notice(job="", level="warning", message="Hm."), text("Plants."), done(**SUMMARY))
    main(["--quiet", "summarize", "p.pdf"])
    assert capsys.readouterr() == ("Plants.\n", "")


# --- what is asked of the job ------------------------------------------------------------------------------------


def test_summarize_sends_paths_pages_and_password(script):
    script.will_yield(done(**SUMMARY))
    main(["summarize", "a.pdf", "b.pdf", "--pages", "3-9,12", "--password", "x"])
    (request,) = script.requests
    assert isinstance(request, Summarize)
    assert (request.paths, request.pages, request.password) == (("a.pdf", "b.pdf"), "3-9,12", "x")


@pytest.fixture
def seen(monkeypatch) -> list[Settings]:
    """The settings of each session from now on."""
    seen = []

    class Session(jobs.Session):
        def __init__(self, settings):
            seen.append(settings)
            super().__init__(settings)

    monkeypatch.setattr(jobs, "Session", Session)
    return seen


def test_settings_given_as_options_reach_the_session_checked(script, seen):
    script.will_yield(done(**SUMMARY))
    words = "--style outline --language it --model m --adapter bio --seed 0 --temperature 0.5 --max-new-tokens 9"
    main(["summarize", "a.pdf", *words.split(), "--device", "cpu"])
    assert (
        dataclasses.asdict(seen[0]).items()
        >= {
            "model": "m",
            "adapter": "bio",
            "style": "outline",
            "language": "it",
            "device": "cpu",
            "temperature": 0.5,
            "max_new_tokens": 9,
            "seed": 0,
        }.items()
    )


def test_an_adapter_named_on_the_command_line_is_asked_for_and_not_a_setting(script, monkeypatch):
    """What says who answers, and why, must tell the two apart."""
    script.will_yield(done(**SUMMARY))
    main(["summarize", "a.pdf", "--adapter", "bio"])
    main(["describe", "a.pdf"])
    script.will_yield(done(**ANSWER))
    script.will_yield(done(**ANSWER))
    main(["ask", "a.pdf", "--question", "Where?", "--adapter", "auto"])
    chat("Where?\n", monkeypatch, "--adapter", "law")
    assert [request.adapter for request in script.requests] == ["bio", "", "auto", "law"]


@pytest.mark.parametrize("words", ["--bullets -1", "--seed x", "--seed -1", "--temperature nan", "--max-new-tokens 0"])
def test_a_setting_that_cannot_be_is_refused_before_the_job(script, capsys, words):
    assert main(["summarize", "a.pdf", *words.split()]) == 2
    assert capsys.readouterr().err.startswith("Error: The setting “")
    assert script.requests == []


@pytest.mark.parametrize(("word", "style"), [("outline", "outline"), ("scaletta", "outline"), ("Domande", "questions")])
def test_a_style_is_called_by_its_italian_or_its_english_name(script, seen, word, style):
    script.will_yield(done(**SUMMARY))
    main(["summarize", "a.pdf", "--style", word, "--bullets", "4", "--unsupported", "drop", "--extractive", "only"])
    (settings,) = seen
    assert (settings.style, settings.bullets, settings.unsupported, settings.extractive) == (style, 4, "drop", "only")


def test_a_style_that_there_is_not_is_refused_before_the_job(script, capsys):
    assert main(["summarize", "a.pdf", "--style", "loud"]) == 2
    assert capsys.readouterr().err.startswith("Error: There is no style called “loud”.\n  Choose one of: brief")
    assert script.requests == []


def test_how_a_question_is_answered_is_said_before_the_answer(script, capsys):
    route = Routed(job="", kind="search", detail="Searched for the question: 1 of 2 pages are read.", pages=1)
    script.will_yield(route, text("Sugar."), done(**{**SUMMARY, "answer": "Sugar."}))
    assert main(["ask", "a.pdf", "--question", "What?"]) == 0
    out, err = capsys.readouterr()
    assert out == "Sugar.\n"
    assert err.startswith("Searched for the question: 1 of 2 pages are read.\n")


CLAIMS = [{"text": "Sugar.", "support": "quoted", "citations": [], "missing": [], "warnings": []}]


def test_the_marks_that_a_text_has_are_explained_beneath_it(script, capsys):
    script.will_yield(text("Sugar. [p. 1 ✔]"), done(**{**SUMMARY, "claims": CLAIMS}))
    main(["summarize", "a.pdf"])
    assert "\n✔ quoted (checked by wording)\n" in "\n" + capsys.readouterr().err


def test_in_a_conversation_the_marks_are_explained_once(script, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("What?\nAnd then?\n"))
    script.will_yield(text("Sugar. [p. 1 ✔]"), done(**{**SUMMARY, "answer": "Sugar.", "claims": CLAIMS}))
    script.will_yield(text("Sugar. [p. 1 ✔]"), done(**{**SUMMARY, "answer": "Sugar.", "claims": CLAIMS}))
    main(["chat", "a.pdf"])
    assert capsys.readouterr().err.count("(checked by wording)") == 1


def test_a_summary_that_no_model_wrote_names_none(script, capsys):
    script.will_yield(text("Sugar."), done(**{**SUMMARY, "model": "", "seconds": 0.25}))
    main(["summarize", "a.pdf"])
    assert "; without a model, in 0.2 s." in capsys.readouterr().err


def test_where_the_model_was_not_asked_no_speed_is_told(script, capsys):
    """A summary used again was “0 tokens read, 0 written, 0.0 tokens/s”."""
    script.will_yield(text("Sugar."), done(**{**SUMMARY, "prompt_tokens": 0, "generated_tokens": 0, "seconds": 0.25}))
    main(["summarize", "a.pdf"])
    assert "; with starter: 0.2 s." in capsys.readouterr().err


def test_describe_and_ask_send_their_own_requests(script):
    script.will_yield(done(**SUMMARY))
    main(["describe", "a.pdf"])
    main(["ask", "a.pdf", "--question", "Where?"])
    assert isinstance(script.requests[0], Describe)
    assert isinstance(script.requests[1], Chat)
    assert script.requests[1].messages == (("user", "Where?"),)


def test_ask_says_how_it_answered(script, capsys):
    script.will_yield(text("In the leaf."), done(**ANSWER | {"adapter": "bio"}))
    assert main(["ask", "a.pdf", "--question", "Where?"]) == 0
    out, err = capsys.readouterr()
    assert out == "In the leaf.\n"
    assert "with starter and the adapter bio" in err


@pytest.mark.parametrize("question", [[], ["--question", "  "]])
def test_ask_without_a_question_says_so(script, capsys, question):
    assert main(["ask", "a.pdf", *question]) == 2
    assert capsys.readouterr().err == 'Error: There is no question.\n  Add it: sunto ask a.pdf --question "…"\n'


# --- extract -----------------------------------------------------------------------------------------------------


def page(number: int, content: str, label: str = "", **facts) -> dict:
    return {
        "number": number,
        "label": label or str(number),
        "text": content,
        "engine": "pdfium",
        "reason": "",
        "language": "",
        "warnings": [],
        **facts,
    }


def document(name: str, *pages: dict, **facts) -> dict:
    return {
        "document": name,
        "title": "Light",
        "language": "",
        "pages": list(pages),
        "pages_total": len(pages),
        "pages_readable": sum(bool(page["text"]) for page in pages),
        "chapters": [],
        "warnings": [],
        "recognised_with": "",
        **facts,
    }


CHAPTER = {"number": "2", "title": "Heat", "name": "2 Heat", "depth": 1, "first_label": "i", "last_label": "2"}


def test_extract_prints_the_text_page_by_page_and_how_each_was_read(script, capsys):
    pages = (
        page(1, "One.\n", "i", language="it"),
        page(2, "Two.", engine="geometry", reason="row-by-row", warnings=["glued-words"]),
        page(3, "", engine="none", warnings=["failed"]),
    )
    script.will_yield(
        done(**document("a.pdf", *pages, language="it", warnings=["Page 3 was left out."], chapters=[CHAPTER]))
    )
    assert main(["extract", "a.pdf", "--pages", "1-3"]) == 0
    assert (
        capsys.readouterr().out
        == """\
═══ a.pdf
═══ Light · 3 pages · 1 without text: could not be read (1) · Italian · read with pdfium (1); pdfium, put in order (1)
═══ 2 Heat · pp. i–2
⚠ Page 3 was left out.

─── p. i (PDF 1) · pdfium · Italian ───

One.

─── p. 2 · pdfium, put in order (its columns were drawn row by row) ───
⚠ Some words on this page run together. Check against the page what you copy from here.

Two.

─── p. 3 · not read ───
⚠ This page could not be read. If your PDF reader shows it, print the document to a new PDF and open that.
"""
    )
    assert isinstance(script.requests[0], Extract)


def test_extract_of_several_documents_names_each(script, capsys):
    script.will_yield(done(documents=[document("a.txt", page(1, "A")), document("b.txt", page(1, "B"))]))
    main(["extract", "a.txt", "b.txt"])
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("═══") and ".txt" in line] == [
        "═══ a.txt",
        "═══ b.txt",
    ]


def test_without_the_lines_of_sunto_only_the_text_is_left(script, capsys):
    script.will_yield(done(**document("a.pdf", page(1, "One.\n\nMore."), page(2, "Two."))))
    main(["extract", "a.pdf"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line and line[0] not in "═─⚠"]
    assert lines == ["One.", "More.", "Two."]


def test_sections_lists_the_chapters_and_no_text(script, capsys):
    without_text = {key: value for key, value in page(1, "One.").items() if key != "text"}
    facts = document("a.pdf", page(1, "One."), chapters=[CHAPTER])
    script.will_yield(done(**facts | {"pages": [without_text]}))
    main(["extract", "a.pdf", "--sections"])
    assert capsys.readouterr().out.splitlines()[-1] == "═══ 2 Heat · pp. i–2"
    assert script.requests[0].outline


def test_terminal_escapes_in_a_document_are_shown_as_nothing(script, capsys):
    script.will_yield(done(**document("a.txt", page(1, "\x1b[31m[bold]red[/bold]\x1b]0;x\x07"))))
    main(["extract", "a.txt"])
    assert capsys.readouterr().out.endswith("\n[bold]red[/bold]\n")


@pytest.mark.parametrize("command", ["summarize", "describe", "ask", "extract"])
def test_chapters_are_sent_as_they_were_typed(script, command):
    script.will_yield(failed())
    main([command, "a.pdf", "--chapters", "2,4-5", *(["--question", "Why?"] if command == "ask" else [])])
    assert script.requests[0].chapters == "2,4-5"


def test_chapters_and_pages_together_are_refused(script, capsys):
    assert main(["summarize", "a.pdf", "--chapters", "2", "--pages", "3"]) == 2
    assert script.requests == []
    assert "--chapters and --pages" in capsys.readouterr().err


# --- --output ----------------------------------------------------------------------------------------------------


def test_output_writes_the_summary_to_a_file_as_well(script, tmp_path, capsys):
    script.will_yield(text("Plants make sugar. [p. 1]"), done(**SUMMARY))
    target = tmp_path / "out.md"
    assert main(["summarize", "a.pdf", "--output", str(target)]) == 0
    assert target.read_text(encoding="utf-8").startswith("# Photosynthesis\n\nPlants make sugar.")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.md"]
    assert str(target) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.txt", b"Plants"), ("a.pdf", b"%PDF-"), ("a.docx", b"PK"), ("a.html", b"<!DOCTYPE"), ("a.json", b"{")],
)
def test_the_name_of_the_output_says_its_format(script, tmp_path, name, begins):
    script.will_yield(done(**SUMMARY))
    assert main(["summarize", "a.pdf", "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_an_output_that_cannot_be_made_is_refused_before_the_work(script, tmp_path, capsys):
    assert main(["summarize", "a.pdf", "--output", str(tmp_path / "a.xyz")]) == 2
    assert main(["summarize", "a.pdf", "--output", str(tmp_path / "a.tsv")]) == 2
    assert main(["describe", "a.pdf", "--output", str(tmp_path / "a.tsv")]) == 2
    assert capsys.readouterr().err.count("Error:") == 3
    assert script.requests == []


def test_an_existing_file_is_not_replaced_without_a_yes(script, tmp_path, capsys):
    script.will_yield(done(**SUMMARY))
    target = tmp_path / "out.md"
    target.write_text("mine", encoding="utf-8")
    assert main(["summarize", "a.pdf", "--output", str(target)]) == 2
    assert capsys.readouterr().err == (
        f"Error: “{target}” exists. Replace it? Nobody is here to answer.\n  Add --yes to say yes.\n"
    )
    assert target.read_text(encoding="utf-8") == "mine"
    assert script.requests == []
    assert main(["summarize", "a.pdf", "--output", str(target), "--yes"]) == 0
    assert "Plants make sugar." in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
def test_a_person_is_asked(script, tmp_path, monkeypatch, answer, code):
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    script.will_yield(done(**SUMMARY))
    target = tmp_path / "out.md"
    target.write_text("mine", encoding="utf-8")
    assert main(["summarize", "a.pdf", "--output", str(target)]) == code
    assert (target.read_text(encoding="utf-8") == "mine") == (code != 0)


def test_the_document_itself_is_never_replaced(script, tmp_path, capsys):
    source = tmp_path / "a.md"
    source.write_text("mine", encoding="utf-8")
    assert main(["summarize", str(source), "--output", str(source), "--yes"]) == 2
    assert "is the document itself" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == "mine"


def test_a_folder_is_no_output_file(script, tmp_path, capsys):
    assert main(["summarize", "a.pdf", "--output", str(tmp_path)]) == 2
    assert main(["summarize", "a.pdf", "--output", str(tmp_path / "none" / "out.md")]) == 2
    assert script.requests == []


def test_a_summary_that_failed_leaves_no_file(script, tmp_path):
    script.will_yield(failed())
    main(["summarize", "a.pdf", "--output", str(tmp_path / "out.md")])
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


# --- stopping ----------------------------------------------------------------------------------------------------


def test_ctrl_c_stops_the_job_and_keeps_the_text(script, capsys):
    def press(should_stop):
        assert not should_stop()
        signal.raise_signal(signal.SIGINT)
        assert should_stop()
        return Cancelled(job="", text="Plants make")

    script.will_yield(text("Plants make"), press)
    assert main(["summarize", "p.pdf"]) == 130
    out, err = capsys.readouterr()
    assert out == "Plants make\n"
    assert "Press Ctrl-C again to leave at once." in err
    assert "Traceback" not in err


def test_ctrl_c_outside_a_job_ends_the_program_quietly(monkeypatch, capsys):
    def interrupted(_words):
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.cli.program._dispatch", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr() == ("", "")


def test_after_a_job_ctrl_c_is_pythons_again(script):
    script.will_yield(done(**SUMMARY))
    main(["summarize", "p.pdf"])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# --- failures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [2, 3, 4, 5, 6, 7, 8])
def test_the_exit_code_is_the_errors(script, code):
    script.will_yield(failed(code=code))
    assert main(["summarize", "p.pdf"]) == code


def test_a_mistake_of_ours_is_told_politely_and_debug_shows_where(script, capsys):
    def broken(_should_stop):
        raise ZeroDivisionError("division by zero")

    script.will_yield(broken)
    assert main(["summarize", "p.pdf"]) == 1
    assert capsys.readouterr().err == (
        "Error: Something in Sunto went wrong: ZeroDivisionError: division by zero.\n"
        "  Run the same command with --debug to see where, and please report it.\n"
    )
    assert main(["summarize", "p.pdf", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_encrypted_document_asks_for_its_password_once(script, monkeypatch, capsys):
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr("getpass.getpass", lambda *_prompt: "secret")
    script.will_yield(dataclasses.replace(failed("EncryptedDocumentError"), path="p.pdf"))
    script.will_yield(done(**SUMMARY))
    assert main(["summarize", "p.pdf"]) == 0
    assert [request.passwords for request in script.requests] == [(), (("p.pdf", "secret"),)]


def test_each_encrypted_document_asks_for_its_own_password_and_a_wrong_one_is_not_asked_for_again(
    script, monkeypatch, capsys
):
    typed = iter(["first", "wrong"])
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr("getpass.getpass", lambda *_prompt: next(typed))
    for path in ("a.pdf", "b.pdf", "b.pdf"):
        script.will_yield(dataclasses.replace(failed("EncryptedDocumentError"), path=path))
    assert main(["summarize", "a.pdf", "b.pdf"]) == 3
    assert script.requests[-1].passwords == (("a.pdf", "first"), ("b.pdf", "wrong"))
    assert len(script.requests) == 3


def test_a_wrong_password_ends_it(script, monkeypatch):
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr("getpass.getpass", lambda *_prompt: "wrong")
    script.will_yield(failed("EncryptedDocumentError"))
    assert main(["summarize", "p.pdf"]) == 3
    assert len(script.requests) == 2


@pytest.mark.parametrize(("answer", "requests"), [("p\n", ["", "cpu"]), ("w\n", ["", ""]), ("\n", [""])])
def test_when_the_card_is_busy_a_person_may_wait_or_choose_the_processor(script, monkeypatch, answer, requests):
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    script.will_yield(failed("AcceleratorBusyError", 4))
    main(["summarize", "p.pdf"])
    assert [request.device for request in script.requests] == requests


# --- adapters, models, doctor --------------------------------------------------------------------------------------


def test_adapters_are_listed_in_a_table(script, capsys):
    row = {
        "name": "bio",
        "model": "starter",
        "kind": "lora",
        "r": 16,
        "created": "2026-08-01T10:00:00",
        "compatible": None,
        "directory": "/a/bio",
        "subject": "",
        "subjects": ["Biology"],
        "version": 2,
        "bytes": 9_800_000,
    }
    script.will_yield(done(adapters=[row]))
    assert main(["adapters", "list"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == "name subject version worth it? fits size base model kind rank made on".split()  # noqa: SIM905
    assert line.split("  ")[1].strip() == "Biology"
    assert line.split("  ")[0] == "bio"
    assert "base not here" in line


def test_no_adapters_is_said_on_stderr(script, capsys):
    script.will_yield(done(adapters=[]))
    main(["adapters", "list"])
    assert capsys.readouterr() == ("", "No adapters yet. Train one: sunto train FOLDER --name NAME\n")


def test_models_are_listed_with_the_reason_why_they_fit(script, capsys):
    row = {
        "name": "starter",
        "title": "SmolLM2",
        "installed": False,
        "fits": True,
        "reason": "fits easily",
        "download_bytes": 92_871_040,
        "disk_bytes": 0,
        "licence": "Apache-2.0",
        "languages": ["en"],
    }
    script.will_yield(done(models=[row]))
    main(["models", "list"])
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "here", "size", "languages", "licence", "this", "machine"]
    assert line.split() == ["starter", "no", "92.9", "MB", "en", "Apache-2.0", "fits", "easily"]


def test_fetching_prints_where_the_model_is(script, capsys):
    script.will_yield(
        Progress(job="", stage="download", done=5.0, total=10.0, unit="bytes"), done(model="starter", directory="/m/s")
    )
    assert main(["models", "fetch", "starter"]) == 0
    assert script.requests == [FetchModel(job="cli", model="starter")]
    out, err = capsys.readouterr()
    assert out == "/m/s\n"
    assert err.startswith("Downloading the model  5 B of 10 B\n")


def test_removing_a_model_asks_first(script, capsys):
    assert main(["models", "remove", "starter"]) == 2
    assert script.requests == []
    script.will_yield(done(model="starter", directory="/m/s"))
    assert main(["models", "remove", "starter", "--yes"]) == 0
    assert script.requests == [RemoveModel(job="cli", model="starter")]


def check(status: str) -> dict:
    return {"name": "torch", "status": status, "message": "torch 2.13.", "hint": "Mend it.", "command": "pip install x"}


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("warning", 0), ("problem", 4)])
def test_doctor_fails_only_for_a_problem(script, capsys, status, code):
    script.will_yield(done(checks=[check(status)], machine={}))
    assert main(["doctor"]) == code
    out = capsys.readouterr().out
    assert "torch: torch 2.13." in out
    assert "pip install x" in out


def test_doctor_fails_for_a_problem_in_json_too(script, capsys):
    script.will_yield(done(checks=[check("problem")], machine={}))
    assert main(["doctor", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["checks"][0]["status"] == "problem"


# --- chat --------------------------------------------------------------------------------------------------------


def chat(lines: str, monkeypatch, *words: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    return main(["chat", *words])


def test_a_conversation_is_told_to_the_model_from_its_beginning(script, monkeypatch, capsys):
    script.will_yield(text("In the leaf."), done(**ANSWER))
    script.will_yield(text("By day."), done(**ANSWER | {"answer": "By day."}))
    assert chat("Where?\n\nWhen?\n/quit\nnot asked\n", monkeypatch, "a.pdf") == 0
    assert capsys.readouterr().out == "In the leaf.\nBy day.\n"
    assert [request.messages for request in script.requests] == [
        (("user", "Where?"),),
        (("user", "Where?"), ("assistant", "In the leaf."), ("user", "When?")),
    ]
    assert script.requests[0].paths == ("a.pdf",)


def test_the_adapter_changes_within_a_conversation(script, monkeypatch, capsys):
    script.will_yield(done(**ANSWER))
    chat("One?\n/adapter bio\nTwo?\n/adapter none\nThree?\n/adapter auto\nFour?\n", monkeypatch)
    assert [request.adapter for request in script.requests] == ["", "bio", "none", "auto"]
    err = capsys.readouterr().err
    assert "The next answers use: bio." in err
    assert "The next answers use the adapter of the documents' subject, where it has one." in err


def answering(adapter: str = "", why: str = "none", subject: str = "") -> Answering:
    return Answering(job="", model="starter", adapter=adapter, why=why, subject=subject)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (answering("bio", "subject", "Biologia"), "Answering with the adapter “bio” (of the subject “Biologia”).\n"),
        (answering("bio", "asked"), "Answering with the adapter “bio”.\n"),
        (answering(), ""),
    ],
)
def test_it_is_said_once_which_adapter_answers_and_nothing_of_the_bare_base(script, capsys, event, said):
    script.will_yield(event, text("In the leaf."), done(**ANSWER))
    words = ["ask", "a.pdf", "--question", "Where?"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out == "In the leaf.\n"
    assert err.partition("Answered")[0] == said
    main([*words, "--quiet"])
    assert capsys.readouterr() == ("In the leaf.\n", "")
    main([*words, "--events"])
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == as_dict(dataclasses.replace(event, job="cli"))


def test_in_a_conversation_it_is_said_whenever_another_adapter_answers(script, monkeypatch, capsys):
    for who in ("bio", "bio", "", "bio", "law"):
        script.will_yield(answering(who, "asked"), text("Yes."), done(**ANSWER))
    chat("1?\n2?\n3?\n4?\n5?\n", monkeypatch)
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Answering")]
    assert said == [f"Answering with the adapter “{name}”." for name in ("bio", "bio", "law")]


def test_an_unknown_slash_command_is_explained_and_not_asked(script, monkeypatch, capsys):
    assert chat("/help\n/adapter\n", monkeypatch) == 0
    assert script.requests == []
    assert capsys.readouterr().err.count("Type a question, /adapter NAME or /quit.") == 2


def test_a_question_that_failed_is_forgotten_and_its_code_remembered(script, monkeypatch, capsys):
    script.will_yield(failed(code=4))
    script.will_yield(done(**ANSWER))
    assert chat("One?\nTwo?\n", monkeypatch) == 4
    assert script.requests[1].messages == (("user", "Two?"),)


def test_a_stopped_answer_stays_in_the_conversation(script, monkeypatch):
    script.will_yield(Cancelled(job="", text="In the"))
    script.will_yield(done(**ANSWER))
    assert chat("Where?\nGo on.\n", monkeypatch) == 0
    assert script.requests[1].messages[1] == ("assistant", "In the")


def test_what_was_said_of_a_document_is_not_said_again(script, monkeypatch, capsys):
    script.will_yield(READ, done(**ANSWER))
    chat("One?\nTwo?\n", monkeypatch, "p.pdf")
    assert capsys.readouterr().err.count("Read “Photosynthesis”") == 1


def test_a_warning_about_an_answer_is_said_of_each_answer(script, monkeypatch, capsys):
    """“Nothing in the document supports this answer” was said of the first, and the second stood there unwarned."""
    warning = Notice(job="", level="warning", message="Nothing in the document supports this answer.")
    script.will_yield(READ, text("x"), warning, done(**ANSWER))
    chat("One?\nTwo?\n", monkeypatch, "p.pdf")
    assert capsys.readouterr().err.count("Nothing in the document supports") == 2


def test_chat_prints_one_json_object_for_each_answer(script, monkeypatch, capsys):
    script.will_yield(text("x"), done(**ANSWER))
    chat("One?\nTwo?\n", monkeypatch, "--json")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [ANSWER, ANSWER]


def test_the_settings_file_is_mended_by_whoever_broke_it(sunto_home: Path, capsys):
    sunto_home.mkdir()
    (sunto_home / "settings.toml").write_text("model = ", encoding="utf-8")
    assert main(["models", "list"]) == 2
    assert "Mend it, or rename it to start from the defaults." in capsys.readouterr().err


def test_a_missing_library_is_an_incomplete_installation(script, capsys):
    def incomplete(_should_stop):
        raise ModuleNotFoundError("No module named 'pypdfium2'", name="pypdfium2")

    script.will_yield(incomplete)
    assert main(["summarize", "p.pdf"]) == 1
    assert capsys.readouterr().err.startswith("Error: A part of Sunto's installation is missing: pypdfium2.\n")
