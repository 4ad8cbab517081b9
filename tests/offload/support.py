"""Waiting for what comes about elsewhere, and scripts for a process of their own."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .conftest import PATIENCE


async def until(come_about: Callable[[], object]) -> None:
    """Wait, in a coroutine, until something has come about."""
    deadline = time.monotonic() + PATIENCE
    while not come_about():
        assert time.monotonic() < deadline, "it has not come about"
        await asyncio.sleep(0.005)


def wait_until(come_about: Callable[[], object]) -> None:
    """Wait, in plain code, until something has come about."""
    deadline = time.monotonic() + PATIENCE
    while not come_about():
        assert time.monotonic() < deadline, "it has not come about"
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    """Return whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descriptors() -> int:
    """Return how many descriptors this process has."""
    return len(os.listdir("/proc/self/fd"))


def run_script(path: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a script, which can import these tests, until it ends."""
    path.write_text(text)
    entries = [str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entries)}
    command = [sys.executable, *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
