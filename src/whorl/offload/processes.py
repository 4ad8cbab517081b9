"""Calls in processes: how many at once, which idle cell takes a call, and when idle cells end.

Each call has a cell to itself, and a thread that waits for the cell's answer. A cancelled call's process is killed; the
others do not notice. Who holds a place never waits for another place (a process that makes calls itself has its own),
so the limit can't deadlock calls that are nested.
"""

import contextvars
import functools
import threading
import time
from collections.abc import Callable
from multiprocessing.util import Finalize
from typing import Any, TypeVar

from whorl.cancellation import Cancellation
from whorl.errors import WorkerLost
from whorl.offload.cell import GUARD, Cell
from whorl.offload.naming import name_of
from whorl.offload.outcome import outcome
from whorl.offload.parcel import open_answer, pack_call
from whorl.offload.places import Places
from whorl.offload.threads import start
from whorl.system import at_fork, processors
from whorl.worker import run_in_thread

_T = TypeVar("_T")

# How many processes run at once, and how many stay when they are idle: more would share the same CPUs.
MOST = processors()

# Seconds for which an idle process stays. Starting one takes some 20 ms.
IDLE = 10.0

_places = Places(MOST)
_lock = threading.Lock()
_idle: list[tuple[float, Cell]] = []  # with the time from which on; the oldest first
_alive: set[Cell] = set()
_reaping = False


async def call_in_process(fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
    """Call a function in a process, when there is a place."""
    await _places.take()
    try:
        return await call_in_cell(fn, args, kw)
    finally:
        _places.give()


async def call_in_cell(fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
    """Call a function in a process at once, however many there are."""
    call = _Call()
    return await outcome(start(functools.partial(call.make, fn, args, kw), contextvars.copy_context()), call, fn)


class _Call(Cancellation):
    """A call that is stopped by killing its process."""

    def __init__(self) -> None:
        super().__init__()
        self._hold = threading.Lock()  # of the cell: it can't be killed while it changes hands
        self._cell: Cell | None = None

    def request(self, message: object = None) -> None:
        with self._hold:
            super().request(message)
            if self._cell is not None:
                self._cell.process.kill()

    def make(self, fn: Callable[..., _T], args: tuple[Any, ...], kw: dict[str, Any]) -> _T:
        """Make the call, in a thread that waits for it."""
        parcel = pack_call(fn, args, kw)
        cell = _take()
        with self._hold:
            if not self.pending:
                self._cell = cell
        if self._cell is None:
            _give(cell)
            self.check()
        answer = cell.exchange(parcel)
        with self._hold:
            self._cell = None
        if answer is None or self.pending:
            how = _end(cell)
            self.check()
            died = f"process {cell.pid} {how}"
            if not cell.begun:
                raise RuntimeError(f"{died} before it could begin, and {name_of(fn)} was not called; {GUARD}")
            raise WorkerLost(f"{died} while it ran {name_of(fn)}; whether the call had an effect is unknown")
        _give(cell)
        value: _T = open_answer(fn, answer)
        return value


def _take() -> Cell:
    """Return a cell that nobody else has: the one that was idle for the shortest time, or a new one."""
    while True:
        with _lock:
            if not _idle:
                break
            _, cell = _idle.pop()
        if cell.is_there():
            return cell
        _end(cell)
    cell = Cell()
    with _lock:
        _alive.add(cell)
    return cell


def _give(cell: Cell) -> None:
    """Keep a cell for another call, if there are not enough already."""
    global _reaping
    with _lock:
        kept = len(_idle) < MOST
        reap = kept and not _reaping
        if kept:
            _idle.append((time.monotonic(), cell))
        if reap:
            _reaping = True
    if not kept:
        start(functools.partial(_end, cell), contextvars.Context())
    if reap:
        run_in_thread(_reap, contextvars.Context(), "whorl-offload-reaper")


def _end(cell: Cell) -> str:
    how = cell.end()
    with _lock:
        _alive.discard(cell)
    return how


def _reap() -> None:
    """End cells that have been idle for long enough, until there are none."""
    global _reaping
    while True:
        with _lock:
            if not _idle:
                _reaping = False
                return
            since, cell = _idle[0]
            left = since + IDLE - time.monotonic()
            if left <= 0:
                del _idle[0]
        if left <= 0:
            _end(cell)
        else:
            time.sleep(left)


def _end_all() -> None:
    """End every process: those that are idle by themselves, those at work by force, as nobody waits for them."""
    with _lock:
        idle = [cell for _, cell in _idle]
        busy = _alive.difference(idle)
        _idle.clear()
    for cell in busy:
        cell.process.kill()
    for cell in idle:
        _end(cell)


def _forget_all() -> None:
    """In a forked child: the cells are the parent's."""
    global _lock, _places, _reaping
    _lock, _places, _reaping = threading.Lock(), Places(MOST), False
    _idle.clear()
    _alive.clear()


# Before multiprocessing waits for its processes at exit, in a process of its own too, where ``atexit`` runs nothing.
Finalize(None, _end_all, exitpriority=100)
at_fork(after_in_child=_forget_all)
