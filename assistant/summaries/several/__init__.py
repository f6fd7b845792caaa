"""Summaries of several documents: what they have in common, what they say alike, and where they contradict each other.

topics          points that speak of the same things, points that say the same
common_topics   which sections stand under one heading, known before anything is written
groups          notes merged by topic, for one text about everything
agreeing        what was written on one topic, each thing once
own_sentences   the same of the documents' own sentences
contradictions  sentences that cannot both be right
disagreeing     how they are listed
"""
