"""The interface speaks Italian as fully as English. After a sentence changed: `python assistant/locale/update.py`."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from textual.widgets import Input

import assistant
from assistant.config import load_settings
from assistant.documents import load_document
from assistant.errors import ConfigError, DocumentError
from assistant.i18n import LANGUAGES, plural, set_language
from assistant.units import format_bytes, format_number
from tests.tui.desk import app_with
from tui.words import amount

LOCALE = Path(assistant.__file__).parent / "locale"
ITALIAN = LOCALE / "it" / "LC_MESSAGES" / "sunto.po"
RUN_UPDATE = "Run `python assistant/locale/update.py`, translate what it names, and run it again."


@pytest.fixture(scope="module")
def update() -> ModuleType:
    """`assistant/locale/update.py`, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("update_catalogues", LOCALE / "update.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def template(update: ModuleType) -> Catalog:
    """The sentences in the code."""
    return update.sentences()


@pytest.fixture(scope="module")
def committed() -> Catalog:
    with ITALIAN.open("rb") as file:
        return read_po(file, locale="it", charset="utf-8")


@pytest.fixture
def italian(committed: Catalog) -> Iterator[None]:
    """The interface in Italian, from a compiled catalogue that is as new as its source."""
    compiled = ITALIAN.with_suffix(".mo")
    assert compiled.exists(), f"{compiled.name} is not compiled. {RUN_UPDATE}"
    with compiled.open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    stale = [one for one, _many, texts in _entries(committed) if spoken.gettext(one) not in texts]
    assert not stale, f"{compiled.name} is older than the catalogue: {stale[:3]}. {RUN_UPDATE}"
    set_language("it")
    yield
    set_language("en")


def test_no_sentence_of_the_interface_is_missing_in_italian(update, template):
    gaps = update.missing(update.updated(ITALIAN, template))
    assert not gaps, f"Not in Italian: {gaps}. {RUN_UPDATE}"


def test_every_sentence_that_is_said_was_found(update, template):
    """One inside an f-string is not, with every release of Python and of Babel."""
    overlooked = {sentence for sentence in _said(update) if sentence not in template}
    assert not overlooked, "Give it a name before the f-string."


def test_nothing_in_the_catalogue_is_stale(update, template, committed):
    kept, wanted = update.as_po(committed).decode(), update.as_po(update.updated(ITALIAN, template)).decode()
    assert kept == wanted, RUN_UPDATE


def test_every_language_of_the_interface_has_its_catalogue(update):
    assert {path.parts[-3] for path in update.catalogues()} == set(LANGUAGES) - {"en"}


def test_the_sentences_that_settings_are_explained_with_are_in_the_catalogue(template):
    from dataclasses import fields

    from assistant.config import Settings

    assert all(item.metadata["sentence"] in template for item in fields(Settings))


def test_what_is_put_into_a_sentence_is_the_same_in_both_languages(committed):
    differing = [
        (sentence, text)
        for one, many, texts in _entries(committed)
        for sentence, text in zip((one, many), texts, strict=False)
        if _fields(sentence) != _fields(text)
    ]
    assert not differing


def test_a_translation_begins_and_ends_like_its_sentence(committed):
    """Capitals and full stops: a sentence stays a sentence, a piece of one stays a piece."""
    differing = [
        (one, text)
        for one, _many, texts in _entries(committed)
        for text in texts
        if _ending(one) != _ending(text) or "  " in text or text != text.strip()
    ]
    assert not differing


def test_accents_are_accents_and_not_apostrophes(committed):
    words = ("perche'", "piu'", "puo'", "e'", "c'e'", "gia'", "cosi'", "perchè", "poichè", "nè", "sè", "E'")
    wrong = [text for _one, _many, texts in _entries(committed) for text in texts if set(words) & set(text.split())]
    assert not wrong


@pytest.mark.usefixtures("italian")
def test_an_error_and_its_hint_are_italian(tmp_path):
    with pytest.raises(DocumentError) as caught:
        load_document(tmp_path / "appunti.md")
    assert str(caught.value) == f"Il file {tmp_path / 'appunti.md'} non c'è."
    assert caught.value.hint.startswith("Controlla il nome e la cartella")


@pytest.mark.usefixtures("italian")
def test_a_wrong_setting_is_explained_in_italian():
    with pytest.raises(ConfigError) as caught:
        load_settings({"style": "poem"})
    assert (str(caught.value), caught.value.hint) == (
        "L'impostazione “style” non può essere “poem”.",
        "Scegli fra: brief, outline, detailed, glossary, questions, quiz, flashcards.",
    )


@pytest.mark.usefixtures("italian")
def test_italian_counts_one_and_many():
    assert plural("{count} page", "{count} pages", 1) == "1 pagina"
    assert plural("{count} page", "{count} pages", 0) == "0 pagine"
    assert amount(3, 12, "chunks") == "3 di 12 parti"


@pytest.mark.usefixtures("italian")
def test_italian_numbers_have_a_comma():
    assert format_bytes(92_871_040) == "92,9 MB"
    assert format_number(2.5, 3) == "2,500"


@pytest.mark.usefixtures("italian")
@pytest.mark.parametrize(
    "command",
    [
        *("", "summarize", "ask", "chat", "extract", "train", "models list", "doctor"),
        *("library", "library add", "library search", "library move", "library remove", "library clean"),
        *("library subject", "compare", "adapters list", "adapters show", "adapters rename", "adapters rollback"),
        *("adapters remove", "adapters import", "adapters export"),
    ],
)
def test_help_is_italian_throughout(command):
    from tui.cli.help import command_parser, program_parser
    from tui.cli.table import all_commands

    text = (command_parser(all_commands()[command]) if command else program_parser()).format_help()
    assert text.startswith("Uso: sunto")
    for english in ("Usage", "options", "default", "Print ", "Language", "Examples", "NAME", "PATH", "NUMBER"):
        assert english not in text


@pytest.mark.usefixtures("italian")
async def test_searching_commands_and_themes_is_italian():
    app = app_with()
    async with app.run_test() as pilot:
        for open_it, asked in ((app.action_command_palette, "comandi"), (app.search_themes, "temi")):
            open_it()
            await pilot.pause()
            assert app.screen.query_one(Input).placeholder == f"Cerca fra i {asked}…"
            app.pop_screen()


def _said(update: ModuleType) -> Iterator[str]:
    """The first sentence of each call that has one, as the compiler sees the code."""
    for package in ("assistant", "adapters", "tui"):
        for path in (update.ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in update.KEYWORDS:
                    first = (update.KEYWORDS[node.func.id] or (1,))[0] - 1
                    match node.args[first : first + 1]:
                        case [ast.Constant(value=str(sentence))]:
                            yield sentence


def _entries(catalog: Catalog) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each translated sentence, the same for many (itself where it has no plural), and its translations."""
    for message in catalog:
        one, many = (message.id, message.id) if isinstance(message.id, str) else message.id
        texts = (message.string,) if isinstance(message.string, str) else tuple(message.string)
        if one and all(texts):
            yield one, many, texts


def _fields(text: str) -> list[str]:
    """What `format` fills in, and how: `{count}`, `{share:.0%}`, and `{{pages}}` for a second `format`."""
    return sorted(re.findall(r"\{+\w[^{}]*\}+", text))


def _ending(sentence: str) -> str:
    return sentence[-1] if sentence[-1] in ".:?!…" else ""
