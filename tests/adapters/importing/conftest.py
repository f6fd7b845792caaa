from __future__ import annotations

import shutil

import pytest

from assistant.weights.checkpoint import chat_template_sha256
from assistant.weights.store import KeptModel
from tests.adapters.importing import files


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """The tiny base as on the hub: PEFT's own reading of an adapter is compared on it."""
    from tests.tiny_model import make_tiny_llama

    return make_tiny_llama(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="session")
def kept(base):
    return KeptModel("tiny", base, "1", "a" * 64, chat_template_sha256(base), 2048, 256, ("en",))


@pytest.fixture(scope="session")
def plain(base, tmp_path_factory):
    """An adapter as PEFT saves it. Not to be changed."""
    return files.make_adapter(base, tmp_path_factory.mktemp("plain") / "biology")


@pytest.fixture
def adapter(plain, tmp_path):
    """A copy of the plain one, to be changed."""
    return shutil.copytree(plain, tmp_path / "biology")
