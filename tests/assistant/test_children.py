"""A helper program ends when its work is done, and when whoever started it is gone."""

from __future__ import annotations

import subprocess
import sys

from assistant.children import run_child

CHILD = "import sys, time; from assistant.children import leave_with_the_parent; leave_with_the_parent(); "


def test_a_child_that_watches_its_parent_ends_its_work_as_any_program_does():
    lines: list[str] = []
    arguments = [sys.executable, "-c", CHILD + "time.sleep(0.2); print('done')"]
    end = run_child(arguments, on_line=lines.append, should_stop=lambda: False)
    assert (end.returncode, lines, end.talk) == (0, ["done"], ())


def test_a_child_ends_when_its_parent_is_gone():
    child = subprocess.Popen([sys.executable, "-c", CHILD + "time.sleep(60)"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(timeout=20) == 1
