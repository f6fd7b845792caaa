"""PDF files, whole and broken, read in a child process that may die without taking us along."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pypdf
import pytest

from assistant.documents import Document, Section, load_document
from assistant.documents.child.limits import Limits, Watchdog
from assistant.documents.child.messages import Done, Opened, PageRead, Refused, Structure, decode, encode
from assistant.documents.pdf import reader as pdf_reader
from assistant.documents.pdf.reader import read_pdf
from assistant.documents.source import Source
from assistant.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentLimitError,
    DocumentNotFoundError,
    EncryptedDocumentError,
    LockedDocumentError,
    NoTextError,
    Stopped,
    UnsupportedDocumentError,
)
from tests.assistant import pdf_files

WORDS = "The leaf takes in light and gives out oxygen, as everybody learns at school."
TIGHT = Limits(memory_bytes=400 << 20, cpu_seconds=3, silent_seconds=8, start_seconds=12)
"""Limits that hostile files reach soon, for tests that must not take minutes."""

Save = Callable[[bytes], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(data: bytes) -> Path:
        path = tmp_path / "file.pdf"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture(autouse=True)
def no_child_left_behind():
    yield
    assert not [child for child in psutil.Process().children() if "documents.child" in " ".join(child.cmdline())]


def error_of(path: Path, **options: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_document(path, **options)
    assert caught.value.hint
    assert caught.value.path == str(path)
    return caught.value


def encrypted(algorithm: str, *, user: str = "segreta è", owner: str = "padrone") -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_files.simple(WORDS)))
    writer.encrypt(user, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# --- what is read -----------------------------------------------------------------------------------------------


def test_pages_keep_their_text_in_order(save: Save) -> None:
    seen: list[tuple[int, int]] = []
    path = save(pdf_files.simple(f"{WORDS}\nPerché è così?", "Second page.", "Third page."))
    document = load_document(path, on_page=lambda done, total: seen.append((done, total)))
    assert [page.text for page in document.pages] == [f"{WORDS} Perché è così?", "Second page.", "Third page."]
    assert {page.engine for page in document.pages} == {"pdfium"}
    assert [page.label for page in document.pages] == ["1", "2", "3"]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (document.title, document.warnings) == ("file", ())


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Appunti \x07di \u202ebiologia", "Appunti di biologia"), ("Microsoft Word - tesi.docx", "file"), ("  ", "file")],
)
def test_the_title_is_the_metadata_title_unless_it_is_a_file_name(save: Save, title: str, shown: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_files.simple(WORDS)))
    writer.add_metadata({"/Title": title, "/Author": "Ada"})
    out = io.BytesIO()
    writer.write(out)
    document = load_document(save(out.getvalue()))
    assert document.title == shown
    assert document.metadata["author"] == "Ada"


def test_outline_and_labels_come_along(save: Save) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_files.simple("Preface.", "1 Light\nText.", "Dark\nText.")))
    chapter = writer.add_outline_item(title="Light", page_number=1)
    writer.add_outline_item(title="Dark", page_number=2, parent=chapter)
    writer.set_page_label(0, 0, style="/r", start=12)
    writer.set_page_label(1, 2, style="/D", start=1)
    out = io.BytesIO()
    writer.write(out)
    document = load_document(save(out.getvalue()))
    assert document.sections == (Section("Light", 1, 2, 0), Section("Dark", 2, 3, 0))
    assert [page.label for page in document.pages] == ["xii", "1", "2"]
    assert document.title == "Light"


def test_the_first_of_several_chapters_is_not_the_title(save: Save) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_files.simple("1 Light", "2 Dark")))
    writer.add_outline_item(title="Light", page_number=0)
    writer.add_outline_item(title="Dark", page_number=1)
    out = io.BytesIO()
    writer.write(out)
    assert load_document(save(out.getvalue())).title == "file"


def test_some_scanned_pages_are_named_and_the_rest_is_read(save: Save) -> None:
    picture = {1000: pdf_files.PICTURE}
    show = pdf_files.show(WORDS)
    scan = b"q 595 0 0 842 0 0 cm /I Do Q"
    data = pdf_files.pages(show, scan, show, scan, scan, resources="/XObject << /I 1000 0 R >>", extra=picture)
    document = load_document(save(data))
    assert [page.warnings for page in document.pages] == [(), ("scanned",), (), ("scanned",), ("scanned",)]
    assert [page.engine for page in document.pages][:2] == ["pdfium", "none"]
    assert document.warnings[0] == "Pages 2, 4-5 were left out: they are images without text."


def test_a_page_that_pdfium_reads_badly_is_read_by_pypdf(save: Save) -> None:
    """A font whose ToUnicode map says private use: pypdf fares no better, so the page is named."""
    document_bytes = pdf_files.pages(
        pdf_files.show(WORDS),
        pdf_files.show(WORDS).replace(b"/F ", b"/G "),
        resources="/Font << /F 3 0 R /G 1000 0 R >>",
        extra={
            1000: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 1001 0 R >>",
            1001: pdf_files.stream(
                b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
                b"1 beginbfrange <20> <7e> <e020> endbfrange endcmap end"
            ),
        },
    )
    document = load_document(save(document_bytes))
    assert [page.warnings for page in document.pages] == [(), ("broken-encoding",)]
    assert document.pages[1].text == ""
    assert document.warnings[0] == "Page 2 was left out: its fonts do not say which letters they show."


def test_junk_before_the_header_is_passed_over(save: Save) -> None:
    document = load_document(save(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_700 + b"\r\n\r\n" + pdf_files.simple(WORDS)))
    assert document.pages[0].text == WORDS
    assert document.pages[0].engine == "pypdf"


def test_terminal_escapes_and_markup_arrive_as_harmless_text(save: Save) -> None:
    document = load_document(
        save(pdf_files.simple("\x1b]0;owned\x07Before \x1b[31mred [bold]x[/bold] after, many words"))
    )
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", document.pages[0].text)
    assert "red [bold]x[/bold] after, many words" in document.pages[0].text


# --- locked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_locked_files_open_with_their_password_only(save: Save, algorithm: str) -> None:
    path = save(encrypted(algorithm, user="segreta"))
    assert load_document(path, password="segreta").pages[0].text == WORDS
    missing, wrong = error_of(path), error_of(path, password="sbagliata")
    assert type(missing) is type(wrong) is EncryptedDocumentError
    assert missing.message == "file.pdf is locked with a password."
    assert wrong.message == "The password does not open file.pdf."


def test_a_password_may_have_accents(save: Save) -> None:
    assert load_document(save(encrypted("AES-256")), password="segreta è").pages[0].text == WORDS


def test_a_file_with_an_owner_password_only_opens_without_one(save: Save) -> None:
    assert load_document(save(encrypted("AES-128", user=""))).pages[0].text == WORDS


def test_a_file_locked_with_a_certificate_says_so(save: Save) -> None:
    data = pdf_files.simple(WORDS).replace(
        b"/Root 1 0 R", b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Adobe.PubSec /V 4 /R 4 /Length 128 >>"
    )
    error = error_of(save(data))
    assert type(error) is LockedDocumentError
    assert "certificate" in error.message


def test_the_password_is_in_no_list_of_processes_and_secrets_stay_here(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict] = []
    popen = subprocess.Popen

    def spy(arguments: list[str], **options):
        started.append({"arguments": arguments, **options})
        return popen(arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", spy)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    load_document(save(encrypted("AES-256", user="segreta")), password="segreta")
    assert len(started) == 1
    assert "segreta" not in repr(started)
    assert "hf_secret" not in repr(started)
    assert "segreta" not in repr(Source(Path("x"), "segreta"))


# --- broken -----------------------------------------------------------------------------------------------------


def test_a_scan_says_that_its_pages_are_images(save: Save) -> None:
    error = error_of(save(pdf_files.image_page()))
    assert type(error) is NoTextError
    assert error.message == "file.pdf has no text to read: its page is an image, a scan."


def test_a_blank_page_is_not_called_a_scan(save: Save) -> None:
    error = error_of(save(pdf_files.pages(b"", b"")))
    assert type(error) is NoTextError
    assert error.message == "file.pdf has 2 pages, all blank."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"<!DOCTYPE html><html><body>Log in</body></html>",
            "file.pdf is a web page, not a PDF, whatever its name says.",
        ),
        (b"\n <!-- x --> <HTML>", "file.pdf is a web page, not a PDF, whatever its name says."),
        (b"PK\x03\x04 a zip", "file.pdf is a compressed archive, which Sunto does not read."),
        (b"just some words", "file.pdf is not a PDF, whatever its name says."),
    ],
)
def test_what_is_not_a_pdf_is_not_called_a_damaged_one(save: Save, data: bytes, message: str) -> None:
    error = error_of(save(data))
    assert type(error) is UnsupportedDocumentError
    assert error.message == message


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        pdf_files.simple(WORDS)[:300],
        b"%PDF-1.7\n" + bytes(range(256)) * 20,
        pdf_files.page_tree_loop(),
    ],
    ids=["header only", "truncated", "noise", "page tree loop"],
)
def test_damaged_files_are_called_damaged(save: Save, data: bytes) -> None:
    assert type(error_of(save(data))) is DamagedDocumentError


def test_a_file_without_its_last_bytes_is_repaired(save: Save) -> None:
    assert load_document(save(pdf_files.simple(WORDS)[:-20])).pages[0].text == WORDS


def test_an_outline_that_bites_its_tail_is_survived(save: Save) -> None:
    document = load_document(save(pdf_files.outline_loop()))
    assert document.pages[0].text.startswith("A page with an outline")


def test_a_lying_page_count_is_not_believed(save: Save) -> None:
    assert len(load_document(save(pdf_files.lying_count())).pages) == 1


def test_more_pages_than_the_limit_are_refused(save: Save) -> None:
    source = Source(save(pdf_files.simple("a", "b", "c")), limits=Limits(pages=2))
    with pytest.raises(DocumentLimitError, match=r"file\.pdf has 3 pages, more than the 2 Sunto reads\."):
        read_pdf(source)


def test_a_page_with_too_much_text_is_left_out_and_named(save: Save) -> None:
    path = save(pdf_files.simple(WORDS, WORDS * 9))
    document = read_pdf(Source(path, limits=Limits(page_characters=300)))
    assert [page.warnings for page in document.pages] == [(), ("failed",)]
    assert document.warnings == ("Page 2 was left out: it could not be read.",)


def test_a_document_with_too_much_text_ends_early(save: Save) -> None:
    path = save(pdf_files.simple(*[f"{WORDS} {number}" for number in range(5)]))
    document = read_pdf(Source(path, limits=Limits(document_characters=200)))
    assert len(document.readable_pages) == 2
    assert document.warnings == ("Pages 3-5 were left out: they could not be read.",)


def test_a_file_that_vanishes_before_the_child_opens_it(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(pdf_files.simple(WORDS))
    monkeypatch.setattr(pdf_reader, "_check_content", lambda _source: path.unlink())
    assert type(error_of(path)) is DocumentNotFoundError


# --- hostile ----------------------------------------------------------------------------------------------------


def read_under_attack(path: Path) -> Document | DocumentError:
    started = time.monotonic()
    try:
        return read_pdf(Source(path, limits=TIGHT))
    except DocumentError as error:
        return error
    finally:
        assert time.monotonic() - started < 2 * (TIGHT.start_seconds + 5)
        assert [file.name for file in path.parent.iterdir() if file.is_file()] == ["file.pdf"]


@pytest.mark.parametrize("bomb", [pdf_files.flate_bomb, pdf_files.many_operators])
def test_bombs_are_given_up(save: Save, bomb: Callable[[], bytes]) -> None:
    assert type(read_under_attack(save(bomb()))) in (DocumentLimitError, DamagedDocumentError)


@pytest.mark.skipif(sys.platform == "win32", reason="the abort takes a limit on memory that Windows does not have")
def test_a_form_that_draws_itself_costs_one_page_at_most(save: Save) -> None:
    document = read_under_attack(save(pdf_files.recursive_form()))
    assert isinstance(document, Document)
    assert document.pages[0].text == "The page before is fine and has enough words to be read."
    assert document.pages[2].text == "The page after it is fine as well, and is not lost."
    assert [page.engine for page in document.pages] == ["pdfium", "pypdf", "pypdf"]


@pytest.mark.parametrize("trick", [pdf_files.billion_laughs, pdf_files.nested_arrays])
def test_other_tricks_end_in_text_or_in_a_document_error(save: Save, trick: Callable[[], bytes]) -> None:
    outcome = read_under_attack(save(trick()))
    assert isinstance(outcome, DocumentError)
    assert outcome.hint


# --- the process ------------------------------------------------------------------------------------------------


def test_a_stop_kills_the_child_at_once(save: Save) -> None:
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    started = time.monotonic()
    with pytest.raises(Stopped):
        load_document(save(pdf_files.many_operators()), should_stop=should_stop)
    assert time.monotonic() - started < 5


def test_an_error_in_the_callers_progress_kills_the_child_too(save: Save) -> None:
    def fail(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_document(save(pdf_files.simple(*["page"] * 300)), on_page=fail)


def test_it_works_from_several_threads_at_once(save: Save) -> None:
    path = save(pdf_files.simple(WORDS))
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(load_document(path).pages[0].text)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [WORDS] * 3


def test_a_folder_with_a_false_package_in_it_is_no_danger(save: Save, tmp_path: Path) -> None:
    path = save(pdf_files.simple(WORDS))
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    for name in ("pypdf.py", "pypdfium2.py", "json.py", "assistant.py"):
        (downloads / name).write_text("open('owned', 'w')", encoding="utf-8")
    before = Path.cwd()
    os.chdir(downloads)
    try:
        assert load_document(path).pages[0].text == WORDS
    finally:
        os.chdir(before)
    assert not (downloads / "owned").exists()


def test_the_child_imports_nothing_heavy() -> None:
    code = "import sys, assistant.documents.child.main as _; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "textual", "rich", "psutil", "numpy", "pypdf", "pypdfium2"} & set(loaded)


def test_a_child_whose_parent_is_gone_ends(save: Save) -> None:
    path = save(pdf_files.many_operators())
    code = (
        "import os, sys\nfrom assistant.documents.child import process as pdf_process\nfrom pathlib import Path\n"
        "from assistant.documents.child.limits import LIMITS\nfrom assistant.documents.child.messages import Job\n"
        "from dataclasses import asdict\nstart = pdf_process._start\n"
        "def tell():\n    child = start(); print(child.pid, flush=True); return child\n"
        "pdf_process._start = tell\n"
        f"job = Job({str(path)!r}, limits=asdict(LIMITS))\n"
        "pdf_process.run_child(job, LIMITS, lambda message: os._exit(9), lambda: False)"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert parent.returncode == 9, parent.stderr
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(parent.stdout)).wait(timeout=10)


# --- limits and messages ----------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_watchdog_knows_a_stuck_child_from_a_slow_one() -> None:
    clock = Clock()
    watchdog = Watchdog(
        os.getpid(), Limits(silent_seconds=60, start_seconds=60, page_seconds=1, memory_bytes=1 << 50), clock
    )
    watchdog._usage = lambda: (0, 0.0)  # type: ignore[method-assign]
    watchdog.heard(pages=100)
    for clock.now in (50, 100, 150):
        assert watchdog.breach() is None
        watchdog.heard()
    clock.now = 159
    assert watchdog.breach() is None
    clock.now = 161
    assert watchdog.breach() == "time"
    clock.now = 211
    assert watchdog.breach() == "stuck"


def test_the_watchdog_sees_memory_and_computing_time_without_help_from_the_system() -> None:
    assert Watchdog(os.getpid(), Limits(memory_bytes=1)).breach() == "memory"
    assert Watchdog(os.getpid(), Limits(memory_bytes=1 << 50, cpu_seconds=0)).breach() == "time"
    assert Watchdog(2**22 + 1, Limits(memory_bytes=0)).breach() is None


@pytest.mark.parametrize(
    "message",
    [
        Opened(3),
        PageRead(0, "caffè \ud800 \ufffe", "pdfium", ("glued-words",)),
        Structure(("i", "ii"), (("Uno", 1, 0, -1),), {"title": "T"}),
        Refused("password", "x"),
        Done(),
    ],
)
def test_messages_cross_the_pipe_unchanged(message) -> None:
    line = encode(message)
    assert line.isascii()
    assert decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b'{"type": "Opened"}',
        b'{"type": "Opened", "pages": "3"}',
        b'{"type": "Opened", "pages": -1}',
        b'{"type": "PageRead", "index": 0, "text": "x", "engine": "shell", "warnings": []}',
        b'{"type": "PageRead", "index": 0, "text": "x", "engine": "pdfium", "warnings": ["rm -rf"]}',
        b'{"type": "PageRead", "index": 0, "text": 5, "engine": "pdfium", "warnings": []}',
        b'{"type": "Structure", "labels": 7, "outline": [], "metadata": {}}',
        b'{"type": "Structure", "labels": [], "outline": [["x", 1]], "metadata": {}}',
        b'{"type": "Refused", "code": "because", "detail": ""}',
        b'{"type": "Done", "more": 1}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)
