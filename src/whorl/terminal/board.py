"""The lines of one terminal, and the only place that draws.

After each paint the cursor stands at the beginning of the first line. So the next paint is: erase from here to the end
of the screen, print what is to stay, draw the lines, go back up. It needs to know nothing of the paint before, how many
rows that had or what became of them: a terminal that got narrower has wrapped them, or cut them, or wrapped them only
in part. It is one write.

One lock is held for everything that changes a board or draws, in all threads: by a plain `with`, as Ctrl-C would split
a context manager written in Python, and leave the lock taken for ever. What went wrong is said when it is free again.

Whoever lets time pass calls `tick`, as often as it asks for; a tick that is early, or finds nothing changed, writes
nothing.

Where nothing moves (a pipe, CI, ``TERM=dumb``) a line is announced when it begins and printed when it ends.
"""

import atexit
import contextlib
import functools
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from whorl.system import at_fork
from whorl.terminal import stream as streams
from whorl.terminal.capture import Capture, raw
from whorl.terminal.complaints import Complaints
from whorl.terminal.frames import INTERVAL
from whorl.terminal.guard import Guard
from whorl.terminal.line import GONE, OK, Line, Outcome, fitting
from whorl.terminal.stream import Look, Stream
from whorl.terminal.text import clean, cut

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Seconds between two paints: at least, as screens show no more; at most, so that a new text is soon seen.
SHORTEST, LONGEST = 1 / 60, INTERVAL
_BREATH = 0.001  # between two ticks: a timer may be early

ERASE = "\r\x1b[J"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
# No wrapping while lines are drawn: terminals differ in how wide they think an emoji is.
NO_WRAP, WRAP = "\x1b[?7l", "\x1b[?7h"


def _changing(method: "Callable[Concatenate[Board, _P], _T]") -> "Callable[Concatenate[Board, _P], _T]":
    """Hold the lock while a board's method runs; then say what went wrong."""

    @functools.wraps(method)
    def hold(board: "Board", /, *args: _P.args, **kw: _P.kwargs) -> _T:
        try:
            with _lock:
                return method(board, *args, **kw)
        finally:
            board._complaints.say()

    return hold


class Board:
    """Lines on one stream; get it from `board_on`.

    Parameters:
        stream: where the lines stand.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.lines: list[Line] = []
        self.look = Look()
        self.moves = False  # the stream is a terminal on which lines turn
        self.off = False  # the stream does not work; until the last line has ended
        self._number = -1  # the terminal's descriptor
        self._hides = False
        self._capture = Capture(stream, _lock, self._print)
        self._due = 0.0
        self._painted = 0.0
        self._shown: tuple[tuple[int, int], list[str]] | None = None
        self._problem: Exception | None = None  # what the last write that failed has raised
        self._complaints = Complaints()

    @_changing
    def add(self, line: Line) -> None:
        """Begin a line."""
        line.began = time.monotonic()
        if not self.lines:
            self._open()
        self.lines.append(line)
        if self.moves:
            if len(self.lines) == 1 or line.began - self._painted >= SHORTEST:  # or the next tick draws it
                self._paint(line.began)
        else:
            self._say(self._drawn(line, announced=True))

    @_changing
    def end(self, line: Line, outcome: Outcome) -> None:
        """End a line; one that has ended stays as it is.

        Parameters:
            line: which.
            outcome: `OK` or `FAILED`, and it stays above those that go on; `GONE`, and it is erased.
        """
        if line not in self.lines:
            if not self.lines and self.moves:  # Ctrl-C came while the last line ended
                self._close()
            return
        line.ended = time.monotonic()
        line.outcome = OK if outcome == GONE and not self.moves else outcome
        row = "" if line.outcome == GONE else self._drawn(line)
        self.lines.remove(line)
        if not self.moves:
            self._say(row)
        elif self.lines:
            self._paint(line.ended, row and row + "\n")
        else:
            self._close(row and row + "\n")
        if not self.lines:
            self.off = False

    @_changing
    def tick(self, now: float) -> float | None:
        """Draw what has changed, if it is time to.

        Parameters:
            now: seconds, as of ``time.monotonic()``.

        Returns:
            In how many seconds it wants the next tick; ``None`` if nothing moves here, and no more are needed.
        """
        if not self.lines:
            return LONGEST
        if not self.moves:
            return None
        if now >= self._due:
            self._paint(now)
        return max(_BREATH, self._due - now)

    # -- the terminal ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self.moves = False
        if problem := _unusable(self.stream):
            self._switch_off(problem)
            return
        try:
            self.look = streams.look_of(self.stream)
            number = streams.descriptor(self.stream)
            if number is None or not streams.moves(self.stream, os.environ):
                return
            device = os.fstat(number).st_rdev
            self._number = number
            self._hides = False
            self._shown = None
            self.moves = True  # from here on there is something to undo, should Ctrl-C come
            self._capture.start()
            # The program may have left the cursor behind a text: a row's worth of spaces then ends in the next row,
            # and otherwise in this one.
            if self._may_draw():
                streams.write(self.stream, " " * streams.size(number)[0] + "\r")
        except Exception as error:  # a stream of the program's own may raise anything
            self._switch_off(f"writing to it failed: {error!r}")
            return
        self._hides = _guard.hold(self)
        if self._hides:
            _hidden[number] = device

    def _close(self, text: str = "") -> None:
        """Leave the terminal as it was, with ``text`` as the last thing on it."""
        kept = self._capture.stop()
        self._put(self.stream, (ERASE if self._may_draw() else "") + text + kept + (SHOW if self._hides else ""))
        self.moves = False
        _guard.release(self)

    def _paint(self, now: float, text: str = "", stream: Stream = None) -> None:
        """Draw the lines, if they look different or ``text`` is to be printed above them."""
        self._painted = now
        size = streams.size(self._number)
        due = min(line.frames.next_change(now) for line in self.lines)
        self._due = now + min(LONGEST, max(SHORTEST, due - now))
        if not self._may_draw():
            self._shown = None
            if text:
                self._put(stream or self.stream, text)
            return
        rows = self._rows(now, *size)
        if not text and self._shown == (size, rows):
            return
        up = f"\r\x1b[{len(rows) - 1}A" if len(rows) > 1 else "\r"
        drawn = (HIDE if self._hides else "") + NO_WRAP + "\r\n".join(rows) + WRAP + up
        self._shown = size, rows
        self._put(stream or self.stream, ERASE + text + drawn)

    def _rows(self, now: float, width: int, height: int) -> list[str]:
        rows = [cut(self.look.shown(clean(text)), width) for text in self._capture.unfinished()]
        # One row is left for what the program prints. Of lines that have no place only the number is needed.
        shown = self.lines[:height]
        rows += (row for line in shown if (row := self._drawn(line, now, width)))
        return fitting(rows, height - 1, self.look, len(self.lines) - len(shown))

    def _may_draw(self) -> bool:
        return streams.in_foreground(self._number)

    def _print(self, stream: Stream, text: str) -> None:
        """Print for the program; what fails is the program's to know."""
        # What can't be encoded is refused before anything is drawn.
        text.encode(getattr(stream, "encoding", None) or "utf-8", getattr(stream, "errors", None) or "strict")
        if not self.lines:
            streams.write(stream, text)
            return
        self._paint(time.monotonic(), text, stream)
        if self.off and self._problem is not None:
            raise self._problem

    def _say(self, row: str) -> None:
        if row and not self.off:
            self._put(self.stream, row + "\n")

    # -- what goes wrong ---------------------------------------------------------------------------------------------

    def _put(self, stream: Stream, text: str) -> None:
        try:
            streams.write(stream, text)
        except Exception as error:  # as above
            self._problem = error
            self._switch_off(f"writing to it failed: {error!r}")

    def _drawn(self, line: Line, now: float = 0.0, width: int | None = None, *, announced: bool = False) -> str:
        if line.broken:
            return ""
        try:
            return line.announce(self.look) if announced else line.draw(now, width, self.look)
        except Exception as error:
            line.broken = True
            self._complaints.text_fails(error)
            return ""

    def _switch_off(self, problem: str) -> None:
        self.off = True
        if self.moves:
            if self._hides:
                with contextlib.suppress(OSError):
                    streams.write_all(self._number, (ERASE + SHOW).encode())
            self._let_go()
        self._complaints.stream_fails(self.stream, problem)

    def _let_go(self) -> None:
        self.moves = False
        self._capture.stop()
        _guard.release(self)

    # -- signals, fork, the end --------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Restore the terminal; the next paint takes it again."""
        # Not by the stream: a signal may have come in the middle of a write.
        if self.moves and self._may_draw():
            self._shown = None
            with contextlib.suppress(OSError):
                streams.write_all(self._number, (ERASE + SHOW).encode())

    @_changing
    def finish(self) -> None:
        """The interpreter ends, and lines still turn: erase them."""
        self.lines.clear()
        if self.moves:
            self._close()

    def forget(self) -> None:
        """In a child process: the lines are the parent's."""
        self.lines.clear()
        if self.moves:
            self._let_go()


def board_on(stream: Stream) -> Board:
    """Return the board of a stream, which is that of its terminal: ``sys.stdout`` and ``sys.stderr`` may share one."""
    stream = raw(stream)
    with _lock:
        for board in _boards:
            if board.stream is stream or streams.same_terminal(board.stream, stream):
                return board
        board = Board(stream)
        _boards.add(board)
        return board


def _unusable(stream: Stream) -> str:
    if stream is None:
        return "the program has none"
    return "it is closed" if getattr(stream, "closed", False) else ""


def _leave_all() -> None:
    # Whoever holds the lock paints, which takes no time, unless the terminal was halted by Ctrl-S.
    _lock.acquire(timeout=1)
    for board in list(_boards):
        board.leave()


def _back() -> None:
    with contextlib.suppress(RuntimeError):  # not acquired in time
        _lock.release()


def _end_all() -> None:
    for board in list(_boards):
        board.finish()
    # A terminal drops what it has not shown yet when Ctrl-C is typed, and the cursor's return may have been in it.
    for number, device in list(_hidden.items()):
        with contextlib.suppress(OSError):
            if os.fstat(number).st_rdev == device and os.isatty(number) and streams.in_foreground(number):
                streams.write_all(number, SHOW.encode())


def _forget_all() -> None:
    for board in list(_boards):
        board.forget()
    _hidden.clear()
    _lock.release()


_lock = threading.RLock()
_boards: "weakref.WeakSet[Board]" = weakref.WeakSet()
_guard = Guard(_leave_all, _back)
_hidden: dict[int, int] = {}  # descriptors of terminals on which the cursor was ever hidden, and their devices

atexit.register(_end_all)
# The lock is taken, so that nobody is in the middle of a paint whose other half the child would have.
at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forget_all)
