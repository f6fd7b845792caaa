"""Installed adapters with random weights and a data set of their own, without the minutes of a training."""

from __future__ import annotations

from adapters import registry
from adapters.cards import new_card, write_card
from adapters.dataset import store
from adapters.dataset.example import Place
from tests.adapters.dataset.some_examples import example
from tests.tiny_adapters import make_adapter

KINDS = ("plants", "rivers", "poems", "planets", "markets", "bridges", "volcanoes", "songs", "cells", "laws")


def about(kind, **fields):
    """An example of a document of its own, which shares no run of words with another's."""
    text = " ".join(f"{kind} {number} of {kind}{number}" for number in range(8))
    given = {"group": f"{kind}.md", "place": Place(document=f"{kind}.md"), "tier": "A", "split": "test", **fields}
    return example(text=given.pop("text", text), target=given.pop("target", f"The {kind}."), **given)


def save_data(test=KINDS[:5], train=KINDS[5:], name="notes", **fields):
    """A data set of one example a document."""
    examples = [about(kind, **fields) for kind in test] + [about(kind, split="train") for kind in train]
    return store.save(name, examples, {"paths": [f"/notes/{name}"]}, overwrite=True)


def install(engine, dataset=None, name="bio", seed=1, size=0.02, **card):
    """A version of the adapter of that name; the newest of them is the one in use."""
    data = {"name": dataset.name, "file": "notes", "sha256": dataset.sha256} if dataset else {}
    with registry.staging() as staging:
        make_adapter(engine, staging, seed=seed, size=size)
        write_card(staging, {**new_card(name=name, base=engine.kept, data=data), **card})
        registry.publish(staging, name, overwrite=True)
    return registry.get_adapter(name)
