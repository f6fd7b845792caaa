"""The NF4 checkpoint that Sunto keeps, made for real from a tiny random model."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import ModelLoadError, OutOfMemoryError, Stopped
from assistant.weights import ensure_model
from assistant.weights.checkpoint import chat_template_sha256
from assistant.weights.progress import silent
from assistant.weights.quantize_process import quantize_in_child
from tests.tiny_model import CHAT_TEMPLATE


def in_child(source: Path, tmp_path: Path, **options) -> dict[str, str]:
    options = {"on_progress": silent, "should_stop": lambda: False, **options}
    return quantize_in_child("tiny", source, tmp_path / "kept", tmp_path / "scratch", **options)


@pytest.fixture(scope="session")
def quantized(tiny_original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny model lies quantized, made in this process."""
    from assistant.weights.quantize import quantize_checkpoint

    root = tmp_path_factory.mktemp("quantized")
    shares: list[float] = []
    quantize_checkpoint(tiny_original, root / "kept", root / "scratch", report=shares.append)
    assert shares[-1] == 1
    assert shares == sorted(shares)
    return root / "kept"


def test_the_linear_layers_are_nf4_and_embeddings_stay_bfloat16(quantized: Path):
    from safetensors import safe_open

    with safe_open(quantized / "model.safetensors", "pt") as file:
        kinds = {name: str(file.get_tensor(name).dtype) for name in file.keys()}  # noqa: SIM118 - not a dict
    assert kinds["model.layers.0.mlp.up_proj.weight"] == "torch.uint8"
    assert "model.layers.0.mlp.up_proj.weight.nested_absmax" in kinds, "double quantization"
    assert kinds["model.embed_tokens.weight"] == "torch.bfloat16"


def test_the_checkpoint_says_how_it_was_quantized(quantized: Path):
    stored = json.loads((quantized / "config.json").read_text(encoding="utf-8"))["quantization_config"]
    assert stored["bnb_4bit_quant_type"] == "nf4"
    assert stored["bnb_4bit_use_double_quant"] is True
    assert stored["bnb_4bit_compute_dtype"] == "bfloat16"


def test_a_loaded_copy_computes_what_the_original_does_but_for_rounding(quantized: Path, tiny_original: Path):
    import torch
    from transformers import AutoModelForCausalLM

    original = AutoModelForCausalLM.from_pretrained(tiny_original, dtype=torch.float32).eval()
    copy = AutoModelForCausalLM.from_pretrained(quantized, device_map={"": "cpu"}).eval()
    tokens = torch.arange(10, 40).unsqueeze(0)
    with torch.inference_mode():
        expected, got = original(tokens).logits, copy(tokens).logits.float()
    assert torch.nn.functional.cosine_similarity(expected, got, dim=-1).min() > 0.9


def test_the_tokenizer_and_its_chat_template_come_along(quantized: Path):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(quantized)
    assert tokenizer.chat_template == CHAT_TEMPLATE
    assert tokenizer.eos_token == "<|im_end|>"
    words = "perché la velocità è 9,8 m/s²? <|im_start|>"
    assert tokenizer.decode(tokenizer(words).input_ids) == words


def test_the_same_weights_give_the_same_file_in_a_child_process(quantized, tiny_original, tmp_path, recorder):
    versions = in_child(tiny_original, tmp_path, on_progress=recorder.on_progress)

    assert set(versions) == {"torch", "transformers", "bitsandbytes"}
    kept = tmp_path / "kept" / "model.safetensors"
    assert kept.read_bytes() == (quantized / "model.safetensors").read_bytes()
    assert recorder.progress[0] == ("quantize", 0, 0, "", "tiny")
    assert recorder.progress[-1] == ("quantize", 1.0, 1, "", "tiny")


def test_weights_that_are_cut_short_say_why_they_do_not_load(tiny_source: Path, tmp_path: Path):
    weights = tiny_source / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ModelLoadError, match=r"The model tiny could not be quantized: .+") as failure:
        in_child(tiny_source, tmp_path)
    assert failure.value.hint


def test_stopping_kills_the_child_at_once(tiny_source: Path, tmp_path: Path):
    started = time.monotonic()
    with pytest.raises(Stopped):
        in_child(tiny_source, tmp_path, should_stop=lambda: time.monotonic() > started + 0.3)
    assert time.monotonic() - started < 3
    assert not (tmp_path / "kept").exists()


def test_a_child_killed_by_the_system_means_memory_ran_out(tiny_source: Path, tmp_path: Path, monkeypatch):
    if sys.platform == "win32":
        pytest.skip("no signals")
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(
        "assistant.weights.quantize_process.run_module",
        lambda *_arguments, **options: _run([sys.executable, "-c", killed], **options),
    )
    with pytest.raises(OutOfMemoryError, match="not enough memory to quantize tiny"):
        in_child(tiny_source, tmp_path)


def _run(command: list[str], **options):
    from assistant.children import run_child

    return run_child(command, **options)


# --- a folder of one's own ------------------------------------------------------------------------------------


def test_a_folder_that_is_nf4_already_is_used_where_it_lies(quantized: Path, sunto_home: Path):
    kept = ensure_model(str(quantized))

    assert kept.directory == quantized
    assert kept.name == str(quantized)
    assert kept.chat_template_sha256 == chat_template_sha256(quantized)
    in_home = [path for path in (sunto_home / "models").rglob("*") if path.suffix == ".safetensors"]
    assert in_home == []
    assert ensure_model(str(quantized)) == kept


def test_another_folder_is_quantized_once_and_kept(tiny_source: Path, sunto_home: Path, copied_for_quantized):
    kept = ensure_model(str(tiny_source))

    assert kept.directory.parent == sunto_home / "models"
    assert kept.directory.name.startswith("folder--tiny-model--")
    assert ensure_model(str(tiny_source)) == kept
    assert copied_for_quantized == [str(tiny_source)]


def test_a_folder_without_a_chat_template_is_refused(tiny_source: Path):
    (tiny_source / "chat_template.jinja").unlink()
    with pytest.raises(ModelLoadError, match="no chat template: it was not made for conversation"):
        ensure_model(str(tiny_source))


@pytest.mark.parametrize(
    "template", ["{{ x }}", [{"name": "tools", "template": "no"}, {"name": "default", "template": "{{ x }}"}]]
)
def test_a_chat_template_may_also_be_among_the_tokenizers_settings(tmp_path: Path, template: object):
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}), encoding="utf-8")
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "chat_template.jinja").write_text("{{ x }}", encoding="utf-8")
    assert chat_template_sha256(tmp_path) == chat_template_sha256(beside) != ""
