"""What the tests of base models share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback_hub import LoopbackHub


@pytest.fixture(scope="session")
def tiny_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random model, for all tests: not to be changed."""
    from tests.tiny_model import make_tiny_llama

    return make_tiny_llama(tmp_path_factory.mktemp("tiny-source") / "model")


@pytest.fixture
def tiny_source(tiny_original: Path, tmp_path: Path) -> Path:
    """A folder with a tiny random model as it comes from a hub, bfloat16; the test may change it."""
    return Path(shutil.copytree(tiny_original, tmp_path / "tiny-model"))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """A hub on the loopback, which `HF_ENDPOINT` names."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("assistant.weights.download.FILE_RETRY_SECONDS", (0, 0))
    monkeypatch.setattr("assistant.weights.download.LIST_RETRY_SECONDS", (0,))
    with LoopbackHub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


class Recorder:
    """Listens to `ensure_model`: what it reported, in order."""

    def __init__(self) -> None:
        self.progress: list[tuple] = []
        self.notices: list[tuple] = []

    def on_progress(self, *fields: object) -> None:
        self.progress.append(fields)

    def on_notice(self, *fields: object) -> None:
        self.notices.append(fields)

    def stages(self) -> list[str]:
        """Each stage once, in order of appearance."""
        return list(dict.fromkeys(fields[0] for fields in self.progress))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def copied_for_quantized(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keeping a model copies its files as they are; the names of the models "quantized" so far."""
    names: list[str] = []

    def quantize(name: str, source: Path, destination: Path, _scratch: Path, **_options: object) -> dict[str, str]:
        names.append(name)
        destination.mkdir(parents=True, exist_ok=True)
        for path in source.iterdir():
            if path.is_file():
                shutil.copy(path, destination)
        return {}

    monkeypatch.setattr("assistant.weights.quantize_process.quantize_in_child", quantize)
    return names
