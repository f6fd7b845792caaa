"""A model process without a model: speaks the real protocol and says what a script tells it to say.

Run as `python scripted_process.py SCRIPT.json`. The script is an object:

    {"rules": [{"when": "kind or words of the question", "text": "answer", "then": "finish"}], "crash_at_start": false}

The first rule whose `when` occurs in the request's kind or question is used. `then` is `finish`, `fail`, `crash`
(`os._exit(9)` after half the text), `hang` (after half the text, deaf to `Cancel`) or `reset` (takes the first half
back). `word_seconds` is the pause after each word. With `hold` the process waits at that word (or training step, or
at `route`, `progress`, `load`, `job`) until the file `gate` exists, so that no test depends on the machine's speed.
`route` and `progress` hold the fields of the `Routed` and the `Progress` events that come first; `notice` and
`late_notice` are said before and after the text; `result` is merged into what `Finished` carries; `answering` holds
the adapter and the why of the `Answering` event. With `"real": true` in the script, requests that no rule is for and
that need no model are carried out for real. What is answered about data sets and trainings is in `scripted_training`.
"""

from __future__ import annotations

import json
import os
import queue
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

from scripted_training import ScriptedTraining  # beside this file, which is run as a script

from assistant.protocol import (
    Answering,
    Cancel,
    Cancelled,
    Chat,
    Compare,
    Describe,
    DocumentRead,
    Failed,
    Finished,
    LoadModel,
    ModelLoaded,
    Notice,
    PauseTraining,
    ProcessReady,
    Progress,
    Request,
    Routed,
    Shutdown,
    Side,
    Summarize,
    TextDelta,
    TextReset,
    Train,
    decode,
    encode,
)

MODEL = "scripted-135m"
DEFAULT_RULE = {"when": "", "text": "An answer.", "then": "finish"}


class ScriptedProcess:
    def __init__(self, script: dict[str, Any]) -> None:
        self.script = script
        self.out = os.fdopen(os.dup(1), "wb", buffering=0)
        self.requests: queue.Queue[Request] = queue.Queue()
        self.cancelled: set[str] = set()
        self.is_loaded = False
        self.training = ScriptedTraining(self)

    def hold(self, request: Request, where: int | str) -> None:
        """Wait here if the script says so, until the test opens the gate or the job is stopped."""
        if self.rule(request).get("hold") != where:
            return
        gate = Path(self.script["gate"])
        while not gate.exists() and request.job not in self.cancelled:
            time.sleep(0.01)

    def main(self) -> None:
        if self.script.get("crash_at_start"):
            sys.stderr.write("scripted to crash at the start\n")
            sys.stderr.flush()
            os._exit(3)
        self.send(ProcessReady(pid=os.getpid()))
        threading.Thread(target=self.read, daemon=True).start()
        while True:
            self.serve(self.requests.get())

    def read(self) -> None:
        for line in sys.stdin.buffer:
            item = decode(line)
            self.note(line)
            if isinstance(item, Cancel | PauseTraining):
                self.cancelled.add(item.job)
            elif isinstance(item, Shutdown):
                os._exit(0)
            else:
                self.requests.put(item)
        os._exit(0)

    def note(self, line: bytes) -> None:
        """Keep every request, for tests to look at."""
        if path := self.script.get("requests_file"):
            with Path(path).open("ab") as file:
                file.write(line)

    def send(self, event: object) -> None:
        self.out.write(encode(event))

    def serve(self, request: Request) -> None:
        if isinstance(request, LoadModel):
            self.load(request)
        elif isinstance(request, Compare):
            self.compare(request)
        elif isinstance(request, Chat | Summarize | Describe):
            self.answer(request)
        elif self.script.get("real") and self.rule(request) is DEFAULT_RULE:
            self.carry_out(request)
        elif self.rule(request)["then"] == "fail" and not isinstance(request, Train):
            self.send(self.failure(request, self.rule(request)))
        elif self.rule(request)["then"] == "crash":
            os._exit(9)
        elif not self.training.serve(request):
            self.do(request)

    def do(self, request: Request) -> None:
        """Any other job: its `progress`, the place `job` to hold at, its `result`."""
        rule = self.rule(request)
        for progress in rule.get("progress", []):
            self.send(Progress(job=request.job, **progress))
        self.hold(request, "job")
        if request.job in self.cancelled:
            self.send(Cancelled(job=request.job))
        else:
            self.send(Finished(job=request.job, result=rule.get("result", {})))

    def carry_out(self, request: Request) -> None:
        from adapters.jobs import Session, run

        session = Session()
        for event in run(request, session):
            self.send(event)
        session.close()

    def rule(self, request: Request) -> dict[str, Any]:
        asked = type(request).__name__
        if isinstance(request, Chat):
            asked += " " + request.messages[-1][1]
        for rule in self.script.get("rules", []):
            if rule["when"] in asked:
                return {**DEFAULT_RULE, **rule}
        return DEFAULT_RULE

    def load(self, request: LoadModel) -> None:
        rule = self.rule(request)
        for done in range(0, 101, 25):
            self.send(Progress(job=request.job, stage="load", done=done, total=100, unit="bytes"))
            time.sleep(rule.get("word_seconds", 0))
        self.hold(request, "load")
        if rule["then"] == "fail":
            self.send(self.failure(request, rule))
            return
        self.is_loaded = True
        self.send(self.loaded(request))
        adapter = "" if request.adapter == "none" else request.adapter
        self.send(Finished(job=request.job, result={"model": MODEL, "adapter": adapter, "device": "cpu"}))

    def loaded(self, request: Any) -> ModelLoaded:
        adapter = "" if request.adapter in ("", "none") else request.adapter
        return ModelLoaded(
            job=request.job,
            model=MODEL,
            adapter=adapter,
            device="cpu",
            memory_bytes=200 << 20,
            seconds=0.1,
            context_tokens=2048,
        )

    def failure(self, request: Request, rule: dict[str, Any]) -> Failed:
        return Failed(
            job=request.job,
            kind=rule.get("kind", "ModelError"),
            message=rule.get("message", "It was scripted to fail."),
            hint=rule.get("hint", "Ask something else."),
            exit_code=4,
        )

    def answer(self, request: Chat | Summarize | Describe) -> None:
        rule = self.rule(request)
        if not self.is_loaded:
            self.is_loaded = True
            self.send(self.loaded(request))
        if answering := rule.get("answering"):
            self.send(Answering(job=request.job, model=MODEL, **answering))
            self.hold(request, "answering")
        if notice := rule.get("notice"):
            self.send(Notice(job=request.job, level="info", message=notice))
        for path in request.paths:
            read = {"title": Path(path).stem, "pages": 1, "readable_pages": 1, "language": "en"}
            self.send(DocumentRead(job=request.job, path=path, **read))
        if route := rule.get("route"):
            self.send(Routed(job=request.job, **route))
            self.hold(request, "route")
        for progress in rule.get("progress", []):
            self.send(Progress(job=request.job, **progress))
        self.hold(request, "progress")
        self.send(Progress(job=request.job, stage="prefill", done=10, total=20, unit="tokens"))
        words = re.findall(r"\s*\S+\s*", rule["text"])
        half = len(words) // 2
        written = self.write(request, words[:half], rule, 0)
        if rule["then"] == "crash":
            sys.stderr.write("scripted to crash\n")
            sys.stderr.flush()
            os._exit(9)
        if rule["then"] == "hang":
            time.sleep(3600)
        if rule["then"] == "fail":
            self.send(self.failure(request, rule))
            return
        if rule["then"] == "reset":
            self.send(TextReset(job=request.job))
            written = ""
        written += self.write(request, words[half:], rule, half)
        if late := rule.get("late_notice"):
            self.send(Notice(job=request.job, level="warning", message=late))
        if request.job in self.cancelled:
            self.send(Cancelled(job=request.job, text=written))
        else:
            self.send(Finished(job=request.job, result=self.result(request, written, rule)))

    def compare(self, request: Compare) -> None:
        """`sides` of the rule are the two texts; `hold` counts the words of both, `fail` comes between them."""
        rule, number = self.rule(request), 0
        for side, text in enumerate(rule["sides"]):
            if side and rule["then"] == "fail":
                self.send(self.failure(request, rule))
                return
            if request.job in self.cancelled:
                break
            where = f"text {side + 1} of 2"
            self.send(Side(job=request.job, number=side))
            self.send(Progress(job=request.job, stage="map", done=0, total=2, unit="chunks", detail=where))
            words = re.findall(r"\s*\S+\s*", text)
            if side and rule["then"] == "reset":
                self.write(request, ["wrong "], rule, 0)
                self.send(TextReset(job=request.job))
            self.write(request, words, rule, number)
            number += len(words)
        if request.job in self.cancelled:
            self.send(Cancelled(job=request.job))
        else:
            self.send(Finished(job=request.job, result=rule["result"]))

    def write(self, request: Request, words: list[str], rule: dict[str, Any], first: int) -> str:
        written = ""
        for number, word in enumerate(words, start=first):
            self.hold(request, number)
            if request.job in self.cancelled and rule["then"] != "hang":
                break
            self.send(TextDelta(job=request.job, text=word))
            written += word
            time.sleep(rule.get("word_seconds", 0))
        return written

    def result(self, request: Any, text: str, rule: dict[str, Any]) -> dict[str, Any]:
        field = "answer" if isinstance(request, Chat) else "summary"
        return {
            "task": type(request).__name__.lower(),
            field: text,
            "claims": [],
            "language": "en",
            "model": MODEL,
            "adapter": request.adapter,
            "prompt_tokens": 300,
            "generated_tokens": len(text.split()),
            "tokens_per_second": 31.0,
            "finish_reason": "stop",
            **rule.get("result", {}),
        }


if __name__ == "__main__":
    ScriptedProcess(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))).main()
