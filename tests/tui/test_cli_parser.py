"""What was typed becomes a command and its options, or one sentence and the nearest thing that exists."""

from __future__ import annotations

import importlib
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ConfigError
from tui.cli import main
from tui.cli.help import command_parser
from tui.cli.parser import find_command, wanted_language
from tui.cli.table import all_commands

NAMES = list(all_commands())


def test_a_command_is_found_with_global_options_before_it_and_after_it():
    found = find_command(["--lang", "it", "--quiet", "summarize", "a.pdf", "--debug"], NAMES)
    assert found.command == "summarize"
    assert found.options == ("--lang", "it", "--quiet", "a.pdf", "--debug")


def test_global_options_may_stand_between_the_two_words_of_a_command():
    found = find_command(["adapters", "--lang=it", "show", "bio"], NAMES)
    assert (found.command, found.options) == ("adapters show", ("--lang=it", "bio"))


def test_without_a_command_the_program_itself_is_meant():
    assert find_command(["--version"], NAMES).command == ""


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("sumarize x", "There is no command “sumarize”.", "Did you mean “summarize”?"),
        ("Summarize x", "There is no command “Summarize”.", "Did you mean “summarize”?"),
        ("adapter list", "There is no command “adapter”.", "Did you mean “adapters”?"),
        ("adapters lst", "There is no command “adapters lst”.", "Did you mean “adapters list”?"),
        ("zzz", "There is no command “zzz”.", "Run `sunto --help` to see the commands."),
        ("--langg it doctor", "There is no option “--langg”.", "Did you mean “--lang”?"),
        ("summarize a --stlye brief", "There is no option “--stlye”.", "Did you mean “--style”?"),
        ("summarize a --zzz=1", "There is no option “--zzz”.", "Run `sunto summarize --help` to see what it takes."),
        ("summarize a --sty brief", "There is no option “--sty”.", "Did you mean “--style”?"),
        (
            "adapters",
            "“sunto adapters” does nothing alone.",
            "Say what to do: sunto adapters list, sunto adapters show, sunto adapters rename, sunto adapters rollback, "
            "sunto adapters remove, sunto adapters import, sunto adapters export.",
        ),
        (
            "summarize",
            "“sunto summarize” needs to know what to work on.",
            "Write it as: sunto summarize PATH… [options]",
        ),
        (
            "doctor now",
            "“sunto doctor” does not know what to do with “now”.",
            "Run `sunto doctor --help` to see what it takes.",
        ),
        (
            "summarize a --style",
            "The option --style needs a value.",
            "Write it after the option, with a space or “=” between.",
        ),
        ("doctor --json=yes", "The option --json takes no value.", "Leave out what follows “=”."),
        ("doctor --lang fr", "Sunto does not speak “fr”.", "Choose --lang it or --lang en."),
        (
            "train d --name n --epochs 0",
            "The option --epochs cannot be “0”.",
            "It takes a whole number above 0; leave it out for the default.",
        ),
        (
            "train d --name n --learning-rate nan",
            "The option --learning-rate cannot be “nan”.",
            "It takes a number above 0; leave it out for the default.",
        ),
        (
            "doctor --json --events",
            "--json and --events print different things.",
            "Choose one: the result, or every event.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_one_hint_and_exit_code_2(typed, message, hint, capsys):
    assert main(shlex.split(typed)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"Error: {message}\n  {hint}\n"


def test_a_path_where_a_command_is_meant_gets_the_command_that_reads_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1914-1918.txt").write_text("x", encoding="utf-8")
    assert main(["1914-1918.txt"]) == 2
    assert "sunto summarize 1914-1918.txt" in capsys.readouterr().err


def test_what_follows_two_dashes_is_never_an_option():
    options = command_parser(all_commands()["extract"]).read(["--json", "a", "--", "--weird.pdf"])
    assert options.arguments == ["a", "--weird.pdf"]
    assert options.json


def test_options_and_paths_may_be_mixed():
    options = command_parser(all_commands()["summarize"]).read(["a.pdf", "--style", "brief", "b.pdf", "--yes", "c.pdf"])
    assert options.arguments == ["a.pdf", "b.pdf", "c.pdf"]
    assert (options.style, options.yes) == ("brief", True)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=6))
def test_no_command_line_makes_the_parser_fail_in_any_other_way(words):
    try:
        found = find_command(words, NAMES)
        if found.command in NAMES:
            command_parser(all_commands()[found.command]).read(found.options)
    except ConfigError:
        pass


@given(
    st.sampled_from(NAMES),
    st.lists(
        st.sampled_from(["a", "--", "-", "--json", "--seed", "3", "-5", "--lang", "it", "--x=1", "-q"]), max_size=7
    ),
)
def test_likely_words_in_any_order_are_read_or_refused(name, words):
    try:
        options = command_parser(all_commands()[name]).read(words)
    except ConfigError:
        return
    assert set(options.arguments) <= set(words)


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_every_command_says_what_it_does_and_how(name, capsys):
    assert main([*name.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"Usage: sunto {name} ")
    assert all_commands()[name].summary[:30] in out
    assert "--lang it|en" in out


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_explained_in_a_sentence(name):
    for action in command_parser(all_commands()[name])._actions:
        assert action.help, action.option_strings
        assert action.help.endswith("."), action.help


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_in_the_help_are_commands_that_parse(name):
    command = all_commands()[name]
    for example in command.examples:
        found = find_command(shlex.split(example)[1:], NAMES)
        assert found.command == name
        count = len(command_parser(command).read(found.options).arguments)
        assert command.least <= count
        assert command.most is None or count <= command.most


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_somebody_to_carry_it_out(name):
    module, _, function = all_commands()[name].handler.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_programs_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in NAMES)


def test_a_family_of_commands_has_help_of_its_own(capsys):
    assert main(["models", "--help"]) == 0
    out = capsys.readouterr().out
    assert "models fetch" in out
    assert "adapters" not in out


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_fits_the_terminal(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    main(["--help"])
    prose = capsys.readouterr().out.partition("Examples:")[0]
    assert max(map(len, prose.splitlines())) <= min(int(columns), 100)


def test_the_version_is_answered_before_and_after_a_command(capsys):
    from assistant import __version__

    for words in (["--version"], ["doctor", "--version"], ["--version", "doctor"]):
        assert main(words) == 0
        assert capsys.readouterr().out == f"sunto {__version__}\n"


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["--lang", "it", "doctor"], "it"),
        (["doctor", "--lang=en"], "en"),
        (["doctor"], None),
        (["extract", "--", "--lang", "it"], None),
        (["--lang"], None),
    ],
)
def test_the_language_is_known_before_the_words_are_read(words, language):
    assert wanted_language(words) == language


def test_the_interface_speaks_the_language_asked_for(capsys):
    from assistant.i18n import current_language

    main(["--lang", "it", "--version"])
    assert current_language() == "it"


def test_without_a_terminal_the_app_does_not_open(capsys):
    assert main([]) == 2
    assert "needs a terminal" in capsys.readouterr().err
