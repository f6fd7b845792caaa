"""A small model hub on the loopback: the routes of the Hugging Face hub that fetching a model uses.

    GET       /api/models/<id>  and  /api/models/<id>/revision/<revision>      the listing, with hashes
    GET HEAD  /<id>/resolve/<revision>/<file>                                  a file, whole or by Range
    GET HEAD  /cdn/<sha256>                                                    where large files can be redirected to

It can be told to cut a connection in the middle of a file, to fail for a while, to guard a repository, or to serve
other bytes than it announced.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DEFAULT_REVISION = "1" * 40


@dataclass
class Repository:
    files: dict[str, bytes]
    revision: str = DEFAULT_REVISION
    gated: bool = False
    announced: dict[str, bytes] = field(default_factory=dict)
    """What the listing describes in place of the file that is really served."""


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    host: str


class LoopbackHub:
    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.seen: list[Seen] = []
        self.cuts: dict[str, list[int]] = {}
        """By file name: after how many bytes each of the next answers loses its connection."""
        self.failures: list[int] = []
        """Statuses of the next answers, whatever is asked."""
        self.ignores_ranges = False
        self.redirects_large_files = False
        hub = self

        class Handler(_Handler):
            server_hub = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, hub_id: str, files: Path | dict[str, bytes], **fields: object) -> Repository:
        """Publish a folder's files, or these bytes by name."""
        if isinstance(files, Path):
            files = {path.name: path.read_bytes() for path in files.iterdir() if path.is_file()}
        repository = Repository(dict(files), **fields)  # type: ignore[arg-type]
        self.repositories[hub_id] = repository
        return repository

    def requests_for(self, name: str) -> list[Seen]:
        """Those for one file, in order, redirected ones left out."""
        return [seen for seen in self.seen if seen.method == "GET" and seen.path.endswith(f"/{name}")]

    def __enter__(self) -> LoopbackHub:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_hub: LoopbackHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        hub = self.server_hub
        path = self.path.split("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        hub.seen.append(Seen(self.command, path, headers, headers.get("host", "")))
        if hub.failures:
            self._refuse(hub.failures.pop(0))
        elif listing := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
            self._list(listing[1], listing[2])
        elif file := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._serve(*file.groups())
        elif blob := re.fullmatch(r"/cdn/([0-9a-f]{64})/(.+)", path):
            self._serve_blob(blob[1], blob[2])
        else:
            self._refuse(404)

    def _list(self, hub_id: str, revision: str | None) -> None:
        repository = self._find(hub_id, revision)
        if repository is not None:
            rows = [_row(name, repository.announced.get(name, data)) for name, data in repository.files.items()]
            body = json.dumps({"id": hub_id, "sha": repository.revision, "siblings": rows}).encode()
            self._send(200, body, {"Content-Type": "application/json"})

    def _serve(self, hub_id: str, revision: str, name: str) -> None:
        repository = self._find(hub_id, revision)
        if repository is None:
            return
        if repository.gated:
            self._refuse(403, "GatedRepo")
            return
        if name not in repository.files:
            self._refuse(404, "EntryNotFound")
            return
        data = repository.files[name]
        sha256 = hashlib.sha256(data).hexdigest()
        headers = {
            "ETag": f'"{sha256}"',
            "X-Repo-Commit": repository.revision,
            "X-Linked-ETag": f'"{sha256}"',
            "X-Linked-Size": str(len(data)),
        }
        if self.server_hub.redirects_large_files and name.endswith(".safetensors"):
            # Another host for HTTP, the same machine: what must not follow there is the token.
            location = f"http://localhost:{self.server_hub.port}/cdn/{sha256}/{name}"
            self._send(302, b"", {**headers, "Location": location})
            return
        self._send_file(name, data, headers)

    def _serve_blob(self, sha256: str, name: str) -> None:
        for repository in self.server_hub.repositories.values():
            data = repository.files.get(name, b"")
            if hashlib.sha256(data).hexdigest() == sha256:
                self._send_file(name, data, {})
                return
        self._refuse(404)

    def _find(self, hub_id: str, revision: str | None) -> Repository | None:
        repository = self.server_hub.repositories.get(hub_id)
        if repository is None:
            self._refuse(404, "RepoNotFound")
        elif revision not in (None, "main", repository.revision):
            self._refuse(404, "RevisionNotFound")
        else:
            return repository
        return None

    def _send_file(self, name: str, data: bytes, headers: dict[str, str]) -> None:
        start = 0
        status = 200
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and not self.server_hub.ignores_ranges:
            start = int(wanted[1])
            if start >= len(data):
                self._refuse(416)
                return
            status = 206
            headers = {**headers, "Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        self._send(status, data[start:], {**headers, "Accept-Ranges": "bytes"}, self._next_cut(name))

    def _next_cut(self, name: str) -> int | None:
        cuts = self.server_hub.cuts.get(name)
        return cuts.pop(0) if cuts and self.command == "GET" else None

    def _refuse(self, status: int, code: str = "") -> None:
        self._send(status, b"{}", {"X-Error-Code": code} if code else {})

    def _send(self, status: int, body: bytes, headers: dict[str, str], cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()


def _row(name: str, data: bytes) -> dict[str, object]:
    """As the hub lists it: large files with their SHA-256, small ones by git's hash alone."""
    row: dict[str, object] = {"rfilename": name, "size": len(data)}
    if name.endswith((".safetensors", ".bin")):
        row["blobId"] = "0" * 40  # of the pointer that stands for it in git
        row["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    else:
        row["blobId"] = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return row
