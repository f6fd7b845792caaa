"""Recognition with a program in tesseract's place that hangs, crashes, floods, lies, or is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

from assistant.doctor.recognition import check_recognition
from assistant.documents import Document, load_document
from assistant.documents.child.limits import LIMITS
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, PageRead
from assistant.documents.ocr import reading
from assistant.documents.ocr.options import Recognition
from assistant.documents.ocr.task import Task
from assistant.errors import DamagedDocumentError, NoTextError, Stopped
from assistant.library import Library
from tests.assistant import pdf_files
from tests.assistant.scans import marked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for tesseract is a script")

SENTENCES = (
    "La cellula è viva.",
    "Ogni membrana decide che cosa entra.",
    "Il nucleo custodisce il suo codice.",
    "Nei mitocondri si produce energia.",
    "Con i ribosomi finisce questo capitolo.",
)
WELL = f"say({SENTENCES!r}[page - 1])"
TIGHT = replace(LIMITS, recognition_seconds=1.0)

_PROGRAM = r"""#!{python} -IS
import os, signal, sys, time
if sys.argv[1] == "--version":
    print("tesseract 5.3.0")
    sys.exit()
if sys.argv[1] == "--list-langs":
    print("List:\n" + "\n".join({languages!r}.split()))
    sys.exit()
page = sys.stdin.buffer.read()[-1] // 10
with open({log!r}, "a") as log:
    log.write(f"{{page}} {{os.getpid()}}\n")

def say(text, confidence=95):
    words = "".join(f"<span class='ocrx_word' title='x_wconf {{confidence}}'>{{word}}</span>" for word in text.split())
    sys.stdout.buffer.write(
        f"<div class='ocr_page' title='bbox 0 0 9 9'><p class='ocr_par'><span class='ocr_line' "
        f"title='bbox 0 1 2 3; x_size 9'>{{words}}</span></p></div>".encode()
    )

{behaviour}
"""


class Stand:
    """The program, and what it has been asked."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tesseract"
        self._log = folder / "log"

    def will(self, behaviour: str, languages: str = "ita eng") -> Stand:
        self.path.write_text(
            _PROGRAM.format(python=sys.executable, languages=languages, log=str(self._log), behaviour=behaviour),
            encoding="utf-8",
        )
        self.path.chmod(0o755)
        return self

    @property
    def calls(self) -> list[tuple[int, int]]:
        """(page, process) of every call so far."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return [(int(page), int(process)) for page, process in map(str.split, lines)]

    @property
    def pages(self) -> list[int]:
        return [page for page, _ in self.calls]

    def gone(self) -> bool:
        """Whether none of its processes is left, waiting a moment for the last."""
        deadline = time.monotonic() + 5
        while any(map(_runs, [process for _, process in self.calls])):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def _runs(process: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Stand]:
    folder = tmp_path / "bin"
    folder.mkdir()
    stand = Stand(folder)
    monkeypatch.setenv("SUNTO_TESSERACT", str(stand.path))
    yield stand
    assert stand.gone(), "a tesseract outlived its reader"


@pytest.fixture
def scan(tmp_path: Path) -> Callable[[int], Path]:
    return lambda count: marked(tmp_path / "scan.pdf", count)


class Kept(dict[str, str]):
    """A store of recognised pages."""

    unit = dict[str, str].get

    def put_unit(self, key: str, value: str, documents: Iterable[str] = ()) -> None:
        self[key] = value
        self.sources = set(documents)


def read(path: Path, **fields: object) -> Document:
    return load_document(path, recognition=Recognition(**fields), limits=TIGHT)  # type: ignore[arg-type]


def states(document: Document) -> list[tuple[str, tuple[str, ...]]]:
    return [(page.engine, page.warnings) for page in document.pages]


# --- when all is well -------------------------------------------------------------------------------------------


def test_each_page_is_read_from_its_picture_and_says_so(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(WELL)
    told: list[tuple[int, int]] = []
    document = read(scan(3), on_page=lambda done, total: told.append((done, total)))
    assert [page.text for page in document.pages] == list(SENTENCES[:3])
    assert states(document) == [("ocr", ())] * 3
    assert (document.recognised_with, document.warnings) == ("ita+eng", ())
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_no_file_is_left_behind(
    stand: Stand, scan: Callable[[int], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    read(scan(2)) if stand.will(WELL) else None
    assert list(scratch.iterdir()) == []


def test_only_the_pages_that_are_pictures_are_drawn(stand: Stand, tmp_path: Path) -> None:
    stand.will("say('Parole della figura, lette da chi sa leggere.')")
    path = tmp_path / "mixed.pdf"
    text = pdf_files.show("The leaf takes in light and gives out oxygen, as everybody learns.")
    picture = b"q 595 0 0 842 0 0 cm /I Do 1 g 0 0.5 0.5 0.5 re f Q"
    data = pdf_files.pages(
        text, picture, text, b"", resources="/XObject << /I 1000 0 R >>", extra={1000: pdf_files.PICTURE}
    )
    path.write_bytes(data)
    assert states(read(path)) == [("pdfium", ()), ("ocr", ()), ("pdfium", ()), ("none", ("empty",))]
    assert len(stand.calls) == 1, "neither the pages of text nor the blank one"


def test_words_tesseract_is_unsure_of_are_given_with_a_warning(stand: Stand, scan: Callable[[int], Path]) -> None:
    document = (
        read(scan(1))
        if stand.will("say('Forse queste parole sono giuste, o forse sono altre parole ancora.', 60)")
        else None
    )
    assert document is not None
    assert states(document) == [("ocr", ("ocr-doubtful",))]
    assert "check it against the original" in document.warnings[0]


def test_what_is_only_noise_is_no_text(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will("say('ZÈ w# oi iii', 20)")
    with pytest.raises(NoTextError) as caught:
        read(scan(1))
    assert "found no words" in caught.value.hint


# --- when it is not ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        "time.sleep(60)",
        "sys.exit(1)",
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "while True: sys.stdout.buffer.write(b'<span>' * 100_000)",
        "sys.stdout.buffer.write(b'<![x[' + bytes(range(256)))",
        "sys.stdout.close(); time.sleep(60)",
    ],
    ids=["hangs", "fails", "crashes", "floods", "babbles", "closes its mouth and stays"],
)
def test_a_page_it_fails_on_is_named_and_the_others_are_read(
    fault: str, stand: Stand, scan: Callable[[int], Path]
) -> None:
    stand.will(f"if page == 2:\n    {fault}\n{WELL}")
    started = time.monotonic()
    document = read(scan(3))
    assert time.monotonic() - started < 20
    assert states(document) == [("ocr", ()), ("none", ("scanned",)), ("ocr", ())]
    assert "Page 2 was left out" in document.warnings[0]


def test_a_page_that_takes_the_child_with_it_costs_only_itself(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(f"if page == 2:\n    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(60)\n{WELL}")
    assert states(read(scan(4))) == [("ocr", ()), ("none", ("scanned",)), ("ocr", ()), ("ocr", ())]


def test_a_document_that_always_kills_the_child_is_given_up_soon(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will("os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)")
    with pytest.raises(NoTextError):
        read(scan(12))
    assert len(stand.calls) <= 10


def test_control_characters_in_its_answer_do_not_reach_the_text(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(r"say('Parole \x1b[31mrosse\x07 e \u202egirate, con \x9b2J intorno.')")
    (page,) = read(scan(1)).pages
    assert page.text == "Parole rosse e girate, con 2J intorno."


def test_a_tesseract_without_italian_reads_and_says_what_it_lacks(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will("say('Words in ' + sys.argv[sys.argv.index('-l') + 1])", languages="eng")
    document = read(scan(1))
    assert document.pages[0].text == "Words in eng"
    assert document.recognised_with == "eng"
    assert "no Italian" in document.warnings[-1]


def test_without_tesseract_the_pages_are_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    path = tmp_path / "mixed.pdf"
    text = pdf_files.show("The leaf takes in light and gives out oxygen, as everybody learns.")
    picture = b"q 595 0 0 842 0 0 cm /I Do Q"
    path.write_bytes(
        pdf_files.pages(text, picture, resources="/XObject << /I 1000 0 R >>", extra={1000: pdf_files.PICTURE})
    )
    document = read(path)
    assert states(document) == [("pdfium", ()), ("none", ("scanned",))]
    assert "Page 2 was left out" in document.warnings[0]
    assert "tesseract" in document.warnings[1]
    assert document.recognised_with == ""


def test_a_scan_without_tesseract_is_an_error_whose_hint_is_how_to_get_it(scan: Callable[[int], Path]) -> None:
    with pytest.raises(NoTextError) as caught:
        read(scan(2), program="auto")
    assert "tesseract" in caught.value.hint


def test_turned_off_nothing_is_started_and_the_hint_says_so(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(WELL)
    with pytest.raises(NoTextError) as caught:
        read(scan(1), mode="off")
    assert "turned off" in caught.value.hint
    assert stand.calls == []


def test_an_image_that_cannot_be_decoded_is_called_damaged(stand: Stand, tmp_path: Path) -> None:
    from PIL import Image

    stand.will("sys.exit(1)")
    path = tmp_path / "foto.png"
    Image.new("L", (50, 50)).save(path)
    with pytest.raises(DamagedDocumentError):
        read(path)


# --- stopping and going on --------------------------------------------------------------------------------------


def test_a_stop_ends_at_once_and_the_next_time_goes_on_from_there(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(f"if page == 3:\n    time.sleep(60)\n{WELL}")
    path, kept = scan(5), Kept()
    started = time.monotonic()
    with pytest.raises(Stopped):
        load_document(path, recognition=Recognition(kept=kept), should_stop=lambda: len(kept) >= 2)
    assert time.monotonic() - started < 10
    assert stand.gone()
    before = len(stand.calls)
    stand.will(WELL)
    told: list[tuple[int, int]] = []
    document = read(path, kept=kept, on_page=lambda done, total: told.append((done, total)))
    assert stand.pages[before:] == [3, 4, 5]
    assert told[0] == (2, 5)
    assert states(document) == [("ocr", ())] * 5
    assert kept.sources == {document.sha256}


_OPEN = (
    "import sys; from assistant.library import Library\nwith Library() as library: library.open_document(sys.argv[1])"
)


def test_a_kill_loses_at_most_the_page_in_progress(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(f"if page == 3:\n    time.sleep(60)\n{WELL}")
    path = scan(4)
    with subprocess.Popen([sys.executable, "-c", _OPEN, str(path)], cwd=Path(__file__).parents[2]) as process:
        deadline = time.monotonic() + 30
        while 3 not in stand.pages and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
    assert stand.gone(), "tesseract dies with Sunto"
    before = len(stand.calls)
    stand.will(WELL)
    with Library() as library:
        assert states(library.open_document(path)) == [("ocr", ())] * 4
    assert set(stand.pages[before:]) <= {3, 4}


def test_the_library_reads_a_document_again_once_tesseract_is_there(stand: Stand, tmp_path: Path) -> None:
    path = tmp_path / "mixed.pdf"
    text = pdf_files.show("The leaf takes in light and gives out oxygen, as everybody learns.")
    picture = b"q 595 0 0 842 0 0 cm /I Do 1 g 0 0.5 0.5 0.5 re f Q"
    path.write_bytes(
        pdf_files.pages(text, picture, resources="/XObject << /I 1000 0 R >>", extra={1000: pdf_files.PICTURE})
    )
    with Library() as library:
        assert states(library.open_document(path))[1] == ("none", ("scanned",))
        stand.will("say('Parole della figura, lette adesso.')", languages="eng")
        assert library.open_document(path).pages[1].text == "Parole della figura, lette adesso."
        library.open_document(path)
        assert len(stand.calls) == 1, "and then no more"
        stand.will("say('Parole della figura, con gli accenti.')", languages="eng ita")
        assert library.open_document(path).pages[1].text == "Parole della figura, con gli accenti."
        assert library.open_document(path, recognition=Recognition("off")).pages[1].engine == "ocr"


def test_what_a_password_protects_is_recognised_and_never_kept(stand: Stand, tmp_path: Path) -> None:
    import pypdf

    stand.will(WELL)
    writer = pypdf.PdfWriter(marked(tmp_path / "open.pdf", 1))
    writer.encrypt("segreta", algorithm="AES-256")
    locked = tmp_path / "locked.pdf"
    writer.write(locked)
    kept = Kept()
    document = load_document(locked, password="segreta", recognition=Recognition(kept=kept))
    assert states(document) == [("ocr", ())]
    assert kept == {}


def test_a_page_kept_in_another_shape_is_recognised_anew(stand: Stand, scan: Callable[[int], Path]) -> None:
    stand.will(WELL)
    path, kept = scan(1), Kept()
    read(path, kept=kept)
    kept.update(dict.fromkeys(kept, '{"type": "PageRead", "index": 0}'))
    assert states(read(path, kept=kept)) == [("ocr", ())]
    assert len(stand.calls) == 2


def test_the_environment_of_tesseract_holds_no_secret(
    stand: Stand, scan: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    stand.will("say('Parole ' + ' '.join(k for k in os.environ if k in ('HF_TOKEN', 'OMP_THREAD_LIMIT', 'PATH')))")
    text = read(scan(1)).pages[0].text
    assert "OMP_THREAD_LIMIT" in text
    assert "HF_TOKEN" not in text
    assert os.environ["HF_TOKEN"] == "hf_secret"


def test_deleting_a_document_deletes_the_recognised_pages_too(
    stand: Stand, scan: Callable[[int], Path], sunto_home: Path
) -> None:
    stand.will(f"if page == 3:\n    time.sleep(60)\n{WELL}")
    path = scan(3)
    with Library() as library:
        with pytest.raises(Stopped):
            library.open_document(path, should_stop=lambda: 3 in stand.pages)
        stand.will(WELL)
        library.open_document(path)
        assert b"membrana" in _bytes(sunto_home)
        library.remove_documents([record.id for record in library.documents()])
    assert b"membrana" not in _bytes(sunto_home)


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize(("kind", "name"), [("PNG", "foto.pdf"), ("JPEG", "foto.png"), ("PNG", "foto.txt")])
def test_an_image_is_known_by_what_it_holds(kind: str, name: str, stand: Stand, tmp_path: Path) -> None:
    from PIL import Image

    stand.will("say('Parole della fotografia.')")
    Image.linear_gradient("L").save(tmp_path / name, kind)
    document = read(tmp_path / name)
    assert states(document) == [("ocr", ())]
    assert document.warnings, "the name is said to be wrong"


def test_the_events_of_a_job_count_the_pages_and_the_setting_turns_it_off(
    stand: Stand, scan: Callable[[int], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from tui.cli import main

    stand.will(WELL)
    path = str(scan(2))
    assert main(["extract", path, "--events", "--ocr", "off"]) == 3
    assert "turned off" in capsys.readouterr().out
    assert stand.calls == []
    assert main(["extract", path, "--events"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    progress = [event for event in events if event.get("stage") == "ocr"]
    assert [(event["done"], event["total"], event["unit"]) for event in progress][-1] == (2, 2, "pages")


def test_the_doctor_says_what_reads_images_and_what_is_missing(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.will(WELL, languages="ita eng osd")
    check = check_recognition()
    assert (check.status, check.command) == ("ok", "")
    assert "5.3.0 with ita+eng" in check.message
    other = Stand(stand.path.parent / "other")
    other.path.parent.mkdir()
    monkeypatch.setenv("SUNTO_TESSERACT", str(other.will(WELL, languages="eng").path))
    check = check_recognition()
    assert check.status == "warning"
    assert "no Italian" in check.hint
    monkeypatch.setenv("SUNTO_TESSERACT", "/nowhere/tesseract")
    assert "/nowhere/tesseract" in check_recognition().hint
    monkeypatch.setenv("SUNTO_OCR", "off")
    assert check_recognition().status == "ok"


def test_several_pages_at_once_come_out_in_order(
    stand: Stand, scan: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In our own process, with more workers than this machine may have cores for."""
    stand.will(f"time.sleep(0.4 if page % 2 else 0.1)\n{WELL}")
    monkeypatch.setattr(reading, "_workers", lambda: 4)
    task = Task("pdf", (0, 1, 2, 4), 5, str(stand.path), "ita+eng", "", False, True, False)
    said: list[ChildMessage] = []
    reading.read(Job(str(scan(5)), "ocr", options=asdict(task)), LIMITS, said.append)
    opened, *pages, done = said
    assert (opened, done) == (Opened(5), Done())
    assert [(page.index, page.text) for page in pages if isinstance(page, PageRead)] == [
        (index, SENTENCES[index]) for index in (0, 1, 2, 4)
    ]
