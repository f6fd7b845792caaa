"""The base an adapter's files name, in all the ways in which tools write one and the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importing import base_of

QWEN = "Qwen/Qwen3-4B-Instruct-2507"


def named(name, card=None):
    return SimpleNamespace(config={"base_model_name_or_path": name}, card=card or {})


@pytest.mark.parametrize(
    ("written", "kept", "expected"),
    [
        (QWEN, [QWEN], QWEN),
        (QWEN.lower(), [QWEN], QWEN),
        (QWEN, [], QWEN),
        ("unsloth/Qwen3-4B-Instruct-2507", [], QWEN),
        ("unsloth/qwen3-4b-instruct-2507-unsloth-bnb-4bit", [], QWEN),
        ("unsloth/Qwen3-4B-Instruct-2507-bnb-4bit", [QWEN], QWEN),
        ("unsloth/llama-9-bnb-4bit", [], "unsloth/llama-9-bnb-4bit"),
        ("unsloth/llama-9-bnb-4bit", ["meta/Llama-9"], "meta/Llama-9"),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", ["starter"], "starter"),
        ("unsloth/SmolLM2-135M-Instruct-bnb-4bit", ["starter"], "starter"),
        ("/home/ada/.cache/huggingface/hub/models--Qwen--Qwen3-4B-Instruct-2507/snapshots/0a1b/", [], QWEN),
        (r"C:\Users\ada\models\Qwen3-4B-Instruct-2507", [], QWEN),
        ("models/Qwen3-4B-Instruct-2507", [], QWEN),
        ("./Qwen3-4B-Instruct-2507", [], QWEN),
        (QWEN, ["/data/Qwen3-4B-Instruct-2507"], "/data/Qwen3-4B-Instruct-2507"),
        ("/data/mine", ["/data/mine"], "/data/mine"),
        ("somebody/Qwen3-4B-Instruct-2507", [QWEN], "somebody/Qwen3-4B-Instruct-2507"),
        ("owner/unheard-of", [QWEN], "owner/unheard-of"),
        ("./outputs/merged", [QWEN], ""),
        ("outputs/merged", [QWEN], ""),
        ("/content/model", [QWEN], ""),
        ("", [QWEN], ""),
        (None, [QWEN], ""),
        (7, [QWEN], ""),
    ],
)
def test_the_base_is_known_however_a_tool_wrote_it(written, kept, expected):
    assert base_of(named(written), kept) == expected


def test_suntos_own_card_goes_before_the_configuration():
    assert base_of(named("owner/other", {"base": {"name": QWEN}}), []) == QWEN


@pytest.mark.parametrize("base", [None, [], "x", {"name": 3}, {"name": "a" * 5000}])
def test_a_card_that_makes_no_sense_is_passed_over(base):
    assert base_of(named(QWEN, {"base": base}), []) == QWEN


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gives_a_name_that_is_kept_known_or_an_id_of_the_hub(written, kept):
    found = base_of(named(written), kept)
    assert isinstance(found, str)
    assert "\x1b" not in found or found in kept
