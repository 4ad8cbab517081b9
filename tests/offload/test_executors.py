"""Calls in executors of the program's own."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

import whorl

from .conftest import Run
from .support import until

_color: contextvars.ContextVar[str] = contextvars.ContextVar("color", default="none")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """An executor with one thread."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


class ByHand(Executor):
    """An executor of another kind, whose calls end when the test says so."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kw: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


def _until_cancelled(begun: threading.Event) -> None:
    begun.set()
    whorl.sleep(1000)


def test_threads_of_a_pool_are_treated_like_whorls(run: Run, pool: ThreadPoolExecutor) -> None:
    async def main() -> None:
        _color.set("red")
        assert await whorl.offload(_color.get, to=pool) == "red"
        with pytest.raises(ZeroDivisionError):
            await whorl.offload(divmod, 1, 0, to=pool)
        begun = threading.Event()
        task = asyncio.create_task(whorl.offload(_until_cancelled, begun, to=pool))
        await until(begun.is_set)
        task.cancel()
        with pytest.raises(whorl.Cancelled):
            await task

    run(main())


def test_a_call_that_waits_for_a_thread_is_taken_back(run: Run, pool: ThreadPoolExecutor) -> None:
    async def main() -> None:
        let_go, called = threading.Event(), threading.Event()
        first = asyncio.create_task(whorl.offload(let_go.wait, to=pool))
        second = asyncio.create_task(whorl.offload(called.set, to=pool))
        await asyncio.sleep(0.01)
        second.cancel()
        with pytest.raises(whorl.Cancelled):
            await second
        let_go.set()
        await first
        await whorl.offload(len, "x", to=pool)  # behind the other one
        assert not called.is_set()

    run(main())


def test_a_pool_that_is_shut_down_says_so(run: Run) -> None:
    pool = ThreadPoolExecutor()
    pool.shutdown()
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        run(whorl.offload(len, "x", to=pool))


def test_a_pool_that_gives_up_its_calls(run: Run, pool: ThreadPoolExecutor) -> None:
    async def main() -> None:
        let_go = threading.Event()
        first = asyncio.create_task(whorl.offload(let_go.wait, to=pool))
        second = asyncio.create_task(whorl.offload(len, "x", to=pool))
        await asyncio.sleep(0.01)
        pool.shutdown(wait=False, cancel_futures=True)
        with pytest.raises(whorl.Cancelled, match="the executor gave the call up before it began"):
            await second
        let_go.set()
        await first

    run(main())


def test_a_running_call_is_abandoned_elsewhere(run: Run) -> None:
    async def main() -> None:
        executor = ByHand()
        for outcome in ("waiting", "running"):
            task = asyncio.create_task(whorl.offload(len, "x", to=executor))
            await until(lambda: executor.futures)
            future = executor.futures.pop()
            if outcome == "running":
                future.set_running_or_notify_cancel()
            task.cancel("enough")
            with pytest.raises(whorl.Cancelled, match="enough"):
                await task
            assert future.cancelled() is (outcome == "waiting")
            if outcome == "running":
                future.set_exception(LookupError("nobody hears this"))

    run(main())


def test_processes_of_a_pool(run: Run) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as pool:

        async def main() -> None:
            assert await whorl.offload(divmod, 7, 2, to=pool) == (3, 1)
            with pytest.raises(ZeroDivisionError) as caught:
                await whorl.offload(divmod, 7, 0, to=pool)
            assert "Traceback" in str(caught.value.__cause__)

        run(main())
