"""``show=True``: a line for each job on a real terminal, and in a pipe."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import Terminal

JOBS = """
import sys, threading, whorl
go = threading.Event()
def quick():
    pass
def slow():
    while not go.is_set():
        whorl.sleep(0.01)
def fails():
    go.wait()
    raise ValueError("no")
"""
THREADS = """
try:
    with whorl.Supervisor(show=True) as crew:
        crew.start(slow, name="a slow one")
        crew.start(quick, name="a quick one").result()
        print("printed", flush=True)
        sys.stdin.readline()
        crew.start(fails, name="one that fails")
        go.set()
except* ValueError:
    print("the end")
"""
TASKS = """
async def main():
    try:
        async with whorl.Supervisor(show=True) as crew:
            crew.start(slow, name="a slow one")
            await crew.start(quick, name="a quick one").result()
            print("printed", flush=True)
            await whorl.offload(sys.stdin.readline)
            crew.start(fails, name="one that fails")
            go.set()
    except* ValueError:
        print("the end")
whorl.run(main())
"""


@pytest.mark.parametrize("form", [THREADS, TASKS], ids=["threads", "tasks"])
def test_a_line_for_each_job_on_a_terminal(form: str, tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(JOBS + form)
    with Terminal([sys.executable, "jobs.py"], tmp_path) as terminal:
        terminal.wait_for(rb"printed")
        terminal.wait_for(rb"[-|/\\][^\r\n]* a slow one \d\.\ds")
        terminal.press(b"\n")
        assert terminal.wait_for_end() == 0
    text = "\n".join(terminal.lines())
    assert re.search(r"✓ a quick one \d\.\ds", text)
    assert re.search(r"[✓✗] a slow one (\(cancelled\) )?\d\.\ds", text)
    assert re.search(r"✗ one that fails \d\.\ds", text)
    assert text.endswith("the end")
    assert terminal.output.rfind(b"\x1b[?25h") > terminal.output.rfind(b"\x1b[?25l")


@pytest.mark.parametrize("form", [THREADS, TASKS], ids=["threads", "tasks"])
def test_a_line_at_both_ends_of_each_job_in_a_pipe(form: str, tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(JOBS + form)
    command = [sys.executable, "jobs.py"]
    done = subprocess.run(command, cwd=tmp_path, input="\n", capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    lines = [re.sub(r" \d\.\ds$", "", line) for line in done.stdout.splitlines()]
    assert lines[:2] == ["a slow one", "a quick one"]
    assert {"✓ a quick one", "✗ one that fails", "the end", "printed", "one that fails"} < set(lines)


def test_who_does_not_stop_is_shown_too(tmp_path: Path) -> None:
    program = """
import time, whorl
try:
    with whorl.Supervisor(show=True, grace=0.05) as crew:
        crew.start(time.sleep, 60, name="never looks")
        raise LookupError
except* (LookupError, whorl.StillRunning):
    print("the end")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"✗ never looks \(cancelling\) \d\.\ds\nthe end", done.stdout)
