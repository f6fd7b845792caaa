"""From the words of a command line to an exit code: find the command, read its options, carry it out, report."""

from __future__ import annotations

import importlib
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.errors import ConfigError, ExitCode
from assistant.i18n import _, set_language
from tui.cli.help import command_parser, family_parser, program_parser
from tui.cli.parser import find_command, wanted_language
from tui.cli.table import Command, all_commands
from tui.streams import prepare_streams

if TYPE_CHECKING:
    from tui.output import Mode


def run(words: Sequence[str]) -> int:
    """Carry out one command line. Every mistake becomes a sentence on stderr and an exit code."""
    prepare_streams()
    set_language(wanted_language(words))
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        if sys.stderr and sys.stderr.isatty():
            sys.stderr.write("\n")  # the terminal has shown ^C on the line
        return ExitCode.CANCELLED
    except BrokenPipeError:  # help or version, into a pipe that closed
        return ExitCode.OK
    except Exception as error:
        return _report(error, debug="--debug" in words)


def _dispatch(words: Sequence[str]) -> int:
    commands = all_commands()
    invocation = find_command(words, commands)
    command = commands.get(invocation.command)
    if command:
        parser = command_parser(command)
    elif invocation.command:
        parser = family_parser(invocation.command)
    else:
        parser = program_parser()
    options = parser.read(invocation.options)
    if options.help:
        return _print(parser.format_help())
    if options.version:
        return _print(f"sunto {__version__}\n")
    if command is None:
        return _open_app()
    _check_arguments(command, options.arguments, parser.see_help())
    return _carry_out(command, options)


def _print(text: str) -> int:
    sys.stdout.write(text)
    sys.stdout.flush()
    return ExitCode.OK


def _check_arguments(command: Command, arguments: Sequence[str], see_help: str) -> None:
    if len(arguments) < command.least:
        raise ConfigError(
            _("“sunto {command}” needs to know what to work on.").format(command=command.name),
            _("Write it as: sunto {command} {usage}").format(command=command.name, usage=command.usage),
        )
    if command.most is not None and len(arguments) > command.most:
        raise ConfigError(
            _("“sunto {command}” does not know what to do with “{word}”.").format(
                command=command.name, word=arguments[command.most]
            ),
            see_help,
        )


def _carry_out(command: Command, options: Namespace) -> int:
    from assistant.failure import failed_event
    from tui.cli.job import JOB, set_up_logging
    from tui.output import Mode, Output, OutputClosedError

    set_up_logging(debug=options.debug)
    try:
        with Output(_mode(options), quiet=options.quiet) as output:
            try:
                module, _colon, function = command.handler.partition(":")
                return getattr(importlib.import_module(module), function)(options, output)
            except Exception as error:
                if output.mode is Mode.EVENTS:  # the stream ends with a terminal event, whatever happens
                    output.event(failed_event(JOB, error))
                raise
    except OutputClosedError:
        return ExitCode.OK


def _mode(options: Namespace) -> Mode:
    from tui.output import Mode

    if options.json and getattr(options, "events", False):
        raise ConfigError(
            _("--json and --events print different things."), _("Choose one: the result, or every event.")
        )
    if options.json:
        return Mode.JSON
    return Mode.EVENTS if getattr(options, "events", False) else Mode.PLAIN


def _open_app() -> int:
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError(
            _("The app needs a terminal to draw in."),
            _("Open it in one, or use a command: `sunto --help` lists them."),
        )
    from assistant.config import load_settings
    from tui.app import SuntoApp
    from tui.pictures.terminal import find_terminal

    settings = load_settings()
    app = SuntoApp(settings, terminal=find_terminal(settings.pictures))
    app.run()
    return app.return_code or ExitCode.OK


def _report(error: Exception, *, debug: bool) -> int:
    """Say what happened and what to do; with --debug also where. Returns the exit code."""
    from assistant.failure import failed_event
    from tui.output import Output

    if debug:
        import traceback

        traceback.print_exception(error)
    failed = failed_event("", error)
    Output().fail(failed.message, failed.hint)
    return failed.exit_code
