"""The spinner of ``make demo``: what it draws on a terminal and into a pipe, and how it ends."""

import itertools
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyte
import pyte.modes
import pytest

from child import running
from cli.terminal import COLUMNS, DEADLINE, LINES, Terminal, text_of

EXAMPLES = Path(__file__).parents[2] / "examples"
DEMO = [sys.executable, str(EXAMPLES / "demo.py")]
FRAMES = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"]

SPINNERS = {
    "thread": [sys.executable, str(EXAMPLES / "spinner" / "spinner_thread.py")],
    "coroutine": [sys.executable, "-m", "whorl", "run", str(EXAMPLES / "spinner" / "spinner_asyncio.py")],
    "process": [sys.executable, str(EXAMPLES / "spinner" / "spinner_process.py")],
}
OBJECTS = {
    "thread": r"spinner object: <Thread\(Thread-1 \(spin\), initial\)>",
    "process": r"spinner object: <Process name='Process-1' parent=\d+ initial>",
    "coroutine": r"spinner object: <Task pending name='Task-2' coro=<spin\(\) running at .*_asyncio.py:\d+>>",
}


def screens(output: bytes) -> list[list[str]]:
    """Every state of the screen between two movements of the cursor."""
    screen = pyte.Screen(COLUMNS, LINES)
    screen.set_mode(pyte.modes.LNM)  # a pipe has no terminal driver to put a return before the newline
    stream = pyte.ByteStream(screen)
    states = []
    for piece in re.split(rb"(\x08+)", output):
        stream.feed(piece)
        states.append(text_of(screen))
    return states


def assert_spun(states: list[list[str]], above: int, name: str) -> None:
    """Under the spinner object on line ``above``: all frames in turn, an empty line, the answer."""
    assert re.fullmatch(OBJECTS[name], states[-1][above])
    lines = [state[above + 1] if len(state) > above + 1 else "" for state in states]
    turns = [line for line, _ in itertools.groupby(lines)]
    seen = [line for line in turns if line]
    assert seen[:8] == FRAMES * 2
    assert set(seen) == {*FRAMES, "Answer: 42"}
    assert turns[-2:] == ["", "Answer: 42"]


@pytest.mark.parametrize("name", SPINNERS)
def test_spinner_on_a_terminal(name: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with Terminal(SPINNERS[name], tmp_path) as terminal:
        for frame in FRAMES:
            terminal.wait_for(re.escape(frame.encode()))
        assert b"Answer" not in terminal.output
        assert terminal.wait_for_end() == 0
    assert time.monotonic() - began >= 3
    assert len(terminal.lines()) == 2
    assert_spun(screens(terminal.output), 0, name)


@pytest.mark.parametrize("name", SPINNERS)
def test_spinner_in_a_pipe(name: str, tmp_path: Path) -> None:
    done = subprocess.run(SPINNERS[name], cwd=tmp_path, capture_output=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    states = screens(done.stdout)
    assert len(states[-1]) == 2
    assert_spun(states, 0, name)


def test_demo_on_a_terminal(tmp_path: Path) -> None:
    with Terminal(DEMO, tmp_path) as terminal:
        assert terminal.wait_for_end() == 0
    lines = terminal.lines()
    assert lines[0] == "With a thread: python examples/spinner/spinner_thread.py"
    assert lines[3:5] == ["", "With a coroutine: whorl run examples/spinner/spinner_asyncio.py"]
    assert len(lines) == 7
    states = screens(terminal.output)
    assert_spun([state[:4] for state in states], 1, "thread")
    assert_spun(states, 5, "coroutine")


@pytest.mark.parametrize("part", ["thread", "coroutine"])
def test_interrupt_on_a_terminal_ends_the_demo(part: str, tmp_path: Path) -> None:
    with Terminal(DEMO, tmp_path) as terminal:
        terminal.wait_for(f"(?s)With a {part}.*- thinking!".encode())
        terminal.press(b"\x03")
        assert terminal.wait_for_end() == 130
    assert b"demo.py" not in terminal.output
    assert terminal.lines()[-1] == "KeyboardInterrupt"


def test_interrupt_of_the_demo_alone_reaches_the_spinner(tmp_path: Path) -> None:
    with running(*DEMO, cwd=tmp_path) as demo:
        assert demo.stdout is not None
        while not demo.stdout.readline().startswith(b"spinner object"):
            pass
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=DEADLINE)  # ends only when the spinner has ended too
    assert demo.returncode == 130
    assert b"Answer" not in out
    assert err.endswith(b"KeyboardInterrupt\n")
    assert b"demo.py" not in err


def test_demo_that_fails_says_so(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "examples" / "spinner" / "spinner_thread.py").write_text("raise SystemExit(3)")
    command = [sys.executable, "examples/demo.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=DEADLINE, check=False)
    assert done.returncode == 3
    assert done.stdout == b"With a thread: python examples/spinner/spinner_thread.py\n"
