"""Runs a test module in a process of its own, and reads what the process leaves behind.

A test that crashes or hangs takes its process with it. The report names it, and the tests after it run in a
new process. Whatever happens, the whole process group is gone afterwards.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from .judge import ModuleRun, Outcome

ASYNCIO = "asyncio:SelectorEventLoop"
WHORL = "whorl:EventLoop"

SCRIPT = Path(__file__).with_name("asyncio_suite.py")
# Most of asyncio's waits give up by themselves after 30 s (test.support.SHORT_TIMEOUT); the slowest test takes 3 s.
TEST_TIMEOUT = 60.0
# The slowest module takes 15 s on an idle machine.
MODULE_TIMEOUT = 300.0
LOG_TAIL = 6000  # characters: the stacks of all threads, as faulthandler prints them


class Runner:
    """Runs modules, in several threads at once if asked to, until it is stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def stop(self) -> None:
        """Kill what runs and start nothing more."""
        with self._lock:
            self._stopped = True
            for child in self._children:
                kill_group(child)

    def run(
        self,
        loop: str,
        module: str,
        tests: Sequence[str] = (),
        *,
        test_timeout: float = TEST_TIMEOUT,
        module_timeout: float = MODULE_TIMEOUT,
    ) -> ModuleRun:
        """Run one module, or only some of its tests, and return what happened."""
        result = ModuleRun(module)
        deadline = time.monotonic() + module_timeout
        options = [loop, module, f"--test-timeout={test_timeout}"]
        todo = list(tests)
        while True:
            with tempfile.TemporaryDirectory(prefix="whorl-conformance-") as directory:
                report, log = Path(directory, "report"), Path(directory, "log")
                ended = self._run_child([*options, str(report), *todo], log, deadline - time.monotonic())
                running = read_report(report, result)
                tail = log.read_text(errors="replace")[-LOG_TAIL:] if log.exists() else ""
            if not ended:
                return result
            if not running:
                result.trouble = f"{module} {ended} outside of its tests\n{tail}"
                return result
            result.outcomes[running] = Outcome("crashed", f"the process {ended}\n{tail}")
            todo = [test for test in result.collected if test not in result.outcomes]
            if not todo:
                return result
            if self._stopped or time.monotonic() > deadline:
                result.trouble = f"{module} {ended} in {running}, {len(todo)} tests were not run"
                return result

    def _run_child(self, arguments: Sequence[str], log: Path, timeout: float) -> str:
        """Run the script and return how it ended, in words: nothing if all was well."""
        with log.open("wb") as output:
            with self._lock:
                if self._stopped:
                    return "was stopped"
                child = subprocess.Popen(
                    [sys.executable, str(SCRIPT), *arguments],
                    cwd=log.parent,  # asyncio's tests write into their working directory
                    env={**os.environ, "TMPDIR": str(log.parent)},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
                self._children.add(child)
            in_time = ends_within(child, timeout)
            with self._lock:
                kill_group(child)
                child.wait()
                self._children.remove(child)
        if not in_time:
            return "took too long"
        if child.returncode < 0:
            return f"was killed by {signal.Signals(-child.returncode).name}"
        return f"ended with status {child.returncode}" if child.returncode else ""


def ends_within(child: subprocess.Popen[bytes], timeout: float) -> bool:
    """Wait for the end of a process, but leave it a zombie: its number, and its group's, stay its own."""
    pidfd = os.pidfd_open(child.pid)
    try:
        ended, _, _ = select.select([pidfd], [], [], max(timeout, 0))
    finally:
        os.close(pidfd)
    return bool(ended)


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill a child that was not waited for yet, and whatever it started."""
    os.killpg(child.pid, signal.SIGKILL)


def read_report(path: Path, result: ModuleRun) -> str:
    """Add what a process wrote down to a result, and return the test that it did not get out of."""
    running = ""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        entry = json.loads(line)
        if "collected" in entry:
            result.loop = entry["loop"]
            result.collected = result.collected or entry["collected"]
        elif "started" in entry:
            running = entry["started"]
        elif "test" in entry:
            result.outcomes[entry["test"]] = Outcome(entry["outcome"], entry["text"])
            result.loops.update(entry["loops"])
            running = ""
    return running
