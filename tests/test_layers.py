"""The rules of the house at run time: who imports what, and that both front ends offer everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.jobs import HANDLERS
from tui.actions import actions
from tui.cli.table import INTERNAL_REQUESTS, all_commands

ROOT = Path(__file__).parent.parent
MODEL_LIBRARIES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")

FIRST_SCREEN = """
import asyncio
from tui.app import SuntoApp

async def first_screen():
    app = SuntoApp(model_command=(sys.executable, "-c", ""))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.screen.query("*"), "nothing was composed"

asyncio.run(first_screen())
"""

HELP = """
import contextlib, io
from tui.cli import main
with contextlib.redirect_stdout(io.StringIO()) as text:
    assert main(["--help"]) == 0
assert "summarize" in text.getvalue()
"""

EXTRACT = """
import contextlib, io
from tui.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    assert main(["extract", "sample_docs/photosynthesis.pdf"]) == 0
"""


def imported_by(code: str) -> set[str]:
    """Top-level packages in `sys.modules` after a fresh interpreter ran the code."""
    report = "\nprint('modules:' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", "import sys" + code + report],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("modules:")[2].split())


@pytest.mark.parametrize(
    ("what", "code", "forbidden"),
    [
        ("the first screen of the app", FIRST_SCREEN, MODEL_LIBRARIES),
        ("sunto --help", HELP, (*MODEL_LIBRARIES, "textual", "rich", "platformdirs", "pypdf", "sqlite3", "difflib")),
        ("sunto extract", EXTRACT, (*MODEL_LIBRARIES, "textual", "rich")),
        ("the jobs", "\nimport adapters.jobs", (*MODEL_LIBRARIES, "textual", "rich", "tui")),
        (
            "the assistant",
            "\nimport assistant.summaries, assistant.answers, assistant.documents",
            ("adapters", "tui", "torch"),
        ),
        ("the model client", "\nimport tui.model_client", (*MODEL_LIBRARIES, "textual")),
    ],
)
def test_nothing_is_imported_that_is_not_needed(what, code, forbidden):
    leaked = imported_by(code) & set(forbidden)
    assert not leaked, f"{what} imported {', '.join(sorted(leaked))}"


REQUEST_OF_ACTION = {
    "summarize": "Summarize",
    "describe": "Describe",
    "compare": "Compare",
    "train": "Train",
    "adapters": "ListAdapters",
    "models": "ListModels",
    "doctor": "Diagnose",
}
"""Actions of the app that send a request of their own (a plain question sends `Chat`)."""

REQUEST_OF_KEY = {
    "screen.rename": "RenameAdapter",
    "screen.remove": "RemoveAdapter",
    "screen.roll_back": "RollbackAdapter",
    "screen.import": "ImportAdapter",
    "screen.export": "ExportAdapter",
    "screen.subject": "SetSubjectAdapter",
}
"""Keys of the screen of adapters, and the request that each sends. The list and what is known of one need no key."""


def test_every_job_has_a_command_or_a_reason_for_having_none():
    sent = {request for command in all_commands().values() for request in command.requests}
    for request in HANDLERS:
        assert (request.__name__ in sent) != (request.__name__ in INTERNAL_REQUESTS), request.__name__


def test_every_command_has_a_job():
    known = {request.__name__ for request in HANDLERS}
    assert {request for command in all_commands().values() for request in command.requests} <= known
    assert set(INTERNAL_REQUESTS) <= known


def test_what_the_app_starts_the_command_line_starts_too():
    names = {action.name for action in actions()}
    sent = {request for command in all_commands().values() for request in command.requests}
    assert set(REQUEST_OF_ACTION) <= names
    assert set(REQUEST_OF_ACTION.values()) <= sent
    assert set(REQUEST_OF_KEY.values()) <= sent


def test_what_can_be_done_with_adapters_can_be_done_in_the_app():
    from tui.screens.adapters import AdaptersScreen, adapter_keys

    keys = {hint.action: hint for hint, _sentence in adapter_keys()}
    assert set(REQUEST_OF_KEY) <= set(keys)
    assert all(hasattr(AdaptersScreen, "action_" + action.removeprefix("screen.")) for action in keys)
    of_adapters = {request.__name__ for request in HANDLERS if "Adapter" in request.__name__}
    assert of_adapters == {*REQUEST_OF_KEY.values(), "ListAdapters", "ShowAdapter"}
