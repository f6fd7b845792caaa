"""Notes in a folder, as a student has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.dataset.build import BuildOptions, Built, build
from adapters.dataset.example import Example
from adapters.dataset.notes.whole_text import WholeText, text_at
from assistant.documents import load_document

SUBJECTS = (
    "photosynthesis chlorophyll leaves sunlight glucose oxygen stomata carbon",
    "volcano magma eruption crater lava silica plate mantle",
    "market price demand supply buyers sellers quantity equilibrium",
    "revolution assembly king estates privileges republic terror constitution",
    "derivative slope tangent limit function rate secant velocity",
    "protein enzyme ribosome membrane nucleus cell energy gene",
    "comet orbit gravity planet ellipse focus mass period",
    "sonnet verse rhyme poet stanza metre octave sestet",
)


def prose(subject: int, sentences: int, start: int = 0) -> str:
    """Sentences about one of the subjects that stand alone, each different; sixteen words each."""
    words = SUBJECTS[subject % len(SUBJECTS)].split()
    count = len(words)
    return " ".join(
        f"The {words[n % count]} of case {subject}-{n} depends on the {words[(n * 3 + 1) % count]} and changes with "
        f"the {words[(n * 5 + 2) % count]} near point {n * 7}."
        for n in range(start, start + sentences)
    )


def made(folder: Path, tiers: str = "AB", **options) -> Built:
    return build([folder], BuildOptions(tiers=tiers, **options), read=load_document)


def of_origin(built: Built, *origins: str) -> list[Example]:
    return [example for example in built.examples if example.origin in origins]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def said_at_its_place(folder: Path, example: Example) -> str:
    """What the document really has where the example says its text stands."""
    whole = WholeText(load_document(folder / example.place.document), example.place.document)
    return text_at(whole.text, example.place)


def names(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [name for name, _reason in rows]
