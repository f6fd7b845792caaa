"""Summaries and descriptions of documents, every sentence with its place in the source.

options      what a person asked for
parts        the parts of a text, and the sections they belong to
requests     what the model is asked, and the key of each answer
units        finished texts, kept in the library
scribe       has texts written, side by side
merging      one text out of several
by_section, one_text, study   the three forms of a result
canvas       the text of the result as it grows
reuse        summaries of sections, for answers
items        what is studied with: terms, questions, quizzes, cards
own          the documents' own sentences, chosen without a model
job          one summary from beginning to end
"""

from assistant.summaries.job import summarize
from assistant.summaries.options import SummaryOptions, summary_language
from assistant.summaries.report import support_notice
from assistant.summaries.reuse import SectionText, kept_section_summaries, section_summaries

__all__ = [
    "SectionText",
    "SummaryOptions",
    "kept_section_summaries",
    "section_summaries",
    "summarize",
    "summary_language",
    "support_notice",
]
