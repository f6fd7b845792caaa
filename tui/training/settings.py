"""What can be set before a training, in everyday words; what was set is kept as a draft until it is used.

Each setting has its technical name for whoever looks it up elsewhere, and one sentence on what another value does.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from adapters.training.settings import PRESETS
from assistant.config import data_dir
from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.units import plain_number
from tui.choosable import Choosable
from tui.exporting import write_atomically

DRAFT_FILE = "training-draft.json"
ROUNDS = (1, 2, 3, 5, 8)
RANKS = (8, 16, 32)


@dataclass(frozen=True)
class Draft:
    """What was chosen so far; empty where nothing was."""

    data: str = ""
    """Name of a kept data set."""
    name: str = ""
    preset: str = "normal"
    epochs: int = 3
    kind: str = "lora"
    r: int = 16
    model: str = ""
    subject: str = ""

    @property
    def learning_rate(self) -> float:
        return PRESETS[self.preset]

    def fields(self) -> dict[str, Any]:
        """As fields of a `TrainingRequest`."""
        return {
            "data": self.data,
            "name": self.name,
            "model": self.model,
            "learning_rate": self.learning_rate,
            "epochs": self.epochs,
            "kind": self.kind,
            "r": self.r,
            "lora_alpha": 2 * self.r,
        }


@dataclass(frozen=True)
class Setting:
    field: str
    """Of `Draft`."""
    question: str
    value: str
    """As it is now, in words."""
    technical: str
    """What others call it, with its value."""
    what_if: str
    choices: tuple[Choosable, ...] = ()
    """Values to choose from; none where it is typed."""


def settings(draft: Draft, models: tuple[str, ...], subjects: tuple[str, ...]) -> list[Setting]:
    """In the order they are asked. `models` are the bases on this machine, `subjects` those of the library."""
    return [
        _name(draft),
        _boldness(draft),
        _rounds(draft),
        _kind(draft),
        _room(draft),
        *_whose(draft, models, subjects),
    ]


def changed(draft: Draft, field: str, value: str) -> Draft:
    """`value` is one of the setting's choices, or what was typed."""
    kind = {item.name: item.type for item in fields(Draft)}[field]
    return replace(draft, **{field: int(value) if kind == "int" else value})


def stepped(draft: Draft, setting: Setting, by: int) -> Draft:
    """The next or the one before of its choices; as it was at their end and where it is typed."""
    values = [choice.value for choice in setting.choices]
    if not values:
        return draft
    now = str(getattr(draft, setting.field))
    position = values.index(now) + by if now in values else 0
    return changed(draft, setting.field, values[min(max(position, 0), len(values) - 1)])


def preset_of(rate: object) -> str:
    """The preset that has that learning rate; empty where none has."""
    return next((name for name, its in PRESETS.items() if its == rate), "")


def preset_name(preset: str) -> str:
    return {"prudent": _("Carefully"), "normal": _("Normally"), "bold": _("Boldly")}[preset]


# --- one by one ---------------------------------------------------------------------------------------------------


def _name(draft: Draft) -> Setting:
    return Setting(
        "name",
        _("What shall it be called?"),
        draft.name or _("no name yet"),
        _("adapter name"),
        _("You choose who answers by this name. A name that is taken becomes another version; the old one is kept."),
    )


def _boldness(draft: Draft) -> Setting:
    what_if = {
        "prudent": _("Short steps: it forgets least of what the model knows, and needs more rounds to learn."),
        "normal": _("Right for most notes: begin here, and change it only if you have to."),
        "bold": _("Long steps: it learns sooner, forgets more, and may lose its way; Sunto then goes back by itself."),
    }
    return Setting(
        "preset",
        _("How does it learn?"),
        preset_name(draft.preset),
        _("learning rate {rate}").format(rate=plain_number(draft.learning_rate)),
        what_if[draft.preset],
        tuple(Choosable(name, preset_name(name), plain_number(PRESETS[name])) for name in what_if),
    )


def _rounds(draft: Draft) -> Setting:
    return Setting(
        "epochs",
        _("How often does it go through the examples?"),
        str(draft.epochs),
        _("epochs: {count}").format(count=draft.epochs),
        _("More rounds learn more, until it begins to know them by heart: then Sunto stops early and keeps the best."),
        tuple(Choosable(str(count), str(count)) for count in ROUNDS),
    )


def _kind(draft: Draft) -> Setting:
    words = {
        "lora": (
            _("While reading and writing"),
            _("It changes how the text is read, too: the usual way, and the one that other programs know."),
        ),
        "alora": (
            _("Only while writing"),
            _("Quicker to train on long texts, and changing to it in a conversation costs no second reading."),
        ),
    }
    return Setting(
        "kind",
        _("When is it at work?"),
        words[draft.kind][0],
        {"lora": "LoRA", "alora": "aLoRA (activated LoRA)"}[draft.kind],
        words[draft.kind][1],
        tuple(Choosable(name, label, name) for name, (label, _what) in words.items()),
    )


def _room(draft: Draft) -> Setting:
    words = {8: _("Little"), 16: _("Normally much"), 32: _("Much")}
    return Setting(
        "r",
        _("How much can it take in?"),
        words.get(draft.r, str(draft.r)),
        _("rank {r}").format(r=draft.r),
        _("More room helps only with many hundreds of examples; it takes more memory and a larger file."),
        tuple(Choosable(str(rank), words[rank], str(rank)) for rank in RANKS),
    )


def _whose(draft: Draft, models: tuple[str, ...], subjects: tuple[str, ...]) -> list[Setting]:
    automatic = Choosable("", _("the one in use"))
    none = Choosable("", _("none"))
    return [
        Setting(
            "model",
            _("Which model learns?"),
            draft.model or automatic.label,
            _("base model"),
            _("The adapter works with this model alone. A larger one writes better and learns more slowly."),
            (automatic, *(Choosable(name, name) for name in models)),
        ),
        Setting(
            "subject",
            _("Whose documents does it answer about?"),
            draft.subject or none.label,
            _("adapter of a subject"),
            _("It answers by itself whenever documents of this subject are open; you can change that at any time."),
            (none, *(Choosable(name, name) for name in subjects)),
        ),
    ]


# --- the draft on the disk ----------------------------------------------------------------------------------------


def load_draft() -> Draft:
    """What was last set here; as at the beginning where that cannot be read."""
    try:
        kept: object = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Draft()
    return _from_json(cast("dict[str, Any]", kept)) if isinstance(kept, dict) else Draft()


def save_draft(draft: Draft) -> None:
    """A draft that cannot be written is no reason to disturb anybody: it stays for as long as the app runs."""
    try:
        write_atomically(_file(), json.dumps(asdict(draft), ensure_ascii=False).encode("utf-8"))
    except (OSError, SuntoError):
        return


def _file() -> Path:
    return data_dir() / DRAFT_FILE


def _from_json(kept: dict[str, Any]) -> Draft:
    """Only values that could have been set."""
    draft = Draft()
    allowed: dict[str, tuple[object, ...]] = {
        "preset": tuple(PRESETS),
        "epochs": ROUNDS,
        "kind": ("lora", "alora"),
        "r": RANKS,
    }
    for item in fields(Draft):
        value = kept.get(item.name)
        default = getattr(draft, item.name)
        if isinstance(value, type(default)) and value in allowed.get(item.name, (value,)):
            draft = replace(draft, **{item.name: value})
    return draft
