"""The scores of the summary benchmark say what it says of them, and its documents are what their index says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.evaluation.chrf import chrf, signature
from adapters.evaluation.words import tokens
from assistant.generation import GenerationConfig
from benchmarks.summaries import table
from benchmarks.summaries.corpus import HERE, Case, load_cases, spread
from benchmarks.summaries.scores import difference, estimate, rouge_l
from benchmarks.summaries.writers import (
    TASKS,
    Output,
    cut_to_sentences,
    first_sentences,
    fitting_text,
    one_prompt,
    read_kept,
    without_headings,
)
from tests.fakes import ScriptedModel

TOKENS = st.lists(st.sampled_from("abc"), max_size=12)
SCORES = st.lists(st.floats(min_value=0, max_value=100), min_size=1, max_size=12)


# --- ROUGE-L ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’università è già aperta.", ["l", "università", "è", "già", "aperta"]),
        ("dell'arte", ["dell", "arte"]),
        ("perche\u0301", ["perché"]),
        ("GROẞE Straße", ["grosse", "strasse"]),
        ("2,5 km/h snake_case", ["2", "5", "km", "h", "snake", "case"]),
        ("Ἀχιλλεύς hero", ["ἀχιλλεύσ", "hero"]),
        ("— … !", []),
    ],
)
def test_words_keep_their_accents_and_lose_their_punctuation(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("summary", "reference", "expected"),
    [
        # Lin 2004: "police kill the gunman" has "police the gunman" in common with the reference: 3 of 4 and of 4.
        ("police kill the gunman", "police killed the gunman", 75.0),
        ("the gunman kill police", "police killed the gunman", 50.0),
        ("la città è grande", "La città è grande.", 100.0),
        ("la citta e grande", "la città è grande", 50.0),
        # 2 common words of 2 and of 6: precision 1, recall 1/3, F1 1/2.
        ("due parole", "due lunghe e belle parole nuove", 50.0),
        ("", "due parole", 0.0),
        ("due parole", "", 0.0),
        ("uno", "due", 0.0),
    ],
)
def test_rouge_l_of_cases_worked_out_by_hand(summary: str, reference: str, expected: float) -> None:
    assert rouge_l(summary, reference) == pytest.approx(expected)


@given(TOKENS, TOKENS)
def test_rouge_l_is_the_same_both_ways_and_full_only_for_the_same_words(first: list[str], second: list[str]) -> None:
    one, other = " ".join(first), " ".join(second)
    assert rouge_l(one, other) == rouge_l(other, one)
    assert (rouge_l(one, other) == 100) == (first == second != [])


# --- means and intervals ------------------------------------------------------------------------------------------


def test_the_interval_of_equal_scores_has_no_width() -> None:
    found = estimate([40.0] * 5)
    assert (found.mean, found.low, found.high) == (40, 40, 40)


def test_the_interval_of_two_values_is_all_between_them() -> None:
    # A resample of two has both lowest with probability 1/4: far more than the 2.5 % that are cut off.
    found = estimate([10.0, 20.0])
    assert (found.mean, found.low, found.high) == (15, 10, 20)


def test_the_interval_is_about_two_standard_errors_to_each_side() -> None:
    found = estimate([0.0, 100.0] * 50)  # a standard error of 5
    assert found.low == pytest.approx(50 - 1.96 * 5, abs=1)
    assert found.high == pytest.approx(50 + 1.96 * 5, abs=1)


@settings(max_examples=10, deadline=None)
@given(SCORES)
def test_the_mean_lies_in_its_interval_which_is_the_same_each_time(values: list[float]) -> None:
    found = estimate(values)
    assert found.low <= found.mean + 1e-9
    assert found.mean <= found.high + 1e-9
    assert found == estimate(values)


def test_a_small_advantage_on_every_document_is_shown_however_much_documents_differ() -> None:
    theirs = [float(score) for score in range(0, 100, 5)]
    ahead = difference([score + 1 for score in theirs], theirs)
    assert (ahead.low, ahead.mean, ahead.high) == (1, 1, 1)


def test_nothing_has_no_mean_and_pairs_must_be_pairs() -> None:
    with pytest.raises(ValueError, match="no documents"):
        estimate([])
    with pytest.raises(ValueError, match="shorter"):
        difference([1.0, 2.0], [1.0])


# --- the comparison -----------------------------------------------------------------------------------------------


def _rows(scores: dict[str, tuple[float, ...]]) -> list[table.Row]:
    """Of two documents, English and Italian, the same scores in both tasks and measures."""
    cases = [Case(name, name, Path(name), "text", "reference") for name in ("en", "it")]
    return [
        table.Row(case, task, system, Output("x", 1), dict.fromkeys(table.METRICS, score))
        for task in TASKS
        for system, found in scores.items()
        for case, score in zip(cases, found, strict=True)
    ]


SCORED = {"ours": (30.0, 10.0), "one prompt": (20.0, 20.0), "one prompt, cut": (5.0, 5.0), "lead-3": (0.0, 0.0)}


def test_each_language_is_compared_by_itself_and_both_together() -> None:
    found = {(item.task, item.metric, item.language): item for item in table.compare(_rows(SCORED))}
    assert len(found) == 2 * 2 * 3
    english, italian, both = (found["brief", "chrF", language] for language in ("en", "it", "all"))
    assert (english.ahead.mean, italian.ahead.mean, both.ahead.mean) == (10, -10, 0)
    assert (english.verdict, italian.verdict, both.verdict) == ("better", "WORSE", "no difference shown")
    assert (both.documents, both.means["ours"].mean, both.ahead_of_cut.mean) == (2, 20, 15)


def test_a_system_that_left_a_document_out_is_not_compared() -> None:
    with pytest.raises(ValueError, match="same documents"):
        table.compare(_rows(SCORED)[1:])


def test_large_results_are_packed_and_replace_the_plain_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "RESULTS", tmp_path)
    rows = _rows(SCORED)
    comparisons = table.compare(rows)
    small = table.keep(rows, comparisons, {"model": "m"})
    kept: dict[str, Any] = json.loads(small.read_text(encoding="utf-8"))
    assert kept["documents"][0]["text"] == "x"
    long = [replace(row, output=Output("è" * 30_000, 1)) for row in rows]
    assert table.keep(long, comparisons, {}).suffix == ".gz"
    assert not small.exists()


# --- who writes ---------------------------------------------------------------------------------------------------


def test_the_lead_is_the_first_sentences_without_headings() -> None:
    text = "# Titolo\n\n## Introduzione\n\nIl dott. Bianchi arriva. Poi parte!\n\n## Fine\n\nÈ finita. Davvero.\n"
    assert first_sentences(without_headings(text), 3) == "Il dott. Bianchi arriva. Poi parte! È finita."


def test_one_prompt_is_cut_to_as_many_sentences_as_ours_may_have() -> None:
    long = Output("One is. Two is. Three is. Four is. Five is. Six is.", 9.0)
    assert cut_to_sentences(long, "describe").text == "One is. Two is."
    assert cut_to_sentences(long, "brief").text == "One is. Two is. Three is. Four is. Five is."


@given(st.lists(st.sampled_from(["una", "città", "è\n\n", "  grande."]), max_size=60), st.integers(30, 100))
def test_the_text_is_cut_only_as_far_as_the_window_makes_necessary(pieces: list[str], window: int) -> None:
    text = " ".join(pieces)
    model = ScriptedModel([], context_tokens=window)
    config = GenerationConfig(max_new_tokens=10)
    kept = fitting_text(text, "Riassumi.", model, config)
    assert text.startswith(kept)

    def fits(beginning: str) -> bool:
        return model.count_prompt_tokens(one_prompt(beginning, "Riassumi.")) <= window - 10 - 16

    assert fits(kept) or not fits("")
    assert kept == text or not fits(text[: len(kept) + 1])


def test_what_one_prompt_wrote_is_found_again_but_not_a_line_that_was_cut_off(tmp_path: Path) -> None:
    lines = tmp_path / "kept.jsonl"
    assert read_kept(lines) == {}
    whole = json.dumps({"key": "a", "text": "Fine\u2028così.", "seconds": 2.0, "note": ""}, ensure_ascii=False)
    lines.write_text(f"{whole}\n{whole[:20]}", encoding="utf-8")
    assert read_kept(lines) == {"a": Output("Fine\u2028così.", 2.0)}


# --- chrF ---------------------------------------------------------------------------------------------------------


def test_chrf_of_cases_worked_out_by_hand() -> None:
    # "abc" of "abcd": of the orders 1 to 3, those that both have, precision is 1 and recall 3/4, 2/3, 1/2: F2 of the
    # means is 5 · 1 · 23/36 / (4 + 23/36).
    assert chrf("la città è grande", "la città è grande") == pytest.approx(100)
    assert chrf("xyz", "abc") == pytest.approx(0)
    assert chrf("abc", "abcd") == pytest.approx(100 * 5 * (23 / 36) / (4 + 23 / 36))
    assert "nc:6|nw:0" in signature()


# --- the documents ------------------------------------------------------------------------------------------------


def test_there_are_sixty_documents_whose_files_source_and_licence_the_index_knows() -> None:
    records: list[dict[str, Any]] = json.loads((HERE / "index.json").read_text(encoding="utf-8"))
    cases = load_cases()  # which compares every file with its sum
    assert len(cases) == len(records) >= 60
    assert sum(case.language == "it" for case in cases) >= 20
    assert len({case.name for case in cases}) == len(cases)
    for record in records:
        assert all(record[what] for what in ("title", "authors", "source", "package", "licence", "reference", "cut"))
        assert "NC" not in record["licence"]
        assert "ND" not in record["licence"]


def test_documents_are_as_long_as_said_and_do_not_hold_their_reference() -> None:
    for case in load_cases():
        assert 500 <= len(case.text.split()) <= 800, case.name
        assert 20 <= len(case.reference.split()) <= 200, case.name
        assert case.text.startswith("# ")
        for sentence in case.reference.splitlines():
            assert sentence not in case.text, case.name


def test_no_file_is_kept_that_the_index_does_not_know() -> None:
    known = {case.name for case in load_cases()}
    for folder in ("documents", "references"):
        assert {path.stem for path in (HERE / folder).rglob("*.*")} == known


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 1000])
def test_a_few_documents_are_spread_over_both_languages(limit: int) -> None:
    records = [{"language": language, "name": f"{language}{n}"} for language in ("en", "it") for n in range(10)]
    chosen = spread(records, limit)
    assert len({record["name"] for record in chosen}) == len(chosen) == min(limit, 20)
    italian = sum(record["language"] == "it" for record in chosen)
    assert abs(italian - (len(chosen) - italian)) <= 1
