"""Whatever happens in a job, its last event, and only its last, says how it ended."""

from __future__ import annotations

import json

import pytest

from adapters import jobs
from adapters.jobs import HANDLERS, Session, run
from assistant import protocol
from assistant.config import Settings
from assistant.errors import DocumentError, Stopped
from assistant.protocol.registered import kinds
from tests.fakes import ScriptedModel

SUMMARY = "- Light becomes sugar in the leaves.\n- Oxygen is set free."


class ScriptedSession(Session):
    """A session whose model says what it is told to."""

    def __init__(self, answers, languages=("en",)):
        super().__init__(Settings())
        self.model = ScriptedModel(answers, languages=languages)

    def engine(self, request, should_stop):
        yield from ()
        return self.model


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "photosynthesis.md"
    path.write_text(
        "# Photosynthesis\n\nIn the leaves light becomes sugar. Water is split and oxygen is set free.\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def nota(tmp_path):
    path = tmp_path / "fotosintesi.md"
    path.write_text(
        "# Fotosintesi\n\nNelle foglie la luce diventa zucchero. L'acqua viene scissa e l'ossigeno si libera nell'aria "
        "che respiriamo. Questo è il processo con cui le piante vivono.\n",
        encoding="utf-8",
    )
    return path


def collect(request, session, **kwargs):
    events = list(run(request, session, **kwargs))
    assert isinstance(events[-1], protocol.TERMINAL)
    assert not any(isinstance(event, protocol.TERMINAL) for event in events[:-1])
    assert all(event.job == request.job for event in events)
    for event in events:  # every event survives the wire
        assert protocol.decode(protocol.encode(event)) is not None
    return events


def test_a_summary_streams_its_text_and_ends_with_the_contracts_object(note):
    events = collect(protocol.Summarize(job="1", paths=(str(note),)), ScriptedSession([SUMMARY]))
    result = events[-1].result
    streamed = ""
    for event in events:
        if isinstance(event, protocol.TextReset):
            streamed = ""
        if isinstance(event, protocol.TextDelta):
            streamed += event.text
    assert streamed.strip() == result["summary"].strip()
    assert result["task"] == "summarize"
    assert result["claims"][0]["citations"][0]["page"] == 1
    assert result["coverage"]["pages_used"] in ([1], (1,))
    for key in ("language", "model", "adapter", "prompt_tokens", "generated_tokens", "seconds"):
        assert key in result
    json.dumps(result)
    assert any(isinstance(event, protocol.DocumentRead) and event.title == "Photosynthesis" for event in events)


def test_a_document_in_a_language_the_model_lacks_is_said_in_that_language(nota):
    events = collect(protocol.Describe(job="1", paths=(str(nota),)), ScriptedSession(["Parla della fotosintesi."]))
    notices = [event for event in events if isinstance(event, protocol.Notice) and event.level == "warning"]
    assert any("italiano" in notice.message for notice in notices)
    assert any("Qwen" in notice.message + notice.hint for notice in notices)


def test_a_language_that_is_asked_for_and_that_the_model_lacks_is_said_before_the_work(note):
    session = ScriptedSession([SUMMARY], languages=("en",))
    events = collect(protocol.Summarize(job="1", paths=(str(note),), language="it"), session)
    kinds = [type(event) for event in events]
    notice = events[kinds.index(protocol.Notice)]
    assert "italiano" in notice.message or "You asked for Italian" in notice.message
    assert kinds.index(protocol.Notice) < kinds.index(protocol.TextDelta)


def test_for_the_documents_own_sentences_no_model_is_loaded(note):
    session = ScriptedSession([SUMMARY])
    session.engine = lambda request, should_stop: pytest.fail("a model was asked for")
    request = protocol.Summarize(job="1", paths=(str(note),), style="outline", extractive="only")
    result = collect(request, session)[-1].result
    assert result["extractive"] == "all"
    assert result["model"] == ""
    assert result["claims"]


@pytest.mark.parametrize("wrong", [{"style": "haiku"}, {"unsupported": "maybe"}, {"extractive": "maybe"}])
def test_a_wrong_choice_is_heard_before_the_document_is_read(note, wrong):
    events = collect(protocol.Summarize(job="1", paths=(str(note),), **wrong), ScriptedSession([SUMMARY]))
    assert [type(event) for event in events] == [protocol.Failed]
    assert events[0].exit_code == 2


def test_no_notice_when_the_model_knows_the_language(nota):
    session = ScriptedSession(["Parla della fotosintesi."], languages=("en", "it"))
    events = collect(protocol.Describe(job="1", paths=(str(nota),)), session)
    assert not any(isinstance(event, protocol.Notice) and "italiano" in event.message for event in events)


def test_no_notice_when_nobody_knows_what_the_model_speaks(nota):
    """A base of the hub that is not in the catalogue was once said to hardly know English."""
    session = ScriptedSession(["Parla della fotosintesi."], languages=())
    events = collect(protocol.Describe(job="1", paths=(str(nota),)), session)
    assert not any(isinstance(event, protocol.Notice) and "Qwen" in event.hint for event in events)


def test_a_question_is_answered_from_the_document(note):
    request = protocol.Chat(job="1", paths=(str(note),), messages=(("user", "What is set free?"),))
    result = collect(request, ScriptedSession(["Oxygen is set free."]))[-1].result
    assert "Oxygen" in result["answer"]
    assert result["claims"][0]["citations"][0]["document"] == note.name


def test_extract_gives_the_pages_that_were_asked_for(note):
    result = collect(protocol.Extract(job="1", paths=(str(note),)), ScriptedSession([]))[-1].result
    assert result["document"] == note.name
    assert [page["number"] for page in result["pages"]] == [1]
    assert {"title", "language", "sections", "warnings"} <= result.keys()


@pytest.mark.parametrize("pages", ["99", "a-b"])
@pytest.mark.parametrize("kind", [protocol.Summarize, protocol.Describe, protocol.Chat])
def test_a_wrong_page_is_heard_before_a_model_is_fetched(note, kind, pages, monkeypatch):
    """The model was fetched and loaded first."""
    session = ScriptedSession([])
    monkeypatch.setattr(session, "engine", lambda *_arguments: pytest.fail("asked for the model"))
    ending = collect(kind(job="1", paths=(str(note),), pages=pages), session)[-1]
    assert (ending.kind, ending.exit_code) == ("ConfigError", 2)


def test_a_missing_file_is_a_failure_with_the_documents_exit_code(tmp_path):
    events = collect(protocol.Summarize(job="1", paths=(str(tmp_path / "no.pdf"),)), ScriptedSession([""]))
    assert events[-1].exit_code == 3
    assert events[-1].kind == "DocumentNotFoundError"
    assert events[-1].hint


def test_stopping_keeps_the_text_so_far(note):
    asked = iter(range(1000))
    events = collect(
        protocol.Chat(job="1", messages=(("user", "Tell me."),)),
        ScriptedSession(["one two three four five six. " * 30]),
        should_stop=lambda: next(asked) > 12,
    )
    assert isinstance(events[-1], protocol.Cancelled)
    assert events[-1].text.startswith("one two")


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (DocumentError("It broke.", "Mend it."), "DocumentError", 3),
        (ValueError("our mistake"), "ValueError", 1),
        (MemoryError(), "OutOfMemoryError", 4),
        (OSError(28, "No space left on device", "/data"), "OSError", 1),
        (Stopped("half"), None, None),
    ],
)
def test_anything_raised_becomes_one_terminal_event_with_words(monkeypatch, error, kind, code):
    def handler(request, session, should_stop):
        yield from ()
        raise error

    monkeypatch.setitem(HANDLERS, protocol.ListModels, handler)
    event = collect(protocol.ListModels(job="1"), Session(Settings()))[-1]
    if kind is None:
        assert isinstance(event, protocol.Cancelled)
        return
    assert (event.kind, event.exit_code) == (kind, code)
    assert event.message
    assert event.hint


def test_a_mistake_in_the_settings_file_is_a_failure_not_a_crash(sunto_home):
    sunto_home.mkdir(parents=True)
    (sunto_home / "settings.toml").write_text("styel = 'brief'\n")
    event = collect(protocol.LoadModel(job="1"), Session())[-1]
    assert event.kind == "ConfigError"
    assert "style" in event.hint


def test_every_request_of_the_protocol_has_a_handler():
    control = {protocol.Cancel, protocol.PauseTraining}
    requests = {
        kind
        for kind in vars(protocol).values()
        if isinstance(kind, type) and issubclass(kind, protocol.Request) and kind.__name__ in protocol_names()
    }
    assert requests - control == set(HANDLERS)


def protocol_names():
    return {kind.__name__ for kind in kinds()}


def test_models_and_adapters_can_be_listed_on_a_new_machine():
    models = collect(protocol.ListModels(job="1"), Session(Settings()))[-1].result["models"]
    assert [row["installed"] for row in models if row["name"] == "starter"] in ([False], [])
    assert collect(protocol.ListAdapters(job="1"), Session(Settings()))[-1].result == {"adapters": []}


def test_the_module_is_the_only_way_in():
    assert set(jobs.__all__) == {"HANDLERS", "Session", "run"}
