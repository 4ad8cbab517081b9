"""What does it cost to have a function called by a thread of the default executor? CPU time of all threads, in µs.

On one core: over two, a round trip takes 10 µs or 65, whichever way the kernel happens to place the threads, and a
median of that says nothing.
"""

import asyncio

from benchmarks.child import in_child
from benchmarks.operation import Run, operation
from benchmarks.row import Row

MANY = 100


def nothing() -> None:
    pass


@operation()
def one(loop: asyncio.AbstractEventLoop) -> Run:
    """One after the other: there and back."""

    async def run(count: int) -> None:
        for _ in range(count):
            await loop.run_in_executor(None, nothing)

    return run


@operation(per=MANY)
def many(loop: asyncio.AbstractEventLoop) -> Run:
    """A hundred at once, then wait for all; the cost is per call."""

    async def run(count: int) -> None:
        for _ in range(count):
            await asyncio.gather(*[loop.run_in_executor(None, nothing) for _ in range(MANY)])

    return run


ROWS = (
    Row("executor, one", in_child(one), short=True),
    Row("executor, 100 at once", in_child(many), short=True),
)
