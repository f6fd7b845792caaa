"""What a recognition's child is told, in `Job.options`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    source: str
    """`pdf` or `image`."""
    pages: tuple[int, ...]
    """Indices from 0, in the order they are wanted."""
    page_count: int
    """Of an image file, from its header; a PDF's is asked from pdfium."""
    program: str
    languages: str
    data: str
    find_way_up: bool
    """Whether tesseract has what it takes to see it."""
    adapts_to_light: bool
    """See `tesseract.Tesseract`."""
    one_by_one: bool
    """Set after a child died: then the first page it did not come to is the one it died of."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Task:
        fields: dict[str, Any] = {**options, "pages": tuple(options["pages"])}
        return cls(**fields)
