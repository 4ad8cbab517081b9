"""Jobs and blocks that nobody would write on purpose: nothing hangs, nothing is lost, nothing outlives the block."""

import asyncio
import contextvars
import gc
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import whorl
from supervise.conftest import Run
from terminal.programs import INTERRUPTED_AT, end_of, program


class Refuses(Exception):
    """Takes no notes."""

    def add_note(self, note: str) -> None:
        raise RuntimeError("no notes")


class Falsy(Exception):
    def __len__(self) -> int:
        return 0


class Unspeakable(Exception):
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


def ill_noted() -> Exception:
    error = ValueError("notes of a wrong kind")
    error.__notes__ = None  # type: ignore[assignment]
    return error


@pytest.mark.parametrize("error", [Refuses(), Falsy(), Unspeakable(), ill_noted()], ids=type)
def test_any_exception_comes_out(run: Run, error: Exception) -> None:
    def fail() -> None:
        raise error

    async def fail_in_task() -> None:
        raise error

    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        job = crew.start(fail)
    assert caught.value.exceptions == (error,)
    assert repr(job).startswith("<Job 'fail' failed")

    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            async with whorl.Supervisor() as crew:
                crew.start(fail_in_task)
        assert caught.value.exceptions == (error,)

    run(main())


def test_results_that_are_large_or_cannot_say_what_they_are() -> None:
    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError

    with whorl.Supervisor() as crew:
        jobs = [crew.start(Silent), crew.start(lambda: "x" * 1_000_000)]
    assert all(len(repr(job)) < 300 for job in jobs)


def test_a_restart_that_cannot_begin_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.supervise import threads
    from whorl.worker import run_in_thread

    calls = []

    def no_second_thread(*args: Any) -> Any:
        calls.append(args)
        if len(calls) > 1:
            raise RuntimeError("can't start new thread")
        return run_in_thread(*args)

    monkeypatch.setattr(threads, "run_in_thread", no_second_thread)
    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor(restart=(3, 60)) as crew:
        crew.start(int, "x")
    (error,) = caught.value.exceptions
    assert isinstance(error, ValueError)
    assert any("could not be started again" in note for note in error.__notes__)


def test_a_job_that_refused_once_is_told_again_when_the_crew_fails(run: Run) -> None:
    refused = threading.Event()

    def refuser() -> None:
        try:
            whorl.sleep(60)
        except whorl.Cancelled:
            refused.set()
        whorl.sleep(60)

    def fails() -> None:
        refused.wait()
        raise LookupError

    with pytest.raises(ExceptionGroup), whorl.Supervisor() as crew:
        job = crew.start(refuser)
        job.cancel()
        crew.start(fails)
    assert job.cancelled()


def test_mocks_and_other_objects_that_have_every_attribute() -> None:
    called = mock.Mock(return_value=42)
    with whorl.Supervisor() as crew:
        job = crew.start(called, 1)
    assert job.result() == 42
    assert job.name == "Mock"
    called.assert_called_once_with(1)


def test_a_class_with_an_async_call_is_a_plain_function(run: Run) -> None:
    class Service:
        async def __call__(self) -> None: ...

    with whorl.Supervisor() as crew:
        job = crew.start(Service)
    assert isinstance(job.result(), Service)


def test_a_generator_function_is_no_job() -> None:
    def numbers() -> Iterator[int]:
        yield 1

    with whorl.Supervisor() as crew, pytest.raises(TypeError, match="nothing would run"):
        crew.start(numbers)


def test_leaving_a_generator_that_holds_a_supervisor_is_quiet() -> None:
    def pages() -> Generator[int, None, None]:
        with whorl.Supervisor(limit=2) as crew:
            jobs = [crew.start(pow, number, 2) for number in range(4)]
            crew.start(whorl.sleep, 60)
            for job in jobs:
                yield job.result()

    generator = pages()
    assert next(generator) == 0
    generator.close()


def test_a_block_may_be_left_in_another_context() -> None:
    supervisor = whorl.Supervisor()
    crew = contextvars.copy_context().run(supervisor.__enter__)
    job = crew.start(pow, 2, 2)
    supervisor.__exit__(None, None, None)
    assert job.result() == 4


def test_a_job_may_not_wait_for_itself(run: Run) -> None:
    jobs: list[Any] = []
    there = threading.Event()

    def wait_for_myself() -> None:
        there.wait()
        jobs[0].result()

    with pytest.raises(ExceptionGroup) as caught, whorl.Supervisor() as crew:
        jobs.append(crew.start(wait_for_myself))
        there.set()
    assert "can't wait for itself" in str(caught.value.exceptions[0])

    async def await_myself() -> Any:
        return await jobs[1].result()

    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            async with whorl.Supervisor() as crew:
                jobs.append(crew.start(await_myself))
        assert "can't wait for itself" in str(caught.value.exceptions[0])

    run(main())


def test_a_thread_of_an_async_crew_waits_for_another_job_with_a_loop_of_its_own(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor() as crew:
            other: Any = crew.start(asyncio.sleep, 0.01, 42)
            job = crew.start(lambda: asyncio.run(other.result()))
        assert await job.result() == 42

    run(main())


def test_an_async_crew_inside_a_threads_job_hears_the_outer_request() -> None:
    there = threading.Event()

    async def inner() -> None:
        async with whorl.Supervisor() as crew:
            crew.start(asyncio.sleep, 60)
            there.set()

    with whorl.Supervisor() as crew:
        job = crew.start(lambda: asyncio.run(inner()))
        there.wait()
        job.cancel()
    assert job.cancelled()


def test_an_inner_crew_that_is_left_does_not_deafen_the_one_around_it() -> None:
    there = threading.Event()

    async def around() -> None:
        async with whorl.Supervisor() as crew:
            crew.start(asyncio.sleep, 60)
            async with whorl.Supervisor() as inner:
                inner.start(asyncio.sleep, 0)
            there.set()

    with whorl.Supervisor() as crew:
        job = crew.start(lambda: asyncio.run(around()))
        there.wait()
        job.cancel()
    assert job.cancelled()


def test_an_async_crew_hears_a_request_that_came_before_it() -> None:
    told = threading.Event()

    async def late() -> None:
        told.wait()
        async with whorl.Supervisor() as crew:
            crew.start(asyncio.sleep, 60)

    with whorl.Supervisor() as crew:
        job = crew.start(lambda: asyncio.run(late()))
        job.cancel()
        told.set()
    assert job.cancelled()


@pytest.mark.parametrize("seconds", [float("inf"), 1e10])
def test_a_deadline_beyond_all_clocks(run: Run, seconds: float) -> None:
    with whorl.Supervisor(deadline=seconds) as crew:
        crew.start(pow, 1, 1)

    async def main() -> None:
        async with whorl.Supervisor(deadline=seconds) as crew:
            crew.start(pow, 1, 1)

    run(main())


def test_a_result_of_a_sleep_is_none(run: Run) -> None:
    with whorl.Supervisor() as crew:
        jobs = [crew.start(whorl.sleep, 0), crew.start(whorl.checkpoint)]
    assert [job.result() for job in jobs] == [None, None]

    async def main() -> None:
        async with whorl.Supervisor() as crew:
            job = crew.start(whorl.sleep, 0)
        assert await job.result() is None

    run(main())


def test_a_generator_is_a_result() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(lambda: (number for number in (1, 2)))
    assert list(job.result()) == [1, 2]


def test_the_cause_of_an_exit_stays() -> None:
    def leave() -> None:
        try:
            raise ValueError("why")
        except ValueError as error:
            raise SystemExit(2) from error

    with pytest.raises(SystemExit) as caught, whorl.Supervisor() as crew:
        crew.start(leave)
    assert isinstance(caught.value.__cause__, ValueError)


def test_the_message_of_a_cancel_stays() -> None:
    with whorl.Supervisor() as crew:
        job = crew.start(whorl.sleep, 60)
        job.cancel("enough")
    with pytest.raises(whorl.Cancelled, match="enough"):
        job.exception()


def test_a_failed_block_leaves_no_garbage() -> None:
    def block() -> None:
        try:
            with whorl.Supervisor() as crew:
                crew.start(int, "x")
        except* ValueError:
            pass

    block()
    gc.collect()
    gc.disable()
    try:
        gc.collect()
        for _ in range(10):
            block()
        assert gc.collect() < 100
    finally:
        gc.enable()


def test_ctrl_c_on_the_way_out_leaves_nothing_behind() -> None:
    """One SIGINT at each line, each call and each return while a block is left."""
    step = 1
    while interrupted_at(step):
        step += 1
    assert step > 50


def test_ctrl_c_on_the_way_in_leaves_nothing_behind(tmp_path: Path) -> None:
    """One SIGINT after each call and each return of whorl's while a block is entered that has a deadline and lines."""
    text = """
def enter():
    with whorl.Supervisor(deadline=60, show=True):
        sys.setprofile(None)
def ours(frame):
    return frame.f_code.co_filename.startswith(os.path.dirname(whorl.__file__))
def left():
    return {"whorl spinner", "whorl deadline"}.intersection(thread.name for thread in threading.enumerate())
step = 1
while interrupted_at(step, enter, ours):
    ends = time.monotonic() + 10
    while left() and time.monotonic() < ends:
        time.sleep(0.001)
    assert not left(), (step, left())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, step
    step += 1
assert step > 50, step
print("end")
"""
    with program(tmp_path, INTERRUPTED_AT + text) as terminal:
        assert end_of(terminal)[-1] == "end"


def test_a_handler_that_raises_on_the_way_out_leaves_nothing_behind(tmp_path: Path) -> None:
    """One of the program's own: whorl's, which would keep Ctrl-C, does not take its place."""
    text = """
from whorl.terminal.driver import ThreadDriver
def mine(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGINT, mine)
def stop(self, stop=ThreadDriver.stop):
    ThreadDriver.stop = stop
    signal.raise_signal(signal.SIGINT)
    stop(self)
ThreadDriver.stop = stop
try:
    with whorl.Supervisor(show=True) as crew:
        crew.start(whorl.sleep, 0.1)
except KeyboardInterrupt:
    print([thread.name for thread in threading.enumerate() if "spinner" in thread.name])
"""
    with program(tmp_path, text) as terminal:
        assert end_of(terminal)[-1] == "[]"


def interrupted_at(step: int) -> bool:
    """Leave a block that is interrupted in a step of its end; return whether it got that far."""
    leaving = False
    seen = 0
    # The lines of whorl, and of what it waits with: elsewhere some interpreters lose track of what they handle when a
    # tracer raises.
    files = (str(Path(whorl.__file__).parent), threading.__file__)

    def trace(frame: Any, event: str, argument: object) -> Any:
        nonlocal seen
        if not frame.f_code.co_filename.startswith(files):
            return None
        if leaving and threading.current_thread() is threading.main_thread():
            seen += 1
            if seen == step:
                sys.settrace(None)  # not to be traced in the handler
                signal.raise_signal(signal.SIGINT)
        return trace

    before = sys.gettrace()
    jobs: list[whorl.Job[Any]] = []
    interrupted = False
    try:
        sys.settrace(trace)
        with whorl.Supervisor(limit=2) as crew:
            jobs += [crew.start(whorl.sleep, 0.01) for _ in range(4)]
            leaving = True
    except KeyboardInterrupt:
        interrupted = True
    finally:
        leaving = False
        sys.settrace(before)
    assert all(job.done() for job in jobs)
    assert interrupted == (seen >= step)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return interrupted


def test_a_handler_of_the_programs_own_stays() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with whorl.Supervisor() as crew:
            crew.start(pow, 1, 1)
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_in_nested_blocks() -> None:
    jobs = []
    with pytest.raises(KeyboardInterrupt), whorl.Supervisor() as outer:
        jobs.append(outer.start(whorl.sleep, 60))
        with whorl.Supervisor() as inner:
            jobs.append(inner.start(whorl.sleep, 60))
            signal.raise_signal(signal.SIGINT)
            time.sleep(60)
    assert all(job.cancelled() for job in jobs)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_timeout_around_a_crew_that_fails(run: Run) -> None:
    async def tidy_up_badly() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ValueError from None

    async def main() -> str:
        try:
            async with asyncio.timeout(0.01), whorl.Supervisor() as crew:
                crew.start(tidy_up_badly)
        except* (ValueError, TimeoutError):
            pass
        await asyncio.sleep(0.001)
        return "lives on"

    assert run(main()) == "lives on"
