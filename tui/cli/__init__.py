"""The command line. Each command runs its job in this process; the bare command opens the app.

Only what `sunto --help` needs is imported here and in `parser` and `table`; the rest waits for its command.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

CANCELLED = 130
"""`ExitCode.CANCELLED`, known before anything is imported: Ctrl-C may come that early."""


def entry() -> int:
    """The console script. Ctrl-C at any moment ends in exit code 130 and no traceback."""
    try:
        return main()
    except KeyboardInterrupt:
        return CANCELLED
    finally:
        _end_at_once_when_interrupted()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command (`sys.argv` by default) and return its exit code, see `assistant.errors.ExitCode`."""
    from tui.cli.program import run

    return run(list(sys.argv[1:] if argv is None else argv))


def _end_at_once_when_interrupted() -> None:
    """From here on the interpreter only tidies up: Ctrl-C is the system's business, and prints nothing."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
