"""What does it cost to have a function called by a thread of the default executor? CPU time of all threads, in µs.

The processes may use all cores, as programs with threads do. The wall time is in the results file.
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
    Row("executor, one", in_child(one, pinned=False), short=True),
    Row("executor, 100 at once", in_child(many, pinned=False), short=True),
)
