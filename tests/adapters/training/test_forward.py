"""The hot path: the same numbers however examples are put together, and no work that nobody needs."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import torch

from adapters.training.loss import ROWS
from adapters.training.remaking import Remaking
from assistant.engine import load_engine, packing
from assistant.engine.lora import linear_modules
from assistant.errors import TrainingError
from assistant.generation import ChatMessage, GenerationConfig
from tests.adapters.training.training_models import FAMILIES, gradients, make_examples, plan, training
from tests.assistant.test_engine_batch import tiny_engine

KINDS = ["lora", "alora"]
TALK = [ChatMessage("user", "light water green leaf?")]


def assert_same(some, other):
    assert all(torch.equal(a, b) for a, b in zip(some, other, strict=True))


def assert_close(some, other):
    for a, b in zip(some, other, strict=True):
        assert b.abs().max() > 0
        assert torch.allclose(a, b, rtol=1e-3, atol=1e-5 * float(b.abs().max()) + 1e-7)


def said(engine, messages=TALK) -> str:
    return "".join(
        event.text
        for event in engine.stream(messages, GenerationConfig(max_new_tokens=12, temperature=0.0))
        if hasattr(event, "text")
    )


def kept_bytes(forward, examples) -> int:
    """Of all tensors that are kept for the way back, each counted once; the weights are not."""
    storages = {}

    def keep(tensor):
        if not tensor.is_leaf or not tensor.requires_grad:
            storages[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), forward._running(learning=True):
        forward._token_losses([forward._parts(example) for example in examples], [])
    return sum(tensor.untyped_storage().nbytes() for tensor in storages.values())


# --- the same numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_examples_side_by_side_have_the_losses_and_gradients_of_one_by_one(tiny_kept, family, kind):
    engine = tiny_engine(tiny_kept, family, **FAMILIES[family])
    examples = make_examples(engine)
    with training(engine, kind) as (forward, adapter):
        assert len(forward.micro_batches(examples)) == 1
        losses = forward.losses(examples)
        together = gradients(forward, adapter, examples)
        forward.set_plan(plan(micro_tokens=1))
        assert len(forward.micro_batches(examples)) == len(examples)
        alone = gradients(forward, adapter, examples)
        for (loss, count), (other, other_count) in zip(losses, forward.losses(examples), strict=True):
            assert (loss, count) == (pytest.approx(other, rel=1e-5), other_count)
    assert together[0] == pytest.approx(alone[0], rel=1e-5)
    assert_close(together[1], alone[1])


def test_a_family_that_cannot_be_packed_is_trained_one_example_at_a_time(tiny_kept):
    engine = tiny_engine(tiny_kept, "gemma2")
    examples = make_examples(engine, 3)
    with training(engine) as (forward, adapter):
        assert [len(micro) for micro in forward.micro_batches(examples)] == [1, 1, 1]
        total, found = gradients(forward, adapter, examples)
        assert total == pytest.approx(sum(loss for loss, _count in forward.losses(examples)), rel=1e-5)
        assert all(gradient.abs().max() > 0 for gradient in found)
        whole = sum(
            float(
                engine.model(
                    input_ids=torch.tensor([example.input_ids]), labels=torch.tensor([example.labels])
                ).loss.detach()
            )
            * example.target_tokens
            for example in examples
        )
    assert total == pytest.approx(whole, rel=1e-5)
    with pytest.raises(TrainingError, match="begins at the answer"), training(engine, "alora"):
        pass


@pytest.mark.parametrize("kind", KINDS)
def test_the_scale_is_of_the_gradients_and_not_of_the_loss(tiny_kept, kind):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine, 2)
    with training(engine, kind) as (forward, adapter):
        total, found = gradients(forward, adapter, examples)
        same, halved = gradients(forward, adapter, examples, scale=0.5)
    assert same == total
    assert_close([gradient * 2 for gradient in halved], found)


@pytest.mark.parametrize("scale", [1.0, 1e-7])
def test_in_half_precision_small_gradients_are_not_lost(tiny_kept, scale):
    """On cards without bfloat16. A large model has gradients as small as a tiny one at a scale of 1e-7."""
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine, 2)
    with training(engine) as (forward, adapter):
        total, expected = gradients(forward, adapter, examples, scale)
    half = tiny_engine(tiny_kept)
    half.model.half()
    with training(half) as (forward, adapter):
        found_total, found = gradients(forward, adapter, examples, scale)
    assert found_total == pytest.approx(total, rel=1e-2)
    for mine, exact in zip(found, expected, strict=True):
        assert mine.dtype == torch.float32
        assert float((mine - exact).norm() / exact.norm()) < 0.05


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_checkpointed_layers_have_the_same_gradients_bit_for_bit(tiny_kept, kind, count):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    with training(engine, kind, dropout=0.3) as (forward, adapter):
        torch.manual_seed(1)
        kept = gradients(forward, adapter, examples)
        forward.set_plan(plan(checkpointed_layers=count))
        torch.manual_seed(1)
        again = gradients(forward, adapter, examples)
    assert kept[0] == again[0]
    assert_same(kept[1], again[1])


def test_checkpointed_layers_keep_less(tiny_kept):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)

    def kept(count):
        with training(engine, checkpointed_layers=count) as (forward, _adapter):
            return kept_bytes(forward, examples)

    most, some, least = (kept(count) for count in (0, 1, 3))
    assert least < some < most
    assert least < most / 4


@pytest.mark.parametrize("checkpointed_layers", [0, 2])
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_made_again_instead_of_kept_gives_the_same_numbers_and_takes_less(
    tiny_kept, monkeypatch, family, checkpointed_layers
):
    engine = tiny_engine(tiny_kept, family, **FAMILIES[family])
    examples = make_examples(engine)

    def learn():
        torch.manual_seed(1)
        with training(engine, dropout=0.2, checkpointed_layers=checkpointed_layers) as (forward, adapter):
            return gradients(forward, adapter, examples), kept_bytes(forward, examples)

    (loss, found), least = learn()
    monkeypatch.setattr(Remaking, "installed", lambda _self: nullcontext())
    (expected_loss, expected), most = learn()
    assert loss == expected_loss
    assert_close(found, expected)
    assert least < 0.8 * most or checkpointed_layers


def test_a_feed_forward_network_of_another_kind_is_left_as_it_is(tiny_kept, monkeypatch):
    """What stands between its products is not what it is in a Llama."""
    from transformers.models.llama.modeling_llama import LlamaMLP

    def other(self, x):
        return self.down_proj(self.act_fn(self.gate_proj(x)) * self.up_proj(x) * 2)

    monkeypatch.setattr(LlamaMLP, "forward", other)
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine, 2)
    with training(engine) as (forward, adapter):
        total, _found = gradients(forward, adapter, examples)
        assert total == pytest.approx(sum(loss for loss, _count in forward.losses(examples)), rel=1e-5)


# --- dropout ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_torchs_random_state_decides_what_is_left_out(tiny_kept, kind):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    with training(engine, kind, dropout=0.2) as (forward, adapter):
        torch.manual_seed(1)
        first = gradients(forward, adapter, examples)
        other = gradients(forward, adapter, examples)
        torch.manual_seed(1)
        again = gradients(forward, adapter, examples)
    assert first[0] == again[0] != other[0]
    assert_same(first[1], again[1])


def test_evaluation_leaves_nothing_out_and_takes_no_random_number(tiny_kept):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    with training(engine, dropout=0.5) as (forward, _adapter):
        state = torch.get_rng_state()
        losses = forward.losses(examples)
        assert losses == forward.losses(examples)
        assert torch.equal(state, torch.get_rng_state())
    with training(engine, dropout=0.0) as (forward, _adapter):
        assert losses == forward.losses(examples)


def test_a_document_read_again_and_one_kept_give_the_same_bits(tiny_kept):
    """A run that goes on after a crash has kept nothing, and must end with the same weights."""
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    with training(engine, "alora", dropout=0.1, prefix_bytes=1 << 30) as (forward, adapter):
        gradients(forward, adapter, examples[2:])
        torch.manual_seed(1)
        kept = gradients(forward, adapter, examples)
        forward.set_plan(plan(prefix_bytes=0))
        torch.manual_seed(1)
        read = gradients(forward, adapter, examples)
    assert kept[0] == read[0]
    assert_same(kept[1], read[1])


# --- no work that nobody needs ---------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """Numbers of products with the base's weights: forward by layer, back, and rows of logits."""

    found = SimpleNamespace(forward={}, rows={}, back=0)

    def watch(model):
        head = model.get_output_embeddings()

        def on_call(name):
            def count(_module, inputs, _output):
                found.forward[name] = found.forward.get(name, 0) + 1
                found.rows[name] = found.rows.get(name, 0) + inputs[0].flatten(0, -2).shape[0]

            return count

        for name, layer in [*linear_modules(model).items(), ("head", head)]:
            layer.register_forward_hook(on_call(name))
        return found

    from adapters.training import lora

    def weight(layer, dtype, real=lora.base_weight):
        found.back += 1
        return real(layer, dtype)

    monkeypatch.setattr(lora, "base_weight", weight)
    return watch


def test_a_step_takes_one_product_with_the_base_for_each_layer_and_direction(tiny_kept, counted):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    with training(engine, dropout=0.1) as (forward, adapter):
        layers = linear_modules(engine.model)
        counts = counted(engine.model)
        gradients(forward, adapter, examples)
    assert {name: count for name, count in counts.forward.items() if name != "head"} == dict.fromkeys(layers, 1)
    # The first layer's queries, keys and values read the embeddings, which have no gradient.
    assert counts.back == len(layers) - 3


def test_logits_are_computed_of_targets_only_and_nothing_after_the_last(tiny_kept, counted):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine, 4, target_tokens=ROWS // 2)
    targets = sum(example.target_tokens for example in examples)
    with training(engine) as (forward, adapter):
        counts = counted(engine.model)
        gradients(forward, adapter, examples)
        assert counts.rows["head"] == targets
        assert counts.forward["head"] == -(-targets // ROWS)
        tokens = sum(len(example.input_ids) for example in examples)
        assert counts.rows["model.layers.0.mlp.up_proj"] == tokens - len(examples)
        forward.losses(examples)
        assert counts.rows["head"] == 2 * targets


def test_from_the_second_epoch_on_no_document_is_read(tiny_kept, counted):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    layer = "model.layers.0.mlp.up_proj"
    with training(engine, "alora", prefix_bytes=1 << 30) as (forward, adapter):
        counts = counted(engine.model)
        gradients(forward, adapter, examples)
        first = counts.rows[layer]
        gradients(forward, adapter, examples)
        second = counts.rows[layer] - first
        header = len(engine.invocation_tokens())
        own = sum(header + example.target_tokens - 1 for example in examples)
        assert second == own
        assert first == sum(len(example.input_ids) - 1 for example in examples)
        assert counts.back == 2 * (len(linear_modules(engine.model)) - 3)
        assert 0 < forward.prefix_bytes < 1 << 30


def test_documents_are_kept_as_far_as_there_is_room(tiny_kept):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine)
    with training(engine, "alora", prefix_bytes=1 << 30) as (forward, adapter):
        gradients(forward, adapter, examples)
        everything = forward.prefix_bytes
        forward.set_plan(plan(prefix_bytes=everything // 2))
        assert 0 < forward.prefix_bytes <= everything // 2
        half = forward.prefix_bytes
        gradients(forward, adapter, examples)
        assert forward.prefix_bytes == half
        forward.set_plan(plan(prefix_bytes=0))
        assert forward.prefix_bytes == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_micro_batch_has_more_tokens_than_the_plan_unless_it_is_one_example(tiny_kept, kind):
    engine = tiny_engine(tiny_kept)
    examples = make_examples(engine, 9)
    with training(engine, kind, micro_tokens=250) as (forward, _adapter):
        micro_batches = forward.micro_batches(examples)
        assert 1 < len(micro_batches) < 9
        assert all(
            len(micro) == 1 or sum(forward._cost(example) for example in micro) <= 250 for micro in micro_batches
        )
        assert sorted(example.id for micro in micro_batches for example in micro) == [str(i) for i in range(9)]


# --- in the middle of a training -------------------------------------------------------------------------------


def test_the_engine_answers_in_the_middle_of_a_training_which_then_goes_on_bit_for_bit(tiny_kept):
    def learn(engine, between):
        examples = make_examples(engine)
        with training(engine, dropout=0.2, filled=False) as (forward, adapter):
            assert not packed(engine)
            torch.manual_seed(7)
            optimizer = torch.optim.AdamW(adapter.parameters, lr=1e-2)
            for _step in range(3):
                gradients(forward, adapter, examples, scale=0.01)
                optimizer.step()
                between(engine, adapter)
            return [weight.detach().clone() for weight in adapter.parameters]

    def packed(engine):
        return any(packing.is_packed(layer) for layer in packing.layers(engine.model))

    answers = []

    def ask(engine, adapter):
        with engine.aside():
            assert not engine.model.training
            assert packed(engine) == packs
            answers.append(said(engine))
            torch.rand(5)
            placed = engine.place(adapter.snapshot("in training"))
            engine.select(placed)
            answers.append(said(engine))
            engine.select(None)

    quiet, asked = load_engine(tiny_kept, "cpu"), load_engine(tiny_kept, "cpu")
    packs = packed(asked)
    expected = learn(quiet, lambda *_: None)
    assert_same(learn(asked, ask), expected)
    bare, with_adapter = answers[::2], answers[1::2]
    assert set(bare) == {said(quiet)} == {said(asked)}
    assert with_adapter[-1] != bare[-1]


def test_a_training_that_cannot_step_aside_is_where_it_was(tiny_kept, monkeypatch):
    engine = load_engine(tiny_kept, "cpu")

    def full(_model):
        raise MemoryError

    with training(engine, "lora") as (_forward, adapter):
        before = dict(engine.model.named_modules())
        with monkeypatch.context() as short:
            short.setattr(packing, "pack", full)
            with pytest.raises(MemoryError), engine.aside():
                pass
        assert dict(engine.model.named_modules()) == before
        assert adapter.parameters


def test_there_is_no_aside_without_a_training(tiny_kept):
    engine = tiny_engine(tiny_kept)
    with pytest.raises(RuntimeError), engine.aside():
        pass


def test_after_a_training_the_base_and_its_attention_are_as_before(tiny_kept):
    engine = load_engine(tiny_kept, "cpu")
    name, before = engine.model.config._attn_implementation, said(engine)
    with training(engine, "alora", dropout=0.1) as (forward, adapter):
        gradients(forward, adapter, make_examples(engine))
        assert engine.model.config._attn_implementation == name
    assert said(engine) == before


@pytest.mark.parametrize("kind", KINDS)
def test_after_an_answer_gradients_are_those_before_it(tiny_kept, kind):
    """The packed layout of 4-bit weights, in which answers are written, has none at all."""
    fresh, used = load_engine(tiny_kept, "cpu"), load_engine(tiny_kept, "cpu")
    said(used)
    found = []
    for engine in (fresh, used):
        with training(engine, kind) as (forward, adapter):
            found.append(gradients(forward, adapter, make_examples(engine)))
    assert found[0][0] == found[1][0]
    assert_same(found[0][1], found[1][1])
    assert all(gradient.abs().max() > 0 for gradient in found[0][1])


@pytest.mark.parametrize("kind", KINDS)
def test_in_four_bits_losses_are_those_of_transformers(tiny_kept, kind):
    engine = load_engine(tiny_kept, "cpu")
    with training(engine, kind, filled=False) as (forward, _adapter):
        assert_losses_of_transformers(engine, forward, make_examples(engine))


@pytest.mark.starter
def test_the_starters_losses_are_those_of_transformers(starter_home, monkeypatch):
    from assistant.weights.store import read_manifest

    monkeypatch.setenv("SUNTO_HOME", str(starter_home))
    engine = load_engine(read_manifest("starter").model, "cpu")
    with training(engine, filled=False) as (forward, _adapter):
        assert_losses_of_transformers(engine, forward, make_examples(engine, 3, 200, 30))


def assert_losses_of_transformers(engine, forward, examples):
    """In bfloat16 both round, in different places."""
    for example, (loss, count) in zip(examples, forward.losses(examples), strict=True):
        with torch.no_grad():
            whole = engine.model(
                input_ids=torch.tensor([example.input_ids]), labels=torch.tensor([example.labels])
            ).loss
        assert loss / count == pytest.approx(float(whole), rel=5e-3)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("kind", KINDS)
def test_a_card_computes_what_a_cpu_does(tiny_kept, kind):
    found = []
    for device in ("cpu", "cuda"):
        engine = load_engine(tiny_kept, device)
        with training(engine, kind, checkpointed_layers=1, prefix_bytes=1 << 30) as (forward, adapter):
            examples = make_examples(engine)
            gradients(forward, adapter, examples)
            found.append(gradients(forward, adapter, examples))
    assert found[1][0] == pytest.approx(found[0][0], rel=2e-2)
    for cpu, cuda in zip(found[0][1], found[1][1], strict=True):
        assert torch.nn.functional.cosine_similarity(cpu.flatten(), cuda.cpu().flatten(), dim=0) > 0.98
