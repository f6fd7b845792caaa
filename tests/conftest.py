"""Every test has a data directory of its own, English sentences, and no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from assistant.i18n import set_language

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

# The first text drawn in a fresh clone waits for a table of all characters, and a loaded machine for anything.
settings.register_profile("sunto", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sunto")

SAMPLE_DOCS = Path(__file__).parent.parent / "sample_docs"


@pytest.fixture(autouse=True)
def sunto_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh `SUNTO_HOME`; the starter's tests use `starter_home` instead."""
    home = tmp_path / "sunto-home"
    monkeypatch.setenv("SUNTO_HOME", str(home))
    monkeypatch.setenv("SUNTO_LANG", "en")
    for name in [name for name in os.environ if name.startswith("SUNTO_") and name not in ("SUNTO_HOME", "SUNTO_LANG")]:
        if name != "SUNTO_TEST_HOME":
            monkeypatch.delenv(name)
    monkeypatch.setenv("SUNTO_TESSERACT", str(tmp_path / "no-tesseract"))  # the same on every machine
    set_language("en")
    return home


@pytest.fixture
def sample_docs() -> Path:
    return SAMPLE_DOCS


@pytest.fixture(scope="session")
def tiny_kept(tmp_path_factory: pytest.TempPathFactory):
    """A `KeptModel`: the tiny random Llama, quantized to NF4 the way every base is."""
    from assistant.weights.checkpoint import chat_template_sha256
    from assistant.weights.quantize import quantize_checkpoint
    from assistant.weights.store import KeptModel
    from tests.tiny_model import make_tiny_llama

    root = tmp_path_factory.mktemp("tiny")
    source = make_tiny_llama(root / "source")
    quantize_checkpoint(source, root / "kept", root / "scratch", report=lambda *_: None)
    return KeptModel(
        name="tiny",
        directory=root / "kept",
        revision="1",
        weights_sha256="a" * 64,
        chat_template_sha256=chat_template_sha256(root / "kept"),
        context_tokens=2048,
        chunk_tokens=256,
        languages=("en",),
    )


@pytest.fixture
def engine(tiny_kept):
    """A fresh engine on the tiny model, on the CPU."""
    from assistant.engine import load_engine

    return load_engine(tiny_kept, "cpu")


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the starter model and nothing else in it.

    The model is fetched at first use into `SUNTO_TEST_HOME`, which keeps it from run to run where it is set.
    """
    import shutil
    import subprocess
    import sys

    kept = Path(os.environ.get("SUNTO_TEST_HOME") or tmp_path_factory.mktemp("fetched"))
    command = [sys.executable, "-c", "import sys; from tui.cli import entry; sys.exit(entry())"]
    fetched = subprocess.run(
        [*command, "models", "fetch", "starter"],
        cwd=SAMPLE_DOCS.parent,
        env={**os.environ, "SUNTO_HOME": str(kept), "SUNTO_LANG": "en"},
        capture_output=True,
        encoding="utf-8",
    )
    assert fetched.returncode == 0, fetched.stderr
    home = tmp_path_factory.mktemp("starter-home")
    shutil.copytree(kept / "models", home / "models")
    return home
