"""The Supervisor: what is asked for, checked; and the two ways in, ``with`` and ``async with``."""

from types import TracebackType

from whorl.cancellation import countable
from whorl.forms import need_coroutine, need_plain_code
from whorl.supervise.crew import Options
from whorl.supervise.tasks import TaskCrew
from whorl.supervise.threads import ThreadCrew

_SYNC = "with whorl.Supervisor() as crew"
_ASYNC = "async with whorl.Supervisor() as crew"


class Supervisor:
    """Starts jobs, watches them, and leaves its block only when every one of them has ended.

    ``with`` gives a crew of threads, ``async with`` a crew of tasks (for coroutine functions) and threads (for plain
    functions). The first failure tells every other job and the block's own code to stop, and all that went wrong comes
    out as one ``ExceptionGroup``. ``KeyboardInterrupt`` and ``SystemExit`` come out as they are, alone. The first
    Ctrl-C tells the jobs to stop; a second one, while the block waits for them, ends the wait, with a warning that
    names who goes on.

    Parameters:
        limit: how many jobs may run at the same time; further ones wait for their turn. ``None``: as many as are
            started. Mind jobs that wait for jobs: those may be the ones that wait for a place.
        deadline: seconds from entering the block within which everything is to be done; then what is left, the block's
            own code too, is told to stop, and a `DeadlineExceeded` is among the failures.
        grace: seconds that jobs have to stop once everything was told to; then the block ends without them, and a
            `StillRunning` names each with its stack. ``None``: they are waited for, and after five seconds a warning
            (logger ``whorl.supervise``) names them.
        restart: ``(times, seconds)``: a job that fails is started again, at most so many times in so many seconds for
            the whole crew, without a pause; one failure more, and the crew fails. Each restart is logged.
        show: draw a line for each job on standard output: a spinner, its name, how long it has run, then ✓ or ✗.

    Raises:
        ValueError: a parameter that makes no sense.
        TypeError: one of the wrong type.

    ``async with`` behaves as :class:`asyncio.TaskGroup` does where both offer the same; restarts are Erlang's.

    Example::

        with whorl.Supervisor(limit=10) as crew:
            jobs = [crew.start(download, url) for url in urls]
        print([job.result() for job in jobs])
    """

    def __init__(
        self,
        *,
        limit: int | None = None,
        deadline: float | None = None,
        grace: float | None = None,
        restart: tuple[int, float] | None = None,
        show: bool = False,
    ) -> None:
        if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool)):
            raise TypeError(f"limit is a number of jobs, or None for no limit; got {limit!r}")
        if limit is not None and limit < 1:
            raise ValueError(f"limit must be at least 1, or nothing could ever run; got {limit}")
        for name, seconds in (("deadline", deadline), ("grace", grace)):
            if seconds is not None:
                _check_seconds(name, seconds)
        if restart is not None:
            if not isinstance(restart, tuple) or len(restart) != 2 or type(restart[0]) is not int:
                raise TypeError(f"restart is a pair (times, seconds), such as (3, 60); got {restart!r}")
            if restart[0] < 0:
                raise ValueError(f"restart must allow 0 times or more; got {restart[0]}")
            _check_seconds("the seconds of restart", restart[1])
            if not restart[1]:
                raise ValueError("restart needs a time in which to count; got 0 seconds")
        if not isinstance(show, bool):
            raise TypeError(f"show is True or False; got {show!r}")
        self._options = Options(limit, deadline, grace, restart, show)
        self._crew: ThreadCrew | TaskCrew | None = None

    def __enter__(self) -> ThreadCrew:
        need_plain_code(_SYNC, _ASYNC)
        self._check_new()
        self._crew = crew = ThreadCrew(self._options, Supervisor.__exit__.__code__)
        try:
            crew._enter()
            return crew
        except BaseException:  # Ctrl-C, before there is a block that could end
            crew._end()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, where: TracebackType | None
    ) -> bool:
        assert isinstance(self._crew, ThreadCrew)
        return _leave_with(self._crew._leave(raised), raised)

    async def __aenter__(self) -> TaskCrew:
        need_coroutine(_ASYNC, _SYNC)
        self._check_new()
        self._crew = crew = TaskCrew(self._options)
        crew._enter()
        return crew

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, where: TracebackType | None
    ) -> bool:
        assert isinstance(self._crew, TaskCrew)
        return _leave_with(await self._crew._leave(raised), raised)

    def _check_new(self) -> None:
        if self._crew is not None:
            raise RuntimeError("this Supervisor has been used; make another one for another block")


def _leave_with(outcome: BaseException | None, raised: BaseException | None) -> bool:
    """Raise what the block is to raise; True swallows what its own code raised."""
    if outcome is None:
        return True
    if outcome is raised:
        return False
    try:
        if isinstance(outcome, BaseExceptionGroup):
            raise outcome from None  # what the block's own code raised is in there
        raise outcome
    finally:
        del outcome, raised  # the traceback holds this frame


def _check_seconds(what: str, value: object) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{what} is a number of seconds; got {value!r}")
    if value != value or value < 0:
        raise ValueError(f"{what} must be a number of seconds, 0 or more; got {value!r}")
    countable(what, value, "write None for no limit")
