"""chrF (Popović 2015) by sacrebleu, in the environment of the peers, which Sunto does not need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT

_SCRIPT = Path(__file__).parent / "chrf_peer.py"


def peers_python() -> Path:
    folder = Path(os.environ.get("SUNTO_PEERS", ROOT / ".venv-peers"))
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def chrf(pairs: Sequence[tuple[str, str]]) -> tuple[list[float], str]:
    """From 0 to 100 for each (summary, reference), and sacrebleu's signature of how they were taken.

    Raises SystemExit, saying what to install, where there is no such environment or no sacrebleu in it.
    """
    try:
        said = _ask(pairs)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"chrF needs sacrebleu for {peers_python()} (see benchmarks/summaries/peers.txt): {error}")
    return said["scores"], said["signature"]


def _ask(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    done = subprocess.run(
        [peers_python(), _SCRIPT],
        input=json.dumps(list(pairs)),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return json.loads(done.stdout)
