"""What dropout leaves out: as many as it should, anywhere, decided by torch's generator alone."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from adapters.training.dropout import choose, without

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=[pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")],
    ),
]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("probability", [0.01, 0.05, 0.5, 0.9])
def test_each_element_is_left_out_with_the_same_probability_whatever_its_neighbour_is(probability, device):
    torch.manual_seed(0)
    x = torch.ones(1000, 1000, device=device)
    gone = without(x, choose(x, probability)) == 0
    assert float(gone.float().mean()) == pytest.approx(probability, abs=0.002)
    for part in (*gone.float().mean(0).split(250), *gone.float().mean(1).split(250)):
        assert float(part.mean()) == pytest.approx(probability, abs=0.005)
    both = (gone[:, 1:] & gone[:, :-1]).float().mean()
    assert float(both) == pytest.approx(probability**2, abs=0.002)


@given(
    rows=st.integers(1, 20), columns=st.integers(1, 20), probability=st.floats(0.001, 0.999), seed=st.integers(0, 99)
)
def test_what_is_chosen_is_zero_and_the_rest_is_as_it_was(rows, columns, probability, seed):
    x = torch.randn(columns, rows).T
    torch.manual_seed(seed)
    chosen = choose(x, probability)
    torch.manual_seed(seed)
    again = choose(x, probability)
    assert torch.equal(chosen, again)
    left = without(x, chosen)
    assert torch.equal(left[left != 0], x[left != 0])
    assert int((left == 0).sum()) == len(chosen)


def test_nothing_is_left_out_with_no_probability():
    x = torch.ones(3)
    assert choose(x, 0.0) is None
    assert without(x, None) is x
