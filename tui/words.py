"""Numbers and stages as a person reads them, in the interface language. For both front ends."""

from __future__ import annotations

from assistant.i18n import _, plural
from assistant.units import format_bytes, format_number


def stage_name(stage: str) -> str:
    """What a job is doing, for a `Progress.stage`."""
    names = {
        "download": _("Downloading the model"),
        "quantize": _("Making the model small"),
        "load": _("Loading the model"),
        "read": _("Reading the document"),
        "add": _("Reading documents"),
        "ocr": _("Reading the images"),
        "prefill": _("Reading the text"),
        "map": _("Summarizing the parts"),
        "items": _("Going through the parts"),
        "merge": _("Joining the parts"),
        "write": _("Writing"),
        "train": _("Training"),
        "check": _("Checking"),
        "import": _("Importing the adapter"),
        "build": _("Making examples"),
        "prepare": _("Preparing the examples"),
        "fit": _("Trying whether it fits"),
        "evaluate": _("Looking at documents it was not trained on"),
        "rates": _("Trying learning rates"),
    }
    return names.get(stage, stage)


def duration(seconds: float) -> str:
    """`0.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return _("{seconds} s").format(seconds=format_number(max(seconds, 0), 1))
    whole = round(seconds)
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return _("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)
    return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)


def time_left(seconds: float) -> str:
    """An estimate, rounded so that it does not flicker: `about 40 s left`."""
    step = 5 if seconds > 15 else 1
    return _("about {time} left").format(time=duration(max(step, round(seconds / step) * step)))


def amount(done: float, total: float, unit: str) -> str:
    """`3 of 12 pages`, `41.0 MB of 92.9 MB`; empty when the total is not known."""
    if total <= 0:
        return ""
    if unit == "bytes":
        return _("{done} of {total}").format(done=format_bytes(done), total=format_bytes(total))
    whole = int(total)
    things = {
        "tokens": plural("{count} token", "{count} tokens", whole),
        "pages": plural("{count} page", "{count} pages", whole),
        "files": plural("{count} file", "{count} files", whole),
        "chunks": plural("{count} part", "{count} parts", whole),
        "steps": plural("{count} step", "{count} steps", whole),
        "examples": plural("{count} example", "{count} examples", whole),
    }
    return _("{done} of {total}").format(done=int(done), total=things[unit]) if unit in things else ""


def page_reason(code: str) -> str:
    """Why a page was not used, for a code of `assistant.coverage` or a page's warning: `not chosen`, `an image`."""
    names = {
        "not chosen": _("not chosen"),
        "not relevant": _("not about the question"),
        "not the beginning": _("only the beginning was needed"),
        "nothing to summarize": _("nothing to summarize there"),
        "scanned": _("an image"),
        "empty": _("blank"),
        "broken-encoding": _("its fonts do not say which letters they show"),
        "failed": _("could not be read"),
        "glued-words": _("words run together"),
        "formula-heavy": _("many formulas"),
        "ocr-doubtful": _("hard to recognise"),
        "shortened": _("cut short"),
        "hidden": _("a hidden slide"),
    }
    return names.get(code, code)


def language_name(code: str) -> str:
    """`it` → Italian; empty for a language Sunto does not know."""
    return {"it": _("Italian"), "en": _("English")}.get(code, "")
