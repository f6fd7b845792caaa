"""Items to study with: read from what the model wrote, each with its place, made of the document where it fails."""

from __future__ import annotations

import pytest

from tests.assistant.summary_runs import CELL, SECTIONED, Run, small
from tests.fakes import ScriptedModel

GLOSSARY = "- cell: the smallest unit of life\n- nucleus: it holds the chromosomes of the cell"
CARDS = "Front: What holds the chromosomes?\nBack: The nucleus holds the chromosomes."
QUIZ = (
    "Question: How many chromosomes do human body cells have?\nA) 46 chromosomes\nB) 12 chromosomes\n"
    "C) 1665 chromosomes\nD) 23 chromosomes\nAnswer: A"
)
QUESTIONS = (
    "Question: What does the nucleus do?\n- The nucleus holds the chromosomes.\n- Before a cell divides, every "
    "chromosome is copied."
)


def test_a_glossary_is_a_list_of_terms_each_with_its_place():
    run = Run(ScriptedModel([GLOSSARY]), CELL, style="glossary")

    first, second = run.screen.splitlines()
    assert first.startswith("- **cell**: the smallest unit of life [p. 1 ")
    assert second.startswith("- **nucleus**: it holds the chromosomes of the cell [p. 4 ")
    assert run.result["summary"] == run.screen
    assert [(item["kind"], item["prompt"], item["claim"]) for item in run.result["items"]] == [
        ("term", "cell", 0),
        ("term", "nucleus", 1),
    ]
    for claim in run.result["claims"]:
        place = claim["place"]
        assert run.screen[place["mark"] : place["end"]].startswith(" [p. ")
        assert run.screen[place["start"] : place["mark"]].startswith("- **")


def test_a_quiz_shows_options_and_looks_up_its_answer():
    run = Run(ScriptedModel([QUIZ]), CELL, style="quiz")

    assert "1. **How many chromosomes do human body cells have?**" in run.screen
    (item,) = run.result["items"]
    assert item["answer"] == "46 chromosomes"
    assert len(item["options"]) == 4
    (claim,) = run.result["claims"]
    assert claim["citations"][0]["page"] == 4


def test_every_point_of_a_model_answer_is_a_claim():
    run = Run(ScriptedModel([QUESTIONS]), CELL, style="questions")
    assert run.screen.count("[p. 4 ") == 2
    assert run.result["items"][0]["claim"] == 0


def test_the_same_question_of_two_sections_is_asked_once():
    run = Run(small([CARDS]), SECTIONED, style="flashcards")
    assert run.screen.count("What holds the chromosomes?") == 1


def test_no_more_items_than_were_asked_for():
    run = Run(ScriptedModel([GLOSSARY]), CELL, style="glossary", bullets=1)
    assert [item["prompt"] for item in run.result["items"]] == ["cell"]


def test_items_stand_under_their_sections():
    answers = {"Discovery": "- cell: the smallest unit of life", "Nucleus": "- nucleus: what holds the chromosomes"}

    def answer(messages):
        return answers["Discovery" if "Hooke" in messages[-1].content else "Nucleus"]

    run = Run(small(answer), SECTIONED, style="glossary", extractive="off")
    assert run.screen.index("## Discovery") < run.screen.index("**cell**") < run.screen.index("**nucleus**")
    assert [item["section"] for item in run.result["items"]] == ["Discovery", "Mitochondria"]


def test_an_answer_without_items_is_asked_for_again_and_then_replaced():
    model = ScriptedModel(["I like cells very much."])
    run = Run(model, CELL, style="flashcards")

    assert len(model.prompts) == 2
    assert run.result["problems"] == {"items": 1}
    assert run.screen.startswith("*From the document's own sentences, not written by the model:*")
    assert run.result["items"]
    assert run.result["extractive"] == "all"


def test_an_item_with_a_number_that_the_source_does_not_have_can_be_left_out():
    wrong = "- cell: the smallest unit of life\n- nucleus: it holds the 48 chromosomes of the cell"
    assert len(Run(ScriptedModel([wrong]), CELL, style="glossary").result["items"]) == 2
    run = Run(ScriptedModel([wrong]), CELL, style="glossary", unsupported="drop")
    assert [item["prompt"] for item in run.result["items"]] == ["cell"]
    assert run.result["left_out"][0]["missing"] == ["48"]


@pytest.mark.parametrize("answer", ["- cell: green cheese from the moon and the stars of heaven"])
def test_of_a_model_that_cannot_merge_only_items_that_were_found_are_kept(answer: str):
    assert Run(ScriptedModel([answer]), CELL, style="glossary").result["items"][0]["prompt"] == "cell"
    run = Run(ScriptedModel([answer]), CELL, style="glossary", merge=False)
    assert "cheese" not in run.screen


def test_without_a_model_it_is_said_once_that_all_items_are_the_documents_own():
    """It stood under every heading."""
    run = Run(ScriptedModel([]), SECTIONED, style="questions", extractive="only")
    assert run.screen.count("## ") > 1
    assert run.screen.count("*From the document's own sentences") == 1


def test_the_parts_of_a_glossary_are_not_said_to_be_summarized():
    run = Run(small([GLOSSARY]), SECTIONED, style="glossary")
    assert run.progress("items")
    assert not run.progress("map")
