"""A loop is seen early, what is kept of it reads well, and the better of two attempts is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cited_text import PlainText
from assistant.generation import ChatMessage, GenerationConfig
from assistant.problems import is_looping, without_repetition
from assistant.protocol import TextDelta, TextReset
from assistant.writing import Ask, Screen, Writer
from tests.assistant.texts import CELL_PAGES, REVOLUTION_PAGES
from tests.fakes import ScriptedModel

LOOP = "It grows and it divides. " * 40


@pytest.mark.parametrize(
    "text",
    [
        LOOP,
        "The cell. " + "ha" * 40,
        "a" * 80,
        "\n".join(["- The cell is small and it is alive.", "- The cell is alive and it is small."] * 8),
        " ".join(f"The {word} cell is a part of all living things." for word in ["big", "small", "old"] * 5),
    ],
)
def test_a_loop_is_seen(text: str):
    assert is_looping(text)


@pytest.mark.parametrize(
    "text",
    ["", "Yes. Yes. Yes!", "No, no, no, no.", " ".join(CELL_PAGES), " ".join(REVOLUTION_PAGES), "| --- | --- | --- |"],
)
def test_ordinary_text_is_no_loop(text: str):
    assert not is_looping(text)


def test_without_repetition_every_sentence_stands_once():
    assert without_repetition("The cell is small. It grows. It grows. The cell is") == "The cell is small. It grows."
    assert without_repetition(LOOP) == "It grows and it divides."
    assert without_repetition("- One cell.\n- One cell.\n- Two cells.") == "- One cell.\n- Two cells."


@given(st.lists(st.sampled_from(["The cell is small. ", "It grows. ", "\n", "ha", "- "]), max_size=60).map("".join))
def test_without_repetition_adds_nothing_and_does_not_loop(text: str):
    kept = without_repetition(text)
    assert len(kept) <= len(text)
    assert set(kept.split()) <= set(text.split())


def write(answers: list[str], *, language: str = "", prefix: str = "") -> tuple[str, Writer, list]:
    writer = Writer(ScriptedModel(answers), Screen("j"), lambda: False)
    events = list(writer.screen.show(prefix))
    ask = Ask(lambda insist: [ChatMessage("user", "insist" if insist else "ask")], GenerationConfig(), language)
    job = writer.write(ask, PlainText)
    try:
        while True:
            events.append(next(job))
    except StopIteration as end:
        return end.value[0].text, writer, events


def test_white_space_before_the_answer_is_not_shown():
    text, writer, _events = write([" \n\n The cell."])
    assert text == writer.screen.text == "The cell."


def test_a_retry_keeps_what_stood_before_it():
    text, writer, events = write([LOOP, "The cell is small."], prefix="## Heading\n\n")

    assert text == "The cell is small."
    assert writer.screen.text == "## Heading\n\nThe cell is small."
    reset = next(index for index, event in enumerate(events) if isinstance(event, TextReset))
    assert events[reset + 1] == TextDelta(job="j", text="## Heading\n\n")


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([LOOP, ""], "It grows and it divides."),
        (["", LOOP], "It grows and it divides."),
        (["", "The cell."], "The cell."),
        (["", ""], ""),
    ],
)
def test_of_two_attempts_the_more_useful_one_is_kept(answers: list[str], kept: str):
    text, writer, _events = write(answers)
    assert text == kept
    assert writer.screen.text.strip() == kept
    assert len(writer.model.prompts) == 2


def test_tokens_of_both_attempts_are_counted():
    _text, writer, _events = write(["", "The cell is small."])
    assert writer.usage.generated_tokens == 4
    assert writer.usage.prompt_tokens == 2 * writer.model.count_prompt_tokens(writer.model.prompts[0])


def test_the_language_is_insisted_on_only_where_one_is_asked_for():
    english = "The cell is the smallest unit of life and all of the living are made of cells."
    assert len(write([english], language="")[1].model.prompts) == 1
    writer = write([english], language="it")[1]
    assert [prompt[0].content for prompt in writer.model.prompts] == ["ask", "insist"]
    assert writer.problems == {"language": 1}
