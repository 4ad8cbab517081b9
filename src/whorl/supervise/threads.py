"""The sync form of a crew: every job in a thread, and a block that waits by blocking."""

import contextvars
import functools
import threading
from collections.abc import Callable, Coroutine
from types import CodeType
from typing import TYPE_CHECKING, Any, TypeVar

from whorl.bell import Bell
from whorl.cancellation import SLEPT, Cancellation, cancellable, current
from whorl.errors import Cancelled
from whorl.forms import is_coroutine_function
from whorl.supervise.crew import Crew, Options, check_callable
from whorl.supervise.interrupts import Interrupts
from whorl.supervise.job import Ending, Job, ThreadsJob
from whorl.supervise.work import ThreadWork
from whorl.worker import run_in_thread

if TYPE_CHECKING:
    from whorl.terminal.driver import ThreadDriver

T = TypeVar("T")
Outcome = tuple[Ending, Any, BaseException | None]


class ThreadCrew(Crew):
    """What ``with whorl.Supervisor() as crew`` gives."""

    def __init__(self, options: Options, exit_code: CodeType) -> None:
        super().__init__(options)
        self._bell = Bell()
        self._interrupts = Interrupts((exit_code, ThreadCrew._end.__code__), self._bell)
        self._all_over = Bell()
        self._driver: ThreadDriver | None = None
        # The block may be part of a job of an outer crew, whose requests to stop are heard in here as well.
        self._outer = current() or Cancellation()
        self._block = Cancellation(self._outer)
        self._listening = cancellable(self._block)

    def start(self, function: Callable[..., T], /, *args: Any, name: str | None = None, **kw: Any) -> ThreadsJob[T]:
        """Start a job: call a function in a thread of its own; from any thread, of a job too.

        Parameters:
            function: a plain function.
            args, kw: what it is called with. An argument called ``name`` goes in by :func:`functools.partial`.
            name: what the job and its thread are called; by default as the function is.

        Returns:
            The job, at once. Beyond the Supervisor's limit it waits for its place.

        Raises:
            TypeError: not a function, or a coroutine function, which needs ``async with whorl.Supervisor()``.
            RuntimeError: the crew is stopping, or its block has ended; or the system has no further thread.

        Context variables are those of the moment of this call, as with :func:`asyncio.to_thread`.

        Example::

            with whorl.Supervisor() as crew:
                pages = [crew.start(download, url) for url in urls]
        """
        check_callable(function)
        if is_coroutine_function(function):
            raise TypeError(
                f"{function!r} is a coroutine function, and this crew has threads only; "
                "write `async with whorl.Supervisor() as crew` in a coroutine"
            )
        job: ThreadsJob[T] = ThreadsJob(self, self._new_name(name, function), function, args, kw)
        self._admit(job)
        return job

    def _launch(self, job: Job[Any]) -> None:
        launch_thread(job, functools.partial(self._over, job))

    def _interrupt_block(self) -> None:
        self._block.request()

    def _ring(self) -> None:
        self._bell.set()

    # -- the block --------------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        self._interrupts.hold()
        self._listening.__enter__()
        deadline = self._options.deadline
        if deadline is not None:

            def watch() -> None:
                if not self._all_over.wait(deadline):
                    self._deadline_passed()

            run_in_thread(watch, contextvars.Context(), "whorl deadline")
        if self._display is not None:
            from whorl.terminal.driver import ThreadDriver

            self._driver = ThreadDriver(self._display.board)
            self._driver.start()

    def _leave(self, raised: BaseException | None) -> BaseException | None:
        """Wait for every job; return what the block is to raise."""
        try:
            outcome = self._conclude(self._wait_interruptibly(raised))
        finally:
            self._end()
        return KeyboardInterrupt() if self._interrupts.take() else outcome

    def _end(self) -> None:
        """Leave nothing behind, however the block is left, or not even entered; Ctrl-C waits meanwhile."""
        try:
            self._let_go()
        except BaseException:  # a handler of the program's own has raised: each step may be made twice
            self._let_go()
            raise

    def _let_go(self) -> None:
        self._phase = "over"  # nothing begins any more
        self._block.over = True
        self._all_over.set()
        if self._display is not None:
            self._display.close()
        if self._driver is not None:
            self._driver.stop()
        self._interrupts.release()

    def _wait_interruptibly(self, raised: BaseException | None) -> BaseException | None:
        self._listening.__exit__(None, None, None)
        with self._lock:
            self._phase = "leaving"
        if isinstance(raised, Cancelled) and self._block.delivered:
            raised = None  # the crew's own way to end the block; the failure behind it comes out
        while True:
            if raised is not None:
                self._stop(f"its block raised {type(raised).__name__}")
            try:
                return self._wait(raised)
            except KeyboardInterrupt as error:
                if isinstance(raised, KeyboardInterrupt):  # the user has no patience left
                    self._warn()
                    return error
                raised = error

    def _wait(self, raised: BaseException | None) -> BaseException | None:
        warned = False
        while not self._is_over():
            news = functools.partial(self._has_changed, self._stopping_since)
            try:
                if self._outer.wait(news, self._bell, self._patience(warned)):
                    if self._interrupts.take():
                        raise KeyboardInterrupt
                    continue
            except Cancelled as error:
                raised = error if raised is None else raised
                self._stop("the job that it is part of was cancelled")
                continue
            if self._options.grace is not None:
                self._abandon()
            else:
                warned = True
                self._warn()
        return raised

    def _has_changed(self, stopping_since: float | None) -> bool:
        return self._interrupts.pending or not self._live or self._stopping_since != stopping_since


def launch_thread(job: Job[Any], over: Callable[..., None]) -> None:
    """Run a job in a thread, in a copy of its context; ``over`` hears of the end in that thread."""
    work = ThreadWork()
    job._begin(work)
    run_in_thread(functools.partial(_run, job, work, over), job._context.copy(), job.name)


def _run(job: Job[Any], work: ThreadWork, over: Callable[..., None]) -> None:
    if not work.claim():
        return
    work.thread = threading.current_thread()
    try:
        over(*outcome_of(job._function, job._args, job._kw, work.cancellation))
    finally:
        del job, work, over  # a failed job's traceback holds this frame


def outcome_of(function: Any, args: Any, kw: Any, cancellation: Cancellation) -> Outcome:
    """Call a function that may be told to stop; the outcome is that of a task in the same case."""
    try:
        with cancellable(cancellation):
            value = function(*args, **kw)
    except Cancelled as error:
        return "cancelled", error.args, None
    except BaseException as error:
        return "failed", None, error
    finally:
        del function, args, kw  # the traceback holds this frame
    if isinstance(value, Coroutine):
        value.close()
        return "failed", None, TypeError("the job's function returned a coroutine; give start() the coroutine function")
    if value is SLEPT:
        value = None
    # Told to stop, and never looked: a task that ends so is cancelled as well.
    return ("cancelled", None, None) if cancellation.pending else ("done", value, None)
