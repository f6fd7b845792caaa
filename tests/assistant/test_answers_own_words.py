"""Where a small model's answer about all of a text is no use, the document's own sentences stand in, and say so."""

from __future__ import annotations

import pytest

from assistant.protocol import Notice
from assistant.summaries.own.labels import own_label
from tests.assistant.test_answers import CELL, CELL_PAGES, REVOLUTION, REVOLUTION_PAGES, SECTIONED, SMALL, Turn
from tests.fakes import ScriptedModel

ENGLISH, ITALIAN = own_label("en"), own_label("it")
RUBBISH = "- The dragon of the north guards a castle of gold.\n- Wizards love purple hats."
LARGE: dict[str, int] = {}


def lines(turn: Turn) -> list[str]:
    return [line.split(" [")[0] for line in turn.screen.splitlines() if line.startswith("- ")]


@pytest.mark.parametrize("options", [SMALL, LARGE], ids=["part by part", "whole"])
def test_a_list_is_made_of_the_sentences_that_have_the_words_asked_for(options):
    turn = Turn(ScriptedModel([RUBBISH], **options), "List all the chromosomes mentioned", [SECTIONED], merge=False)
    assert turn.screen.startswith(ENGLISH)
    assert lines(turn) == [
        "- The nucleus holds the chromosomes.",
        "- Human body cells have 46 chromosomes, arranged in 23 pairs.",
        "- Before a cell divides, every chromosome is copied.",
    ]
    assert turn.result["extractive"] == "all"
    assert turn.result["not_in_document"] == ""
    assert {claim["support"] for claim in turn.result["claims"]} == {"quoted"}
    assert any("own sentences" in notice.message for notice in turn.notices)


def test_every_own_sentence_stands_where_its_place_says():
    turn = Turn(ScriptedModel([RUBBISH], **SMALL), "List all the chromosomes", [SECTIONED], merge=False)
    text = turn.result["answer"]
    assert text == turn.screen
    for claim in turn.result["claims"]:
        place = claim["place"]
        assert text[place["start"] : place["mark"]] == f"- {claim['text']}"
        assert text[place["mark"] : place["end"]] == " [p. 4 ✔]"


@pytest.mark.parametrize("options", [SMALL, LARGE], ids=["part by part", "whole"])
def test_all_dates_are_the_sentences_with_a_date(options):
    turn = Turn(ScriptedModel([RUBBISH], **options), "Elenca tutte le date", [REVOLUTION], merge=False)
    assert ITALIAN in turn.screen
    found = lines(turn)
    assert "- Il 14 luglio 1789 il popolo di Parigi assaltò la Bastiglia." in found
    assert "- Nel 1789 la Francia era quasi in bancarotta." in found
    assert all(any(month in line for month in ("1789", "1794", "luglio", "agosto")) for line in found)
    assert len(found) >= 4


def test_what_no_sentence_has_is_denied_and_not_replaced_by_others():
    turn = Turn(ScriptedModel([RUBBISH], **SMALL), "List all the volcanoes", [SECTIONED], merge=False)
    assert turn.screen == "The document does not say."
    assert turn.result["extractive"] == "no"


def listing(answer: str) -> Turn:
    model = ScriptedModel(lambda messages: answer if "46" in messages[-1].content else "NOTHING", **SMALL)
    return Turn(model, "List all the chromosomes", [SECTIONED], merge=False)


def test_a_list_that_the_text_supports_is_the_models_own_without_what_is_about_something_else():
    turn = listing(
        "- Human body cells have 46 chromosomes.\n- The nucleus holds the chromosomes.\n- Chloroplasts exist in plants."
    )
    assert [claim["text"] for claim in turn.result["claims"]] == [
        "Human body cells have 46 chromosomes.",
        "The nucleus holds the chromosomes.",
    ]
    assert turn.result["extractive"] == "no"


@pytest.mark.parametrize(
    "answer",
    [
        "- Human body cells have 46 chromosomes.",  # and the two others?
        "- Human body cells have 46\n- The nucleus holds the chromosomes. Before\n- Before a cell divides, every",
    ],
    ids=["too few", "broken off"],
)
def test_a_list_of_too_little_or_of_fragments_is_no_use(answer):
    turn = listing(answer)
    assert turn.screen.startswith(ENGLISH)
    assert len(lines(turn)) == 3


@pytest.mark.parametrize("options", [SMALL, LARGE], ids=["part by part", "whole"])
@pytest.mark.parametrize("change", [{"merge": True}, {"merge": False, "extractive": "off"}])
def test_nothing_stands_in_for_a_model_that_merges_or_where_it_was_turned_off(options, change):
    turn = Turn(ScriptedModel([RUBBISH], **options), "List all the chromosomes", [SECTIONED], **change)
    assert ENGLISH not in turn.screen
    assert turn.result["extractive"] == "no"


@pytest.mark.parametrize("options", [SMALL, LARGE], ids=["part by part", "whole"])
@pytest.mark.parametrize(
    ("request_text", "document", "pages", "label"),
    [("Summarize it", CELL, CELL_PAGES, ENGLISH), ("Riassumi il testo", REVOLUTION, REVOLUTION_PAGES, ITALIAN)],
)
def test_a_request_about_everything_gets_the_most_telling_sentences(options, request_text, document, pages, label):
    turn = Turn(ScriptedModel([RUBBISH], **options), request_text, [document], merge=False)
    assert label in turn.screen
    assert turn.result["extractive"] == "all"
    assert lines(turn)
    whole = " ".join(pages)
    assert all(line.removeprefix("- ") in whole for line in lines(turn))


def test_own_sentences_stand_in_for_the_sections_that_the_model_failed_on_alone():
    def answer(messages):
        asked = messages[-1].content
        return CELL_PAGES[0].split(". ")[0] + "." if "smallest unit of life" in asked else "Wizards love purple hats."

    turn = Turn(ScriptedModel(answer, **SMALL), "Summarize it", [SECTIONED], merge=False)
    written, own = turn.screen.split(ENGLISH)
    assert "The cell is the smallest unit of life." in written
    assert "Wizards" not in turn.screen
    assert "smallest unit" not in own
    assert "chromosomes" in own
    assert turn.result["extractive"] == "partly"


def test_a_question_is_answered_by_the_model_or_not_at_all():
    turn = Turn(ScriptedModel([RUBBISH], **SMALL), "How many chromosomes are there?", [SECTIONED], merge=False)
    assert ENGLISH not in turn.screen
    assert any(isinstance(event, Notice) for event in turn.events)
