"""The cost of one operation of a loop: run it often enough, and divide.

A benchmark is a function that takes a loop, prepares what is not to be measured, and returns ``run(count)``, which
does the operation `count` times; an ``async def run`` is run by the loop. If it does `per` operations each time, say
so. `operation` makes a measurement of it:

- `count` is doubled until one run takes a fifth of the time given; that warms up too
- five runs follow, each of about a fifth; the figure is their median, so one disturbed run does not count
- ``cpu`` is the process's CPU time per operation in µs, all threads, user and system; ``wall`` the time that passed

The garbage collector runs as it does by default.
"""

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine
from statistics import median

from benchmarks.child import Measurement
from benchmarks.loops import new_loop
from benchmarks.row import Figures

RUNS = 5

Run = Callable[[int], None] | Callable[[int], Coroutine[object, object, None]]
Prepare = Callable[[asyncio.AbstractEventLoop], Run]


def operation(per: int = 1) -> Callable[[Prepare], Measurement]:
    def decorate(prepare: Prepare) -> Measurement:
        @functools.wraps(prepare)
        def measure(peer: str, seconds: float, /) -> Figures:
            loop = new_loop(peer)
            asyncio.set_event_loop(loop)
            try:
                figures = per_operation(loop, prepare(loop), seconds / RUNS)
            finally:
                loop.run_until_complete(loop.shutdown_default_executor())
                loop.close()
                asyncio.set_event_loop(None)
            return {name: value / per for name, value in figures.items()}

        measure.per = per  # type: ignore[attr-defined]  # for who counts something else than time
        return measure

    return decorate


def per_operation(loop: asyncio.AbstractEventLoop | None, run: Run, seconds: float) -> Figures:
    """Cost of one operation in µs, from runs of about `seconds` each; `loop` runs them if they are coroutines."""
    count, taken = 1, timed(loop, run, 1)
    while taken[1] < seconds / 2:
        count = max(2 * count, min(10 * count, int(count * seconds / max(taken[1], 1e-9))))
        taken = timed(loop, run, count)
    runs = [timed(loop, run, count) for _ in range(RUNS)]
    cpu, wall = (median(column) / count * 1e6 for column in zip(*runs, strict=True))
    return {"cpu": cpu, "wall": wall}


def timed(loop: asyncio.AbstractEventLoop | None, run: Run, count: int) -> tuple[float, float]:
    """CPU and wall seconds that `count` operations take."""
    wall, cpu = time.perf_counter(), time.process_time()
    coroutine = run(count)
    if coroutine is not None:
        assert loop is not None
        loop.run_until_complete(coroutine)
    return time.process_time() - cpu, time.perf_counter() - wall
