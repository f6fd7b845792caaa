"""What to tell a person when the model in use is not up to the text, in the text's own language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.catalogue import recommend
from assistant.documents.model import Document
from assistant.generation import LanguageModel
from assistant.hardware import describe_machine
from assistant.i18n import N_, _, say_in
from assistant.protocol import Notice
from assistant.units import format_bytes, format_memory

MIN_LETTERS = 100
"""A text of fewer is too short to tell its language."""

_HARDLY_KNOWS = {
    "it": N_("This text is in Italian, and the base model {model} hardly knows Italian: do not trust what it writes."),
    "en": N_("This text is in English, and the base model {model} hardly knows English: do not trust what it writes."),
}
_HARDLY_WRITES = {
    "it": N_("You asked for Italian, and the base model {model} hardly knows Italian: do not trust what it writes."),
    "en": N_("You asked for English, and the base model {model} hardly knows English: do not trust what it writes."),
}
_USE_INSTEAD = N_(
    "{better} knows it. It needs {memory} of memory, best on an NVIDIA graphics card, and downloads {download}: "
    "sunto models fetch {better}"
)


def language_notices(job: str, documents: Sequence[Document], model: LanguageModel, asked: str) -> Iterator[Notice]:
    """Say before the work begins what will be read or, as `asked`, written in a language that is not known well.

    `asked` is a language or `auto`. Nothing is said of a base that nobody here has looked at: it may know them all.
    But the checks of this program know two languages only, whatever the model.
    """
    for document in documents:
        if not document.language and _letters(document) >= MIN_LETTERS:
            yield _unknown_language_notice(job, document.name)
    read = {document.language for document in documents if document.language}
    for language in sorted(read | {asked}):
        if model.languages and language not in model.languages and language in _HARDLY_KNOWS:
            yield _language_notice(job, language, model.name, is_read=language in read)


def _letters(document: Document) -> int:
    return sum(character.isalpha() for page in document.pages for character in page.text[: 10 * MIN_LETTERS])


def _unknown_language_notice(job: str, name: str) -> Notice:
    return Notice(
        job=job,
        level="warning",
        message=_("“{name}” is neither Italian nor English prose, as far as Sunto can tell.").format(name=name),
        hint=_(
            "Summaries of other languages, of tables and of lists come out poor, and their sentences are harder to "
            "check: look up in the document what you rely on."
        ),
    )


def _language_notice(job: str, language: str, model: str, *, is_read: bool) -> Notice:
    """`is_read` where a text is in that language, not only what is to be written about one."""
    message = say_in(language, (_HARDLY_KNOWS if is_read else _HARDLY_WRITES)[language]).format(model=model)
    better, _reason = recommend(describe_machine(), language)
    hint = say_in(language, _USE_INSTEAD).format(
        better=better.name,
        memory=format_memory(better.memory_bytes),
        download=format_bytes(better.download_bytes),
    )
    return Notice(job=job, level="warning", message=message, hint=hint)
