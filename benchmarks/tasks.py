"""What do tasks, futures and asyncio's synchronisation cost on a loop? CPU time per operation, in µs.

Tasks and futures are asyncio's own on all peers, so the difference is the loop's. C is the limit: a loop that is a ring
of callbacks and nothing else (``least.c``).
"""

import asyncio

from benchmarks.child import in_child
from benchmarks.operation import Run, operation
from benchmarks.row import LOOPS, Row

MANY = 100
KINDS = (*LOOPS, "C")


async def nothing() -> None:
    pass


@operation()
def sleep_one(_: asyncio.AbstractEventLoop) -> Run:
    async def run(count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    return run


@operation(per=MANY)
def sleep_many(_: asyncio.AbstractEventLoop) -> Run:
    """A hundred tasks that each sleep `count` times."""

    async def sleep(count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    async def run(count: int) -> None:
        await asyncio.gather(*[sleep(count) for _ in range(MANY)])

    return run


@operation()
def create_task(_: asyncio.AbstractEventLoop) -> Run:
    async def run(count: int) -> None:
        for _ in range(count):
            await asyncio.create_task(nothing())

    return run


@operation(per=MANY)
def gather(_: asyncio.AbstractEventLoop) -> Run:
    """A hundred coroutines at once; the cost is per coroutine."""

    async def run(count: int) -> None:
        for _ in range(count):
            await asyncio.gather(*[nothing() for _ in range(MANY)])

    return run


@operation(per=MANY)
def task_group(_: asyncio.AbstractEventLoop) -> Run:
    """A hundred tasks in one group; the cost is per task."""

    async def run(count: int) -> None:
        for _ in range(count):
            async with asyncio.TaskGroup() as group:
                for _ in range(MANY):
                    group.create_task(nothing())

    return run


@operation()
def future(loop: asyncio.AbstractEventLoop) -> Run:
    """A future that a callback sets in the next turn."""

    async def run(count: int) -> None:
        for _ in range(count):
            waiter = loop.create_future()
            loop.call_soon(waiter.set_result, None)
            await waiter

    return run


@operation()
def queue(_: asyncio.AbstractEventLoop) -> Run:
    """From one task to another through a queue that holds one item, so each waits for the other."""

    async def run(count: int) -> None:
        items: asyncio.Queue[int] = asyncio.Queue(1)

        async def produce() -> None:
            for number in range(count):
                await items.put(number)

        producer = asyncio.create_task(produce())
        for _ in range(count):
            await items.get()
        await producer

    return run


@operation()
def timeout(_: asyncio.AbstractEventLoop) -> Run:
    """A timeout that does not strike, around one turn of the loop."""

    async def run(count: int) -> None:
        for _ in range(count):
            async with asyncio.timeout(10):
                await asyncio.sleep(0)

    return run


@operation()
def event(_: asyncio.AbstractEventLoop) -> Run:
    """Two tasks that wake each other by turns; the cost is for both ways."""

    async def run(count: int) -> None:
        ping, pong = asyncio.Event(), asyncio.Event()

        async def answer() -> None:
            for _ in range(count):
                await ping.wait()
                ping.clear()
                pong.set()

        answering = asyncio.create_task(answer())
        for _ in range(count):
            ping.set()
            await pong.wait()
            pong.clear()
        await answering

    return run


@operation(per=10)
def lock(_: asyncio.AbstractEventLoop) -> Run:
    """Ten tasks that want the same lock, and keep it for a turn of the loop."""

    async def run(count: int) -> None:
        shared = asyncio.Lock()

        async def work() -> None:
            for _ in range(count):
                async with shared:
                    await asyncio.sleep(0)

        await asyncio.gather(*[work() for _ in range(10)])

    return run


ROWS = (
    Row("sleep(0), one task", in_child(sleep_one), short=True, kinds=KINDS),
    Row("sleep(0), 100 tasks", in_child(sleep_many), short=True, kinds=KINDS),
    Row("create_task and await", in_child(create_task), short=True, kinds=KINDS),
    Row("gather", in_child(gather), short=True, kinds=KINDS),
    Row("TaskGroup", in_child(task_group), kinds=KINDS),
    Row("future set and awaited", in_child(future), kinds=KINDS),
    Row("Queue", in_child(queue), short=True, kinds=KINDS),
    Row("timeout", in_child(timeout), short=True, kinds=KINDS),
    Row("Event", in_child(event), kinds=KINDS),
    Row("Lock", in_child(lock), kinds=KINDS),
)
