"""Pairs of a text and its reference as JSON on stdin; their chrF and its signature as JSON on stdout."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main() -> None:
    metric = import_module("sacrebleu.metrics").CHRF()
    scores = [metric.sentence_score(text, [reference]).score for text, reference in json.load(sys.stdin)]
    metric.corpus_score(["one"], [["one"]])  # it gives no signature before it has seen how many references there are
    json.dump({"scores": scores, "signature": str(metric.get_signature())}, sys.stdout)


if __name__ == "__main__":
    main()
