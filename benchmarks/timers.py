"""What does a timer cost? CPU time per timer, in µs, and with a million pending ones also memory, in bytes.

The form of the question matters more here than elsewhere: over a dozen forms that were tried whorl's ratio to uvloop
went from 0.39 to 0.67 for timers that are cancelled, and from 0.49 to 0.65 for those that fire. Delays are whole
milliseconds, because uvloop takes anything shorter for "now" and sets no timer for it: that would compare different
things.
"""

import asyncio
import gc
import time

from benchmarks import machine
from benchmarks.child import in_child
from benchmarks.loops import new_loop
from benchmarks.operation import RUNS, Run, operation, per_operation
from benchmarks.row import Figures, Row

BATCH = 1000
PENDING = 1_000_000


def nothing() -> None:
    pass


@operation(per=BATCH)
def set_and_cancelled(loop: asyncio.AbstractEventLoop) -> Run:
    """As with most timeouts, nothing ever fires. The loop turns after each thousand, so it may tidy up."""
    return cancelled(BATCH)


@operation(per=10)
def ten_cancelled(loop: asyncio.AbstractEventLoop) -> Run:
    return cancelled(10)


def cancelled(each_turn: int) -> Run:
    async def run(count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            for _ in range(each_turn):
                loop.call_later(10, nothing).cancel()
            await asyncio.sleep(0)

    return run


# Delays are whole milliseconds: uvloop rounds to them, and takes less than half of one for "now", which is no timer.


@operation(per=BATCH)
def fired(loop: asyncio.AbstractEventLoop) -> Run:
    """A thousand timers, due in 1 ms; the last to fire sets the next thousand."""
    return thousands(loop, 1)


@operation(per=BATCH)
def fired_apart(loop: asyncio.AbstractEventLoop) -> Run:
    """A thousand timers, due at ten moments within 10 ms."""
    return thousands(loop, 10)


def thousands(loop: asyncio.AbstractEventLoop, moments: int) -> Run:
    delays = [(1 + number % moments) * 1e-3 for number in range(BATCH)]
    left = batches = 0

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
        left = BATCH
        for delay in delays:
            loop.call_later(delay, fire)

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
    return {name: value / BATCH for name, value in per_operation(loop, thousands(loop, 1), seconds / RUNS).items()}


measured = in_child(million)

ROWS = (
    Row("timers set and cancelled", in_child(set_and_cancelled), short=True),
    Row("timers set and cancelled, ten a turn", in_child(ten_cancelled)),
    Row("timers fired", in_child(fired), short=True),
    Row("timers fired over 10 ms", in_child(fired_apart)),
    Row("1 million pending timers: setting one", measured),
    Row("1 million pending timers: memory of one", measured, main="memory", unit="bytes"),
    Row("1 million pending timers: others fired", in_child(beside_a_million)),
)
