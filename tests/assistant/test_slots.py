"""Adapters side by side in memory: a switch is an index, and the base is never touched."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from assistant.engine import lora
from assistant.engine.adapter_files import LoraSettings, read_adapter, write_adapter
from assistant.engine.slots import SlotLinear, folded
from assistant.errors import AdapterMismatchError
from tests.assistant.test_engine_batch import tiny_engine
from tests.tiny_adapters import fixed_logits as logits
from tests.tiny_adapters import make_adapter


@pytest.fixture
def engine(tiny_kept):
    return tiny_engine(tiny_kept)


@pytest.fixture
def place(engine, tmp_path):
    """Make an adapter and let it be resident."""

    def placed(name, seed=1, instead_of=None, **options):
        return engine.place(read_adapter(make_adapter(engine, tmp_path / name, seed=seed, **options)), instead_of)

    return placed


def weights(engine):
    """(layer, slot) → A and B."""
    modules = ((name, module) for name, module in engine.model.named_modules() if isinstance(module, SlotLinear))
    return {(name, slot): pair for name, module in modules for slot, pair in module.pairs.items()}


def test_each_answers_as_if_it_were_alone(engine, place, tiny_kept, tmp_path):
    adapters = [place("law"), place("bio", 2), place("art", 3)]
    for adapter in [*adapters, *reversed(adapters)]:
        engine.select(adapter)
        alone = tiny_engine(tiny_kept)
        alone.use_adapter(tmp_path / adapter.name)
        assert torch.equal(logits(engine), logits(alone))


def test_a_switch_changes_an_index_and_nothing_else(engine, place, monkeypatch):
    """No walk over the model, no copy, no file: it would take longer the larger the model is."""
    law, bio = place("law"), place("bio", 2)
    before = {name: id(module) for name, module in engine.model.named_modules()}
    for name in ("named_modules", "modules", "named_parameters", "parameters", "get_submodule", "__setattr__"):
        monkeypatch.setattr(nn.Module, name, None)
    monkeypatch.setattr("builtins.open", None)
    for adapter in (law, bio, None, law):
        engine.select(adapter)
    monkeypatch.undo()
    assert {name: id(module) for name, module in engine.model.named_modules()} == before


def test_without_an_adapter_the_base_is_bit_for_bit_itself_while_others_are_resident(engine, place):
    bare = logits(engine)
    law = place("law")
    assert torch.equal(logits(engine), bare)  # to be resident is not to be selected
    engine.select(law)
    assert not torch.equal(logits(engine), bare)
    engine.select(None)
    assert torch.equal(logits(engine), bare)


def test_when_the_last_one_leaves_the_layers_are_the_bases_own_again(engine, place):
    before = [id(module) for module in engine.model.modules()]
    law, bio = place("law"), place("bio", 2)
    engine.select(bio)
    engine.remove(law)
    assert engine.adapter == "bio"
    engine.remove(bio)
    assert engine.adapter is None
    assert [id(module) for module in engine.model.modules()] == before


def test_a_newcomer_is_written_over_whoever_gives_up_the_place(engine, place):
    law = place("law")
    addresses = {key: (a.data_ptr(), b.data_ptr()) for key, (a, b) in weights(engine).items()}
    bytes_before = engine.memory_bytes
    bio = place("bio", 2, instead_of=law)
    assert bio.slot == law.slot
    assert {key: (a.data_ptr(), b.data_ptr()) for key, (a, b) in weights(engine).items()} == addresses
    assert engine.memory_bytes == bytes_before
    with pytest.raises(KeyError):
        list(engine.stream_many([[]], None, adapters=["law"]))


def test_a_newcomer_of_another_shape_takes_the_place_too_and_leaves_nothing_behind(engine, place, tiny_kept, tmp_path):
    law = place("law", settings=LoraSettings(r=8))
    few = {"model.layers.1.mlp.up_proj": (torch.randn(2, 64), torch.randn(96, 2))}
    (tmp_path / "few").mkdir()
    write_adapter(tmp_path / "few", few, LoraSettings(r=2), "tiny")
    placed = engine.place(read_adapter(tmp_path / "few"), law)
    assert list(weights(engine)) == [("model.layers.1.mlp.up_proj", placed.slot)]
    engine.select(placed)
    alone = tiny_engine(tiny_kept)
    alone.use_adapter(tmp_path / "few")
    assert torch.equal(logits(engine), logits(alone))


def test_the_same_name_again_replaces_the_first(engine, place):
    first = place("law")
    engine.select(first)
    again = place("law", seed=5)
    assert again.slot == first.slot
    assert again.sha256 != first.sha256
    assert len({slot for _layer, slot in weights(engine)}) == 1
    assert engine.adapter is None, "whoever asked for the first has not asked for this one"


def test_one_that_does_not_fit_changes_nothing(engine, place, tmp_path):
    law = place("law")
    engine.select(law)
    before = logits(engine)
    (tmp_path / "other").mkdir()
    wrong = {"model.layers.0.self_attn.q_proj": (torch.zeros(4, 32), torch.zeros(64, 4))}
    write_adapter(tmp_path / "other", wrong, LoraSettings(r=4), "another")
    with pytest.raises(AdapterMismatchError, match=r"expected .64, 64., got .32, 64."):
        engine.place(read_adapter(tmp_path / "other"), law)
    assert engine.adapter == "law"
    assert torch.equal(logits(engine), before)


def test_memory_that_runs_out_half_way_leaves_no_half_adapter(engine, place, tmp_path, monkeypatch):
    bare = logits(engine)
    law = place("law")
    engine.select(law)
    bio = read_adapter(make_adapter(engine, tmp_path / "bio", seed=2, settings=LoraSettings(r=8)))
    real, calls = torch.empty, iter(range(100))

    def full(*args, **kwargs):
        if next(calls) == 5:
            raise torch.OutOfMemoryError("full")
        return real(*args, **kwargs)

    monkeypatch.setattr(torch, "empty", full)
    with pytest.raises(torch.OutOfMemoryError):
        engine.place(bio, law)
    monkeypatch.undo()
    assert engine.adapter is None
    assert not weights(engine)
    assert torch.equal(logits(engine), bare)


class OneMore(lora.Beside):
    def forward(self, x):
        return self.base(x) + 1


def test_training_gets_the_bare_base_and_gives_back_what_was_resident(engine, place):
    law, bio = place("law"), place("bio", 2)
    engine.select(bio)
    before = logits(engine)
    with engine.training() as model:
        assert not any(isinstance(module, SlotLinear) for module in model.modules())
        for name, layer in list(lora.linear_modules(model).items()):
            lora.replace(model, name, OneMore(layer))
    assert engine.adapter == "bio"
    assert torch.equal(logits(engine), before)
    engine.select(law)
    assert not torch.equal(logits(engine), before)


def test_an_adapter_that_becomes_resident_during_a_training_does_not_stand_in_its_way(engine, place):
    engine.select(place("law"))
    before = logits(engine)
    with engine.training() as model:
        for name, layer in list(lora.linear_modules(model).items()):
            lora.replace(model, name, OneMore(layer))
        bio = place("bio", 2)
        assert all(isinstance(model.get_submodule(name), OneMore) for name in lora.linear_modules(model))
    assert torch.equal(logits(engine), before)
    engine.select(bio)
    assert not torch.equal(logits(engine), before)


def test_training_that_fails_gives_them_back_too(engine, place):
    engine.select(place("law"))
    before = logits(engine)
    with pytest.raises(ZeroDivisionError), engine.training():
        raise ZeroDivisionError
    assert torch.equal(logits(engine), before)


def test_resident_adapters_count_as_memory(engine, place):
    before = engine.memory_bytes
    place("law")
    layers = lora.linear_modules(engine.model).values()
    assert engine.memory_bytes - before == sum((layer.in_features + layer.out_features) * 4 * 4 for layer in layers)


def test_an_adapter_given_up_by_one_slot_is_not_changed_by_the_next(engine, tmp_path):
    """In place means in the slot's own memory, never in that of whoever handed the weights over."""
    law = read_adapter(make_adapter(engine, tmp_path / "law"))
    before = {name: (a.clone(), b.clone()) for name, (a, b, _scaling) in law.weights.items()}
    placed = engine.place(law)
    engine.place(read_adapter(make_adapter(engine, tmp_path / "bio", seed=2)), placed)
    assert all(
        torch.equal(law.weights[name][0], a) and torch.equal(law.weights[name][1], b) for name, (a, b) in before.items()
    )


def test_a_copy_made_ready_beforehand_is_the_same_adapter(engine, place, tmp_path):
    law = place("law", change={"alpha_pattern": {"q_proj": 3}})
    engine.select(law)
    expected = logits(engine)
    copy = folded(read_adapter(tmp_path / "law"), engine.model.dtype, pinned=False)
    engine.select(engine.place(copy))
    assert torch.equal(logits(engine), expected)


def test_rows_that_are_not_those_selected_are_never_mixed_up(engine, place):
    law = place("law")
    engine.slots.select_rows([law.slot, None, None])
    with pytest.raises(RuntimeError, match="3 rows were selected"):
        logits(engine)
