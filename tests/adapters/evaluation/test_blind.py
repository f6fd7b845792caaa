"""A blind comparison: nothing tells whose text is whose, what was chosen stays, and the result is counted right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import jobs
from adapters.evaluation import blind, store
from adapters.evaluation.blind import Comparison, begin, finished, resume
from adapters.evaluation.choices import counted
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, Text
from adapters.session import Session
from assistant.errors import AdapterError
from assistant.protocol import ChooseBlind, Failed, Finished, ListBlindPairs
from tests.adapters.evaluation.sample_report import report, text
from tests.adapters.registry_files import install

NAME = "biology"


def texts_about(documents: int, each: int = 1) -> list[Text]:
    return [
        text(number, id=f"{number:04d}", document=f"lecture-{number // each}.pdf") for number in range(documents * each)
    ]


def same_words_about(*numbers: int, of: int) -> list[Text]:
    written = {BASE: "The same\nwords.", ADAPTER: "The same words."}
    return [text(number, id=f"{number:04d}", written=written if number in numbers else None) for number in range(of)]


def choose_all(comparison: Comparison, choices: list[str]) -> None:
    for pair, choice in zip(comparison.pairs, choices, strict=True):
        comparison.choose(pair.id, choice)


def picks(comparison: Comparison, system: str) -> list[str]:
    """The choices of somebody who always finds that system's text better."""
    return [str(pair.systems.index(system) + 1) for pair in comparison.pairs]


# --- which pairs --------------------------------------------------------------------------------------------------


def test_pairs_are_of_different_documents_as_long_as_there_are_any(tmp_path):
    documents = [pair.text["document"] for pair in begin(tmp_path, texts_about(6, each=4), BASE, 8).pairs]
    assert len(set(documents[:6])) == 6
    assert len(documents) == 8


def test_texts_that_nobody_can_tell_apart_are_not_asked_about_and_count_as_neither(tmp_path):
    comparison = begin(tmp_path, same_words_about(0, 2, of=5), BASE)
    assert [pair.text["id"] for pair in comparison.pairs] == ["0001", "0003", "0004"]
    choose_all(comparison, picks(comparison, ADAPTER))
    result = comparison.result
    assert result is not None
    assert (result["adapter"], result["other"], result["same"], result["equal"]) == (3, 0, 2, 2)
    assert result["share"]["n"] == 3


def test_an_adapter_that_writes_what_the_base_writes_leaves_nothing_to_choose(tmp_path):
    result = begin(tmp_path, same_words_about(0, 1, 2, of=3), BASE).result
    assert result is not None
    assert (result["same"], result["verdict"], result["share"]["low"]) == (3, "no_difference", None)


def test_a_report_without_texts_says_how_to_get_some(tmp_path):
    with pytest.raises(AdapterError, match="no texts") as caught:
        begin(tmp_path, [text(0, written={BASE: "Only the base."})], BASE)
    assert "sunto evaluate" in caught.value.hint
    assert not list(tmp_path.iterdir())


# --- what nobody can know -----------------------------------------------------------------------------------------


def test_the_adapter_stands_first_in_half_of_the_pairs_and_not_always_in_the_same(tmp_path):
    orders: Counter[tuple[bool, ...]] = Counter()
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        first = tuple(pair.systems[0] == ADAPTER for pair in begin(folder, texts_about(10), BASE).pairs)
        assert sum(first) == 5
        orders[first] += 1
    assert max(orders.values()) < 6


def test_neither_the_name_of_a_pair_nor_its_place_among_the_names_tells_the_order(tmp_path):
    agreements = 0
    for number in range(60):
        folder = tmp_path / str(number)
        folder.mkdir()
        pairs = sorted(begin(folder, texts_about(10), BASE).pairs, key=lambda pair: pair.id)
        assert not {pair.id for pair in pairs} & {pair.text["id"] for pair in pairs}
        agreements += sum(pair.systems[0] == ADAPTER for pair in pairs[:5])
    assert 110 < agreements < 190  # 150 by chance; 300 or 0 where the names tell


def test_beginning_anew_forgets_what_was_chosen_and_draws_another_order(tmp_path):
    texts = texts_about(10)
    first = begin(tmp_path, texts, BASE)
    choose_all(first, ["1"] * 10)
    again = begin(tmp_path, texts, BASE)
    assert again.left == 10
    kept = resume(tmp_path, texts, BASE)
    assert kept is not None
    assert kept.left == 10
    assert {pair.id for pair in kept.pairs} == {pair.id for pair in again.pairs} != {pair.id for pair in first.pairs}


# --- what stays ---------------------------------------------------------------------------------------------------


def test_it_goes_on_where_it_was_left_in_the_same_order(tmp_path):
    texts = texts_about(4)
    begun = begin(tmp_path, texts, BASE)
    begun.choose(begun.pairs[0].id, "same")
    kept = resume(tmp_path, texts, BASE)
    assert kept is not None
    assert (kept.pairs, kept.chosen, kept.left) == (begun.pairs, {begun.pairs[0].id: "same"}, 3)


def test_comparisons_with_different_systems_do_not_meet(tmp_path):
    texts = texts_about(3)
    choose_all(begin(tmp_path, texts, BASE), ["1"] * 3)
    assert resume(tmp_path, texts, EXAMPLES) is None
    begin(tmp_path, [{**one, "written": {**one["written"], "version:1": "x"}} for one in texts], "version:1")
    assert all(set(path.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for path in tmp_path.iterdir())
    kept = resume(tmp_path, texts, BASE)
    assert kept is not None
    assert not kept.left


def test_choices_about_texts_that_were_written_anew_do_not_count_for_the_new_ones(tmp_path):
    texts = texts_about(3)
    choose_all(begin(tmp_path, texts, BASE), ["1"] * 3)
    texts[1]["written"][ADAPTER] += " And more."
    assert resume(tmp_path, texts, BASE) is None


def test_what_is_no_choice_is_refused_and_changes_nothing(tmp_path):
    comparison = begin(tmp_path, texts_about(2), BASE)
    for pair, choice in ((comparison.pairs[0].id, "3"), ("no-such-pair", "1")):
        with pytest.raises(AdapterError):
            comparison.choose(pair, choice)
    kept = resume(tmp_path, texts_about(2), BASE)
    assert kept is not None
    assert kept.left == 2


def test_a_kill_in_the_middle_of_a_choice_loses_that_one_only(tmp_path):
    texts = texts_about(3)
    comparison = begin(tmp_path, texts, BASE)
    comparison.choose(comparison.pairs[0].id, "1")
    with comparison.path.open("ab") as file:
        file.write(b'{"pair": "' + comparison.pairs[1].id.encode())
    comparison.choose(comparison.pairs[2].id, "2")
    kept = resume(tmp_path, texts, BASE)
    assert kept is not None
    assert kept.chosen == {comparison.pairs[0].id: "1", comparison.pairs[2].id: "2"}


def test_nothing_is_said_to_be_chosen_that_is_not_on_the_disk(tmp_path, monkeypatch):
    comparison = begin(tmp_path, texts_about(2), BASE)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("adapters.kept_lines.os.fsync", full)
    with pytest.raises(AdapterError, match="could not be kept: the disk is full"):
        comparison.choose(comparison.pairs[0].id, "1")
    assert comparison.left == 2


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["1", "2", "same", "undo"])), max_size=25),
    noise=st.lists(st.binary(max_size=60), max_size=4),
)
def test_whatever_is_chosen_and_undone_the_file_says_the_same_as_the_memory(tmp_path_factory, steps, noise):
    folder = tmp_path_factory.mktemp("blind")
    texts = texts_about(5)
    comparison = begin(folder, texts, BASE)
    expected: dict[str, str] = {}
    for number, choice in steps:
        pair = comparison.pairs[number].id
        comparison.choose(pair, choice)
        if choice == "undo":
            expected.pop(pair, None)
        else:
            expected[pair] = choice
    with comparison.path.open("ab") as file:
        for piece in noise:
            file.write(piece.replace(b'"', b"'") + b"\n")
    kept = resume(folder, texts, BASE)
    assert kept is not None
    assert kept.chosen == comparison.chosen == expected


# --- what came of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wins", "of", "low", "high", "verdict"),
    [  # Clopper, Pearson (1934), by any table
        (10, 10, 0.6915, 1.0, "better"),
        (9, 10, 0.5550, 0.9975, "better"),
        (8, 10, 0.4439, 0.9748, "no_difference"),
        (1, 10, 0.0025, 0.4450, "worse"),
        (3, 3, 0.2924, 1.0, "no_difference"),
    ],
)
def test_a_preference_is_shown_only_where_a_coin_would_hardly_give_it(tmp_path, wins, of, low, high, verdict):
    comparison = begin(tmp_path, texts_about(of), BASE)
    mine, others = picks(comparison, ADAPTER), picks(comparison, BASE)
    choose_all(comparison, [*mine[:wins], *others[wins:]])
    result = comparison.result
    assert result is not None
    assert (result["adapter"], result["other"], result["verdict"]) == (wins, of - wins, verdict)
    assert result["share"]["low"] == pytest.approx(low, abs=2e-4)
    assert result["share"]["high"] == pytest.approx(high, abs=2e-4)


def test_what_was_decided_about_the_same_texts_is_found_again_for_the_next_report(tmp_path):
    texts = texts_about(3)
    assert finished(tmp_path, texts) is None
    comparison = begin(tmp_path, texts, EXAMPLES)
    choose_all(comparison, ["1", "1", "2"])
    assert finished(tmp_path, texts) == comparison.result
    begin(tmp_path, texts, BASE)  # one that is not over says nothing yet
    assert finished(tmp_path, texts) == comparison.result
    assert finished(tmp_path, texts_about(2)) is None


# --- the jobs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def reported() -> Path:
    """The adapter's folder, with a report."""
    directory = install(NAME, 1)
    folder = directory / "evaluation"
    folder.mkdir()
    (folder / store.FILE).write_text(json.dumps(report()), encoding="utf-8")
    return directory


def done(request):
    session = Session()
    try:
        return list(jobs.run(request, session))[-1]
    finally:
        session.close()


def listed(**more) -> dict:
    ending = done(ListBlindPairs(job="1", name=NAME, **more))
    assert isinstance(ending, Finished), ending
    return ending.result


def chosen(pair: str, choice: str) -> dict:
    ending = done(ChooseBlind(job="1", name=NAME, pair=pair, choice=choice))
    assert isinstance(ending, Finished), ending
    return ending.result


def test_no_answer_tells_whose_text_is_whose_before_the_last_is_decided(reported):
    comparison = listed(count=3)
    assert len(comparison["pairs"]) == 3
    for number, pair in enumerate(comparison["pairs"]):
        said = json.dumps(comparison)
        assert '"systems": []' in said
        assert ADAPTER not in said.replace("adapters", "")
        assert (comparison["left"], comparison["result"]) == (3 - number, None)
        comparison = chosen(pair["id"], "1")
    assert comparison["left"] == 0
    assert all(sorted(pair["systems"]) == [ADAPTER, BASE] for pair in comparison["pairs"])
    first = sum(pair["systems"][0] == ADAPTER for pair in comparison["pairs"])
    assert comparison["result"]["adapter"] == first


def test_the_result_is_in_the_report_and_on_the_card_until_it_is_undone(reported):
    pairs = listed(count=2)["pairs"]
    for pair in pairs:
        result = chosen(pair["id"], "same")
    record = store.version_record(NAME)
    assert store.read(record)["blind"] == result["result"]
    assert record.card["scores"]["evaluation"]["blind"]["same"] == 2
    chosen(pairs[0]["id"], "undo")
    assert store.read(record)["blind"] is None
    assert "blind" not in store.version_record(NAME).card["scores"]["evaluation"]


def test_a_report_made_again_about_the_same_texts_gets_back_what_was_chosen(reported):
    for pair in listed(count=2)["pairs"]:
        chosen(pair["id"], "1")
    (reported / "evaluation" / store.FILE).write_text(json.dumps(report(created="2027-01-01")), encoding="utf-8")
    assert listed()["left"] == 0
    assert store.read(store.version_record(NAME))["blind"] is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "nobody"}, "no adapter called"),
        ({"against": "version:9"}, "has no texts of “version:9”"),
        ({"count": 0}, "needs a pair"),
    ],
)
def test_what_cannot_be_compared_is_said(reported, change, message):
    ending = done(ListBlindPairs(**{"job": "1", "name": NAME, **change}))
    assert isinstance(ending, Failed)
    assert message in ending.message
    assert ending.hint


def test_without_a_report_it_is_said_how_to_make_one():
    install(NAME, 1)
    ending = done(ListBlindPairs(job="1", name=NAME))
    assert isinstance(ending, Failed)
    assert "sunto evaluate biology" in ending.hint


def test_choosing_before_anything_was_listed_says_how_to_begin(reported):
    ending = done(ChooseBlind(job="1", name=NAME, pair="x", choice="1"))
    assert isinstance(ending, Failed)
    assert "--blind" in ending.hint


def test_a_choice_about_a_report_that_was_replaced_is_refused(reported):
    pair = listed(count=2)["pairs"][0]["id"]
    texts = [text(number, written={BASE: "a", ADAPTER: f"other {number}"}) for number in range(3)]
    (reported / "evaluation" / store.FILE).write_text(json.dumps(report(texts=texts)), encoding="utf-8")
    ending = done(ChooseBlind(job="1", name=NAME, pair=pair, choice="1"))
    assert isinstance(ending, Failed)


_KILLED = """
import os, sys
from pathlib import Path
from adapters.evaluation import blind
from tests.adapters.evaluation.test_blind import texts_about

comparison = blind.begin(Path(sys.argv[1]), texts_about(4), "base")
for number in (0, 1):
    comparison.choose(comparison.pairs[number].id, "2")
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name == "nt", reason="no signal kills there as this does")
def test_what_was_chosen_survives_a_kill_at_once_afterwards(tmp_path):
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], cwd=Path(__file__).parents[3], check=False)
    kept = blind.resume(tmp_path, texts_about(4), BASE)
    assert kept is not None
    assert list(kept.chosen.values()) == ["2", "2"]


def test_several_texts_about_one_document_are_one_vote():
    """The interval supposes that votes are independent of each other: ten pages of one book are not."""
    one_book = [({"id": str(number), "group": "book"}, "adapter") for number in range(10)]
    choices = counted(BASE, one_book)
    assert (choices["adapter"], choices["share"]["n"], choices["verdict"]) == (10, 1, "no_difference")
    ten_books = [({"id": str(number), "group": str(number)}, "adapter") for number in range(10)]
    assert (counted(BASE, ten_books)["share"]["n"], counted(BASE, ten_books)["verdict"]) == (10, "better")
    torn = [({"id": str(number), "group": "book"}, who) for number, who in enumerate(("adapter", "other", "other"))]
    assert counted(BASE, torn)["share"]["mean"] == 0
