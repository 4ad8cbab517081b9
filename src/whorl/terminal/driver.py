"""Lets time pass for a board: a thread in plain code, a task in a coroutine. Both only tick it."""

import asyncio
import threading
import time

from whorl.bell import Bell
from whorl.terminal.board import Board
from whorl.terminal.complaints import log

NAME = "whorl spinner"


class ThreadDriver:
    """Ticks a board from a daemon thread, between `start` and `stop`."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._stopped = Bell()
        self._thread = threading.Thread(target=self._drive, name=NAME, daemon=True)

    def start(self) -> None:
        if self._board.tick(time.monotonic()) is None:
            return
        try:
            self._thread.start()
        except RuntimeError as error:  # no more threads
            log.warning("a spinner stands still: %s", error)

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _drive(self) -> None:
        while (delay := self._board.tick(time.monotonic())) is not None and not self._stopped.wait(delay):
            pass


class TaskDriver:
    """Ticks a board from a task of the running loop, from `start` until `cancel`; `wait` until it is gone."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._board.tick(time.monotonic()) is not None:
            self._task = asyncio.get_running_loop().create_task(self._drive(), name=NAME)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def wait(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _drive(self) -> None:
        while (delay := self._board.tick(time.monotonic())) is not None:  # noqa: ASYNC110  # frames are no event
            await asyncio.sleep(delay)
