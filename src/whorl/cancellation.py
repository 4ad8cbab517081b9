"""Cancellation of a thread's work: asked for from outside, delivered at the work's own checkpoints.

A thread can't be interrupted from outside, and a task only where it awaits. So both have points at which a request to
stop becomes an exception, ``Cancelled``: for a task every ``await``, for a thread `checkpoint`, `sleep`, and every wait
for something of whorl's. From there on it is the work's own: it may catch the exception, tidy up first, or refuse.

`Cancellation` is one request to one piece of work. It is delivered once for each time it was asked for, as
``task.cancel()`` is, and a wait that it interrupts ends at once: the thread waits on its *doorbell*, which rings for
what it waits for and for the request alike.
"""

import asyncio
import contextlib
import contextvars
import numbers
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterator

from whorl.bell import Bell
from whorl.errors import Cancelled
from whorl.forms import loop_runs_here


class Cancellation:
    """Requests to stop one piece of work that a thread does.

    Parameters:
        outer: of the work that this is a part of, in the same thread; its requests are delivered here too.
    """

    def __init__(self, outer: "Cancellation | None" = None) -> None:
        self.outer = outer
        self.pending = False
        """Whether a request waits to be delivered."""
        self.delivered = False
        """Whether one was delivered."""
        self.over = False
        """Whether the work has ended."""
        self._lock = threading.Lock()
        self._message: object = None
        self._rings: list[Callable[[], object]] = []

    def request(self, message: object = None) -> None:
        """Ask the work to stop, at its next checkpoint or in the wait that it is in; from any thread.

        Parameters:
            message: the argument of the `Cancelled` that it will get; ``None`` for none.
        """
        with self._lock:
            # Two requests before one delivery are one, as with a task.
            self.pending = True
            self._message = message
            for ring in self._rings:
                ring()

    def check(self) -> None:
        """Deliver a request that waits, the outer work's first.

        Raises:
            Cancelled: somebody asked for it. The request is then delivered; another one can follow.
        """
        if self.outer is not None:
            self.outer.check()
        with self._lock:
            if not self.pending:
                return
            self.pending = False
            self.delivered = True
            message = self._message
        raise Cancelled() if message is None else Cancelled(message)

    def wait(self, is_done: Callable[[], bool], bell: Bell, seconds: float | None = None) -> bool:
        """Wait until something is done, at most for a time.

        Parameters:
            is_done: tells whether it is.
            bell: rung by whoever makes it so.
            seconds: how long at most; ``None`` for as long as it takes.

        Returns:
            Whether it is done.

        Raises:
            Cancelled: a request came before.
        """
        ends = None if seconds is None else time.monotonic() + seconds
        self.listen(bell.set)
        try:
            while True:
                bell.clear()
                self.check()
                if is_done():
                    return True
                left = None if ends is None else ends - time.monotonic()
                if left is not None and left <= 0:
                    return False
                bell.wait(left)
        finally:
            self.forget(bell.set)

    def listen(self, ring: Callable[[], object]) -> None:
        """Have requests ring a bell, the outer work's too; those that listen longest hear of it first."""
        if self.outer is not None:
            self.outer.listen(ring)
        with self._lock:
            self._rings.append(ring)

    def forget(self, ring: Callable[[], object]) -> None:
        """Have requests ring a bell no more."""
        if self.outer is not None:
            self.outer.forget(ring)
        with self._lock:
            self._rings.remove(ring)


# Of the work that the code which asks belongs to. A context variable and no thread-local: a job that enters another
# context, or a copy of its own, is still that job.
_current: contextvars.ContextVar["tuple[int, Cancellation] | None"] = contextvars.ContextVar(
    "whorl.cancellation", default=None
)


def current() -> Cancellation | None:
    """Return the cancellation of the work that this thread does, if it is work that can be cancelled."""
    found = _current.get()
    # A context travels to other threads (``asyncio.to_thread``, ``loop.call_soon_threadsafe``); the work does not.
    if found is None or found[0] != threading.get_ident() or found[1].over:
        return None
    return found[1]


@contextlib.contextmanager
def cancellable(cancellation: Cancellation) -> Iterator[Cancellation]:
    """Let checkpoints of this thread deliver the requests of ``cancellation``, inside the block."""
    token = _current.set((threading.get_ident(), cancellation))
    try:
        yield cancellation
    finally:
        cancellation.over = True
        with contextlib.suppress(ValueError):  # the block is left in another context than it was entered
            _current.reset(token)


def wait_until(is_done: Callable[[], bool], bell: Bell, seconds: float | None = None) -> bool:
    """Wait as `Cancellation.wait` does, under the cancellation of the work that this thread does, if any."""
    return (current() or Cancellation()).wait(is_done, bell, seconds)


class Impatience:
    """Tells a second Ctrl-C from any other cancel of a task; made before it comes: when the first has, at the latest.

    At the first one ``asyncio.Runner`` cancels the main task. The second ends its ``run()``, which gives the signal
    back, and then it cancels every task: whoever still waits for a thread is to let it go.
    """

    def __init__(self) -> None:
        in_main = threading.current_thread() is threading.main_thread()
        self._handler = signal.getsignal(signal.SIGINT) if in_main else None

    def shown(self) -> bool:
        """Return whether the runner has given the signal back."""
        if self._handler is None or self._handler is signal.default_int_handler:
            return False
        return signal.getsignal(signal.SIGINT) is signal.default_int_handler


def checkpoint() -> Awaitable[None]:
    """Give a request to stop the chance to be heard; in a coroutine, ``await`` it: others get their turn too.

    Returns:
        Nothing in a thread. Where an event loop runs, a coroutine that yields to the loop once.

    Raises:
        Cancelled: the job that runs here was told to stop.

    In a coroutine this is ``asyncio.sleep(0)``, and what it raises is the ``asyncio.CancelledError`` of the task.

    Example::

        def resize(images):                 # a job in a thread
            for image in images:
                whorl.checkpoint()
                image.resize()
    """
    return sleep(0)


def sleep(seconds: float) -> Awaitable[None]:
    """Sleep; a request to stop ends the sleep at once. In a coroutine, ``await`` it.

    Parameters:
        seconds: how long; 0 or less is a `checkpoint`.

    Returns:
        Nothing in a thread. Where an event loop runs, a coroutine that sleeps when it is awaited.

    Raises:
        Cancelled: the job that runs here was told to stop.
        TypeError: ``seconds`` is no number.
        ValueError: it is NaN, or too large a number.

    In a coroutine this is :func:`asyncio.sleep`. In a thread that does no work of whorl's nobody can cut it short.

    Example::

        def poll(url):                      # a job in a thread
            while not ready(url):
                whorl.sleep(0.5)

        async def poll(url):                # a job in a task
            while not await ready(url):
                await whorl.sleep(0.5)
    """
    if not isinstance(seconds, (int, float, numbers.Real)):
        raise TypeError(f"a time to sleep is a number of seconds; got {seconds!r}")
    if seconds != seconds:
        raise ValueError("a time to sleep must be a number of seconds, got NaN")
    seconds = countable("a time to sleep", seconds, "wait for an event")
    if loop_runs_here():
        return asyncio.sleep(max(0, seconds))
    wait_until(lambda: False, Bell(), seconds)
    return SLEPT


def countable(what: str, seconds: float, instead: str) -> float:
    """Return seconds that a clock can count; the error names them, and what to do instead."""
    try:
        return float(seconds)
    except OverflowError:  # and no text has room for so many digits
        raise ValueError(f"{what} is more seconds than any clock can count; {instead}") from None


class _Slept:
    """What `sleep` gives to a thread, so that its type is the same everywhere: awaiting it does nothing."""

    def __await__(self) -> Generator[None, None, None]:
        yield from ()


SLEPT = _Slept()
