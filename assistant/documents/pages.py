"""Page numbers as people write them: `3-9,12`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.errors import ConfigError
from assistant.i18n import _, plural

_RANGE = re.compile(r"([0-9]{1,9})?([-–])?([0-9]{1,9})?", re.ASCII)


def parse_pages(text: str, page_count: int, labels: Sequence[str] = ()) -> tuple[int, ...]:
    """The page numbers meant, counted from 1 in the file, in order and each once; empty text means all of them.

    `3-` is from page 3 on, `-3` up to page 3. Raises ConfigError for anything else and for pages not there; with
    `labels`, what is printed on the pages, it says where the one meant is.
    """
    if not text.strip():
        return tuple(range(1, page_count + 1))
    wanted: set[int] = set()
    for part in text.split(","):
        wanted.update(_parse_range(part.strip(), page_count, labels, whole=text))
    return tuple(sorted(wanted))


def format_pages(numbers: Iterable[int]) -> str:
    """The inverse: `3-9, 12`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _parse_range(part: str, page_count: int, labels: Sequence[str], *, whole: str) -> range:
    match = _RANGE.fullmatch("".join(part.split()))
    if match is None or not (match[1] or match[3]):
        raise ConfigError(
            _("“{text}” is not a list of pages.").format(text=whole),
            _("Write pages as in 3-9,12: single pages and ranges with commas between."),
        )
    first = int(match[1] or 1)
    last = int(match[3] or (page_count if match[2] else first))
    for number in (first, last):
        if not 1 <= number <= page_count:
            raise _no_page(number, page_count, labels)
    if last < first:
        raise ConfigError(
            _("The pages {first}-{last} run backwards.").format(first=first, last=last),
            _("Write the smaller number first: {last}-{first}.").format(first=first, last=last),
        )
    return range(first, last + 1)


def _no_page(number: int, page_count: int, labels: Sequence[str]) -> ConfigError:
    hint = plural("The document has {count} page.", "The document has {count} pages.", page_count)
    if str(number) in labels:  # a person says what is printed on the page
        place = labels.index(str(number)) + 1
        hint += " " + _("Count from the first: the page with {label} on it is {number}.").format(
            label=number, number=place
        )
    return ConfigError(_("There is no page {number}.").format(number=number), hint)
