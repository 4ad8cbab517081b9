"""The async form of a crew: a task for a coroutine function, a thread for a plain one, and a block that awaits them.

Everything here happens in the loop's thread; what comes from other threads is sent there first.
"""

import asyncio
import concurrent.futures
import contextlib
import functools
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar, overload

from whorl.cancellation import Impatience, current
from whorl.errors import Cancelled
from whorl.forms import is_coroutine_function, runs_here
from whorl.supervise.crew import Crew, Options, check_callable
from whorl.supervise.job import Job, TasksJob
from whorl.supervise.threads import launch_thread
from whorl.supervise.work import TaskWork

if TYPE_CHECKING:
    from whorl.terminal.driver import TaskDriver

T = TypeVar("T")


class TaskCrew(Crew):
    """What ``async with whorl.Supervisor() as crew`` gives."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a Supervisor needs a task to run in, and this coroutine is driven by hand")
        self._block_task = task
        self._interrupted = False
        self._impatience = Impatience()
        self._changed: asyncio.Future[None] | None = None
        self._deadline_timer: asyncio.TimerHandle | None = None
        self._driver: TaskDriver | None = None
        # Of the thread's job that this loop runs in, if it does.
        self._outer = current()
        self._ring_outer = functools.partial(self._loop.call_soon_threadsafe, self._hear_outer)

    @overload
    def start(
        self, function: Callable[..., Coroutine[Any, Any, T]], /, *args: Any, name: str | None = None, **kw: Any
    ) -> TasksJob[T]: ...
    @overload
    def start(self, function: Callable[..., T], /, *args: Any, name: str | None = None, **kw: Any) -> TasksJob[T]: ...
    def start(self, function: Callable[..., Any], /, *args: Any, name: str | None = None, **kw: Any) -> TasksJob[Any]:
        """Start a job: a coroutine function as a task, a plain function in a thread; from any thread, of a job too.

        Parameters:
            function: a coroutine function or a plain one.
            args, kw: what it is called with. An argument called ``name`` goes in by :func:`functools.partial`.
            name: what the job and its task or thread are called; by default as the function is.

        Returns:
            The job, at once. Beyond the Supervisor's limit it waits for its place.

        Raises:
            TypeError: not a function; a coroutine instead of the coroutine function.
            RuntimeError: the crew is stopping, or its block has ended; or the system has no further thread.

        Context variables are those of the moment of this call, as with :func:`asyncio.create_task`.

        Example::

            async with whorl.Supervisor() as crew:
                page = crew.start(fetch, url)
                digest = crew.start(hashlib.file_digest, file, "sha256")
        """
        check_callable(function)
        job: TasksJob[Any] = TasksJob(self, self._new_name(name, function), function, args, kw)
        if runs_here(self._loop):
            self._admit(job)
        else:
            self._admit_from_thread(job)
        return job

    def _admit_from_thread(self, job: Job[Any]) -> None:
        self._check_open()
        answer: concurrent.futures.Future[None] = concurrent.futures.Future()

        def admit() -> None:
            try:
                self._admit(job)
            except BaseException as error:
                answer.set_exception(error)
            else:
                answer.set_result(None)

        self._loop.call_soon_threadsafe(admit)
        answer.result()

    def _launch(self, job: Job[Any]) -> None:
        if is_coroutine_function(job._function):
            context = job._context.copy()
            task = self._loop.create_task(context.run(job._function, *job._args, **job._kw), context=context)
            task.set_name(job.name)
            job._begin(TaskWork(task))
            task.add_done_callback(functools.partial(self._task_over, job))
        else:
            launch_thread(job, functools.partial(self._thread_over, job))

    def _task_over(self, job: Job[Any], task: "asyncio.Task[Any]") -> None:
        if task.cancelled():
            self._over(job, "cancelled", _cancelled_with(task))
        elif (error := task.exception()) is not None:
            self._over(job, "failed", error=error)
        else:
            self._over(job, "done", task.result())

    def _thread_over(self, job: Job[Any], *outcome: Any) -> None:
        # A closed loop: nobody waits for this job any more, and its block has said so.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over, job, *outcome)

    def _interrupt_block(self) -> None:
        self._interrupted = True
        self._block_task.cancel()

    def _ring(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    # -- the block --------------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        if self._outer is not None:
            self._outer.listen(self._ring_outer)
            self._hear_outer()  # of a request that came before anybody listened
        if self._options.deadline is not None:
            self._deadline_timer = self._loop.call_later(self._options.deadline, self._deadline_passed)
        if self._display is not None:
            from whorl.terminal.driver import TaskDriver

            self._driver = TaskDriver(self._display.board)
            self._driver.start()

    def _hear_outer(self) -> None:
        try:
            if self._outer is not None:
                self._outer.check()
        except Cancelled as error:
            self._block_task.cancel(*error.args[:1])

    async def _leave(self, raised: BaseException | None) -> BaseException | None:
        """Wait for every job; return what the block is to raise."""
        self._phase = "leaving"
        # The crew's own cancel of the block is taken back; if it was the only one, it was not meant for anybody else.
        if self._interrupted and self._block_task.uncancel() == 0 and isinstance(raised, Cancelled):
            raised = None
        if raised is not None:
            self._stop(f"its block raised {type(raised).__name__}")
        try:
            raised = await self._wait(raised)
        finally:
            self._phase = "over"
            if self._deadline_timer is not None:
                self._deadline_timer.cancel()
            if self._outer is not None:
                self._outer.forget(self._ring_outer)
            if self._display is not None:
                self._display.close()
            if self._driver is not None:
                self._driver.cancel()
        if self._driver is not None:
            try:
                await self._driver.wait()
            except Cancelled as error:
                raised = error if raised is None else raised
        outcome = self._conclude(raised)
        # Until 3.13 uncancel() does not take back what was not delivered, and asyncio's TaskGroup leaves it as well.
        again = sys.version_info >= (3, 13) and outcome is not raised and isinstance(raised, Cancelled)
        if again and self._block_task.cancelling():
            # Somebody outside cancelled the task and gets a failure instead: the next await is to hear of it.
            self._block_task.uncancel()
            self._block_task.cancel()
        return outcome

    async def _wait(self, raised: BaseException | None) -> BaseException | None:
        warned = False
        alone = False  # the user has no patience left: nobody waits for threads any longer
        while not self._is_over():
            if alone and not any(isinstance(job._work, TaskWork) for job in self.jobs):
                self._warn()
                return raised
            patience = self._patience(warned)
            self._changed = self._loop.create_future()
            timer = None if patience is None else self._loop.call_later(patience, self._ring)
            try:
                await self._changed
            except Cancelled as error:
                # Tasks are cancelled by the runner once more, and waited for.
                alone = self._stopping_since is not None and self._impatience.shown()
                raised = error if raised is None else raised
                self._stop("the task that it is part of was cancelled")
                continue
            finally:
                self._changed = None
                if timer is not None:
                    timer.cancel()
            if self._live and self._patience(warned) == 0:
                if self._options.grace is not None:
                    self._abandon()
                else:
                    warned = True
                    self._warn()
        return raised


def _cancelled_with(task: "asyncio.Task[Any]") -> tuple[Any, ...]:
    """Return the arguments of the exception that a task was cancelled with."""
    try:
        task.result()
    except Cancelled as error:
        return error.args
    return ()
