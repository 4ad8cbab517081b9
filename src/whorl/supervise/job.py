"""A job: one piece of work with a name, a state and an outcome.

`Job` is what both forms have in common. `ThreadsJob` is what a sync crew starts: its ``result()`` waits. `TasksJob` is
what an async crew starts: its ``result()`` is awaited.
"""

import asyncio
import contextvars
import reprlib
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

from whorl.bell import Bell
from whorl.cancellation import wait_until
from whorl.errors import Cancelled
from whorl.forms import need_plain_code, runs_here
from whorl.supervise.work import Work, place_of

T = TypeVar("T")

# Of results and exceptions: one that can't say what it is must not break a message, nor a large one fill the screen.
_short = reprlib.Repr()
_short.maxother = _short.maxstring = 100

Ending = Literal["done", "failed", "cancelled"]
State = Literal["waiting", "running", "cancelling", "done", "failed", "cancelled"]


class Job(Generic[T]):
    """A piece of work that a Supervisor's crew has started.

    It has a ``name``, a ``state`` in words, ``elapsed`` seconds, and as many ``restarts`` as it needed.
    The ``result()`` of a sync crew's job waits, that of an async crew's is awaited.

    Example::

        with whorl.Supervisor() as crew:
            job = crew.start(download, urls[0])
            print(job)  # <Job 'download' running in a thread for 0.0 s at …>
        print(job.state, job.result())
    """

    def __init__(
        self, crew: Any, name: str, function: Callable[..., Any], args: tuple[Any, ...], kw: dict[str, Any]
    ) -> None:
        self.name = name
        """What it is called in messages, in ``repr()`` and on the screen."""
        self.restarts = 0
        """How often it was started again after a failure."""
        self._crew = crew
        self._function, self._args, self._kw = function, args, kw
        self._context = contextvars.copy_context()
        self._work: Work | None = None
        self._asked = False
        self._message: object = None  # of the latest request to stop
        self._ending: Ending | None = None
        self._value: Any = None
        self._error: BaseException | None = None
        self._started: float | None = None
        self._ended: float | None = None
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], object]] = []

    @property
    def state(self) -> State:
        """What it is doing, in a word.

        ``waiting`` for a place under the crew's limit, ``running``, ``cancelling`` (it was told to stop, and has not
        yet), ``done``, ``failed`` or ``cancelled``.
        """
        if self._ending is not None:
            return self._ending
        if self._work is None:
            return "waiting"
        return "cancelling" if self._asked else "running"

    @property
    def elapsed(self) -> float:
        """Seconds since it began to run, until its end if it has ended; 0 while it waits."""
        if self._started is None:
            return 0.0
        return (time.monotonic() if self._ended is None else self._ended) - self._started

    def done(self) -> bool:
        """Return whether it has ended, in whatever way."""
        return self._ending is not None

    def cancelled(self) -> bool:
        """Return whether it ended because it was told to stop."""
        return self._ending == "cancelled"

    def cancel(self, message: object = None) -> bool:
        """Tell the job to stop; it is the job that stops.

        A task gets `Cancelled` where it awaits, a thread at its next ``whorl.checkpoint()``, or in a wait of whorl's at
        once. Either may catch it to tidy up, or refuse. A job that has not begun does not begin.

        Parameters:
            message: the argument of the exception.

        Returns:
            Whether there was something to stop: ``False`` when it had ended, as ``Task.cancel()`` says.

        The behaviour is that of :meth:`asyncio.Task.cancel`.

        Example::

            job = crew.start(watch, folder)
            job.cancel()
        """
        with self._lock:
            if self._ending is not None:
                return False
            self._asked = True
            self._message = message
            work = self._work
        if work is not None:
            work.cancel(message)
        else:
            self._crew._drop(self, message)  # if it is about to begin, _begin() passes the request on
        return True

    def exception(self) -> BaseException | None:
        """Return what the job failed with, ``None`` if it did not fail.

        Raises:
            Cancelled: it was cancelled.
            asyncio.InvalidStateError: it has not ended.

        The behaviour is that of :meth:`asyncio.Task.exception`.
        """
        if self._ending is None:
            raise asyncio.InvalidStateError(f"{self!r} has not ended; ask for its result() to wait for it")
        if self._ending == "cancelled":
            raise Cancelled(*(self._value or (f"job {self.name!r} was cancelled",)))
        return self._error

    def __repr__(self) -> str:
        return f"<Job {self.name!r} {' '.join(self._facts())}>"

    def _facts(self) -> list[str]:
        facts: list[str] = [self.state]
        work = self._work
        if self._ending is None and work is not None:
            facts.append(f"in {work} for {self.elapsed:.1f} s")
            if place := place_of(work):
                facts.append(f"at {place}")
        elif self._started is not None:
            facts.append(f"after {self.elapsed:.1f} s")
        if self._ending == "done":
            facts.append(f"result={_short.repr(self._value)}")
        if self._error is not None:
            facts.append(f"exception={_short.repr(self._error)}")
        if self.restarts:
            facts.append(f"restarts={self.restarts}")
        return facts

    # -- for the crew -------------------------------------------------------------------------------------------

    def _begin(self, work: Work) -> None:
        """Note what the job runs in; a request to stop that came before goes on to it."""
        with self._lock:
            self._work = work
            if self._started is None:
                self._started = time.monotonic()
            asked, message = self._asked, self._message
        if asked:
            work.cancel(message)

    def _settle(self, ending: Ending, value: Any = None, error: BaseException | None = None) -> None:
        """Note how the job ended, and tell those who wait."""
        with self._lock:
            self._value, self._error = value, error
            self._ended = time.monotonic()
            self._ending = ending
            callbacks, self._callbacks = self._callbacks, []
        # What it was called with, and the task whose exception holds its frames, are not the job's to keep.
        self._args, self._kw = (), {}
        self._work = None
        self._function = _nothing
        for callback in callbacks:
            callback()

    def _when_done(self, callback: Callable[[], object]) -> None:
        """Have a function called when the job has ended; at once if it has."""
        with self._lock:
            if self._ending is None:
                self._callbacks.append(callback)
                return
        callback()

    def _forget(self, callback: Callable[[], object]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def _outcome(self) -> T:
        error = self.exception()
        if error is not None:
            raise error
        value: T = self._value
        return value


def _nothing() -> None:
    """What a job that has ended would call."""


class ThreadsJob(Job[T]):
    """A job of a sync crew, in a thread."""

    def result(self, timeout: float | None = None) -> T:
        """Wait for the job, and return what its function returned.

        Parameters:
            timeout: seconds to wait at most; ``None`` for as long as it takes.

        Returns:
            What the function returned.

        Raises:
            Cancelled: the job was cancelled; or whoever asks was, who then need not wait any longer.
            TimeoutError: it has not ended in time; it goes on.
            WrongForm: an event loop runs in this thread, which the wait would block.
            Exception: what the function raised.

        The behaviour is that of :meth:`concurrent.futures.Future.result`.

        Example::

            with whorl.Supervisor() as crew:
                job = crew.start(parse, "big.json")
                print(job.result())
        """
        if not self.done():
            if getattr(self._work, "thread", None) is threading.current_thread():
                raise RuntimeError(f"job {self.name!r} can't wait for itself")
            need_plain_code("job.result()", "async with whorl.Supervisor() as crew: … await job.result()")
            bell = Bell()
            self._when_done(bell.set)
            try:
                if not wait_until(self.done, bell, timeout):
                    raise TimeoutError(f"{self!r} has not ended within {timeout:g} s; it goes on")
            finally:
                self._forget(bell.set)
        return self._outcome()


class TasksJob(Job[T]):
    """A job of an async crew: a task for a coroutine function, a thread for a plain one."""

    def cancel(self, message: object = None) -> bool:
        loop: asyncio.AbstractEventLoop = self._crew._loop
        if runs_here(loop):
            return super().cancel(message)
        if self.done() or loop.is_closed():
            return False
        loop.call_soon_threadsafe(super().cancel, message)  # tasks are the loop's thread's alone
        return True

    cancel.__doc__ = Job.cancel.__doc__

    async def result(self) -> T:
        """Wait for the job, and return what its function returned.

        Returns:
            What the function returned.

        Raises:
            Cancelled: the job was cancelled; or whoever awaits was, who then need not wait any longer. The job goes on.
            Exception: what the function raised.

        Unlike awaiting a task, cancelling the wait does not cancel the job: that is the crew's to do.

        Example::

            async with whorl.Supervisor() as crew:
                job = crew.start(fetch, "https://example.org")
                print(await job.result())
        """
        if not self.done():
            if getattr(self._work, "task", None) is asyncio.current_task():
                raise RuntimeError(f"job {self.name!r} can't wait for itself")
            loop = asyncio.get_running_loop()
            ended = loop.create_future()

            def settle() -> None:
                if not ended.done():
                    ended.set_result(None)

            def tell() -> None:
                if runs_here(loop):
                    settle()
                else:  # a thread's job that has a loop of its own waits for another job
                    loop.call_soon_threadsafe(settle)

            self._when_done(tell)
            try:
                await ended
            finally:
                self._forget(tell)
        return self._outcome()
