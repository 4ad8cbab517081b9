"""A terminal with one program in it: a real pseudo-terminal, and pyte to know what its user sees."""

import contextlib
import os
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

DEADLINE = 60.0  # generous: it is only reached when a test fails, or on a machine that is very busy

COLUMNS, LINES = 160, 60

# The program's session leader: Ctrl-C reaches only a program whose controlling terminal this is.
_LOGIN = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"


def text_of(screen: pyte.Screen) -> list[str]:
    return "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")


class Terminal:
    """A command on a terminal of its own; ``output`` is all it wrote, ``screen`` what is to be seen."""

    def __init__(
        self,
        command: list[str],
        cwd: Path,
        env: Mapping[str, str] | None = None,
        columns: int = COLUMNS,
        lines: int = LINES,
    ) -> None:
        self.output = b""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = os.openpty()
        termios.tcsetwinsize(slave, (lines, columns))
        login = [sys.executable, "-c", _LOGIN, *command]
        try:
            self.process = subprocess.Popen(login, stdin=slave, cwd=cwd, env=env)
        finally:
            os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Take the terminal away."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as a window does: the program gets SIGWINCH."""
        self.screen.resize(lines, columns)
        termios.tcsetwinsize(self._master, (lines, columns))

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def wait_for(self, pattern: bytes) -> None:
        """Read until ``pattern``, a regular expression, stands in the output."""
        ends = time.monotonic() + DEADLINE
        while not re.search(pattern, self.output):
            assert self._read(ends), f"the program ended without {pattern!r}: {self.output[-2000:]!r}"

    def wait_until(self, seen: Callable[[list[str]], bool]) -> None:
        """Read until the screen is as wanted."""
        ends = time.monotonic() + DEADLINE
        while not seen(self.lines()):
            assert self._read(ends), f"the program ended, and the screen was never so: {self.lines()}"

    def wait_for_end(self) -> int:
        """Read everything, and return the exit code."""
        ends = time.monotonic() + DEADLINE
        while self._read(ends):
            pass
        return self.process.wait(DEADLINE)

    def lines(self) -> list[str]:
        """The screen from the top to its last line with text."""
        return text_of(self.screen)

    def _read(self, ends: float) -> bool:
        ready = select.select([self._master], [], [], max(0.0, ends - time.monotonic()))[0]
        assert ready, f"nothing new before the deadline, so far: {self.output[-2000:]!r}"
        chunk = b""
        with contextlib.suppress(OSError):  # EIO is the end: no program has the terminal open any more
            chunk = os.read(self._master, 65536)
        self.output += chunk
        self._stream.feed(chunk)
        return bool(chunk)
