"""Starting programs to measure: where `sunto` is, how long until the first screen, how much memory at the most."""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

PEERS = Path(__file__).parent / "peers"
COLUMNS, ROWS = 100, 30


def sunto(*words: str) -> list[str]:
    """The command as it was installed beside this interpreter."""
    script = Path(sys.executable).with_name("sunto.exe" if sys.platform == "win32" else "sunto")
    if not script.exists():
        sys.exit(f"There is no {script}: install Sunto into this environment first (python -m pip install -e .).")
    return [str(script), *words]


def peer(name: str, *words: str) -> list[str]:
    return [sys.executable, str(PEERS / f"{name}.py"), *words]


def run_seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return seconds


class PeakMemory:
    """Watches one process and remembers the most memory it ever had in RAM, in bytes."""

    INTERVAL_SECONDS = 0.02

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.peak_bytes

    def _watch(self) -> None:
        while not self._over.is_set():
            try:
                self.peak_bytes = max(self.peak_bytes, self._now())
            except (psutil.Error, OSError):
                return
            self._over.wait(self.INTERVAL_SECONDS)

    def _now(self) -> int:
        """The system's own high-water mark where it keeps one."""
        if sys.platform == "linux":
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii", errors="replace")
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        memory = self._process.memory_info()
        return getattr(memory, "peak_wset", memory.rss)


class Screen:
    """A program on a pseudo-terminal (POSIX), read as fast as it draws."""

    def __init__(self, command: Sequence[str]) -> None:
        import fcntl
        import pty
        import termios

        self._control, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.text = ""
        """Everything drawn, escape sequences taken out."""
        self._raw = b""
        self.started = time.perf_counter()
        self.child = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )
        os.close(terminal)

    def wait_for(self, shown: Callable[[str], bool], seconds: float = 60) -> float:
        """Seconds from the start of the program until `shown` is true of the text."""
        while time.perf_counter() - self.started < seconds:
            self._read(0.05)
            if shown(self.text):
                return time.perf_counter() - self.started
        sys.exit(f"The screen never showed what was waited for:\n{self.text[-2000:]}")

    def type(self, keys: str) -> None:
        os.write(self._control, keys.encode())

    def rest(self, seconds: float) -> None:
        """Let the program go on drawing."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self._read(0.05)

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self._control)

    def _read(self, seconds: float) -> None:
        if not select.select([self._control], [], [], seconds)[0]:
            return
        try:
            self._raw += os.read(self._control, 1 << 20)
        except OSError:  # the program has ended
            time.sleep(seconds)
        self.text = _without_escapes(self._raw)


def first_screen(text: str) -> bool:
    """Every cell of the terminal has been painted once, blank or not."""
    return len(text) >= COLUMNS * ROWS


def _without_escapes(raw: bytes) -> str:
    import re

    text = raw.decode("utf-8", "ignore")
    text = re.sub(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])", "", text)
    return re.sub(r"[\r\n]", "", text)
