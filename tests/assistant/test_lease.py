"""One holder of the accelerator, tried with real processes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import AcceleratorBusyError, Stopped
from assistant.lease import AcceleratorLease

HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from assistant.lease import AcceleratorLease\n"
    "lease = AcceleratorLease(Path(sys.argv[1]))\n"
    "lease.acquire('trains an adapter', 3 << 30)\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """Another process that holds the accelerator until its stdin closes."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "held"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


def test_a_free_accelerator_is_taken_and_given_back(tmp_path: Path):
    lease = AcceleratorLease(tmp_path)
    assert lease.holder() is None
    lease.acquire("answers", 100)
    holder = lease.holder()
    assert holder is not None
    assert (holder.purpose, holder.memory_bytes) == ("answers", 100)
    lease.release()
    assert lease.holder() is None
    lease.release()


def test_the_second_process_is_told_who_has_it_and_what_it_can_do(tmp_path: Path, other: subprocess.Popen):
    with pytest.raises(AcceleratorBusyError) as failure:
        AcceleratorLease(tmp_path).acquire("answers")
    assert f"process {other.pid} trains an adapter" in failure.value.message
    assert "3.0 GB" in failure.value.message
    assert "Wait" in failure.value.hint
    assert "--device cpu" in failure.value.hint


def test_a_holder_killed_without_warning_is_followed_at_once(tmp_path: Path, other: subprocess.Popen):
    lease = AcceleratorLease(tmp_path)
    holder = lease.holder()
    assert holder is not None
    assert holder.pid == other.pid
    other.kill()
    other.wait()

    assert lease.holder() is None, "what it left written is not believed"
    lease.acquire("answers")
    lease.release()


def test_who_waits_gets_it_when_it_is_free(tmp_path: Path, other: subprocess.Popen):
    waiting = threading.Event()
    heard: list[str] = []

    def on_wait(holder) -> None:
        heard.append(holder.purpose)
        waiting.set()

    lease = AcceleratorLease(tmp_path)
    thread = threading.Thread(target=lambda: lease.acquire("answers", wait=True, on_wait=on_wait), daemon=True)
    thread.start()
    assert waiting.wait(timeout=10)
    assert other.stdin is not None
    other.stdin.close()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert heard == ["trains an adapter"]
    lease.release()  # from another thread than the one that took it
    assert AcceleratorLease(tmp_path).holder() is None


def test_waiting_can_be_stopped(tmp_path: Path, other: subprocess.Popen):
    started = time.monotonic()
    with pytest.raises(Stopped):
        AcceleratorLease(tmp_path).acquire("answers", wait=True, should_stop=lambda: True)
    assert time.monotonic() - started < 5


def test_a_living_process_that_got_the_pid_of_a_dead_holder_is_not_taken_for_it(
    tmp_path: Path, other: subprocess.Popen
):
    path = tmp_path / "accelerator.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**fields, "started": fields["started"] - 3600}), encoding="utf-8")
    assert AcceleratorLease(tmp_path).holder() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "null", '"x"'])
def test_what_is_written_wrong_is_nobody(tmp_path: Path, text: str):
    (tmp_path / "accelerator.json").write_text(text, encoding="utf-8")
    assert AcceleratorLease(tmp_path).holder() is None


def test_a_holder_that_has_not_said_who_it_is_still_keeps_others_out(tmp_path: Path, other: subprocess.Popen):
    (tmp_path / "accelerator.json").unlink()
    with pytest.raises(AcceleratorBusyError, match=r"Another Sunto is using the graphics card\."):
        AcceleratorLease(tmp_path).acquire("answers")


def test_leaving_the_block_gives_it_back(tmp_path: Path):
    with AcceleratorLease(tmp_path) as lease:
        lease.acquire("answers")
        assert lease.holder() is not None
    assert lease.holder() is None
