"""What could be meant by what is typed so far: slash commands, their arguments, and paths. Pure but for folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.actions import Action, commands, find_command, split_command

MAX_COMPLETIONS = 8
MAX_ENTRIES = 2000
"""Entries of one folder that are looked at: a network share with a million files must not stall a keystroke."""

DATA_SUFFIXES = (".jsonl", ".json", ".csv", ".tsv")
"""Of files with an example in each row."""


@dataclass(frozen=True)
class Completion:
    text: str
    """The whole line, once accepted."""
    label: str
    """What the list shows."""
    note: str = ""
    """Said beside it, dim."""


def complete(line: str, *, adapters: Sequence[str] = (), documents: Sequence[str] = ()) -> list[Completion]:
    """Completions of a line that begins with a slash, best first; nothing for anything else."""
    if not line.startswith("/") or "\n" in line:
        return []
    if " " not in line:
        return _commands(line[1:])
    word, _argument = split_command(line) or ("", "")
    action = find_command(word)
    return _arguments(action, line, adapters, documents)[:MAX_COMPLETIONS] if action else []


def is_whole(line: str) -> bool:
    """Whether a line can be meant as it stands: a command by any of its names, and no word begun that may go on."""
    command = split_command(line)
    action = find_command(command[0]) if command else None
    needs_more = action is None or (action.arguments and not action.arguments.startswith("["))
    return not needs_more and (line.endswith(" ") or " " not in line)


def _commands(start: str) -> list[Completion]:
    start = start.lower()
    found = [action for action in commands() if action.name.startswith(start)]
    found += [
        action
        for action in commands()
        if action not in found and any(alias.startswith(start) for alias in action.aliases)
    ]
    return [
        Completion(f"/{action.name}" + (" " if action.arguments else ""), f"/{action.name}", action.sentence)
        for action in found
    ]


def _arguments(action: Action, line: str, adapters: Sequence[str], documents: Sequence[str]) -> list[Completion]:
    if action.completes in ("path", "folder"):
        return _paths(line, _suffixes(action))
    words = {
        "words": action.words,
        "adapter": (*adapters, "auto", "none"),
        "adapter name": tuple(adapters),
        "sides": _sides(action, line, adapters),
        "document": tuple(documents),
        "": (),
    }[action.completes]
    head, _space, start = line.rpartition(" ")
    return [
        Completion(f"{head} {word}", word)
        for word in words
        if word.lower().startswith(start.lower()) and word not in head.split() and word != start
    ]


def _sides(action: Action, line: str, adapters: Sequence[str]) -> tuple[str, ...]:
    """Two adapters, then what is to be compared; nothing once a question has begun."""
    typed = line.split(" ")[1:-1]
    if len(typed) < 2:
        return (*adapters, "base")
    return action.words if set(typed[2:]) <= set(action.words) else ()


def _suffixes(action: Action) -> tuple[str, ...]:
    if action.completes == "folder":
        return ()
    if action.name == "train":
        return data_suffixes()
    from assistant.documents import READERS  # deferred: the first screen does without it

    return tuple(READERS)


def data_suffixes() -> tuple[str, ...]:
    """Of the files that examples can be made of."""
    from assistant.documents import READERS

    return (*DATA_SUFFIXES, *READERS)


def _paths(line: str, suffixes: tuple[str, ...]) -> list[Completion]:
    """Folders and the files with one of the suffixes that continue what is typed; hidden ones when asked for."""
    command, _space, typed = line.partition(" ")
    return [Completion(f"{command} {found.text}", found.label) for found in complete_path(typed, suffixes)]


def complete_path(typed: str, suffixes: tuple[str, ...]) -> list[Completion]:
    """The same of a path alone, best first."""
    typed = typed.lstrip().lstrip("\"'")
    folder, start = os.path.split(typed)
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            names = [_name(entry) for _count, entry in zip(range(MAX_ENTRIES), entries, strict=False)]
    except (OSError, ValueError, RuntimeError):  # RuntimeError: `~somebody` where there is no such user
        return []
    wanted = [
        name
        for name in names
        if name.lower().startswith(start.lower())
        and (start.startswith(".") or not name.startswith("."))
        and (name.endswith(os.sep) or name.lower().endswith(suffixes))
    ]
    wanted.sort(key=lambda name: (name.endswith(os.sep), name.lower()))
    prefix = typed[: len(typed) - len(start)]
    return [Completion(f"{prefix}{name}", name) for name in wanted]


def _name(entry: os.DirEntry[str]) -> str:
    try:
        return entry.name + (os.sep if entry.is_dir() else "")
    except OSError:
        return entry.name
