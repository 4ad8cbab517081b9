"""Letting a loop turn until something has come about, and measuring what the turning costs."""

import asyncio
import time
from collections.abc import Callable

# Turns without a pause: enough for whatever the kernel has ready.
_QUICK = 50


async def until(condition: Callable[[], bool], what: str, tick: Callable[[], None] | None = None) -> None:
    """Let the loop turn, with a ``tick`` in each turn, until the condition holds; fail after 3 seconds."""
    deadline = time.monotonic() + 3
    turn = 0
    while not condition():
        assert time.monotonic() < deadline, f"never came about: {what}"
        if tick is not None:
            tick()
        await asyncio.sleep(0 if turn < _QUICK else 0.001)
        turn += 1


async def turns(count: int = 8, tick: Callable[[], None] | None = None) -> None:
    """Let the loop turn a few times, and once be idle, for it to take what is there."""
    for turn in range(count):
        if tick is not None:
            tick()
        # A loop may put off asking the kernel as long as callbacks are ready, not when it has nothing to do.
        await asyncio.sleep(0.001 if turn == count - 1 else 0)


async def cpu_share(seconds: float = 0.3) -> float:
    """Return how much of a processor the loop uses while nothing is to be done: near 0, or 1 if it spins."""
    await asyncio.sleep(0.01)
    cpu, clock = time.thread_time(), time.monotonic()
    await asyncio.sleep(seconds)
    return (time.thread_time() - cpu) / (time.monotonic() - clock)
