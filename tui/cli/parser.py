"""What was typed → a command and its options. A mistake becomes one sentence and the nearest thing that exists.

argparse reads the options of one command; finding the command is done here, so that global options may stand before
it or after it, and so that argparse's own English sentences never reach a person.
"""

from __future__ import annotations

import argparse
import os
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from assistant.errors import ConfigError
from assistant.i18n import _

MAX_COLUMNS = 100
"""Help is not set wider than this, however wide the terminal."""
_FLAGS = ("-h", "--help", "--version", "--debug", "-q", "--quiet")
_WITH_VALUE = ("--lang",)


@dataclass(frozen=True)
class Invocation:
    """The words of a command line, sorted."""

    command: str
    """Its name, `summarize` or `adapters list`; empty for the bare program."""
    options: tuple[str, ...]
    """Everything else, in order: global options, the command's options, its arguments."""


def find_command(words: Sequence[str], names: Iterable[str]) -> Invocation:
    """Raises ConfigError for a command that does not exist, naming the nearest one."""
    names = list(names)
    before, rest = _split_globals(words)
    if not rest:
        return Invocation("", tuple(before))
    first, rest = rest[0], rest[1:]
    verbs = [name.split()[1] for name in names if name.startswith(f"{first} ")]
    if first in names and not (verbs and _names_a_verb(rest)):
        return Invocation(first, (*before, *rest))
    if not verbs:
        raise _no_command(first, {name.split()[0] for name in names})
    between, rest = _split_globals(rest)
    if not rest:
        if "-h" in (*before, *between) or "--help" in (*before, *between):
            return Invocation(first, (*before, *between))
        raise ConfigError(
            _("“sunto {command}” does nothing alone.").format(command=first),
            _("Say what to do: {verbs}.").format(verbs=", ".join(f"sunto {first} {verb}" for verb in verbs)),
        )
    if rest[0] not in verbs:
        raise _no_command(f"{first} {rest[0]}", [f"{first} {verb}" for verb in verbs])
    return Invocation(f"{first} {rest[0]}", (*before, *between, *rest[1:]))


def wanted_language(words: Sequence[str]) -> str | None:
    """The value of `--lang`, looked up before anything is parsed, since the parser itself speaks."""
    for position, word in enumerate(words):
        if word == "--":
            return None
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang" and position + 1 < len(words):
            return words[position + 1]
    return None


class Parser(argparse.ArgumentParser):
    """Options of one command. Never exits and never prints: mistakes are ConfigErrors, help is `format_help`."""

    def __init__(self, *, prog: str, usage: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            usage=f"{prog} {usage}".replace("%", "%%"),
            description=textwrap.fill(description, help_columns()),
            epilog=epilog,
            formatter_class=_HelpFormatter,
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
        )

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The options, and under `arguments` the other words in order. Raises ConfigError.

        Options may stand before, between and after the arguments; what follows `--` is never an option.
        """
        end = words.index("--") if "--" in words else len(words)
        try:
            options, rest = self.parse_known_args(list(words[:end]))
        except argparse.ArgumentError as error:
            raise _value_error(error) from None
        unknown = [word for word in rest if word.startswith("-") and word != "-"]
        if unknown and not options.help:
            name = unknown[0].partition("=")[0]
            raise unknown_option(name, self._option_string_actions, self.see_help())
        options.arguments = [*rest, *words[end + 1 :]]
        return options

    def error(self, message: str) -> NoReturn:
        """argparse calls this for what it does not raise; our own checks come first, so this is rare."""
        raise ConfigError(message[:1].upper() + message[1:] + ".", self.see_help())

    def see_help(self) -> str:
        return _("Run `{command} --help` to see what it takes.").format(command=self.prog)


def unknown_option(name: str, known: Iterable[str], otherwise: str) -> ConfigError:
    near = _nearest(name, known)
    return ConfigError(
        _("There is no option “{name}”.").format(name=name),
        _("Did you mean “{near}”?").format(near=near) if near else otherwise,
    )


def _split_globals(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Leading global options, and everything from the first other word on."""
    position = 0
    while position < len(words) and words[position].startswith("-"):
        name, equals, _value = words[position].partition("=")
        if name in _WITH_VALUE:
            position += 1 if equals else 2
        elif name in _FLAGS:
            position += 1
        else:
            raise unknown_option(
                name, (*_FLAGS, *_WITH_VALUE), _("Options of a command come after it; see `sunto --help`.")
            )
    return list(words[:position]), list(words[position:])


def _names_a_verb(rest: Sequence[str]) -> bool:
    """Whether a word follows the family's, past global options; else the family's word alone is meant, as in
    `sunto library --json`."""
    words = iter(rest)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif word not in _FLAGS and word.partition("=")[0] not in _WITH_VALUE:
            return not word.startswith("-")
    return False


def _no_command(typed: str, known: Iterable[str]) -> ConfigError:
    message = _("There is no command “{name}”.").format(name=typed)
    if near := _nearest(typed, known):
        return ConfigError(message, _("Did you mean “{near}”?").format(near=near))
    if Path(typed).exists():
        return ConfigError(message, _("To summarize a file: sunto summarize {path}").format(path=typed))
    return ConfigError(message, _("Run `sunto --help` to see the commands."))


def _nearest(word: str, known: Iterable[str]) -> str | None:
    import difflib  # deferred: only a mistake needs it

    found = difflib.get_close_matches(word.lower(), list(known), n=1)
    return found[0] if found else None


def _value_error(error: argparse.ArgumentError) -> ConfigError:
    """With our types raising ConfigError themselves, argparse is left with two complaints about values."""
    option = (error.argument_name or "").replace("/", ", ")
    if "ignored explicit argument" in error.message:
        return ConfigError(
            _("The option {option} takes no value.").format(option=option), _("Leave out what follows “=”.")
        )
    return ConfigError(
        _("The option {option} needs a value.").format(option=option),
        _("Write it after the option, with a space or “=” between."),
    )


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Keeps our line breaks in examples, fits the terminal, and says "Usage" in the interface language."""

    def __init__(self, prog: str, **options: Any) -> None:
        options.setdefault("width", help_columns())
        super().__init__(prog, max_help_position=26, **options)

    def add_usage(
        self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or _("Usage:") + " ")


def help_columns() -> int:
    """Columns to set help in. `COLUMNS` wins over the terminal, as in argparse."""
    wanted = os.environ.get("COLUMNS", "")
    try:
        columns = int(wanted) if wanted.isdigit() else os.get_terminal_size().columns
    except OSError:  # not a terminal
        columns = 80
    return max(40, min(columns - 2, MAX_COLUMNS))
