"""Which of several answers to one question says most of what the others say, too.

What a model makes up differs from one answer to the next; what it has from the text comes again (Wang et al. 2022,
"self-consistency"; here with the words that answers share in order, ROUGE-L).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from adapters.evaluation.rouge import rouge_l
from assistant.stems import words


def most_agreed(answers: Sequence[str]) -> tuple[int, float]:
    """(its index, its mean ROUGE-L with the others); the first of equals, 1.0 where there is only one.

    `answers` must not be empty.
    """
    texts = [words(answer) for answer in answers]
    if len(texts) == 1:
        return 0, 1.0
    scores = [
        fmean(rouge_l(text, other) for place, other in enumerate(texts) if place != index)
        for index, text in enumerate(texts)
    ]
    best = max(range(len(texts)), key=lambda index: (scores[index], -index))
    return best, scores[best]
