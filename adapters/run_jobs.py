"""What can be done with trainings that were begun: list them, delete what is kept of one."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from adapters.training import runs
from assistant.protocol import ListRuns, RemoveRun

Result = dict[str, Any]


def list_runs(_request: ListRuns) -> Result:
    """`damaged`: names of those that cannot be read."""
    records, damaged = runs.survey()
    return {"runs": [_row(record) for record in records], "damaged": damaged}


def remove_run(request: RemoveRun) -> Result:
    """Raises TrainingError, AdapterError."""
    runs.remove_run(request.name)
    return {"name": request.name}


def _row(record: runs.RunRecord) -> Result:
    """Times as ISO 8601, UTC."""
    return {
        **dataclasses.asdict(record),
        "created": _iso(record.created),
        "updated": _iso(record.updated),
        "can_resume": record.can_resume,
        "about": dict(record.about),
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
