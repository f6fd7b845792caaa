"""What does not fit is told before anything is written: every difference at once, what was expected and what came."""

from __future__ import annotations

import dataclasses
import json
import shutil

import pytest

from adapters.importing import import_adapter, read_source
from assistant.errors import AdapterCorruptError, AdapterError, AdapterMismatchError
from tests.adapters.importing import files


@pytest.fixture
def refused(kept, tmp_path):
    """Import, expect a refusal, check that nothing is left; the error."""

    def run(path, model=kept, error=AdapterMismatchError):
        staging = tmp_path / "staging"
        with pytest.raises(error) as caught:
            import_adapter(read_source(path), name="biology", model=model, staging=staging)
        assert not staging.exists()
        assert caught.value.hint
        return caught.value

    return run


def test_every_difference_is_told_at_once_with_what_was_expected_and_what_came(adapter, refused):
    import torch

    files.change_config(adapter, base_model_name_or_path="owner/other", r=16, use_dora=True, bias="all")
    (adapter / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
    tensors = files.read_weights(adapter)
    wide = "base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight"
    tensors[wide] = torch.zeros(4, 96, dtype=torch.float64)
    tensors["base_model.model.model.layers.7.mlp.up_proj.lora_A.weight"] = torch.zeros(4, 64)
    files.write_weights(adapter, tensors)
    message = refused(adapter).message
    for told in (
        "base model: expected tiny, got owner/other",
        "chat template",
        "use_dora = True",
        "bias = all",
        "model.layers.7.mlp.up_proj: the base has no such layer",
        "model.layers.1.self_attn.v_proj: expected A (16, 64), B (32, 16), got A (4, 96), B (32, 4)",
        "expected F16, BF16, F32, got F64",
    ):
        assert told in message


def test_the_same_difference_in_many_layers_is_one_line(base, adapter, kept, refused, tmp_path):
    from tests.tiny_model import make_tiny_llama

    other = make_tiny_llama(tmp_path / "deep", layers=6)
    deep = files.make_adapter(other, tmp_path / "made", target_modules=["q_proj"])
    lines = refused(deep).message.splitlines()
    assert len(lines) == 1
    assert "the base has no such layer (and in 3 more layers)" in lines[0]


def test_a_list_of_differences_has_an_end(adapter, refused):
    import torch

    files.write_weights(adapter, {f"base_model.model.odd{n}.{'x' * 400}": torch.zeros(1) for n in range(300)})
    message = refused(adapter).message
    assert len(message.splitlines()) < 25
    assert len(message) < 10_000
    assert "more" in message.splitlines()[-1]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("use_dora", True, "DoRA"),
        ("bias", "lora_only", "biases"),
        ("lora_bias", True, "biases"),
        ("modules_to_save", ["embed_tokens"], "whole parts"),
        ("trainable_token_indices", [1, 2], "single tokens"),
        ("layer_replication", [[0, 2]], "repeating layers"),
        ("target_parameters", ["experts"], "no linear layers"),
        ("use_qalora", True, "QALoRA"),
        ("use_bdlora", {"nblocks": 2}, "BD-LoRA"),
        ("kasa_config", {"beta": 1}, "KaSA"),
        ("init_lora_weights", "pissa_niter_4", "changing the base itself"),
        ("init_lora_weights", "olora", "changing the base itself"),
        ("peft_type", "LOHA", "expected LORA, got LOHA"),
        ("peft_type", "PROMPT_TUNING", "got PROMPT_TUNING"),
        ("task_type", "SEQ_CLS", "expected CAUSAL_LM, got SEQ_CLS"),
        ("lora_parameters", {"rank": 8}, "MLX"),
        ("r", "16", "expected a whole number from 1 to 4096, got 16"),
        ("r", True, "got True"),
        ("r", 10**9, "expected a whole number"),
        ("r", [], "got []"),
        ("lora_alpha", "much", "expected a number, got much"),
        ("use_rslora", "yes", "expected true or false, got yes"),
        ("rank_pattern", [1], "expected an object"),
        ("rank_pattern", {"q_proj": "x"}, "rank_pattern, q_proj"),
        ("alpha_pattern", {"(a+)+$": 1}, "too complicated"),
        ("alpha_pattern", {"(a|a)" * 30 + "b": 1}, "too complicated"),
        ("alpha_pattern", {".*" * 40: 1}, "too complicated"),
        ("alpha_pattern", {"q_proj": float("nan")}, "alpha_pattern, q_proj"),
        ("alora_invocation_tokens", [], "alora_invocation_tokens"),
        ("alora_invocation_tokens", [1, 10**6], "below"),
        ("alora_invocation_tokens", [-1], "below"),
        ("alora_invocation_tokens", [True], "below"),
        ("alora_invocation_tokens", "assistant", "below"),
    ],
)
def test_another_kind_of_adapter_is_refused_with_the_reason(field, value, reason, adapter, refused):
    files.change_config(adapter, **{field: value})
    assert reason in refused(adapter).message


@pytest.mark.parametrize(
    "value",
    [{"exclude_modules": []}, {"modules_to_save": []}, {"loftq_config": {}}, {"megatron_core": "megatron.core"}],
)
def test_fields_that_change_nothing_are_no_reason_to_refuse(value, adapter, kept, tmp_path):
    files.change_config(adapter, **value)
    import_adapter(read_source(adapter), name="biology", model=kept, staging=tmp_path / "staging")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", "DoRA"),
        ("base_model.model.model.embed_tokens.lora_embedding_A", "embeddings"),
        ("base_model.model.model.layers.0.self_attn.q_proj.bias", "biases"),
        ("base_model.model.lm_head.weight", "whole part"),
        ("base_model.model.lm_head.modules_to_save.weight", "whole part"),
        ("base_model.model.lm_head.lora_A.weight", "chooses the words"),
        ("model.layers.0.self_attn.q_proj.lora_a", "MLX"),
        ("lora_unet_down.lora_up.weight", "pictures"),
        ("base_model.model.model.layers.0.self_attn.k_proj.hada_w1_a", "not of an ordinary LoRA"),
        ("base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight", "expected lora_A, lora_B, got lora_A"),
        ("model.layers.0.self_attn.q_proj.lora_A.weight", "twice"),
        ("base_model.model.model.layers.0.self_attn.k_proj.lora_A.other.weight", "several: default, other"),
    ],
)
def test_weights_that_are_no_part_of_an_ordinary_lora_are_named(name, reason, adapter, refused):
    import torch

    files.write_weights(adapter, {**files.read_weights(adapter), name: torch.zeros(4, 64)})
    assert reason in refused(adapter).message


def test_real_dora_weights_are_refused(base, refused, tmp_path):
    made = files.make_adapter(base, tmp_path / "made", use_dora=True)
    files.change_config(made, use_dora=False)  # the weights say it as well
    assert "DoRA" in refused(made).message


def test_weights_and_target_modules_must_tell_the_same(adapter, refused):
    files.change_config(adapter, target_modules=["q_proj", "k_proj"])
    message = refused(adapter).message
    assert "v_proj: it has weights, but target_modules does not name it" in message
    assert "k_proj: target_modules names it, but its weights are missing" in message


def test_another_rank_than_the_configuration_says_is_a_difference(adapter, refused):
    files.change_config(adapter, r=32)
    assert (
        "model.layers.0.self_attn.q_proj: expected A (32, 64), B (64, 32), got A (4, 64), B (64, 4)"
        in refused(adapter).message
    )


def test_the_bases_weights_decide_where_suntos_card_has_their_hash(adapter, kept, refused, tmp_path):
    card = {"base": {"name": "another name", "weights_sha256": "c" * 64}}
    (adapter / "sunto.json").write_text(json.dumps(card), encoding="utf-8")
    assert f"weights of the base: expected {'a' * 12}…, got {'c' * 12}" in refused(adapter).message
    same = dataclasses.replace(kept, weights_sha256="c" * 64)
    import_adapter(read_source(adapter), name="biology", model=same, staging=tmp_path / "staging")


@pytest.mark.parametrize("where", ["chat_template.jinja", "tokenizer_config.json", "several"])
def test_a_chat_template_that_changed_is_a_difference(where, adapter, refused):
    if where == "chat_template.jinja":
        (adapter / where).write_text("{{ other }}", encoding="utf-8")
    else:
        template = "{{ other }}" if where != "several" else [{"name": "default", "template": "{{ other }}"}]
        (adapter / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}), encoding="utf-8")
    error = refused(adapter)
    assert "chat template" in error.message
    assert "chat_template.jinja" in error.hint


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_line_end_more_or_less_does_not_make_another_chat_template(end, base, adapter, kept, tmp_path):
    template = (base / "chat_template.jinja").read_text(encoding="utf-8").rstrip()
    (adapter / "tokenizer_config.json").write_text(json.dumps({"chat_template": template + end}), encoding="utf-8")
    import_adapter(read_source(adapter), name="biology", model=kept, staging=tmp_path / "staging")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_values_that_are_no_numbers_are_refused(value, dtype, adapter, refused):
    import torch

    tensors = {name: tensor.to(getattr(torch, dtype)) for name, tensor in files.read_weights(adapter).items()}
    name = sorted(tensors)[-1]
    tensors[name][-1, -1] = value
    files.write_weights(adapter, tensors)
    error = refused(adapter, error=AdapterCorruptError)
    assert name in error.message
    assert "no numbers, or infinite" in error.message


def test_a_full_disk_in_the_middle_leaves_nothing_and_says_so(adapter, refused, monkeypatch):
    import errno

    from adapters.importing import writing

    monkeypatch.setattr(writing, "_BLOCK_BYTES", 256)
    copied = []

    def copy(block, dtype):
        copied.append(len(block))
        if len(copied) == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return False

    monkeypatch.setattr(writing, "_has_no_number", copy)
    error = refused(adapter, error=AdapterError)
    assert "disk became full" in error.message
    assert "Free some space" in error.hint


def test_too_little_room_is_said_before_anything_is_written(adapter, refused, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10, 10, 0))
    assert "Not enough disk space" in refused(adapter, error=AdapterError).message


def test_nothing_from_the_files_can_act_on_a_terminal(adapter, refused):
    files.change_config(adapter, base_model_name_or_path="owner/\x1b[2Jother", peft_type="\x1b]0;x\x07LOHA\n\n" * 99)
    message = refused(adapter).message
    assert "\x1b" not in message
    assert len(message) < 1000


def test_the_files_of_an_alora_are_refused_for_a_base_with_fewer_tokens(base, refused, tmp_path):
    made = files.make_adapter(base, tmp_path / "made", alora_invocation_tokens=[5, 511_000])
    assert "511000" in refused(made).message
