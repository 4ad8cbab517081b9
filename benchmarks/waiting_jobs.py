"""What do 10,000 jobs cost that only wait: as threads, as greenlets, as tasks?

Each job sleeps for an hour. CPU time in µs until all of them do, per job, and resident memory in KiB, per job. The wall
time is in the results file.
"""

import asyncio
import functools
import gc
import threading
import time
from collections.abc import Callable

from benchmarks import machine
from benchmarks.child import in_child
from benchmarks.loops import new_loop
from benchmarks.row import Figures, Row

JOBS = 10_000
HOUR = 3600


def threads(count: int, started: list[None]) -> None:
    def job() -> None:
        started.append(None)
        time.sleep(HOUR)

    for _ in range(count):
        threading.Thread(target=job, daemon=True).start()
    while len(started) < count:
        time.sleep(0.001)


def greenlets(count: int, started: list[None]) -> None:
    import gevent

    def job() -> None:
        started.append(None)
        gevent.sleep(HOUR)

    kept.extend(gevent.spawn(job) for _ in range(count))
    while len(started) < count:
        gevent.sleep(0)


def tasks(loop: asyncio.AbstractEventLoop, count: int, started: list[None]) -> None:
    async def job() -> None:
        started.append(None)
        await asyncio.sleep(HOUR)

    async def start() -> None:
        kept.extend([asyncio.create_task(job()) for _ in range(count)])
        while len(started) < count:  # noqa: ASYNC110  # a job does nothing but wait, so it sets no event
            await asyncio.sleep(0)

    loop.run_until_complete(start())


kept: list[object] = []  # what nobody else holds


def waiting(peer: str, seconds: float, /) -> Figures:
    """Nothing is ended: the process goes with all its jobs."""
    count = JOBS if seconds >= 0.05 else 100
    start: Callable[[int, list[None]], None]
    if peer == "threads":
        start = threads
    elif peer == "gevent":
        import gevent

        gevent.sleep(0)  # makes its hub
        start = greenlets
    else:
        loop = new_loop(peer)
        loop.run_until_complete(asyncio.sleep(0))
        kept.append(loop)
        start = functools.partial(tasks, loop)

    gc.collect()
    memory, cpu, wall = machine.resident(), time.process_time(), time.perf_counter()
    start(count, [])
    return {
        "cpu": (time.process_time() - cpu) / count * 1e6,
        "wall": (time.perf_counter() - wall) / count * 1e6,
        "memory": (machine.resident() - memory) / count / 1024,
    }


KINDS = ("loop", "threads", "greenlets")

measured = in_child(waiting, pinned=False)

ROWS = (
    Row("10,000 waiting jobs: starting one", measured, short=True, kinds=KINDS),
    Row("10,000 waiting jobs: memory of one", measured, main="memory", unit="KiB", short=True, kinds=KINDS),
)
