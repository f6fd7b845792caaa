"""The whole program with the real starter model on the CPU, through its command line.

The model knows little: what it writes is not judged here, only that all around it is true.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.starter, pytest.mark.timeout(600)]

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "sample_docs"
PHOTOSYNTHESIS = str(DOCS / "photosynthesis.pdf")
PLATES = str(DOCS / "plate-tectonics.txt")
DERIVATIVES = str(DOCS / "derivate.txt")
SUMMARIZE = ("summarize", PHOTOSYNTHESIS, "--max-new-tokens", "64")
"""Two parts and their merge, kept short: what is written is not what is tested."""
NO_NETWORK = {
    "SUNTO_OFFLINE": "1",
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
}
"""Offline as a person asks for it, and nothing to reach for whoever does not obey."""
SUNTO = [sys.executable, "-c", "import sys; from tui.cli import entry; sys.exit(entry())"]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "SUNTO_HOME": str(home), "SUNTO_LANG": "en", **more}


def sunto(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SUNTO, *words], cwd=ROOT, env=environment(home, **more), capture_output=True, encoding="utf-8", timeout=580
    )


def result_of(home: Path, *words: str, **more: str) -> dict:
    done = sunto(home, *words, "--json", **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def own_home(starter_home: Path, tmp_path: Path) -> Path:
    """A data directory with the starter and nothing else in it, for a test to spoil."""
    home = tmp_path / "own-home"
    shutil.copytree(starter_home / "models", home / "models")
    return home


def test_a_pdf_is_summarized_with_citations_from_its_pages(starter_home):
    result = result_of(starter_home, *SUMMARIZE)
    assert (result["task"], result["language"], result["model"]) == ("summarize", "en", "starter")
    assert result["coverage"]["pages_total"] == 3
    assert result["coverage"]["pages_used"] == [1, 2, 3]
    assert result["coverage"]["pages_skipped"] == []
    assert result["summary"].strip()
    assert result["claims"]
    assert {claim["support"] for claim in result["claims"]} <= {"quoted", "supported", "weak", "unsupported"}
    pages = {page["number"]: page for page in result_of(starter_home, "extract", PHOTOSYNTHESIS)["pages"]}
    for citation in (citation for claim in result["claims"] for citation in claim["citations"]):
        assert citation["quote"] in pages[citation["page"]]["text"]
        assert citation["label"] == pages[citation["page"]]["label"]
    assert result["generated_tokens"] > 0
    assert result["prompt_tokens"] > 0
    assert result["seconds"] > 0


def test_the_second_run_needs_no_network_and_nothing_written_twice(starter_home):
    first = result_of(starter_home, *SUMMARIZE)
    again = result_of(starter_home, *SUMMARIZE, **NO_NETWORK)
    assert again["resumed_chunks"] == again["chunks"]
    assert again["summary"] == first["summary"]


def test_without_network_a_fresh_answer_comes_from_the_kept_model(starter_home):
    done = sunto(starter_home, "describe", PLATES, "--max-new-tokens", "24", **NO_NETWORK)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "Read 1 of 1 page of" in done.stderr
    assert re.search(r"\d+(\.\d)? tokens/s", done.stderr)


def test_without_network_and_without_a_model_the_fetch_says_so(tmp_path):
    done = sunto(tmp_path / "empty", "describe", PLATES, **NO_NETWORK)
    assert done.returncode == 4
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_question_is_answered_from_the_document(starter_home):
    words = ("ask", PLATES, "--question", "How fast do the plates move?", "--max-new-tokens", "48")
    result = result_of(starter_home, *words)
    assert result["task"] == "ask"
    assert result["answer"].strip()
    assert "claims" in result


def test_the_same_seed_gives_the_same_answer_and_another_one_does_not(starter_home):
    words = ("ask", PLATES, "--question", "What is a plate?", "--max-new-tokens", "24", "--temperature", "1.2")
    one, same, other = (result_of(starter_home, *words, "--seed", seed)["answer"] for seed in ("0", "0", "7"))
    assert one == same
    assert one != other


def test_a_conversation_runs_through_a_pipe(starter_home):
    done = subprocess.run(
        [*SUNTO, "chat", "--max-new-tokens", "12", "--json"],
        cwd=ROOT,
        env=environment(starter_home),
        input="Hello\nWhat did I say?\n/quit\n",
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert second["prompt_tokens"] > first["prompt_tokens"]


def test_an_italian_document_is_told_in_italian_which_base_knows_italian(starter_home):
    done = sunto(starter_home, "describe", DERIVATIVES, "--max-new-tokens", "8")
    assert done.returncode == 0, done.stderr
    assert "italiano" in done.stderr
    assert "sunto models fetch " in done.stderr


def test_an_adapter_is_trained_used_and_left(own_home):
    words = ("--name", "bio", "--max-steps", "2", "--max-tokens", "256", "--batch-size", "2", "--few")
    words += ("--no-report", "--events")
    trained = sunto(own_home, "train", str(DOCS / "pairs.jsonl"), *words)
    assert trained.returncode == 0, trained.stderr
    events = [json.loads(line) for line in trained.stdout.splitlines()]
    steps = [event for event in events if event["event"] == "train_step"]
    assert [step["step"] for step in steps] == [1, 2]
    assert all(step["loss"] > 0 and step["gradient_norm"] > 0 for step in steps)
    directory = own_home / "adapters" / "bio"
    assert {"adapter_config.json", "adapter_model.safetensors"} <= {path.name for path in directory.iterdir()}
    assert events[-1]["result"]["directory"] == str(directory)

    (row,) = result_of(own_home, "adapters", "list")["adapters"]
    assert (row["name"], row["model"], row["compatible"]) == ("bio", "starter", True)

    words = ("describe", PLATES, "--max-new-tokens", "8")
    assert result_of(own_home, *words, "--adapter", "bio")["adapter"] == "bio"
    assert result_of(own_home, *words, "--adapter", "none")["adapter"] in (None, "")


def test_an_unknown_adapter_is_refused_with_its_exit_code(starter_home):
    done = sunto(starter_home, "describe", PLATES, "--adapter", "nobody")
    assert done.returncode == 5
    assert "nobody" in done.stderr


def test_a_summary_killed_in_the_middle_goes_on_where_it_was(own_home):
    words = [*SUNTO, "summarize", PHOTOSYNTHESIS, "--style", "detailed", "--max-new-tokens", "60", "--events"]
    child = subprocess.Popen(
        words, cwd=ROOT, env=environment(own_home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    assert child.stdout
    for line in child.stdout:
        event = json.loads(line)
        assert event["event"] not in ("finished", "failed"), "it ended before it could be killed"
        if event["event"] == "progress" and event["stage"] == "map" and event["done"] == 1:
            break
    child.kill()
    child.wait()

    done = sunto(own_home, *words[len(SUNTO) : -1], "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert 1 <= result["resumed_chunks"] < result["chunks"]
    assert "Resuming" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one child there")
def test_ctrl_c_in_the_middle_ends_with_130_and_no_traceback(starter_home):
    child = subprocess.Popen(
        [*SUNTO, "ask", PLATES, "--question", "Tell me everything.", "--max-new-tokens", "2000"],
        cwd=ROOT,
        env=environment(starter_home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert child.stdout
    first = child.stdout.read(1)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert (first + out).strip()
    assert "Traceback" not in err


def test_a_truncated_checkpoint_is_noticed_and_not_loaded(own_home):
    """Where there is a network it is fetched again (tests/assistant/test_hub.py)."""
    (weights,) = (own_home / "models" / "starter").glob("*.safetensors")
    with weights.open("r+b") as file:
        file.truncate(weights.stat().st_size // 2)
    done = sunto(own_home, "describe", PLATES, "--max-new-tokens", "8", **NO_NETWORK)
    assert done.returncode == 4, done.stderr
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_doctor_has_looked_at_everything(starter_home):
    done = sunto(starter_home, "doctor", "--json")
    assert done.returncode in (0, 4), done.stderr
    report = json.loads(done.stdout)
    assert len(report["checks"]) >= 4
    assert (done.returncode == 4) == any(check["status"] == "problem" for check in report["checks"])
