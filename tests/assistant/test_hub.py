"""Fetching bases from a hub: resume, hashes, pins, and everything a server or a repository can get wrong."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from assistant.errors import FetchError, ModelError, ModelLoadError, ModelNotFoundError, Stopped
from assistant.weights import ensure_model, installed_models, remove_model
from assistant.weights.hub import HubSource, pin_path
from assistant.weights.progress import silent
from tests.loopback_hub import LoopbackHub

ID = "ada/tiny-instruct"
WEIGHTS = "model.safetensors"


def gather(tmp_path: Path, name: str = ID, **options):
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    options = {"on_progress": silent, "should_stop": lambda: False, **options}
    return HubSource(name, None).gather(work, **options)


def parts(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "work" / "download").glob("*.part"))


# --- the ordinary way -----------------------------------------------------------------------------------------


def test_a_model_of_the_hub_is_fetched_quantized_and_kept(hub: LoopbackHub, tiny_source: Path, recorder, sunto_home):
    hub.add(ID, tiny_source)

    kept = ensure_model(ID, on_progress=recorder.on_progress, on_notice=recorder.on_notice)

    assert kept.name == ID
    assert kept.revision == "1" * 40
    assert kept.directory == sunto_home / "models" / "ada--tiny-instruct"
    assert kept.context_tokens == 2048
    assert len(kept.weights_sha256) == len(kept.chat_template_sha256) == 64
    config = json.loads((kept.directory / "config.json").read_text(encoding="utf-8"))
    assert config["quantization_config"]["bnb_4bit_quant_type"] == "nf4"
    assert recorder.stages() == ["download", "quantize"]
    assert not (sunto_home / "models" / "ada--tiny-instruct.making").exists()

    hub.seen.clear()
    assert ensure_model(ID) == kept, "the second time"
    assert hub.seen == [], "the network is not needed for a kept model"
    assert installed_models() == [kept]


def test_only_configuration_tokenizer_and_safetensors_are_downloaded(hub, tiny_source, tmp_path):
    for name in ("README.md", "pytorch_model.bin", "modeling_custom.py", "consolidated.safetensors", "onnx.onnx"):
        (tiny_source / name).write_bytes(b"x" * 10)
    hub.add(ID, tiny_source)

    gathered = gather(tmp_path)

    assert set(gathered.files) == {
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert {path.name for path in gathered.directory.iterdir()} == set(gathered.files)


def test_a_sharded_model_is_fetched_by_its_index(hub, tiny_source, tmp_path):
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    for name in shards.values():
        shutil.copy(tiny_source / WEIGHTS, tiny_source / name)
    (tiny_source / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}), encoding="utf-8")
    hub.add(ID, tiny_source)

    assert {name for name in gather(tmp_path).files if name.endswith(".safetensors")} == set(shards.values())


def test_the_progress_counts_bytes_up_to_the_whole(hub, tiny_source, recorder, tmp_path):
    hub.add(ID, tiny_source)

    gathered = gather(tmp_path, on_progress=recorder.on_progress)

    total = sum(record.size for record in gathered.files.values())
    weights = [fields for fields in recorder.progress if fields[2] == total]
    assert weights[-1] == ("download", total, total, "bytes", ID)
    assert [fields[1] for fields in weights] == sorted(fields[1] for fields in weights)


def test_the_token_goes_to_the_hub_and_nowhere_else(hub, tiny_source, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.redirects_large_files = True
    hub.add(ID, tiny_source)

    gather(tmp_path)

    to_hub = [seen for seen in hub.seen if not seen.path.startswith("/cdn/")]
    elsewhere = [seen for seen in hub.seen if seen.path.startswith("/cdn/")]
    assert elsewhere
    assert all(seen.headers["authorization"] == "Bearer hf_secret" for seen in to_hub)
    assert all("authorization" not in seen.headers for seen in elsewhere)


def test_nothing_about_this_machine_is_sent_along(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source)
    gather(tmp_path)
    assert {seen.headers["user-agent"].split("/")[0] for seen in hub.seen} == {"sunto"}


# --- interrupted ----------------------------------------------------------------------------------------------


def test_a_download_goes_on_where_the_connection_was_cut(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source)
    hub.cuts[WEIGHTS] = [100_000]

    gathered = gather(tmp_path)

    first, second = hub.requests_for(WEIGHTS)
    assert "range" not in first.headers
    assert second.headers["range"] == "bytes=100000-"
    assert (gathered.directory / WEIGHTS).read_bytes() == (tiny_source / WEIGHTS).read_bytes()


def test_many_cuts_are_survived_as_long_as_something_arrives(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source)
    hub.cuts[WEIGHTS] = [30_000] * 6

    gathered = gather(tmp_path)

    assert (gathered.directory / WEIGHTS).read_bytes() == (tiny_source / WEIGHTS).read_bytes()
    assert len(hub.requests_for(WEIGHTS)) == 7


def test_a_fetch_given_up_goes_on_from_there_the_next_time(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source)
    hub.cuts[WEIGHTS] = [50_000, 0, 0, 0]
    with pytest.raises(FetchError, match="could not be fetched") as failure:
        gather(tmp_path)
    assert "goes on from where it stopped" in failure.value.hint
    assert parts(tmp_path) == ["model.safetensors.part"]

    hub.seen.clear()
    gather(tmp_path)

    assert [seen.headers["range"] for seen in hub.requests_for(WEIGHTS)] == ["bytes=50000-"]
    assert hub.requests_for("tokenizer.json") == [], "files that had arrived are not fetched again"


def test_a_server_that_knows_no_ranges_sends_the_whole_file_again(hub, tiny_source, tmp_path):
    hub.ignores_ranges = True
    hub.add(ID, tiny_source)
    hub.cuts[WEIGHTS] = [100_000]

    gathered = gather(tmp_path)

    assert (gathered.directory / WEIGHTS).read_bytes() == (tiny_source / WEIGHTS).read_bytes()


def test_a_leftover_longer_than_the_file_is_thrown_away(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source)
    leftover = tmp_path / "work" / "download" / "model.safetensors.part"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"x" * 1_000_000)

    gathered = gather(tmp_path)

    assert (gathered.directory / WEIGHTS).read_bytes() == (tiny_source / WEIGHTS).read_bytes()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_for_a_moment_is_asked_again(hub, tiny_source, tmp_path, status):
    hub.add(ID, tiny_source)
    hub.failures = [status]
    assert gather(tmp_path).files


def test_stopping_is_heard_between_two_blocks(hub, tiny_source, tmp_path, recorder):
    hub.add(ID, tiny_source)
    with pytest.raises(Stopped):
        gather(tmp_path, on_progress=recorder.on_progress, should_stop=lambda: len(recorder.progress) > 3)
    assert len(recorder.progress) == 4


def test_stopping_is_heard_while_waiting_for_the_next_attempt(hub, tiny_source, tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.weights.download.LIST_RETRY_SECONDS", (60,))
    hub.add(ID, tiny_source)
    hub.failures = [503]
    started = time.monotonic()
    with pytest.raises(Stopped):
        gather(tmp_path, should_stop=lambda: time.monotonic() > started + 0.2)
    assert time.monotonic() - started < 5


# --- not what it should be ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [WEIGHTS, "tokenizer.json"])
def test_a_file_that_is_not_what_the_hub_announced_is_refused(hub, tiny_source, tmp_path, name):
    repository = hub.add(ID, tiny_source)
    repository.announced[name] = repository.files[name]
    repository.files[name] = b"\0" + repository.files[name][1:]
    with pytest.raises(FetchError, match=f"{name} of ada/tiny-instruct did not arrive as the hub announced it"):
        gather(tmp_path)
    assert parts(tmp_path) == [], "a wrong file is not kept to go on from"


def test_a_file_longer_than_announced_is_not_written_to_the_disk(hub, tiny_source, tmp_path):
    repository = hub.add(ID, tiny_source)
    repository.announced[WEIGHTS] = repository.files[WEIGHTS]
    repository.files[WEIGHTS] += b"\0" * 1_000_000
    with pytest.raises(FetchError, match="checksum"):
        gather(tmp_path)


def test_a_file_changed_since_the_first_fetch_is_refused_even_if_the_hub_vouches_for_it(hub, tiny_source, tmp_path):
    repository = hub.add(ID, tiny_source)
    gather(tmp_path)
    shutil.rmtree(tmp_path / "work")
    repository.files["tokenizer.json"] += b" "

    with pytest.raises(FetchError, match="is not the file it was when this model was first fetched") as failure:
        gather(tmp_path)
    assert str(pin_path(ID)) in failure.value.hint

    pin_path(ID).unlink()
    assert gather(tmp_path).files, "the person may decide to trust it"


def test_the_first_commit_is_fetched_again_even_when_the_hub_has_moved_on(hub, tiny_source, tmp_path):
    repository = hub.add(ID, tiny_source)
    gather(tmp_path)
    shutil.rmtree(tmp_path / "work")
    hub.seen.clear()

    gather(tmp_path)
    assert hub.seen[0].path == f"/api/models/{ID}/revision/{'1' * 40}"

    repository.revision = "2" * 40
    with pytest.raises(FetchError, match="no longer has the version"):
        gather(tmp_path)


def test_a_truncated_checkpoint_is_noticed_and_fetched_again(hub, tiny_source, recorder, copied_for_quantized):
    hub.add(ID, tiny_source)
    kept = ensure_model(ID)
    weights = kept.directory / WEIGHTS
    whole = weights.read_bytes()
    weights.write_bytes(whole[:1000])
    assert installed_models() == []

    again = ensure_model(ID, on_notice=recorder.on_notice)

    assert again == kept
    assert weights.read_bytes() == whole
    assert recorder.notices[0][:2] == ("warning", "The kept copy of ada/tiny-instruct is damaged: it is made again.")


def test_removing_a_model_keeps_the_record_of_its_version(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source)
    gather(tmp_path)
    work = pin_path(ID).parent / "ada--tiny-instruct.making"
    work.mkdir()
    (work / "half").write_bytes(b"x")

    remove_model(ID)

    assert not work.exists()
    assert json.loads(pin_path(ID).read_text(encoding="utf-8"))["revision"] == "1" * 40
    with pytest.raises(ModelNotFoundError, match="is not on this machine"):
        remove_model(ID)


# --- refused --------------------------------------------------------------------------------------------------


def test_sunto_offline_forbids_the_network(hub, tiny_source, monkeypatch):
    hub.add(ID, tiny_source)
    monkeypatch.setenv("SUNTO_OFFLINE", "1")
    with pytest.raises(ModelNotFoundError, match="SUNTO_OFFLINE forbids fetching it") as failure:
        ensure_model(ID)
    assert "sunto models fetch ada/tiny-instruct" in failure.value.hint
    assert hub.seen == []


def test_the_hubs_own_offline_switch_is_respected(hub, tiny_source, monkeypatch, tmp_path):
    import huggingface_hub.constants

    hub.add(ID, tiny_source)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelNotFoundError, match="HF_HUB_OFFLINE forbids"):
        gather(tmp_path)
    assert hub.seen == []


def test_a_model_that_is_not_there(hub, tmp_path):
    with pytest.raises(ModelNotFoundError, match="There is no model ada/nothing on the hub"):
        gather(tmp_path, "ada/nothing")


def test_a_hub_that_cannot_be_reached(monkeypatch, hub, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(FetchError, match=r"could not be fetched: .*refused") as failure:
        gather(tmp_path)
    assert "Check the network" in failure.value.hint


def test_an_address_that_is_not_a_hub(hub, tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.weights.download.get_json", lambda _url: None)
    with pytest.raises(FetchError, match="did not answer as a model hub does") as failure:
        gather(tmp_path)
    assert "HF_ENDPOINT" in failure.value.hint


def test_a_guarded_model_says_where_to_ask(hub, tiny_source, tmp_path):
    hub.add(ID, tiny_source, gated=True)
    with pytest.raises(FetchError, match="only to people who accept their conditions") as failure:
        gather(tmp_path)
    assert f"{hub.url}/{ID}" in failure.value.hint
    assert "HF_TOKEN" in failure.value.hint


def test_pickled_weights_are_refused(hub, tiny_source, tmp_path):
    (tiny_source / WEIGHTS).rename(tiny_source / "pytorch_model.bin")
    hub.add(ID, tiny_source)
    with pytest.raises(ModelLoadError, match="only as pickle files, which can run code"):
        gather(tmp_path)
    assert hub.requests_for("pytorch_model.bin") == []


def test_a_repository_that_needs_its_own_code_is_refused_before_its_weights_are_fetched(hub, tiny_source, tmp_path):
    change_config(tiny_source, model_type="evil", auto_map={"AutoModelForCausalLM": "modeling_evil.EvilForCausalLM"})
    hub.add(ID, tiny_source)
    with pytest.raises(ModelLoadError, match="Sunto never runs such code"):
        gather(tmp_path)
    assert hub.requests_for(WEIGHTS) == []


def test_a_known_model_that_still_carries_its_old_code_is_used_without_it(hub, tiny_source, tmp_path):
    change_config(tiny_source, auto_map={"AutoModelForCausalLM": "modeling_old.OldForCausalLM"})
    (tiny_source / "modeling_old.py").write_text("raise SystemExit('this must never run')", encoding="utf-8")
    hub.add(ID, tiny_source)

    assert not any(name.endswith(".py") for name in gather(tmp_path).files)


def test_weights_quantized_in_another_way_are_refused(hub, tiny_source, tmp_path):
    change_config(tiny_source, quantization_config={"quant_method": "fp8"})
    hub.add(ID, tiny_source)
    with pytest.raises(ModelLoadError, match=r"already quantized in another way \(fp8\)"):
        gather(tmp_path)


def test_a_model_not_made_for_conversation_is_refused_before_its_weights_are_fetched(hub, tiny_source, tmp_path):
    (tiny_source / "chat_template.jinja").unlink()
    hub.add(ID, tiny_source)
    with pytest.raises(ModelLoadError, match="no chat template"):
        gather(tmp_path)
    assert hub.requests_for(WEIGHTS) == []


def test_an_adapter_is_not_taken_for_a_base(hub, tmp_path):
    hub.add(ID, {"adapter_config.json": b"{}", "adapter_model.safetensors": b""})
    with pytest.raises(ModelLoadError, match="is an adapter, not a base model"):
        gather(tmp_path)


@pytest.mark.parametrize("name", ["../../evil.safetensors", "..\\evil.safetensors", "/etc/evil.safetensors"])
def test_a_shard_named_like_a_path_is_refused(hub, tiny_source, tmp_path, name):
    index = {"weight_map": {"a": name}}
    files = {path.name: path.read_bytes() for path in tiny_source.iterdir()}
    files |= {name: b"", "model.safetensors.index.json": json.dumps(index).encode()}
    hub.add(ID, files)
    with pytest.raises(ModelLoadError, match="holds no model weights"):
        gather(tmp_path)


def test_a_full_disk_is_noticed_before_the_weights_are_fetched(hub, tiny_source, tmp_path, monkeypatch):
    hub.add(ID, tiny_source)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(
        ModelError, match=r"Not enough disk space for ada/tiny-instruct: .* 1\.0 kB are free"
    ) as failure:
        gather(tmp_path)
    assert "SUNTO_HOME" in failure.value.hint
    assert hub.requests_for(WEIGHTS) == []


def test_a_disk_that_fills_up_meanwhile_is_said_so(hub, tiny_source, monkeypatch):
    hub.add(ID, tiny_source)
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if path.name == "model.safetensors.part":
            raise OSError(28, os.strerror(28))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ModelError, match="The disk became full while ada/tiny-instruct was being kept"):
        ensure_model(ID)


def change_config(folder: Path, **fields: object) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, **fields}), encoding="utf-8")
