"""chrF (Popović 2015) by sacrebleu: how many runs of up to six characters a text shares with a reference.

It needs no words, so that it sees that "cellule" is nearly "cellula". sacrebleu is imported when a score is asked for
(a fifth of a second); it opens no connection and writes no file for it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

MAX_CHARACTERS = 100_000
"""Of each text; what stands behind is not looked at."""


def chrf(written: str, reference: str) -> float:
    """From 0 to 100, recall counting twice as much as precision (chrF2); accents composed first."""
    ours, theirs = (unicodedata.normalize("NFC", text)[:MAX_CHARACTERS] for text in (written, reference))
    return float(_scorer().sentence_score(ours, [theirs]).score)


def signature() -> str:
    """How sacrebleu says that it was taken, its version included."""
    scorer = _scorer()
    scorer.sentence_score("", [""])  # the signature names the number of references, known from the first score on
    return str(scorer.get_signature())


@lru_cache(maxsize=1)
def _scorer() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()
