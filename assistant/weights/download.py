"""Files of a hub, over HTTP: listed, downloaded with resume, checked, and every failure in plain words.

The loop is ours and not huggingface_hub's, so that a download can be stopped between two blocks and goes on where the
connection was cut.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.errors import FetchError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.weights.hub_connection import PARTIAL_CONTENT, Interrupted, get_json, get_stream, translated
from assistant.weights.progress import OnProgress
from assistant.weights.store import FileRecord, file_sha256

LIST_RETRY_SECONDS = (0.5, 2.0)
FILE_RETRY_SECONDS = (0.5, 2.0, 5.0, 10.0)
"""Waits between attempts in a row that brought nothing; after the last one it gives up."""


@dataclass(frozen=True)
class RemoteFile:
    name: str
    size: int
    sha256: str
    """Empty for a small file, which the hub keeps in git and not in its large file storage."""
    git_oid: str
    """SHA-1 of the file as git hashes it; empty when the hub does not say."""


class Downloader:
    """Downloads from one repository of one hub."""

    def __init__(self, hub_id: str, endpoint: str, on_progress: OnProgress, should_stop: ShouldStop) -> None:
        self._hub_id = hub_id
        self._endpoint = endpoint
        self._on_progress = on_progress
        self._should_stop = should_stop

    def list_files(self, revision: str = "") -> tuple[str, dict[str, RemoteFile]]:
        """The commit, and its files by name. Raises ModelNotFoundError, FetchError, Stopped."""
        url = f"{self._endpoint}/api/models/{self._hub_id}"
        if revision:
            url += f"/revision/{quote(revision, safe='')}"
        reply: Any = None

        def attempt() -> None:
            nonlocal reply
            reply = get_json(url)

        self._patiently(attempt, LIST_RETRY_SECONDS)
        try:
            files = [_remote_file(row) for row in reply["siblings"]]
            return str(reply["sha"]), {file.name: file for file in files}
        except (KeyError, TypeError, ValueError) as error:
            raise FetchError(
                _("{endpoint} did not answer as a model hub does.").format(endpoint=self._endpoint),
                _("Check the address in HF_ENDPOINT, or unset it to use the usual hub."),
            ) from error

    def fetch(self, file: RemoteFile, revision: str, target: Path, *, done: int, total: int) -> FileRecord:
        """Download one file to `target`, where it appears only once it has been checked.

        `done` of the model's `total` bytes are here already: for the progress. Raises ModelNotFoundError, FetchError,
        Stopped; what has arrived stays beside `target`, for the next attempt.
        """
        url = f"{self._endpoint}/{self._hub_id}/resolve/{quote(revision, safe='')}/{quote(file.name)}"
        part = _part(target)

        def report(have: int) -> None:
            self._on_progress("download", done + have, total, "bytes", self._hub_id)

        self._patiently(lambda: self._append(url, file, part, report), FILE_RETRY_SECONDS, part)
        sha256 = file_sha256(part, self._should_stop)
        if not _is_announced(file, part, sha256):
            part.unlink()
            raise self._wrong(file)
        part.replace(target)
        return FileRecord(file.size, sha256)

    def _append(self, url: str, file: RemoteFile, part: Path, report: Callable[[int], object]) -> None:
        """Add to `part` what it lacks, in one request. Raises Interrupted when some is still missing."""
        have = _size(part)
        if have > file.size:
            part.unlink()
            have = 0
        if have == file.size and part.exists():
            return
        with get_stream(url, start=have) as reply:
            resumed = reply.status_code == PARTIAL_CONTENT
            have = have if resumed else 0  # a server may send the whole file again
            with part.open("ab" if resumed else "wb") as out:
                for block in reply.iter_raw():  # as they come: a block that is waited for is lost in a cut
                    if self._should_stop():
                        raise Stopped
                    have += len(block)
                    if have > file.size:
                        break
                    out.write(block)
                    report(have)
        if have > file.size:
            part.unlink()
            raise self._wrong(file)
        if have < file.size:
            raise Interrupted(_("the connection was cut"))

    def _patiently(self, attempt: Callable[[], object], waits: tuple[float, ...], growing: Path | None = None) -> None:
        """Try until it works; give up when, several times in a row, the `growing` file did not grow."""
        fruitless = 0
        while True:
            before = _size(growing)
            try:
                with translated(self._hub_id, self._endpoint):
                    attempt()
            except Interrupted as interrupted:
                fruitless = 0 if _size(growing) > before else fruitless + 1
                if fruitless > len(waits):
                    raise FetchError(
                        _("{name} could not be fetched: {reason}.").format(
                            name=self._hub_id, reason=interrupted.reason.rstrip(".")
                        ),
                        _("Check the network connection, then try again: it goes on from where it stopped."),
                    ) from interrupted
            else:
                return
            self._wait(waits[fruitless - 1] if fruitless else 0)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            if self._should_stop():
                raise Stopped
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def _wrong(self, file: RemoteFile) -> FetchError:
        return FetchError(
            _("{file} of {name} did not arrive as the hub announced it: its checksum differs.").format(
                file=file.name, name=self._hub_id
            ),
            _("Try again; if it happens again, something between you and the hub changes the file."),
        )


def part_bytes(target: Path) -> int:
    """How much of this file an earlier attempt left here."""
    return _size(_part(target))


def _part(target: Path) -> Path:
    return target.with_name(target.name + ".part")


def _size(path: Path | None) -> int:
    return path.stat().st_size if path is not None and path.exists() else 0


def _remote_file(row: Mapping[str, Any]) -> RemoteFile:
    large = row.get("lfs") or {}
    return RemoteFile(
        name=str(row["rfilename"]),
        size=int(row["size"]),
        sha256=str(large.get("sha256") or ""),
        git_oid=str(row.get("blobId") or ""),
    )


def _is_announced(file: RemoteFile, part: Path, sha256: str) -> bool:
    """True when the file is what the hub's listing says it is, as far as it says."""
    if file.sha256:
        return sha256 == file.sha256
    if file.git_oid:
        content = part.read_bytes()  # small, or it would be in large file storage
        return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == file.git_oid
    return True
