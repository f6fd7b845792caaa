"""`sunto library` on real files: a folder of everything, interrupted, resumed, searched, and deleted."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.library import Library
from tests.adapters.test_registry import install
from tests.assistant import pdf_files
from tui.cli import main
from tui.output import Output

COMMAND = [sys.executable, "-c", "import sys; from tui.cli import entry; sys.exit(entry())"]
ROOT = Path(__file__).parents[2]
WORDS = "cellula membrana nucleo gene enzima lipide derivata limite integrale energia lavoro forza".split()  # noqa: SIM905


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def prose(number: int) -> str:
    chance = random.Random(number)
    return f"Lezione {number}. " + " ".join(
        f"La {chance.choice(WORDS)} è una {chance.choice(WORDS)}." for _ in range(30)
    )


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """200 files: 162 that can be read, two of them copies, and 38 that cannot."""
    folder = tmp_path_factory.mktemp("mixed")
    docs = ROOT / "sample_docs"
    for number in range(106):
        write(folder / f"notes/{number:03}.txt", prose(number))
    for number in range(40):
        write(folder / f"chapters/{number:02}.md", f"# Capitolo {number}\n\n{prose(200 + number)}")
    for number in range(8):
        write(folder / f"slides/{number:02}.pdf", pdf_files.simple(f"Slide {number}", f"Energia e lavoro {number}"))
    odd = ["evil\x1b]0;owned\x07.txt", "new\nline.txt", "[bold]x[/].txt", "-rf.txt", "😀 perché.txt", "due  spazi.txt"]
    if sys.platform == "win32":
        odd = [f"odd {number}.txt" for number in range(6)]
    for number, name in enumerate(odd):
        write(folder / "odd" / name, prose(400 + number))
    for name in ("copy of 000.txt", "another copy.txt"):
        shutil.copy(folder / "notes/000.txt", folder / "notes" / name)
    for number in range(4):
        write(folder / f"broken/{number}.pdf", b"%PDF-1.7\n" + random.Random(number).randbytes(400))
    for number in range(2):
        shutil.copy(docs / "dna-encrypted.pdf", folder / f"locked {number}.pdf")
    for number in range(12):
        write(folder / f"empty/{number}.txt", b"" if number % 2 else b"  \n\n ")
    for number in range(20):
        write(folder / f"media/{number}{('.mp3', '.zip', '.xyz', '')[number % 4]}", b"\0\1\2" * 50)
    write(folder / ".hidden/a.txt", "Nobody should read this.")
    if sys.platform != "win32":
        (folder / "notes/loop").symlink_to(folder)
    return folder


READABLE, DOCUMENTS, FAILING, OTHERS = 162, 160, 18, 20


def run_json(capsys, *words: str, code: int = 0) -> dict:
    capsys.readouterr()
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


# --- adding ------------------------------------------------------------------------------------------------------


def test_a_folder_of_everything_is_added_and_what_could_not_be_read_is_listed(mixed: Path, capsys):
    result = run_json(capsys, "library", "add", str(mixed), "--subject", "Misto")
    assert len(result["added"]) + result["known"] == READABLE
    assert (len(result["added"]), len(result["updated"])) == (DOCUMENTS, 0)
    kinds = [failure["kind"] for failure in result["failed"]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "EncryptedDocumentError": 2,
        "DamagedDocumentError": 4,
        "NoTextError": 12,
    }
    assert sum(result["ignored"].values()) == OTHERS
    assert all(failure["message"] and failure["hint"] for failure in result["failed"])

    with Library() as library:
        assert len(library.documents("misto")) == DOCUMENTS
    again = run_json(capsys, "library", "add", str(mixed))
    assert (again["added"], again["known"], len(again["failed"])) == ([], READABLE, FAILING)

    capsys.readouterr()
    assert main(["library", "add", str(mixed)]) == 0
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "Locked with a password (2):" in out
    assert "Damaged (4):" in out
    assert "… and 2 more" in out
    assert "Files of other kinds, left alone:" in out
    assert "162 already there, 18 not readable" in err
    listed = run_json(capsys, "library")
    assert [(subject["name"], subject["documents"]) for subject in listed["subjects"]] == [("Misto", DOCUMENTS)]


def start_adding(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "library", "add", str(folder), "--events"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def read_paths(lines: list[str]) -> list[str]:
    events = [json.loads(line) for line in lines if line.endswith("\n")]
    return [event["path"] for event in events if event["event"] == "document_read"]


@pytest.mark.skipif(sys.platform == "win32", reason="no signals of that kind there")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_adding_goes_on_where_it_was_stopped_and_reads_nothing_twice(mixed: Path, how: signal.Signals):
    first = start_adding(mixed)
    assert first.stdout is not None
    assert first.stderr is not None
    lines: list[str] = []
    while len(read_paths(lines)) < 40:
        lines.append(first.stdout.readline())
    first.send_signal(how)
    rest, errors = first.communicate(timeout=60)
    lines += rest.splitlines(keepends=True)
    before = read_paths(lines)
    assert 40 <= len(before) < READABLE
    if how is signal.SIGINT:
        assert first.returncode == 130
        assert json.loads(lines[-1])["event"] == "cancelled"
        assert any(json.loads(line)["event"] == "notice" and "goes on from there" in line for line in lines)
        assert "Traceback" not in errors

    second = start_adding(mixed)
    out, _errors = second.communicate(timeout=240)
    after = out.splitlines(keepends=True)
    assert second.returncode == 0
    assert not set(before) & set(read_paths(after))
    result = json.loads(after[-1])["result"]
    copies = READABLE - DOCUMENTS
    # The kill may fall between keeping a document and saying so.
    assert len(before) <= result["known"] <= len(before) + copies + 1
    assert result["known"] + len(result["added"]) == READABLE
    with Library() as library:
        assert len(library.documents()) == DOCUMENTS


def test_progress_names_the_file_and_counts_files(tmp_path: Path, capsys):
    for number in range(3):
        write(tmp_path / f"docs/{number}.txt", prose(number))
    assert main(["library", "add", str(tmp_path / "docs"), "--events"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    progress = [event for event in events if event["event"] == "progress"]
    assert {event["stage"] for event in progress} == {"add"}
    assert progress[0]["detail"] == "0.txt"
    assert (progress[-1]["done"], progress[-1]["total"], progress[-1]["unit"]) == (3, 3, "files")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: write(folder / "a/empty.txt", b"").parent, 3),
        (lambda folder: folder / "missing", 3),
        (lambda folder: write(folder / "a/song.mp3", b"x").parent, 3),
        (lambda folder: write(folder / "a/song.mp3", b"\0\1" * 99), 3),
        (lambda folder: (folder / "a").mkdir() or folder / "a", 3),
        (lambda folder: write(folder / "a/note.txt", "Cells.").parent, 0),
    ],
)
def test_the_exit_code_says_whether_anything_is_there_now(tmp_path: Path, capsys, make, code: int):
    assert main(["library", "add", str(make(tmp_path))]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert code == 0 or "\n  " in out + err


def test_a_locked_file_is_added_with_its_password(sample_docs: Path, capsys):
    result = run_json(capsys, "library", "add", str(sample_docs / "dna-encrypted.pdf"), "--password", "sunto")
    assert [row["document"] for row in result["added"]] == ["dna-encrypted.pdf"]


def test_a_file_that_may_not_be_read_is_listed(tmp_path: Path, capsys, monkeypatch):
    write(tmp_path / "docs/a.txt", "Cells.")
    write(tmp_path / "docs/b.txt", "Cells, too.")
    opened = Path.open

    def refusing(path: Path, *arguments, **options):  # as the system does for everybody but root
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refusing)
    result = run_json(capsys, "library", "add", str(tmp_path / "docs"))
    assert [failure["kind"] for failure in result["failed"]] == ["DocumentAccessError"]


def test_a_reader_that_breaks_costs_only_its_file(tmp_path: Path, capsys, monkeypatch):
    from assistant import documents

    load = documents.load_document

    def breaks(path: Path, **options):
        if path.name == "b.txt":
            raise RecursionError("too deep")
        return load(path, **options)

    monkeypatch.setattr(documents, "load_document", breaks)
    for name in "abc":
        write(tmp_path / f"docs/{name}.txt", f"Cells {name}.")
    result = run_json(capsys, "library", "add", str(tmp_path / "docs"))
    assert (len(result["added"]), result["failed"][0]["kind"]) == (2, "RecursionError")


# --- the other commands -------------------------------------------------------------------------------------------


@pytest.fixture
def some(tmp_path: Path, capsys) -> Path:
    """Two subjects with a document each, and one that was only opened."""
    texts = {
        "cells.txt": "Le cellule eucariotiche possiedono organelli che sono avvolti da una membrana.",
        "energy.txt": "The conservation of energy is the law that the energy of a closed system does not change.",
        "plain.txt": "Questa è una nota che parla di tutto e di niente, e che non è di nessuna materia.",
    }
    for name, text in texts.items():
        write(tmp_path / name, text)
    for name, subject in (("cells.txt", "Biologia"), ("energy.txt", "Physics")):
        assert main(["library", "add", str(tmp_path / name), "--subject", subject]) == 0
    assert main(["library", "add", str(tmp_path / "plain.txt")]) == 0
    capsys.readouterr()
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [["library"], ["library", "list"], ["--lang", "en", "library", "--quiet"], ["library", "--lang=en", "list"]],
)
def test_the_library_is_listed_by_subject(some: Path, capsys, words: list[str]):
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        ["Biologia", "cells.txt"],
        ["Physics", "energy.txt"],
        ["-", "plain.txt"],
    ]
    assert all("ready" in line and str(some) in line for line in lines[1:])


@pytest.mark.parametrize("words", [["library", "--subject", "physics"], ["library", "list", "--subject", "Physics"]])
def test_one_subject_is_listed(some: Path, capsys, words: list[str]):
    assert [row["name"] for row in run_json(capsys, *words)["documents"]] == ["energy.txt"]


def test_the_list_says_what_takes_space_and_how_to_free_it(some: Path, capsys):
    main(["library"])
    err = capsys.readouterr().err
    assert "The library takes" in err
    assert "sunto library clean" in err


@pytest.mark.parametrize("columns", [120, 80, 60, 40])
def test_the_list_fits_the_terminal_and_still_tells_documents_apart(some: Path, capsys, monkeypatch, columns: int):
    write(some / f"{'molto ' * 15}lungo.txt", prose(1))
    assert main(["library", "add", str(some)]) == 0
    monkeypatch.setattr(Output, "columns", columns)
    capsys.readouterr()
    assert main(["library"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert any(re.search(r"molto .*….*\.txt", line) for line in lines)
    assert any("cells.txt" in line and "ready" in line for line in lines)


def test_an_empty_library_says_how_to_fill_it(capsys):
    assert main(["library"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "sunto library add" in err


def test_search_shows_document_page_and_words(some: Path, capsys):
    assert main(["library", "search", "cellula"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "cells.txt, p. 1"
    assert "cellule eucariotiche" in out
    assert "\x1b" not in out


def test_search_marks_the_words_on_a_terminal(some: Path, capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["library", "search", "cellula"])
    assert "\x1b[1;33mcellule\x1b[0m" in capsys.readouterr().out


def test_search_stays_in_a_subject_and_obeys_the_limit(some: Path, capsys):
    assert run_json(capsys, "library", "search", "cellula", "--subject", "Physics")["hits"] == []
    assert len(run_json(capsys, "library", "search", "energy", "cellula", "nota", "--limit", "2")["hits"]) == 2
    assert main(["library", "search", "x", "--subject", "Chemistry"]) == 2


@pytest.mark.parametrize("typed", ['"', "c++ (AND", "l'università", "😀", "NOT", "*", "zzz", "a" * 100_000])
def test_search_takes_anything(some: Path, capsys, typed: str):
    assert main(["library", "search", typed]) == 0
    assert "Error" not in capsys.readouterr().err


def test_a_moved_document_can_be_moved_back_with_the_command_shown(some: Path, capsys):
    assert main(["library", "move", "cells.txt", "plain.txt", "--subject", "Physics"]) == 0
    err = capsys.readouterr().err
    assert "2 documents are under “Physics” now." in err
    assert f"sunto library move {some / 'cells.txt'} --subject Biologia" in err
    assert f"sunto library move {some / 'plain.txt'} --subject ''" in err
    assert [subject["name"] for subject in run_json(capsys, "library")["subjects"]] == ["Physics"]
    assert main(["library", "move", "cells.txt"]) == 2


def test_a_subject_is_called_by_its_name_as_the_library_keeps_it(some: Path, capsys):
    result = run_json(capsys, "library", "move", "cells.txt", "--subject", "Two\nlines\x1b[31m ")
    assert result["subject"] == "Two lines"
    assert "Two lines" in [subject["name"] for subject in run_json(capsys, "library")["subjects"]]


# --- subjects and their adapters ----------------------------------------------------------------------------------


@pytest.fixture
def bio() -> str:
    install("bio")
    return "bio"


def adapter_of(capsys, subject: str) -> str:
    return {row["name"]: row["adapter"] for row in run_json(capsys, "library")["subjects"]}[subject]


def test_a_subject_is_given_an_adapter_and_the_command_shown_takes_it_away(some: Path, capsys, bio: str):
    assert main(["library", "subject", "biologia", "--adapter", bio]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "Answers about “Biologia” come with the adapter “bio” now.",
        "To undo: sunto library subject Biologia --adapter none",
    ]
    assert adapter_of(capsys, "Biologia") == "bio"
    assert main(["library", "subject", "Biologia", "--adapter", "none"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "Answers about “Biologia” come without an adapter now.",
        "To undo: sunto library subject Biologia --adapter bio",
    ]
    assert adapter_of(capsys, "Biologia") == ""


def test_the_result_tells_the_adapter_before_and_after(some: Path, capsys, bio: str):
    words = ("library", "subject", "Biologia", "--adapter", bio)
    expected = {"subject": "Biologia", "adapter": "bio", "adapter_before": "", "documents": 1}
    assert run_json(capsys, *words) == expected
    assert run_json(capsys, *words) == expected | {"adapter_before": "bio"}


def test_what_cannot_be_undone_is_not_promised(some: Path, capsys, bio: str):
    main(["library", "subject", "Biologia", "--adapter", bio])
    capsys.readouterr()
    main(["library", "subject", "Biologia", "--adapter", bio])
    assert "To undo" not in capsys.readouterr().err
    main(["library", "move", "cells.txt", "--subject", ""])
    capsys.readouterr()
    main(["library", "subject", "Biologia", "--adapter", "none"])  # nothing is left of it but its name
    assert "To undo" not in capsys.readouterr().err
    assert [row["name"] for row in run_json(capsys, "library")["subjects"]] == ["Physics"]


def test_the_list_shows_the_adapter_of_each_subject_that_has_one(some: Path, capsys, bio: str):
    main(["library", "subject", "Biologia", "--adapter", bio])
    capsys.readouterr()
    assert main(["library", "--quiet"]) == 0
    *documents, _blank, header, row = capsys.readouterr().out.splitlines()
    assert len(documents) == 4
    assert (header.split(), row.split()) == (["subject", "documents", "adapter"], ["Biologia", "1", "bio"])

    assert main(["library", "--quiet", "--subject", "physics"]) == 0
    assert "bio" not in capsys.readouterr().out
    main(["library", "move", "cells.txt", "--subject", ""])
    capsys.readouterr()
    assert main(["library", "--subject", "biologia"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].split() == ["Biologia", "0", "bio"]
    assert "There are no documents under “Biologia”." in err


@pytest.mark.parametrize("columns", [80, 40])
def test_the_adapters_of_subjects_fit_the_terminal(some: Path, capsys, monkeypatch, columns: int):
    main(["library", "move", "cells.txt", "--subject", "Storia del diritto romano e delle istituzioni repubblicane"])
    install("a" * 64)
    main(["library", "subject", "Storia del diritto romano e delle istituzioni repubblicane", "--adapter", "a" * 64])
    monkeypatch.setattr(Output, "columns", columns)
    capsys.readouterr()
    main(["library", "--quiet"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[-1].startswith("Storia")
    assert lines[-1].endswith("aaaa")


def test_removing_a_subject_says_that_its_adapter_stays_and_how_to_delete_it(some: Path, capsys, bio: str, sunto_home):
    main(["library", "subject", "Biologia", "--adapter", bio])
    capsys.readouterr()
    assert main(["library", "remove", "--subject", "Biologia"]) == 2
    err = capsys.readouterr().err
    assert "The adapter “bio” stays, and may remember pieces of what it was trained on." in err
    assert "sunto adapters remove bio" in err
    assert run_json(capsys, "library", "remove", "--subject", "Biologia", "--yes")["adapter"] == "bio"
    assert (sunto_home / "adapters" / "bio" / "adapter_config.json").is_file()
    assert main(["library", "remove", "--subject", "Physics"]) == 2
    assert "adapter" not in capsys.readouterr().err


def test_removing_a_copy_says_what_else_is_the_same_document(some: Path, capsys):
    for number in range(5):
        shutil.copy(some / "cells.txt", some / f"copy {number}.txt")
    assert main(["library", "add", str(some)]) == 0
    capsys.readouterr()
    assert main(["library", "remove", "cells.txt"]) == 2
    paths = re.findall(r"^ *(?:= )?(/.*|\w:.*)$", capsys.readouterr().err, re.MULTILINE)
    assert len(paths) == 4
    assert all(Path(path).is_file() for path in paths)


def test_each_file_that_could_not_be_read_gets_the_advice_that_helps_it(tmp_path: Path, capsys):
    write(tmp_path / "notes.txt", "x")
    assert main(["library", "add", str(tmp_path / "note.txt"), str(tmp_path / "nothing like it.pdf")]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert "Not found (2):" in lines
    assert lines.index("  → Did you mean notes.txt?") < lines.index(f"  {tmp_path / 'nothing like it.pdf'}")
    assert lines[-1].startswith("  → Check the name and the folder")


def test_removing_without_a_terminal_and_without_yes_is_refused_and_says_what_would_go(some: Path, capsys):
    with Library() as library:
        conversation = library.new_conversation("About cells")
        library.attach_document(conversation, some / "cells.txt")
    assert main(["library", "remove", "cells.txt"]) == 2
    err = capsys.readouterr().err
    assert str(some / "cells.txt") in err
    assert "About cells" in err
    assert "--yes" in err
    assert len(run_json(capsys, "library")["documents"]) == 3


def test_removing_deletes_document_and_conversation_and_leaves_the_file(some: Path, capsys, sunto_home: Path):
    with Library() as library:
        library.attach_document(library.new_conversation("About cells"), some / "cells.txt")
    result = run_json(capsys, "library", "remove", "cells.txt", "--yes")
    assert (result["conversations"], result["erased"]) == (["About cells"], True)
    assert (some / "cells.txt").exists()
    assert all(b"eucariotiche" not in path.read_bytes() for path in sunto_home.iterdir())


def test_a_no_changes_nothing(some: Path, capsys, monkeypatch):
    monkeypatch.setattr(Output, "somebody_there", True)
    monkeypatch.setattr(Output, "ask", lambda self, question: "n")
    assert main(["library", "remove", "--subject", "Biologia"]) == 2
    assert "Nothing was changed" in capsys.readouterr().err
    monkeypatch.setattr(Output, "ask", lambda self, question: "y")
    assert main(["library", "remove", "--subject", "Biologia"]) == 0
    assert [subject["name"] for subject in run_json(capsys, "library")["subjects"]] == ["Physics"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["library", "remove"], 2),
        (["library", "remove", "cells.txt", "--subject", "Physics"], 2),
        (["library", "remove", "nothing.txt", "--yes"], 3),
        (["library", "remove", "--subject", "Chemistry", "--yes"], 2),
        (["library", "clean"], 2),
        (["library", "search", "x", "--limit", "0"], 2),
        (["library", "search", "x", "--limit", "9" * 20], 2),
        (["library", "clean", "--days", "9" * 400], 2),
        (["library", "add", ""], 2),
        (["library", "frobnicate"], 2),
        (["library", "add", "x", "--subject", "y" * 200], 2),
        (["library", "subject", "Biologia"], 2),
        (["library", "subject", "Chemistry", "--adapter", "none"], 2),
        (["library", "subject", "Biologia", "--adapter", "never-made"], 5),
        (["library", "subject", "Biologia", "--adapter", "../up"], 5),
        (["library", "subject", "Biologia", "--adapter", "auto"], 5),
    ],
)
def test_a_mistake_is_two_sentences_and_changes_nothing(some: Path, capsys, words: list[str], code: int):
    assert main(words) == code
    error = capsys.readouterr().err
    assert error.count("Error: ") == 1
    assert "\n  " in error
    assert len(run_json(capsys, "library")["documents"]) == 3


def test_cleaning_keeps_documents_without_a_file_until_it_is_told_to(some: Path, capsys):
    (some / "plain.txt").unlink()
    assert run_json(capsys, "library", "clean", "--yes")["missing"] == []
    assert len(run_json(capsys, "library")["documents"]) == 3
    gone = run_json(capsys, "library", "clean", "--missing", "--yes")["missing"]
    assert [record["name"] for record in gone] == ["plain.txt"]
    assert len(run_json(capsys, "library")["documents"]) == 2


def test_help_of_the_family_lists_its_commands(capsys):
    assert main(["library", "--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"library {verb}" in out for verb in ("list", "add", "search", "move", "remove", "clean"))
