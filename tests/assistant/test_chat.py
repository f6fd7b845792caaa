"""One turn of a conversation: what the model is shown, what the person sees, where it stands in the documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from assistant.answers import reply
from assistant.documents.model import Document, Page
from assistant.errors import ContextOverflowError, ModelError, NoTextError, Stopped
from assistant.generation import ChatMessage, GenerationConfig
from assistant.i18n import set_language
from assistant.protocol import Event, Notice, Progress
from tests.assistant.texts import CELL_PAGES, cell_document, revolution_document
from tests.fakes import ScriptedModel, screen_text

CELL = cell_document()


class Turn:
    """One reply, run to its end."""

    def __init__(
        self,
        model: ScriptedModel,
        messages: str | Sequence[str],
        documents: Sequence[Document] = (),
        stop: Callable[[], bool] = lambda: False,
        max_new_tokens: int = 100,
        **options,
    ):
        said = [messages] if isinstance(messages, str) else messages
        roles = ["user", "assistant"] * len(said)
        self.events: list[Event] = []
        self.result: dict = {}
        job = reply(
            "j",
            model,
            [ChatMessage(role, text) for role, text in zip(roles, said, strict=False)],
            documents,
            config=GenerationConfig(max_new_tokens=max_new_tokens),
            should_stop=stop,
            **options,
        )
        try:
            while True:
                self.events.append(next(job))
        except StopIteration as end:
            self.result = end.value

    @property
    def screen(self) -> str:
        return screen_text(self.events)

    def notices(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Notice)]


# --- without documents ------------------------------------------------------------------------------------------


def test_a_plain_answer_is_streamed_as_it_is():
    model = ScriptedModel(["A cell is alive [p. 3]. It divides."])
    turn = Turn(model, "What is a cell?")

    assert turn.screen == turn.result["answer"] == "A cell is alive [p. 3]. It divides."
    assert turn.result["task"] == "chat"
    assert turn.result["claims"] == []
    assert turn.result["coverage"] == {"pages_total": 0, "pages_used": [], "pages_skipped": []}
    assert [message.role for message in model.prompts[0]] == ["system", "user"]
    assert [event.unit for event in turn.events if isinstance(event, Progress)] == ["tokens"]


def test_the_conversation_so_far_goes_with_the_question():
    model = ScriptedModel(["Yes."])
    Turn(model, ["What is a cell?", "The unit of life.", "Is it alive?"])
    assert [message.content for message in model.prompts[0][1:]] == [
        "What is a cell?",
        "The unit of life.",
        "Is it alive?",
    ]


def test_the_oldest_messages_are_left_out_when_the_window_is_full():
    said = [f"{'question' if n % 2 == 0 else 'answer'} {n} " + "word " * 40 for n in range(11)]
    model = ScriptedModel(["Yes."], context_tokens=360)
    turn = Turn(model, said)

    kept = [message.content for message in model.prompts[0][1:]]
    assert kept == said[-len(kept) :]
    assert kept[0].startswith("question"), "an answer without its question would confuse"
    assert turn.result["messages_left_out"] == len(said) - len(kept) > 0
    notice = next(event for event in turn.events if isinstance(event, Notice))
    assert str(len(said) - len(kept)) in notice.message
    assert "oldest are left out first" in notice.hint, "the rule is said in plain words"
    assert model.count_prompt_tokens(model.prompts[0]) + 100 <= 360
    assert model.count_prompt_tokens(model.prompts[0]) + 100 + 2 * 46 > 360, "no more than needed is left out"


def test_a_question_too_long_for_the_window_is_refused():
    with pytest.raises(ContextOverflowError):
        Turn(ScriptedModel(["Yes."], context_tokens=300), "word " * 300)


@pytest.mark.parametrize(
    ("question", "interface", "language"),
    [
        ("Che cos'è la cellula e di che cosa è fatta?", "en", "it"),
        ("What is the cell and what is it made of?", "it", "en"),
        ("Ciao!", "it", "it"),
        ("Ciao!", "en", "en"),
    ],
)
def test_the_language_is_the_questions_or_else_the_interfaces(question: str, interface: str, language: str):
    set_language(interface)
    assert Turn(ScriptedModel(["Ok."]), question).result["language"] == language


def test_an_answer_in_another_language_is_redone_only_where_one_was_chosen():
    english = "The cell is the smallest unit of life and all of the living are made of it."
    question = "Come si dice in inglese che la cellula è l'unità della vita?"
    free, chosen = (
        ScriptedModel([english]),
        ScriptedModel([english, "La cellula è l'unità di tutti gli esseri viventi."]),
    )

    assert Turn(free, question).screen == english
    assert len(free.prompts) == 1
    assert Turn(chosen, question, language="it").screen.startswith("La cellula")
    assert "SOLO in italiano" in chosen.prompts[1][0].content


def test_an_answer_of_nothing_is_an_error():
    with pytest.raises(ModelError):
        Turn(ScriptedModel([""]), "What is a cell?")


def test_stopping_keeps_the_text_so_far():
    asked = iter([False] * 4)
    with pytest.raises(Stopped) as stopped:
        Turn(ScriptedModel(["one two three four five"]), "Count.", stop=lambda: next(asked, True))
    assert stopped.value.text == "one two three "


# --- with documents ---------------------------------------------------------------------------------------------


def test_an_answer_from_a_document_carries_its_page():
    model = ScriptedModel(["Human body cells have 46 chromosomes [p. 1]."])
    turn = Turn(model, "How many chromosomes are there?", [CELL])

    assert turn.screen == turn.result["answer"] == "Human body cells have 46 chromosomes. [p. 4 ✔]"
    assert turn.result["task"] == "ask"
    assert turn.result["claims"][0]["citations"][0]["page"] == 4
    assert turn.result["coverage"]["pages_used"] == [1, 2, 3, 4]


def test_a_wrong_number_is_marked():
    turn = Turn(ScriptedModel(["Human body cells have 48 chromosomes."]), "How many are there?", [CELL])
    assert turn.screen.endswith("chromosomes. [p. 4 ✖ 48]")
    assert len(turn.notices()) == 1


@pytest.mark.parametrize(
    "answer", ["The document does not say.", "The text doesn't mention it at all.", "Il documento non lo dice."]
)
def test_not_in_the_document_is_an_answer_and_not_an_unsupported_claim(answer: str):
    turn = Turn(ScriptedModel([answer]), "Who saw cells for the first time in Asia?", [CELL])
    assert turn.screen == answer
    assert turn.result["claims"] == []
    assert turn.result["not_in_document"] == "model"
    assert turn.result["nearest"][0]["page"] == 1
    assert turn.notices() == ["The model found no answer in what it read."]


def test_a_document_that_fits_stands_whole_and_unchanged_at_the_head_of_every_turn():
    """So that the KV cache of the first turn is the prefix of the next."""
    first, second = ScriptedModel(["46."]), ScriptedModel(["Yes."])
    Turn(first, "How many chromosomes are there?", [CELL])
    Turn(second, ["How many chromosomes are there?", "46. [p. 4 ✔]", "Are they copied?"], [CELL])

    assert all(text in first.prompts[0][1].content for text in CELL_PAGES)
    assert second.prompts[0][:2] == first.prompts[0]
    assert second.prompts[0][2].content == "46.", "the model is not taught to write references"
    assert second.prompts[0][3].content == "Are they copied?"


def test_the_document_stays_at_the_head_when_old_messages_go():
    said = [f"{'question' if n % 2 == 0 else 'answer'} {n} " + "word " * 40 for n in range(11)]
    model = ScriptedModel(["Yes."], context_tokens=640)
    turn = Turn(model, said, [CELL])

    assert turn.result["messages_left_out"] > 0
    assert CELL_PAGES[0] in model.prompts[0][1].content
    assert model.count_prompt_tokens(model.prompts[0]) + 100 <= 640


def long_document() -> Document:
    filler = "This page tells of many other things that nobody ever asked about in any way. " * 15
    texts = (*CELL_PAGES, *(f"{filler} Number {n}." for n in range(10)))
    return replace(CELL, pages=tuple(Page(n, str(n), text, "text") for n, text in enumerate(texts, start=1)))


def test_from_a_long_document_the_passages_for_the_question_are_chosen():
    model = ScriptedModel(["Human body cells have 46 chromosomes."], context_tokens=900)
    turn = Turn(
        model, ["What is a cell?", "Life.", "How many chromosomes do human body cells have?"], [long_document()]
    )

    question = model.prompts[0][-1].content
    assert CELL_PAGES[3] in question
    assert "Question: How many chromosomes" in question
    assert model.prompts[0][1].content == "What is a cell?"
    assert turn.screen == "Human body cells have 46 chromosomes. [p. 4 ✔]"
    skipped = turn.result["coverage"]["pages_skipped"]
    assert {"page": 14, "reason": "not relevant"} in skipped
    assert model.count_prompt_tokens(model.prompts[0]) + 100 <= 900


def test_a_model_is_given_no_more_text_than_it_digests_well_though_its_window_is_larger():
    """The starter, asked with three whole pages before it, once answered "6" to everything."""
    model = ScriptedModel(["46."], context_tokens=8000, chunk_tokens=200)
    Turn(model, ["How many chromosomes do human body cells have?"], [long_document()])
    assert CELL_PAGES[3] in model.prompts[0][-1].content
    assert model.count_prompt_tokens(model.prompts[0]) < 400


def test_a_short_follow_up_is_searched_with_the_question_before_it():
    model = ScriptedModel(["Twice."], context_tokens=900)
    Turn(model, ["How many chromosomes do body cells have?", "46.", "And why?"], [long_document()])
    assert CELL_PAGES[3] in model.prompts[0][-1].content


def test_several_documents_stand_under_their_titles_and_are_told_apart():
    model = ScriptedModel(["Human body cells have 46 chromosomes."])
    turn = Turn(model, "How many chromosomes are there?", [CELL, revolution_document()])

    assert turn.screen.endswith("[cell.pdf, p. 4 ✔]")
    content = model.prompts[0][1].content
    assert content.index("# The cell") < content.index("# La rivoluzione francese")


def test_only_the_chosen_pages_are_shown_and_searched():
    model = ScriptedModel(["Human body cells have 46 chromosomes."])
    turn = Turn(model, "How many chromosomes are there?", [CELL], chosen={CELL.path: (1, 2)})
    assert CELL_PAGES[3] not in model.prompts[0][1].content
    assert turn.screen.endswith("[?]")


def test_the_question_decides_the_language_and_a_short_one_leaves_it_to_the_document():
    italian = revolution_document()
    assert Turn(ScriptedModel(["Ok."]), "When was the king of France executed?", [italian]).result["language"] == "en"
    assert Turn(ScriptedModel(["Ok."]), "Robespierre?", [italian]).result["language"] == "it"


def test_a_document_without_text_is_refused():
    with pytest.raises(NoTextError):
        Turn(ScriptedModel(["x"]), "What?", [replace(CELL, pages=(Page(1, "1", "", "none", ("scanned",)),))])
