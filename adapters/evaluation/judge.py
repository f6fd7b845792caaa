"""The base model as a judge between two texts: indicative only, and always labelled so.

Small models prefer what is longer, what stands first, and what shares words with the source. So each pair is asked in
both orders, and a judge that changes its mind with the order has found them the same (Zheng et al. 2023, "Judging
LLM-as-a-judge", §3.4). One that does so more often than not goes by the place, and has judged nothing: the starter, of
135 million parameters, does so even between a summary and noise. How often the longer text won is counted, too.

The answer is not written: the likelier of "1" and "2" counts, so that a judge that would rather talk still says what
it leans to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from adapters.evaluation.choices import counted, same_words
from adapters.evaluation.report import ADAPTER, BASE, Choices, Text
from assistant.errors import ContextOverflowError
from assistant.generation import ChatMessage, ShouldStop, never_stop
from assistant.prompts.judging import JUDGE_CHOICES, judge_prompt

Winner = Literal["adapter", "other", "same", "inconsistent"]


class Scorer(Protocol):
    """What is needed of an engine; no adapter is on while it judges."""

    def score(
        self, items: Sequence[tuple[Sequence[ChatMessage], str]], should_stop: ShouldStop = ...
    ) -> Iterator[tuple[float, int]]: ...


def judge(
    engine: Scorer, texts: Sequence[Text], against: str = BASE, should_stop: ShouldStop = never_stop
) -> Choices | None:
    """What the model that answers now prefers; None where both wrote about none of the texts.

    A pair that does not fit into its context is left out. Raises Stopped, OutOfMemoryError.
    """
    winners: list[tuple[Text, Winner]] = []
    longer = 0
    for text in texts:
        written = text["written"]
        if ADAPTER in written and against in written:
            mine, others = written[ADAPTER].strip(), written[against].strip()
            if (winner := _winner(engine, text, mine, others, should_stop)) is not None:
                winners.append((text, winner))
                longer += _is_longer(winner, mine, others)
    if not winners:
        return None
    inconsistent = sum(winner == "inconsistent" for _text, winner in winners)
    choices = counted(against, ((text, "same" if winner == "inconsistent" else winner) for text, winner in winners))
    if inconsistent > choices["adapter"] + choices["other"]:
        choices["verdict"] = "not_judged"
    return {**choices, "inconsistent": inconsistent, "longer": longer}


def _winner(engine: Scorer, text: Text, mine: str, others: str, should_stop: ShouldStop) -> Winner | None:
    """None where the pair does not fit."""
    if same_words(mine, others):
        return "same"
    prompts = [judge_prompt(text["source"], *pair, text["language"]) for pair in ((mine, others), (others, mine))]
    items = [(prompt, choice) for prompt in prompts for choice in JUDGE_CHOICES]
    try:
        one, two, one_swapped, two_swapped = (loss for loss, _tokens in engine.score(items, should_stop))
    except ContextOverflowError:
        return None
    first, second = one < two, one_swapped < two_swapped
    if first == second:  # the same place twice is a different text each time
        return "inconsistent"
    return "adapter" if first else "other"


def _is_longer(winner: Winner, mine: str, others: str) -> bool:
    return (winner == "adapter" and len(mine) > len(others)) or (winner == "other" and len(others) > len(mine))
