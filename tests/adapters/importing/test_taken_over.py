"""Adapters of other tools become ours: the same weights under PEFT's names, and the same answers."""

from __future__ import annotations

import json
import shutil

import pytest

from adapters.importing import base_of, import_adapter, read_source
from assistant.errors import AdapterError, Stopped
from tests.adapters.importing import files


def take_over(path, kept, tmp_path, **options):
    staging = tmp_path / "staging"
    return staging, import_adapter(read_source(path), name="biology", model=kept, staging=staging, **options)


def logits(base, directory):
    """Of PEFT's own module, on a text with the invocation in it."""
    import torch
    from peft import PeftModel

    model = PeftModel.from_pretrained(files.load_tiny(base), directory).eval()
    with torch.no_grad():
        return model(input_ids=torch.arange(3, 40)[None]).logits


VARIANTS = {
    "plain": {},
    "all linear layers": {"target_modules": "all-linear"},
    "a rank of its own for one layer": {"rank_pattern": {"layers.0.self_attn.q_proj": 2}},
    "patterns that are expressions": {
        "target_modules": files.LINEAR,
        "rank_pattern": {"^model.layers.1.mlp.(gate|up)_proj": 8, r"layers\.\d+\.self_attn.o_proj": 2},
        "alpha_pattern": {".*down_proj": 3, "layers.0.self_attn.q_proj": 32},
    },
    "an alpha of its own": {"alpha_pattern": {"v_proj": 1}},
    "rank-stabilized": {"use_rslora": True, "rank_pattern": {"v_proj": 16}, "alpha_pattern": {"q_proj": 2}},
    "some layers only": {"layers_to_transform": [1]},
    "chosen by an expression": {"target_modules": r".*\.1\.mlp\.(up|down)_proj"},
    "activated": {"alora_invocation_tokens": [20, 21]},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_peft_answers_the_same_with_the_adapter_taken_over_as_with_the_original(variant, base, kept, tmp_path):
    import torch

    made = files.make_adapter(base, tmp_path / "made", **VARIANTS[variant])
    staging, said = take_over(made, kept, tmp_path)
    expected, got = logits(base, made), logits(base, staging)
    assert torch.equal(expected, got)
    with torch.no_grad():
        assert not torch.equal(got, files.load_tiny(base)(input_ids=torch.arange(3, 40)[None]).logits)
    assert said["kind"] == ("alora" if variant == "activated" else "lora")


@pytest.mark.parametrize("variant", VARIANTS)
def test_sunto_scales_every_layer_as_peft_does(variant, base, kept, tmp_path):
    from peft import PeftModel

    from assistant.engine.adapter_files import read_adapter

    made = files.make_adapter(base, tmp_path / "made", **VARIANTS[variant])
    staging, _said = take_over(made, kept, tmp_path)
    peft = PeftModel.from_pretrained(files.load_tiny(base), made)
    expected = {
        name.removeprefix("base_model.model."): module.scaling["default"]
        for name, module in peft.named_modules()
        if hasattr(module, "lora_A")
    }
    assert {name: scaling for name, (_a, _b, scaling) in read_adapter(staging).weights.items()} == expected


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_weights_are_copied_bit_for_bit_in_their_own_precision(dtype, base, kept, tmp_path):
    import torch

    made = files.make_adapter(base, tmp_path / "made", dtype=dtype)
    staging, _said = take_over(made, kept, tmp_path)
    before, after = files.read_weights(made), files.read_weights(staging)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) and after[name].dtype == before[name].dtype for name in before)


SPELLINGS = {
    "with the adapter's name": lambda name: name.replace(".weight", ".default.weight"),
    "with another adapter's name": lambda name: name.replace(".weight", ".history-2.weight"),
    "of a compiled model": lambda name: name.replace("base_model.model.", "base_model.model._orig_mod."),
    "of a model on several cards": lambda name: "module." + name,
    "of FSDP": lambda name: name.replace("self_attn", "_fsdp_wrapped_module.self_attn"),
    "without PEFT's prefix": lambda name: name.removeprefix("base_model.model."),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_weights_names_becomes_pefts(spelling, plain, adapter, kept, tmp_path):
    import torch

    files.rename_weights(adapter, SPELLINGS[spelling])
    staging, _said = take_over(adapter, kept, tmp_path)
    expected, got = files.read_weights(plain), files.read_weights(staging)
    assert expected.keys() == got.keys()
    assert all(torch.equal(expected[name], got[name]) for name in expected)


@pytest.mark.parametrize("dress", [files.like_unsloth, files.like_llama_factory])
def test_a_folder_of_another_tool_is_taken_over_with_all_that_lies_in_it(dress, base, plain, adapter, kept, tmp_path):
    import torch

    dress(adapter)
    source = read_source(adapter)
    assert base_of(source, ["tiny"]) == "tiny"
    staging, _said = take_over(adapter, kept, tmp_path)
    assert sorted(path.name for path in staging.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    assert torch.equal(logits(base, staging), logits(base, plain))


def test_of_several_checkpoints_one_must_be_named(adapter, kept, tmp_path):
    files.like_trl(adapter)
    with pytest.raises(AdapterError, match="more than one adapter: checkpoint-50, checkpoint-100") as refused:
        read_source(adapter)
    assert "checkpoint-100" in refused.value.hint
    assert read_source(adapter / "checkpoint-50").name == "checkpoint-50"


def test_the_only_checkpoint_is_found_by_itself(adapter):
    files.like_trl(adapter)
    shutil.rmtree(adapter / "checkpoint-50")
    source = read_source(adapter)
    assert source.weights_name == "checkpoint-100/adapter_model.safetensors"
    assert source.name == "biology-checkpoint-100"


@pytest.mark.parametrize("inside", ["", "biology/"])
def test_a_zip_is_read_without_being_unpacked(inside, base, plain, kept, tmp_path):
    import torch

    archive = files.zipped(plain, tmp_path / "download.zip", inside=inside)
    before = set(tmp_path.rglob("*"))
    staging, said = take_over(archive, kept, tmp_path)
    assert set(tmp_path.rglob("*")) - before == {staging, *staging.iterdir()}
    assert torch.equal(logits(base, staging), logits(base, plain))
    assert said["source"]["file"] == "download.zip"
    assert read_source(archive).name == ("biology" if inside else "download")


@pytest.mark.parametrize("given", ["adapter_model.safetensors", "adapter_config.json"])
def test_a_file_of_the_adapter_stands_for_its_folder(given, adapter, kept, tmp_path):
    staging, _said = take_over(adapter / given, kept, tmp_path)
    assert (staging / "adapter_model.safetensors").is_file()
    assert read_source(adapter / given).name == "biology"


def test_weights_of_another_name_are_found_when_they_are_named(adapter, kept, tmp_path):
    (adapter / "adapter_model.safetensors").rename(adapter / "history.safetensors")
    with pytest.raises(AdapterError, match=r"adapter_model\.safetensors is missing") as refused:
        read_source(adapter)
    assert "history.safetensors" in refused.value.hint
    staging, _said = take_over(adapter / "history.safetensors", kept, tmp_path)
    assert (staging / "adapter_model.safetensors").is_file()


def test_the_hubs_own_cache_is_a_folder_like_any_other(plain, kept, tmp_path):
    repository = tmp_path / "models--someone--biology"
    snapshot = repository / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copy(plain / name, repository / "blobs" / f"hash-{name}")
        try:
            (snapshot / name).symlink_to(f"../../blobs/hash-{name}")
        except OSError:
            pytest.skip("this system lets nobody make links")
    staging, _said = take_over(snapshot, kept, tmp_path)
    assert (staging / "adapter_model.safetensors").is_file()


def test_what_is_installed_holds_no_field_but_pefts_own(adapter, kept, tmp_path):
    files.change_config(adapter, some_tools_field={"x": 1}, auto_mapping={"y": 2}, revision="z")
    staging, _said = take_over(adapter, kept, tmp_path)
    config = json.loads((staging / "adapter_config.json").read_text(encoding="utf-8"))
    assert not {"some_tools_field", "auto_mapping", "revision"} & config.keys()
    assert (config["r"], config["lora_alpha"], config["target_modules"]) == (4, 8, ["q_proj", "v_proj"])
    assert config["base_model_name_or_path"] == "tiny"


def test_the_card_of_an_adapter_that_sunto_exported_is_taken_over(adapter, kept, tmp_path):
    card = {
        "sunto": "0.5",
        "subject": "Biology\x1b[2J",
        "base": {
            "name": "elsewhere",
            "weights_sha256": kept.weights_sha256,
            "chat_template_sha256": kept.chat_template_sha256,
        },
        "training": {"steps": 30, "code": ["no", "lists"]},
        "scores": {"evaluation": {"verdict": "worth_it", "documents": 40}},
        "lineage": [{"version": 1, "created": "2026-11-01"}, "nonsense"],
        "version": 2,
        "source": {"file": "x.zip", "made_with": "Unsloth"},
    }
    (adapter / "sunto.json").write_text(json.dumps(card), encoding="utf-8")
    _staging, said = take_over(adapter, kept, tmp_path)
    assert said["subject"] == "Biology"
    assert said["training"] == {"steps": 30}
    assert said["scores"] == {"evaluation": {"verdict": "worth_it", "documents": 40, "by_maker": True}}
    assert said["lineage"] == [
        {"version": 1, "created": "2026-11-01"},
        {"version": 2, "source": {"file": "x.zip", "made_with": "Unsloth"}},
    ]
    assert said["source"]["made_with"] == "Sunto 0.5"
    assert len(said["source"]["sha256"]) == 64


def test_stopping_leaves_nothing_behind(adapter, kept, tmp_path):
    with pytest.raises(Stopped):
        take_over(adapter, kept, tmp_path, should_stop=lambda: True)
    assert not (tmp_path / "staging").exists()


def test_progress_ends_with_all_the_bytes(adapter, kept, tmp_path):
    told = []
    take_over(adapter, kept, tmp_path, on_progress=lambda *fields: told.append(fields))
    size = (adapter / "adapter_model.safetensors").stat().st_size
    assert told[-1][:4] == ("import", size, size, "bytes")
