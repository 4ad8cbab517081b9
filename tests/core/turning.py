"""Turning a loop of whorl by hand, a callback or a turn at a time."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import whorl


class _Enough(KeyboardInterrupt):
    """What ends a turn after one callback: only exits leave a callback, and the rest stays queued."""


@contextmanager
def new_loop() -> Iterator[whorl.EventLoop]:
    loop = whorl.EventLoop()
    try:
        yield loop
    finally:
        loop.close()


def turn(loop: asyncio.AbstractEventLoop) -> None:
    """One turn, which waits for nothing: what is ready now, what the kernel has, what is due."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def run_one(loop: whorl.EventLoop) -> None:
    """Run the oldest of the ready callbacks, each of which has to be made by ``ending_the_turn``."""
    try:
        loop._run_once()
    except _Enough:
        return
    raise AssertionError("no callback ended the turn")


def ending_the_turn(callback: Callable[[object], object]) -> Callable[[object], None]:
    def run(value: object) -> None:
        callback(value)
        raise _Enough

    return run
