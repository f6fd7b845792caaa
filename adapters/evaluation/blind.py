"""A blind comparison: two texts about each of some held-out documents, and nothing that tells which is whose.

Which of a pair stands first depends on a secret that is drawn when the comparison begins and stays with it; the
adapter's text is first in half of the pairs, so that a liking for the first one favours nobody. Pairs have names of
their own, made with the secret. A comparison is the file of what was said in it, a line each: it begins with which
texts are compared, and what was chosen follows. Beginning anew adds another beginning. Where the texts are no longer
those that were compared, as after a new training, it is over.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Literal, get_args

from adapters.evaluation.choices import Preferred, counted, same_words
from adapters.evaluation.report import ADAPTER, BASE, Choices, Text
from adapters.kept_lines import append_line, read_lines
from adapters.registry import reason_of
from assistant.errors import AdapterError
from assistant.i18n import _

PAIRS = 10
Choice = Literal["1", "2", "same", "undo"]
CHOICES: tuple[Choice, ...] = get_args(Choice)


@dataclass(frozen=True)
class Pair:
    id: str
    text: Text
    systems: tuple[str, str]
    """Whose text stands first, and whose second."""

    @property
    def written(self) -> tuple[str, str]:
        one, two = (self.text["written"][system] for system in self.systems)
        return one, two


@dataclass
class Comparison:
    path: Path
    against: str
    pairs: list[Pair]
    equal: int
    """Texts about which both wrote the same words: nobody is asked about them."""
    chosen: dict[str, Choice] = field(default_factory=dict[str, Choice])
    """By pair; those that were not decided yet are not in it."""

    @property
    def left(self) -> int:
        return len(self.pairs) - len(self.chosen)

    @property
    def result(self) -> Choices | None:
        """None while a pair is left."""
        if self.left:
            return None
        choices = counted(self.against, ((pair.text, self._preferred(pair)) for pair in self.pairs))
        return {**choices, "same": choices["same"] + self.equal, "equal": self.equal}

    def _preferred(self, pair: Pair) -> Preferred:
        choice = self.chosen[pair.id]
        if choice == "same":
            return "same"
        return "adapter" if pair.systems[int(choice) - 1] == ADAPTER else "other"

    def choose(self, pair: str, choice: str) -> None:
        """On the disk itself when it returns. Raises AdapterError."""
        if choice not in CHOICES:
            raise AdapterError(
                _("“{choice}” is no choice between two texts.").format(choice=choice),
                _("Choose one of: {choices}.").format(choices=", ".join(CHOICES)),
            )
        if pair not in {known.id for known in self.pairs}:
            raise AdapterError(
                _("There is no pair “{pair}” in this comparison.").format(pair=pair),
                _("A newer report has other texts: list the pairs again."),
            )
        _append(self.path, {"pair": pair, "choice": choice, "at": _now()})
        _take(self.chosen, pair, choice)


def resume(folder: Path, texts: Sequence[Text], against: str) -> Comparison | None:
    """The comparison that was begun about these texts; None where there is none. Raises AdapterError."""
    path = folder / _file_name(against)
    begun: Mapping[str, Any] | None = None
    said: list[Mapping[str, Any]] = []
    for line in _lines(path):
        if "secret" in line:
            begun, said = line, []
        else:
            said.append(line)
    if begun is None:
        return None
    comparison = _compared(path, texts, against, begun)
    if comparison is None:
        return None
    known = {pair.id for pair in comparison.pairs}
    for line in said:
        if line.get("pair") in known and line.get("choice") in CHOICES:
            _take(comparison.chosen, line["pair"], line["choice"])
    return comparison


def finished(folder: Path, texts: Sequence[Text]) -> Choices | None:
    """The result of a comparison about just these texts that is over, that with the base before others."""
    others = {system for text in texts for system in text["written"]} - {ADAPTER, BASE}
    for against in (BASE, *sorted(others)):
        with suppress(AdapterError):  # whoever lists its pairs is told
            comparison = resume(folder, texts, against)
            if comparison is not None and comparison.result is not None:
                return comparison.result
    return None


def begin(folder: Path, texts: Sequence[Text], against: str, count: int = PAIRS) -> Comparison:
    """A new comparison of `count` pairs, or as many as there are. Raises AdapterError where there are none."""
    chosen, equal = _chosen(texts, against, count)
    if not (chosen or equal):
        raise AdapterError(
            _("There are no texts to compare."),
            _("Have them written first: sunto evaluate NAME; --texts says how many, --earlier for earlier versions."),
        )
    ids = [text["id"] for text in chosen]
    begun = {
        "secret": secrets.token_hex(16),
        "texts": ids,
        "equal": equal,
        "sha256": _fingerprint(chosen, against),
        "at": _now(),
    }
    path = folder / _file_name(against)
    _append(path, begun)
    comparison = _compared(path, texts, against, begun)
    assert comparison is not None
    return comparison


def _compared(path: Path, texts: Sequence[Text], against: str, begun: Mapping[str, Any]) -> Comparison | None:
    """As it was begun; None where these are other texts now, or the line is none of ours."""
    by_id = {text["id"]: text for text in _both_wrote(texts, against)}
    secret, ids, equal = begun.get("secret"), begun.get("texts"), begun.get("equal")
    if not (isinstance(secret, str) and isinstance(ids, list) and isinstance(equal, int)):
        return None
    found = [by_id[name] for name in ids if isinstance(name, str) and name in by_id]  # pyright: ignore
    if _fingerprint(found, against) != begun.get("sha256"):
        return None
    return Comparison(path, against, _pairs(found, against, secret.encode()), equal)


def _pairs(texts: Sequence[Text], against: str, secret: bytes) -> list[Pair]:
    """In the order of the texts; of half of them, and of an odd one by chance, the adapter's stands first."""
    ordered = sorted((text["id"] for text in texts), key=lambda name: _digest_of(secret, "side", name))
    odd = hashlib.sha256(secret).digest()[0] % 2
    mine_first = set(ordered[: (len(ordered) + odd) // 2])
    return [
        Pair(
            id=_digest_of(secret, "name", text["id"])[:16],
            text=text,
            systems=(ADAPTER, against) if text["id"] in mine_first else (against, ADAPTER),
        )
        for text in texts
    ]


def _digest_of(secret: bytes, purpose: str, text_id: str) -> str:
    """What nobody can tell from the text without the secret, nor for one purpose from that for another."""
    return hmac.new(secret, f"{purpose}:{text_id}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _chosen(texts: Sequence[Text], against: str, count: int) -> tuple[list[Text], int]:
    """(texts to ask about, of different documents first; how many were passed over on the way for being equal)."""
    chosen: list[Text] = []
    equal = 0
    for text in _by_turns(_both_wrote(texts, against)):
        if len(chosen) == count:
            break
        if same_words(text["written"][ADAPTER], text["written"][against]):
            equal += 1
        else:
            chosen.append(text)
    return chosen, equal


def _by_turns(texts: Sequence[Text]) -> list[Text]:
    """The first of each document, then the second of each, and so on."""
    documents: dict[str, list[Text]] = {}
    for text in texts:
        documents.setdefault(text.get("group") or text["document"], []).append(text)
    return [text for text in chain.from_iterable(zip_longest(*documents.values())) if text is not None]


def _both_wrote(texts: Sequence[Text], against: str) -> list[Text]:
    return [text for text in texts if ADAPTER in text["written"] and against in text["written"]]


def _fingerprint(texts: Sequence[Text], against: str) -> str:
    written = [[text["id"], text["written"][ADAPTER], text["written"][against]] for text in texts]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _take(chosen: dict[str, Choice], pair: str, choice: Any) -> None:
    if choice == "undo":
        chosen.pop(pair, None)
    else:
        chosen[pair] = choice


# --- the file ----------------------------------------------------------------------------------------------------


def _file_name(against: str) -> str:
    """`blind-version-2.jsonl`: no character that a file system refuses."""
    return f"blind-{re.sub(r'[^a-z0-9]+', '-', against.lower())[:40]}.jsonl"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Raises AdapterError where the file is there and cannot be read."""
    try:
        yield from read_lines(path)
    except OSError as error:
        raise AdapterError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=reason_of(error)),
            _("Check the name and the folder."),
        ) from error


def _append(path: Path, line: Mapping[str, Any]) -> None:
    """Raises AdapterError."""
    try:
        append_line(path, line)
    except OSError as error:
        raise AdapterError(
            _("What you chose could not be kept: {reason}.").format(reason=reason_of(error)),
            _("Look for free space and whether another program has files open in {path}, and try again.").format(
                path=path.parent
            ),
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
