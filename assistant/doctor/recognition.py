"""Whether pages that are images can be read. Wished for, not needed: so never a problem."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.config import load_settings
from assistant.doctor.check import Check
from assistant.documents.ocr.advice import Advice, lacking_language, why_not
from assistant.documents.ocr.options import Recognition
from assistant.documents.ocr.recognise import recogniser
from assistant.documents.ocr.tesseract import NoTesseract
from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.safe_text import printable


def examine() -> Iterator[Check]:
    yield check_recognition()


def check_recognition() -> Check:
    name = _("text recognition")
    try:
        settings = load_settings()
    except ConfigError as error:
        return Check(name, "warning", error.message, error.hint)
    try:
        tesseract = recogniser(Recognition(settings.ocr, settings.tesseract))
    except NoTesseract as answer:
        unread = _("Pages that are only images are named, not read.")
        advice = why_not(answer)
        if answer.problem in ("off", "missing"):  # nothing is wrong: it was never asked for
            return Check(name, "ok", unread, advice.sentence, advice.command)
        return Check(name, "warning", unread, advice.sentence, advice.command)
    message = _("tesseract {version} with {languages}: {program}.").format(
        version=printable(tesseract.version), languages=tesseract.languages, program=printable(tesseract.program)
    )
    if advice := lacking_language(tesseract) or _lacking_orientation(tesseract.sees_orientation):
        return Check(name, "warning", message, advice.sentence, advice.command)
    return Check(name, "ok", message)


def _lacking_orientation(sees_orientation: bool) -> Advice | None:
    if sees_orientation:
        return None
    return Advice(
        _("It cannot tell which way up a page is: add `osd.traineddata` to its data, or turn such pages yourself.")
    )
