"""What is known of adapters, drawn: whatever a stranger's card says, and however little room there is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.adapter_rows import AdapterRow
from tui.adapter_words import MAX_CARD_LINES, AdapterTable, adapter_card, adapter_choices
from tui.who_answers import Answerer

CARD = {
    "data": {"file": "appunti.jsonl", "examples": 120},
    "training": {"steps": 45, "learning_rate": 1e-4},
    "scores": {"on_training_data": {"first_loss": 3.1, "last_loss": 1.25}, "chrF": 0.4237},
    "source": {"file": "bio.zip", "made_with": "Unsloth"},
    "lineage": [{}, {}],
}


def row(name="biology", **fields) -> AdapterRow:
    known = {
        "model": "starter",
        "kind": "lora",
        "r": 16,
        "subject": "Biologia",
        "version": 3,
        "versions": (1, 2),
        "size_bytes": 4_200_000,
        "created": "2026-10-01T10:00:00+00:00",
        "fits": True,
    }
    return AdapterRow(name=name, **{**known, **fields})


def test_a_card_reads_as_sentences_and_facts():
    text = adapter_card(row(card=CARD), ["Biologia", "Botanica"]).plain
    assert "lora · rank 16 · version 3 · 4.2 MB · 2026-10-01" in text
    assert "✔ Fits the model in use." in text
    assert "answers for the subject: Biologia, Botanica" in text
    assert "other versions: 1, 2" in text
    assert "examples: appunti.jsonl · 120 examples" in text
    assert "45 steps · learning rate 0.0001" in text
    assert "loss on its own examples: 3.100 → 1.250" in text
    assert "chrF: 0.424" in text
    assert "came from: bio.zip · Unsloth" in text
    assert "builds on: 2 earlier trainings" in text


def test_every_difference_from_the_base_is_listed():
    text = adapter_card(row(fits=False, differences=("base model: x", "chat template: y")), []).plain
    assert "✖ Not for the model in use:\n  base model: x\n  chat template: y" in text


def test_what_cannot_be_told_is_said():
    assert "do not say which model" in adapter_card(row(model="", fits=None), []).plain
    assert "starter, is not on this machine" in adapter_card(row(fits=None), []).plain


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner, max_size=20),
    max_leaves=30,
)
cards = st.dictionaries(
    st.sampled_from([*CARD, "language", "license", "sunto", "name"]) | st.text(), values, max_size=12
)


@given(cards, st.text())
def test_no_card_of_a_stranger_breaks_the_screen(card, subject):
    card = json.loads(json.dumps(card))
    text = adapter_card(row(card=card, subject=subject), [subject]).plain
    assert text.count("\n") <= MAX_CARD_LINES + 5
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.split("\n"))) < 1000


@given(
    st.lists(st.builds(row, st.text(min_size=1), subject=st.text(), model=st.text()), max_size=4), st.integers(24, 200)
)
def test_a_line_is_never_wider_than_the_list_and_stands_under_its_titles(rows, columns):
    table = AdapterTable(rows, "biology", {})
    header = table.header(columns)
    for position in range(len(rows)):
        line = table.line(position, columns)
        assert cell_len(line.plain) == cell_len(header.plain) <= max(columns, 21)
        assert "\n" not in line.plain


def test_with_little_room_the_date_goes_and_name_and_kind_stay():
    table = AdapterTable([row()], "biology", {})
    assert "made on" in table.header(100).plain
    narrow = table.header(44).plain
    assert "made on" not in narrow
    assert "name" in narrow
    assert "kind" in narrow
    assert table.line(0, 44).plain.startswith("●✔ biology")


def test_the_table_names_the_subjects_an_adapter_answers_for_before_the_one_it_was_trained_for():
    rows = [row("biology", subject="Cells"), row("law", subject="Law")]
    table = AdapterTable(rows, "", {"biology": ["Biology 1", "Biology 2"], "law": []})
    assert "Biology 1, Biology 2" in table.line(0, 120).plain
    assert "Cells" not in table.line(0, 120).plain
    assert "Law" in table.line(1, 120).plain


def test_the_picker_marks_who_answers_and_says_what_the_subject_would():
    by_subject = adapter_choices([row()], Answerer("biology", "subject"), "biology")
    assert [choice.value for choice in by_subject] == ["auto", "none", "biology"]
    assert [choice.mark for choice in by_subject] == ["●", " ", " "]
    assert "biology" in by_subject[0].note
    named = adapter_choices([row()], Answerer("biology", "asked"), "")
    assert [choice.mark for choice in named] == [" ", " ", "●"]
    bare = adapter_choices([row()], Answerer("", "asked"), "")
    assert [choice.mark for choice in bare] == [" ", "●", " "]
