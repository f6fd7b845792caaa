"""From measured units to figures and the answer: no model is needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset.example import Place
from adapters.dataset.store import Dataset
from adapters.evaluation import comparing
from adapters.evaluation.held_out import HeldOut, by_task, described, held_out, leaked_ids, spread
from adapters.evaluation.measuring import Item, Loss, Measurements, Measuring, Written
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, MAX_SOURCE_CHARACTERS, PRIMARY
from adapters.evaluation.systems import choose_shots, with_shots
from adapters.evaluation.telling.data import data_sentences
from assistant.generation import ChatMessage
from tests.adapters.dataset.some_examples import TEXT, example
from tests.adapters.evaluation.adapters_to_judge import about
from tests.adapters.evaluation.sample_report import report


def items_of(examples, *, write=True):
    return [Item(one, one.text, write) for one in examples]


def of_documents(count):
    return [about(f"kind{number}", text=f"{TEXT} {number}") for number in range(count)]


def measured(examples, losses, texts=()):
    """`losses` of each system, one number a document; `texts` of each, the same for all."""
    found = Measurements()
    for system, values in dict(losses).items():
        found.losses[system] = {one.id: Loss(10 * v, 10) for one, v in zip(examples, values, strict=False)}
    for system, text in dict(texts).items():
        found.texts[system] = {one.id: Written(text, "stop") for one in examples}
    return found


def numbers(examples, found, systems=(BASE, EXAMPLES, ADAPTER)):
    items = items_of(examples)
    return comparing.compare(systems, items, found, comparing.texts(items, found))


def test_documents_that_two_systems_do_not_both_have_do_not_count_in_their_difference():
    examples = of_documents(6)
    found = measured(examples, {BASE: [3.0] * 6, EXAMPLES: [2.5, 9.0, 9.0], ADAPTER: [2.0, 2.1, 2.2, 2.0, 2.1, 2.2]})
    by_pair = {(one["metric"], one["against"]): one for one in numbers(examples, found).differences}
    assert (by_pair[PRIMARY, BASE]["n"], by_pair[PRIMARY, EXAMPLES]["n"]) == (6, 3)
    assert by_pair[PRIMARY, BASE]["mean"] == pytest.approx(-0.9)


def test_within_a_document_a_loss_counts_by_its_tokens():
    short, long = about("plants", text="one"), about("plants", text="two")
    found = Measurements()
    found.losses[BASE] = {short.id: Loss(10.0, 2), long.id: Loss(8.0, 8)}
    (base,) = comparing.compare([BASE], items_of([short, long]), found, []).systems
    assert (base["scores"][PRIMARY]["mean"], base["scores"][PRIMARY]["n"]) == (18 / 10, 1)


@pytest.mark.parametrize(
    ("primary", "beside_examples", "answer"),
    [
        ("better", "better", "worth_it"),
        ("better", "not_judged", "worth_it"),
        ("better", "no_difference", "examples_do_as_well"),
        ("better", "worse", "examples_do_as_well"),
        ("no_difference", "better", "no_difference"),
        ("worse", "better", "worse"),
        ("not_judged", "better", "not_judged"),
    ],
)
def test_the_answer_follows_from_the_primary_metric_alone(primary, beside_examples, answer):
    judged = report()
    for one in judged["differences"]:
        wanted = {BASE: primary, EXAMPLES: beside_examples} if one["metric"] == PRIMARY else {}
        one["verdict"] = wanted.get(one["against"], "worse")
    judged["faults"] = [{"name": "leaked", "level": "warning", "details": {}}]
    assert comparing.verdict(judged) == answer
    judged["faults"] = [{"name": "no_effect", "level": "error", "details": {}}]
    assert comparing.verdict(judged) == "broken"


def test_an_adapter_that_writes_nothing_is_told():
    examples = of_documents(4)
    found = measured(examples, {}, {BASE: "Plants make sugar.", ADAPTER: ""})
    written = comparing.texts(items_of(examples), found)
    told = list(comparing.gaps(found, written, numbers(examples, found)))
    assert ("texts", "wrote_nothing") in {(gap["what"], gap["why"]) for gap in told}


@settings(max_examples=25)
@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=9))
def test_best_and_worst_texts_are_never_the_same_and_come_in_their_order(after):
    examples = of_documents(len(after))
    found = measured(examples, {BASE: [5.0] * len(after), ADAPTER: after}, {BASE: "a", ADAPTER: "b"})
    result = numbers(examples, found)
    losses = dict(zip([one.id for one in examples], after, strict=True))
    assert not set(result.best) & set(result.worst)
    assert len(result.best) + len(result.worst) == min(6, len(after))
    assert losses[result.best[0]] == min(after)
    if result.worst:
        assert losses[result.worst[0]] == max(after)


@given(st.lists(st.integers(0, 4), max_size=20), st.integers(0, 25))
def test_a_choice_of_examples_takes_one_of_each_document_before_a_second_of_any(documents, most):
    examples = [
        example(number, group=f"{document}.md", place=Place(document=f"{document}.md"))
        for number, document in enumerate(documents)
    ]
    chosen = spread(examples, most, by_task)
    taken, there = Counter(one.group for one in chosen), Counter(one.group for one in examples)
    assert len(chosen) == len({one.id for one in chosen}) == min(most, len(examples))
    fewest = min((taken[group] for group in there if taken[group] < there[group]), default=None)
    if fewest is not None:
        assert max(taken.values(), default=0) <= fewest + 1


# --- examples in the prompt --------------------------------------------------------------------------------------


def test_what_people_wrote_is_shown_before_anything_else_and_of_two_documents():
    written = [about(kind, split="train", tier="A") for kind in ("law", "art")]
    taken = [about(f"rule{number}", text="Short.", split="train", tier="B") for number in range(9)]
    shown = choose_shots([*taken, *written], [("summarize", "en")])["summarize", "en"]
    assert {one.id for one in shown} == {one.id for one in written}
    assert choose_shots(taken, [("summarize", "it")]) == {}


def test_the_same_data_and_seed_show_the_same_examples_in_whatever_order_they_come():
    training = [about(f"kind{number}", split="train") for number in range(12)]
    first = choose_shots(training, [("summarize", "en")])
    assert choose_shots(training[::-1], [("summarize", "en")]) == first


def test_examples_stand_between_who_the_model_is_and_what_it_is_asked():
    asked = [ChatMessage("system", "You are."), ChatMessage("user", "And this?")]
    shown = [about("law"), about("art")]
    prompt = with_shots(asked, shown)
    assert [message.role for message in prompt] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert [message.content for message in prompt if message.role == "assistant"] == [one.target for one in shown]
    assert (prompt[0], prompt[-1]) == (asked[0], asked[-1])


def test_what_one_device_found_is_not_compared_with_what_another_finds():
    def key(device):
        engine = SimpleNamespace(fingerprint="starter+", device=SimpleNamespace(type=device))
        return Measuring(engine, None, None, None, None)._key("loss", [ChatMessage("user", "?")], {"target": "!"})

    assert len({key("cpu"), key("cpu"), key("cuda")}) == 2


def test_a_text_that_shares_its_words_with_a_training_text_is_known_whatever_document_it_is_in():
    tested = [about("law"), about("art")]
    training = [about("law", group="copy.md", split="train", target="Something else.")]
    assert leaked_ids(tested, training) == {tested[0].id}
    assert leaked_ids(tested, []) == set()


def test_a_document_that_was_trained_on_in_other_parts_is_no_test_when_its_data_set_was_built_again(tmp_path):
    moved, kept = about("plants"), about("rivers")
    before = (about("planets", split="train", group=moved.group), about("laws", split="train"))
    rebuilt = Dataset("notes", tmp_path, (moved, kept, about("laws", split="train")), {})
    found = held_out(rebuilt, before, own=True)
    assert (found.examples, found.leaked) == ((kept,), (moved.id,))
    torn = Dataset("notes", tmp_path, (moved, kept, *before), {})  # one document alone: its end is kept aside
    assert held_out(torn, before, own=True).leaked == ()


@given(st.text(max_size=40).map(lambda piece: f"{piece} word " * 60))
def test_the_beginning_of_a_document_never_ends_within_a_word(text):
    kept = comparing.beginning(text)
    assert len(kept) <= MAX_SOURCE_CHARACTERS
    if len(text) > MAX_SOURCE_CHARACTERS:
        assert kept.endswith("…")
        assert text.startswith(kept[:-1])
        assert not text[len(kept) - 1].strip() or not kept[:-1].strip()
    else:
        assert kept == text


def test_a_test_with_what_chose_the_best_step_is_called_that_wherever_it_stands_now(tmp_path):
    chose = about("plants", split="validation")
    rebuilt = Dataset("notes", tmp_path, (about("plants"), about("rivers"), about("laws", split="train")), {})
    elsewhere = Dataset("other", tmp_path, (about("plants", group="a copy.md"), about("rivers")), {})
    assert held_out(rebuilt, (), own=True).split == "test"
    assert held_out(rebuilt, (), (chose,), own=True).split == "validation"
    assert held_out(elsewhere, (), (chose,), own=False).split == "validation"
    assert held_out(elsewhere, (), (about("seas", split="validation"),), own=False).split == "all"


@pytest.mark.parametrize(
    ("place", "group", "said"),
    [
        (Place(document="book.pdf"), "book.pdf#2", True),
        (Place(document="book.pdf"), "book.pdf", False),
        (Place(document="pairs.csv", line=3), "pairs.csv#0f0f", False),
    ],
)
def test_chapters_that_count_as_documents_are_called_chapters(place, group, said):
    one = replace(example(1, split="test"), place=place, group=group)
    data = described(HeldOut((one,), "test", ()), None, 0, "")
    assert bool(data.get("chapters")) is said
    assert ("Chapters count as documents" in " ".join(data_sentences(data))) is said
