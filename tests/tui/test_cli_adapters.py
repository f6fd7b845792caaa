"""`sunto adapters` on a real registry: what is asked, what is told, how it is undone."""

from __future__ import annotations

import io
import json
import sys

import pytest

from adapters import registry
from adapters.cards import write_card
from tests.adapters.registry_files import fill, install, state
from tui.cli import main


def said(capsys) -> tuple[str, str]:
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    return out, err


def answer(monkeypatch, text: str) -> None:
    """Somebody is there, and types this."""
    monkeypatch.setattr("tui.output.Output.somebody_there", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_the_list_tells_adapters_apart(capsys):
    install("bio", 1, subject="Biologia")
    install("bio", 2, subject="Biologia")
    install("law", 3)
    assert main(["adapters", "list"]) == 0
    _header, bio, law = said(capsys)[0].splitlines()
    assert bio.split()[:3] == ["bio", "Biologia", "2"]
    assert law.split()[:3] == ["law", "-", "1"]
    assert "base not here" in law
    main(["adapters", "list", "--json"])
    rows = json.loads(said(capsys)[0])["adapters"]
    assert [(row["name"], row["version"], row["versions"]) for row in rows] == [("bio", 2, [1]), ("law", 1, [])]


def test_on_a_narrow_terminal_each_adapter_is_one_line(capsys, monkeypatch):
    install("a" * 60, 1, subject="A very long name of a course that nobody remembers")
    monkeypatch.setattr("tui.output.Output.columns", 80)
    main(["adapters", "list"])
    assert all(len(line) <= 80 for line in said(capsys)[0].splitlines())


def test_one_adapter_is_shown_with_what_it_comes_from_and_its_versions(capsys):
    install("bio", 1, data={"file": "a.jsonl", "examples": 40}, created="2026-11-20T10:00:00+00:00")
    install("bio", 2, data={"file": "b.jsonl", "sha256": "c" * 64}, training={"learning_rate": 1e-4, "epochs": 3})
    assert main(["adapters", "show", "bio"]) == 0
    out = " ".join(said(capsys)[0].split())
    for words in (
        "base model starter (not on this machine)",
        "kind lora, rank 2",
        "trained on file b.jsonl, sha256 cccccccccccc…",
        "training learning_rate 0.0001, epochs 3",
        "→ version 1, 2026-11-20, a.jsonl",
        "→ version 2, b.jsonl",
        "1 2026-11-20 lora",
        "40 examples",
    ):
        assert words in out
    main(["adapters", "show", "bio", "--json"])
    assert json.loads(said(capsys)[0])["earlier"][0]["card"]["data"]["file"] == "a.jsonl"


def test_a_card_from_a_stranger_cannot_act_on_the_terminal(capsys):
    evil = "x\x1b]0;owned\x07\x1b[2Jy\nz\u202e"
    with registry.staging() as staging:
        fill(staging, 1)
        card = dict.fromkeys(("subject", "created", "license"), evil) | {evil: evil}
        card |= {"language": [evil], "data": {"file": evil, evil: [evil]}, "lineage": [{"data": {"file": evil}}]}
        write_card(staging, {**card, "base": {"name": evil}})
        registry.publish(staging, "evil", overwrite=False)
    for command in (["list"], ["show", "evil"]):
        assert main(["adapters", *command]) == 0
        out = said(capsys)[0]
        assert "\u202e" not in out
        assert "\x07" not in out
        assert "\nz" not in out


def test_renaming_says_how_to_undo_it_and_the_command_works(capsys):
    install("bio", 1)
    assert main(["adapters", "rename", "bio", "biology"]) == 0
    assert "To undo: sunto adapters rename biology bio" in said(capsys)[1]
    assert main(["adapters", "rename", "biology", "bio"]) == 0
    assert state() == {"bio": (1, {1: 1})}
    assert main(["adapters", "rename", "bio", "a/b"]) == 5


def test_rolling_back_says_how_to_undo_it_and_the_command_works(capsys):
    for mark in (1, 2, 3):
        install("bio", mark)
    assert main(["adapters", "rollback", "bio"]) == 0
    err = said(capsys)[1]
    assert "“bio” answers with version 2 now; version 3 is kept." in err
    assert "To undo: sunto adapters rollback bio 3" in err
    assert main(["adapters", "rollback", "bio", "3"]) == 0
    assert state()["bio"][0] == 3


@pytest.mark.parametrize("word", ["two", "0", "-1", "²", "1.5", "9" * 40])
def test_what_is_no_number_of_a_version_is_said(capsys, word):
    install("bio", 1)
    assert main(["adapters", "rollback", "bio", "--", word]) == 2
    assert "is not the number of a version" in said(capsys)[1]


def test_removing_asks_first(capsys, monkeypatch):
    install("bio", 1)
    install("bio", 2)
    assert main(["adapters", "remove", "bio"]) == 2
    assert "Nobody is here to answer" in said(capsys)[1]
    answer(monkeypatch, "n\n")
    assert main(["adapters", "remove", "bio"]) == 2
    assert state()["bio"][0] == 2
    answer(monkeypatch, "y\n")
    assert main(["adapters", "remove", "bio", "1"]) == 0
    assert state() == {"bio": (2, {2: 2})}
    assert main(["adapters", "remove", "bio", "--yes"]) == 0
    assert state() == {}


def test_removing_what_is_not_there_asks_nothing(capsys):
    assert main(["adapters", "remove", "nope"]) == 5
    assert "There is no adapter called “nope”." in said(capsys)[1]


def test_exporting_writes_where_it_was_told_and_prints_the_place(capsys, tmp_path):
    install("bio", 1)
    target = tmp_path / "out dir" / "bio.zip"
    assert main(["adapters", "export", "bio", str(target)]) == 0
    out, err = said(capsys)
    assert out == f"{target}\n"
    assert "think before you share it" in err
    assert main(["adapters", "export", "bio", str(target)]) == 5
    assert main(["adapters", "export", "bio", str(target), "--overwrite"]) == 0


def test_importing_what_is_no_adapter_says_so(capsys, tmp_path):
    assert main(["adapters", "import", str(tmp_path / "gone.zip")]) == 5
    (tmp_path / "weights.bin").write_bytes(b"\x80\x04")
    assert main(["adapters", "import", str(tmp_path / "weights.bin")]) == 5
    assert said(capsys)[1].count("Error:") == 2
    assert state() == {}


@pytest.mark.parametrize("command", ["show", "rollback", "remove", "export", "rename"])
def test_an_adapter_there_is_not_ends_with_code_5_and_the_nearest_name(capsys, command, tmp_path):
    install("biology", 1)
    more = {"remove": ["--yes"], "export": [str(tmp_path / "x")], "rename": ["y"]}.get(command, [])
    assert main(["adapters", command, "biologi", *more]) == 5
    assert "Did you mean “biology”?" in said(capsys)[1]
