"""What a front end may ask for on the way from notes to an adapter: data sets and trainings."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.protocol.registered import wire
from assistant.protocol.requests import ModelRequest, Request


@wire
@dataclass(frozen=True, kw_only=True)
class BuildDataset(ModelRequest):
    """Make examples of notes, documents and files of rows, and keep them as a data set.

    The model is only asked where tier C is wanted.
    """

    paths: tuple[str, ...] = ()
    """Folders, documents, or files of rows."""
    name: str = ""
    """What the data set is called; empty for the first path's own name."""
    tiers: str = "AB"
    """Of A (written by people), B (taken from the documents) and C (written by the base model)."""
    columns: tuple[tuple[str, str], ...] = ()
    """(what it holds: text, target or task; the column's name) for tables whose columns are called otherwise."""
    language: str = ""
    """Only examples in it: it, en, or empty for all."""
    candidates: int = 3
    """How many the base model writes, of which the one most like the others is kept."""
    password: str = ""
    overwrite: bool = False
    """Build again what is there; what was said in a review stays, where the example does."""


@wire
@dataclass(frozen=True, kw_only=True)
class ListDatasets(Request):
    pass


@wire
@dataclass(frozen=True, kw_only=True)
class CheckDataset(Request):
    """Composition, lengths, duplicates, languages, suspicious examples, and whether it is enough."""

    data: str
    """The name of a data set, or a path to build one from for this look alone."""


@wire
@dataclass(frozen=True, kw_only=True)
class ListExamples(Request):
    data: str
    status: str = ""
    """pending, accepted, edited or rejected; empty for all. So with the next ones."""
    tier: str = ""
    task: str = ""
    split: str = ""
    examples: tuple[str, ...] = ()
    """Only these ids; empty for all."""
    offset: int = 0
    limit: int = 50
    """0 for their ids alone."""


@wire
@dataclass(frozen=True, kw_only=True)
class ReviewExample(Request):
    data: str
    example: str
    """Its id."""
    decision: str
    """accept, edit, reject, or undo: as before anybody said anything."""
    target: str = ""
    """The new target of an edit."""


@wire
@dataclass(frozen=True, kw_only=True)
class ExportDataset(Request):
    data: str
    path: str
    format: str = "jsonl"
    """jsonl (all that is known), messages, sharegpt, alpaca, prompt_completion, document_summary, csv or tsv"""
    overwrite: bool = False


@wire
@dataclass(frozen=True, kw_only=True)
class RemoveDataset(Request):
    name: str


@dataclass(frozen=True, kw_only=True)
class TrainingRequest(Request):
    data: str
    """The name of a data set, or a path to build one from: a folder of notes, documents, or a file of rows."""
    name: str
    model: str = ""
    device: str = ""
    learning_rate: float = 1e-4
    epochs: int = 3
    max_steps: int = 0
    """0 is no limit."""
    batch_size: int = 8
    """Examples per optimizer step."""
    r: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    kind: str = "lora"
    """lora (active on every token) or alora (active from the answer on)"""
    seed: int = 0
    max_tokens: int = 0
    """Length of one example; 0 leaves it to the device."""
    patience: int = 3
    """So many evaluations without an improvement end the training; 0 never does."""


@wire
@dataclass(frozen=True, kw_only=True)
class Train(TrainingRequest):
    subject: str = ""
    """It answers about the documents of this one from now on; empty for none."""
    overwrite: bool = False
    """The adapter that has the name becomes a version; an unfinished run of that name is begun anew."""
    resume: bool = False
    """Go on with the unfinished run of this name: its own settings and data count, not those of the request."""
    few: bool = False
    """Train even on so few examples that examples in the prompt would do better."""
    evaluate: bool = True
    """Measure it beside the base when it is published (`Evaluate`)."""


@wire
@dataclass(frozen=True, kw_only=True)
class CheckFit(TrainingRequest):
    """Would this training fit into memory, and how long would it take: by formula, then by two real steps."""


@wire
@dataclass(frozen=True, kw_only=True)
class TryRates(TrainingRequest):
    """60 steps with each of three learning rates from the same start."""


@wire
@dataclass(frozen=True, kw_only=True)
class PauseTraining(Request):
    """Write a checkpoint, free what the training holds, end that job as `Cancelled`. Not a job itself."""

    unload: bool = False
    """The base, too: nobody is chatting."""


@wire
@dataclass(frozen=True, kw_only=True)
class ListRuns(Request):
    """Trainings that were begun: running, paused, interrupted or finished."""


@wire
@dataclass(frozen=True, kw_only=True)
class RemoveRun(Request):
    """Delete what is kept of a training: checkpoints and curves. The adapter that came of it stays."""

    name: str
