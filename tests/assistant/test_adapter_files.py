"""Adapters in PEFT's format: read, attached, refused; the same function as PEFT's own module."""

from __future__ import annotations

import json
import math

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.engine import load_engine, loading, packing
from assistant.engine.adapter_config import read_config
from assistant.engine.adapter_files import LoraSettings, read_adapter, write_adapter
from assistant.errors import AdapterCorruptError, AdapterError, AdapterMismatchError
from assistant.generation import ChatMessage
from assistant.safe_text import printable
from tests.tiny_adapters import edit_config, make_adapter, peft_model

MESSAGES = [ChatMessage("user", "What is photosynthesis?")]


def logits(model, ids):
    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids])).logits[0].float()


def peft_logits(tiny_kept, directory, ids):
    """The same adapter through PEFT's own code, on unpacked weights."""
    from assistant.engine.loading import load_base

    model, _tokenizer = load_base(tiny_kept.directory, "cpu")
    packing.forbid(model)
    return logits(peft_model(model, directory), ids)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"use_rslora": True},
        {"alpha_pattern": {"q_proj": 32, "layers.0.mlp.up_proj": 1}},
        {"lora_alpha": 3},
        {"rank_pattern": {"q_proj": 2, "model.layers.1.mlp.up_proj": 8}},
        {"rank_pattern": {r"layers\\.1\\..*": 6}, "alpha_pattern": {"down_proj": 3}, "use_rslora": True},
    ],
    ids=["plain", "rank-stabilized", "alpha-pattern", "alpha", "rank-pattern", "all-patterns"],
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
        ({"init_lora_weights": "pissa_niter_4"}, "pissa"),
        ({"kasa_config": {"beta": 1}}, "kasa_config"),
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


@pytest.mark.parametrize(
    "change",
    [
        {"lora_alpha": "strong"},
        {"lora_alpha": True},
        {"r": 0},
        {"r": 4.5},
        {"alpha_pattern": [1]},
        {"alpha_pattern": {"(": 1}},
        {"alpha_pattern": {"q_proj": float("nan")}},
        {"rank_pattern": {"q_proj": -1}},
        {"rank_pattern": {str(n): 1 for n in range(5000)}},
        {"alora_invocation_tokens": "assistant"},
        {"alora_invocation_tokens": [-1]},
    ],
)
def test_a_strength_that_is_no_number_is_damage(engine, tmp_path, change):
    """It was a mistake of Sunto's own."""
    directory = make_adapter(engine, tmp_path / "broken")
    edit_config(directory, **change)
    with pytest.raises(AdapterCorruptError, match="how strong"):
        engine.use_adapter(directory)


@pytest.mark.parametrize("bomb", ["(a|a)*b", "(.+)+x", r"(?=.*)x", r"(.)\1", ".*.*.*.*x", "(.|.)" * 40])
def test_an_expression_that_could_take_for_ever_is_not_tried(engine, tmp_path, bomb):
    directory = make_adapter(engine, tmp_path / "broken")
    edit_config(directory, rank_pattern={bomb: 4})
    with pytest.raises(AdapterCorruptError, match="how strong"):
        read_adapter(directory)


def rewrite(directory, change):
    """Replace the weights by what `change` makes of each (name, tensor)."""
    path = directory / "adapter_model.safetensors"
    tensors = dict(change(name, tensor) for name, tensor in safetensors.torch.load_file(path).items())
    safetensors.torch.save_file(tensors, path)


def test_names_with_the_adapters_name_inside_are_read_as_without(engine, tmp_path):
    """Tools that save a `state_dict` as it is leave it there."""
    directory = make_adapter(engine, tmp_path / "bio")
    expected = read_adapter(directory).weights
    rewrite(directory, lambda name, tensor: (name.replace(".weight", ".default.weight"), tensor))
    found = read_adapter(directory).weights
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name][0], expected[name][0]) for name in found)


def test_the_same_layer_twice_is_refused(engine, tmp_path):
    directory = make_adapter(engine, tmp_path / "bio")
    path = directory / "adapter_model.safetensors"
    tensors = safetensors.torch.load_file(path)
    name = next(iter(tensors))
    safetensors.torch.save_file({**tensors, name.replace(".weight", ".default.weight"): tensors[name].clone()}, path)
    with pytest.raises(AdapterMismatchError, match="cannot place"):
        read_adapter(directory)


def test_every_rank_that_is_not_the_configurations_is_listed(engine, tmp_path):
    directory = make_adapter(engine, tmp_path / "bio")
    edit_config(directory, rank_pattern={"layers.0.self_attn.q_proj": 2, "layers.1.mlp.up_proj": 16})
    with pytest.raises(AdapterMismatchError) as caught:
        read_adapter(directory)
    assert "layers.0.self_attn.q_proj: expected rank 2, got (4, 4)" in caught.value.message
    assert "layers.1.mlp.up_proj: expected rank 16, got (4, 4)" in caught.value.message


def test_weights_that_are_whole_numbers_are_refused_with_their_names(engine, tmp_path):
    directory = make_adapter(engine, tmp_path / "bio")
    rewrite(directory, lambda name, tensor: (name, tensor.to(torch.int8) if "layers.0.mlp.up" in name else tensor))
    with pytest.raises(AdapterMismatchError, match=r"layers.0.mlp.up_proj: expected floating-point.*int8"):
        read_adapter(directory)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_damage(engine, tmp_path, value):
    """One is enough: every answer would be nonsense."""
    directory = make_adapter(engine, tmp_path / "bio")

    def spoil(name, tensor):
        if "layers.1.mlp.down_proj.lora_B" in name:
            tensor[3, 2] = value
        return name, tensor

    rewrite(directory, spoil)
    with pytest.raises(AdapterCorruptError, match=r"no numbers in model.layers.1.mlp.down_proj"):
        read_adapter(directory)


def test_large_finite_weights_are_numbers(engine, tmp_path):
    directory = make_adapter(engine, tmp_path / "bio")
    rewrite(directory, lambda name, tensor: (name, torch.full_like(tensor, 60000).half()))
    assert read_adapter(directory).weights


def test_the_invocation_of_an_activated_adapter_is_read(engine, tmp_path):
    directory = make_adapter(engine, tmp_path / "bio", change={"alora_invocation_tokens": [5, 6]})
    assert read_adapter(directory).invocation == (5, 6)
    assert read_adapter(make_adapter(engine, tmp_path / "law")).invocation == ()


def test_reading_an_adapter_depends_on_its_bytes(engine, tmp_path):
    first = read_adapter(make_adapter(engine, tmp_path / "a"))
    same = read_adapter(make_adapter(engine, tmp_path / "b"))
    other = read_adapter(make_adapter(engine, tmp_path / "c", seed=9))
    assert first.sha256 == same.sha256 != other.sha256


# --- files from strangers --------------------------------------------------------------------------------------

FIELDS = [
    "peft_type", "r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "alora_invocation_tokens",
    "init_lora_weights", "use_dora", "bias", "modules_to_save", "target_parameters", "arrow_config",
]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
same_folder = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(config=st.dictionaries(st.sampled_from(FIELDS), VALUES) | VALUES)
def test_any_configuration_is_understood_or_refused(tmp_path, config):
    (tmp_path / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    refused, read = None, None
    try:
        read = read_config(tmp_path)
    except AdapterError as error:
        refused = error
    if read is None:
        assert refused.hint
        assert printable(refused.message) == refused.message
    else:
        for module in ("model.layers.0.self_attn.q_proj", "x"):
            assert read.rank(module) >= 1
            assert math.isfinite(read.scaling(module))


@pytest.fixture(scope="module")
def small_adapter(tmp_path_factory):
    """A whole one, of a single layer: (folder, weights file, its bytes)."""
    directory = tmp_path_factory.mktemp("small")
    write_adapter(directory, {"q_proj": (torch.ones(2, 4), torch.ones(4, 2))}, LoraSettings(r=2), "tiny")
    path = directory / "adapter_model.safetensors"
    return directory, path, path.read_bytes()


@same_folder
@given(data=st.data())
def test_damaged_weights_are_refused_or_are_weights(small_adapter, data):
    directory, path, whole = small_adapter
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(0, len(damaged) - 1)), max_size=4)):
        if damaged:
            damaged[place] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(damaged))
    try:
        adapter = read_adapter(directory)
    except AdapterError:
        return
    assert bytes(damaged) == whole or adapter.sha256 != read_again(directory, path, whole).sha256
    assert all(torch.isfinite(tensor).all() for a, b, _scaling in adapter.weights.values() for tensor in (a, b))


def read_again(directory, path, whole):
    path.write_bytes(whole)
    return read_adapter(directory)
