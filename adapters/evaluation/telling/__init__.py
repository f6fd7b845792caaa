"""A report in words. Every front end takes its sentences, and the explanation of every number, from here.

The reader is a student who knows nothing of machine learning: a word of the trade is explained where it stands, limits
are said with every difference, and what could not be shown is not said. Nothing here measures or decides anything.
"""

from __future__ import annotations

from adapters.evaluation.telling.checks import CheckWords, check_words
from adapters.evaluation.telling.choices import choices_sentence, choices_sentences
from adapters.evaluation.telling.data import (
    data_sentences,
    documents_words,
    measured_at,
    method_sentences,
    place_of,
    small_sentence,
)
from adapters.evaluation.telling.differences import (
    Shown,
    compared_with,
    difference_sentence,
    limits_explanation,
    shown_verdict,
    stands_out_by_luck,
    system_explanation,
    system_name,
    verdict_word,
)
from adapters.evaluation.telling.faults import FaultWords, fault_words
from adapters.evaluation.telling.forgetting import (
    LIGHT_MARKS,
    LightWords,
    forgetting_notes,
    forgetting_sentences,
    light_words,
    probe_sentences,
    probes_name,
    thresholds_sentence,
)
from adapters.evaluation.telling.gaps import not_judged_words
from adapters.evaluation.telling.groups import metric_groups
from adapters.evaluation.telling.lineage import Stage, lineage_lines
from adapters.evaluation.telling.metric_table import MetricWords
from adapters.evaluation.telling.metrics import amount, figure, limits, metric_words, signed
from adapters.evaluation.telling.names import language_name
from adapters.evaluation.telling.verdict import Answer, answer, headline, verdict_sentences

__all__ = [
    "LIGHT_MARKS",
    "Answer",
    "CheckWords",
    "FaultWords",
    "LightWords",
    "MetricWords",
    "Shown",
    "Stage",
    "amount",
    "answer",
    "check_words",
    "choices_sentence",
    "choices_sentences",
    "compared_with",
    "data_sentences",
    "difference_sentence",
    "documents_words",
    "fault_words",
    "figure",
    "forgetting_notes",
    "forgetting_sentences",
    "headline",
    "language_name",
    "light_words",
    "limits",
    "limits_explanation",
    "lineage_lines",
    "measured_at",
    "method_sentences",
    "metric_groups",
    "metric_words",
    "not_judged_words",
    "place_of",
    "probe_sentences",
    "probes_name",
    "shown_verdict",
    "signed",
    "small_sentence",
    "stands_out_by_luck",
    "system_explanation",
    "system_name",
    "thresholds_sentence",
    "verdict_sentences",
    "verdict_word",
]
