"""Threads: work handed to them, and what they hand to the loop."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .support import PATIENCE, new_loop, soon_or_never, turn_until, until


def test_an_executor_runs_a_call_in_another_thread(loop: asyncio.AbstractEventLoop) -> None:
    def where(factor: int) -> tuple[int, int]:
        return threading.get_ident(), 7 * factor

    thread, product = soon_or_never(loop, loop.run_in_executor(None, where, 6))
    assert product == 42
    assert thread != threading.get_ident()


def test_an_exception_comes_back_from_an_executor(loop: asyncio.AbstractEventLoop) -> None:
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError, match="on purpose"):
        soon_or_never(loop, loop.run_in_executor(executor, fail))


def test_to_thread_takes_the_context_along(loop: asyncio.AbstractEventLoop) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")

    async def look() -> str:
        variable.set("taken along")
        return await asyncio.to_thread(variable.get)

    assert soon_or_never(loop, look()) == "taken along"


def test_the_loop_goes_on_while_an_executor_works(loop: asyncio.AbstractEventLoop) -> None:
    meanwhile = threading.Event()
    loop.call_later(0.01, meanwhile.set)
    assert soon_or_never(loop, loop.run_in_executor(None, meanwhile.wait, PATIENCE / 2))


def test_nothing_that_threads_hand_over_is_lost_and_each_keeps_its_order(loop: asyncio.AbstractEventLoop) -> None:
    count = 10_000
    heard: list[list[int]] = [[] for _ in range(4)]
    start = threading.Barrier(5)

    def hand_over(ours: list[int]) -> None:
        start.wait(PATIENCE)
        for number in range(count):
            loop.call_soon_threadsafe(ours.append, number)

    threads = [threading.Thread(target=hand_over, args=(ours,)) for ours in heard]
    for thread in threads:
        thread.start()
    start.wait(PATIENCE)
    soon_or_never(loop, until(lambda: all(len(ours) == count for ours in heard)))
    for thread in threads:
        thread.join()
    assert heard == [list(range(count))] * 4


def test_each_callback_of_another_thread_wakes_a_loop_that_sleeps(loop: asyncio.AbstractEventLoop) -> None:
    # No timer, no descriptor: were one wake-up lost, the loop would sleep until it is given up.
    rounds = 2000
    answered = threading.Semaphore(0)
    late: list[int] = []

    def ask() -> None:
        for number in range(rounds):
            loop.call_soon_threadsafe(answered.release)
            if not answered.acquire(timeout=PATIENCE):
                late.append(number)
                break
        loop.call_soon_threadsafe(loop.stop)

    thread = threading.Thread(target=ask)
    thread.start()
    loop.run_forever()
    thread.join()
    assert late == []


def test_an_exception_in_a_callback_of_another_thread_is_reported(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(fail,))
    thread.start()
    thread.join()
    turn_until(loop, lambda: reports)
    assert [type(report["exception"]) for report in reports] == [ZeroDivisionError]
    reports.clear()


def test_another_thread_may_run_a_coroutine_and_wait_for_it(loop: asyncio.AbstractEventLoop) -> None:
    results: list[int] = []

    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    def ask() -> None:
        results.append(asyncio.run_coroutine_threadsafe(answer(), loop).result(PATIENCE))
        loop.call_soon_threadsafe(loop.stop)

    thread = threading.Thread(target=ask)
    loop.call_soon(thread.start)
    loop.run_forever()
    thread.join()
    assert results == [42]


def test_a_cancelled_handle_does_not_run(loop: asyncio.AbstractEventLoop) -> None:
    ran: list[str] = []
    loop.call_soon_threadsafe(ran.append, "cancelled").cancel()
    loop.call_soon_threadsafe(ran.append, "not cancelled")
    turn_until(loop, lambda: ran)
    assert ran == ["not cancelled"]


def test_a_closed_loop_takes_nothing_from_a_thread(loop: asyncio.AbstractEventLoop) -> None:
    other = new_loop()
    other.close()
    errors: list[str] = []

    def try_it() -> None:
        try:
            other.call_soon_threadsafe(print)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=try_it)
    thread.start()
    thread.join()
    assert errors == ["Event loop is closed"]
