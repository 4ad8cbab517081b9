"""A board without spinners: lines begin and end one by one, and a driver lets time pass."""

import asyncio
import io
import os
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from terminal.programs import end_of, go_on, program, shows
from whorl.terminal.board import LONGEST, board_on
from whorl.terminal.driver import TaskDriver, ThreadDriver
from whorl.terminal.line import FAILED, GONE, OK, Line

PREPARE = """
from whorl.terminal.board import board_on
from whorl.terminal.driver import TaskDriver, ThreadDriver
from whorl.terminal.line import FAILED, GONE, OK, Line
shown = board_on(sys.stdout)
"""


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A stream on a terminal, and the descriptor that reads what is written there."""
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    with open(slave, "w", encoding="utf-8") as stream:
        yield stream, master
    os.close(master)


def written(terminal: tuple[TextIO, int]) -> bytes:
    """What was written since the last time; the kernel hands it on a little later, so a mark follows it."""
    stream, master = terminal
    os.write(stream.fileno(), b"#")
    found = b""
    while not found.endswith(b"#"):
        found += os.read(master, 65536)
    return found[:-1]


@pytest.mark.parametrize("form", ["thread", "task"])
def test_the_lines_of_a_supervisor(form: str, tmp_path: Path) -> None:
    body = """
    first, second = Line("first"), Line("second", elapsed=False)
    shown.add(first)
    shown.add(second)
    print("printed")
    WAIT("go")
    second.text = "second failed"
    shown.end(second, FAILED)
    WAIT("on")
    shown.end(first, OK)
    shown.end(first, FAILED)
    third = Line("third")
    shown.add(third)
    WAIT("end")
    shown.end(third, GONE)
"""
    if form == "thread":
        text = f"def main():\n    turning = ThreadDriver(shown)\n    turning.start()\n{body}    turning.stop()\nmain()"
    else:
        text = f"async def main():\n    turning = TaskDriver(shown)\n    turning.start()\n{body}"
        text += "    turning.cancel()\n    await turning.wait()\nasyncio.run(main())"
    text = text.replace("WAIT", "wait_for" if form == "thread" else "await wait_here")
    with program(tmp_path, PREPARE + text) as screen:
        screen.wait_until(shows("printed", "* first", "* second"))
        go_on(tmp_path)
        screen.wait_until(shows("printed", "✗ second failed", "* first"))
        go_on(tmp_path, "on")
        for frame in "|/-\\":
            screen.wait_until(["printed", "✗ second failed", "✓ first", f"{frame} third"].__eq__)
        go_on(tmp_path, "end")
        assert end_of(screen) == ["printed", "✗ second failed", "✓ first"]


def test_nothing_is_written_if_nothing_changes(terminal: tuple[TextIO, int]) -> None:
    stream, _ = terminal
    shown = board_on(stream)
    assert shown.tick(time.monotonic()) == LONGEST
    line = Line("still")
    shown.add(line)
    now = line.began
    assert now is not None
    assert b"still" in written(terminal)
    assert shown.tick(now) is not None
    assert written(terminal) == b""
    delay = shown.tick(now + 0.1)
    assert delay is not None
    assert 0 < delay <= LONGEST
    once = written(terminal)
    assert once.count(b"still") == 1
    line.text = "new"
    shown.tick(now + 0.1)
    assert written(terminal) == b""
    shown.tick(now + 0.2)
    assert b"new" in written(terminal)
    shown.end(line, GONE)
    assert written(terminal).startswith(b"\r\x1b[J")


def test_one_board_for_one_terminal(terminal: tuple[TextIO, int]) -> None:
    stream, _ = terminal
    other = os.fdopen(os.dup(stream.fileno()), "w")
    with other:
        assert board_on(stream) is board_on(other)
    assert board_on(io.StringIO()) is not board_on(io.StringIO())


def test_where_nothing_moves_no_driver_runs() -> None:
    stream = io.StringIO()
    shown = board_on(stream)
    line = Line("x")
    shown.add(line)
    assert shown.tick(time.monotonic()) is None

    async def main() -> int:
        TaskDriver(shown).start()
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
    driver = ThreadDriver(shown)
    driver.start()
    driver.stop()
    shown.end(line, OK)
    shown.end(line, FAILED)
    shown.end(Line("never begun"), GONE)
    assert stream.getvalue() == "x\n✓ x\n"
