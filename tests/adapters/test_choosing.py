"""Who answers: what was asked for by name, the subject's own where the documents say so, and never a surprise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from adapters import session as session_module
from adapters.choosing import BARE_BASE, Chosen, or_bare_base
from adapters.jobs import run
from adapters.registry import get_adapter
from adapters.session import Session
from assistant import protocol
from assistant.config import Settings
from assistant.errors import AdapterError, AdapterNotFoundError, OutOfMemoryError
from assistant.library import Library
from tests.adapters.test_registry import install
from tests.fakes import ScriptedModel

GONE, DAMAGED, OF_ANOTHER_BASE, WITHOUT_WEIGHTS = "gone", "damaged", "of another base", "without weights"


@pytest.fixture
def bio(tiny_kept) -> str:
    return make_adapter("bio", tiny_kept)


def make_adapter(name: str, kept) -> str:
    """A working one: rank 2 on one linear layer of the tiny model."""
    from safetensors.torch import save_file

    directory = install(
        name,
        card={"base": {"name": kept.name, "weights_sha256": kept.weights_sha256}},
        r=2,
        lora_alpha=4,
        target_modules=["q_proj"],
        task_type="CAUSAL_LM",
    )
    config = json.loads((kept.directory / "config.json").read_text(encoding="utf-8"))
    hidden = config["hidden_size"]
    out = config.get("head_dim", hidden // config["num_attention_heads"]) * config["num_attention_heads"]
    layer = "base_model.model.model.layers.0.self_attn.q_proj"
    torch.manual_seed(sum(name.encode()))
    save_file(
        {f"{layer}.lora_A.weight": torch.randn(2, hidden), f"{layer}.lora_B.weight": torch.randn(out, 2)},
        directory / "adapter_model.safetensors",
    )
    return name


@pytest.fixture
def notes(tmp_path: Path, sunto_home: Path):
    """A file of each subject, and one of none: `notes["Biologia"]`, `notes[""]`."""
    paths = {}
    with Library() as library:
        for subject in ("Biologia", "Diritto", ""):
            path = tmp_path / f"{subject or 'loose'}.txt"
            path.write_text(f"{subject}: le cellule e le leggi.", encoding="utf-8")
            library.add_document(path, subject=subject)
            paths[subject] = str(path)
        library.set_subject_adapter("Biologia", "bio")
    return paths


def to_the_end(job):
    """(events, what it returns)"""
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return events, end.value


def answering(session: Session, *paths: str, adapter: str = "", setting: str = "auto"):
    """(adapter, why, subject) of the one `Answering`, and the notices."""
    session._settings = Settings(device="cpu", adapter=setting)
    request = protocol.Chat(job="1", paths=paths, adapter=adapter)
    events, engine = to_the_end(session.engine(request, lambda: False))
    (said,) = [event for event in events if isinstance(event, protocol.Answering)]
    assert said is events[-1], "said when it is sure, and before anything is written"
    assert said.adapter == (engine.adapter or "")
    assert said.model == engine.name
    return (said.adapter, said.why, said.subject), [event for event in events if isinstance(event, protocol.Notice)]


# --- the subject's own -------------------------------------------------------------------------------------------


def test_the_documents_of_a_subject_are_answered_about_by_its_adapter(session, bio, notes):
    assert answering(session, notes["Biologia"]) == (("bio", "subject", "Biologia"), [])


@pytest.mark.parametrize(
    "subjects", [("Diritto",), ("",), ("Biologia", "Diritto"), ("Biologia", ""), ("Diritto", "")], ids=" and ".join
)
def test_documents_of_several_subjects_of_none_or_of_one_without_an_adapter_get_the_bare_base(
    session, bio, notes, subjects
):
    assert answering(session, *(notes[subject] for subject in subjects)) == (("", "none", ""), [])


def test_documents_of_several_subjects_with_the_same_adapter_are_answered_about_by_that_one(session, bio, notes):
    both = notes["Diritto"], notes["Biologia"]
    session.library.set_subject_adapter("Diritto", "bio")
    assert answering(session, *both) == (("bio", "subject", "Biologia, Diritto"), [])
    assert answering(session, *both, notes[""])[0] == ("", "none", "")


def test_where_the_adapter_of_several_subjects_is_gone_a_notice_names_them_and_a_command_that_works(session, notes):
    session.library.set_subject_adapter("Diritto", "bio")
    said, (notice,) = answering(session, notes["Diritto"], notes["Biologia"])
    assert said == ("", "none", "")
    assert "“Biologia, Diritto”" in notice.message
    assert "sunto library subject Biologia --adapter" in notice.hint


def test_a_document_that_was_never_read_and_a_question_without_documents_get_the_bare_base(session, bio, notes):
    assert answering(session, "never-read.txt") == (("", "none", ""), [])
    assert answering(session) == (("", "none", ""), [])


def test_loading_the_model_early_loads_the_bare_base(session, bio, notes):
    """What the app sends at its start knows no document yet."""
    events = list(run(protocol.LoadModel(job="1"), session))
    assert events[-1].result["adapter"] == ""
    assert [(e.adapter, e.why) for e in events if isinstance(e, protocol.Answering)] == [("", "none")]


def test_the_adapter_changes_with_the_documents_from_one_question_to_the_next(session, tiny_kept, bio, notes):
    make_adapter("law", tiny_kept)
    session.library.set_subject_adapter("Diritto", "law")
    said = [answering(session, notes[subject])[0][0] for subject in ("Biologia", "Diritto", "", "Biologia")]
    assert said == ["bio", "law", "", "bio"]


def test_a_subject_that_gets_another_adapter_is_answered_about_by_that_one(session, tiny_kept, bio, notes):
    answering(session, notes["Biologia"])
    session.library.rename_subject_adapter("bio", make_adapter("life", tiny_kept))
    assert answering(session, notes["Biologia"])[0] == ("life", "subject", "Biologia")
    session.library.set_subject_adapter("Biologia", "")
    assert answering(session, notes["Biologia"])[0] == ("", "none", "")


# --- what is asked for -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["none", "base", "None"])
def test_none_and_base_are_the_bare_base_whatever_the_subject_has(session, bio, notes, word):
    assert answering(session, notes["Biologia"], adapter=word)[0] == ("", "asked", "")
    assert answering(session, notes["Biologia"], setting=word)[0] == ("", "setting", "")


def test_an_empty_setting_is_the_bare_base_as_it_always_was(session, bio, notes):
    assert answering(session, notes["Biologia"], setting="")[0] == ("", "setting", "")


def test_a_name_comes_before_the_subject_and_the_request_before_the_setting(session, tiny_kept, bio, notes):
    make_adapter("law", tiny_kept)
    assert answering(session, notes["Biologia"], adapter="law")[0] == ("law", "asked", "")
    assert answering(session, notes["Biologia"], setting="law")[0] == ("law", "setting", "")
    assert answering(session, notes["Biologia"], setting="law", adapter="bio")[0] == ("bio", "asked", "")
    assert answering(session, notes["Biologia"], setting="law", adapter="auto")[0] == ("bio", "subject", "Biologia")
    assert answering(session, notes[""], setting="law", adapter="auto")[0] == ("", "none", "")


# --- what cannot be used -----------------------------------------------------------------------------------------


def spoil(how: str, directory: Path) -> None:
    if how == GONE:
        directory.rename(directory.with_name("elsewhere"))
    elif how == DAMAGED:
        (directory / "adapter_config.json").write_text("{", encoding="utf-8")
    elif how == OF_ANOTHER_BASE:
        (directory / "sunto.json").write_text(json.dumps({"base": {"name": "another"}}), encoding="utf-8")
    else:
        weights = directory / "adapter_model.safetensors"
        weights.write_bytes(weights.read_bytes()[:100])


@pytest.mark.parametrize("how", [GONE, DAMAGED, OF_ANOTHER_BASE, WITHOUT_WEIGHTS])
def test_a_subjects_adapter_that_cannot_be_used_is_a_notice_and_the_bare_base_answers(
    session, bio, notes, sunto_home, how
):
    spoil(how, sunto_home / "adapters" / "bio")
    said, (notice,) = answering(session, notes["Biologia"])
    assert said == ("", "none", "")
    assert notice.level == "warning"
    assert notice.message.startswith("The adapter “bio” of the subject “Biologia” cannot be used: ")
    assert "sunto library subject Biologia --adapter NAME|none" in notice.hint


@pytest.mark.parametrize("how", [GONE, DAMAGED, OF_ANOTHER_BASE, WITHOUT_WEIGHTS])
def test_the_same_adapter_asked_for_by_name_is_an_error(session, bio, notes, sunto_home, how):
    """Who names an adapter wants that one: an answer without it would be taken for its own."""
    spoil(how, sunto_home / "adapters" / "bio")
    with pytest.raises(AdapterError):
        answering(session, notes["Biologia"], adapter="bio")
    with pytest.raises(AdapterError):
        answering(session, notes["Biologia"], setting="bio")


def test_after_an_adapter_that_cannot_be_used_the_one_before_does_not_answer(
    session, tiny_kept, bio, notes, sunto_home
):
    make_adapter("law", tiny_kept)
    answering(session, notes[""], adapter="law")
    spoil(WITHOUT_WEIGHTS, sunto_home / "adapters" / "bio")
    assert answering(session, notes["Biologia"])[0] == ("", "none", "")


def test_a_subjects_adapter_that_does_not_fit_the_memory_is_a_notice_too():
    """What memory is free changes from day to day: nobody did anything wrong."""
    used = []

    def use(record):
        used.append(record and record.name)
        if record is not None:
            raise OutOfMemoryError("There is no room for the adapter “bio”.")

    record = get_adapter(install("bio").name)
    events, chosen = to_the_end(or_bare_base(Chosen(record, "subject", "Biologia"), "1", use))
    assert (used, chosen, len(events)) == (["bio", None], BARE_BASE, 1)
    with pytest.raises(OutOfMemoryError):
        to_the_end(or_bare_base(Chosen(record, "asked"), "1", use))


def test_an_unknown_name_is_heard_before_a_model_is_fetched(notes, monkeypatch):
    fetched = []
    monkeypatch.setattr(session_module, "_ensure", lambda *arguments: fetched.append(arguments))
    session = Session(Settings())
    with pytest.raises(AdapterNotFoundError):
        list(session.engine(protocol.Chat(job="1", paths=(notes["Biologia"],), adapter="boi"), lambda: False))
    assert fetched == []


# --- a whole job -------------------------------------------------------------------------------------------------


class TalkingSession(Session):
    """The tiny model is chosen for, loaded and given its adapter; what it would say of cells is said in its place."""

    def engine(self, request, should_stop):
        engine = yield from super().engine(request, should_stop)
        model = ScriptedModel(["Le cellule e le leggi."], languages=("it",))
        model.adapter = engine.adapter
        return model


@pytest.mark.parametrize(
    ("request_kind", "fields"),
    [
        (protocol.Chat, {"messages": (("user", "Che cosa sono le cellule?"),)}),
        (protocol.Summarize, {}),
        (protocol.Describe, {}),
    ],
)
def test_the_result_names_who_answered_and_it_was_said_before_anything_was_written(
    session, bio, notes, request_kind, fields
):
    talking = TalkingSession(Settings(device="cpu"))
    events = list(run(request_kind(job="1", paths=(notes["Biologia"],), **fields), talking))
    talking.close()
    assert isinstance(events[-1], protocol.Finished), events[-1]
    assert events[-1].result["adapter"] == "bio"
    kinds = [type(event) for event in events]
    assert kinds.count(protocol.Answering) == 1
    assert kinds.index(protocol.Answering) < kinds.index(protocol.TextDelta)


def test_a_summary_of_the_documents_own_sentences_is_nobodys_answer(session, bio, notes):
    events = list(run(protocol.Summarize(job="1", paths=(notes["Biologia"],), extractive="only"), session))
    assert isinstance(events[-1], protocol.Finished)
    assert not any(isinstance(event, protocol.Answering) for event in events)


def test_training_answers_nothing(session, tmp_path):
    data = tmp_path / "pairs.jsonl"
    data.write_text(json.dumps({"document": "Light becomes sugar.", "summary": "Sugar."}) + "\n", encoding="utf-8")
    events = list(
        run(protocol.Train(job="1", data=str(data), name="new", max_steps=1, r=2, few=True, evaluate=False), session)
    )
    assert isinstance(events[-1], protocol.Finished), events[-1]
    assert not any(isinstance(event, protocol.Answering) for event in events)
