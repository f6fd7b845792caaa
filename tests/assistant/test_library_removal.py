"""What is deleted is gone: from what is shown, from everything made of it, and from the bytes of the files."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.documents import load_document
from assistant.library import Library

SECRET = "Zibaldone trentottesimo: l'ornitorinco plumbeo canticchia sottovoce. " * 30
OTHER = "Le cellule eucariotiche possiedono organelli avvolti da una membrana. " * 30
SECRET_WORDS = ("ornitorinco", "zibaldone", "trentottes", "plumbe", "canticchi")

REMOVE = """
import sys
from pathlib import Path
from assistant.library import Library
library = Library(Path(sys.argv[1]))
print("ready", flush=True)
library.remove_documents([1])
print("done", flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def library(home: Path):
    with Library(home / "library.sqlite3") as opened:
        yield opened


def note(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def words_in_files(home: Path) -> set[str]:
    """Which of the secret words the bytes of any file in the data directory hold."""
    everything = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()).lower()
    return {word for word in SECRET_WORDS if word.encode() in everything}


def claim(name: str, quote: str) -> dict:
    return {
        "text": quote,
        "support": "quoted",
        "citations": [{"document": name, "page": 1, "label": "1", "quote": quote}],
    }


def test_a_removed_document_leaves_none_of_its_words_in_any_file(library: Library, home: Path, tmp_path: Path):
    secret = library.add_document(note(tmp_path / "secret.txt", SECRET), subject="Poesia").document
    other = library.add_document(note(tmp_path / "other.txt", OTHER), subject="Biologia").document
    library.put_unit("a", "Riassunto: l'ornitorinco canticchia.", [secret.sha256])
    library.put_unit("b", "Riassunto: le cellule.", [other.sha256])
    library.put_unit("ab", "L'ornitorinco e le cellule.", [secret.sha256, other.sha256])
    assert words_in_files(home) == set(SECRET_WORDS)

    removal = library.remove_documents([1])

    assert (len(removal.documents), removal.units, removal.erased) == (1, 2, True)
    assert words_in_files(home) == set()
    assert library.search("ornitorinco") == []
    assert library.unit("b") == "Riassunto: le cellule."
    assert [record.name for record in library.documents()] == ["other.txt"]
    assert library.search("cellula")


def test_the_words_of_earlier_versions_are_gone_too(library: Library, home: Path, tmp_path: Path):
    path = note(tmp_path / "notes.txt", SECRET)
    library.add_document(path)
    for number in range(5):
        library.add_document(note(path, f"Versione {number}. {OTHER}"))
    library.remove_documents([1])
    assert words_in_files(home) == set()


def test_many_documents_with_the_same_words_leave_only_those_that_stay(library: Library, home: Path, tmp_path: Path):
    """The index merges its parts now and then: deleted words must not survive in an old part."""
    chance = random.Random(3)
    for number in range(60):
        words = " ".join(chance.sample(["cellula", "membrana", "nucleo", "gene", "enzima", "lipide"], 3))
        secret = chance.choice(SECRET_WORDS) if number % 3 == 0 else ""
        library.add_document(note(tmp_path / f"{number}.txt", f"{number} {words} {secret} {secret}us " * 40))
    library.remove_documents([record.id for record in library.documents() if int(Path(record.name).stem) % 3 == 0])
    assert words_in_files(home) == set()
    assert len(library.documents()) == 40
    assert len(library.search("membrana", limit=500)) > 0
    library._connection.execute("INSERT INTO passage_index (passage_index, rank) VALUES ('integrity-check', 1)")


def test_what_two_documents_share_stays_until_both_are_gone(library: Library, home: Path, tmp_path: Path):
    library.add_document(note(tmp_path / "a.txt", SECRET + "\fOnly here."))
    library.add_document(note(tmp_path / "b.txt", SECRET + "\fOnly there."))
    library.remove_documents([1])
    assert [hit.name for hit in library.search("ornitorinco")][:1] == ["b.txt"]
    library.remove_documents([2])
    assert words_in_files(home) == set()


def test_work_that_does_not_say_what_it_was_made_from_goes_with_any_document(library: Library, home, tmp_path: Path):
    library.add_document(note(tmp_path / "other.txt", OTHER))
    library.put_unit("of version 1", "L'ornitorinco canticchia.")
    library.remove_documents([1])
    assert library.unit("of version 1") is None
    assert words_in_files(home) == set()


def test_recognised_pages_go_though_they_were_kept_before_their_document(library: Library, home, tmp_path: Path):
    path = note(tmp_path / "scan.txt", SECRET)
    library.put_unit("page 1", "ornitorinco", [load_document(path).sha256])
    library.add_document(path)
    library.remove_documents([1])
    assert library.unit("page 1") is None


def test_a_removed_subject_takes_its_documents_along(library: Library, home: Path, tmp_path: Path):
    for name in "ab":
        library.add_document(note(tmp_path / f"{name}.txt", name + SECRET), subject="Poesia")
    library.add_document(note(tmp_path / "other.txt", OTHER), subject="Biologia")
    assert len(library.plan_subject_removal("poesia").documents) == 2
    assert len(library.remove_subject("poesia").documents) == 2
    assert [subject.name for subject in library.subjects()] == ["Biologia"]
    assert words_in_files(home) == set()


def test_a_plan_changes_nothing_and_is_what_then_happens(library: Library, tmp_path: Path):
    secret = library.add_document(note(tmp_path / "secret.txt", SECRET)).document
    library.put_unit("a", "x", [secret.sha256])
    planned = library.plan_removal([1])
    assert (len(planned.documents), planned.units, planned.erased) == (1, 1, False)
    assert library.unit("a") == "x"
    done = library.remove_documents([1])
    assert (done.documents, done.units, done.conversations) == (planned.documents, planned.units, planned.conversations)


def test_removing_what_is_not_there_removes_nothing(library: Library):
    library.put_unit("a", "x")
    assert library.remove_documents([17]).documents == ()
    assert library.unit("a") == "x"


# --- conversations -----------------------------------------------------------------------------------------------


@pytest.fixture
def two_documents(library: Library, tmp_path: Path) -> tuple[Path, Path]:
    paths = note(tmp_path / "secret.txt", SECRET), note(tmp_path / "other.txt", OTHER)
    for path in paths:
        library.add_document(path)
    return paths


def test_a_conversation_about_nothing_else_goes(library: Library, home: Path, two_documents):
    secret, _other = two_documents
    about, alone = library.new_conversation("About the secret"), library.new_conversation("Plain")
    library.attach_document(about, secret)
    library.add_message(about, "user", "Che cosa canticchia l'ornitorinco?")
    library.add_message(about, "assistant", "L'ornitorinco canticchia sottovoce.")
    library.add_message(alone, "user", "Ciao")

    assert library.plan_removal([1]).conversations == ("About the secret",)
    library.remove_documents([1])
    assert [record.title for record in library.conversations()] == ["Plain"]
    assert words_in_files(home) == set()


def test_a_conversation_is_about_what_its_answers_were_made_from(library: Library, two_documents):
    secret, other = two_documents
    detached = library.new_conversation("Detached")
    library.add_message(
        detached, "assistant", "…", details={"result": {"claims": [claim("secret.txt", "ornitorinco")]}}
    )
    both = library.new_conversation("Both")
    library.add_message(both, "assistant", "…", details={"result": {"documents": [str(secret), str(other)]}})
    library.remove_documents([1])
    assert [record.title for record in library.conversations()] == ["Both"]


def test_other_conversations_lose_the_quotes_and_the_answers_made_from_nothing_else(
    library: Library, home: Path, two_documents
):
    secret, other = two_documents
    both = library.new_conversation("Both")
    library.attach_document(both, secret)
    library.attach_document(both, other)
    library.add_message(both, "user", "Riassumi tutto")
    library.add_message(both, "assistant", "L'ornitorinco.", details={"result": {"documents": [str(secret)]}})
    library.add_message(
        both,
        "assistant",
        "Due cose. [p. 1]",
        details={
            "footnote": "starter",
            "result": {
                "documents": [str(secret), str(other)],
                "claims": [claim("secret.txt", "l'ornitorinco plumbeo"), claim("other.txt", "Le cellule")],
            },
        },
    )

    removal = library.remove_documents([1])

    assert (removal.answers, removal.quoting, removal.conversations) == (1, 1, ())
    question, answer = library.messages(both)
    assert question.content == "Riassumi tutto"
    quotes = [entry["citations"][0]["quote"] for entry in answer.details["result"]["claims"]]
    assert quotes[1] == "Le cellule"
    assert "ornitorinco" not in quotes[0]
    assert answer.details["footnote"] == "starter"
    assert library.attached_documents(both) == [str(other)]
    assert not {"ornitorinco", "plumbe"} & {
        word for word in words_in_files(home) if word in answer.content or word in quotes[0]
    }


def test_a_conversation_deleted_while_it_is_on_a_screen_begins_anew(library: Library, two_documents):
    conversation = library.new_conversation("On a screen")
    library.attach_document(conversation, two_documents[0])
    library.remove_documents([1])
    library.add_message(conversation, "user", "And then?")
    library.attach_document(conversation, two_documents[1])
    assert [message.content for message in library.messages(conversation)] == ["And then?"]


# --- interrupted, and in company ----------------------------------------------------------------------------------


def test_kill_9_during_a_removal_leaves_all_or_nothing_and_is_finished_at_the_next_start(tmp_path: Path):
    made = tmp_path / "made"
    made.mkdir()
    with Library(made / "library.sqlite3") as library:
        text = note(tmp_path / "secret.txt", "".join(f"{number} {SECRET}\n\n" for number in range(150)))
        library.add_document(text)
        for number in range(20):
            library.add_document(note(tmp_path / f"{number}.txt", f"{number} {OTHER}"))
    gone = 0
    for trial, delay in enumerate((0.0, 0.01, 0.03, 0.06, 0.1, 0.2)):
        home = tmp_path / f"trial {trial}"
        shutil.copytree(made, home)
        command = [sys.executable, "-c", REMOVE, str(home / "library.sqlite3")]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.kill()
        child.communicate()
        with Library(home / "library.sqlite3") as library:
            there = any(record.name == "secret.txt" for record in library.documents())
            assert bool(library.search("ornitorinco")) == there
            assert len(library.documents()) == 20 + there
        if not there:
            gone += 1
            assert words_in_files(home) == set()
    assert gone >= 1, "the longest delay was not long enough to see a removal"


def test_a_reader_in_the_way_delays_the_erasing_and_the_next_start_does_it(home: Path, tmp_path: Path, monkeypatch):
    from assistant.library import store

    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    path = home / "library.sqlite3"
    with Library(path) as library:
        library.add_document(note(tmp_path / "secret.txt", SECRET))
        reader = sqlite3.connect(path)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM passages").fetchone()
        assert not library.remove_documents([1]).erased
        assert library.documents() == []
        reader.close()
    with Library(path):
        assert words_in_files(home) == set()


def test_the_app_with_the_library_open_is_not_in_the_way(home: Path, tmp_path: Path):
    with Library(home / "library.sqlite3") as app, Library(home / "library.sqlite3") as command:
        app.add_document(note(tmp_path / "secret.txt", SECRET))
        app.search("ornitorinco")
        assert command.remove_documents([1]).erased
        assert words_in_files(home) == set()
        assert app.search("ornitorinco") == []
        app.add_document(note(tmp_path / "other.txt", OTHER))
        assert command.search("cellula")
