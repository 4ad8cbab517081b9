"""A crew: the jobs of one block, and the rules that hold for them. Nothing in here waits.

- A job that fails, and may not be started again, fails the crew: every other job, and the block's own code, is told to
  stop, and no job begins any more.
- What was raised is kept in the order of time; leaving the block raises it as one group.
- Jobs beyond the limit wait, first come first served.

The two forms (`whorl.supervise.threads`, `whorl.supervise.tasks`) say how a job begins, how the block's own code is
told to stop, and how one waits for the end.
"""

import contextlib
import functools
import inspect
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from whorl.errors import Cancelled, DeadlineExceeded, StillRunning
from whorl.forms import is_generator_function
from whorl.supervise.intensity import Intensity
from whorl.supervise.job import Ending, Job
from whorl.supervise.work import stack_of

if TYPE_CHECKING:
    from whorl.supervise.show import Display

log = logging.getLogger("whorl.supervise")

# Seconds after which a block that waits for jobs that were told to stop says who they are, if it has no time of grace:
# longer than tidying up takes, shorter than the patience of who watches.
IMPATIENT = 5.0


@dataclass(frozen=True)
class Options:
    """What a Supervisor was asked for; its docstring says what each means."""

    limit: int | None
    deadline: float | None
    grace: float | None
    restart: tuple[int, float] | None
    show: bool


class Crew:
    """What both forms share."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._display: Display | None = None
        if options.show:
            from whorl.supervise import show  # what draws is loaded by those who look

            self._display = show.Display()
        self._intensity = Intensity(*options.restart) if options.restart is not None else None
        # Reentrant: what a job's end sets off may start and cancel others.
        self._lock = threading.RLock()
        self._live: dict[Job[Any], None] = {}
        self._waiting: deque[Job[Any]] = deque()
        self._failures: list[BaseException] = []
        self._names: Counter[str] = Counter()
        self._stopping_since: float | None = None
        self._why = ""
        self._told: set[Job[Any]] = set()
        # The block's own code runs; it has ended and its jobs are waited for; all is over.
        self._phase: Literal["open", "leaving", "over"] = "open"

    @property
    def jobs(self) -> tuple[Job[Any], ...]:
        """The jobs that have not ended, in the order in which they were started."""
        with self._lock:
            return tuple(self._live)

    def cancel(self, message: object = None) -> None:
        """Tell every job to stop, as ``job.cancel()`` does; the block's own code goes on."""
        for job in self.jobs:
            job.cancel(message)

    def __repr__(self) -> str:
        state = "stopping" if self._stopping_since is not None and self._phase != "over" else self._phase
        return f"<{type(self).__name__} {state}, {len(self._live)} jobs live, {len(self._waiting)} of them waiting>"

    # -- what the two forms provide ---------------------------------------------------------------------------------

    def _launch(self, job: Job[Any]) -> None:
        """Have a job run; called with the lock held."""
        raise NotImplementedError

    def _interrupt_block(self) -> None:
        """Tell the block's own code to stop."""
        raise NotImplementedError

    def _ring(self) -> None:
        """Tell who waits for the end that something has changed."""
        raise NotImplementedError

    # -- the rules --------------------------------------------------------------------------------------------------

    def _admit(self, job: Job[Any]) -> None:
        """Let a new job begin, or wait for its place."""
        with self._lock:
            self._check_open()
            self._live[job] = None
            limit = self._options.limit
            if limit is not None and len(self._live) - len(self._waiting) > limit:
                self._waiting.append(job)
                return
            try:
                self._begin(job)
            except BaseException:
                # The system has no thread left; or it is Ctrl-C, and the thread may have begun all the same.
                if job._work is None or job._work.claim():
                    del self._live[job]
                raise

    def _begin(self, job: Job[Any]) -> None:
        self._launch(job)
        if self._display is not None:
            self._display.begins(job)

    def _check_open(self) -> None:
        if self._phase == "over":
            raise RuntimeError("the Supervisor's block has ended, and no job may outlive it; start jobs inside it")
        if self._stopping_since is not None:
            raise RuntimeError(f"the Supervisor's crew is stopping ({self._why}); no other job can start")

    def _drop(self, job: Job[Any], message: object) -> None:
        """Take back a job that waits for its place."""
        with self._lock:
            if job not in self._waiting:
                return
            self._waiting.remove(job)
        self._over(job, "cancelled", () if message is None else (message,))

    def _over(self, job: Job[Any], ending: Ending, value: Any = None, error: BaseException | None = None) -> None:
        """A run of a job has ended: start it again, or settle it and let the next begin."""
        if error is not None and self._starts_again(job, error):
            return
        if error is not None:
            _note(error, f"in job {job.name!r}, {job.elapsed:.1f} s after it began")
        try:
            with self._lock:  # before anybody goes on who waits for the job: what they print stands below
                if self._display is not None:
                    self._display.ends(job, ending)
        finally:
            job._settle(ending, value, error)
            with self._lock:
                self._live.pop(job, None)
                if error is not None:
                    self._fail(error, f"job {job.name!r} failed with {type(error).__name__}")
                self._launch_next()
            self._ring()

    def _starts_again(self, job: Job[Any], error: BaseException) -> bool:
        with self._lock:
            if self._intensity is None or job._asked or not isinstance(error, Exception):
                return False
            if self._stopping_since is not None:
                return False
            if not self._intensity.allows(time.monotonic()):
                _note(error, f"the crew has used up its {self._intensity}")
                return False
            log.warning("job %r failed and is started again (at most %s)", job.name, self._intensity, exc_info=error)
            job.restarts += 1
            try:
                self._begin(job)
            except Exception as refusal:  # no thread left
                job.restarts -= 1
                _note(error, f"it could not be started again: {refusal!r}")
                return False
            return True

    def _launch_next(self) -> None:
        limit = self._options.limit
        while self._waiting and self._stopping_since is None and limit is not None:
            if len(self._live) - len(self._waiting) >= limit:
                return
            job = self._waiting.popleft()
            try:
                self._begin(job)
            except Exception as error:  # no thread left, where earlier ones had one
                self._over(job, "failed", error=error)

    def _fail(self, error: BaseException, why: str) -> None:
        """Keep what was raised, and have everything stop."""
        with self._lock:
            self._failures.append(error)
            self._stop(why)

    def _stop(self, why: str) -> None:
        """Tell every job, and the block's own code, to stop; each once."""
        with self._lock:
            if self._stopping_since is None:
                self._stopping_since = time.monotonic()
                self._why = why
                if self._phase == "open":
                    self._interrupt_block()
        for job in self.jobs:
            if job not in self._told:  # Ctrl-C may have come when some had been told
                job.cancel()
                self._told.add(job)
        self._ring()

    def _deadline_passed(self) -> None:
        """Fail for being late."""
        with self._lock:
            if self._stopping_since is not None or self._phase == "over":
                return
            late = ", ".join(repr(job.name) for job in self._live) or "the block itself"
            deadline = self._options.deadline
            self._fail(DeadlineExceeded(f"not done within {deadline:g} s: {late}"), "its deadline has passed")

    # -- the end ----------------------------------------------------------------------------------------------------

    def _patience(self, warned: bool) -> float | None:
        """Return the seconds for which jobs that were told to stop are still waited for; ``None``: without end."""
        if self._stopping_since is None:
            return None
        grace = self._options.grace
        if grace is None:
            if warned:
                return None
            grace = IMPATIENT
        return max(0.0, self._stopping_since + grace - time.monotonic())

    def _is_over(self) -> bool:
        """Return whether nothing is left to be waited for; from then on nothing can start."""
        with self._lock:
            if not self._live:
                self._phase = "over"
        return self._phase == "over"

    def _warn(self) -> None:
        """Say once who keeps the block from ending."""
        if stubborn := self.jobs:
            log.warning("%s", _describe(stubborn, "told to stop and still waited for"))

    def _abandon(self) -> None:
        """The time of grace is over: wait no longer, and say who is left."""
        if stubborn := self.jobs:
            text = _describe(stubborn, f"had not stopped {self._options.grace:g} s after being told to")
            self._failures.append(StillRunning(text, stubborn))
        self._phase = "over"

    def _conclude(self, raised: BaseException | None) -> BaseException | None:
        """Return what the block raises, given what its own code raised (`Cancelled` of the crew's own making aside)."""
        failures, self._failures = self._failures, []
        ends_quietly = isinstance(raised, (Cancelled, GeneratorExit))
        if raised is not None and not ends_quietly and all(raised is not one for one in failures):
            failures.append(raised)
        for error in failures:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                return error
        if not failures:
            return raised
        return BaseExceptionGroup("a Supervisor's crew has failed", failures)

    def _new_name(self, name: str | None, function: Callable[..., Any]) -> str:
        if name is not None:
            return name
        while isinstance(function, functools.partial):
            function = function.func
        name = getattr(function, "__name__", None)
        if not isinstance(name, str):
            name = type(function).__name__
        with self._lock:
            self._names[name] += 1
            return name if self._names[name] == 1 else f"{name}-{self._names[name]}"


def _note(error: BaseException, text: str) -> None:
    with contextlib.suppress(Exception):  # an exception may refuse notes, and its failure is what matters
        error.add_note(text)


def check_callable(function: Any) -> None:
    """Refuse what can't be a job's function, with what to write instead."""
    if inspect.iscoroutine(function):
        name = function.__name__
        function.close()
        raise TypeError(f"start() takes a function and its arguments: crew.start({name}, …), not crew.start({name}(…))")
    if not callable(function):
        raise TypeError(f"start() takes a function and its arguments, got {function!r}")
    if is_generator_function(function):
        raise TypeError(f"calling {function!r} only makes a generator, and nothing would run; start what iterates it")


def _describe(jobs: tuple[Job[Any], ...], what: str) -> str:
    lines = [f"{len(jobs)} job{'s' * (len(jobs) != 1)} {what}:"]
    for job in jobs:
        work = job._work
        if work is None:
            lines.append(f"  job {job.name!r}, {job.state}")
            continue
        stack = stack_of(work)
        where = "is at" if stack else "is in a call that has no Python frame of its own"
        lines.append(f"  job {job.name!r}, {job.state} in {work}, {where}")
        lines += [f"  {line}" for entry in stack for line in entry.rstrip().splitlines()]
    return "\n".join(lines)
