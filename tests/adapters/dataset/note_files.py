"""Notes in a folder, as a student has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.dataset.build import BuildOptions, Built, build
from adapters.dataset.example import Example
from adapters.dataset.notes.whole_text import WholeText, text_at
from assistant.documents import load_document
from assistant.documents.child.limits import LIMITS
from assistant.documents.child.messages import PageRead, Structure
from assistant.documents.formats import markdown
from assistant.documents.formats.draft import Draft
from assistant.documents.model import Document, Page
from assistant.documents.sections import place_sections
from assistant.language import detect_language

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
    return build([folder], BuildOptions(tiers=tiers, **options), read=read)


def read(path: Path) -> Document:
    """As `load_document` does, but Markdown without a process of its own for each file: tests read hundreds."""
    if path.suffix != ".md" or not path.stat().st_size:
        return load_document(path)
    draft = Draft("markdown", LIMITS)
    markdown.read(path, draft)
    messages = list(draft.messages())
    texts = [message.text for message in messages if isinstance(message, PageRead)]
    (structure,) = (message for message in messages if isinstance(message, Structure))
    pages = tuple(
        Page(number, str(number), text, "markdown", language=detect_language(text))
        for number, text in enumerate(texts, start=1)
    )
    sections = place_sections(structure.outline, pages)
    title = sections[0].title if sections else path.stem
    return Document(str(path), path.name, title, pages, sections, detect_language("\n".join(texts)))


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
