"""Where in the documents a claim comes from, and how far its wording says so.

What is checked: that the words which carry meaning stand together in one passage; that every number, date, formula and
name stands somewhere in the source; that "not", "may" and "always" stand in both. What is not: whether the claim is
*true* of that passage. Swapped roles pass.

A claim is one sentence or bullet of an answer. Its passage is the run of at most `WINDOW_SENTENCES` sentences on one
page that holds most of its stems, each weighted by how rare it is in the document (IDF).

claims                                   what a claim is, and what was found out about it
numbers, dates, formulas, names          the details that a claim states; `number_words`, `same_names`: their tables
details                                  which of them the source lacks
index                                    where a claim's words stand together; `cognates`: across two languages
alignment                                whether they hang together there as they do in the claim
meaning                                  negation and modality
passages                                 the grade
"""

from assistant.grounding.claims import (
    Citation,
    Claim,
    Support,
    Warned,
    is_claim,
    plain_claim,
    split_claims,
)
from assistant.grounding.index import PageSet
from assistant.grounding.passages import SUPPORTED_SCORE, WEAK_SCORE, Passages

__all__ = [
    "SUPPORTED_SCORE",
    "WEAK_SCORE",
    "Citation",
    "Claim",
    "PageSet",
    "Passages",
    "Support",
    "Warned",
    "is_claim",
    "plain_claim",
    "split_claims",
]
