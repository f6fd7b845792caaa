"""A data set is described honestly: what it is made of, what looks wrong, and when it is too little."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset.check import check, verdict
from adapters.dataset.suspicions import suspicions
from tests.adapters.dataset.some_examples import TARGET, TEXT, different, example, examples

WORDS = """
    cell membrane protein energy light enzyme glucose oxygen water nucleus gene tissue organ blood muscle nerve signal
    hormone kidney liver heart lung virus bacteria fungus plant leaf root flower seed forest river ocean climate rock
    volcano plate crust mantle fossil glacier desert storm cloud rain wind season planet star galaxy orbit gravity mass
""".split()  # noqa: SIM905 - a table is easier to read as text


def passage(seed, words=60):
    return " ".join(random.Random(seed).choices(WORDS, k=words)).capitalize() + "."


def distinct(count, **fields):
    return [
        example(text=passage(n), target=f"It is about {passage(n)[:40].rsplit(' ', 1)[0].lower()}.", **fields)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "expected", "words"),
    [
        (0, "too_little", "use examples in the prompt instead"),
        (19, "too_little", "use examples in the prompt instead"),
        (20, "style_only", "tone, length and form"),
        (99, "style_only", "tone, length and form"),
        (100, "enough", "enough"),
    ],
)
def test_it_says_honestly_when_there_is_too_little(count, expected, words):
    found = check(distinct(count))
    assert found.verdict == verdict(count) == expected
    assert words in found.sentences[0]


def test_only_what_would_be_trained_on_counts():
    items = distinct(30)
    parts = [
        replace(
            item,
            split="validation" if n < 5 else "test" if n < 8 else "train",
            status="rejected" if n > 27 else "pending",
        )
        for n, item in enumerate(items)
    ]
    found = check(parts)
    assert (found.total, found.train, found.held_out, found.test) == (30, 20, 5, 0)
    assert any("accept some" in sentence for sentence in found.sentences)


def test_a_hundred_copies_of_one_example_are_one_example():
    one = example()
    found = check([replace(one, id=f"{number:016x}") for number in range(100)])
    assert (found.train, found.distinct, found.verdict) == (100, 1, "too_little")
    assert len(found.exact_copies) == 99
    assert any("99 examples are exact copies" in sentence for sentence in found.sentences)


def test_one_text_with_a_title_and_a_summary_is_no_copy():
    found = check([example(text=TEXT), example(text=TEXT, task="title", target="Photosynthesis")])
    assert found.exact_copies == found.near_copies == ()


def test_a_text_that_comes_twice_with_other_summaries_is_a_near_copy():
    first, second = example(text=TEXT), example(text=TEXT, target="Leaves make sugar.")
    assert check([first, second]).near_copies == ((first.id, second.id, 1.0),)


def test_the_composition_is_counted():
    items = [*distinct(3, tier="A"), *(replace(item, id=f"{n}", tier="C") for n, item in enumerate(distinct(2)))]
    found = check([*items, replace(items[0], id="x", language="it", status="accepted", task="describe")])
    assert found.by_tier == {"A": 4, "C": 2}
    assert found.by_task == {"summarize": 5, "describe": 1}
    assert found.by_language == {"en": 5, "it": 1}
    assert found.by_status == {"pending": 5, "accepted": 1}
    assert any("4 written or approved by people, 2 written by the model itself" in line for line in found.sentences)
    assert any("en, it" in line for line in found.sentences)


def test_without_a_person_s_words_it_asks_for_a_look():
    assert any("None was written by a person" in line for line in check(distinct(3)).sentences)
    assert not any("None was written by a person" in line for line in check(distinct(3, tier="A")).sentences)


def test_lengths_are_in_words_and_in_tokens_where_somebody_counts_them():
    items = [example(text="one two three", target="one"), example(text="a b c d e", target="a b c")]
    found = check(items).lengths
    assert (found.text_words.min, found.text_words.median, found.text_words.max) == (3, 4, 5)
    assert found.text_tokens is None
    assert check(items, count_tokens=len).lengths.target_tokens.max == 5


def test_text_that_stands_in_two_splits_is_said():
    text = passage(1_000, 80)
    aside = example(text=text, target="Another.", split="validation")
    for group in ("notes.md", "other.md"):
        found = check([*distinct(20), example(text=text, split="train"), replace(aside, group=group)])
        assert len(found.leakage) == 1
        assert any("kept aside and trained on" in line for line in found.sentences)


def test_nothing_kept_aside_is_said():
    assert any("None is kept aside" in line for line in check(distinct(25)).sentences)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"target": f"{TEXT} {TEXT}"}, "as long as its text"),
        ({"target": "Sugar."}, "very short"),
        ({"text": "Plants make sugar."}, "text is very short"),
        ({"text": passage(1) + " " + TEXT, "target": TEXT}, "word for word"),
        (
            {"target": "La fotosintesi è il processo con cui le piante fanno lo zucchero con la luce del sole."},
            "another language",
        ),
        (
            {"target": "Napoleon lost the battle of Waterloo against Wellington and Prussian generals."},
            "belong together",
        ),
        ({"target": "Plants make sugar and oxygen from light since 1789, in 35 % of leaves."}, "1789"),
        ({"target": "Plants make sugar and oxygen from light, water and"[:-4] + ","}, "middle of a sentence"),
        ({"target": "Plants make sugar. " * 12}, "repeats itself"),
        ({"task": "title", "target": "word " * 21}, "title is very long"),
        ({"doubts": ("the numbers differ",)}, "the numbers differ"),
    ],
)
def test_what_looks_wrong_is_said_with_its_reason(fields, reason):
    assert any(reason in why for why in suspicions(example(**({"text": TEXT * 1} | fields))))


def test_what_somebody_found_good_is_not_suspected_any_more():
    short = example(target="Sugar.")
    assert check([short]).suspicious
    assert check([replace(short, status="accepted")]).suspicious == ()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (TEXT, TARGET),
        (
            "La Rivoluzione francese cominciò nel 1789 con la presa della Bastiglia, il 14 luglio. L'Assemblea abolì i "
            "diritti feudali nella notte del 4 agosto, e il 26 votò la Dichiarazione dei diritti dell'uomo.",
            "Nel 1789 la presa della Bastiglia aprì la Rivoluzione: in agosto l'Assemblea abolì i diritti feudali e "
            "votò la Dichiarazione dei diritti.",
        ),
    ],
)
def test_a_good_example_is_not_suspected(text, target):
    assert list(suspicions(example(text=text, target=target))) == []


def test_real_pairs_are_rarely_suspected(sample_docs):
    from adapters.dataset.formats import read_rows

    rows = read_rows(sample_docs / "pairs.jsonl").examples
    suspected = [item for item in rows if list(suspicions(item))]
    assert len(suspected) <= 0.1 * len(rows)


@given(st.lists(examples(), max_size=6).map(different))
@settings(max_examples=40)
def test_any_data_set_can_be_checked_and_told_as_json(items):
    found = json.loads(json.dumps(check(items).as_json()))
    assert found["total"] == len(items)
    assert sum(found["by_status"].values()) == len(items)


def test_two_thousand_examples_are_checked_in_seconds():
    items = [example(text=passage(n, 120), target=passage(n, 20)) for n in range(2_000)]
    started = time.monotonic()
    check(items)
    assert time.monotonic() - started < 20  # pair by pair it would be minutes
