"""Small programs on a terminal: their screen at the end, and on the way there."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cli.terminal import Terminal

ROOT = Path(__file__).parent.parent.parent

START = """
import asyncio, logging, os, signal, sys, threading, time
import whorl
from whorl import spinner
def wait_for(path):  # the test goes on by making a file
    while not os.path.exists(path):
        time.sleep(0.005)
async def wait_here(path):
    while not os.path.exists(path):
        await asyncio.sleep(0.005)
"""


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **more}


INTERRUPTED_AT = """
def interrupted_at(step, run, counts=lambda frame: True):
    # One SIGINT after so many calls and returns of `run`, in frames that count; whether there were as many.
    seen = 0
    def shoot(frame, event, argument):
        nonlocal seen
        if event in ("return", "c_return") and counts(frame):
            seen += 1
            if seen == step:
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)
    try:
        sys.setprofile(shoot)
        run()
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(None)
    return seen >= step
"""


def program(
    tmp_path: Path, text: str, *, env: Mapping[str, str] | None = None, columns: int = 60, lines: int = 20
) -> Terminal:
    script = tmp_path / "program.py"
    script.write_text(START + text)
    return Terminal([sys.executable, str(script)], tmp_path, environment(**(env or {})), columns, lines)


def shows(*rows: str) -> Callable[[list[str]], bool]:
    """Whether the screen is so; ``*`` stands for what turns."""
    return lambda lines: [re.sub(r"^[|/\\-](?= |$)", "*", line) for line in lines] == list(rows)


def go_on(tmp_path: Path, name: str = "go") -> None:
    (tmp_path / name).touch()


def end_of(terminal: Terminal, code: int = 0) -> list[str]:
    """Wait for the end, and see that the terminal is whole; return the screen."""
    ended = terminal.wait_for_end()
    assert ended == code, terminal.lines()
    assert cursor_is_back(terminal.output), terminal.output[-200:]
    return terminal.lines()


def cursor_is_back(output: bytes) -> bool:
    """Whether the last word about the cursor, and about wrapping, is that it is on."""
    for number in (b"25", b"7"):
        words = re.findall(rb"\x1b\[\?" + number + rb"([hl])", output)
        if words and words[-1] != b"h":
            return False
    return True
