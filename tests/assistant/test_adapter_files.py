"""Adapters in PEFT's format: read, attached, refused; the same function as PEFT's own module."""

from __future__ import annotations

import json

import pytest
import torch

from assistant.engine import load_engine, loading, lora, packing
from assistant.engine.adapter_files import LoraSettings, read_adapter, write_adapter
from assistant.errors import AdapterCorruptError, AdapterMismatchError
from assistant.generation import ChatMessage

MESSAGES = [ChatMessage("user", "What is photosynthesis?")]


def logits(model, ids):
    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids])).logits[0].float()


def make_adapter(engine, directory, settings=None, seed=1, change=None):
    """An adapter with random A and B, as if it had been trained; `change` edits its configuration."""
    settings = settings or LoraSettings(r=4, lora_alpha=8)
    weights = {
        name: (
            torch.randn(settings.r, layer.in_features, generator=torch.Generator().manual_seed(seed)) * 0.1,
            torch.randn(layer.out_features, settings.r, generator=torch.Generator().manual_seed(seed + 1)) * 0.1,
        )
        for name, layer in lora.linear_modules(engine.model).items()
    }
    directory.mkdir(parents=True, exist_ok=True)
    write_adapter(directory, weights, settings, "tiny")
    if change:
        path = directory / "adapter_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    return directory


def peft_logits(tiny_kept, directory, ids):
    """The same adapter through PEFT's own code, on unpacked weights."""
    from peft import PeftModel

    from assistant.engine.loading import load_base

    model, _tokenizer = load_base(tiny_kept.directory, "cpu")
    packing.forbid(model)
    return logits(PeftModel.from_pretrained(model, directory).eval(), ids)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"use_rslora": True},
        {"alpha_pattern": {"q_proj": 32, "layers.0.mlp.up_proj": 1}},
        {"lora_alpha": 3},
    ],
    ids=["plain", "rank-stabilized", "alpha-pattern", "alpha"],
)
def test_an_adapter_is_the_same_function_here_and_in_peft(engine, tiny_kept, tmp_path, change):
    directory = make_adapter(engine, tmp_path / "bio", change=change)
    ids = engine.encode_prompt(MESSAGES)
    packing.unpack(engine.model)
    bare = logits(engine.model, ids)
    engine.use_adapter(directory)
    ours = logits(engine.model, ids)
    theirs = peft_logits(tiny_kept, directory, ids)
    scale = theirs.abs().max()
    assert (bare - theirs).abs().max() > 0.2 * scale  # the adapter does something
    assert (ours - theirs).abs().max() < 0.05 * scale  # bfloat16 rounding: PEFT keeps A and B in float32


def test_in_float32_an_adapter_gives_the_very_logits_of_peft(tiny_kept, tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "compute_dtype", lambda device: torch.float32)
    engine = load_engine(tiny_kept, "cpu")
    directory = make_adapter(engine, tmp_path / "bio")
    ids = engine.encode_prompt(MESSAGES)
    engine.use_adapter(directory)
    assert torch.allclose(logits(engine.model, ids), peft_logits(tiny_kept, directory, ids), atol=1e-6)


def test_taking_an_adapter_off_gives_the_base_back_exactly(engine, tmp_path):
    ids = engine.encode_prompt(MESSAGES)
    before = logits(engine.model, ids)
    engine.use_adapter(make_adapter(engine, tmp_path / "bio"))
    assert engine.adapter == "bio"
    assert not torch.equal(logits(engine.model, ids), before)
    engine.use_adapter(None)
    assert engine.adapter is None
    assert torch.equal(logits(engine.model, ids), before)


def test_switching_from_one_adapter_to_another_leaves_nothing_behind(engine, tmp_path):
    ids = engine.encode_prompt(MESSAGES)
    first, second = make_adapter(engine, tmp_path / "a"), make_adapter(engine, tmp_path / "b", seed=7)
    engine.use_adapter(second)
    alone = logits(engine.model, ids)
    engine.use_adapter(first)
    engine.use_adapter(second)
    assert torch.equal(logits(engine.model, ids), alone)


def test_keys_and_values_of_one_adapter_are_never_used_with_another(engine, tmp_path):
    from assistant.generation import Completion, GenerationConfig

    def cached():
        *_rest, completion = engine.stream(MESSAGES, GenerationConfig(max_new_tokens=2))
        assert isinstance(completion, Completion)
        return completion.cached_tokens

    assert cached() == 0
    assert cached() > 0
    engine.use_adapter(make_adapter(engine, tmp_path / "bio"))
    assert cached() == 0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"use_dora": True}, "use_dora"),
        ({"bias": "all"}, "bias"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"peft_type": "PREFIX_TUNING"}, "PREFIX_TUNING"),
        ({"alora_invocation_tokens": [1, 2]}, "alora_invocation_tokens"),
    ],
)
def test_a_kind_of_adapter_we_do_not_run_is_refused_by_name(engine, tmp_path, change, named):
    directory = make_adapter(engine, tmp_path / "other", change=change)
    with pytest.raises(AdapterMismatchError, match=named):
        engine.use_adapter(directory)


def test_wrong_shapes_and_missing_layers_are_all_listed_and_change_nothing(engine, tmp_path):
    good = make_adapter(engine, tmp_path / "good")
    engine.use_adapter(good)
    weights = {
        "model.layers.0.self_attn.q_proj": (torch.zeros(4, 32), torch.zeros(64, 4)),
        "model.layers.9.self_attn.q_proj": (torch.zeros(4, 64), torch.zeros(64, 4)),
    }
    (tmp_path / "other").mkdir()
    write_adapter(tmp_path / "other", weights, LoraSettings(r=4), "another")
    with pytest.raises(AdapterMismatchError) as caught:
        engine.use_adapter(tmp_path / "other")
    assert "layers.0.self_attn.q_proj: expected (64, 64), got (32, 64)" in caught.value.message
    assert "layers.9.self_attn.q_proj: the base has no such layer" in caught.value.message
    assert engine.adapter == "good"


@pytest.mark.parametrize("damage", ["truncated", "missing", "config", "deep"])
def test_a_damaged_adapter_is_named_and_the_one_in_use_stays(engine, tmp_path, damage):
    engine.use_adapter(make_adapter(engine, tmp_path / "good"))
    broken = make_adapter(engine, tmp_path / "broken")
    weights, config = broken / "adapter_model.safetensors", broken / "adapter_config.json"
    if damage == "truncated":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "missing":
        weights.unlink()
    elif damage == "config":
        config.write_text("[1, 2]")
    else:
        config.write_text("[" * 100_000)
    with pytest.raises(AdapterCorruptError, match="broken"):
        engine.use_adapter(broken)
    assert engine.adapter == "good"


@pytest.mark.parametrize("change", [{"lora_alpha": "strong"}, {"alpha_pattern": [1]}, {"alpha_pattern": {"(": 1}}])
def test_a_strength_that_is_no_number_is_damage(engine, tmp_path, change):
    """It was a mistake of Sunto's own."""
    with pytest.raises(AdapterCorruptError, match="how strong"):
        engine.use_adapter(make_adapter(engine, tmp_path / "broken", change=change))


def test_reading_an_adapter_depends_on_its_bytes(engine, tmp_path):
    first = read_adapter(make_adapter(engine, tmp_path / "a"))
    same = read_adapter(make_adapter(engine, tmp_path / "b"))
    other = read_adapter(make_adapter(engine, tmp_path / "c", seed=9))
    assert first.sha256 == same.sha256 != other.sha256
