"""What does it cost to have a callback called? CPU time per callback, in µs.

The callbacks are Python functions, and what they cost themselves is part of the figure, the same for all peers.
"""

import asyncio
import queue
import threading

from benchmarks.child import in_child
from benchmarks.operation import Run, operation
from benchmarks.row import Row

BATCH = 1000


@operation()
def chain(loop: asyncio.AbstractEventLoop) -> Run:
    """A callback schedules itself: one callback per turn of the loop."""
    left = 0

    def step() -> None:
        nonlocal left
        if left:
            left -= 1
            loop.call_soon(step)
        else:
            loop.stop()

    def run(count: int) -> None:
        nonlocal left
        left = count
        loop.call_soon(step)
        loop.run_forever()

    return run


def nothing() -> None:
    pass


def take_one(_: object) -> None:
    pass


def take_three(_a: object, _b: object, _c: object) -> None:
    pass


@operation(per=BATCH)
def batch(loop: asyncio.AbstractEventLoop) -> Run:
    """A thousand callbacks are scheduled, and called in the next turn."""

    async def run(count: int) -> None:
        for _ in range(count):
            for _ in range(BATCH):
                loop.call_soon(nothing)
            await asyncio.sleep(0)

    return run


@operation(per=BATCH)
def batch_one_argument(loop: asyncio.AbstractEventLoop) -> Run:
    async def run(count: int) -> None:
        for number in range(count):
            for _ in range(BATCH):
                loop.call_soon(take_one, number)
            await asyncio.sleep(0)

    return run


@operation(per=BATCH)
def batch_three_arguments(loop: asyncio.AbstractEventLoop) -> Run:
    async def run(count: int) -> None:
        for number in range(count):
            for _ in range(BATCH):
                loop.call_soon(take_three, number, number, number)
            await asyncio.sleep(0)

    return run


@operation()
def wake_up(loop: asyncio.AbstractEventLoop) -> Run:
    """Another thread wakes the sleeping loop, and waits until its callback has run: both threads' CPU time."""

    def run(count: int) -> None:
        answers: queue.SimpleQueue[None] = queue.SimpleQueue()

        def ask() -> None:
            for _ in range(count):
                loop.call_soon_threadsafe(answers.put, None)
                answers.get()
            loop.call_soon_threadsafe(loop.stop)

        asking = threading.Thread(target=ask)
        loop.call_soon(asking.start)
        loop.run_forever()
        asking.join()

    return run


ROWS = (
    Row("call_soon chain", in_child(chain), short=True),
    Row("call_soon batch", in_child(batch), short=True),
    Row("call_soon with one argument", in_child(batch_one_argument)),
    Row("call_soon with three arguments", in_child(batch_three_arguments)),
    Row("wake-up from another thread", in_child(wake_up, pinned=False)),
)
