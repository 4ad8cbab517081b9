"""The async form: tasks for coroutine functions, threads for plain ones."""

import asyncio
import contextvars
import functools
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import whorl
from supervise.conftest import Run


async def forever() -> None:
    while True:
        await whorl.sleep(60)


def forever_in_thread() -> None:
    while True:
        whorl.sleep(60)


async def fail(error: BaseException) -> None:
    await whorl.checkpoint()
    raise error


async def double(number: int) -> int:
    await whorl.checkpoint()
    return 2 * number


def test_coroutine_functions_run_as_tasks_and_plain_ones_in_threads(run: Run) -> None:
    async def where() -> str:
        task = asyncio.current_task()
        assert task is not None
        return task.get_name()

    async def main() -> None:
        async with whorl.Supervisor() as crew:
            task = crew.start(where, name="a task")
            thread = crew.start(lambda: threading.current_thread().name, name="a thread")
            assert await task.result() == "a task"
            assert await thread.result() == "a thread"

    run(main())


def test_what_counts_as_a_coroutine_function(run: Run) -> None:
    class Service:
        async def __call__(self, number: int) -> int:
            return await double(number)

        async def method(self, number: int) -> int:
            return await double(number)

    async def main() -> None:
        async with whorl.Supervisor() as crew:
            jobs = [
                crew.start(Service(), 1),
                crew.start(Service().method, 1),
                crew.start(functools.partial(double, 1)),
                crew.start(functools.partial(functools.partial(double), number=1)),
                crew.start(whorl.offload, pow, 2, 1),
                crew.start(functools.partial(whorl.offload, to="process"), pow, 2, 1),
            ]
        assert [await job.result() for job in jobs] == [2] * 6
        names = ["Service", "method", "double", "double-2", "whorl.offload", "whorl.offload-2"]
        assert [job.name for job in jobs] == names

    run(main())


def test_the_block_waits_for_every_job(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor() as crew:
            jobs = [crew.start(double, number) for number in range(5)]
        assert [job.state for job in jobs] == ["done"] * 5
        assert [await job.result() for job in jobs] == [0, 2, 4, 6, 8]

    run(main())


@pytest.mark.parametrize("sleeper", [forever, forever_in_thread])
def test_the_first_failure_stops_the_others_and_the_block(run: Run, sleeper: Callable[[], Any]) -> None:
    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            async with whorl.Supervisor() as crew:
                job = crew.start(sleeper)
                crew.start(fail, ValueError("no"))
                await asyncio.sleep(60)
        assert [type(error) for error in caught.value.exceptions] == [ValueError]
        assert job.cancelled()
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    run(main())


def test_a_failure_in_a_thread_stops_the_tasks(run: Run) -> None:
    def fail_in_thread() -> None:
        raise ValueError("no")

    async def main() -> None:
        with pytest.raises(ExceptionGroup):
            async with whorl.Supervisor() as crew:
                job = crew.start(forever)
                crew.start(fail_in_thread)
        assert job.cancelled()

    run(main())


def test_what_the_block_raises_comes_out_in_the_group(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            async with whorl.Supervisor() as crew:
                job = crew.start(forever)
                raise LookupError
        assert [type(error) for error in caught.value.exceptions] == [LookupError]
        assert job.cancelled()

    run(main())


def test_cancelling_the_task_cancels_the_crew(run: Run) -> None:
    jobs: list[whorl.Job[None]] = []

    async def block() -> None:
        async with whorl.Supervisor() as crew:
            jobs.extend([crew.start(forever), crew.start(forever_in_thread)])

    async def main() -> None:
        task = asyncio.create_task(block())
        while len(jobs) < 2:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [job.state for job in jobs] == ["cancelled", "cancelled"]

    run(main())


def test_a_timeout_around_a_crew(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), whorl.Supervisor() as crew:
                crew.start(forever)
                crew.start(forever_in_thread)

    run(main())


@pytest.mark.parametrize("kind", [whorl.Supervisor, asyncio.TaskGroup])
def test_a_failure_while_the_task_is_cancelled_leaves_the_cancel_as_asyncio_does(run: Run, kind: Any) -> None:
    async def tidy_up_badly() -> None:
        try:
            await forever()
        finally:
            raise KeyError

    async def block() -> str:
        try:
            async with kind() as crew:
                if isinstance(crew, asyncio.TaskGroup):
                    crew.create_task(tidy_up_badly())
                else:
                    crew.start(tidy_up_badly)
        except* KeyError:
            pass
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            return "heard"
        return "not heard"

    async def main() -> None:
        task = asyncio.create_task(block())
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        assert await task == ("heard" if sys.version_info >= (3, 13) else "not heard")

    run(main())


def test_a_limit_holds_for_tasks_and_threads_together(run: Run) -> None:
    running: set[str] = set()
    most = 0

    async def task(name: str) -> None:
        nonlocal most
        running.add(name)
        most = max(most, len(running))
        await asyncio.sleep(0.001)
        running.remove(name)

    def thread(name: str) -> None:
        nonlocal most
        running.add(name)
        most = max(most, len(running))
        whorl.sleep(0.001)
        running.remove(name)

    async def main() -> None:
        async with whorl.Supervisor(limit=3) as crew:
            jobs = [crew.start(task if number % 2 else thread, str(number)) for number in range(30)]
        assert all(job.state == "done" for job in jobs)
        assert 1 < most <= 3

    run(main())


def test_a_job_in_a_thread_may_start_others(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor() as crew:

            def work() -> whorl.Job[int]:
                return crew.start(double, 21)

            job = await crew.start(work).result()
        assert repr(job).endswith("result=42>")

    run(main())


def test_a_job_in_a_thread_may_cancel_others(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor(limit=3) as crew:
            jobs = [crew.start(forever), crew.start(forever_in_thread)]
            waiting: list[whorl.Job[None]] = []
            go = threading.Event()

            def work() -> None:
                go.wait()
                for job in [*jobs, *waiting]:
                    job.cancel()

            crew.start(work)
            waiting.append(crew.start(forever))
            await whorl.checkpoint()
            go.set()
        assert [job.state for job in [*jobs, *waiting]] == ["cancelled"] * 3

    run(main())


def test_cancelling_a_wait_does_not_cancel_the_job(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor() as crew:
            job = crew.start(forever)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(job.result(), 0.01)
            assert job.state == "running"
            job.cancel()
        assert job.cancelled()

    run(main())


def test_several_may_wait_for_one_result(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor() as crew:
            job = crew.start(double, 4)
            assert await asyncio.gather(*(job.result() for _ in range(3))) == [8, 8, 8]

    run(main())


def test_context_variables_travel(run: Run) -> None:
    variable = contextvars.ContextVar("variable", default="unset")

    async def task() -> str:
        return variable.get()

    async def main() -> None:
        variable.set("set")
        async with whorl.Supervisor() as crew:
            jobs = [crew.start(task), crew.start(variable.get)]
        assert [await job.result() for job in jobs] == ["set", "set"]

    run(main())


def test_repr_of_a_task_names_the_innermost_line(run: Run) -> None:
    async def main() -> None:
        async with whorl.Supervisor() as crew:
            job = crew.start(forever)
            await asyncio.sleep(0)
            text = repr(job)
            job.cancel()
            assert repr(job).startswith("<Job 'forever' cancelling in a task")
        assert text.startswith("<Job 'forever' running in a task for 0.")

    run(main())


def test_crews_nest_across_the_forms(run: Run) -> None:
    def in_thread() -> int:
        with whorl.Supervisor() as inner:
            job = inner.start(pow, 2, 5)
        return job.result()

    async def main() -> None:
        async with whorl.Supervisor() as crew:
            job = crew.start(in_thread)
        assert await job.result() == 32

    run(main())


def test_a_failing_crew_leaves_no_task_behind(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(ExceptionGroup):
            async with whorl.Supervisor() as crew:
                for _ in range(10):
                    crew.start(forever)
                crew.start(fail, ValueError())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())
