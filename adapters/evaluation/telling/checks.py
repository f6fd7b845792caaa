"""What was looked at when the adapter was saved, in words."""

from __future__ import annotations

from typing import NamedTuple

from adapters.evaluation.report import Check
from assistant.i18n import _
from assistant.safe_text import one_line


class CheckWords(NamedTuple):
    mark: str
    """✔ passed, ✖ failed, – could not be looked at."""
    label: str
    explanation: str


def check_words(check: Check) -> CheckWords:
    passed, failed, explanation = _sentences(check["name"])
    if check["passed"] is None:
        unseen = _("It could not be looked at here.")
        return CheckWords("–", f"{passed} ({unseen})", f"{unseen} {explanation}")
    return CheckWords("✔", passed, explanation) if check["passed"] else CheckWords("✖", failed, explanation)


def _sentences(name: str) -> tuple[str, str, str]:
    """What is said when it passed, when it failed, and why it matters."""
    match name:
        case "differs":
            return (
                _("It changes what the model says."),
                _("It changes nothing of what the model says."),
                _("With the adapter switched on, the model must answer otherwise than without: else it does nothing."),
            )
        case "reloads":
            return (
                _("Read from the disk again, it is the same."),
                _("Read from the disk again, it is not the same."),
                _(
                    "A fresh start of Sunto loads the saved file and must find the same surprise (loss) as the "
                    "training had in memory: else something was lost in saving."
                ),
            )
        case "ends":
            return (
                _("It knows when an answer is finished."),
                _("It does not know when an answer is finished."),
                _("A model says “here I stop” with a sign of its own; one that unlearned it would never stop writing."),
            )
        case "hashes":
            return (
                _("It is written down which base model it belongs to."),
                _("What is written down of its base model is not true."),
                _("Fingerprints of the base model and of its form of conversation: it is useless with others."),
            )
        case "peft":
            return (
                _("Other programs read it, too."),
                _("Other programs do not read it as Sunto does."),
                _("Loaded by PEFT, the library that most programs use for adapters, it must give the same answers."),
            )
        case other:
            return one_line(other), one_line(other), _("A check of a newer Sunto.")
