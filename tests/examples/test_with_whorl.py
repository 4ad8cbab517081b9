"""The chapter's program with whorl: with a thread, a coroutine and a process."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import DEADLINE, Terminal

EXAMPLES = Path(__file__).parents[2] / "examples" / "spinner"
PROGRAMS = ["whorl_thread.py", "whorl_asyncio.py", "whorl_process.py"]
OBJECT = "spinner object: <whorl.Spinner 'thinking!' turning>"


@pytest.mark.parametrize("name", PROGRAMS)
def test_on_a_terminal(name: str, tmp_path: Path) -> None:
    with Terminal([sys.executable, str(EXAMPLES / name)], tmp_path) as terminal:
        for frame in (rb"\|", rb"/", rb"-", rb"\\"):
            terminal.wait_for(frame + rb"(\x1b\[0m)? thinking!")
        assert b"Answer" not in terminal.output
        assert terminal.wait_for_end() == 0
    assert terminal.lines() == [OBJECT, "Answer: 42"]
    assert terminal.output.rfind(b"\x1b[?25h") > terminal.output.rfind(b"\x1b[?25l")


@pytest.mark.parametrize("name", PROGRAMS)
def test_in_a_pipe(name: str, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["thinking!", OBJECT, "✓ thinking!", "Answer: 42"]
