"""The default executor: calls in threads, what they give back, and how it ends."""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import gc
import os
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from .support import PATIENCE, new_loop, run_script, soon_or_never, turn, turn_until, until, whorl_only

THREADS = min(32, (os.cpu_count() or 1) + 4)


class Exit(BaseException):
    """No Exception."""


@contextmanager
def all_threads_busy(loop: asyncio.AbstractEventLoop) -> Iterator[list[Any]]:
    """Keep every thread that the default executor may have at work; gives the futures."""
    ready, go = threading.Barrier(THREADS + 1), threading.Event()

    def work() -> str:
        ready.wait(PATIENCE)
        assert go.wait(PATIENCE)
        return threading.current_thread().name

    futures = [loop.run_in_executor(None, work) for _ in range(THREADS)]
    ready.wait(PATIENCE)
    try:
        yield futures
    finally:
        go.set()


def test_as_many_threads_as_asyncio_has_and_no_more(loop: asyncio.AbstractEventLoop) -> None:
    with all_threads_busy(loop) as futures:
        one_more = loop.run_in_executor(None, threading.current_thread)
    names = soon_or_never(loop, asyncio.gather(*futures))
    assert sorted(names) == sorted(f"asyncio_{number}" for number in range(THREADS))
    assert soon_or_never(loop, one_more).name in names


def test_an_idle_thread_is_used_again(loop: asyncio.AbstractEventLoop) -> None:
    async def one_after_the_other() -> set[int]:
        used = set()
        for _ in range(THREADS):
            used.add(await loop.run_in_executor(None, threading.get_ident))
            # It is idle when it has done what it does after the call, and nobody but itself knows when that is.
            await until(lambda: loop._default_executor._idle_semaphore._tokens)  # type: ignore[attr-defined]
        return used

    if type(loop).__module__.startswith("asyncio"):
        pytest.skip("looks inside")
    assert len(soon_or_never(loop, one_after_the_other())) == 1


def test_a_call_that_is_cancelled_before_its_turn_is_never_made(loop: asyncio.AbstractEventLoop) -> None:
    made: list[int] = []
    with all_threads_busy(loop) as futures:
        waiting = [loop.run_in_executor(None, made.append, number) for number in range(4)]
        waiting[1].cancel()
        waiting[2].cancel()
        turn(loop)
    soon_or_never(loop, asyncio.gather(*futures, waiting[0], waiting[3]))
    assert sorted(made) == [0, 3]


def test_the_result_of_a_call_that_was_cancelled_meanwhile_is_dropped(loop: asyncio.AbstractEventLoop) -> None:
    started, go = threading.Event(), threading.Event()
    done: list[str] = []

    def work() -> None:
        started.set()
        assert go.wait(PATIENCE)
        done.append("done")

    future = loop.run_in_executor(None, work)
    assert started.wait(PATIENCE)
    future.cancel()
    go.set()
    turn_until(loop, lambda: done)
    soon_or_never(loop, loop.shutdown_default_executor())
    turn(loop)
    assert future.cancelled()


@pytest.mark.parametrize("error", [ZeroDivisionError("a"), Exit("b"), KeyError("c")])
def test_what_a_call_raises_arrives_as_it_is(loop: asyncio.AbstractEventLoop, error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        soon_or_never(loop, loop.run_in_executor(None, fail))
    assert caught.value is error


def test_errors_that_threads_have_another_class_for_become_asyncios(loop: asyncio.AbstractEventLoop) -> None:
    def cancelled() -> None:
        raise concurrent.futures.CancelledError

    def settled() -> None:
        raise concurrent.futures.InvalidStateError("settled")

    with pytest.raises(asyncio.CancelledError):
        soon_or_never(loop, loop.run_in_executor(None, cancelled))
    with pytest.raises(asyncio.InvalidStateError, match="settled"):
        soon_or_never(loop, loop.run_in_executor(None, settled))


@whorl_only  # on Python 3.11, asyncio reports it and leaves the future undone
def test_a_stop_iteration_is_an_error_like_others(loop: asyncio.AbstractEventLoop) -> None:
    with pytest.raises((TypeError, RuntimeError), match="StopIteration interacts badly"):
        soon_or_never(loop, loop.run_in_executor(None, next, iter(())))


def test_an_error_is_gone_when_nobody_looks_at_it_any_more(loop: asyncio.AbstractEventLoop) -> None:
    def fail() -> None:
        raise Exit("on purpose")

    async def look() -> "weakref.ref[BaseException]":
        future = loop.run_in_executor(None, fail)
        try:
            await future
        except Exit as error:
            return weakref.ref(error)
        finally:
            del future
        raise AssertionError

    gc.collect()
    gc.disable()
    try:
        known = soon_or_never(loop, look())
        turn_until(loop, lambda: known() is None)
    finally:
        gc.enable()


def test_a_call_sees_no_context_of_the_callers(loop: asyncio.AbstractEventLoop) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="none")
    variable.set("the caller's")
    assert soon_or_never(loop, loop.run_in_executor(None, variable.get)) == "none"


@whorl_only
def test_many_results_need_one_callback(loop: asyncio.AbstractEventLoop) -> None:
    finished = threading.Semaphore(0)

    async def many() -> int:
        futures = [loop.run_in_executor(None, finished.release) for _ in range(200)]
        for _ in futures:
            assert finished.acquire(timeout=PATIENCE)  # the loop does not turn meanwhile
        queued = len(loop._ready)  # type: ignore[attr-defined]
        await asyncio.gather(*futures)
        return queued

    # One to settle what is there, and the start of the timeout that this test has.
    assert soon_or_never(loop, many()) <= 2


def test_many_calls_at_once_all_get_their_own_result(loop: asyncio.AbstractEventLoop) -> None:
    async def many() -> list[int]:
        return await asyncio.gather(*(loop.run_in_executor(None, pow, number, 2) for number in range(2000)))

    assert soon_or_never(loop, many()) == [number**2 for number in range(2000)]


@whorl_only  # asyncio reports an AssertionError
def test_a_future_that_somebody_else_settled_is_reported_and_holds_up_nobody(
    loop: asyncio.AbstractEventLoop, reports: list[dict[str, Any]]
) -> None:
    go = threading.Event()
    meddled = loop.run_in_executor(None, go.wait, PATIENCE)
    meddled.set_result(False)
    after = loop.run_in_executor(None, go.wait, PATIENCE)
    go.set()
    assert soon_or_never(loop, after) is True
    turn_until(loop, lambda: reports)
    assert [type(report["exception"]) for report in reports] == [asyncio.InvalidStateError]
    assert reports[0]["future"] is meddled
    reports.clear()


def test_the_default_executor_is_a_thread_pool_for_others_too(loop: asyncio.AbstractEventLoop) -> None:
    soon_or_never(loop, loop.run_in_executor(None, int))
    executor: Any = loop._default_executor  # type: ignore[attr-defined]
    assert isinstance(executor, ThreadPoolExecutor)
    assert executor.submit(pow, 2, 3).result(PATIENCE) == 8
    assert list(executor.map(abs, (-1, -2), timeout=PATIENCE)) == [1, 2]
    assert soon_or_never(loop, loop.run_in_executor(executor, pow, 2, 4)) == 16
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result(PATIENCE)


def test_an_executor_that_the_program_sets_is_used(loop: asyncio.AbstractEventLoop) -> None:
    def where() -> str:
        return threading.current_thread().name

    assert soon_or_never(loop, loop.run_in_executor(None, where)).startswith("asyncio")
    loop.set_default_executor(ThreadPoolExecutor(1, "mine"))
    assert soon_or_never(loop, loop.run_in_executor(None, where)).startswith("mine")


def test_a_pool_that_was_replaced_ends_when_it_has_nothing_more_to_do(loop: asyncio.AbstractEventLoop) -> None:
    go = threading.Event()
    thread = soon_or_never(loop, loop.run_in_executor(None, threading.current_thread))
    last = loop.run_in_executor(None, go.wait, PATIENCE)
    loop.set_default_executor(ThreadPoolExecutor(1))
    go.set()
    assert soon_or_never(loop, last) is True
    gc.collect()
    thread.join(PATIENCE)
    assert not thread.is_alive()


# -- the end ----------------------------------------------------------------------------------------------------------


def test_shutdown_waits_and_takes_nothing_more(loop: asyncio.AbstractEventLoop) -> None:
    go = threading.Event()
    future = loop.run_in_executor(None, go.wait, PATIENCE)
    loop.call_later(0.01, go.set)
    soon_or_never(loop, loop.shutdown_default_executor())
    assert future.result() is True
    with pytest.raises(RuntimeError, match="Executor shutdown has been called"):
        loop.run_in_executor(None, int)


def test_a_pool_that_was_shut_down_by_hand_says_so(loop: asyncio.AbstractEventLoop) -> None:
    soon_or_never(loop, loop.run_in_executor(None, int))
    loop._default_executor.shutdown()  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        loop.run_in_executor(None, int)


def test_a_closed_loop_takes_no_calls() -> None:
    loop = new_loop()
    loop.close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.run_in_executor(None, int)


def test_debug_mode_takes_no_coroutine(loop: asyncio.AbstractEventLoop) -> None:
    async def work() -> None: ...

    loop.set_debug(True)
    with pytest.raises(TypeError, match="run_in_executor"):
        loop.run_in_executor(None, work)
    assert soon_or_never(loop, loop.run_in_executor(None, pow, 2, 3)) == 8


def test_a_call_may_outlive_its_loop_quietly() -> None:
    said = run_script(
        """
        import gc, threading
        go, last = threading.Event(), []
        def work():
            go.wait(10)
            last.append("did it")
            return object()
        loop = new_loop()
        futures = [loop.run_in_executor(None, work) for _ in range(100)]
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
        del futures, loop
        gc.collect()
        go.set()
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(10)
        print(len(last))
        """
    )
    assert said == "100\n"


def test_the_interpreter_waits_for_calls_when_it_exits() -> None:
    said = run_script(
        """
        import threading
        def work():
            time.sleep(0.1)  # a call that takes its time
            print("done")
        loop = new_loop()
        loop.run_in_executor(None, work)
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
        """
    )
    assert said == "done\n"


@whorl_only  # asyncio's executor waits for threads that the child does not have
def test_a_forked_child_has_threads_of_its_own() -> None:
    said = run_script(
        """
        loop = new_loop()
        answer = lambda: soon_or_never(loop, loop.run_in_executor(None, pow, 2, 3))
        assert answer() == 8
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # since 3.12, of a fork with threads: rightly
        pid = os.fork()
        assert answer() == 8
        if pid:
            assert os.waitpid(pid, 0)[1] == 0
            print("fine")
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        """
    )
    assert said == "fine\n"


def test_an_interrupt_before_results_are_settled_loses_none(loop: asyncio.AbstractEventLoop) -> None:
    """The worst moment for Ctrl-C: the callback that settles them has been taken, and has done nothing yet."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(20):
            there = threading.Event()
            future = loop.run_in_executor(None, there.set)
            loop.call_soon(there.wait)
            loop.call_soon(time.sleep, 0.002)  # until its result has been left, and the loop was told
            # C functions: the handler runs in whatever Python function comes next, after the alarm.
            loop.call_soon(signal.setitimer, signal.ITIMER_REAL, 1e-5)
            loop.call_soon(bytes, 4_000_000)
            with contextlib.suppress(KeyboardInterrupt):
                loop.run_until_complete(future)
            loop.run_until_complete(asyncio.wait_for(future, 30))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
