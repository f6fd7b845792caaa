"""Adapters by name: found, described, refused, published whole or not at all."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import registry
from assistant.errors import AdapterCorruptError, AdapterError, AdapterMismatchError, AdapterNotFoundError
from assistant.weights import KeptModel


@pytest.fixture
def kept(tmp_path):
    return KeptModel("starter", tmp_path, "1", "a" * 64, "b" * 64, 8192, 1000, ("en",))


def install(name, *, card=None, **config):
    directory = registry.adapters_dir() / name
    directory.mkdir(parents=True)
    (directory / "adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "base_model_name_or_path": "starter", "r": 8, **config})
    )
    if card is not None:
        (directory / "sunto.json").write_text(json.dumps(card))
    return directory


def card(**base):
    return {"created": "2026-11-22T10:00:00+00:00", "base": {"name": "starter", **base}}


def test_no_adapters_is_an_empty_list():
    assert registry.list_adapters() == []


def test_adapters_are_listed_by_name_with_their_base():
    install("storia", card=card())
    install("biologia")
    install(".half-made")
    assert [(record.name, record.model, record.r) for record in registry.list_adapters()] == [
        ("biologia", "starter", 8),
        ("storia", "starter", 8),
    ]


def test_a_broken_adapter_does_not_hide_the_others_but_is_named_when_asked_for():
    install("good")
    (install("bad") / "adapter_config.json").write_text("{")
    assert [record.name for record in registry.list_adapters()] == ["good"]
    with pytest.raises(AdapterCorruptError, match=r"adapter_config\.json"):
        registry.get_adapter("bad")


@pytest.mark.parametrize("base", [3, ["starter"], {"name": {}}, {"name": "starter", "weights_sha256": 7}])
def test_a_card_of_another_shape_is_damage_and_hides_no_other_adapter(base):
    """It was a mistake of Sunto's own, in the answer to every question about any adapter."""
    install("good")
    install("bad", card={"base": base})
    with pytest.raises(AdapterCorruptError, match=r"sunto\.json is damaged"):
        registry.get_adapter("bad")
    assert [record.name for record in registry.list_adapters()] == ["good"]


def test_an_unknown_name_suggests_the_nearest():
    install("biologia")
    with pytest.raises(AdapterNotFoundError) as caught:
        registry.get_adapter("biologa")
    assert "biologia" in caught.value.hint


@pytest.mark.parametrize("name", ["../bio", "/somewhere/bio", "", "none"])
def test_who_looks_for_what_can_be_no_name_is_told_where_the_names_are(name):
    with pytest.raises(AdapterNotFoundError, match="cannot be an adapter's name") as caught:
        registry.get_adapter(name)
    assert "sunto adapters list" in caught.value.hint


def test_when_the_adapter_in_use_is_gone_the_way_on_without_it_is_said():
    """An app whose adapter was deleted answered nothing more, and did not say what would help."""
    with pytest.raises(AdapterNotFoundError) as caught:
        registry.get_adapter("gone")
    assert "“none” answers without one" in caught.value.hint
    install("physics")
    with pytest.raises(AdapterNotFoundError) as caught:
        registry.get_adapter("gone")
    assert "physics; “none” answers without one" in caught.value.hint


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../up", "a/b", "a\\b", "none", "BASE", "con", "Nul.txt", "a" * 65, "x.", "a b", "a\x1b[0m"]
)
def test_names_that_are_no_folder_everywhere_are_refused(name):
    with pytest.raises(AdapterError):
        registry.check_name(name)


def test_a_name_that_windows_keeps_for_itself_is_refused_for_that_reason():
    with pytest.raises(AdapterError) as caught:
        registry.check_name("con")
    assert "Windows" in caught.value.hint


@given(st.text(max_size=80))
def test_whatever_the_name_nothing_outside_the_adapters_folder_is_read(name):
    try:
        registry.check_name(name)
    except AdapterError:
        return
    assert (registry.adapters_dir() / name).parent == registry.adapters_dir()


def test_every_difference_of_the_base_is_listed(kept):
    install("bio", card=card(name="other", weights_sha256="c" * 64, chat_template_sha256="d" * 64))
    with pytest.raises(AdapterMismatchError) as caught:
        registry.check_compatible(registry.get_adapter("bio"), kept)
    message = caught.value.message
    assert "base model: made for other, here is starter" in message
    assert "weights: made for cccccccccccc…, here is aaaaaaaaaaaa…" in message
    assert "chat template: made for dddddddddddd…, here is bbbbbbbbbbbb…" in message


def test_a_base_that_a_stranger_named_is_told_of_on_one_line_of_no_great_length(kept):
    install("bio", card=card(name="evil\nbase \x1b[2J" + "x" * 5000))
    with pytest.raises(AdapterMismatchError) as caught:
        registry.check_compatible(registry.get_adapter("bio"), kept)
    for sentence in (caught.value.message, caught.value.hint):
        assert "\n" not in sentence
        assert "\x1b" not in sentence
        assert len(sentence) < 600


def test_the_same_name_with_other_weights_is_another_base(kept):
    install("bio", card=card(weights_sha256="c" * 64))
    with pytest.raises(AdapterMismatchError, match="weights"):
        registry.check_compatible(registry.get_adapter("bio"), kept)


def test_an_adapter_from_elsewhere_is_checked_by_its_bases_name(kept):
    install("bio")
    install("other", base_model_name_or_path="Qwen/Qwen3-4B-Instruct-2507")
    registry.check_compatible(registry.get_adapter("bio"), kept)
    with pytest.raises(AdapterMismatchError, match="Qwen3-4B"):
        registry.check_compatible(registry.get_adapter("other"), kept)


def test_a_matching_card_is_compatible(kept):
    install("bio", card=card(weights_sha256="a" * 64, chat_template_sha256="b" * 64))
    record = registry.get_adapter("bio")
    registry.check_compatible(record, kept)
    assert registry.differences(record, dataclasses.replace(kept, name="x")) != []


def staging_with(text):
    directory = registry.adapters_dir() / ".new.training-1"
    directory.mkdir(parents=True)
    (directory / "adapter_config.json").write_text(text)
    return directory


def test_publishing_replaces_only_when_asked():
    install("bio")
    staging = staging_with('{"r": 99}')
    with pytest.raises(AdapterError, match="already"):
        registry.publish(staging, "bio", overwrite=False)
    assert registry.get_adapter("bio").r == 8
    registry.publish(staging, "bio", overwrite=True)
    assert registry.get_adapter("bio").r == 99
    assert [path.name for path in registry.adapters_dir().iterdir()] == ["bio"]
