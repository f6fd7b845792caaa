"""Tier C: summaries that the base model writes of texts nobody summarized.

writing     asks for several of each text, keeps the best that passes
filters     what no example may be: copied, too long, in another language, with numbers or names the text does not have
consensus   which of several says what the others say, too
"""

from adapters.dataset.candidates.writing import CandidateOptions, write

__all__ = ["CandidateOptions", "write"]
