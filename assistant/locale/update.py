"""Bring the translation catalogues up to date with the sentences in the code: `python assistant/locale/update.py`.

New sentences are added without a translation, vanished ones are dropped, and the compiled catalogues are rewritten.
Prints what still needs a translation and exits with 1 if there is any. Needs Babel (the `test` extra).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "N_": None, "say_in": (2,), "plural": (1, 2), "setting": (2,)}
"""Function → which of its arguments are sentences."""
UNUSED_HEADERS = re.compile(
    rb'"(Project-Id-Version|Report-Msgid-Bugs-To|PO-Revision-Date|Last-Translator|Language-Team|Generated-By):'
)
"""Said elsewhere (git, pyproject.toml), or different with each release of Babel."""


def sentences() -> Catalog:
    """Every sentence a person can see, with where it is said."""
    catalog = Catalog(project="sunto", charset="utf-8", creation_date=datetime(2026, 1, 1, tzinfo=UTC))
    for package in ("assistant", "adapters", "tui"):
        found = extract_from_dir(ROOT / package, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for filename, _line, message, _comments, _context in found:
            # Without line numbers a change elsewhere in the file leaves the catalogue as it is.
            catalog.add(message, locations=[(f"{package}/{filename}".replace("\\", "/"), 0)])
    return catalog


def catalogues() -> Iterator[Path]:
    yield from sorted(Path(__file__).parent.glob("*/LC_MESSAGES/sunto.po"))


def updated(path: Path, template: Catalog) -> Catalog:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parts[-3], charset="utf-8")
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """Sentences without a whole translation."""
    gaps: list[str] = []
    for message in catalog:
        texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if message.id and (message.fuzzy or not all(texts)):
            gaps.append(message.id if isinstance(message.id, str) else message.id[0])
    return gaps


def as_po(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=110, omit_header=False, include_lineno=False, sort_output=True)
    lines = out.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not UNUSED_HEADERS.match(line))


def main() -> int:
    template = sentences()
    gaps = 0
    for path in catalogues():
        catalog = updated(path, template)
        path.write_bytes(as_po(catalog))
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        for sentence in missing(catalog):
            gaps += 1
            print(f"{path.parts[-3]}: {sentence!r}", file=sys.stderr)  # noqa: T201 - a developer's tool
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
