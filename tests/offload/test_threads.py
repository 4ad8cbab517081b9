"""Calls in threads: what they return and raise, what travels, and what cancelling does."""

import asyncio
import contextvars
import gc
import threading
import traceback
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import whorl

from .conftest import Run
from .support import until, wait_until

_color: contextvars.ContextVar[str] = contextvars.ContextVar("color", default="none")


class Stubborn:
    """A call that goes on until it is let go, whatever it is told."""

    def __init__(self, ending: Callable[[], Any] = lambda: "done") -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self.ending = ending
        self.ended = False

    def __call__(self) -> Any:
        self.begun.set()
        self.let_go.wait()
        self.ended = True
        return self.ending()


def _until_cancelled(begun: threading.Event) -> None:
    begun.set()
    whorl.sleep(1000)


# -- results --------------------------------------------------------------------------------------------------------


def test_arguments_go_in_and_the_result_comes_out(run: Run) -> None:
    def call(*args: int, **kw: int) -> tuple[Any, ...]:
        return args, kw, threading.current_thread() is threading.main_thread()

    assert run(whorl.offload(call, 1, 2, limit=3)) == ((1, 2), {"limit": 3}, False)


def test_an_exception_keeps_its_traceback(run: Run) -> None:
    def the_culprit() -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine") as caught:
        run(whorl.offload(the_culprit))
    assert "the_culprit" in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_stop_iteration_is_a_runtime_error_as_from_a_coroutine(run: Run) -> None:
    def stop() -> None:
        raise StopIteration(3)

    with pytest.raises(RuntimeError, match="StopIteration") as caught:
        run(whorl.offload(stop))
    assert isinstance(caught.value.__cause__, StopIteration)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_a_program_ends_it_as_with_to_thread(error: type[BaseException]) -> None:
    def end() -> None:
        raise error("now")

    for call in (whorl.offload(end), asyncio.to_thread(end)):
        with pytest.raises(error, match="now"):
            asyncio.run(call)


def test_context_variables_travel_there_and_not_back(run: Run) -> None:
    def call() -> str:
        before = _color.get()
        _color.set("black")
        return before

    async def main() -> tuple[str, str]:
        _color.set("red")
        return await whorl.offload(call), _color.get()

    assert run(main()) == ("red", "red")


def test_a_thousand_at_once(run: Run) -> None:
    barrier = threading.Barrier(1000)

    def call(number: int) -> int:
        barrier.wait()  # they all run at once: none of them waits for another to end
        return number

    async def main() -> list[int]:
        return await asyncio.gather(*(whorl.offload(call, number) for number in range(1000)))

    assert run(main()) == list(range(1000))


def test_calls_within_calls_do_not_deadlock(run: Run) -> None:
    def by_a_loop_of_its_own(depth: int) -> int:
        return 1 + asyncio.run(whorl.offload(by_a_loop_of_its_own, depth - 1)) if depth else 0

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def by_the_same_loop(depth: int) -> int:
            if depth == 0:
                return 0
            return 1 + asyncio.run_coroutine_threadsafe(whorl.offload(by_the_same_loop, depth - 1), loop).result()

        assert await whorl.offload(by_the_same_loop, 200) == 200
        assert await asyncio.gather(*(whorl.offload(by_the_same_loop, 1) for _ in range(200))) == [1] * 200
        assert await whorl.offload(by_a_loop_of_its_own, 50) == 50

    run(main())


def test_nothing_is_kept_of_a_call(run: Run) -> None:
    class Thing(Exception):
        pass

    def fail(thing: Thing) -> None:
        raise Thing(thing)

    async def main() -> list[weakref.ref[Any]]:
        gc.disable()  # what goes, goes without the collector
        try:
            thing = Thing()
            left: list[weakref.ref[Any]] = [weakref.ref(thing)]
            try:
                await whorl.offload(fail, thing)
            except Thing as error:
                left.append(weakref.ref(error))
            left.append(weakref.ref(await whorl.offload(lambda given: given, thing)))
            del thing
            await until(lambda: not any(reference() for reference in left))
        finally:
            gc.enable()
        return left

    assert [reference() for reference in run(main())] == [None] * 3


def test_threads_end_when_they_are_idle(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whorl.worker.IDLE", 0.05)
    thread = run(whorl.offload(threading.current_thread))
    wait_until(lambda: not thread.is_alive())


# -- cancelling -----------------------------------------------------------------------------------------------------


def test_a_checkpoint_raises_cancelled_and_it_comes_out(run: Run) -> None:
    begun = threading.Event()
    noticed = []

    def call() -> None:
        try:
            _until_cancelled(begun)
        except whorl.Cancelled as error:
            noticed.append(error.args)
            raise

    async def main() -> None:
        task = asyncio.create_task(whorl.offload(call))
        await until(begun.is_set)
        task.cancel("enough")
        with pytest.raises(whorl.Cancelled, match="enough"):
            await task
        assert task.cancelled()
        assert noticed == [("enough",)]

    run(main())


def test_a_call_may_tidy_up_and_is_waited_for(run: Run) -> None:
    begun, tidy = threading.Event(), threading.Event()
    ended = []

    def call() -> None:
        try:
            _until_cancelled(begun)
        finally:
            tidy.wait()
            ended.append(True)

    async def main() -> None:
        task = asyncio.create_task(whorl.offload(call))
        await until(begun.is_set)
        task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done()
        tidy.set()
        with pytest.raises(whorl.Cancelled):
            await task
        assert ended == [True]

    run(main())


def test_a_call_may_refuse_and_its_result_counts(run: Run) -> None:
    begun = threading.Event()

    def call() -> str:
        try:
            _until_cancelled(begun)
        except whorl.Cancelled:
            return "refused"
        return "never"

    async def main() -> None:
        task = asyncio.create_task(whorl.offload(call))
        await until(begun.is_set)
        task.cancel()
        assert await task == "refused"
        assert not task.cancelled()

    run(main())


def test_another_exception_in_answer_to_a_request_comes_out(run: Run) -> None:
    begun = threading.Event()

    def call() -> None:
        try:
            _until_cancelled(begun)
        except whorl.Cancelled:
            raise LookupError("while tidying up") from None

    async def main() -> None:
        task = asyncio.create_task(whorl.offload(call))
        await until(begun.is_set)
        task.cancel()
        with pytest.raises(LookupError, match="while tidying up"):
            await task

    run(main())


def test_a_call_that_never_looks_is_waited_for_and_was_cancelled(run: Run) -> None:
    async def main() -> None:
        call = Stubborn()
        task = asyncio.create_task(whorl.offload(call))
        await until(call.begun.is_set)
        task.cancel("enough")
        await asyncio.sleep(0.05)
        assert not task.done()
        call.let_go.set()
        with pytest.raises(whorl.Cancelled, match="enough"):
            await task
        assert call.ended

    run(main())


def test_a_call_that_never_looks_and_fails_lets_its_failure_out(run: Run) -> None:
    async def main() -> None:
        call = Stubborn(lambda: 1 // 0)
        task = asyncio.create_task(whorl.offload(call))
        await until(call.begun.is_set)
        task.cancel()
        await asyncio.sleep(0)
        call.let_go.set()
        with pytest.raises(ZeroDivisionError):
            await task

    run(main())


def test_a_second_cancel_is_a_second_request(run: Run) -> None:
    begun, again = threading.Event(), threading.Event()

    def call() -> None:
        try:
            _until_cancelled(begun)
        except whorl.Cancelled:
            _until_cancelled(again)

    async def main() -> None:
        task = asyncio.create_task(whorl.offload(call))
        for at in (begun, again):
            await until(at.is_set)
            assert not task.done()
            task.cancel()
        with pytest.raises(whorl.Cancelled):
            await task

    run(main())


def test_a_timeout_around_a_call(run: Run) -> None:
    begun = threading.Event()

    def refuse() -> str:
        try:
            whorl.sleep(1000)
        except whorl.Cancelled:
            return "refused"
        return "never"

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await whorl.offload(_until_cancelled, begun)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(whorl.offload(_until_cancelled, begun), 0.01)
        async with asyncio.timeout(0.01):
            assert await whorl.offload(refuse) == "refused"
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    run(main())


def test_a_task_that_is_cancelled_before_it_begins_calls_nothing(run: Run) -> None:
    async def main() -> None:
        call = Stubborn()
        task = asyncio.create_task(whorl.offload(call))
        task.cancel()
        with pytest.raises(whorl.Cancelled):
            await task
        assert not call.begun.is_set()

    run(main())


@pytest.mark.parametrize("turns", range(6))
def test_a_cancel_in_the_moment_of_the_end_is_never_lost(run: Run, turns: int) -> None:
    async def main() -> None:
        call = Stubborn()
        task = asyncio.create_task(whorl.offload(call))
        await until(call.begun.is_set)
        call.let_go.set()
        wait_until(lambda: call.ended)
        for _ in range(turns):
            await asyncio.sleep(0)
        if task.cancel():
            with pytest.raises(whorl.Cancelled):
                await task
        else:
            assert await task == "done"

    run(main())


def test_a_cancelled_exception_of_the_calls_own_cancels_as_from_a_coroutine(run: Run) -> None:
    def call() -> None:
        raise whorl.Cancelled("mine")

    async def main() -> None:
        task = asyncio.create_task(whorl.offload(call))
        with pytest.raises(whorl.Cancelled, match="mine"):
            await task
        assert task.cancelled()

    run(main())


# -- the end of the loop --------------------------------------------------------------------------------------------


def test_a_loop_that_closes_while_a_call_runs(capfd: pytest.CaptureFixture[str]) -> None:
    asked = threading.Event()

    def call(begun: threading.Event) -> None:
        try:
            _until_cancelled(begun)
        except whorl.Cancelled:
            asked.set()
            raise

    for new_event_loop in (asyncio.new_event_loop, whorl.new_event_loop):
        loop = new_event_loop()
        stubborn, begun = Stubborn(), threading.Event()
        waits = [whorl.offload(stubborn), whorl.offload(call, begun)]
        for wait in waits:
            loop.call_soon(wait.send, None)
        loop.call_soon(loop.stop)
        asyncio.set_event_loop(loop)
        loop.run_forever()
        stubborn.begun.wait()
        begun.wait()
        loop.close()
        asyncio.set_event_loop(None)
        for wait in waits:
            wait.close()  # nobody waits any more: the call is told, too
        assert asked.wait(30)
        asked.clear()
        stubborn.let_go.set()
        wait_until(partial(getattr, stubborn, "ended"))
    assert capfd.readouterr().err == ""
