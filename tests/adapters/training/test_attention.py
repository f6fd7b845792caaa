"""Attention in pieces is attention: the same numbers and gradients as torch's own with a mask of everything."""

from __future__ import annotations

import itertools

import pytest
import torch

from adapters.training.attention import Pack, attend, by_torch, causal, in_blocks

WAYS = [in_blocks, by_torch]
HEADS = [(4, 2), (3, 3)]
WINDOWS = [None, 1, 100, 300, 5000]
SIZES = [(1, 0), (1, 5), (257, 0), (700, 0), (30, 400), (300, 290)]
"""Rows of queries, and tokens that stand before them."""


def reference(query, keys, values, prefix, scale, window):
    """With the whole mask, written the long way round."""
    if prefix is not None:
        keys, values = torch.cat((prefix[0], keys), 1), torch.cat((prefix[1], values), 1)
    groups = query.shape[0] // keys.shape[0]
    keys, values = keys.repeat_interleave(groups, 0), values.repeat_interleave(groups, 0)
    rows, columns = query.shape[1], keys.shape[1]
    distance = torch.arange(columns - rows, columns)[:, None] - torch.arange(columns)[None]
    seen = (distance >= 0) & (distance < (window or columns))
    scores = (query @ keys.transpose(1, 2)) * scale
    return scores.masked_fill(~seen.to(query.device), -torch.inf).softmax(-1) @ values


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("rows", "before"), SIZES)
def test_numbers_and_gradients_are_those_of_the_whole_mask(rows, before, window, way):
    for heads in HEADS:
        assert_that_of_the_whole_mask(way, "cpu", heads, window, rows, before)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("way", WAYS)
def test_on_a_card_numbers_and_gradients_are_those_of_the_whole_mask(way):
    for heads, window, (rows, before) in itertools.product(HEADS, WINDOWS, SIZES):
        assert_that_of_the_whole_mask(way, "cuda", heads, window, rows, before)


def assert_that_of_the_whole_mask(way, device, heads, window, rows, before):
    generator = torch.Generator().manual_seed(rows)

    def random(*shape):
        return torch.randn(*shape, 16, generator=generator).to(device).requires_grad_(True)

    inputs = random(heads[0], rows), random(heads[1], rows), random(heads[1], rows)
    prefix = random(2, heads[1], before).detach() if before else None
    direction = random(heads[0], rows).detach()
    ours, theirs = (each(*inputs, prefix, 0.3, window) for each in (way, reference))
    assert torch.allclose(ours, theirs, atol=1e-5)
    for mine, other in zip(
        torch.autograd.grad(ours, inputs, direction), torch.autograd.grad(theirs, inputs, direction), strict=True
    ):
        assert torch.allclose(mine, other, atol=1e-4)


def test_each_device_has_its_own_way(monkeypatch):
    from adapters.training import attention

    asked = []
    for name in ("in_blocks", "by_torch"):
        monkeypatch.setattr(attention, name, lambda *_, name=name: asked.append(name))
    causal(*[torch.zeros(2, 3, 4)] * 3, None, 1.0, None)
    causal(*[torch.zeros(2, 3, 4, device="meta")] * 3, None, 1.0, None)
    assert asked == ["in_blocks", "by_torch"]


def test_a_model_that_trains_sees_no_token_of_another_example():
    class Layer:
        layer_idx = 0

    query, key, value = torch.randn(1, 4, 9, 8), torch.randn(1, 2, 9, 8), torch.randn(1, 2, 9, 8)
    out, _weights = attend(Layer(), query, key, value, None, sunto_pack=Pack([5, 4]))
    key[:, :, :5], value[:, :, :5] = 100.0, 100.0
    changed, _weights = attend(Layer(), query, key, value, None, sunto_pack=Pack([5, 4]))
    assert torch.equal(out[:, 5:], changed[:, 5:])
    assert not torch.equal(out[:, :5], changed[:, :5])
