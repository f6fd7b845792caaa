"""Summaries and descriptions of documents, every sentence with its place in the source.

parts   what has to be written: the parts of a text, and what is asked about each
job     the whole: parts, merging, citations, the result
"""

from assistant.summaries.job import summarize
from assistant.summaries.parts import SummaryOptions

__all__ = ["SummaryOptions", "summarize"]
