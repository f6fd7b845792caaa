"""What is held out was not trained with: not the same document, not a copy, not the paragraph next to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset.example import Example, Place, example_id
from adapters.dataset.leakage import leaks, overlaps
from adapters.dataset.splits import split
from tests.adapters.dataset.note_files import prose


def example(group: str, number: int = 0, *, text: str = "", tier="A", start: int = 0, document: str = "") -> Example:
    text = text or " ".join(f"{group}{number}word{n}" for n in range(60))
    document = document or group
    return Example(
        id=example_id("summarize", text, f"{group} {number}", document),
        task="summarize",
        text=text,
        target=f"{group} {number}",
        language="en",
        tier=tier,
        origin="sidecar",
        group=group,
        place=Place(document=document, start=start, end=start + len(text)),
    )


def documents(count: int, each: int = 5, tier="A") -> list[Example]:
    return [example(f"d{number}", n, tier=tier) for number in range(count) for n in range(each)]


def parts(examples: list[Example]) -> Counter[str]:
    return Counter(example.split for example in examples)


def test_about_four_fifths_are_trained_with():
    counts = parts(split(documents(100)))
    assert 380 <= counts["train"] <= 420
    assert 40 <= counts["validation"] <= 60
    assert 40 <= counts["test"] <= 60


@given(st.lists(st.integers(1, 8), min_size=1, max_size=30), st.integers(0, 5))
@settings(max_examples=40)
def test_a_document_is_never_in_two_splits(sizes: list[int], seed: int):
    examples = [example(f"d{number}", n) for number, size in enumerate(sizes) for n in range(size)]
    parted = split(examples, seed)
    assert [replace(e, split="") for e in parted] == examples
    by_group: dict[str, set[str]] = {}
    for e in parted:
        by_group.setdefault(e.group, set()).add(e.split)
    if len(sizes) > 1:
        assert all(len(found) == 1 for found in by_group.values())
        assert parts(parted)["validation"] > 0
        assert parts(parted)["train"] > 0
    assert not leaks(parted)


def test_documents_with_nothing_that_a_person_wrote_or_approved_are_not_kept_for_the_test():
    assert parts(split(documents(40, tier="B")))["test"] == 0
    approved = [replace(e, status="accepted") for e in documents(40, tier="B")]
    assert parts(split(approved))["test"] > 0


def test_what_is_approved_later_is_tested_with_where_its_document_is():
    mixed = [example(f"d{n}", k, tier=tier) for n in range(40) for k, tier in enumerate("ABC")]
    parted = split(mixed)
    of_the_test = {e.group for e in parted if e.split == "test"}
    assert of_the_test
    assert {e.split for e in parted if e.group in of_the_test} == {"test"}


def test_few_documents_are_not_spent_on_a_test():
    assert parts(split(documents(3))) == {"train": 10, "validation": 5}


def test_one_large_document_is_trained_with_not_held_out():
    examples = [example("book", n) for n in range(90)] + [example("note", n) for n in range(10)]
    for seed in range(5):
        assert {e.split for e in split(examples, seed) if e.group == "book"} == {"train"}


def test_one_more_document_moves_few_others():
    before = {e.group: e.split for e in split(documents(60))}
    after = {e.group: e.split for e in split(documents(61))}
    assert sum(before[group] != after[group] for group in before) <= 3


def test_copies_under_two_names_stay_together():
    examples = documents(12)
    examples += [replace(e, group="copy", id=f"copy{e.id}") for e in examples if e.group == "d3"]
    parted = split(examples)
    assert len({e.split for e in parted if e.group in ("d3", "copy")}) == 1


def test_a_summary_of_a_whole_document_keeps_its_chapters_together():
    chapters = [example(f"a#{n}", text=prose(n, 12), document="a") for n in range(4)]
    others = [example(f"b#{n}", document="b") for n in range(6)]
    all_of_a = example("a", text="\n\n".join(prose(n, 12) for n in range(4)))
    parted = split([*chapters, *others, all_of_a])
    assert len({e.split for e in parted if e.place.document == "a"}) == 1
    assert not leaks(parted)


def test_the_end_of_a_single_document_is_held_out_with_a_gap():
    examples = [example("a", n, start=1000 * n) for n in range(40)]
    parted = split(examples)
    held_out = [e for e in parted if e.split == "validation"]
    trained = [e for e in parted if e.split == "train"]
    assert 2 <= len(held_out) <= 6
    assert min(e.place.start for e in held_out) - max(e.place.end for e in trained) >= 1000
    assert any(e.split == "" for e in parted)


def test_what_reaches_across_the_border_of_a_single_document_is_not_used():
    examples = [example("a", n, start=1000 * n) for n in range(40)]
    whole = replace(examples[0], id="whole", place=Place(document="a", start=0, end=40_000))
    parted = split([*examples, whole])
    assert parted[-1].split == ""


def test_a_single_example_is_trained_with():
    assert [e.split for e in split([example("a")])] == ["train"]
    assert split([]) == []


# --- leakage ----------------------------------------------------------------------------------------------------


def test_shared_text_across_splits_is_a_leak():
    shared = prose(0, 10)
    first = replace(example("a", text=f"{prose(1, 5)} {shared}"), split="train")
    second = replace(example("b", text=f"{shared} {prose(2, 5)}"), split="validation")
    ((one, other, words),) = leaks([first, second])
    assert {one, other} == {first.id, second.id}
    assert 0.9 * len(shared.split()) <= words <= 1.2 * len(shared.split())
    assert not leaks([first, replace(second, split="train")])
    assert not leaks([first, replace(second, split="")])


def test_one_quotation_in_long_texts_is_none():
    quotation = "the law says that nobody may be held to answer for what another has done in his name"
    first = example("a", text=f"{prose(1, 30)} {quotation}")
    second = example("b", text=f"{quotation} {prose(2, 30)}")
    assert not overlaps([first, second])


@pytest.mark.parametrize("around", [0, 6])
def test_a_text_that_was_copied_into_very_many_documents_is_a_leak(around: int):
    copied = prose(0, 10)
    tested = [replace(example(f"t{n}", text=copied), split="test") for n in range(2)]
    trained = [
        replace(example(f"d{n}", text=f"{prose(n + 1, around)} {copied}" if around else copied), split="train")
        for n in range(20)
    ]
    for found in (leaks([*tested, *trained]), leaks([*trained, *tested])):
        assert {one.id for one in tested} <= {one for leak in found for one in leak[:2]}
    apart = [replace(one, split="") for one in (*tested, *trained, *documents(40))]
    assert len({one.split for one in split(apart) if copied in one.text}) == 1


def test_a_licence_at_the_end_of_very_many_documents_is_none():
    licence = " ".join(f"licence{n}" for n in range(30))
    examples = [replace(one, text=f"{one.text} {licence}") for one in documents(30, each=1)]
    assert not overlaps(examples)
    assert overlaps(examples[:5])


def test_short_texts_with_one_word_changed_are_the_same():
    words = [f"w{n}" for n in range(20)]
    first = example("a", text=" ".join(words))
    second = example("b", text=" ".join([*words[:10], "other", *words[11:]]))
    assert overlaps([first, second])


def test_what_nearly_all_documents_say_is_boilerplate():
    licence = " ".join(f"licence{n}" for n in range(40))
    examples = [example(f"d{n}", text=f"d{n} {licence} " + " ".join(f"d{n}w{k}" for k in range(40))) for n in range(30)]
    assert not overlaps(examples)


@pytest.mark.parametrize("other", ["PROSE, in capitals", "prose  in\ncapitals"])
def test_case_space_and_punctuation_hide_nothing(other: str):
    text = prose(0, 6)
    changed = text.upper().replace(".", " !") if other.isupper() else "\n".join(text.split())
    assert overlaps([example("a", text=text), example("b", text=changed)])


def test_a_large_data_set_is_parted_in_seconds():
    examples = [example(f"d{n}", text=" ".join(f"d{n}w{k % 97}x{k}" for k in range(150))) for n in range(3_000)]
    assert parts(split(examples))["train"] >= 2_300
