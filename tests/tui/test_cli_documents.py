"""The command line on real documents, good and bad, without a model."""

from __future__ import annotations

import json
import os
import re
import sys

import pytest

from assistant.documents import load_document
from assistant.errors import ConfigError
from tui.cli import main
from tui.cli.output_file import checked_target
from tui.output import Output


def test_extract_reads_a_pdf_page_by_page(sample_docs, capsys):
    assert main(["extract", str(sample_docs / "photosynthesis.pdf"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["document"] == "photosynthesis.pdf"
    assert document["title"] == "Photosynthesis"
    assert document["language"] == "en"
    assert [(page["number"], page["label"]) for page in document["pages"]] == [(1, "41"), (2, "42"), (3, "43")]
    assert all(set(page) >= {"text", "engine", "warnings"} for page in document["pages"])
    assert all(set(section) >= {"title", "level", "page"} for section in document["sections"])


def test_extract_of_two_documents_gives_both(sample_docs, capsys):
    paths = [str(sample_docs / name) for name in ("derivate.txt", "rivoluzione-francese.md")]
    assert main(["extract", *paths, "--json"]) == 0
    documents = json.loads(capsys.readouterr().out)["documents"]
    assert [document["document"] for document in documents] == ["derivate.txt", "rivoluzione-francese.md"]


def test_only_the_pages_asked_for_are_printed(sample_docs, capsys):
    assert main(["extract", str(sample_docs / "photosynthesis.pdf"), "--pages", "2", "--json"]) == 0
    assert [page["number"] for page in json.loads(capsys.readouterr().out)["pages"]] == [2]


def test_an_encrypted_document_opens_with_its_password(sample_docs, capsys):
    path = str(sample_docs / "dna-encrypted.pdf")
    assert main(["extract", path, "--password", "sunto", "--json"]) == 0
    assert "DNA" in capsys.readouterr().out


BAD = {
    "encrypted": lambda docs, folder: docs / "dna-encrypted.pdf",
    "damaged": lambda docs, folder: docs / "dna-damaged.pdf",
    "scanned": lambda docs, folder: docs / "la-cellula-scansione.pdf",
    "missing": lambda docs, folder: docs / "photosynthesys.pdf",
    "a folder": lambda docs, folder: folder,
    "empty": lambda docs, folder: _file(folder / "empty.txt", b""),
    "not a document": lambda docs, folder: _file(folder / "song.mp3", b"ID3\x04\x00\x00\x00"),
    "not a PDF": lambda docs, folder: _file(folder / "lecture.pdf", b"<html>Page not found</html>"),
}


def _file(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("command", ["extract", "summarize"])
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_document_gets_two_sentences_and_exit_code_3(kind, command, sample_docs, tmp_path, capsys):
    assert main([command, str(BAD[kind](sample_docs, tmp_path)), "--json"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    error = err[err.index("Error: ") :].splitlines()
    assert len(error) == 2, "one sentence what happened, one what to do"
    assert error[1].startswith("  ")
    assert "Traceback" not in err


def test_every_bad_document_has_an_error_of_its_own(sample_docs, tmp_path, capsys):
    messages = set()
    for make in BAD.values():
        main(["extract", str(make(sample_docs, tmp_path)), "--json"])
        err = capsys.readouterr().err
        messages.add(err[err.index("Error: ") :].splitlines()[0])
    assert len(messages) == len(BAD)


@pytest.mark.parametrize("name", ["photosynthesis.pdf", "derivate.txt", "rivoluzione-francese.md"])
def test_what_is_printed_is_exactly_the_text_that_the_model_reads(name, sample_docs, capsys):
    assert main(["extract", str(sample_docs / name)]) == 0
    printed = re.split(r"^─── .* ───\n", capsys.readouterr().out, flags=re.MULTILINE)[1:]
    pages = load_document(sample_docs / name).pages
    assert [text.strip("\n") for text in printed] == [page.text.strip("\n") for page in pages]


def test_a_chapter_is_chosen_by_words_of_its_title(sample_docs, capsys):
    path = str(sample_docs / "rivoluzione-francese.md")
    assert main(["extract", path, "--sections", "--json"]) == 0
    chapters = json.loads(capsys.readouterr().out)["chapters"]
    assert len(chapters) > 1
    assert main(["extract", path, "--chapters", chapters[1]["title"].upper(), "--json"]) == 0
    text = json.loads(capsys.readouterr().out)["pages"][0]["text"]
    assert chapters[1]["title"] in text
    assert chapters[0]["title"] not in text


def test_a_chapter_that_is_not_there_is_refused_with_what_there_is(sample_docs, capsys):
    assert main(["extract", str(sample_docs / "rivoluzione-francese.md"), "--chapters", "99"]) == 2
    error = capsys.readouterr().err.splitlines()[-2:]
    assert error[0] == "Error: rivoluzione-francese.md has no chapter “99”."
    assert error[1].startswith("  It has: 1 ")


def test_a_document_without_chapters_says_so(sample_docs, capsys):
    assert main(["extract", str(sample_docs / "derivate.txt"), "--chapters", "1"]) == 2
    assert "found no chapters in derivate.txt" in capsys.readouterr().err


@pytest.mark.parametrize("pages", ["9", "0", "2-1", "a", "1,,2"])
def test_pages_that_cannot_be_are_refused(pages, sample_docs, capsys):
    assert main(["extract", str(sample_docs / "photosynthesis.pdf"), "--pages", pages]) == 2
    assert capsys.readouterr().err.splitlines()[-2].startswith("Error: ")


def test_a_page_called_by_what_is_printed_on_it_is_pointed_out(sample_docs, capsys):
    assert main(["extract", str(sample_docs / "photosynthesis.pdf"), "--pages", "42"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "  The document has 3 pages. Count from the first: the page with 42 on it is 2."
    )


@pytest.mark.parametrize("command", ["summarize", "describe", "extract", "chat", "library add"])
def test_an_empty_path_is_not_the_folder_we_are_in(command, capsys):
    assert main([*command.split(), ""]) == 2
    assert "One of the paths is empty." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_name_of_two_lines_is_one_line_in_every_sentence(tmp_path, capsys):
    path = _file(tmp_path / "two\nlines.txt", b"Una frase per chi studia la cellula.")
    assert main(["extract", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["document"], json.loads(out)["title"]) == ("two lines.txt", "two lines")
    assert err.splitlines()[-1].startswith("Read “two lines”")


def test_what_acts_on_a_terminal_is_shown_as_text(tmp_path, capsys):
    path = _file(tmp_path / "evil.txt", b"Hello \x1b]0;owned\x07 [bold red]text[/] \x1b[2J end.")
    assert main(["extract", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[bold red]text[/]" in out


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in the file system there")
def test_a_pipe_or_a_device_is_not_replaced_by_the_summary(tmp_path):
    """As root, `--output /dev/null --yes` put a file where the device had been."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match="a device or a pipe"):
        checked_target(str(pipe), [], Output(), yes=True)
    assert pipe.is_fifo()
