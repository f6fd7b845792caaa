"""Sentence boundaries and languages told right, and how fast, beside the libraries that do the same.

    SUNTO_PEERS=folder python -m benchmarks.sentences [ROUNDS]

Correctness is on `gold/sentences.txt` and `gold/languages.txt`: a case is right when all of its sentences are, or its
language is. Speed is on the text of the sample documents, in characters a second; every process times itself, after one
run that is not counted, and rounds are taken in turn. The peers are in an environment of their own, in SUNTO_PEERS or
`.venv-peers`: `pip install pysbd syntok nupunkt py3langid`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.hardware import describe_machine
from benchmarks.measure import RESULTS, ROOT

GOLD = Path(__file__).parent / "gold"
PEER = Path(__file__).parent / "peers" / "text_tools.py"
SPLITTERS = ("sunto sentences", "pysbd", "syntok", "nupunkt")
DETECTORS = ("sunto language", "py3langid")
"""Ours first."""
_SAMPLES = {"rivoluzione-francese.md": "it", "derivate.txt": "it", "plate-tectonics.txt": "en"}
_SAMPLE_CHARACTERS = 50_000
_ROUNDS = 5


@dataclass(frozen=True)
class SentenceCase:
    language: str
    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """How one tool did."""

    name: str
    version: str
    right: int
    of: int
    wrong: list[str]
    """The texts it got wrong."""
    seconds: list[float]
    characters: int

    @property
    def characters_per_second(self) -> float:
        return self.characters / statistics.median(self.seconds)


def gold_cases() -> list[SentenceCase]:
    cases: list[SentenceCase] = []
    for language, body in _gold_lines("sentences.txt"):
        parts = [part.replace("\\n", "\n") for part in body.split(" ‖ ")]
        text = "".join(part if part.endswith("\n") else f"{part} " for part in parts).rstrip(" ")
        cases.append(SentenceCase(language, text, tuple(part.strip() for part in parts)))
    return cases


def gold_languages() -> list[tuple[str, str]]:
    """(language, text); the language is "it", "en" or ""."""
    return [(language.strip("-"), text) for language, text in _gold_lines("languages.txt")]


def _gold_lines(name: str) -> list[tuple[str, str]]:
    lines = (GOLD / name).read_text(encoding="utf-8").splitlines()
    return [(language, text) for language, text in (line.split("\t") for line in lines if not line.startswith("#"))]


# --- the tools --------------------------------------------------------------------------------------------------


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else _ROUNDS
    cases = gold_cases()
    splitters = _take(
        SPLITTERS, [(case.language, case.text) for case in cases], [list(case.sentences) for case in cases], rounds
    )
    languages = gold_languages()
    detectors = _take(DETECTORS, [("", text) for _, text in languages], [code for code, _ in languages], rounds)
    for standings in (splitters, detectors):
        _print(standings)
    _keep({"sentences": splitters, "language": detectors})
    return int(not (_is_ahead(splitters) and _is_ahead(detectors)))


def _take(
    names: Sequence[str], texts: list[tuple[str, str]], expected: Sequence[object], rounds: int
) -> list[Standing]:
    answers = {name: _ask(name, texts) for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            seconds[name].append(_ask(name, [])["seconds"])
    characters = sum(len(text) for _, text in _long_texts())
    standings: list[Standing] = []
    for name, said in answers.items():
        pairs = zip(texts, said["answers"], expected, strict=True)
        wrong = [text for (_, text), answer, right in pairs if answer != right]
        right = len(texts) - len(wrong)
        standings.append(Standing(name, said["version"], right, len(texts), wrong, seconds[name], characters))
    return standings


def _ask(name: str, texts: list[tuple[str, str]]) -> dict[str, Any]:
    """What the tool says of these texts, and how long it takes for the long ones, in a process of its own."""
    folder = Path(os.environ.get("SUNTO_PEERS", ROOT / ".venv-peers"))
    peers = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = subprocess.run(
        [sys.executable if name.startswith("sunto") else peers, PEER, name],
        input=json.dumps({"texts": texts, "long": _long_texts()}),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    return json.loads(done.stdout)


def _long_texts() -> list[tuple[str, str]]:
    """(language, text) of sample documents, each repeated to the same length."""
    found: list[tuple[str, str]] = []
    for name, language in _SAMPLES.items():
        text = (ROOT / "sample_docs" / name).read_text(encoding="utf-8")
        found.append((language, (text * (_SAMPLE_CHARACTERS // len(text) + 1))[:_SAMPLE_CHARACTERS]))
    return found


# --- what came out ----------------------------------------------------------------------------------------------


def _is_ahead(standings: Sequence[Standing]) -> bool:
    """At least as often right as each peer, and faster."""
    ours, *peers = standings
    return all(ours.right >= peer.right and ours.characters_per_second > peer.characters_per_second for peer in peers)


def _print(standings: Sequence[Standing]) -> None:
    ours = standings[0]
    for standing in standings:
        speed = standing.characters_per_second
        print(
            f"{standing.name:<18}{standing.version:<10}{standing.right:>5} of {standing.of} right"
            f"{speed / 1e6:>9.2f} million characters/s  sunto is {ours.characters_per_second / speed:.1f}x as fast"
        )


def _keep(standings: dict[str, list[Standing]]) -> None:
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "sentences.json"
    content = {
        "benchmark": "sentences",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        **{
            task: [
                {**dataclasses.asdict(item), "characters_per_second": round(item.characters_per_second)}
                for item in items
            ]
            for task, items in standings.items()
        },
    }
    target.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    print(f"raw numbers: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
