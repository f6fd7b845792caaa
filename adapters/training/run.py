"""The directory of one training, `$SUNTO_HOME/runs/<name>/`: whatever is needed to go on after a pause or a crash.

    run.json                  what is trained, on what, and how it stands
    examples.jsonl            the very examples, so that going on does not depend on the notes being still there
    metrics.jsonl             the curves (`adapters.training.metrics`)
    checkpoints/, best.safetensors   see `adapters.training.checkpoints`

One process has a run at a time: it holds the lock `<name>.lock` beside the directory, which dies with it. Knows no
torch.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from adapters.dataset.example import Example, Place
from adapters.dataset.whole_file import replace_file
from adapters.training.settings import TrainingSettings
from assistant.errors import TrainingError
from assistant.i18n import _

if TYPE_CHECKING:
    from filelock import BaseFileLock

RunState = Literal["running", "paused", "interrupted", "finished", "failed"]

FORMAT = 1
RUN_FILE = "run.json"
EXAMPLES_FILE = "examples.jsonl"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`run.json`."""

    name: str
    settings: TrainingSettings
    about: Mapping[str, Any]
    """Whatever JSON holds: the data set and its sha256, the base, the device, the subject."""
    state: RunState
    created: float
    """Seconds since 1970, as `updated`."""
    updated: float
    step: int = 0
    """Of the last checkpoint."""
    total: int = 0
    """0 until the first step."""
    published: bool = False
    """Whether the adapter came of it."""


class Run:
    """A run that this process has to itself until `close`; see `adapters.training.runs` for how to come by one."""

    def __init__(self, directory: Path, lock: BaseFileLock) -> None:
        self.directory = directory
        self._lock = lock
        self.facts = read_facts(directory)

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def settings(self) -> TrainingSettings:
        return self.facts.settings

    @property
    def about(self) -> Mapping[str, Any]:
        return self.facts.about

    def examples(self) -> tuple[Example, ...]:
        """As they were given to `runs.create`. Raises TrainingError."""
        return read_examples(self.directory)

    def rungs(self) -> tuple[Mapping[str, Any], ...]:
        """What the run has given up for memory so far (`Room.record`), in the order it was; empty before that."""
        from adapters.training.checkpoints import newest_state

        state = newest_state(self.directory)
        return state.rungs if state else ()

    def note(self, **changes: Any) -> None:
        """Change fields of `facts`, on the disk too. Raises OSError."""
        self.facts = dataclasses.replace(self.facts, updated=time.time(), **changes)
        write_facts(self.directory, self.facts)

    def close(self) -> None:
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def write_facts(directory: Path, facts: Facts) -> None:
    """Raises OSError, then the old ones are as they were."""
    text = json.dumps({"format": FORMAT, **asdict(facts)}, ensure_ascii=False, indent=2)
    replace_file(directory / RUN_FILE, [text, "\n"])


def read_facts(directory: Path) -> Facts:
    """Raises TrainingError for a directory that is no run of ours."""
    try:
        fields = json.loads((directory / RUN_FILE).read_text(encoding="utf-8"))
        if fields.pop("format") != FORMAT:
            raise ValueError("written by another version of Sunto")
        fields["settings"] = TrainingSettings(**fields["settings"])
        return Facts(**fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged(directory.name) from error


def write_examples(directory: Path, examples: Iterable[Example]) -> None:
    """Exactly, characters that no text should have included: their tokens must be the same again. Raises OSError."""
    replace_file(directory / EXAMPLES_FILE, (f"{json.dumps(asdict(example))}\n" for example in examples))


def read_examples(directory: Path) -> tuple[Example, ...]:
    """Also of a run that another process has: they never change. Raises TrainingError."""
    try:
        with (directory / EXAMPLES_FILE).open(encoding="utf-8") as file:
            return tuple(_example(json.loads(line)) for line in file)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise damaged(directory.name) from error


def damaged(name: str) -> TrainingError:
    return TrainingError(
        _("The training “{name}” cannot be read: its files are damaged or from another version of Sunto.").format(
            name=name
        ),
        _("Begin it anew (`sunto train … --overwrite`), or delete it (`sunto runs remove {name}`).").format(name=name),
    )


def _example(fields: dict[str, Any]) -> Example:
    """Raises TypeError, KeyError."""
    fields = {name: _tuples(value) for name, value in fields.items()}
    for name in ("place", "target_place"):
        if fields[name] is not None:
            fields[name] = Place(**{field: _tuples(value) for field, value in fields[name].items()})
    return Example(**fields)


def _tuples(value: Any) -> Any:
    """JSON has lists only, examples none."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
