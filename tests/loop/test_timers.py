"""Timers: any time is allowed, and what dies with a timer may do what it likes."""

import asyncio
import contextvars
import math
import threading
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from .support import PATIENCE, run_script, turn, turn_until, whorl_only


@pytest.mark.parametrize("delay", [0, -1, -1e300, -math.inf, False])
def test_a_delay_of_nothing_or_less_runs_at_once(loop: asyncio.AbstractEventLoop, delay: float) -> None:
    ran: list[int] = []
    loop.call_later(delay, ran.append, 1)
    turn_until(loop, lambda: ran)


def test_a_time_before_all_others_is_no_error_while_the_loop_sleeps(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_at(-math.inf, loop.stop)
    loop.run_forever()


@pytest.mark.parametrize("delay", [math.inf, 1e300, 1e10])
def test_a_delay_without_end_never_runs_and_disturbs_nobody(loop: asyncio.AbstractEventLoop, delay: float) -> None:
    ran: list[int] = []
    timer = loop.call_later(delay, ran.append, 1)
    loop.call_later(0.001, loop.stop)
    loop.run_forever()
    timer.cancel()
    assert not ran


@whorl_only
def test_no_number_is_no_time(loop: asyncio.AbstractEventLoop) -> None:
    with pytest.raises(ValueError, match="NaN"):
        loop.call_later(math.nan, print)
    with pytest.raises(ValueError, match="NaN"):
        loop.call_at(math.nan, print)


def test_timers_of_one_time_run_in_the_order_in_which_they_were_set(loop: asyncio.AbstractEventLoop) -> None:
    when = loop.time() + 0.001
    ran: list[int] = []
    for number in range(50):
        loop.call_at(when, ran.append, number)
    turn_until(loop, lambda: len(ran) == 50)
    assert ran == list(range(50))


class LastWill:
    """Does something when it dies."""

    def __init__(self, will: Any) -> None:
        self.will = will

    def __del__(self) -> None:
        self.will()


def context_that_dies_with(will: LastWill) -> contextvars.Context:
    context = contextvars.Context()
    context.run(contextvars.ContextVar[LastWill]("will").set, will)
    return context


def test_what_dies_with_a_cancelled_timer_may_make_callbacks_ready(loop: asyncio.AbstractEventLoop) -> None:
    # The timer is dropped when the loop looks how long it may sleep: a callback from there must not wait for the sleep.
    loop.call_later(0.01, print, context=context_that_dies_with(LastWill(lambda: loop.call_soon(loop.stop)))).cancel()
    watchdog = threading.Timer(PATIENCE, loop.call_soon_threadsafe, (loop.stop,))
    watchdog.start()
    started = time.monotonic()
    loop.run_forever()
    watchdog.cancel()
    watchdog.join()
    assert time.monotonic() - started < PATIENCE


CRASH = """
import contextvars

class LastWill:
    def __del__(self):
        for timer in victims:
            timer.cancel()

loop = new_loop()
context = contextvars.Context()
context.run(contextvars.ContextVar("will").set, LastWill())
"""


def test_what_dies_with_a_cancelled_timer_may_cancel_others() -> None:
    said = run_script(
        CRASH
        + """
loop.call_later(0.001, print, context=context).cancel()
del context
victims = [loop.call_later(0.002 + number / 1e5, print, "never") for number in range(300)]
loop.call_later(0.02, loop.stop)
loop.run_forever()
loop.close()
print("fine")
"""
    )
    assert said == "fine\n"


def test_what_dies_while_the_heap_is_rebuilt_may_cancel_others() -> None:
    said = run_script(
        CRASH
        + """
timers = [loop.call_later(1 + number, print, context=context if number == 5 else None) for number in range(101)]
del context
victims = [loop.call_later(500 + number, print) for number in range(99)]
while timers:
    timers.pop(0).cancel()
loop.call_later(0.001, loop.stop)
loop.run_forever()
loop.close()
print("fine")
"""
    )
    assert said == "fine\n"


def test_a_million_timers_can_wait_and_most_be_cancelled(loop: asyncio.AbstractEventLoop) -> None:
    # Linear in time and gone from memory: timeouts are set and cancelled all the time.
    count = 1_000_000
    started = time.process_time()
    timers = [loop.call_later(1000 + number * 1e-3, print) for number in range(count)]
    first = time.process_time() - started
    for timer in timers[1:]:
        timer.cancel()
    turn(loop)
    assert time.process_time() - started - first < 5 * first + 1
    assert len(loop._scheduled) < count / 2  # type: ignore[attr-defined]  # asyncio's name for them
    timers[0].cancel()


@pytest.mark.parametrize("delay", [0, 0.001, True, Fraction(1, 1000)])
def test_delays_of_any_kind_of_number(loop: asyncio.AbstractEventLoop, delay: Any) -> None:
    now = loop.time()
    handle = loop.call_later(delay, lambda: None)
    assert delay <= handle.when() - now < delay + 60
    handle.cancel()


def test_a_number_adds_itself_in_its_own_way(loop: asyncio.AbstractEventLoop) -> None:
    class Later:
        def __radd__(self, now: float) -> float:
            return now + 1000.0

    now = loop.time()
    handle = loop.call_later(Later(), lambda: None)  # type: ignore[arg-type]
    assert 1000 <= handle.when() - now < 1060
    handle.cancel()
    with pytest.raises(TypeError):
        loop.call_later(Decimal("0.1"), lambda: None)  # type: ignore[arg-type]
