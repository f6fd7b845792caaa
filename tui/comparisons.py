"""A comparison as a person reads it: the names of its sides, what is counted of each, and both texts as one answer.

For both front ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from assistant.grades import GRADES
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from tui.words import duration

Result = Mapping[str, Any]
Chosen = int | None
"""The side a person found better without knowing which it was; None where nobody said so."""

NEITHER = -1


def side_name(name: str) -> str:
    """`biology`, `base (no adapter)`."""
    return _("base (no adapter)") if name == "base" else one_line(name)


def title(number: int, name: str = "") -> str:
    """`1 · biology`, of side 0; the number alone while nobody is to know."""
    return f"{number + 1} · {side_name(name)}" if name else str(number + 1)


def titles(result: Result, *, known: bool = True) -> list[str]:
    return [title(number, str(side["adapter"]) if known else "") for number, side in enumerate(_sides(result))]


def texts(result: Result) -> list[str]:
    return [str(side.get("summary") or side.get("answer") or "") for side in _sides(result)]


def counted(result: Result, number: int) -> str:
    """`✔ 3 · ≈ 2 · ? 0 · ✖ 1 · 120 words · 12 s`, of one side."""
    differences = result["differences"]
    grades = [f"{mark} {differences['grades'][number][grade]}" for grade, mark in GRADES.items()]
    words = plural("{count} word", "{count} words", differences["words"][number])
    own = [_OWN[kind]()] if (kind := _sides(result)[number].get("extractive")) in _OWN else []
    return " · ".join([*(grades if _is_graded(result) else []), words, _time(differences, number), *own])


def rows(result: Result) -> list[tuple[str, str, str]]:
    """What is counted, with a value for each side: the grades' marks with their meaning, words, time."""
    differences = result["differences"]
    meanings = {
        "quoted": _("quoted"),
        "supported": _("supported"),
        "weak": _("weak"),
        "unsupported": _("not in the document"),
    }
    graded = [
        (f"{mark} {meanings[grade]}", *(str(counts[grade]) for counts in differences["grades"]))
        for grade, mark in GRADES.items()
        if _is_graded(result)
    ]
    words = (_("words"), *(str(count) for count in differences["words"]))
    time = (_("time"), *(_time(differences, number) for number in (0, 1)))
    own = [str(side.get("extractive") or "no") for side in _sides(result)]
    written = (_("written by the model"), *(_HOW_MUCH_WRITTEN[kind]() for kind in own))
    return cast("list[tuple[str, str, str]]", [*graded, words, time, *([written] if set(own) != {"no"} else [])])


_HOW_MUCH_WRITTEN: dict[str, Callable[[], str]] = {
    "no": lambda: _("all"),
    "partly": lambda: _("partly"),
    "all": lambda: _("nothing"),
}
"""By how much of a text is the document's own sentences instead."""


def revealed(result: Result) -> str:
    """`1 was biology, 2 was base (no adapter).`"""
    one, two = (side_name(str(side["adapter"])) for side in _sides(result))
    return _("1 was {one}, 2 was {two}.").format(one=one, two=two)


def choice_words(result: Result, chosen: Chosen) -> str:
    """`You found 2 better: biology.`; empty where nothing was chosen."""
    if chosen is None:
        return ""
    if chosen == NEITHER:
        return _("You found neither better.")
    name = side_name(str(_sides(result)[chosen]["adapter"]))
    return _("You found {number} better: {name}.").format(number=chosen + 1, name=name)


def choice_of(key: str) -> Chosen:
    """What a person answers to “1, 2, or 0 for neither”; None for anything else."""
    return {"1": 0, "2": 1, "0": NEITHER}.get(key.strip())


def as_answer(result: Result, chosen: Chosen = None) -> dict[str, Any]:
    """The comparison as one answer, each text under the name of its side, with the claims of both.

    So it is kept, exported and checked like any other answer. Characters of the claims are those of the whole.
    """
    text, claims = "", list[dict[str, Any]]()
    for number, (heading, side) in enumerate(zip(titles(result), _sides(result), strict=True)):
        text += ("\n\n" if text else "") + f"## {heading}\n\n"
        claims += [_moved(claim, len(text)) for claim in side.get("claims") or ()]
        text += texts(result)[number].rstrip() + f"\n\n*{counted(result, number)}*"
    closing = [note] if (note := remark(result)) else []
    closing += [choice_words(result, chosen)] if chosen is not None else []
    return {**result, "answer": "\n\n".join([text, *closing]), "claims": claims}


_OWN: dict[str, Callable[[], str]] = {
    "all": lambda: _("the document's own sentences"),
    "partly": lambda: _("partly the document's own sentences"),
}
"""Said of a text that is not the model's, or not all of it, by what its result says of that."""


def remark(result: Result) -> str:
    """What a person should know before comparing them; empty where there is nothing."""
    if all(side.get("extractive") == "all" for side in _sides(result)):
        return _("Neither wrote anything that could be used: both texts are the document's own sentences.")
    return _("Both wrote the same words.") if result["differences"]["same"] else ""


def _moved(claim: Result, characters: int) -> dict[str, Any]:
    place = claim.get("place")
    if not place:
        return dict(claim)
    return {**claim, "place": {name: bound + characters for name, bound in place.items()}}


def _is_graded(result: Result) -> bool:
    return any(sum(counts.values()) for counts in result["differences"]["grades"])


def _time(differences: Result, number: int) -> str:
    return _("kept from before") if differences["kept"][number] else duration(differences["seconds"][number])


def _sides(result: Result) -> Sequence[Result]:
    return cast("Sequence[Result]", result["sides"])
