"""The documents' own sentences, and items made of them, chosen without a model: the same ones every time.

sentences    the most telling ones of each section
of_parts     the same of parts of documents alone
prose        which sentences can be read on their own
study        terms, questions, quizzes and cards; `material`: what there is to ask about, `wording`: how it is asked
definitions  sentences that say what something is
gaps         what can be left out of a sentence and asked for
labels       how a text says that they are in it
"""

from assistant.summaries.own.labels import own_label, partly_label
from assistant.summaries.own.of_parts import items_of, sentences_of
from assistant.summaries.own.prose import OwnSentence
from assistant.summaries.own.sentences import own_items, own_sentences

__all__ = ["OwnSentence", "items_of", "own_items", "own_label", "own_sentences", "partly_label", "sentences_of"]
