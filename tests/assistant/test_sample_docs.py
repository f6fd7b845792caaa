"""The sample documents are what their README says."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from assistant.documents import load_document
from assistant.errors import DamagedDocumentError, EncryptedDocumentError, NoTextError
from assistant.language import detect_language


@pytest.fixture(scope="module")
def make_pdfs() -> ModuleType:
    path = Path(__file__).parents[2] / "sample_docs" / "make_pdfs.py"
    specification = importlib.util.spec_from_file_location("make_pdfs", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def source_text(sample_docs: Path, name: str) -> str:
    return (sample_docs / "sources" / name).read_text(encoding="utf-8").replace("# ", "").replace("#", "")


@pytest.mark.parametrize("name", ["photosynthesis.pdf", "domanda-e-offerta.pdf", "dna-encrypted.pdf"])
def test_the_committed_pdfs_say_what_the_script_makes_of_the_sources(
    sample_docs: Path, make_pdfs: ModuleType, tmp_path: Path, name: str
) -> None:
    make_pdfs.SAMPLES[name](tmp_path / name)
    committed = load_document(sample_docs / name, password="sunto")
    made = load_document(tmp_path / name, password="sunto")
    assert made.pages == committed.pages
    assert made.sections == committed.sections


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("photosynthesis.pdf", "photosynthesis.md"),
        ("domanda-e-offerta.pdf", "domanda-e-offerta.md"),
        ("dna-encrypted.pdf", "dna.md"),
    ],
)
def test_reading_a_pdf_gives_back_its_source_paragraph_by_paragraph(sample_docs: Path, name: str, source: str) -> None:
    document = load_document(sample_docs / name, password="sunto")
    read = "\n\n".join(page.text for page in document.pages)
    assert read.split("\n\n") == source_text(sample_docs, source).strip().split("\n\n")
    assert document.warnings == ()


def test_the_first_example_has_everything_a_good_pdf_has(sample_docs: Path) -> None:
    document = load_document(sample_docs / "photosynthesis.pdf")
    assert (document.title, document.language, len(document.pages)) == ("Photosynthesis", "en", 3)
    assert [page.label for page in document.pages] == ["41", "42", "43"]
    assert [section.title for section in document.sections][:3] == [
        "Photosynthesis",
        "What photosynthesis is",
        "Where it happens",
    ]
    for section in document.sections:
        page = document.pages[section.page - 1]
        assert page.text[section.offset :].startswith(section.title)
    assert not any("Biology reader" in page.text for page in document.pages)


def test_each_bad_sample_gets_its_own_error(sample_docs: Path) -> None:
    for name, kind in (
        ("la-cellula-scansione.pdf", NoTextError),
        ("dna-encrypted.pdf", EncryptedDocumentError),
        ("dna-damaged.pdf", DamagedDocumentError),
    ):
        with pytest.raises(kind):
            load_document(sample_docs / name)


def test_italian_samples_are_italian(sample_docs: Path) -> None:
    markdown = load_document(sample_docs / "rivoluzione-francese.md")
    assert (markdown.title, markdown.language, len(markdown.sections)) == ("La Rivoluzione francese", "it", 6)
    assert load_document(sample_docs / "derivate.txt").language == "it"
    assert load_document(sample_docs / "domanda-e-offerta.pdf").language == "it"


def test_samples_are_small(sample_docs: Path) -> None:
    assert all(path.stat().st_size < 200_000 for path in sample_docs.rglob("*") if path.is_file())


def test_pairs_are_real_examples_in_both_languages(sample_docs: Path) -> None:
    rows = [json.loads(line) for line in (sample_docs / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [set(row) for row in rows] == [{"document", "summary"}] * 36
    languages = [detect_language(row["document"]) for row in rows]
    assert (languages.count("en"), languages.count("it")) == (18, 18)
    for row in rows:
        assert 60 <= len(row["document"].split()) <= 200
        assert len(row["summary"].split()) < 0.5 * len(row["document"].split())
    assert len({row["document"] for row in rows}) == 36
