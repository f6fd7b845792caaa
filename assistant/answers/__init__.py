"""Answers to questions, plain or from documents.

retrieval  the passages that fit a question best
reply      one turn of a conversation
"""

from assistant.answers.reply import reply

__all__ = ["reply"]
