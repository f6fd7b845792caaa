"""What the training benchmark compares is comparable, and what it counts is counted right."""

from __future__ import annotations

import json
import math

import pytest

from adapters.dataset.tokens import IGNORED
from adapters.training.formula import Shape
from adapters.training.schedule import batch_indexes
from adapters.training.settings import TrainingSettings
from assistant.engine.kv_limits import KVLimits
from assistant.weights import KeptModel
from benchmarks import measure
from benchmarks.measure import RESULTS, Comparison
from benchmarks.training import laptop, laptop_run, trl
from benchmarks.training.alora import COMPLETION_TOKENS, PROMPT_TOKENS, long_rows
from benchmarks.training.flops import Work
from benchmarks.training.laptop import Asked
from benchmarks.training.pairs import load_pairs
from benchmarks.training.random_base import QWEN3_4B, random_engine
from benchmarks.training.rows import Row, examples_of, load_rows
from benchmarks.training.speed import Measured
from tests.tiny_model import make_tiny_tokenizer

TINY = {
    **QWEN3_4B,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "vocab_size": 512,
    "max_position_embeddings": 4096,
}


def shape(**changes) -> Shape:
    fields = {"hidden": 64, "layers": 2, "vocabulary": 512, "queries": 64, "keys": 32, "feed_forward": 128}
    return Shape(**{**fields, "tied": True, **changes})


def test_no_pair_that_is_trained_on_is_held_out_nor_any_13_words_of_it():
    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.casefold().split()
        return {tuple(words[start : start + 13]) for start in range(len(words) - 12)}

    train, held_out = load_pairs("train"), load_pairs("held_out")
    assert (len(train), len(held_out)) == (300, 60)
    assert not {pair.name for pair in train} & {pair.name for pair in held_out}
    seen = set[tuple[str, ...]]().union(*(runs(pair.document) for pair in train))
    assert not any(runs(pair.document) & seen for pair in held_out)


def test_both_trainers_get_the_same_tokens_in_the_same_order(engine, tiny_kept: KeptModel):
    rows = load_rows("train", engine, 20)
    settings = TrainingSettings(epochs=2, batch_size=8, seed=3)
    asked = trl.request(tiny_kept, rows, trl.ONE_BY_ONE, settings, threads=1, first=4)
    mine = examples_of(rows)
    ours = [mine[index] for step in range(1, 5) for index in batch_indexes(settings, len(rows), step)]
    assert [tuple(row["input_ids"]) for row in asked["rows"]] == [example.input_ids for example in ours]
    assert [tuple(row["labels"]) for row in asked["rows"]] == [example.labels for example in ours]
    assert len(asked["rate_factors"]) == 6  # the first four steps of six


def test_labels_are_the_end_of_a_row_and_close_with_the_token_that_ends_an_answer(engine):
    for row in load_rows("held_out", engine, 3):
        first = next(place for place, label in enumerate(row["labels"]) if label != IGNORED)
        assert row["labels"][first:] == row["input_ids"][first:]
        assert row["labels"][-1] == engine.tokenizer.eos_token_id


def test_the_first_step_is_not_counted():
    steps = [
        {"begin": 0.0, "end": 100.0, "tokens": 10},
        {"begin": 100.0, "end": 101.0, "tokens": 400, "computing": 0.9},
        {"begin": 101.0, "end": 102.0, "tokens": 600, "computing": 0.8},
    ]
    found = Measured.of({"steps": steps, "base_bytes": 5, "peak_bytes": 12})
    assert found.milliseconds == pytest.approx(2.0)
    assert found.outside == pytest.approx(0.3)
    assert (found.above_base, found.total) == (7, 12)


def test_without_attention_adapter_and_head_the_gain_is_that_of_the_plain_formula():
    """4·N for each token of an ordinary LoRA; 2·N of a prompt that is only read."""
    work = Work(shape(queries=0, vocabulary=0), r=0, prompt=800, rest=100, targets=100)
    assert work.lora / work.alora == pytest.approx((4 * 900) / (2 * 800 + 4 * 100))
    assert work.lora / work.alora_stored == pytest.approx(9)


def test_what_is_only_read_and_what_is_learned_are_together_no_more_than_an_ordinary_lora():
    work = Work(shape(), r=16, prompt=800, rest=100, targets=100)
    assert work.alora_stored < work.alora < work.lora
    everything = Work(shape(), r=16, prompt=0, rest=900, targets=100)
    assert everything.alora == everything.lora == work.lora


def test_long_rows_have_prompts_eight_times_as_long_as_what_is_learned(engine):
    found = long_rows(load_rows("train", engine, 30), 4)
    header = list(engine.invocation_tokens())
    for row in found:
        assert len(row["input_ids"]) == len(row["labels"]) == PROMPT_TOKENS + COMPLETION_TOKENS == 9 * COMPLETION_TOKENS
        assert sum(label != IGNORED for label in row["labels"]) == COMPLETION_TOKENS
        assert row["input_ids"][PROMPT_TOKENS - len(header) : PROMPT_TOKENS] == header
    assert len({tuple(row["input_ids"]) for row in found}) == 4


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_what_a_laptop_is_asked_to_do_works_on_a_tiny_base(kind):
    asked = Asked(kind=kind, cap_bytes=1 << 30, model=TINY, tokens=96, targets=12)
    engine = random_engine(TINY, make_tiny_tokenizer(), "cpu", KVLimits())
    found = laptop_run.run(engine, asked)
    assert [step["tokens"] for step in found["steps"]] == [8 * 96] * laptop.STEPS
    assert all(math.isfinite(step["loss"]) for step in found["steps"])
    assert all(tokens > 0 for tokens in found["talks"].values())
    assert len(found["talks"]) == 3


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_by_formula_a_4b_base_fits_under_6_gib_with_the_whole_window(kind):
    found = laptop.by_formula(Asked(kind=kind, cap_bytes=6 * laptop.GIB))
    assert found["fits"]
    assert found["plan"]["max_tokens"] == 2048


def test_rows_of_targets_alone_are_what_the_loss_sees():
    row = Row(input_ids=[5, 6, 7], labels=[IGNORED, 6, 7])
    assert examples_of([row])[0].target_tokens == 2


def test_results_are_json_as_everybody_reads_it(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    monkeypatch.setattr(measure, "ROOT", tmp_path)
    measure.report("asked", [Comparison("a", "s", [1.0], [2.0], 1.0), Comparison("b", "s", [3.0], [2.0], None)])
    kept = json.loads((tmp_path / "asked.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert [row["most"] for row in kept["comparisons"]] == [1.0, None]
    with pytest.raises(ValueError, match="JSON compliant"):
        measure.keep("asked", {"seconds": math.inf})


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_kept_results_are_too(path):
    json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
