r"""Cards for Anki: a text file with tabs that Anki's own import reads (docs.ankiweb.net, "Text Files").

Each card has a stable id made from the document and its front: importing again after more was learnt updates the cards
and keeps what Anki knows of how well they are remembered. Formulas go in as MathJax, `\( … \)`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from assistant.errors import ConfigError
from assistant.export.notes import place_name
from assistant.export.study_text import Run, StudyText, study_text, title_of
from assistant.grades import grade_sign
from assistant.i18n import _
from assistant.safe_text import one_line, printable

Item = Mapping[str, Any]

GUID_CHARACTERS = 16
_TAG_UNFIT = re.compile(r"[^\w.-]+")
_DECK_UNFIT = re.compile(r"[:\"\t\n]+")


def write(result: Mapping[str, Any]) -> bytes:
    items: Sequence[Item] = result.get("items") or ()
    if not items:
        raise ConfigError(
            _("There are no cards in this: Anki has nothing to import."),
            _("Make some first, with the style flashcards, quiz, questions or glossary."),
        )
    file = io.StringIO()
    file.write("#separator:tab\n#html:true\n#notetype:Basic\n")
    file.write(f"#deck:{deck_name(result)}\n#guid column:1\n#tags column:4\n")
    rows = csv.writer(file, delimiter="\t", lineterminator="\n")
    claims = result.get("claims") or ()
    for item in items:
        rows.writerow((_guid(result, item), _front(item), _back(item, _claim(item, claims)), _tags(result, item)))
    return file.getvalue().encode()


def deck_name(result: Mapping[str, Any]) -> str:
    """`Sunto::Photosynthesis`: a deck within one that holds all of them."""
    return f"Sunto::{' '.join(_DECK_UNFIT.sub(' ', title_of(result)).split()) or 'Sunto'}"


def _guid(result: Mapping[str, Any], item: Item) -> str:
    """The same for the same question about the same document, whatever the answer says this time."""
    asked = "\0".join((title_of(result), str(item.get("kind", "")), " ".join(str(item.get("prompt", "")).split())))
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:GUID_CHARACTERS]


def _front(item: Item) -> str:
    options = [str(option) for option in item.get("options") or ()]
    listed = "".join(f"<li>{as_html(option)}</li>" for option in options)
    return as_html(str(item.get("prompt", ""))) + (f'<ol type="A">{listed}</ol>' if listed else "")


def _back(item: Item, claim: Mapping[str, Any]) -> str:
    parts = [as_html(_answer(item)), as_html(str(item.get("explanation") or ""))]
    places = [place_name(citation) for citation in claim.get("citations") or ()]
    if places:
        mark = grade_sign(claim.get("support"))
        parts.append(f"<small>{escape('; '.join(places))} {mark}</small>")
    return "<br>".join(part for part in parts if part)


def _answer(item: Item) -> str:
    """Of a quiz with its letter: the options stand on the front."""
    answer, options = str(item.get("answer", "")), [str(option) for option in item.get("options") or ()]
    return f"{chr(ord('A') + options.index(answer))}. {answer}" if answer in options[:26] else answer


def _claim(item: Item, claims: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    index = item.get("claim")
    return claims[index] if isinstance(index, int) and 0 <= index < len(claims) else {}


def _tags(result: Mapping[str, Any], item: Item) -> str:
    words = ("sunto", title_of(result), one_line(str(item.get("section") or "")))
    return " ".join(tag for word in words if (tag := _TAG_UNFIT.sub("_", word).strip("_")))


def as_html(text: str) -> str:
    """Markdown of a line or a few → the HTML of a field, formulas as MathJax."""
    parsed: StudyText = study_text({"summary": printable(text).replace("\n", "  \n"), "title": "-"})
    lines: list[str] = []
    for block in parsed.blocks:
        bullet = f"{block.number}. " if block.number else "• " if block.kind == "item" else ""
        cells = [cell for row in block.rows for cell in row] or [block.runs]
        lines.append(bullet + " · ".join("".join(map(_run, cell)) for cell in cells))
    return "<br>".join(lines)


def _run(run: Run) -> str:
    inner = escape(run.text.replace("\t", " "), quote=False)
    if run.formula:
        return rf"\({inner}\)"
    inner = inner.replace("\n", "<br>")
    for wanted, tag in ((run.code, "code"), (run.italic, "i"), (run.bold, "b")):
        inner = f"<{tag}>{inner}</{tag}>" if wanted else inner
    return inner
