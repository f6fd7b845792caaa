"""Base model → data → run → versions, as stages that a terminal, the app and a page can each draw in their way.

Much of it comes from the adapter's card, which may be a stranger's: what is not of the expected kind is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from adapters.evaluation.report import Lineage
from adapters.evaluation.telling.names import language_name
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from assistant.units import format_number, plain_number

_MAX_FILES = 6
_MAX_CHARACTERS = 200
_LARGEST = 1e15
_SMALLEST_RATE = 1e-9
"""Of what a card may say: larger and smaller numbers are nobody's settings."""

Fields = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One box of the drawing. From each an arrow leads to the next; `versions` of one adapter follow one another."""

    key: Literal["base", "data", "run", "version"]
    title: str
    facts: tuple[str, ...]
    """A line each."""
    gives: str = ""
    """What it hands on: beside the arrow to the next."""
    current: bool = False
    """The version that the report is about."""


def lineage_lines(lineage: Lineage) -> list[Stage]:
    """The stages from the base model to the newest version; what is not known is left out."""
    return [
        _base(lineage["base"]),
        *([_data(lineage["data"])] if lineage["data"] else []),
        *([_run(lineage["run"])] if lineage["run"] else []),
        *(_version(version) for version in lineage["versions"]),
    ]


def _base(base: Fields) -> Stage:
    parameters, languages = _number(base, "parameters"), _list(base, "languages")
    return Stage(
        key="base",
        title=_("Base model: {name}").format(name=_text(base, "name") or _("not known")),
        facts=_known(
            _("{count} numbers inside, learned by others from very much text").format(count=_count(parameters))
            if parameters
            else "",
            _("licence {name}").format(name=_text(base, "license")) if base.get("license") else "",
            _("speaks {languages}").format(languages=_some(map(language_name, languages))) if languages else "",
        ),
        gives=_("all it knows"),
    )


def _data(data: Fields) -> Stage:
    tiers = data.get("tiers")
    counts = cast("Fields", tiers) if isinstance(tiers, dict) else {}
    by_people, by_rule, by_model = (_whole(counts, tier) for tier in "ABC")
    learned, held_out, files = _whole(data, "examples"), _whole(data, "held_out"), _list(data, "files")
    return Stage(
        key="data",
        title=_("Your examples: {name}").format(name=_text(data, "file") or _("not known")),
        facts=_known(
            plural("{count} example to learn from", "{count} examples to learn from", learned) if learned else "",
            plural("{count} kept aside", "{count} kept aside", held_out) if held_out else "",
            ", ".join(
                _known(
                    plural("{count} written or approved by people", "{count} written or approved by people", by_people)
                    if by_people
                    else "",
                    plural(
                        "{count} taken from the documents by rule", "{count} taken from the documents by rule", by_rule
                    )
                    if by_rule
                    else "",
                    plural("{count} written by the model itself", "{count} written by the model itself", by_model)
                    if by_model
                    else "",
                )
            ),
            _("from {files}").format(files=_some(files)) if files else "",
        ),
        gives=_("how you want it written"),
    )


def _run(run: Fields) -> Stage:
    steps, kept, rate, r = (_number(run, key) for key in ("steps", "kept_step", "learning_rate", "r"))
    kinds = {
        "lora": _("an adapter that is always on (lora)"),
        "alora": _("an adapter that begins with the answer (alora)"),
    }
    return Stage(
        key="run",
        title=_("The training"),
        facts=_known(
            plural("{count} step", "{count} steps", int(steps)) if steps else "",
            _("the best was step {step}, and it was kept").format(step=f"{kept:g}") if kept and kept != steps else "",
            _("learning rate {rate}: how long each step is").format(rate=plain_number(rate))
            if rate and rate > _SMALLEST_RATE
            else "",
            kinds.get(_text(run, "kind"), ""),
            _("rank {r}: how much it can take in").format(r=f"{r:g}") if r else "",
            _ended(_text(run, "ended")),
        ),
        gives=_("the adapter"),
    )


def _ended(how: str) -> str:
    return {
        "overfitting": _("it ended early, before learning its examples by heart"),
        "diverged": _("it lost its way, and ended with the last good step"),
        "forgetting": _("it ended early, before forgetting too much"),
        "stopped": _("it was stopped by hand"),
    }.get(how, "")


def _version(version: Fields) -> Stage:
    before, after = _number(version, "loss_before"), _number(version, "loss_after")
    return Stage(
        key="version",
        title=_("Version {number}").format(number=_text(version, "version") or "?"),
        facts=_known(
            _text(version, "created")[:10],
            _("surprise at the right answer (loss) {before} → {after}").format(
                before=format_number(before, 3), after=format_number(after, 3)
            )
            if before is not None and after is not None
            else _("not measured"),
            _text(version, "file"),
        ),
        gives=_("its place"),
        current=bool(version.get("current")),
    )


def _known(*facts: str) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    return one_line(str(value))[:_MAX_CHARACTERS] if isinstance(value, str | int) else ""


def _number(fields: Fields, key: str) -> float | None:
    value = fields.get(key)
    return value if isinstance(value, int | float) and 0 <= value < _LARGEST else None


def _whole(fields: Fields, key: str) -> int:
    """0 where it is not known."""
    return int(_number(fields, key) or 0)


def _list(fields: Fields, key: str) -> list[str]:
    values = fields.get(key)
    return (
        [one_line(str(value))[:_MAX_CHARACTERS] for value in cast("list[Any]", values)]
        if isinstance(values, list)
        else []
    )


def _some(values: Iterable[str]) -> str:
    names = list(values)
    shown = ", ".join(names[:_MAX_FILES])
    more = len(names) - _MAX_FILES
    return _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown


def _count(parameters: float) -> str:
    """`135 million`, `4.0 billion`."""
    if parameters >= 1e9:
        return _("{count} billion").format(count=format_number(parameters / 1e9, 1))
    return _("{count} million").format(count=format_number(parameters / 1e6, 0))
