"""What does a timer cost? CPU time per timer, in µs, and with a million pending ones also memory, in bytes."""

import asyncio
import gc
import time

from benchmarks import machine
from benchmarks.child import in_child
from benchmarks.loops import new_loop
from benchmarks.operation import RUNS, Run, operation, per_operation
from benchmarks.row import Figures, Row

BATCH = 100
FIRED = 1000
PENDING = 1_000_000


def nothing() -> None:
    pass


@operation(per=BATCH)
def set_and_cancelled(loop: asyncio.AbstractEventLoop) -> Run:
    """As with most timeouts, nothing ever fires. The loop turns after each hundred, so it may tidy up."""

    async def run(count: int) -> None:
        for _ in range(count):
            for _ in range(BATCH):
                loop.call_later(10, nothing).cancel()
            await asyncio.sleep(0)

    return run


@operation(per=FIRED)
def fired(loop: asyncio.AbstractEventLoop) -> Run:
    """A thousand timers, due at ten moments within the next millisecond; the last to fire sets the next thousand."""
    return thousands(loop)


def thousands(loop: asyncio.AbstractEventLoop) -> Run:
    left = 0
    batches = 0

    def fire() -> None:
        nonlocal left
        left -= 1
        if not left:
            more()

    def more() -> None:
        nonlocal left, batches
        if not batches:
            loop.stop()
            return
        batches -= 1
        left = FIRED
        for number in range(FIRED):
            loop.call_later(number % 10 * 1e-4, fire)

    def run(count: int) -> None:
        nonlocal batches
        batches = count
        loop.call_soon(more)
        loop.run_forever()

    return run


def pending(loop: asyncio.AbstractEventLoop, count: int) -> Figures:
    """Set timers for moments within the next hours, in no order; CPU time and memory of each."""
    gc.collect()
    before, start = machine.resident(), time.process_time()
    handles = [loop.call_later(3600 + number * 7919 % count / 1000, nothing) for number in range(count)]
    loop.call_soon(loop.stop)
    loop.run_forever()
    cpu = time.process_time() - start
    memory = (machine.resident() - before) / len(handles)
    return {"cpu": cpu / count * 1e6, "memory": memory}


def million(peer: str, seconds: float, /) -> Figures:
    loop = new_loop(peer)
    return pending(loop, PENDING if seconds >= 0.05 else 1000)


def beside_a_million(peer: str, seconds: float, /) -> Figures:
    """As `fired`, while a million others are pending."""
    loop = new_loop(peer)
    pending(loop, PENDING if seconds >= 0.05 else 1000)
    return {name: value / FIRED for name, value in per_operation(loop, thousands(loop), seconds / RUNS).items()}


ROWS = (
    Row("timers set and cancelled", in_child(set_and_cancelled), short=True),
    Row("timers fired", in_child(fired), short=True),
    Row("1 million pending timers: setting one", in_child(million)),
    Row("1 million pending timers: memory of one", in_child(million), main="memory", unit="bytes"),
    Row("1 million pending timers: others fired", in_child(beside_a_million)),
)
