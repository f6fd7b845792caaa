"""Plain text and Markdown files."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Section, load_document
from assistant.documents.child.limits import Limits
from assistant.documents.markdown import split_front_matter
from assistant.documents.source import Source
from assistant.documents.text import decode_text, read_text
from assistant.errors import DocumentLimitError, NoTextError, UnsupportedDocumentError

ITALIAN = "Perché la città è così? «L'½ — 10 €»"


@pytest.mark.parametrize(
    "data",
    [
        ITALIAN.encode("utf-8"),
        ITALIAN.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + ITALIAN.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + ITALIAN.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + ITALIAN.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + ITALIAN.encode("utf-32-be"),
        ITALIAN.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252"],
)
def test_usual_encodings_are_recognised(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(data)
    assert load_document(path).pages[0].text == ITALIAN


@given(st.binary())
def test_any_bytes_decode_to_something(data: bytes) -> None:
    text = decode_text(data)
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0\xfe\xff")):
        assert len(text) >= len(data) / 4


@given(st.text())
def test_utf8_is_never_mistaken(text: str) -> None:
    assert decode_text(text.encode("utf-8", "ignore")).lstrip("\ufeff") == text.encode(
        "utf-8", "ignore"
    ).decode().lstrip("\ufeff")


def test_the_bytes_cp1252_leaves_undefined_do_not_fail() -> None:
    assert decode_text(b"\x81\x8d\x8f\x90\x9d \xe8") == "\x81\x8d\x8f\x90\x9d è"


def test_line_ends_accents_and_controls_are_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "mac.txt"
    path.write_bytes("citta\u0300\r\nfine\rcorsa\x1b[2J\x01".encode())
    assert load_document(path).pages[0].text == "città\nfine\ncorsa"


def test_markup_in_a_document_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "markup.txt"
    path.write_text("[bold]x[/bold] [link=file:///etc]y[/]", encoding="utf-8")
    assert load_document(path).pages[0].text == "[bold]x[/bold] [link=file:///etc]y[/]"


def test_form_feeds_part_pages_and_one_at_the_end_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "pages.txt"
    path.write_text("one\ftwo\f\n", encoding="utf-8")
    assert [(page.number, page.label, page.text) for page in load_document(path).pages] == [
        (1, "1", "one"),
        (2, "2", "two"),
    ]


@pytest.mark.parametrize("data", [b" \n\n\t\f\n", "\ufeff".encode(), b"\x1b[2J"])
def test_a_file_of_white_space_has_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "blank.txt"
    path.write_bytes(data)
    with pytest.raises(NoTextError, match=r"blank\.txt has no text"):
        load_document(path)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"%PDF-1.7 ...", "It looks like a PDF: give its name the ending .pdf."),
        (b"PK\x03\x04rest", "Open it in the program that made it and save it as plain text."),
        (bytes(range(256)) + b"\0" * 99, "Open it in the program that made it and save it as plain text."),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, data: bytes, hint: str) -> None:
    path = tmp_path / "lie.txt"
    path.write_bytes(data)
    with pytest.raises(UnsupportedDocumentError, match=r"lie\.txt is not a text file") as caught:
        load_document(path)
    assert caught.value.hint == hint


def test_a_note_that_talks_about_pdf_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "pdf.md"
    path.write_text("Files start with `%PDF-1.7`, then come things like `1 0 obj`.", encoding="utf-8")
    assert load_document(path).pages[0].text.startswith("Files start")


# --- Markdown ---------------------------------------------------------------------------------------------------


def markdown(tmp_path: Path, text: str):
    path = tmp_path / "notes.md"
    path.write_text(text, encoding="utf-8")
    return load_document(path)


def test_front_matter_gives_title_and_author_and_leaves_the_text(tmp_path: Path) -> None:
    document = markdown(
        tmp_path, '---\ntitle: "Le cellule: un\'introduzione"\nauthor: Ada\ntags: [x]\n---\n\n# Cap. 1\nTesto.'
    )
    assert document.title == "Le cellule: un'introduzione"
    assert document.metadata == {"title": "Le cellule: un'introduzione", "author": "Ada"}
    assert document.pages[0].text == "# Cap. 1\nTesto."


@pytest.mark.parametrize("block", ["authors: [Ada, 'Bo']", "authors:\n  - Ada\n  - Bo", "author: Ada, Bo # the two"])
def test_several_authors(block: str) -> None:
    assert split_front_matter(f"---\n{block}\n---\nx") == ({"author": "Ada, Bo"}, "x")


@pytest.mark.parametrize(
    "text", ["---\n\nA rule, then text.\n\n---\n", "--- title: no ---", "text\n---\ntitle: x\n---"]
)
def test_a_rule_is_not_front_matter_with_fields(text: str) -> None:
    assert split_front_matter(text)[0] == {}


def test_headings_are_sections_at_their_places(tmp_path: Path) -> None:
    text = "# Uno C# #\n\ntesto\n\n## *Due* di [due](http://x)\n\nTre\n===\n\nQuattro\n---\n\n####### sette\n#niente"
    document = markdown(tmp_path, text)
    assert document.sections == (
        Section("Uno C#", 1, 1, 0),
        Section("Due di due", 2, 1, text.index("##")),
        Section("Tre", 1, 1, text.index("Tre")),
        Section("Quattro", 2, 1, text.index("Quattro")),
    )
    assert document.title == "Uno C#"
    assert document.pages[0].engine == "markdown"


def test_a_hash_in_a_code_block_is_no_heading(tmp_path: Path) -> None:
    text = "```sh\n# a comment\n~~~\n## another\n```\n\n~~~~\n# x\n~~~\n# y\n~~~~\n\n    # indented\n\n# Real"
    assert [section.title for section in markdown(tmp_path, text).sections] == ["Real"]


def test_a_rule_under_a_list_or_a_table_is_no_heading(tmp_path: Path) -> None:
    assert markdown(tmp_path, "- item\n---\n\n| a | b |\n---\n\n> quote\n---\n\ntext").sections == ()


def test_without_any_heading_the_title_is_the_name(tmp_path: Path) -> None:
    document = markdown(tmp_path, "just text")
    assert (document.title, document.sections) == ("notes", ())


def test_only_front_matter_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(NoTextError):
        markdown(tmp_path, "---\ntitle: x\n---\n")


@given(st.text(alphabet="#=-`~ab\n \f[]()*"))
def test_sections_of_any_markdown_point_into_their_page(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("md") / "any.md"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        document = load_document(path)
    except NoTextError:
        return
    for section in document.sections:
        page = document.pages[section.page - 1]
        assert 0 <= section.offset < len(page.text)
        assert section.offset == 0 or page.text[section.offset - 1] == "\n"
        assert section.title


def test_a_line_made_to_be_slow_is_not(tmp_path: Path) -> None:
    text = "# " + " " * 200_000 + "x\n" + "[" * 100_000 + "\n" + "# a " + "#" * 100_000 + "b\n" + "*_" * 100_000
    assert len(markdown(tmp_path, text).sections) == 2


def test_a_text_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * (2 << 20))
    with pytest.raises(DocumentLimitError, match=r"long\.txt is 2 MB, more than the 1 MB"):
        read_text(Source(path, limits=Limits(text_bytes=1 << 20)))
