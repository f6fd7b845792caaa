"""Whose turn it is, what goes along with a question, and how results and steps are put into words. No terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.config import Settings
from assistant.errors import ConfigError, DatasetError
from assistant.protocol import Finished, ModelLoaded, Progress, TextDelta
from assistant.units import plain_number
from tui import results
from tui.conversation import Conversation, Message
from tui.open_documents import OpenDocument, OpenDocuments
from tui.requests import Choice, describe, summarize, training_data
from tui.status import status_after, status_while
from tui.turns import Turn, TurnQueue
from tui.widgets.job_line import progress_text


def turn(shown: str = "why?") -> Turn:
    return Turn(shown, lambda job: TextDelta(job=job, text=""), results.nothing_more)


def test_one_turn_runs_at_a_time_and_the_others_keep_their_order():
    queue = TurnQueue()
    turns = [turn(str(number)) for number in range(3)]
    for item in turns:
        queue.add(item)
    assert queue.next() is turns[0]
    assert queue.next() is None
    assert queue.ended("somebody else's job") is None
    assert queue.ended(turns[0].job) is turns[0]
    assert queue.next() is turns[1]


def test_a_turn_that_is_not_ready_waits_and_so_does_what_comes_after_it():
    queue, ready = TurnQueue(), False
    first, second = turn("of the document"), turn("and then?")
    first.ready = lambda: ready
    queue.add(first)
    queue.add(second)
    assert queue.next() is None
    ready = True
    assert queue.next() is first


def test_what_nobody_asked_for_cannot_be_taken_back():
    queue = TurnQueue()
    queue.add(turn("asked"))
    queue.add(turn(""))
    assert queue.withdraw_last().shown == "asked"
    assert queue.withdraw_last() is None


def exchange(*messages: Message):
    conversation = Conversation(Settings(), lambda error: None)
    conversation.messages = list(messages)
    return conversation.exchange()


def test_questions_without_an_answer_are_not_told_to_the_model_again():
    said = exchange(
        Message("user", "one"),
        Message("user", "two"),
        Message("assistant", "because"),
        Message("user", "three"),
        Message("assistant", "", "failed"),
        Message("user", "four"),
    )
    assert said == (("user", "two"), ("assistant", "because"), ("user", "four"))


def test_an_answer_that_was_stopped_is_part_of_what_was_said():
    said = exchange(Message("user", "one"), Message("assistant", "half", "stopped"), Message("user", "go on"))
    assert [content for _role, content in said] == ["one", "half", "go on"]


def test_a_comparison_is_not_told_to_the_model_as_if_it_had_said_it():
    said = exchange(
        Message("user", "one"),
        Message("assistant", "because"),
        Message("user", "/compare biology base"),
        Message("assistant", "## 1 · biology\n\nLeaves.\n\n*5 words · 3.0 s*"),
        Message("user", "two"),
    )
    assert [content for _role, content in said] == ["one", "because", "two"]


@given(st.text())
def test_any_name_is_shown_as_it_is_and_never_as_markdown(name):
    tokens = MarkdownIt("commonmark", {"html": False}).parse("- " + results.as_text("x" + name + "x"))
    inline = [child for token in tokens for child in token.children or ()]
    assert all(child.type == "text" for child in inline)


@pytest.mark.parametrize("present", [results.models_text, results.doctor_text])
def test_an_empty_result_is_a_sentence(present):
    assert present({}).endswith(".")


def test_models_say_whether_they_are_here_and_run_here():
    row = {"name": "Qwen/Qwen3-4B", "installed": False, "fits": True, "reason": "Fits.", "download_bytes": 8e9}
    kept = {"name": "starter", "installed": True, "fits": True, "reason": "", "disk_bytes": 115e6}
    large = {"name": "huge", "installed": False, "fits": False, "reason": "Needs 80 GB.", "download_bytes": 2e11}
    lines = [line.strip() for line in results.models_text({"models": [row, kept, large]}).splitlines()]
    assert lines[:3] == [
        r"↓ **Qwen/Qwen3\-4B** · 8.0 GB · Fits.",
        "✔ **starter** · 115.0 MB",
        "✖ **huge** · 200.0 GB · Needs 80 GB.",
    ]


def test_a_trained_adapter_says_how_the_loss_went():
    text = results.trained_text({"name": "physics", "steps": 9, "first_loss": 3.1, "last_loss": 1.2, "seconds": 61})
    assert "3.100 → 1.200" in text
    assert "/adapter physics" in text
    assert "/adapters physics" in text, "there it can be made the adapter of a subject"


def test_the_footnote_says_what_was_cut_and_with_which_adapter_and_how_fast_it_was_written():
    result = {"finish_reason": "length", "tokens_per_second": 12.4, "adapter": "physics"}
    assert results.answer_footnote(result) == "cut at the longest answer allowed · adapter physics · 12 tok/s"
    assert results.answer_footnote({"finish_reason": "stop", "adapter": "none"}) == ""


# --- what is asked for with a summary ---------------------------------------------------------------------------


@pytest.fixture
def some(tmp_path) -> OpenDocuments:
    (tmp_path / "a.txt").write_text("Bees dance.", encoding="utf-8")
    return OpenDocuments([OpenDocument(tmp_path / "a.txt")])


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("", {}),
        ("outline 5 it", {"style": "outline", "bullets": 5, "language": "it"}),
        ("it SCALETTA", {"style": "outline", "language": "it"}),
        ("flashcards", {"style": "flashcards"}),
        ("quotes 3", {"extractive": "only", "bullets": 3}),
        ("citazioni breve breve", {"extractive": "only", "style": "brief"}),
    ],
)
def test_a_summary_is_asked_for_in_a_few_words_in_any_order(some, words, fields):
    request = summarize("1", words, some, Choice())
    given = {name: getattr(request, name) for name in ("style", "bullets", "language", "extractive")}
    assert {name: value for name, value in given.items() if value} == fields


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("outlin", "Did you mean “outline”?"),
        ("loud", "a number, it, en, quotes"),
        ("brief outline", "at most"),
        ("3 4", "at most"),
        ("0", "from 1 to"),
        ("9999999999999999999999", "from 1 to"),
    ],
)
def test_words_that_mean_nothing_or_contradict_each_other_are_refused_with_what_would_do(some, words, hint):
    with pytest.raises(ConfigError) as caught:
        summarize("1", words, some, Choice())
    assert hint in caught.value.hint


def test_a_description_may_be_in_the_documents_own_sentences_too(some):
    """`/describe quotes` used not to be understood, where the command line has it."""
    described = describe("1", "citazioni it", some, Choice())
    assert (described.language, described.extractive) == ("it", "only")
    assert describe("1", "", some, Choice()).extractive == ""


def test_training_needs_a_folder_or_file_that_is_there(tmp_path):
    data = tmp_path / "my notes"
    data.mkdir()
    assert training_data(f'"{data}"') == training_data(str(data)) == data
    with pytest.raises(DatasetError):
        training_data(f"{tmp_path / 'missing.jsonl'}")


def download(**changes) -> Progress:
    return Progress(**{"job": "j", "stage": "download", "done": 46e6, "total": 92e6, "unit": "bytes", **changes})


def test_progress_has_a_bar_as_long_as_there_is_room_for():
    assert progress_text(download(), 12.0, 80) == (
        "Downloading the model ━━━━━━━━━━─────────── 50% · 46.0 MB of 92.0 MB · 12 s left"
    )
    assert progress_text(download(), 12.0, 60) == "Downloading the model 50% · 46.0 MB of 92.0 MB · 12 s left"
    assert progress_text(download(), 12.0, 36) == "Downloading the model ━━━━━───── 50%"


def test_progress_without_a_total_is_a_sentence_without_a_bar():
    assert progress_text(download(stage="load", done=0, total=0, unit="", detail="smol"), None, 80) == (
        "Loading the model · smol"
    )


@given(
    st.floats(0, 1e12), st.floats(0, 1e12), st.none() | st.floats(0, 1e6), st.integers(20, 200), st.text(max_size=99)
)
def test_progress_fits_its_line(done, total, left, columns, detail):
    assert len(progress_text(download(done=done, total=total, detail=detail), left, columns)) <= max(columns, 30)


def test_a_small_learning_rate_is_written_without_an_exponent():
    assert plain_number(9.63e-05) == "0.000096"
    assert plain_number(1e-4) == "0.0001"


def test_the_status_follows_a_job():
    loaded = ModelLoaded(job="j", model="m", adapter="", device="cpu", memory_bytes=1, seconds=1.0, context_tokens=2048)
    assert status_while(loaded, "working") == {"model": "m", "device": "cpu", "context_tokens": 2048}
    assert status_while(Progress(job="j", stage="download", done=1, total=2), "working") == {"phase": "loading"}
    assert status_while(TextDelta(job="j", text="x"), "stopping") == {}, "stopping is said until it has stopped"
    result = {"prompt_tokens": 300, "generated_tokens": 20, "tokens_per_second": 31.0}
    assert status_after(Finished(job="j", result=result)) == {
        "phase": "idle",
        "tokens_per_second": 31.0,
        "context_used": 320,
    }
