"""The model card says in words what an adapter is worth, and nothing that a stranger wrote there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.card_scores import measured
from adapters.cards import model_card

EVALUATED = {
    "evaluation": {
        "created": "2026-11-22T21:04:00+00:00",
        "verdict": "worth_it",
        "documents": 24,
        "small": False,
        "split": "test",
        "data": "notes.jsonl",
        "loss_before": 2.31,
        "loss_after": 2.049,
        "change": -0.261,
        "low": -0.378,
        "high": -0.144,
        "light": "green",
        "blind": {"against": "base", "adapter": 7, "other": 2, "same": 1, "verdict": "no_difference", "share": 0.78},
    },
    "checks": [{"name": "differs", "passed": True}, {"name": "peft", "passed": None}],
}


def page(**evaluation: object) -> str:
    return "\n".join(measured({"evaluation": {**EVALUATED["evaluation"], **evaluation}}))


def test_the_card_tells_what_the_adapter_is_worth_and_how_sure_that_is():
    card = model_card({"name": "biology", "training": {"epochs": 3}, "scores": EVALUATED})
    for words in (
        "Better than the base model",
        "24 held-out documents",
        "base model 2.310, adapter 2.049 (difference -0.261, 95 % interval -0.378 to -0.144",
        "Did it forget? Green",
        "preferred the adapter's in 7, that of the base model in 2, and neither in 1: no difference shown",
        "it changes the model's answers (yes); PEFT gives the same answers (could not be looked at)",
    ):
        assert words in card
    assert "not evaluated" not in card
    assert "evaluation loss_before" not in card, "the same figures once, in words"


def test_a_gain_that_is_hardly_one_is_called_so():
    assert "only by very little" in page(answer="hardly")
    assert "forgotten a part" in page(answer="at_a_price")


def test_a_small_test_and_one_that_chose_the_step_are_called_so():
    assert "small test" in page(small=True)
    assert "flatters" in page(split="validation")
    assert "small test" not in page()
    assert "flatters" not in page()


def test_faults_are_named():
    assert "Found wrong with it: never ends, repeats." in page(faults=["never_ends", "repeats"])


def test_without_limits_none_are_claimed():
    words = page(low=None, high=None)
    assert "difference -0.261" in words
    assert "interval" not in words


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "verdict",
    "documents",
    "small",
    "split",
    "loss_before",
    "loss_after",
    "change",
    "low",
    "high",
    "light",
    "faults",
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, anything) | {"blind": anything | st.just({"adapter": 1})}),
    anything,
)
def test_whatever_a_stranger_wrote_only_words_of_ours_and_numbers_come_out(evaluation, checks):
    text = "\n".join(measured({"evaluation": evaluation, "checks": checks}))
    assert text.isascii()
    assert not set(text) & set("<>[]`|#\\")
