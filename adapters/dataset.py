"""Pairs of a text and its summary → training examples.

Not covered yet: building pairs from notes, tiers, splits by document, review.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import DatasetError
from assistant.i18n import _

IGNORED = -100
"""The label of a token that carries no loss (PyTorch's `ignore_index`)."""

MAX_FILE_BYTES = 256 << 20


@dataclass(frozen=True)
class Pair:
    document: str
    summary: str
    line: int
    """In the file, counted from 1."""


@dataclass(frozen=True)
class PairFile:
    pairs: tuple[Pair, ...]
    broken: tuple[tuple[int, str], ...]
    """Rows left out: line, reason."""
    sha256: str


@dataclass(frozen=True)
class Example:
    """One training sequence. `labels[i]` is `input_ids[i]` where the summary is, `IGNORED` elsewhere."""

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    shortened: bool
    """True when the end of the source text was left out to fit; the summary and its end never are."""

    @property
    def target_tokens(self) -> int:
        return sum(label != IGNORED for label in self.labels)


def read_pairs(path: Path) -> PairFile:
    """Rows `{"document": …, "summary": …}`, one JSON object a line; broken rows are left out and named.

    Raises DatasetError when the file cannot be read or no row is usable.
    """
    data = _read_bytes(path)
    pairs: list[Pair] = []
    broken: list[tuple[int, str]] = []
    for number, line in enumerate(_decode(data, path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            pairs.append(_pair(line, number))
        except ValueError as error:
            broken.append((number, str(error)))
    if not (pairs or broken):
        raise DatasetError(_("{path} is empty.").format(path=path), _row_hint(), path=path)
    if not pairs:
        line, reason = broken[0]
        raise DatasetError(
            _("No row of {path} can be used: line {line}: {reason}.").format(path=path, line=line, reason=reason),
            _row_hint(),
            path=path,
            line=line,
        )
    return PairFile(tuple(pairs), tuple(broken), hashlib.sha256(data).hexdigest())


def _row_hint() -> str:
    return _('Each line must be a JSON object: {{"document": "the text", "summary": "its summary"}}.').format()


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DatasetError(
                _("{path} is a folder; a file of pairs is needed.").format(path=path),
                _("Give a .jsonl file with one document and its summary per line."),
                path=path,
            )
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DatasetError(
                _("{path} is larger than {limit} MB.").format(path=path, limit=MAX_FILE_BYTES >> 20),
                _("Split it, or keep the best few thousand rows: more teach little."),
                path=path,
            )
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
            _("Check the name and the folder."),
            path=path,
        ) from error


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(
            _("{path} is not text in UTF-8.").format(path=path),
            _("Save it again as UTF-8; JSON Lines files always are."),
            path=path,
        ) from error


def _pair(line: str, number: int) -> Pair:
    """Raises ValueError with the reason in words."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("it is not JSON")) from error
    if not isinstance(row, dict):
        raise ValueError(_("it is not an object"))
    for key in ("document", "summary"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(_("“{key}” is missing or empty").format(key=key))
    return Pair(row["document"].strip(), row["summary"].strip(), number)


def make_example(
    pair: Pair,
    encode_prompt: Callable[[str], Sequence[int]],
    encode_completion: Callable[[str], Sequence[int]],
    max_tokens: int,
) -> Example | None:
    """Tokens and labels of a pair; None when not even the summary fits into `max_tokens`.

    `encode_prompt` maps a source text to the whole prompt's tokens, `encode_completion` a summary to its tokens with
    the end token. A too long example shortens its source: cut at the right, a summary would lose its end and
    the model would learn never to stop.
    """
    completion = list(encode_completion(pair.summary))
    room = max_tokens - len(completion)
    prompt = list(encode_prompt(pair.document))
    shortened = len(prompt) > room
    if shortened:
        prompt = _shorten(pair.document, encode_prompt, room)
        if prompt is None:
            return None
    return Example((*prompt, *completion), (*[IGNORED] * len(prompt), *completion), shortened)


def _shorten(document: str, encode_prompt: Callable[[str], Sequence[int]], room: int) -> list[int] | None:
    """The prompt of the longest beginning of the document, in whole words, that fits into `room` tokens."""
    words = document.split(" ")
    low, high, best = 1, len(words) - 1, None
    while low <= high:
        middle = (low + high) // 2
        prompt = list(encode_prompt(" ".join(words[:middle])))
        if len(prompt) <= room:
            best, low = prompt, middle + 1
        else:
            high = middle - 1
    return best
