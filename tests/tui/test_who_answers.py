"""Which adapter answers: before anything is said, while an answer is written, and after something else was chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.protocol import Answering
from tui.who_answers import Answerer, WhoAnswers, answerer_words, would_answer

BIOLOGY = Answerer("biology", "subject")
LAW = Answerer("law", "asked")
NOBODY = Answerer()


def said(adapter: str, why: str) -> Answering:
    return Answering(job="j", model="m", adapter=adapter, why=why)


def words(who: WhoAnswers) -> str:
    return answerer_words(who.now, who.then)


@pytest.mark.parametrize(
    ("chosen", "setting", "of_subject", "expected"),
    [
        ("", "auto", "biology", "adapter biology (subject)"),
        ("", "auto", "", "no adapter"),
        ("", "none", "biology", "no adapter"),
        ("", "law", "biology", "adapter law"),
        ("auto", "law", "biology", "adapter biology (subject)"),
        ("AUTO", "law", "", "no adapter"),
        ("none", "law", "biology", "no adapter"),
        ("base", "auto", "biology", "no adapter"),
        ("history", "law", "biology", "adapter history"),
    ],
)
def test_a_choice_comes_before_the_setting_and_auto_is_the_subjects(chosen, setting, of_subject, expected):
    assert would_answer(chosen, setting, of_subject).words == expected


def test_what_is_switched_while_an_answer_is_written_is_said_to_come_next():
    who = WhoAnswers(BIOLOGY)
    who.say(said("biology", "subject"))
    who.expect(LAW)
    assert words(who) == "adapter biology (subject), then law"
    who.end()
    assert words(who) == "adapter law"


def test_going_back_to_no_adapter_while_an_answer_is_written_is_said_too():
    who = WhoAnswers(LAW)
    who.say(said("law", "asked"))
    who.expect(Answerer("", "asked"))
    assert words(who) == "adapter law, then none"


def test_a_question_that_waited_is_answered_as_it_was_typed_and_then_the_choice_holds():
    who = WhoAnswers(LAW)
    who.say(said("biology", "asked"))
    assert words(who) == "adapter biology, then law"
    who.end()
    assert words(who) == "adapter law"


def test_a_subjects_adapter_that_cannot_be_used_is_not_promised_for_the_next_answer():
    who = WhoAnswers(BIOLOGY)
    who.say(said("", "none"))
    assert words(who) == "no adapter"
    who.end()
    assert words(who) == "no adapter", "nothing has changed since it was said"
    who.expect(NOBODY)
    who.expect(BIOLOGY)
    assert words(who) == "adapter biology (subject)", "other documents: it may be another time"


answerers = st.builds(Answerer, st.sampled_from(["", "a", "b"]), st.sampled_from(["asked", "setting", "subject"])) | (
    st.just(NOBODY)
)
steps = st.lists(st.one_of(st.tuples(st.sampled_from(["expect", "say"]), answerers), st.just(("end", NOBODY))))


@given(steps)
def test_while_an_answer_is_written_the_one_who_writes_it_is_named(steps):
    who, writing = WhoAnswers(NOBODY), None
    for step, answerer in steps:
        if step == "expect":
            who.expect(answerer)
        elif step == "say":
            writing = answerer
            who.say(said(answerer.adapter, answerer.why))
        else:
            writing = None
            who.end()
        if writing is not None:
            assert who.now == writing
        else:
            assert who.then is None
