"""What adapters are worth on the pairs that were held out: the loss that PEFT finds, and ROUGE-L of what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.generation import Completion, GenerationConfig
from benchmarks.summaries.scores import rouge_l
from benchmarks.training import trl
from benchmarks.training.kept import digest_of, kept_dir, write
from benchmarks.training.pairs import Pair
from benchmarks.training.rows import Row

BARE = "base"
"""No adapter."""
_MAX_WRITTEN_TOKENS = 64


def losses(checkpoint: Path, adapters: Mapping[str, Path | None], rows: Sequence[Row], threads: int) -> dict[str, Any]:
    """Name → of each row the sum over its targets, in nats. What was judged before is not judged again."""
    places = {name: _place(directory, f"losses-{digest_of(rows)}.json") for name, directory in adapters.items()}
    missing = [name for name, place in places.items() if not place.exists()]
    if missing:
        asked = {
            "checkpoint": str(checkpoint),
            "rows": list(rows),
            "adapters": {name: str(adapters[name] or "") for name in missing},
            "threads": threads,
        }
        for name, found in trl.run_peer("peft_losses", asked).items():
            write(places[name], found)
    return {name: json.loads(place.read_text(encoding="utf-8")) for name, place in places.items()}


def summaries(
    engine: Any, adapters: Mapping[str, Path | None], pairs: Sequence[Pair], rows: Sequence[Row]
) -> dict[str, list[str]]:
    """Name → what the base writes of each document with this adapter, the likeliest word each time."""
    found: dict[str, list[str]] = {}
    for name, directory in adapters.items():
        place = _place(directory, f"written-{digest_of(rows)}.json")
        if not place.exists():
            write(place, _write(engine, directory, pairs))
        found[name] = json.loads(place.read_text(encoding="utf-8"))
    return found


def scores(written: Sequence[str], pairs: Sequence[Pair]) -> list[float]:
    """ROUGE-L of each, from 0 to 100."""
    return [rouge_l(text, pair.summary) for text, pair in zip(written, pairs, strict=True)]


def _write(engine: Any, directory: Path | None, pairs: Sequence[Pair]) -> list[str]:
    from adapters.dataset.prompting import messages

    engine.use_adapter(directory)
    config = GenerationConfig(max_new_tokens=_MAX_WRITTEN_TOKENS, temperature=0.0)
    prompts = [messages("summarize", pair.document, "en") for pair in pairs]
    written = dict.fromkeys(range(len(pairs)), "")
    for index, event in engine.stream_many(prompts, config):
        if isinstance(event, Completion):
            written[index] = event.text.strip()
    return list(written.values())


def _place(adapter: Path | None, name: str) -> Path:
    """Beside the adapter that was judged."""
    return (adapter.parent if adapter else kept_dir()) / name
