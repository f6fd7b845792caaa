"""What a person asked for: task, style, length, language, and what to do where the model fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from assistant.documents.model import Document
from assistant.errors import ConfigError
from assistant.generation import GenerationConfig
from assistant.i18n import _
from assistant.summaries.styles import DESCRIPTION, Style, find_style

Unsupported = Literal["mark", "drop", "rewrite"]
Extractive = Literal["auto", "only", "off"]


@dataclass(frozen=True)
class SummaryOptions:
    task: Literal["summarize", "describe"] = "summarize"
    style: str = "brief"
    bullets: int = 0
    """Points or items per section, per document where the style is one text; 0 leaves it to the style."""
    language: str = "auto"
    """`auto` is the documents' own."""
    unsupported: Unsupported = "mark"
    """Sentences with a detail that the source does not have: marked, left out, or written again from their passage."""
    extractive: Extractive = "auto"
    """Whether the documents' own sentences may stand in for the model's: where it fails, instead of it, or never."""
    chosen: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    """The page numbers to read of a document, by its path; none are all."""
    merge: bool = True
    """Whether one text is made of what was written on the parts; false for models too small to do it well."""
    config: GenerationConfig = field(default_factory=GenerationConfig)

    def check(self) -> None:
        """Raises ConfigError for a style or a choice that is not known."""
        for name, value, choices in (
            ("unsupported", self.unsupported, get_args(Unsupported)),
            ("extractive", self.extractive, get_args(Extractive)),
        ):
            if value not in choices:
                raise ConfigError(
                    _("The setting “{name}” cannot be “{value}”.").format(name=name, value=value),
                    _("Choose one of: {choices}.").format(choices=", ".join(choices)),
                )
        find_style(self.style)

    @property
    def wanted(self) -> Style:
        """Raises ConfigError for a style that is not known."""
        return DESCRIPTION if self.task == "describe" else find_style(self.style)

    @property
    def describes(self) -> bool:
        return self.task == "describe"

    @property
    def points(self) -> int:
        """How many points, sentences or items are asked for."""
        return self.bullets or self.wanted.bullets

    @property
    def one_text(self) -> bool:
        """Whether the result is one text about everything, instead of one on each section."""
        return self.wanted.merged

    @property
    def as_list(self) -> bool:
        """Whether the list is made by code: models that cannot merge write no lists either, they copy the request."""
        return not self.merge and self.wanted.name == "outline"

    @property
    def opening_only(self) -> bool:
        """Whether a description is made from the beginning alone: it names the subject of most study texts.

        By choosing, too: asked what a text is about, models that cannot merge answer with its title, or with a remark
        on the question.
        """
        return self.describes and not self.merge


def summary_language(documents: Sequence[Document], wanted: str) -> str:
    """`wanted`, or for `auto` the language most of the text is in; "" where that is neither Italian nor English."""
    if wanted != "auto":
        return wanted
    letters = Counter[str]()
    for document in documents:
        letters[document.language] += sum(len(page.text) for page in document.pages)
    return max(letters, key=letters.__getitem__, default="")
