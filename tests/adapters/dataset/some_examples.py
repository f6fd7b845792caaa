"""Examples for the tests of data sets, by hand and by hypothesis."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from adapters.dataset.example import SPLITS, STATUSES, TASKS, TIERS, Example, Place, example_id
from assistant.safe_text import printable

TEXT = "Plants take light, water and carbon dioxide, and make sugar and oxygen of them in their leaves, day after day."
TARGET = "Plants make sugar and oxygen from light."


def example(number=0, **fields):
    """One of many that differ."""
    text, target = fields.pop("text", f"{TEXT} Number {number}."), fields.pop("target", f"{TARGET} {number}")
    task = fields.pop("task", "summarize")
    defaults = {
        "id": example_id(task, text, target, "notes.md"),
        "language": "en",
        "tier": "B",
        "origin": "abstract",
        "group": "notes.md",
        "place": Place(document="notes.md"),
        "split": "train",
    }
    return Example(task=task, text=text, target=target, **(defaults | fields))


def many(count, **fields):
    return [example(number, **fields) for number in range(count)]


def as_said(text):
    """What is kept of a text, whatever was in it."""
    return printable(text).strip()


texts = st.text(max_size=60).filter(as_said)
clean_texts = texts.map(as_said).filter(lambda text: as_said(text) == text and text != "")
numbers = st.integers(0, 10_000)

places = st.builds(
    Place,
    document=clean_texts,
    pages=st.lists(numbers, max_size=3).map(tuple),
    start=numbers,
    end=numbers,
    cuts=st.lists(st.tuples(numbers, numbers), max_size=2).map(tuple),
    section=clean_texts | st.just(""),
    line=numbers,
)


@st.composite
def examples(draw):
    """Any example that the code could make."""
    text, target = draw(clean_texts), draw(clean_texts)
    place = draw(places)
    task = draw(st.sampled_from(TASKS))
    made = Example(
        id=example_id(task, text, target, place.document),
        task=task,
        text=text,
        target=target,
        language=draw(st.sampled_from(("it", "en", ""))),
        tier=draw(st.sampled_from(TIERS)),
        origin=draw(st.sampled_from(("row", "sidecar", "abstract", "base"))),
        group=draw(clean_texts),
        place=place,
        target_place=draw(st.none() | places),
        split=draw(st.sampled_from(("", *SPLITS))),
        status=draw(st.sampled_from(STATUSES)),
        doubts=tuple(draw(st.lists(clean_texts, max_size=2))),
    )
    return replace(made, target=draw(clean_texts), original=target) if draw(st.booleans()) else made


def different(examples_):
    """Those with ids of their own."""
    return list({example.id: example for example in examples_}.values())
