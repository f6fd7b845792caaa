"""What could not be judged, and why."""

from __future__ import annotations

from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, NotJudged
from adapters.evaluation.telling.differences import system_name
from adapters.evaluation.telling.metrics import metric_words
from assistant.i18n import _
from assistant.safe_text import one_line


def not_judged_words(gap: NotJudged) -> str:
    """`What it may have forgotten: it was not asked for.`"""
    return _("{what}: {why}").format(what=_what(gap["what"]), why=_why(gap))


def _what(what: str) -> str:
    parts = {
        "forgetting": _("What it may have forgotten"),
        "blind": _("Blind comparison"),
        "judge": _("The model as a judge"),
        "texts": _("Written texts"),
        "checks": _("Whether it really works"),
        "lineage": _("Where it comes from"),
        "leakage": _("Whether it was trained on what it is tested with"),
        "verdict": _("Whether it was worth it"),
        "earlier": _("Earlier versions"),
    }
    if what in parts:
        return parts[what]
    if what in (BASE, EXAMPLES, ADAPTER) or what.startswith("version:"):
        return system_name(what)
    return metric_words(what).label


def _why(gap: NotJudged) -> str:
    why, details = gap["why"], gap["details"]
    if why == "broken" and details.get("reason"):
        return one_line(str(details["reason"]))
    if why == "no_test_data" and details.get("leaked"):
        return _("the adapter was trained on everything that it could be tested with; give other texts with `--data`.")
    if why == "does_not_fit" and gap["what"] == EXAMPLES:
        return _("with two examples before it, a text no longer fits into what the model can read at once.")
    reasons = {
        "few_documents": _("there are too few documents to tell a difference from luck; keep at least three aside."),
        "no_references": _("no text by a person is there to compare with."),
        "no_test_data": _("nothing is kept aside to test with; give a data set with `--data`."),
        "no_examples": _("there are no two examples of the same kind to show the model."),
        "does_not_fit": _("a text does not fit into what the model can read at once, and was left out."),
        "broken": _("the adapter cannot be used."),
        "no_language": _("the language of the texts is not known, or Sunto has nothing in it to test with."),
        "wrote_nothing": _("nothing was written that could be measured."),
        "no_run": _("the training is no longer on this machine, so what it was trained on cannot be compared."),
        "stopped": _("the measuring was stopped before; ask for the report again, and it goes on from there."),
        "not_asked": _("it was not asked for."),
    }
    return reasons.get(why) or one_line(why)
