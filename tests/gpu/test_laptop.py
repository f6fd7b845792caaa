"""The laptop promise: a base of 4 billion weights is trained, and answers, within what a laptop's card has."""

from __future__ import annotations

import json
import math

import pytest
import torch

from benchmarks.training.laptop import CAPS, GIB, HOST_LIMIT, KINDS, measure


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gib", CAPS)
def test_a_4b_base_trains_on_2048_tokens_and_answers_within_a_laptops_card(gib, kind, record_property):
    found = measure(gib, kind)
    record_property("figures", json.dumps(found))
    assert found["peak_reserved"] <= gib * GIB
    assert found["peak_host"] < HOST_LIMIT
    assert all(math.isfinite(step["loss"]) for step in found["steps"])
    assert found["ended_with"]["max_tokens"] == 2048
    assert all(found["talks"].values())
