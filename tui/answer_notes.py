"""What is said beneath an answer: which pages it was made from, and what to do where it is doubtful.

For both front ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from assistant.i18n import _, plural
from tui.coverage_bar import coverage_lines, pages_named
from tui.words import amount

Result = Mapping[str, Any]


def origin_lines(result: Result, columns: int) -> list[str]:
    """A bar of pages for a summary, a sentence for an answer. Of that width, or what a terminal wraps."""
    coverage = cast("Result", result.get("coverage") or {})
    if "summary" in result:
        return coverage_lines(coverage, columns)
    return [line for line in (_route(result.get("route") or {}, coverage),) if line]


def advice(result: Result) -> str:
    """What to do where a summary is doubtful, as a command of the app; empty where it is not."""
    if "summary" not in result or result.get("extractive") == "all" or not _is_doubtful(result):
        return ""
    return _("To be on the safe side: /summarize quotes keeps to the document's own sentences.")


def _route(route: Result, coverage: Result) -> str:
    """`Searched: read 3 of 12 pages (pp. 3–4, 9)`; empty where there is no document."""
    total = int(coverage.get("pages_total") or 0)
    used = cast("list[int]", coverage.get("pages_used") or [])
    if total == 0:
        return ""
    if route.get("kind") == "map":
        return _("Read everything, part by part: {pages}").format(pages=plural("{count} page", "{count} pages", total))
    if route.get("kind") != "search":
        return ""  # all of a short text: nothing to be told
    where = f" ({pages_named(used, coverage)})" if used and "documents" not in coverage else ""
    return _("Searched: read {pages}").format(pages=amount(len(used), total, "pages")) + where


def _is_doubtful(result: Result) -> bool:
    claims = cast("Iterable[Result]", result.get("claims") or ())
    problems = cast("Result", result.get("problems") or {})
    return any(claim.get("support") == "unsupported" for claim in claims) or any(problems.values())
