"""Build hook: compile the translation catalogues (`.po`) into what `gettext` reads (`.mo`).

Runs for wheels and for editable installs, so the program needs no Babel at run time.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:  # noqa: ARG002 - hatchling's signature
        for source in Path(self.root, "assistant", "locale").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text))
