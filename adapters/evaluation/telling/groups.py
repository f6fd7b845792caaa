"""Which metrics answer the same question of a reader."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.i18n import N_, _

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("How close to what a person wrote"), ("loss", "perplexity", "rouge1", "rouge2", "rougeL", "chrf")),
    (N_("How true to the document"), ("faithful", "details")),
    (
        N_("How long, and how much copied"),
        ("length", "compression", "coverage", "density", "longest_copy", "novel_bigrams"),
    ),
    (N_("What went wrong"), ("wrong_language", "repeats", "unfinished", "empty")),
)


def metric_groups(keys: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The question, and the metrics among `keys` that answer it, in the order to read them; no empty groups."""
    there = list(dict.fromkeys(keys))
    groups = [(_(heading), [key for key in members if key in there]) for heading, members in _GROUPS]
    known = {key for _heading, members in groups for key in members}
    groups.append((_("Other figures"), [key for key in there if key not in known]))
    return [group for group in groups if group[1]]
