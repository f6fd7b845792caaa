"""Requests about adapters, from PEFT's own files in to PEFT's own model out."""

from __future__ import annotations

import errno
import json
import shutil
import zipfile
from pathlib import Path

import pytest
import torch

from adapters import registry
from adapters.jobs import Session, run
from assistant import protocol
from assistant.config import Settings, data_dir
from assistant.protocol import Failed, Finished, Notice
from tests.adapters.importing.files import change_config, load_tiny, make_adapter
from tests.adapters.registry_files import install, leftovers, state


@pytest.fixture
def session(tiny_kept, monkeypatch):
    monkeypatch.setattr("assistant.weights.installed_models", lambda: [tiny_kept])
    session = Session(Settings(device="cpu"))
    yield session
    session.close()


@pytest.fixture(scope="module")
def tiny_source(tiny_kept) -> Path:
    """The base before it was quantized."""
    return tiny_kept.directory.parent / "source"


@pytest.fixture(scope="module")
def from_peft(tiny_source, tmp_path_factory) -> Path:
    """An adapter as PEFT saves it."""
    return make_adapter(tiny_source, tmp_path_factory.mktemp("made") / "biology", r=4)


def do(session: Session, kind: type, **fields):
    """The result, or the failure."""
    *_events, ending = run(kind(job="1", **fields), session)
    assert isinstance(ending, Finished | Failed)
    return ending.result if isinstance(ending, Finished) else ending


def logits(base: Path, adapter: Path) -> torch.Tensor:
    """Of PEFT's own model with that adapter."""
    from peft import PeftModel

    model = PeftModel.from_pretrained(load_tiny(base), str(adapter)).eval()
    with torch.no_grad():
        return model(torch.arange(5, 40).unsqueeze(0)).logits


# --- in and out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_what_is_imported_and_exported_again_loads_in_peft_and_answers_the_same(
    session, from_peft, tiny_source, tmp_path, target
):
    imported = do(session, protocol.ImportAdapter, path=str(from_peft))
    assert (imported["name"], imported["model"], imported["r"], imported["compatible"]) == ("biology", "tiny", 4, True)

    written = do(session, protocol.ExportAdapter, name="biology", path=str(tmp_path / target))
    folder = Path(written["path"])
    if target.endswith(".zip"):
        with zipfile.ZipFile(folder) as archive:
            archive.extractall(tmp_path / "unpacked")
        folder = tmp_path / "unpacked" / "biology"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "sunto.json",
    ]
    assert torch.equal(logits(tiny_source, folder), logits(tiny_source, from_peft))

    again = do(session, protocol.ImportAdapter, path=written["path"], name="again")
    assert (again["model"], again["compatible"]) == ("tiny", True)
    assert leftovers() == []


def test_an_import_over_a_taken_name_is_refused_or_becomes_the_next_version(session, from_peft):
    do(session, protocol.ImportAdapter, path=str(from_peft), name="bio")
    refused = do(session, protocol.ImportAdapter, path=str(from_peft), name="Bio")
    assert (refused.kind, refused.message) == ("AdapterError", "There is already an adapter called “bio”.")
    second = do(session, protocol.ImportAdapter, path=str(from_peft), name="Bio", overwrite=True)
    assert (second["name"], second["version"], second["versions"]) == ("bio", 2, [1])


def test_a_cut_off_file_is_refused_and_the_registry_is_as_it_was(session, from_peft, tmp_path):
    install("bio", 1)
    cut = shutil.copytree(from_peft, tmp_path / "cut")
    data = (cut / "adapter_model.safetensors").read_bytes()
    (cut / "adapter_model.safetensors").write_bytes(data[: len(data) // 2])
    assert do(session, protocol.ImportAdapter, path=str(cut), name="bio", overwrite=True).kind == "AdapterCorruptError"
    assert state() == {"bio": (1, {1: 1})}
    assert leftovers() == []


def test_a_disk_that_becomes_full_during_an_import_leaves_the_registry_as_it_was(session, from_peft, monkeypatch):
    install("bio", 1)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        failed = do(session, protocol.ImportAdapter, path=str(from_peft), name="bio", overwrite=True)
    assert failed.kind == "AdapterError"
    assert "full" in failed.message
    assert state() == {"bio": (1, {1: 1})}
    assert leftovers() == []


def test_the_base_is_the_one_the_files_name_or_else_the_one_that_is_given(session, from_peft, tmp_path):
    silent = change_config(shutil.copytree(from_peft, tmp_path / "silent"), base_model_name_or_path=None)
    unknown = do(session, protocol.ImportAdapter, path=str(silent))
    assert unknown.message == "The adapter's files do not say which base model it is for."
    assert "Here are: tiny" in unknown.hint
    assert do(session, protocol.ImportAdapter, path=str(silent), model="tiny")["model"] == "tiny"
    assert do(session, protocol.ImportAdapter, path=str(from_peft), model="starter", name="b")["model"] == "tiny"


def test_a_base_that_is_not_here_is_told_with_the_command_that_gets_it(session, from_peft, tmp_path):
    other = change_config(shutil.copytree(from_peft, tmp_path / "o"), base_model_name_or_path="Qwen/Qwen3-4B")
    failed = do(session, protocol.ImportAdapter, path=str(other))
    assert failed.kind == "ModelNotFoundError"
    assert failed.hint == "Get it with: sunto models fetch Qwen/Qwen3-4B"
    assert not registry.list_adapters()


def test_a_file_name_that_can_be_no_adapters_name_asks_for_one(session, from_peft, tmp_path):
    odd = shutil.copytree(from_peft, tmp_path / "none")
    failed = do(session, protocol.ImportAdapter, path=str(odd))
    assert failed.hint == "Say what to call it: --name NAME."
    spaced = shutil.copytree(from_peft, tmp_path / "my biology (2)")
    assert do(session, protocol.ImportAdapter, path=str(spaced))["name"] == "my-biology-2"


# --- exporting ---------------------------------------------------------------------------------------------------


def test_an_export_replaces_nothing_unasked_and_only_its_own_files_when_asked(session, tmp_path):
    install("bio", 1)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    (folder / "README.md").write_text("old", encoding="utf-8")
    failed = do(session, protocol.ExportAdapter, name="bio", path=str(folder))
    assert "There is already something in" in failed.message
    do(session, protocol.ExportAdapter, name="bio", path=str(folder), overwrite=True)
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert "# bio" in (folder / "README.md").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "sunto-home"]


def test_an_export_tells_no_path_of_this_machine(session, tmp_path):
    directory = install("bio", 1, base={"name": "/home/eve/thesis/model"})
    config = json.loads((directory / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = "/home/eve/thesis/model"
    (directory / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    do(session, protocol.ExportAdapter, name="bio", path=str(tmp_path / "out"))
    for file in ("README.md", "adapter_config.json", "sunto.json"):
        assert "eve" not in (tmp_path / "out" / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_an_export_to_a_full_disk_leaves_nothing_half_written(session, tmp_path, monkeypatch, target):
    install("bio", 1)

    def full(_source: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    failed = do(session, protocol.ExportAdapter, name="bio", path=str(tmp_path / target))
    assert "the disk is full" in failed.message
    assert [path.name for path in tmp_path.iterdir()] == ["sunto-home"]


# --- names, versions, subjects -----------------------------------------------------------------------------------


def file_under(session: Session, subject: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("The cell is the smallest unit of life. " * 20, encoding="utf-8")
    do(session, protocol.AddDocuments, paths=(str(tmp_path / "notes.txt"),), subject=subject)


def test_a_subject_follows_its_adapters_name_and_loses_it_with_the_adapter(session, tmp_path):
    install("bio", 1)
    file_under(session, "Biology", tmp_path)
    do(session, protocol.SetSubjectAdapter, subject="Biology", adapter="bio")
    assert do(session, protocol.ListAdapters)["adapters"][0]["subjects"] == ["Biology"]
    renamed = do(session, protocol.RenameAdapter, name="BIO", new_name="cells")
    assert (renamed["was"], renamed["name"], renamed["subjects"]) == ("bio", "cells", ["Biology"])
    assert session.library.subject_adapter("Biology") == "cells"
    removed = do(session, protocol.RemoveAdapter, name="cells")
    assert removed["subjects"] == ["Biology"]
    assert session.library.subject_adapter("Biology") == ""


def test_an_import_for_a_subject_answers_about_it(session, from_peft, tmp_path):
    failed = do(session, protocol.ImportAdapter, path=str(from_peft), subject="Biology")
    assert failed.kind == "ConfigError"
    assert not registry.list_adapters()
    file_under(session, "Biology", tmp_path)
    assert do(session, protocol.ImportAdapter, path=str(from_peft), subject="Biology")["subjects"] == ["Biology"]
    assert session.library.subject_adapter("Biology") == "biology"
    assert registry.get_adapter("biology").subject == "Biology"


def test_versions_are_shown_gone_back_to_and_removed(session):
    for mark in (1, 2, 3):
        install("bio", mark)
    shown = do(session, protocol.ShowAdapter, name="bio")
    assert (shown["version"], shown["versions"]) == (3, [1, 2])
    assert [(row["version"], row["r"]) for row in shown["earlier"]] == [(2, 2), (1, 1)]
    assert shown["bytes"] > 3 * 64
    back = do(session, protocol.RollbackAdapter, name="bio")
    assert back == {"name": "bio", "version": 2, "was": 3, "versions": [1, 3]}
    do(session, protocol.RemoveAdapter, name="bio", version=1)
    assert state() == {"bio": (2, {2: 2, 3: 3})}


def test_the_next_answer_is_the_new_versions(session, monkeypatch):
    forgotten = []
    monkeypatch.setattr(session, "forget_adapter", forgotten.append)
    install("bio", 1)
    install("bio", 2)
    do(session, protocol.RollbackAdapter, name="Bio")
    do(session, protocol.RenameAdapter, name="bio", new_name="law")
    do(session, protocol.RemoveAdapter, name="law")
    assert forgotten == ["bio", "bio", "law"]


def test_a_damaged_adapter_is_not_listed_but_said(session):
    install("bio", 1)
    (install("law", 2) / "sunto.json").write_text("{", encoding="utf-8")
    notice, ending = run(protocol.ListAdapters(job="1"), session)
    assert [row["name"] for row in ending.result["adapters"]] == ["bio"]
    assert notice.message == "The adapter “law” is damaged."


def test_a_damaged_library_hides_no_adapter(session):
    install("bio", 1)
    (data_dir() / "library.sqlite3").write_bytes(b"not a database" * 500)
    *events, ending = run(protocol.ListAdapters(job="1"), session)
    assert [row["name"] for row in ending.result["adapters"]] == ["bio"]
    assert [event.level for event in events if isinstance(event, Notice)] == ["warning"]


def test_an_adapter_keeps_its_name_where_its_subjects_cannot_follow(session):
    install("bio", 1)
    (data_dir() / "library.sqlite3").write_bytes(b"not a database" * 500)
    assert do(session, protocol.RenameAdapter, name="bio", new_name="law").kind == "LibraryError"
    assert state() == {"bio": (1, {1: 1})}
    assert registry.get_adapter("bio").card["name"] == "bio"


def test_an_adapter_can_be_removed_where_the_library_cannot_be_written(session):
    install("bio", 1)
    (data_dir() / "library.sqlite3").write_bytes(b"not a database" * 500)
    notice, ending = run(protocol.RemoveAdapter(job="1", name="bio"), session)
    assert isinstance(ending, Finished)
    assert notice.level == "warning"
    assert state() == {}


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: protocol.ShowAdapter(job="1", name="gone"),
        lambda: protocol.RenameAdapter(job="1", name="gone", new_name="x"),
        lambda: protocol.RemoveAdapter(job="1", name="gone"),
        lambda: protocol.RollbackAdapter(job="1", name="gone"),
        lambda: protocol.ExportAdapter(job="1", name="gone", path="x"),
    ],
)
def test_an_adapter_there_is_not_is_said_to_be_none_with_the_nearest(session, request_of):
    install("gene", 1)
    (ending,) = run(request_of(), session)
    assert (ending.kind, ending.hint) == ("AdapterNotFoundError", "Did you mean “gene”?")
