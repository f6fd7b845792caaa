"""Settings, each declared once: its default, its unit and one plain sentence.

A setting comes from, strongest first: an option on the command line, `SUNTO_<NAME>` in the environment,
`settings.toml` in the data directory, the default here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from assistant.errors import ConfigError
from assistant.i18n import _

STYLES = ("brief", "outline", "detailed", "glossary", "questions", "quiz", "flashcards")
SUMMARY_LANGUAGES = ("auto", "it", "en")
UNSUPPORTED = ("mark", "drop", "rewrite")
EXTRACTIVE = ("auto", "only", "off")
OCR = ("auto", "off")
PICTURES = ("auto", "kitty", "sixel", "blocks")
STOP_ON_FORGETTING = ("off", "on")


def setting(default: Any, sentence: str, *, choices: tuple[str, ...] = (), minimum: float | None = None) -> Any:
    """A field of `Settings` with the sentence that help and the settings screen show beneath it."""
    return field(default=default, metadata={"sentence": sentence, "choices": choices, "minimum": minimum})


@dataclass(frozen=True)
class Settings:
    model: str = setting("auto", "Base model: a name from `sunto models list`, a hub id, or a folder.")
    adapter: str = setting(
        "auto",
        "Adapter to answer with: a name, `auto` for that of the documents' subject, or `none` for the bare base model.",
    )
    style: str = setting("brief", "How a summary is written.", choices=STYLES)
    language: str = setting(
        "auto", "Language of summaries and answers; `auto` is the document's own.", choices=SUMMARY_LANGUAGES
    )
    bullets: int = setting(0, "Points per section of a summary; 0 leaves it to the style.", minimum=0)
    unsupported: str = setting(
        "mark",
        "Sentences with a number, date, formula or name that the document does not have: marked, left out, or "
        "written again.",
        choices=UNSUPPORTED,
    )
    extractive: str = setting(
        "auto",
        "The document's own sentences instead of the model's: where the model fails, only them, or never.",
        choices=EXTRACTIVE,
    )
    device: str = setting("auto", "Where the model runs.", choices=("auto", "cpu", "cuda"))
    temperature: float = setting(0.0, "0 gives the same answer every time; higher is more varied.", minimum=0)
    max_new_tokens: int = setting(512, "Longest answer, in tokens (about three quarters of a word each).", minimum=1)
    ocr: str = setting(
        "auto", "Whether text is recognised on pages that are images, where tesseract is installed.", choices=OCR
    )
    tesseract: str = setting("auto", "Where the program tesseract is; `auto` looks for it.")
    pictures: str = setting(
        "auto",
        "How the app shows pages as they look: `auto` finds out what the terminal can; `blocks` works everywhere.",
        choices=PICTURES,
    )
    kept_memory_mb: int = setting(
        0, "Memory for documents as the model has read them, in MB; 0 chooses by what is free.", minimum=0
    )
    kept_disk_mb: int = setting(
        0, "Disk space for them while Sunto runs, in MB, where memory is short; 0 keeps them off the disk.", minimum=0
    )
    stop_on_forgetting: str = setting(
        "off",
        "Whether a training ends by itself once it costs the model too much of what it knew; looking takes time.",
        choices=STOP_ON_FORGETTING,
    )
    seed: int = setting(0, "Start of the random numbers, for answers that can be repeated.", minimum=0)


def data_dir() -> Path:
    """Where models, adapters and the library are kept: `SUNTO_HOME`, or the user's data directory. Created."""
    override = os.environ.get("SUNTO_HOME")
    if override:
        path = Path(override).expanduser().absolute()
    else:
        import platformdirs  # deferred: `sunto --help` does not need it

        path = Path(platformdirs.user_data_dir("sunto", appauthor=False))
    return _made(path)


def data_folder(name: str, *, writable: bool = False) -> Path:
    """A folder in the data directory, created. Raises ConfigError, also where `writable` is asked for and it is not."""
    path = _made(data_dir() / name)
    if writable and not os.access(path, os.W_OK):
        raise ConfigError(
            _("Nothing can be written to the folder {path}.").format(path=path),
            _("Set SUNTO_HOME to a folder you can write to."),
        )
    return path


def _made(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            _("The data directory {path} cannot be made: {reason}.").format(path=path, reason=error.strerror),
            _("Set SUNTO_HOME to a folder you can write to."),
        ) from error
    return path


def offline() -> bool:
    """True when `SUNTO_OFFLINE` forbids any use of the network."""
    return os.environ.get("SUNTO_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Raises ConfigError for an unknown setting or a value of the wrong kind, naming the nearest known one."""
    values: dict[str, object] = dict(_read_file(data_dir() / "settings.toml"))
    for item in fields(Settings):
        if (text := os.environ.get(f"SUNTO_{item.name.upper()}")) is not None:
            values[item.name] = text
    values.update({name: value for name, value in (overrides or {}).items() if value is not None})
    return Settings(**{name: _checked(name, value) for name, value in values.items()})


def _read_file(path: Path) -> dict[str, object]:
    import tomllib  # deferred: help declares its options from `Settings` without reading any

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(
            _("The settings file {path} cannot be read: {reason}.").format(path=path, reason=error),
            _("Mend it, or rename it to start from the defaults."),
        ) from error


def _checked(name: str, value: object) -> Any:
    """The value in the setting's own type. Raises ConfigError."""
    known = {item.name: item for item in fields(Settings)}
    if name not in known:
        import difflib  # deferred: only a mistake needs it

        near = difflib.get_close_matches(name, known, n=1)
        raise ConfigError(
            _("There is no setting called “{name}”.").format(name=name),
            _("Did you mean “{near}”?").format(near=near[0])
            if near
            else _("Known settings: {names}.").format(names=", ".join(known)),
        )
    default: Any = known[name].default
    choices: tuple[str, ...] = known[name].metadata["choices"]
    minimum: float | None = known[name].metadata["minimum"]
    try:
        converted = type(default)(value)
    except (TypeError, ValueError) as error:
        kind = {"int": _("whole number"), "float": _("number")}.get(type(default).__name__, _("text"))
        hint = _("It is a {kind}; the default is {default}.").format(kind=kind, default=default)
        raise _refused(name, value, hint) from error
    if choices and converted not in choices:
        raise _refused(name, value, _("Choose one of: {choices}.").format(choices=", ".join(choices)))
    if minimum is not None and not minimum <= converted < float("inf"):  # written so that NaN is refused as well
        hint = _("The smallest is {minimum}; the default is {default}.").format(minimum=minimum, default=default)
        raise _refused(name, value, hint)
    return converted


def _refused(name: str, value: object, hint: str) -> ConfigError:
    return ConfigError(_("The setting “{name}” cannot be “{value}”.").format(name=name, value=value), hint)
