"""Several documents: by topic where they share one, apart where they do not, and never silently at odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.documents.model import Document, Page, Section
from assistant.generation import ChatMessage
from tests.assistant.summary_runs import CELL, Run, first_sentence, text_of
from tests.assistant.texts import revolution_document
from tests.fakes import ScriptedModel


def course(name: str, *pages: str) -> Document:
    titles = ("Origin of the cell", "Chemistry of the membrane")
    return Document(
        path=f"/notes/{name}.pdf",
        name=f"{name}.pdf",
        title=name.title(),
        pages=tuple(Page(n, str(n), text, "text") for n, text in enumerate(pages, start=1)),
        sections=tuple(Section(title, 1, n) for n, title in enumerate(titles[: len(pages)], start=1)),
        language="en",
        sha256=name,
    )


SLIDES = course(
    "slides",
    "Robert Hooke discovered the cell in the year 1665 in a thin slice of cork under his microscope.",
    "The membrane of the cell is made of two layers of lipids with proteins between them.",
)
BOOK = course(
    "book",
    "Robert Hooke discovered the cell in the year 1667 in a thin slice of cork under his microscope.",
    "The membrane of the cell is made of two layers of lipids with proteins between them.",
)


def points(messages: Sequence[ChatMessage]) -> str:
    lines = [line.lstrip("- ") for line in text_of(messages).splitlines() if line and not line.startswith("#")]
    if "one summary" in messages[-1].content:
        return " ".join(dict.fromkeys(lines))
    return "\n".join(f"- {line}" for line in dict.fromkeys(lines))


def reader() -> ScriptedModel:
    return ScriptedModel(points, chunk_tokens=20)


def test_documents_on_one_topic_are_merged_by_topic():
    model = reader()
    run = Run(model, [SLIDES, BOOK])

    topics = [
        prompt[-1].content for prompt in model.prompts if "several documents say about one topic" in prompt[-1].content
    ]
    assert any("1665" in prompt and "1667" in prompt for prompt in topics)
    assert not run.screen.startswith("# ")


def test_what_two_documents_say_is_cited_from_both():
    run = Run(reader(), [SLIDES, BOOK])
    (membrane,) = [claim for claim in run.result["claims"] if "membrane" in claim["text"]]
    assert [(place["document"], place["page"]) for place in membrane["citations"]] == [
        ("slides.pdf", 2),
        ("book.pdf", 2),
    ]
    assert "[slides.pdf, p. 2; book.pdf, p. 2 ✔]" in run.screen


def test_contradictions_are_listed_at_the_end_with_both_places():
    run = Run(reader(), [SLIDES, BOOK])

    end = run.screen.split("# Where the documents disagree")[1]
    assert "1665" in end
    assert "1667" in end
    (found,) = run.result["contradictions"]
    assert {place["document"] for place in found["places"]} == {"slides.pdf", "book.pdf"}


def test_documents_without_a_common_topic_stay_apart_under_their_titles():
    sectionless = replace(CELL, language="en")
    run = Run(ScriptedModel(points, chunk_tokens=45), [sectionless, revolution_document()], language="en")
    assert run.screen.index("# The cell") < run.screen.index("# La rivoluzione francese")
    assert run.result["contradictions"] == []


def test_a_model_that_cannot_merge_describes_each_document_from_its_beginning():
    model = ScriptedModel(first_sentence, chunk_tokens=20)
    run = Run(model, [SLIDES, BOOK], task="describe", merge=False)

    assert not any("Describe the text above" in prompt[-1].content for prompt in model.prompts)
    assert run.screen.startswith("# Slides\n\nRobert Hooke discovered the cell in the year 1665")
    assert "# Book\n\nRobert Hooke discovered the cell in the year 1667" in run.screen
    assert not run.result["coverage"]["pages_skipped"]


def test_a_model_that_cannot_merge_tells_documents_apart_and_their_contradictions_too():
    run = Run(ScriptedModel(first_sentence, chunk_tokens=20), [SLIDES, BOOK], merge=False)
    assert (
        run.screen.index("# Slides") < run.screen.index("# Book") < run.screen.index("# Where the documents disagree")
    )


# --- without a model ----------------------------------------------------------------------------------------------


def test_without_a_model_what_two_documents_say_is_shown_once_with_both_places():
    """Every sentence that they share was listed twice."""
    run = Run(ScriptedModel([]), [SLIDES, BOOK], extractive="only")
    assert run.screen.count("two layers of lipids") == 1
    assert "[slides.pdf, p. 2; book.pdf, p. 2 ✔]" in run.screen


def test_without_a_model_contradictions_are_listed_too():
    """Only a summary that a model had written said anything of them."""
    run = Run(ScriptedModel([]), [SLIDES, BOOK], extractive="only", bullets=1)
    end = run.screen.split("# Where the documents disagree")[1]
    assert "1665" in end
    assert "1667" in end
    (found,) = run.result["contradictions"]
    assert found["what"] == "date"


def test_a_card_made_of_two_documents_sentences_is_asked_once():
    """It stood under each of them."""
    run = Run(ScriptedModel([]), [SLIDES, replace(SLIDES, path="/copy.pdf")], extractive="only", style="flashcards")
    prompts = [item["prompt"] for item in run.result["items"]]
    assert prompts
    assert len(set(prompts)) == len(prompts)


def test_where_another_language_was_asked_for_it_is_said_that_nothing_is_translated():
    """English sentences came, and not a word about the Italian that was asked for."""
    run = Run(ScriptedModel([]), [SLIDES], extractive="only", language="it")
    assert run.notices() == ["The document's own sentences stay in its language: only a model can translate."]
    assert Run(ScriptedModel([]), [SLIDES], extractive="only", language="en").notices() == []
