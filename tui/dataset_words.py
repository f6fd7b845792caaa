"""What the codes of an example mean, in words. For both front ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.i18n import _, plural
from assistant.safe_text import one_line

Row = Mapping[str, Any]


def task_name(code: str) -> str:
    """What the target is: `Summary`."""
    names = {
        "summarize": _("Summary"),
        "describe": _("Description"),
        "title": _("Title"),
        "key_sentences": _("Most important sentences"),
    }
    return names.get(code, code)


def tier_name(code: str) -> str:
    names = {
        "A": _("written by people"),
        "B": _("taken from the documents"),
        "C": _("written by the model"),
    }
    return names.get(code, code)


def split_name(code: str) -> str:
    names = {
        "train": _("to learn from"),
        "validation": _("to watch the training with"),
        "test": _("for the report at the end"),
        "": _("for neither: too close to what is kept aside"),
    }
    return names.get(code, code)


def status_name(code: str) -> str:
    names = {
        "pending": _("not looked at"),
        "accepted": _("accepted"),
        "edited": _("edited"),
        "rejected": _("rejected"),
    }
    return names.get(code, code)


def status_count(code: str, count: int) -> str:
    """`2 accepted`."""
    counts = {
        "pending": plural("{count} not looked at", "{count} not looked at", count),
        "accepted": plural("{count} accepted", "{count} accepted", count),
        "edited": plural("{count} edited", "{count} edited", count),
        "rejected": plural("{count} rejected", "{count} rejected", count),
    }
    return counts.get(code, f"{count} {code}")


def origin_name(code: str) -> str:
    """Where the target comes from."""
    names = {
        "sidecar": _("from the file of summaries beside the notes"),
        "folder": _("from the folder of summaries"),
        "front_matter": _("from the head of the file"),
        "section": _("from the summary in the document"),
        "row": _("from a row of the file"),
        "abstract": _("from the abstract or the conclusions"),
        "principal": _("sentences taken out of the text"),
        "title": _("the heading above the text"),
        "base": _("written by the model"),
    }
    return names.get(code, code)


def place_name(place: Row) -> str:
    """`cell.pdf, pp. 3–4, “Osmosis”` or `pairs.csv, line 12`."""
    parts = [one_line(place["document"])]
    if pages := list(place["pages"]):
        first, last = pages[0], pages[-1]
        parts.append(
            _("p. {page}").format(page=first)
            if first == last
            else _("pp. {first}–{last}").format(first=first, last=last)
        )
    if place["line"]:
        parts.append(_("line {line}").format(line=place["line"]))
    if section := one_line(place["section"]):
        parts.append(f"“{section}”")
    return ", ".join(filter(None, parts))
