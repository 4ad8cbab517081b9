"""The pool: threads with a short way there and back.

What asyncio pays for a call in a thread is less the thread than what is wrapped around it: a ``concurrent.futures``
future with its condition variable, two callbacks that chain it to asyncio's future, and for each result a handle, a
copied context and a wake-up. Here a ``Call`` goes through the pool's queue together with the asyncio future that waits
for it. Its thread leaves the result in a deque, and wakes the loop only if nobody is on the way there already; the
loop then settles all that have come. What remains of the time is that of waking two sleeping threads.

Everything else is the standard library's own: ``Pool`` is a ``ThreadPoolExecutor``, whose worker threads, their number
and names, and how they end with the pool, the loop or the interpreter, are inherited. ``submit()`` works beside the
short way, on the same threads.
"""

import asyncio
import functools
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, thread
from typing import Any

from whorl._core.results import Results


class Pool(ThreadPoolExecutor):
    """The default executor of one loop."""

    def __init__(self, loop: Any) -> None:
        super().__init__(thread_name_prefix="asyncio")
        self._results = Results(loop)
        self._idle_semaphore: Any = Idle(self._max_workers)

    def call_for_loop(self, func: Callable[..., Any], args: tuple[Any, ...]) -> asyncio.Future[Any]:
        """Have a thread call a function; nothing is called if the future is cancelled before a thread comes to it."""
        results = self._results
        with self._shutdown_lock, thread._global_shutdown_lock:
            if not (self._shutdown or thread._shutdown):
                future: asyncio.Future[Any] = results.loop.create_future()
                self._work_queue.put(Call(func, args, future, results))  # type: ignore[arg-type]  # runs like its items
                if len(self._threads) < self._max_workers:
                    self._adjust_thread_count()
                return future
        self.submit(func)  # raises, and says why
        raise AssertionError("unreachable")


class Call:
    """A function to call, and the future that waits for what it returns; stands in the pool's queue."""

    __slots__ = ("args", "func", "future", "results")

    def __init__(
        self, func: Callable[..., Any], args: tuple[Any, ...], future: asyncio.Future[Any], results: Results
    ) -> None:
        self.func = func
        self.args = args
        self.future = future
        self.results = results

    def run(self, *_: object) -> None:
        """Do it, in one of the pool's threads (which has something to say about it since Python 3.14)."""
        if self.future.cancelled():
            return
        try:
            value = self.func(*self.args)
        except BaseException as error:
            self.results.leave(self.future, None, error)
            del self  # the error knows this frame, and would keep itself alive through it and the future
        else:
            self.results.leave(self.future, value, None)


class Idle:
    """How many threads wait for work: takes the place of the pool's semaphore, without its locks.

    ``acquire`` is called under the pool's lock, ``release`` by any thread, and one step of a deque is atomic. More
    than there can be threads need not be counted.
    """

    __slots__ = ("_tokens", "release")

    def __init__(self, most: int) -> None:
        self._tokens: deque[None] = deque(maxlen=most)
        self.release = functools.partial(self._tokens.append, None)

    def acquire(self, timeout: float) -> bool:
        """Count one thread less, if there is one; never waits."""
        if not self._tokens:
            return False
        self._tokens.pop()
        return True
