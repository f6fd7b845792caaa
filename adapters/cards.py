"""What an adapter says of itself: `sunto.json`, which Sunto reads, and `README.md`, the hub's model card.

The fields of `sunto.json`, all but `base` optional:

    format     1                                    name, version, created (ISO 8601, UTC), sunto (who wrote it)
    kind       lora | alora                         subject, language (list), license (SPDX)
    base       name, revision, weights_sha256, chat_template_sha256
    data       file, sha256, examples, left_out     of a training
    training   its settings                         scores     what was measured
    source     file, sha256, made_with              of an import: where it came from
    lineage    what it was before, oldest first: version, created, and of each its data or source

The model card is in English whatever the interface speaks, as cards on the hub are: it is made to be shared. Cards may
come from strangers, so everything in them is text, never markup, when it is written out again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from adapters.card_scores import IN_WORDS, measured
from assistant import __version__
from assistant.errors import AdapterCorruptError
from assistant.i18n import _
from assistant.safe_text import one_line

if TYPE_CHECKING:
    from assistant.weights.store import KeptModel

CARD_FILE = "sunto.json"
README_FILE = "README.md"
FORMAT = 1
MAX_JSON_BYTES = 1 << 20
_MAX_LINEAGE = 50
"""Steps that are remembered; an adapter trained every evening for a year stays readable."""

_USE = """```python
from peft import PeftModel
from transformers import AutoModelForCausalLM

base = AutoModelForCausalLM.from_pretrained({base})
model = PeftModel.from_pretrained(base, "this folder")
```"""

Card = dict[str, Any]


def new_card(
    *,
    name: str,
    base: KeptModel,
    kind: str = "lora",
    subject: str = "",
    language: Sequence[str] = (),
    license: str = "",  # noqa: A002 - the field's name in every model card
    data: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
    scores: Mapping[str, Any] | None = None,
    source: Mapping[str, Any] | None = None,
    lineage: Sequence[Mapping[str, Any]] = (),
) -> Card:
    """A card for an adapter made, or taken over, now. Its version is given when it is published."""
    return {
        "format": FORMAT,
        "sunto": __version__,
        "name": name,
        "kind": kind,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "subject": subject,
        "language": list(language),
        "license": license,
        "base": {
            "name": base.name,
            "revision": base.revision,
            "weights_sha256": base.weights_sha256,
            "chat_template_sha256": base.chat_template_sha256,
        },
        "data": dict(data or {}),
        "training": dict(training or {}),
        "scores": dict(scores or {}),
        "source": dict(source or {}),
        "lineage": [dict(step) for step in lineage],
    }


def succeed(card: Card, version: int, previous: Card | None) -> Card:
    """The card as this version, which takes the place of `previous` (None: there was none)."""
    lineage = list(_rows(card.get("lineage")))
    if previous is not None:
        known = ("version", "created", "data", "source", "training")
        step = {key: previous[key] for key in known if previous.get(key)}
        lineage = [*_rows(previous.get("lineage")), step, *lineage]
    return {**card, "version": version, "lineage": lineage[-_MAX_LINEAGE:]}


def read_card(directory: Path) -> Card:
    """Empty where there is none, as beside adapters made elsewhere. Raises AdapterCorruptError."""
    path = directory / CARD_FILE
    if not path.is_file():
        return {}
    card = read_json(path)
    base = card.get("base") or {}
    if not (isinstance(base, dict) and all(isinstance(value, str) for value in base.values())):
        raise corrupt(path, _("it does not say which base it is for"))
    return card


def write_card(directory: Path, card: Card) -> None:
    """Both files, each whole or not at all. Raises OSError."""
    _replace(directory / CARD_FILE, json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    _replace(directory / README_FILE, model_card(card))


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file that may come from a stranger. Raises AdapterCorruptError."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise ValueError(_("it is far too large"))
        value = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(value, dict):
            raise ValueError(_("it is not an object"))
    except (OSError, ValueError, RecursionError) as error:
        raise corrupt(path, str(error).rstrip(".")) from error
    return cast("dict[str, Any]", value)


def corrupt(path: Path, reason: str) -> AdapterCorruptError:
    return AdapterCorruptError(
        _("The adapter file {path} is damaged: {reason}.").format(path=path, reason=reason),
        _("Copy the adapter again from where it came from, or train it again."),
    )


# --- the model card ----------------------------------------------------------------------------------------------


def model_card(card: Card) -> str:
    """`README.md` as the hub wants it: front matter for machines, then a page for people."""
    return (
        f"{_front_matter(card)}\n# {_plain(card.get('name') or 'adapter')}\n\n" + "\n\n".join(_paragraphs(card)) + "\n"
    )


def _front_matter(card: Card) -> str:
    """YAML; values are written as JSON strings, which YAML reads, so that none can break out of its line."""
    base = hub_name(_text(_section(card, "base").get("name")))
    tags = [_text(card.get("kind")) or "lora", "sunto", "summarization"]
    lines = ["---"]
    if base:
        lines.append(f"base_model: {_quoted(base)}")
        tags.insert(0, f"base_model:adapter:{base}")
    lines += ["library_name: peft", "pipeline_tag: text-generation"]
    if language := _words(card.get("language")):
        lines += ["language:", *(f"- {_quoted(code)}" for code in language)]
    if licence := _text(card.get("license")):
        lines.append(f"license: {_quoted(licence.lower())}")
    lines += ["tags:", *(f"- {_quoted(tag)}" for tag in tags), "---", ""]
    return "\n".join(lines)


def hub_name(base: str) -> str:
    """The base as the hub knows it; empty for a folder of this machine, whose path is nobody else's business."""
    from assistant.catalogue import find_base

    known = find_base(base)
    if known is not None:
        return known.hub_id or known.same_as
    return base if re.fullmatch(r"[\w.-]{1,96}(/[\w.-]{1,96})?", base, re.ASCII) else ""


def _paragraphs(card: Card) -> Iterator[str]:
    kind = "An activated LoRA" if card.get("kind") == "alora" else "A LoRA"
    subject = f" on {_code(card['subject'])}" if _text(card.get("subject")) else ""
    yield f"{kind} adapter for study texts{subject}: summaries, descriptions and answers."
    if base := hub_name(_text(_section(card, "base").get("name"))):
        yield _USE.format(base=_quoted(base))
    for heading, name in (
        ("Base model", "base"),
        ("Trained on", "data"),
        ("Training", "training"),
        ("Scores", "scores"),
        ("Imported from", "source"),
    ):
        words = list(measured(_section(card, name))) if name == "scores" else []
        rows = [f"- {_plain(key)}: {_code(value)}" for key, value in _facts(_section(card, name), name)]
        if words or rows:
            yield f"## {heading}"
            yield from words
        if rows:
            yield "\n".join(rows)
    scores = _section(card, "scores")
    if _section(card, "training") and not (scores.get("held_out") or scores.get("evaluation")):
        yield "It was not evaluated on held-out texts."
    if steps := _rows(card.get("lineage")):
        yield "## Lineage"
        yield "\n".join(f"- {_code(_step(step))}" for step in steps)
    yield "An adapter can remember pieces of the notes it was trained on: think before you share it."


def _facts(section: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """What a section says, nested objects flattened by one level, without a folder's path for a base or what is said
    in words."""
    for key, value in section.items():
        if name == "scores" and key in IN_WORDS:
            continue
        if isinstance(value, dict):
            inner = cast("dict[str, Any]", value)
            yield from ((f"{key} {below}", item) for below, item in inner.items() if item not in (None, ""))
        elif name == "base" and key == "name":
            yield "name", hub_name(_text(value)) or "a model of its maker's own"
        elif value not in (None, "", []):
            yield key, value


def _step(step: Mapping[str, Any]) -> str:
    """`version 1, 2026-11-22, pairs.jsonl`: one earlier stage in a line."""
    origin = _section(step, "data") or _section(step, "source")
    version = f"version {step['version']}" if step.get("version") else ""
    return ", ".join(filter(None, (version, _text(step.get("created"))[:10], _text(origin.get("file")))))


# --- text from strangers -----------------------------------------------------------------------------------------


def _section(card: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = card.get(name)
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _rows(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        return []
    items = cast("list[Any]", value)
    return [cast("Mapping[str, Any]", item) for item in items if isinstance(item, dict)]


def _words(value: object) -> list[str]:
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [item for item in map(_text, items) if item]


def _text(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _plain(value: object) -> str:
    """In a heading or before a colon: without what Markdown or HTML would act on."""
    return re.sub(r"[^\w .,:()/+-]", "", one_line(str(value)))[:200]


def _code(value: object) -> str:
    """As code, where nothing is markup; a number stays as it is."""
    text = f"{value:g}" if isinstance(value, float) else one_line(str(value))
    return text if isinstance(value, int | float) else "`" + text.replace("`", "'")[:1000] + "`"


def _quoted(text: str) -> str:
    return json.dumps(text[:200], ensure_ascii=False)


def _replace(path: Path, text: str) -> None:
    """A reader sees the old file or the new one. What is no character (a lone surrogate) becomes a question mark."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
