"""What each metric is called and what it means: the sentences, in English and marked for translation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.i18n import N_

Better = Literal["higher", "lower", "neither"]

PERCENT = "%"


@dataclass(frozen=True, kw_only=True)
class MetricWords:
    label: str
    unit: str
    """What one of it is; empty where it is a plain number."""
    explanation: str
    """What it counts, what its ends mean, and which end is the good one."""
    better: Better
    scale: float = 1.0
    """What a recorded value is multiplied with to be read."""
    decimals: int = 2


METRIC_WORDS: dict[str, MetricWords] = {
    "loss": MetricWords(
        label=N_("Surprise at the right answer (loss)"),
        unit=N_("nats a word piece"),
        explanation=N_(
            "The model reads a document and then, word piece by word piece, what a person wrote about it. "
            "Before each piece it says how likely it holds every possible one to be. The less it expected the right "
            "one, the larger the surprise; this is the mean. 0 would be no surprise at all; lower is better. It is "
            "counted in nats: one nat more means that the right piece was held to be 2.7 times less likely."
        ),
        better="lower",
        decimals=3,
    ),
    "perplexity": MetricWords(
        label=N_("Hesitation (perplexity)"),
        unit=N_("word pieces"),
        explanation=N_(
            "The surprise, told in another way: among how many equally likely word pieces the model hesitates, on "
            "average, before each one. 1 would be no hesitation at all; lower is better."
        ),
        better="lower",
        decimals=1,
    ),
    "rouge1": MetricWords(
        label=N_("Words in common (ROUGE-1)"),
        unit=N_("points of 100"),
        explanation=N_(
            "How many words the written text and the one by a person have in common: 100 if all, 0 if none; higher is "
            "better. It counts words, not sense: a good summary in other words scores low, too."
        ),
        better="higher",
        scale=100,
        decimals=1,
    ),
    "rouge2": MetricWords(
        label=N_("Pairs of words in common (ROUGE-2)"),
        unit=N_("points of 100"),
        explanation=N_(
            "How many pairs of neighbouring words the written text and the one by a person have in common: 100 if all, "
            "0 if none; higher is better. Pairs are shared more rarely than words, so it is always the lower figure."
        ),
        better="higher",
        scale=100,
        decimals=1,
    ),
    "rougeL": MetricWords(
        label=N_("Words in the same order (ROUGE-L)"),
        unit=N_("points of 100"),
        explanation=N_(
            "The longest row of words that stand in the same order in the written text and in the one by a person, "
            "even with others between them, as a share of both: 100 if all, 0 if none; higher is better."
        ),
        better="higher",
        scale=100,
        decimals=1,
    ),
    "chrf": MetricWords(
        label=N_("Letters in common (chrF)"),
        unit=N_("points of 100"),
        explanation=N_(
            "How many short runs of letters the written text and the one by a person have in common: 100 if all, 0 if "
            "none; higher is better. Unlike whole words, it also counts one that only ends differently."
        ),
        better="higher",
        decimals=1,
    ),
    "faithful": MetricWords(
        label=N_("Sentences that the document supports"),
        unit=PERCENT,
        explanation=N_(
            "How many sentences of the written text could be found again in the document, word for word or nearly so; "
            "higher is better. A sentence that could not be found is not always wrong: it may say it in other words."
        ),
        better="higher",
        scale=100,
        decimals=0,
    ),
    "details": MetricWords(
        label=N_("Numbers, dates and names found in the document"),
        unit=PERCENT,
        explanation=N_(
            "How many of the numbers, dates and names in the written text stand in the document, too; higher is "
            "better. One that does not was made up, or worked out."
        ),
        better="higher",
        scale=100,
        decimals=0,
    ),
    "length": MetricWords(
        label=N_("Length beside the person's text"),
        unit=PERCENT,
        explanation=N_(
            "How long the written text is, in words, beside the one by a person: 100 is as long, 200 twice as long. "
            "Neither end is the good one."
        ),
        better="neither",
        scale=100,
        decimals=0,
    ),
    "coverage": MetricWords(
        label=N_("Words taken from the document"),
        unit=PERCENT,
        explanation=N_(
            "How many words of the written text belong to pieces copied from the document, single words included. "
            "Neither end is the good one: very high is copying, very low may be inventing."
        ),
        better="neither",
        scale=100,
        decimals=0,
    ),
    "density": MetricWords(
        label=N_("How long the copied pieces are"),
        unit=N_("words"),
        explanation=N_(
            "How long the piece copied from the document is that a word of the written text belongs to, on average. "
            "About 1 is own wording; 20 is whole sentences taken over. Neither end is the good one."
        ),
        better="neither",
        decimals=1,
    ),
    "compression": MetricWords(
        label=N_("How many times shorter than the document"),
        unit=N_("times"),
        explanation=N_(
            "The words of the document for each word of the written text: 10 means that it is a tenth as long. "
            "Neither end is the good one."
        ),
        better="neither",
        decimals=1,
    ),
    "longest_copy": MetricWords(
        label=N_("Longest copied piece"),
        unit=N_("words"),
        explanation=N_(
            "The longest run of words that was taken from the document as it stands. Neither end is the good one, but "
            "a summary that is one long copy is none."
        ),
        better="neither",
        decimals=0,
    ),
    "novel_bigrams": MetricWords(
        label=N_("Own wording"),
        unit=PERCENT,
        explanation=N_(
            "How many pairs of neighbouring words of the written text do not stand in the document. Neither end is "
            "the good one: 0 is copying, 100 may be inventing."
        ),
        better="neither",
        scale=100,
        decimals=0,
    ),
    "wrong_language": MetricWords(
        label=N_("Texts in the wrong language"),
        unit=PERCENT,
        explanation=N_("How many texts came out in another language than the one asked for; lower is better."),
        better="lower",
        scale=100,
        decimals=0,
    ),
    "repeats": MetricWords(
        label=N_("Texts that go round in circles"),
        unit=PERCENT,
        explanation=N_("How many texts say the same words again and again; lower is better."),
        better="lower",
        scale=100,
        decimals=0,
    ),
    "unfinished": MetricWords(
        label=N_("Texts that did not come to an end"),
        unit=PERCENT,
        explanation=N_("How many texts were still going on when their room was used up; lower is better."),
        better="lower",
        scale=100,
        decimals=0,
    ),
    "empty": MetricWords(
        label=N_("Empty answers"),
        unit=PERCENT,
        explanation=N_("How many times nothing at all was written; lower is better."),
        better="lower",
        scale=100,
        decimals=0,
    ),
}
