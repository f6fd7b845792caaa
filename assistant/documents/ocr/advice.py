"""What to tell a person about text recognition: how to get it on this system, what is wrong with it."""

from __future__ import annotations

import platform
import sys
from typing import NamedTuple

from assistant.documents.ocr.tesseract import NoTesseract, Tesseract
from assistant.i18n import _
from assistant.safe_text import printable


class Advice(NamedTuple):
    sentence: str
    command: str = ""
    """The exact command that does it, where there is one."""

    def __str__(self) -> str:
        return f"{self.sentence} {self.command}".rstrip()


_COMMANDS = {
    "debian": "sudo apt install tesseract-ocr tesseract-ocr-ita",
    "ubuntu": "sudo apt install tesseract-ocr tesseract-ocr-ita",
    "fedora": "sudo dnf install tesseract tesseract-langpack-ita",
    "rhel": "sudo dnf install tesseract tesseract-langpack-ita",
    "arch": "sudo pacman -S tesseract tesseract-data-eng tesseract-data-ita tesseract-data-osd",
    "suse": "sudo zypper install tesseract-ocr tesseract-ocr-traineddata-italian",
    "macos": "brew install tesseract tesseract-lang",
}
"""By the names that systems and those they descend from go by in os-release(5)."""


def how_to_get() -> Advice:
    """How to install tesseract with Italian and English on this system, or to add what it lacks."""
    for name in _system_names():
        if name in _COMMANDS:
            return Advice(_("Install tesseract, which reads text from images:"), _COMMANDS[name])
        if name == "windows":
            return Advice(
                _(
                    "Install tesseract, which reads text from images, from github.com/UB-Mannheim/tesseract/wiki; "
                    "choose Italian under the additional languages."
                )
            )
    return Advice(
        _(
            "Install tesseract, which reads text from images, with its Italian and English data, from your system's "
            "package manager."
        )
    )


def why_not(answer: NoTesseract) -> Advice:
    """What keeps images from being read, and what to do about it."""
    match answer.problem:
        case "off":
            return Advice(_("Text recognition is turned off: set `ocr` to auto to read pages that are images."))
        case "missing":
            return how_to_get()
        case "not-there":
            return Advice(
                _("There is no program {path}: set `tesseract` to where tesseract is, or to auto.").format(
                    path=printable(answer.program)
                )
            )
        case "broken":
            return Advice(
                _("tesseract, which reads text from images, does not run ({path}): install it again.").format(
                    path=printable(answer.program)
                )
            )
        case "languages":
            return Advice(
                _("tesseract knows neither Italian nor English here.") + " " + how_to_get().sentence,
                how_to_get().command,
            )


def lacking_language(tesseract: Tesseract) -> Advice | None:
    """What tesseract does without here, and how to get it; None when it has all of ours."""
    if not tesseract.lacking:
        return None
    sentence = (
        _("tesseract has no Italian here, so accents and words may come out wrong.")
        if "ita" in tesseract.lacking
        else _("tesseract has no English here, so English words may come out wrong.")
    )
    how = how_to_get()
    return Advice(f"{sentence} {how.sentence}", how.command)


def _system_names() -> list[str]:
    if sys.platform == "win32":
        return ["windows"]
    if sys.platform == "darwin":
        return ["macos"]
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return []
    return [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
