"""Summaries and descriptions of documents, every sentence with its place in the source.

options      what a person asked for; `styles`: the styles of a result; `forms`: the check of each
parts        the parts of a text, and the sections they belong to
requests     what the model is asked for each text
units        finished texts, kept in the library under the key of all they depend on
scribe       has texts written, side by side; `estimate`: how long that will take
drafts       what was written on something; `merging`: one out of several; `choosing`: their best sentences
checks       whether an answer can be used; `replacing`: what is done with one that cannot
desk         all of these, put together for one job
by_section, one_text, study   the three forms of a result; `extracts`: without a model
canvas       the text of the result as it grows; `shown`: how the model's text gets there
report       what is said about a summary
reuse        summaries of sections, for answers; `plans`: how documents are split, remembered
items        what is studied with: terms, questions, quizzes, cards
own          the documents' own sentences, chosen without a model
several      what several documents have in common, and where they contradict each other
job          one summary from beginning to end

Importing the package imports none of them: who only wants to know the styles should not wait for all the rest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.summaries.job import summarize
    from assistant.summaries.options import SummaryOptions
    from assistant.summaries.reuse import kept_section_summaries, section_summaries

__all__ = ["SummaryOptions", "kept_section_summaries", "section_summaries", "summarize"]

_MODULES = {
    "job": ("summarize",),
    "options": ("SummaryOptions",),
    "reuse": ("kept_section_summaries", "section_summaries"),
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
