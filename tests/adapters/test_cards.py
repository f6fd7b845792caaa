"""What an adapter says of itself: a card for machines, one for the hub, and neither acts on whoever reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapters.cards import hub_name, model_card, new_card, read_card, succeed, write_card
from assistant.errors import AdapterCorruptError
from assistant.weights import KeptModel

BASE = KeptModel("starter", Path("/home/eve/models/starter"), "0.1.2", "a" * 64, "b" * 64, 8192, 500, ("en",))

TRAINED = new_card(
    name="biology",
    base=BASE,
    subject="Biologia",
    language=["it", "en"],
    license="CC-BY-4.0",
    data={"file": "pairs.jsonl", "sha256": "c" * 64, "examples": 120},
    training={"learning_rate": 1e-4, "epochs": 3},
    scores={"on_training_data": {"first_loss": 2.51234, "last_loss": 1.9}},
)


def front_matter(text: str) -> dict:
    _nothing, matter, _page = text.split("---\n", 2)
    return yaml.safe_load(matter)


def test_the_card_says_everything_that_decides_whether_an_adapter_fits():
    assert TRAINED["base"] == {
        "name": "starter",
        "revision": "0.1.2",
        "weights_sha256": "a" * 64,
        "chat_template_sha256": "b" * 64,
    }


def test_the_model_card_has_the_hubs_front_matter():
    assert front_matter(model_card(TRAINED)) == {
        "base_model": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "language": ["it", "en"],
        "license": "cc-by-4.0",
        "tags": [
            "base_model:adapter:HuggingFaceTB/SmolLM2-135M-Instruct",
            "lora",
            "sunto",
            "summarization",
        ],
    }


def test_the_hubs_own_reader_takes_it():
    from huggingface_hub import ModelCard

    card = ModelCard(model_card(TRAINED))
    assert card.data.base_model == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert card.data.library_name == "peft"


def test_the_page_tells_people_what_it_was_trained_on_and_what_was_not_measured():
    page = model_card(TRAINED)
    for words in ("# biology", "`pairs.jsonl`", "examples: 120", "learning_rate: 0.0001", "first_loss: 2.51234"):
        assert words in page
    assert "not evaluated on held-out texts" in page
    assert "think before you share it" in page


@pytest.mark.parametrize(
    ("base", "known_as"),
    [
        ("starter", "HuggingFaceTB/SmolLM2-135M-Instruct"),
        ("Qwen/Qwen3-4B-Instruct-2507", "Qwen/Qwen3-4B-Instruct-2507"),
        ("/home/eve/secret-course/model", ""),
        ("C:\\Users\\Eve\\model", ""),
        ("", ""),
    ],
)
def test_a_folder_of_this_machine_is_nobody_elses_business(base, known_as):
    assert hub_name(base) == known_as
    card = {**TRAINED, "base": {"name": base}}
    assert "secret-course" not in model_card(card)
    assert "Eve" not in model_card(card)


def test_a_version_remembers_what_it_was_before():
    second = succeed({**TRAINED, "data": {"file": "more.jsonl"}}, 2, {**TRAINED, "version": 1})
    third = succeed({**TRAINED, "data": {"file": "most.jsonl"}}, 3, second)
    assert [(step["version"], step["data"]["file"]) for step in third["lineage"]] == [
        (1, "pairs.jsonl"),
        (2, "more.jsonl"),
    ]
    assert "version 2" in model_card(third)
    many = third
    for version in range(4, 200):
        many = succeed(many, version, many)
    assert len(many["lineage"]) == 50


def test_both_files_are_written_and_read_back(tmp_path):
    write_card(tmp_path, TRAINED)
    assert read_card(tmp_path) == TRAINED
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "sunto.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"base": 3}', '{"base": {"name": []}}', "[" * 100_000, '{"base": "x"}'])
def test_a_damaged_card_is_said_to_be_damaged(tmp_path, text):
    (tmp_path / "sunto.json").write_text(text, encoding="utf-8")
    with pytest.raises(AdapterCorruptError, match=r"sunto\.json is damaged"):
        read_card(tmp_path)


# --- cards from strangers ----------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "name",
    "kind",
    "subject",
    "language",
    "license",
    "data",
    "training",
    "scores",
    "source",
    "lineage",
    "version",
)
strange_cards = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(FIELDS, anything)
    | {"base": st.fixed_dictionaries({}, optional={"name": st.text(max_size=60), "revision": st.text(max_size=20)})},
)


@given(strange_cards)
def test_whatever_a_card_says_its_front_matter_stays_that_of_an_adapter_and_no_escape_is_written(card):
    text = model_card(card)
    matter = front_matter(text)
    assert set(matter) <= {"base_model", "library_name", "pipeline_tag", "language", "license", "tags"}
    assert (matter["library_name"], matter["pipeline_tag"]) == ("peft", "text-generation")
    assert "\x1b" not in text
    assert "\x9b" not in text


@given(strange_cards)
def test_whatever_a_card_says_it_can_be_kept_and_read_again(tmp_path_factory, card):
    directory = tmp_path_factory.mktemp("card")
    write_card(directory, succeed(card, 3, card))
    assert read_card(directory)["version"] == 3
    assert json.loads((directory / "sunto.json").read_text(encoding="utf-8"))


def test_markup_in_a_card_stays_text():
    page = model_card(
        {**TRAINED, "subject": "x` <script>alert(1)</script> `y", "data": {"a\n# key": "line\n# heading"}}
    )
    assert "`x' <script>alert(1)</script> 'y`" in page
    assert "\n# heading" not in page
    assert "\n# key" not in page
