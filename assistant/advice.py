"""What to tell a person when the model in use is not up to the text, in the text's own language."""

from __future__ import annotations

from assistant.catalogue import recommend
from assistant.hardware import describe_machine
from assistant.i18n import N_, say_in
from assistant.units import format_bytes, format_memory

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


def language_notice(language: str, model: str, *, asked: bool = False) -> tuple[str, str] | None:
    """Message and hint for a text in a language that `model` does not know; None for other languages.

    `asked` where the text is not in that language, but what is written about it shall be.
    """
    if language not in _HARDLY_KNOWS:
        return None
    message = say_in(language, (_HARDLY_WRITES if asked else _HARDLY_KNOWS)[language]).format(model=model)
    better, _reason = recommend(describe_machine(), language)
    hint = say_in(language, _USE_INSTEAD).format(
        better=better.name,
        memory=format_memory(better.memory_bytes),
        download=format_bytes(better.download_bytes),
    )
    return message, hint
