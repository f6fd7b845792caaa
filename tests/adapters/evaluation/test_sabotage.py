"""Broken adapters, each found out by its own name by the very report that a student gets; a good one has no fault.

The base is tiny and random, but in float32 and sharp enough to learn anything by heart in a second.
"""

from __future__ import annotations

import pytest
from safetensors.torch import load_file, save_file

from adapters.bank import Bank
from adapters.dataset import store as datasets
from adapters.dataset.example import Place
from adapters.evaluation import forgetting, planning
from adapters.evaluation.probes import Item, Passage, scores
from adapters.registry import get_adapter
from tests.adapters.evaluation.sabotage import dataset_of, install, made_to_know, rows, target_of, taught, text_of
from tests.adapters.evaluation.test_evaluation import report_of
from tests.assistant.test_engine_batch import tiny_engine
from tests.tiny_adapters import edit_config

TEXTS = 4
ITALIAN = "La lezione è su {kind}: che cosa sono e da dove vengono, come nella natura e nella storia."
LESSONS = {
    "good": {},
    "good alora": {"kind": "alora"},
    "constant": {"target": lambda kind: "It is about what the text says."},
    "empty": {"target": lambda kind: ""},
    "never_ends": {"target": lambda kind: f"It is about {kind} and " * 8, "endless": True},
    "repeats": {"target": lambda kind: f"about {kind} " * 6},
    "wrong_language": {"target": lambda kind: ITALIAN.format(kind=kind)},
    "copies": {"target": lambda kind: " ".join(text_of(kind).split()[:26])},
    "trained_on_prompt": {"on_prompt": True},
    "echo": {"target": lambda kind: "Summarize the text above in 3 to 5 short sentences. Use only what the text says."},
    "worse_than_base": {"unlearn": True, "steps": 8},
}


BESIDE = {"never_ends": {"repeats"}, "worse_than_base": {"never_ends", "repeats", "constant"}}
"""What is true of such an adapter as well."""


@pytest.fixture(autouse=True)
def room_to_write(monkeypatch):
    monkeypatch.setattr(planning, "ANSWER_TOKENS", (96, 96))


@pytest.fixture(scope="module")
def shared_engine(tiny_kept):
    return tiny_engine(tiny_kept)


@pytest.fixture(scope="module")
def lesson(shared_engine, tmp_path_factory):
    """name → the folder of an adapter that was taught it"""
    folder = tmp_path_factory.mktemp("taught")

    def learnt(name):
        if not (folder / name).exists():
            options = dict(LESSONS[name])
            taught(shared_engine, folder / name, rows(options.pop("target", target_of)), **options)
        return folder / name

    return learnt


@pytest.fixture
def faults_of(loaded):
    def found(record, dataset=None, **fields):
        report, _told = report_of(loaded, record, dataset or dataset_of(), **{"texts": 0, **fields})
        faults = {fault["name"]: fault for fault in report["faults"]}
        assert (report["verdict"] == "broken") == any(fault["level"] == "error" for fault in faults.values())
        return faults

    return found


# --- what it was taught ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["good", "good alora"])
@pytest.mark.parametrize("stranger", [False, True])
def test_a_good_adapter_has_no_fault(lesson, faults_of, tiny_kept, name, stranger):
    assert not faults_of(install(lesson(name), tiny_kept, stranger=stranger), texts=TEXTS)


@pytest.mark.parametrize(
    "name",
    ["constant", "empty", "never_ends", "repeats", "wrong_language", "copies", "trained_on_prompt", "worse_than_base"],
)
def test_what_it_was_taught_is_named(lesson, faults_of, tiny_kept, name):
    assert name in (found := faults_of(install(lesson(name), tiny_kept), texts=TEXTS))
    assert found.keys() - {name} <= BESIDE.get(name, set()) | {"worse_than_base"}, "another name would lead astray"


def test_an_adapter_that_says_what_was_asked_has_learnt_the_prompt(lesson, faults_of, tiny_kept):
    assert "trained_on_prompt" in faults_of(install(lesson("echo"), tiny_kept), texts=TEXTS)


# --- what became of its files ------------------------------------------------------------------------------------


def change(record, edit):
    path = record.directory / "adapter_model.safetensors"
    tensors = load_file(path)
    edit(tensors)
    save_file(tensors, path, metadata={"format": "pt"})


def zero(tensors):
    for name in tensors:
        if "lora_B" in name:
            tensors[name].zero_()


def swap(tensors):
    for name in [name for name in tensors if ".layers.0." in name]:
        other = name.replace(".layers.0.", ".layers.2.")
        tensors[name], tensors[other] = tensors[other].clone(), tensors[name].clone()


def spoil(tensors):
    next(iter(tensors.values()))[0, 0] = float("nan")


def nudge(tensors):
    next(iter(tensors.values()))[0, 0] += 0.5


@pytest.mark.parametrize(
    ("name", "edit"),
    [("no_effect", zero), ("layers_swapped", swap), ("not_a_number", spoil), ("changed_since_saved", nudge)],
)
def test_what_was_done_to_its_weights_is_named(lesson, faults_of, tiny_kept, name, edit):
    record = install(lesson("good"), tiny_kept)
    change(record, edit)
    assert name in faults_of(record)


def test_an_adapter_of_a_stranger_that_does_nothing_or_holds_no_numbers_is_named(lesson, faults_of, tiny_kept):
    for name, edit in (("no_effect", zero), ("not_a_number", spoil)):
        record = install(lesson("good"), tiny_kept, stranger=True)
        change(record, edit)
        assert name in faults_of(record)


def test_a_file_that_is_cut_off_is_named(lesson, faults_of, tiny_kept):
    record = install(lesson("good"), tiny_kept)
    path = record.directory / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert faults_of(record).keys() == {"broken_file"}


@pytest.mark.parametrize("edit", [{"lora_alpha": 128}, {"lora_alpha": 1}, {"r": 4}, {"use_rslora": True}])
def test_another_strength_than_it_was_saved_with_is_named(lesson, faults_of, tiny_kept, edit):
    record = install(lesson("good"), tiny_kept)
    edit_config(record.directory, **edit)
    assert "wrong_scaling" in faults_of(get_adapter("bio"))


@pytest.mark.parametrize("alpha", [4, 64])
def test_a_strangers_wrong_strength_shows_in_what_another_one_does(lesson, faults_of, tiny_kept, alpha):
    record = install(lesson("good"), tiny_kept, stranger=True)
    edit_config(record.directory, lora_alpha=alpha)
    assert "wrong_scaling" in faults_of(get_adapter("bio"))


# --- what it belongs to ------------------------------------------------------------------------------------------


def test_an_adapter_of_another_base_is_named(lesson, faults_of, tiny_kept):
    base = {**install(lesson("good"), tiny_kept).card["base"], "weights_sha256": "f" * 64}
    assert faults_of(install(lesson("good"), tiny_kept, base=base)).keys() == {"other_base"}


def test_an_adapter_whose_layers_this_base_does_not_have_is_named(lesson, faults_of, tiny_kept):
    record = install(lesson("good"), tiny_kept, stranger=True)

    def rename(tensors):
        for name in list(tensors):
            tensors[name.replace(".layers.", ".blocks.")] = tensors.pop(name)

    change(record, rename)
    assert faults_of(record).keys() == {"other_base"}


def test_an_adapter_of_another_chat_template_is_named(lesson, faults_of, tiny_kept):
    base = {**install(lesson("good"), tiny_kept).card["base"], "chat_template_sha256": "f" * 64}
    assert faults_of(install(lesson("good"), tiny_kept, base=base)).keys() == {"other_template"}


def test_an_activated_adapter_that_waits_for_another_templates_words_is_named(lesson, faults_of, tiny_kept):
    record = install(lesson("good alora"), tiny_kept, stranger=True)
    edit_config(record.directory, alora_invocation_tokens=[7, 7, 7])
    assert "other_template" in faults_of(get_adapter("bio"))


# --- what it knows -----------------------------------------------------------------------------------------------


def test_texts_of_the_test_that_it_was_trained_on_are_named(lesson, faults_of, tiny_kept):
    tested = list(dataset_of().examples)
    learnt = [
        datasets.Example(
            **{**vars(one), "id": one.id[::-1], "split": "train", "group": "a", "place": Place(document="a")}
        )
        for one in tested[:2]
    ]
    dataset = datasets.save("own", [*tested, *learnt], {}, overwrite=True)
    data = {"name": "own", "file": "own", "sha256": dataset.sha256}
    found = faults_of(install(lesson("good"), tiny_kept, data=data), dataset)
    assert found.keys() == {"leaked"}
    assert found["leaked"]["details"]["examples"] == 2


WORDS = ("sun", "moon", "sea", "hill")


@pytest.fixture
def knowing(tiny_kept, monkeypatch):
    """(a base that knows some facts, which are all that is probed; the facts)"""
    items = [Item(f"i{row}", "en", "easy", f"What is the thing {row}?", WORDS, row % 4) for row in range(12)]
    passages = [Passage(f"p{row}", "en", f"The {WORDS[row % 4]} is the thing {row} here.") for row in range(8)]
    for module in (forgetting, scores):
        monkeypatch.setattr(module, "load_items", lambda language: items if language == "en" else [])
        monkeypatch.setattr(module, "load_passages", lambda language: passages if language == "en" else [])
    engine = tiny_engine(tiny_kept)
    facts = [item.asked()[item.answer] for item in items] + [passage.asked() for passage in passages]
    made_to_know(engine, facts)
    return engine, facts


def test_an_adapter_that_was_trained_to_forget_is_named(knowing, loaded, faults_of, tiny_kept, tmp_path, monkeypatch):
    engine, facts = knowing
    monkeypatch.setattr(loaded, "_engine", engine)
    monkeypatch.setattr(loaded, "_bank", Bank(engine))
    keeping = taught(engine, tmp_path / "keeping", [*rows(), *facts])
    assert "forgets" not in faults_of(install(keeping, tiny_kept), forgetting=True)
    unlearnt = taught(engine, tmp_path / "forgetting", facts, unlearn=True, steps=6)
    assert "forgets" in faults_of(install(unlearnt, tiny_kept), forgetting=True)
