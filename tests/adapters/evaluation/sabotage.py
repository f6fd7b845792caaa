"""Adapters that are broken on purpose, and good ones beside them: taught to a tiny model in a second each."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from adapters import registry
from adapters.cards import new_card, write_card
from adapters.dataset import store
from adapters.dataset.example import Place
from adapters.dataset.prompting import messages
from adapters.dataset.tokens import IGNORED, TokenizedExample
from adapters.evaluation.saved import tensor_digests, write_saved
from adapters.training.forward import Forward
from adapters.training.lora import AdapterInTraining
from assistant.engine.adapter_files import LoraSettings, write_adapter
from tests.adapters.dataset.some_examples import example
from tests.adapters.training.training_models import plan

KINDS = ("plants", "rivers", "poems", "planets", "markets")
STEPS = 25


def text_of(kind: str) -> str:
    words = " ".join(f"{kind} {number} of the {kind}{number}" for number in range(6))
    return f"In this lecture we see what the {kind} are and where they come from: {words}."


def target_of(kind: str) -> str:
    return f"It is about {kind}."


def dataset_of(**fields):
    """One example a document; nobody was trained on it."""
    examples = [
        example(
            text=text_of(kind),
            target=target_of(kind),
            group=f"{kind}.md",
            place=Place(document=f"{kind}.md"),
            tier="A",
            split="test",
            **fields,
        )
        for kind in KINDS
    ]
    return store.save("tested", examples, {"paths": ["/notes"]}, overwrite=True)


def rows(target=target_of):
    """(prompt, target) of each document."""
    return [(messages("summarize", text_of(kind), "en"), target(kind)) for kind in KINDS]


def taught(engine, directory: Path, rows, *, on_prompt=False, endless=False, unlearn=False, kind="lora", steps=STEPS):
    """An adapter that has learnt these rows by heart, saved in this folder.

    `on_prompt`: prompts are learnt, too. `endless`: the end of an answer is not. `unlearn`: uphill instead of downhill.
    """
    tokens = [_tokens(engine, *row, on_prompt, endless) for row in rows]
    with engine.training():
        adapter = _learnt(engine, tokens, kind, steps, unlearn)
        directory.mkdir(parents=True)
        write_adapter(directory, adapter.weights(), adapter.settings, engine.name)
        write_saved(directory, tensor_digests(adapter.weights()), adapter.settings.scaling)
    return directory


def made_to_know(engine, rows) -> None:
    """The base itself has learnt these rows, in float32."""
    with engine.training() as model, torch.no_grad():
        with torch.enable_grad():
            adapter = _learnt(engine, [_tokens(engine, *row, False, False) for row in rows], "lora", 2 * STEPS, False)
        for name, (a, b) in adapter.weights().items():
            model.get_submodule(name).base.weight += adapter.settings.scaling * b @ a


def _learnt(engine, tokens, kind, steps, unlearn) -> AdapterInTraining:
    total = sum(example.target_tokens for example in tokens)
    settings = LoraSettings(8, 16, 0.0, engine.invocation_tokens() if kind == "alora" else ())
    adapter = AdapterInTraining.attach(engine.model, settings, seed=0)
    forward = Forward(engine.model, adapter, plan(), kind)
    optimizer = torch.optim.AdamW(adapter.parameters, lr=1e-2, weight_decay=0.0)
    for _step in range(steps):
        optimizer.zero_grad()
        for micro in forward.micro_batches(tokens):
            forward.backward(micro, (-1 if unlearn else 1) / total)
        torch.nn.utils.clip_grad_norm_(adapter.parameters, 1.0)
        optimizer.step()
    return adapter


def _tokens(engine, prompt, target, on_prompt, endless) -> TokenizedExample:
    ids, completion = engine.encode_prompt(prompt), engine.encode_completion(target)
    completion = completion[:-1] if endless else completion
    labels = (IGNORED, *ids[1:]) if on_prompt else (IGNORED,) * len(ids)
    return TokenizedExample((*ids, *completion), (*labels, *completion), False, id=target)


def install(directory: Path, kept, *, stranger=False, **card):
    """Under the name `bio`; a stranger comes without anything that Sunto keeps beside an adapter."""
    with registry.staging() as staging:
        shutil.copytree(directory, staging, dirs_exist_ok=True)
        if stranger:
            shutil.rmtree(staging / "evaluation")
        else:
            write_card(staging, {**new_card(name="bio", base=kept), **card})
        registry.publish(staging, "bio", overwrite=True)
        if stranger:
            (registry.folder_of("bio") / registry.CARD_FILE).unlink()
    return registry.get_adapter("bio")
