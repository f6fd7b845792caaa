"""What is kept: whole or not, listed, removed, made by one process at a time."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.catalogue import CATALOGUE
from assistant.errors import ConfigError, ModelError, ModelNotFoundError, Stopped
from assistant.weights import KeptModel, ensure_model, installed_models, list_models, remove_model, store
from assistant.weights.store import FileRecord, Manifest


def keep(name: str = "ada/tiny", content: bytes = b"weights", **fields: object) -> Manifest:
    """A model on the disk as `ensure_model` leaves it."""
    directory = store.model_dir(name)
    directory.mkdir(parents=True)
    (directory / "model.safetensors").write_bytes(content)
    model = KeptModel(
        name=name,
        directory=directory,
        revision="r",
        weights_sha256="a" * 64,
        chat_template_sha256="b" * 64,
        context_tokens=100,
        chunk_tokens=25,
        languages=("en", "it"),
        memory_bytes=1000,
    )
    model = dataclasses.replace(model, **fields)
    manifest = Manifest(model, "hub", store.record_files(directory), {}, {}, {})
    store.write_manifest(manifest)
    return manifest


# --- manifests ------------------------------------------------------------------------------------------------


def test_a_manifest_is_read_back_as_it_was_written():
    manifest = keep()
    assert store.read_manifest("ada/tiny") == manifest


def test_the_data_directory_can_be_moved(sunto_home: Path, tmp_path: Path, monkeypatch):
    keep()
    moved = tmp_path / "elsewhere"
    sunto_home.rename(moved)
    monkeypatch.setenv("SUNTO_HOME", str(moved))
    [model] = installed_models()
    assert model.directory == moved / "models" / "ada--tiny"


def test_a_directory_without_a_manifest_is_not_a_model():
    manifest = keep()
    (manifest.model.directory / store.MANIFEST).unlink()
    assert store.read_manifest("ada/tiny") is None
    assert installed_models() == []
    assert store.unfinished() == [manifest.model.directory]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', '{"format": 99, "model": {}}', '"x"'])
def test_a_manifest_that_is_no_manifest_counts_as_none(text: str):
    manifest = keep()
    (manifest.model.directory / store.MANIFEST).write_text(text, encoding="utf-8")
    assert store.read_manifest("ada/tiny") is None


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"short")])
def test_a_file_that_is_missing_or_cut_is_named(damage):
    manifest = keep()
    damage(manifest.model.directory / "model.safetensors")
    assert store.damaged_files(manifest) == ["model.safetensors"]
    assert installed_models() == []


def test_hashes_and_sizes_are_recorded():
    manifest = keep(content=b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert manifest.files == {"model.safetensors": FileRecord(3, sha256)}


def test_hashing_can_be_stopped():
    manifest = keep()
    with pytest.raises(Stopped):
        store.record_files(manifest.model.directory, should_stop=lambda: True)


def test_the_identity_of_weights_is_that_of_their_files_not_of_what_lies_beside_them():
    weights = {"model.safetensors": FileRecord(3, "a" * 64)}
    beside = {"README.md": FileRecord(9, "c" * 64)}
    other = {"model.safetensors": FileRecord(3, "d" * 64)}
    assert store.identity_sha256(weights) == store.identity_sha256(weights | beside)
    assert store.identity_sha256(weights) != store.identity_sha256(other)


# --- names ----------------------------------------------------------------------------------------------------


def test_a_hub_id_gives_a_readable_directory_name():
    assert store.safe_name("Qwen/Qwen3-4B-Instruct-2507") == "Qwen--Qwen3-4B-Instruct-2507"


@given(st.text(min_size=1, max_size=400) | st.from_regex(r"[\w./-]{1,300}", fullmatch=True))
@example(".")
@example("..")
@example("a/.")
@example("x" * 300)
def test_any_name_gives_one_safe_path_component(name: str):
    safe = store.safe_name(name)
    assert 0 < len(safe) <= 250
    assert not safe.startswith(".")
    assert not safe.endswith(".")
    assert not set(safe) & set('/\\:*?"<>|\0')
    assert Path(safe).name == safe


@given(st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=2, unique=True))
def test_two_names_never_share_a_directory(names: list[str]):
    first, second = names
    if "--" not in first + second:  # which no id of the hub may hold
        assert store.safe_name(first) != store.safe_name(second)


# --- ensure ---------------------------------------------------------------------------------------------------


def test_a_kept_model_is_found_without_torch_and_without_the_network(sunto_home: Path):
    keep("ada/tiny")
    program = (
        "import sys\n"
        "from assistant.weights import ensure_model\n"
        "print(ensure_model('ada/tiny').revision)\n"
        "heavy = {'torch', 'transformers', 'huggingface_hub', 'filelock', 'asyncio'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "r"), done.stderr


def test_auto_is_the_starter_until_something_better_is_kept():
    keep("starter", revision="0.1.2")
    assert ensure_model("auto").name == "starter"
    keep("Qwen/Qwen3-4B-Instruct-2507")
    assert ensure_model("auto").name == "Qwen/Qwen3-4B-Instruct-2507"


def test_auto_leaves_aside_what_is_damaged():
    keep("starter", revision="0.1.2")
    manifest = keep("Qwen/Qwen3-4B-Instruct-2507")
    (manifest.model.directory / "model.safetensors").unlink()
    assert ensure_model("auto").name == "starter"


def test_a_name_that_means_nothing_is_refused_with_the_nearest_one():
    with pytest.raises(ModelNotFoundError, match="no base model called “startr”") as failure:
        ensure_model("startr")
    assert failure.value.hint == "Did you mean “starter”?"


@pytest.mark.parametrize("name", ["qwen3-4b", "a/b/c", "http://example.org/model", "/no/such/folder", "c:\\none", "-"])
def test_a_name_that_is_like_nothing_says_what_can_be_given(name: str):
    with pytest.raises(ModelNotFoundError) as failure:
        ensure_model(name)
    assert failure.value.hint


def test_an_empty_folder_is_not_a_model(tmp_path: Path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelError, match="empty holds no model weights") as failure:
        ensure_model(str(empty))
    assert failure.value.hint


def test_a_folder_that_changed_is_kept_anew(tiny_source: Path, copied_for_quantized, recorder):
    first = ensure_model(str(tiny_source))
    weights = tiny_source / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b" ")

    second = ensure_model(str(tiny_source), on_notice=recorder.on_notice)

    assert len(copied_for_quantized) == 2
    assert second.directory == first.directory
    assert second.weights_sha256 != first.weights_sha256
    assert "has changed since it was kept" in recorder.notices[0][1]


def test_what_was_kept_of_a_folder_outlives_the_folder(tiny_source: Path, copied_for_quantized):
    kept = ensure_model(str(tiny_source))
    tiny_source.rename(tiny_source.with_name("moved"))
    assert ensure_model(str(tiny_source)) == kept


def test_the_manifest_is_written_last(tiny_source: Path, copied_for_quantized, monkeypatch):
    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "record_files", die)
    with pytest.raises(KeyboardInterrupt):
        ensure_model(str(tiny_source))
    assert installed_models() == []
    assert len(store.unfinished()) == 2, "the copy and the work folder"

    monkeypatch.undo()


def test_a_full_disk_is_noticed_before_quantizing(tiny_source: Path, monkeypatch):
    import shutil

    usage = shutil.disk_usage(tiny_source)._replace(free=500)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(ModelError, match=r"Not enough disk space .* needs 1\d\d\.\d kB, and 500 B are free"):
        ensure_model(str(tiny_source))


# --- one process at a time ------------------------------------------------------------------------------------


def test_the_second_process_waits_and_finds_what_the_first_made(tiny_source, copied_for_quantized, recorder):
    name = str(tiny_source)
    with store.making_lock(name):
        result: list[KeptModel] = []
        second = threading.Thread(
            target=lambda: result.append(ensure_model(name, on_notice=recorder.on_notice)), daemon=True
        )
        second.start()
        while not recorder.notices:
            time.sleep(0.01)
        assert result == []
    second.join(timeout=10)
    assert [kept.name for kept in result] == [name]
    assert recorder.notices == [("info", f"Another Sunto is fetching {name}; waiting for it.")]


def test_who_waits_can_be_stopped(tiny_source: Path):
    name = str(tiny_source)
    with store.making_lock(name), pytest.raises(Stopped):
        ensure_model(name, should_stop=lambda: True)


# --- list and remove ------------------------------------------------------------------------------------------


def test_the_list_holds_the_catalogue_and_what_else_is_kept():
    keep("ada/tiny")
    rows = {row["name"]: row for row in list_models()}
    assert set(rows) == {base.name for base in CATALOGUE} | {"ada/tiny"}
    assert rows["ada/tiny"]["installed"] is True
    assert rows["ada/tiny"]["disk_bytes"] > 7
    assert rows["starter"]["installed"] is False
    assert rows["starter"]["disk_bytes"] == 0
    assert all(row["reason"] for row in rows.values())
    json.dumps(list(rows.values()))


def test_a_damaged_model_is_listed_as_not_installed():
    manifest = keep("starter")
    (manifest.model.directory / "model.safetensors").write_bytes(b"")
    row = next(row for row in list_models() if row["name"] == "starter")
    assert row["installed"] is False
    assert row["disk_bytes"] > 0


def test_removing_deletes_the_directory_and_says_which():
    manifest = keep()
    assert remove_model("ada/tiny") == manifest.model.directory
    assert not manifest.model.directory.exists()
    assert installed_models() == []


def test_removing_what_was_kept_of_a_folder_leaves_the_folder(tiny_source: Path, copied_for_quantized):
    ensure_model(str(tiny_source))
    remove_model(str(tiny_source))
    assert (tiny_source / "model.safetensors").exists()
    assert installed_models() == []


def test_a_model_that_is_being_made_is_not_removed():
    keep()
    with store.making_lock("ada/tiny"), pytest.raises(ModelError, match="Another Sunto is working on the model"):
        remove_model("ada/tiny")
    assert len(installed_models()) == 1


def test_a_deletion_that_is_refused_leaves_nothing_that_looks_whole(monkeypatch):
    import shutil

    manifest = keep()

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "The file is in use")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(ModelError, match="cannot be removed: The file is in use") as failure:
        remove_model("ada/tiny")
    assert "Close every other Sunto" in failure.value.hint
    assert not (manifest.model.directory / store.MANIFEST).exists()


def test_a_folder_that_cannot_be_written_to_is_a_matter_of_configuration(monkeypatch):
    """On a read-only disk it was “the system refused”, with the exit code of a mistake of Sunto's own."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(ConfigError, match="Nothing can be written"), store.making_lock("starter"):
        pass
