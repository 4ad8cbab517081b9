"""A line on the terminal for each job that runs: what turns, its name, how long it has run; then how it ended."""

import sys
from typing import Any

from whorl.supervise.job import Job, State
from whorl.terminal.board import board_on
from whorl.terminal.line import FAILED, OK, Line


class Display:
    """The lines of one crew, on standard output; somebody else lets time pass for the board."""

    def __init__(self) -> None:
        self.board = board_on(sys.stdout)
        self._lines: dict[Job[Any], Line] = {}

    def begins(self, job: Job[Any]) -> None:
        """Draw a job's line; one that is started again keeps it."""
        if job not in self._lines:
            self._lines[job] = line = Line(job.name, elapsed=True)
            self.board.add(line)

    def ends(self, job: Job[Any], state: State) -> None:
        """Let a job's line stay, with a mark."""
        line = self._lines.get(job)
        if line is not None:
            line.text = job.name if state in ("done", "failed") else f"{job.name} ({state})"
            self.board.end(line, OK if state == "done" else FAILED)
            self._lines.pop(job, None)  # only now: after a Ctrl-C in between it is ended once more

    def close(self) -> None:
        """End the lines of those who did not stop."""
        for job in tuple(self._lines):
            self.ends(job, job.state)
