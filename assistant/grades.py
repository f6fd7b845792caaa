"""How far the wording of a source bears a claim out, and the signs for it. Importing this costs nothing."""

from __future__ import annotations

from typing import Literal, TypeGuard, get_args

Support = Literal["quoted", "supported", "weak", "unsupported"]
"""`quoted`: it stands there word for word. `supported`: one passage holds what it says. `weak`: only some of it, or
nothing was found that resembles it (then there is no citation). `unsupported`: it has details that no page has."""

GRADES: dict[Support, str] = {"quoted": "✔", "supported": "≈", "weak": "?", "unsupported": "✖"}
"""The best first, as they stand behind a claim."""

WARNING = "⚠"
"""Behind a grade: negation or modality differs."""


def is_grade(support: object) -> TypeGuard[Support]:
    """Of what a result says, which another version may have written."""
    return support in get_args(Support)


def grade_sign(support: object) -> str:
    """The sign of a result's grade; one that is not known is no better than weak."""
    return GRADES[support] if is_grade(support) else GRADES["weak"]
