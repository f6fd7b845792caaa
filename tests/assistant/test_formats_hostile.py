"""Files made to do harm, and files that are not what they say: text, or an error that says what to do."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from assistant.documents import READERS, load_document
from assistant.documents.child.haul import Haul
from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import Refused
from assistant.documents.content import looks_like
from assistant.documents.formats.package import resolve
from assistant.documents.formats.reader import read_format
from assistant.documents.model import Document
from assistant.documents.source import Source
from assistant.errors import (
    DamagedDocumentError,
    DocumentAccessError,
    DocumentError,
    DocumentLimitError,
    EncryptedDocumentError,
    NoTextError,
    UnsupportedDocumentError,
)
from tests.assistant import pdf_files
from tests.assistant.format_files import docx, epub, odt, paragraph, relationships, zipped

SMALL = Limits(memory_bytes=700 << 20, cpu_seconds=20, silent_seconds=20.0)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def opened(folder: Path, name: str, data: bytes | str, limits: Limits = SMALL) -> Document:
    return load_document(saved(folder, name, data), limits=limits)


def refused(
    folder: Path, name: str, data: bytes | str, kind: type[DocumentError], limits: Limits = SMALL
) -> DocumentError:
    with pytest.raises(kind) as caught:
        opened(folder, name, data, limits)
    assert caught.value.hint
    assert name in caught.value.message
    return caught.value


# --- bombs --------------------------------------------------------------------------------------------------------

_LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ahahahahah">'
    + "".join(f'<!ENTITY {name} "{f"&{last};" * 10}">' for last, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def word_xml(document: str) -> bytes:
    return zipped(
        {"_rels/.rels": relationships({"officeDocument": "word/document.xml"}), "word/document.xml": document}
    )


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        f'<w:document xmlns:w="{namespace}"><w:body><w:p><w:r><w:t>prima &i; dopo</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    assert "ahah" not in opened(tmp_path, "a.docx", word_xml(_LAUGHS + body)).pages[0].text


def test_no_file_of_ours_comes_into_a_document(tmp_path: Path) -> None:
    secret = saved(tmp_path, "secret.txt", "segreto")
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    declared = f'<!DOCTYPE d [<!ENTITY i SYSTEM "{secret.as_uri()}">]>'
    body = (
        f'<w:document xmlns:w="{namespace}"><w:body><w:p><w:r><w:t>prima &i; dopo</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    assert "segreto" not in opened(tmp_path, "a.docx", word_xml(declared + body)).pages[0].text
    page = f'<!DOCTYPE html [<!ENTITY i SYSTEM "{secret.as_uri()}">]><html><body><p>prima &i; dopo</p></body></html>'
    assert "segreto" not in opened(tmp_path, "a.html", page).pages[0].text


def zeros(count: int) -> bytes:
    """A member that says it is small and unpacks to `count` bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relationships({"officeDocument": "word/document.xml"}))
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            block = b" " * (1 << 20)
            for _megabyte in range(count >> 20):
                member.write(block)
    return out.getvalue()


def test_a_zip_bomb_is_given_up(tmp_path: Path) -> None:
    data = zeros(1 << 30)
    assert len(data) < 2 << 20
    error = refused(tmp_path, "bomb.docx", data, DocumentLimitError)
    assert error.message == "bomb.docx was given up: reading it takes too much memory or time."


def test_a_document_of_a_million_elements_stays_in_its_bounds(tmp_path: Path) -> None:
    body = paragraph("x") * 1_000_000
    refused(tmp_path, "huge.docx", docx(body), DocumentLimitError, Limits(memory_bytes=500 << 20))
    document = opened(tmp_path, "large.docx", docx(body[: len(body) // 5]))
    assert sum(page.text.count("x") for page in document.pages) == 200_000


def test_elements_inside_one_another_without_end(tmp_path: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 20_000 + paragraph("fondo") + "</w:sdtContent></w:sdt>" * 20_000
    document = opened(tmp_path, "deep.docx", docx(paragraph("cima") + deep))
    assert document.pages[0].text.startswith("cima")
    assert document.warnings == ("Part of page 1 was left out: it is damaged or too long.",)


def test_a_repeat_count_of_a_file_is_not_believed(tmp_path: Path) -> None:
    text = '<text:p>a<text:s text:c="999999999"/>b</text:p><table:table><table:table-row><table:table-cell'
    text += (
        ' table:number-columns-repeated="999999999"><text:p>c</text:p></table:table-cell></table:table-row>'
        "</table:table>"
    )
    assert opened(tmp_path, "a.odt", odt(text)).pages[0].text.startswith("a b\n\nc | c")


# --- broken zips --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_download_that_broke_off_is_damaged(tmp_path: Path, share: float) -> None:
    data = docx(paragraph("testo " * 2_000))
    refused(tmp_path, "cut.docx", data[: int(len(data) * share)], DamagedDocumentError)


def test_a_flipped_byte_in_a_member_is_damage(tmp_path: Path) -> None:
    data = bytearray(odt("<text:p>" + "testo " * 100 + "</text:p>"))
    data[data.index(b"testo testo") + 3] ^= 0xFF
    refused(tmp_path, "flip.odt", bytes(data), DamagedDocumentError)


def test_a_member_named_to_leave_its_folder_goes_nowhere(tmp_path: Path) -> None:
    data = zipped(
        {
            "_rels/.rels": relationships({"officeDocument": "../../../../etc/hostname"}),
            "../../../../tmp/evil.txt": "male",
            "word/document.xml": "x",
        }
    )
    refused(tmp_path, "evil.docx", data, DamagedDocumentError)
    assert list(tmp_path.iterdir()) == [tmp_path / "evil.docx"]


@pytest.mark.parametrize(
    ("folder", "target", "name"),
    [
        ("word", "styles.xml", "word/styles.xml"),
        ("word", "/word/styles.xml", "word/styles.xml"),
        ("OEBPS/text", "../img%20s/a.xhtml", "OEBPS/img s/a.xhtml"),
        ("", "http://example.org/x", ""),
        ("", "file:///etc/passwd", ""),
        ("ppt", "", ""),
    ],
)
def test_references_mean_members(folder: str, target: str, name: str) -> None:
    assert resolve(folder, target) == name


# --- locks --------------------------------------------------------------------------------------------------------


def ole(*streams: str) -> bytes:
    """The header and the directory of an old Office file with these streams."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in ("Root Entry", *streams)
    )
    return OLE + bytes(504) + entries.ljust(1024, b"\0")


def test_an_office_file_with_a_password_says_so(tmp_path: Path) -> None:
    for name in ("a.docx", "a.pptx", "a.doc"):
        error = refused(tmp_path, name, ole("EncryptedPackage", "EncryptionInfo"), EncryptedDocumentError)
        assert error.message == f"{name} is locked with a password."
        assert "without a password" in error.hint


def test_an_opendocument_text_with_a_password_says_so(tmp_path: Path) -> None:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry>'
        "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    refused(tmp_path, "a.odt", odt("", **{"META-INF/manifest.xml": manifest}), EncryptedDocumentError)


def test_a_zip_whose_list_points_before_its_beginning_is_damaged_and_not_out_of_reach(tmp_path: Path) -> None:
    data = bytearray(docx(paragraph("Some words.")))
    end = data.rindex(b"PK\x05\x06") + 16
    data[end : end + 4] = (int.from_bytes(data[end : end + 4], "little") + 100).to_bytes(4, "little")
    path = tmp_path / "moved.docx"
    path.write_bytes(data)
    with pytest.raises(DamagedDocumentError):
        load_document(path)


def test_a_zip_with_locked_members_says_so(tmp_path: Path) -> None:
    data = bytearray(docx(paragraph("x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(signature, place + 4)
    refused(tmp_path, "a.docx", bytes(data), EncryptedDocumentError)


def test_a_book_from_a_shop_is_said_to_be_protected(tmp_path: Path) -> None:
    def encryption(algorithm: str) -> dict[str, str]:
        method = f'<EncryptionMethod Algorithm="{algorithm}"/>'
        return {"META-INF/encryption.xml": f"<encryption><EncryptedData>{method}</EncryptedData></encryption>"}

    locked = epub({"a.xhtml": "x"}, **encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    assert "copy protection" in refused(tmp_path, "a.epub", locked, EncryptedDocumentError).message
    fonts = epub({"a.xhtml": "<p>Testo.</p>"}, **encryption("http://www.idpf.org/2008/embedding"))
    assert opened(tmp_path, "b.epub", fonts).pages[0].text == "Testo."


# --- names that lie -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "engine", "what"),
    [
        ("a.pdf", docx(paragraph("testo qui")), "docx", "a Word document"),
        ("a.txt", docx(paragraph("testo qui")), "docx", "a Word document"),
        ("a.zip", docx(paragraph("testo qui")), "docx", "a Word document"),
        ("a.docx", odt("<text:p>testo qui</text:p>"), "odt", "an OpenDocument text"),
        ("a.docx", epub({"a.xhtml": "<p>testo qui</p>"}), "epub", "an e-book (EPUB)"),
        ("a.txt", pdf_files.simple("testo qui"), "pdfium", "a PDF"),
        ("a.docx", pdf_files.simple("testo qui"), "pdfium", "a PDF"),
        ("a", pdf_files.simple("testo qui"), "pdfium", "a PDF"),
        ("a.doc", "<html><body><p>testo qui</p></body></html>", "html", "a web page"),
        ("a.xls", "<!DOCTYPE html><p>testo qui</p>", "html", "a web page"),
    ],
)
def test_a_file_is_read_as_what_it_is(tmp_path: Path, name: str, data: bytes | str, engine: str, what: str) -> None:
    document = opened(tmp_path, name, data)
    assert (document.pages[0].text, document.pages[0].engine) == ("testo qui", engine)
    assert document.warnings == (f"{name} is really {what}; it was read as one.",)


@pytest.mark.parametrize("name", ["a.docm", "a.dotx"])
def test_a_sibling_of_a_format_is_no_lie(tmp_path: Path, name: str) -> None:
    assert opened(tmp_path, name, docx(paragraph("testo"))).warnings == ()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a.docx", "a.docx is really plain text; it was read as that."),
        ("a.log", "Sunto does not know files named .log; it read a.log as plain text."),
        ("appunti", "appunti does not say what kind of file it is; it was read as plain text."),
    ],
)
def test_text_under_any_name_is_text(tmp_path: Path, name: str, sentence: str) -> None:
    document = opened(tmp_path, name, "perché no")
    assert (document.pages[0].text, document.pages[0].engine, document.warnings) == ("perché no", "text", (sentence,))


def test_the_source_of_a_page_in_a_text_file_is_text(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        assert opened(tmp_path, name, "<html><body>x</body></html>\n\ntesto").warnings == ()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.doc", ole("WordDocument", "1Table"), ("Word document of the old kind", "save it as .docx")),
        ("a.docx", ole("WordDocument"), ("Word document of the old kind", "save it as .docx")),
        ("a.ppt", ole("PowerPoint Document"), ("PowerPoint presentation of the old kind", ".pptx")),
        ("a.xls", ole("Workbook"), ("a spreadsheet", "CSV")),
        ("a.msg", ole("__substg1.0"), ("Office file of the old kind", "PDF")),
        ("a.rtf", b"{\\rtf1\\ansi testo}", ("rich text", ".docx")),
        ("a.xlsx", zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), ("a spreadsheet", "CSV")),
        ("a.pages", zipped({"Index/Document.iwa": "x"}), ("Pages, Numbers or Keynote", "export it")),
        ("a.zip", zipped({"a.txt": "x"}), ("a compressed archive", "Unpack it")),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), ("a compressed archive", "Unpack it")),
        ("a.txt", b"Rar!\x1a\x07\x01" + bytes(50), ("a compressed archive", "Unpack it")),
        ("a.exe", b"MZ" + bytes(200), ("a program", "Sunto reads")),
        ("a.txt", b"\x7fELF" + bytes(200), ("a program", "Sunto reads")),
        ("a.mp3", b"ID3" + bytes(200), ("a sound or a film", "Sunto reads")),
        ("a.mp4", b"\0\0\0\x20ftypisom" + bytes(200), ("a sound or a film", "Sunto reads")),
        ("a.djvu", b"AT&TFORM" + bytes(200), ("a DjVu document", "PDF")),
        ("a.bin", bytes(range(256)) * 4, ("a file of an unknown kind", "Sunto reads")),
        ("a.md", b"SQLite format 3\0" + bytes(200), ("a database", "Sunto reads")),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(200), ("an image", "PNG or JPEG")),
    ],
)
def test_what_sunto_does_not_read_is_named_with_what_to_do(
    tmp_path: Path, name: str, data: bytes, words: tuple[str, str]
) -> None:
    error = refused(tmp_path, name, data, UnsupportedDocumentError)
    assert words[0] in error.message
    assert words[1] in error.hint


def test_every_suffix_sunto_reads_is_named_where_none_fits(tmp_path: Path) -> None:
    error = refused(tmp_path, "a.bin", bytes(range(256)) * 4, UnsupportedDocumentError)
    assert all(suffix in error.hint for suffix in READERS)


def test_a_web_page_in_place_of_a_pdf_is_a_failed_download(tmp_path: Path) -> None:
    error = refused(tmp_path, "a.pdf", "<html><body>Log in</body></html>", UnsupportedDocumentError)
    assert "Download it again" in error.hint


def test_a_member_list_at_the_end_tells_what_a_zip_is() -> None:
    members = {"docProps/thumbnail.jpeg": bytes(100_000), "xl/workbook.xml": "x"}
    data = zipped(members, compression=zipfile.ZIP_STORED)
    assert looks_like(data[:1000], data[-1000:]) == "xlsx"


# --- nothing in it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", docx("")),
        ("a.odt", odt("<text:p/>")),
        ("a.html", "<html><body><img src=x></body></html>"),
        ("a.md", "---\ntitle: x\n---\n"),
        ("a.ipynb", '{"cells": [], "metadata": {}}'),
        ("a.csv", ",,\n,,\n"),
        ("a.rst", ".. comment\n"),
        ("a.tex", "\\documentclass{article}\\begin{document}% niente\n\\end{document}"),
    ],
)
def test_a_document_without_text_says_so(tmp_path: Path, name: str, data: bytes | str) -> None:
    assert "no text to read" in refused(tmp_path, name, data, NoTextError).message


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.ipynb", "{"), ("a.ipynb", '{"cells": 3}'), ("a.ipynb", "[" * 100_000), ("a.epub", b"PK\x03\x04rest")],
)
def test_a_document_that_makes_no_sense_is_damaged(tmp_path: Path, name: str, data: bytes | str) -> None:
    refused(tmp_path, name, data, DamagedDocumentError)


def test_a_text_format_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.html", "x" * (2 << 20))
    with pytest.raises(DocumentLimitError, match=r"a\.html is 2 MB, more than the 1 MB"):
        read_format(Source(path, limits=Limits(text_bytes=1 << 20)), "html")


def test_markup_that_is_too_tangled_is_read_as_text(tmp_path: Path) -> None:
    document = opened(tmp_path, "a.md", "![a](" * 300_000, Limits(cpu_seconds=1))
    assert (document.pages[0].engine, document.pages[0].text[:10]) == ("text", "![a](![a](")
    assert document.warnings == ("a.md was read as plain text: its markup is too long or too tangled.",)


def test_more_pages_than_any_book_are_refused(tmp_path: Path) -> None:
    breaks = paragraph("x", '<w:r><w:br w:type="page"/></w:r>') * 50
    with pytest.raises(DocumentLimitError, match="has 50 pages, more than the 20"):
        opened(tmp_path, "a.docx", docx(breaks), Limits(pages=20))


def test_a_missing_part_of_sunto_is_not_laid_to_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(haul: Haul, *_args: object) -> bool:
        haul.refused = Refused("installation", "docutils")
        return False

    monkeypatch.setattr(Haul, "run", run)
    with pytest.raises(DocumentAccessError, match="is missing: docutils"):
        opened(tmp_path, "a.rst", "Title\n=====\n\nText.")
