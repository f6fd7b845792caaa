"""Answers to questions, plain or from documents.

reply             one turn of a conversation: its route, its answer, its result
routes            what a question wants: a passage, or all of the text (`request_patterns`: the table)
named_places      the pages and chapters that a question names
reading           the pages that may be read
evidence          what a source has for an answer: passages, summaries that are kept, places
search, retrieval the passages that fit a question, the stretches of them that are read
mapping, points   requests about all of a long text: part by part, and lists made of the parts
composing         texts and conversation in a prompt that fits
own_words         the document's own sentences, where a small model wrote nothing usable about all of a text
absence           when a document does not answer, before and after asking
notices           what is said about all this
"""

from assistant.answers.reply import reply

__all__ = ["reply"]
