"""What the scripted model process answers about data sets and trainings: examples in memory, losses by rule.

A rule for `Train` may hold `events`: a list of {"event": name, …fields} that come instead of its four steps; `hold`
counts them. While it holds, other requests are answered, as between two steps of a real training. `runs` of the
script are the unfinished trainings, `datasets` the examples by data set.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.protocol import (
    BuildDataset,
    Cancelled,
    CheckDataset,
    CheckFit,
    Finished,
    FitChecked,
    ListDatasets,
    ListExamples,
    ListRuns,
    Progress,
    RateTried,
    RemoveDataset,
    RemoveRun,
    Request,
    ReviewExample,
    Train,
    TryRates,
    decode,
)

if TYPE_CHECKING:
    from scripted_process import ScriptedProcess

TEXT = "The leaf takes up red light. It gives back the green, and oxygen with it. Bees dance in the hive."
SUPPORTED = {"support": "supported", "missing": [], "warnings": [], "passages": [[0, 28]]}


def example(number: int, **changes: Any) -> dict[str, Any]:
    target = f"The leaf takes up red light, for the {number}th time."
    return {
        **{"id": f"{number:016x}", "task": "summarize", "text": TEXT * 3, "target": target, "language": "en"},
        **{"tier": "B", "origin": "principal", "group": "leaf.md", "split": "train", "status": "pending"},
        **{"original": "", "doubts": [], "suspicions": [], "target_place": None},
        "place": {"document": "leaf.md", "pages": [3], "start": 0, "end": 0, "section": "The leaf", "line": 0},
        "evidence": [{"start": 0, "end": len(target), **SUPPORTED}],
        **changes,
    }


def train_step(step: int, total: int, loss: float) -> dict[str, Any]:
    return {
        **{"event": "train_step", "step": step, "total_steps": total, "loss": loss, "learning_rate": 1e-4},
        **{"gradient_norm": 1.0, "tokens_per_second": 812.0, "peak_memory_bytes": 1 << 30},
        **{"seconds_left": float(3 * (total - step)), "epoch": 3 * step / total},
    }


class ScriptedTraining:
    def __init__(self, process: ScriptedProcess) -> None:
        self.process = process
        script = process.script
        self.datasets: dict[str, dict[str, Any]] = {
            name: {item["id"]: item for item in examples} for name, examples in script.get("datasets", {}).items()
        }
        self.runs: list[dict[str, Any]] = list(script.get("runs", []))

    def serve(self, request: Request) -> bool:
        """Whether the request was one of these, and no rule is for it."""
        answers = {
            ListDatasets: self.list_datasets,
            CheckDataset: self.check,
            ListExamples: self.list_examples,
            ReviewExample: self.review,
            RemoveDataset: self.remove_dataset,
            ListRuns: lambda _request: {"runs": self.runs},
            RemoveRun: self.remove_run,
        }
        if isinstance(request, BuildDataset):
            self.build(request)
        elif isinstance(request, CheckFit):
            self.check_fit(request)
        elif isinstance(request, TryRates):
            self.try_rates(request)
        elif isinstance(request, Train):
            self.train(request)
        elif type(request) in answers:
            self.finish(request, answers[type(request)](request))
        else:
            return False
        return True

    def finish(self, request: Request, result: dict[str, Any]) -> None:
        rule = self.process.rule(request)
        self.process.send(Finished(job=request.job, result={**result, **rule.get("result", {})}))

    # --- data sets --------------------------------------------------------------------------------------------------

    def build(self, request: BuildDataset) -> None:
        self.process.send(Progress(job=request.job, stage="build", done=1, total=2, unit="files", detail="leaf.md"))
        self.process.hold(request, "build")
        if request.job in self.process.cancelled:
            self.process.send(Cancelled(job=request.job))
            return
        name = Path(request.paths[0]).stem
        self.datasets[name] = {item["id"]: item for item in (example(number) for number in range(1, 13))}
        self.finish(request, {"name": name})

    def list_datasets(self, _request: ListDatasets) -> dict[str, Any]:
        rows = [
            {
                **{"name": name, "examples": len(examples), "tiers": {"B": len(examples)}},
                **{"statuses": self.statuses(name), "created": "2026-11-01T10:00:00", "paths": [f"/home/anna/{name}"]},
            }
            for name, examples in self.datasets.items()
        ]
        return {"datasets": rows}

    def check(self, request: CheckDataset) -> dict[str, Any]:
        few = len(self.datasets.get(request.data, ())) < 20
        sentence = "Little can be learned from so few." if few else "Enough to learn from."
        return {"verdict": "too_little" if few else "enough", "sentences": [sentence]}

    def statuses(self, name: str) -> dict[str, int]:
        counts: dict[str, int] = {}
        for item in self.datasets[name].values():
            counts[item["status"]] = counts.get(item["status"], 0) + 1
        return counts

    def list_examples(self, request: ListExamples) -> dict[str, Any]:
        chosen = [
            item
            for item in self.datasets[request.data].values()
            if request.status in ("", item["status"]) and (not request.examples or item["id"] in request.examples)
        ]
        return {
            "total": len(chosen),
            "ids": [item["id"] for item in chosen],
            "examples": chosen[request.offset :][: request.limit],
            "statuses": self.statuses(request.data),
        }

    def review(self, request: ReviewExample) -> dict[str, Any]:
        status = {"accept": "accepted", "edit": "edited", "reject": "rejected", "undo": "pending"}[request.decision]
        item = {**self.datasets[request.data][request.example], "status": status}
        if request.target:
            item |= {"original": item["target"], "target": request.target, "evidence": [], "tier": "A"}
        self.datasets[request.data][request.example] = item
        return {"example": item, "statuses": self.statuses(request.data)}

    def remove_dataset(self, request: RemoveDataset) -> dict[str, Any]:
        del self.datasets[request.name]
        return {}

    # --- trainings ----------------------------------------------------------------------------------------------------

    def remove_run(self, request: RemoveRun) -> dict[str, Any]:
        self.runs = [run for run in self.runs if run["name"] != request.name]
        return {}

    def check_fit(self, request: CheckFit) -> None:
        fit = {"needed_bytes": 3 << 30, "free_bytes": 8 << 30, "fits": True, "steps": 60, "advice": []}
        parts = [["the model", 2 << 30], ["what is learned", 1 << 30]]
        for measured in (False, True):
            seconds = 1200.0 if measured else None
            fields = {**fit, "parts": parts, "seconds_left": seconds, **self.process.rule(request).get("fit", {})}
            self.process.send(FitChecked(job=request.job, measured=measured, **fields))
            self.process.hold(request, "fit")
        self.finish(request, {"fits": fit["fits"]})

    def try_rates(self, request: TryRates) -> None:
        for rate, slope in ((5e-5, 0.01), (1e-4, 0.02), (2e-4, 0.015)):
            for step in range(1, 61, 5):
                loss = 3.0 - slope * step
                self.process.send(RateTried(job=request.job, learning_rate=rate, step=step, total_steps=60, loss=loss))
        self.finish(request, {"suggestion": 2e-4, "sentence": "The boldest one did clearly better."})

    def train(self, request: Train) -> None:
        rule = self.process.rule(request)
        default = [train_step(step, 4, 3.0 / step) for step in range(1, 5)]
        for number, event in enumerate(rule.get("events", default), start=1):
            if self.is_over(request):
                self.process.send(Cancelled(job=request.job))
                return
            line = json.dumps({**event, "job": request.job}).encode()
            self.process.send(decode(line))
            self.pause_between(request, number)
        if self.is_over(request):
            self.process.send(Cancelled(job=request.job))
        elif rule["then"] == "fail":
            self.process.send(self.process.failure(request, rule))
        else:
            self.finish(request, {"name": request.name, "steps": 4, "last_loss": 0.75})

    def is_over(self, request: Train) -> bool:
        return request.job in self.process.cancelled

    def pause_between(self, request: Train, number: int) -> None:
        """Answer whoever waits; at the step where the rule holds, until the gate is open or the training is over."""
        held = self.process.rule(request).get("hold") == number
        gate = Path(self.process.script["gate"])
        while True:
            while not self.process.requests.empty():
                self.process.serve(self.process.requests.get())
            if not held or gate.exists() or self.is_over(request):
                return
            time.sleep(0.01)
