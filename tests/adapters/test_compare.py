"""The same request through two adapters: what is read once, what is said of which side, and what stays hidden."""

from __future__ import annotations

import json

import pytest

from adapters.jobs import Session, run
from adapters.sides import differences
from assistant import protocol
from assistant.config import Settings
from assistant.errors import AdapterCorruptError
from tests.adapters.test_registry import install
from tests.fakes import ScriptedModel, screen_text

TEXTS = {
    "base": "- Light becomes sugar in the leaves.",
    "zebra": "- Water is split in the leaves.\n- In 1847 oxygen was set free.",
    "quokka": "- Oxygen is set free when water is split.",
}


class AdapterSession(Session):
    """A model that writes something else with each adapter, and says more than it should of which one it is."""

    def __init__(self, settings=None):
        super().__init__(settings or Settings())
        self.model = ScriptedModel(lambda _messages: TEXTS[self.model.adapter or "base"], languages=("en",))
        self.asked: list[str] = []
        self.broken = ""

    def engine(self, request, should_stop):
        name = request.adapter
        self.asked.append(name)
        if name == self.broken:
            raise AdapterCorruptError(f"“{name}” is damaged.", "Train it again.")
        self.model.adapter = None if name == "base" else name
        yield protocol.ModelLoaded(
            job=request.job,
            model="scripted",
            adapter=name,
            device="cpu",
            memory_bytes=1,
            seconds=0.1,
            context_tokens=4096,
        )
        yield protocol.Progress(job=request.job, stage="load", done=1, total=1, detail=name)
        yield protocol.Notice(job=request.job, level="info", message=f"Switched to {name}.", hint=f"({name})")
        yield protocol.Answering(job=request.job, model="scripted", adapter=name, why="asked")
        return self.model


@pytest.fixture(autouse=True)
def adapters(sunto_home):
    for name in ("zebra", "quokka"):
        install(name)


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "photosynthesis.md"
    path.write_text(
        "# Photosynthesis\n\nIn the leaves light becomes sugar. Water is split and oxygen is set free.\n",
        encoding="utf-8",
    )
    return path


def request(note, *names, **fields):
    return protocol.Compare(job="1", paths=(str(note),), adapters=names or ("zebra", "quokka"), **fields)


def events_of(asked, session=None, **more):
    events = list(run(asked, session or AdapterSession(), **more))
    for event in events:
        assert protocol.decode(protocol.encode(event)) is not None
    return events


def sides_of(events):
    """What a reader of the events sees of each side."""
    sides = {None: []}
    now = None
    for event in events:
        if isinstance(event, protocol.Side):
            now = event.number
        sides.setdefault(now, []).append(event)
    return sides


def test_both_sides_answer_the_same_request_and_each_bears_its_adapters_name(note):
    result = events_of(request(note, "base", "zebra"))[-1].result
    assert (result["task"], result["compared"]) == ("compare", "summarize")
    assert [side["adapter"] for side in result["sides"]] == ["base", "zebra"]
    base, zebra = result["sides"]
    assert "sugar" in base["summary"]
    assert "1847" in zebra["summary"]
    assert all(side["claims"] and side["coverage"] and side["task"] == "summarize" for side in result["sides"])
    json.dumps(result)


def test_the_documents_are_read_once(note):
    read = [event for event in events_of(request(note)) if isinstance(event, protocol.DocumentRead)]
    assert len(read) == 1


def test_what_follows_a_side_is_its_text_and_its_progress(note):
    events = events_of(request(note))
    sides = sides_of(events)
    assert not any(isinstance(event, protocol.TextDelta) for event in sides[None])
    for number, side in enumerate(events[-1].result["sides"]):
        assert screen_text(sides[number]).strip() == side["summary"].strip()
        details = [event.detail for event in sides[number] if isinstance(event, protocol.Progress)]
        assert details
        assert all(f"text {number + 1} of 2" in detail for detail in details)


def test_each_side_says_once_who_answers(note):
    sides = sides_of(events_of(request(note)))
    said = [[e.adapter for e in sides[number] if isinstance(e, protocol.Answering)] for number in (0, 1)]
    assert said == [["zebra"], ["quokka"]]
    assert not any(isinstance(event, protocol.Answering) for event in sides[None])


@pytest.mark.parametrize("task", ["summarize", "describe", "ask"])
def test_every_task_can_be_compared(note, task):
    events = events_of(request(note, task=task, question="What is set free?" if task == "ask" else ""))
    result = events[-1].result
    assert [side["task"] for side in result["sides"]] == [task, task]
    assert all(side.get("answer") or side.get("summary") for side in result["sides"])


def test_a_side_is_what_its_adapter_answers_alone(note):
    side = events_of(request(note, "base", "zebra"))[-1].result["sides"][1]
    alone = events_of(protocol.Summarize(job="1", paths=(str(note),), adapter="zebra"))[-1].result
    what_is_said = ("summary", "claims", "coverage", "style", "language", "extractive", "adapter")
    assert [side[name] for name in what_is_said] == [alone[name] for name in what_is_said]


def test_the_style_and_the_points_are_those_of_both(note):
    result = events_of(request(note, style="outline", bullets=3))[-1].result
    assert [(side["style"], side["bullets"]) for side in result["sides"]] == [("outline", 3)] * 2


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"adapters": ("zebra",)}, 2, "1 were named"),
        ({"adapters": ()}, 2, "0 were named"),
        ({"adapters": ("zebra", "quokka", "base")}, 2, "3 were named"),
        ({"adapters": ("zebra", " zebra ")}, 2, "named twice"),
        ({"adapters": ("none", "base")}, 2, "named twice"),
        ({"adapters": ("zebra", "quoka")}, 5, "no adapter called “quoka”"),
        ({"adapters": ("zebra", "../zebra")}, 5, "../zebra"),
        ({"task": "chat"}, 2, "cannot be compared"),
        ({"task": "ask"}, 2, "no question"),
        ({"style": "haiku"}, 2, "haiku"),
    ],
)
def test_a_mistake_is_heard_before_anything_is_read(tmp_path, fields, code, words):
    asked = protocol.Compare(
        job="1", paths=(str(tmp_path / "not there.pdf"),), **{"adapters": ("zebra", "base")} | fields
    )
    session = AdapterSession()
    events = events_of(asked, session)
    assert [type(event) for event in events] == [protocol.Failed]
    assert events[0].exit_code == code
    assert words in events[0].message
    assert events[0].hint
    assert session.asked == []


def test_an_adapter_that_turns_out_to_be_damaged_is_known_before_the_other_writes(note):
    session = AdapterSession()
    session.broken = "quokka"
    events = events_of(request(note, "zebra", "quokka"), session)
    assert events[-1].kind == "AdapterCorruptError"
    assert not any(isinstance(event, protocol.TextDelta) for event in events)


def test_a_setting_that_needs_no_model_does_not_make_both_sides_the_same(note):
    result = events_of(request(note), AdapterSession(Settings(extractive="only")))[-1].result
    assert [side["model"] for side in result["sides"]] == ["scripted", "scripted"]
    assert not result["differences"]["same"]


# --- blind ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("zebra", "quokka"), ("base", "zebra")])
@pytest.mark.parametrize("task", ["summarize", "ask"])
def test_nothing_before_the_end_tells_a_blind_reader_which_adapter_it_is(note, names, task):
    events = events_of(request(note, *names, task=task, question="What is set free?", blind=True))
    for event in events[:-1]:
        assert not any(name in str(event) for name in ("zebra", "quokka"))
        assert not isinstance(event, protocol.Answering)
        assert getattr(event, "adapter", "") == ""
    assert isinstance(events[-1], protocol.Finished)
    assert sorted(side["adapter"] for side in events[-1].result["sides"]) == sorted(names)


def test_the_same_blind_comparison_has_the_same_sides_whichever_adapter_is_named_first(note):
    def placed(*names, **fields):
        result = events_of(request(note, *names, blind=True, **fields))[-1].result
        return [side["adapter"] for side in result["sides"]]

    assert placed("zebra", "quokka", seed=3) == placed("quokka", "zebra", seed=3)
    orders = {tuple(placed("zebra", "quokka", seed=seed)) for seed in range(12)}
    assert len(orders) == 2, "chance has a say"


def test_another_text_is_placed_by_another_throw(tmp_path):
    orders = set()
    for number in range(12):
        path = tmp_path / f"{number}.md"
        path.write_text(f"In the leaves light becomes sugar number {number}, and oxygen is set free.\n")
        result = events_of(request(path, blind=True))[-1].result
        orders.add(tuple(side["adapter"] for side in result["sides"]))
    assert len(orders) == 2


def test_what_is_written_when_a_blind_comparison_is_stopped_names_no_adapter(note):
    ending = stopped_in_side(1, note, blind=True)
    assert ending.text.startswith("## 1\n\n")
    assert "zebra" not in ending.text
    assert "quokka" not in ending.text


# --- stopping and repeating -------------------------------------------------------------------------------------


def stopped_in_side(number, note, **fields):
    """The end of a comparison that is stopped at the first words of that side."""
    session = AdapterSession()
    stop = []
    ending = None
    side = -1
    for event in run(request(note, **fields), session, lambda: bool(stop)):
        side = event.number if isinstance(event, protocol.Side) else side
        if side == number and isinstance(event, protocol.TextDelta | protocol.Progress):
            stop.append(True)
        ending = event
    assert isinstance(ending, protocol.Cancelled)
    return ending


def test_stopping_keeps_what_the_first_side_wrote(note):
    ending = stopped_in_side(1, note)
    assert ending.text.startswith("## zebra\n\n")
    assert "1847" in ending.text


def test_the_same_comparison_again_asks_the_model_nothing(note):
    session = AdapterSession()
    first = events_of(request(note), session)[-1].result
    prompts = len(session.model.prompts)
    second = events_of(request(note), session)[-1].result
    assert len(session.model.prompts) == prompts
    assert [side["summary"] for side in second["sides"]] == [side["summary"] for side in first["sides"]]
    assert first["differences"]["kept"] == [False, False]
    assert second["differences"]["kept"] == [True, True]


# --- what is counted --------------------------------------------------------------------------------------------


def test_sentences_are_counted_by_grade_and_words_without_the_marks_of_pages(note):
    result = events_of(request(note, "base", "zebra"))[-1].result
    counted = result["differences"]
    assert [sum(grades.values()) for grades in counted["grades"]] == [1, 2]
    assert counted["grades"][1]["unsupported"] == 1
    assert counted["words"] == [6, 12]
    assert counted["seconds"] == [side["seconds"] for side in result["sides"]]


def test_two_sides_are_the_same_when_their_words_are():
    def side(text):
        return {"answer": text, "claims": [], "seconds": 1.0, "generated_tokens": 3}

    assert differences([side("The leaf. [p. 1 ✔]"), side("- The leaf. [p. 2 ≈]")])["same"]
    assert not differences([side("The leaf."), side("A leaf.")])["same"]
