"""Workers: threads that run one call each, and stay for a while to run another.

There is no queue and no limit: a call never waits for another to end, so calls that wait for each other cannot
deadlock on a full pool. Who wants a limit sets it where calls are made (``Supervisor(limit=…)``,
``offload.map(…, limit=…)``). A thread that has had no call for a few seconds ends.
"""

import contextvars
import itertools
import threading
from collections.abc import Callable

from whorl.bell import Bell
from whorl.system import at_fork

# Seconds for which an idle thread waits for another call: long enough for a busy phase, short enough to leave no trace
# of it. A thread costs about 50 µs to start.
IDLE = 5.0

_numbers = itertools.count(1)
_lock = threading.Lock()
_idle: list["_Worker"] = []


def _forget_all() -> None:
    """In a forked child there are no threads but the one that forked."""
    global _lock
    _lock = threading.Lock()
    _idle.clear()


at_fork(after_in_child=_forget_all)


def run_in_thread(call: Callable[[], None], context: contextvars.Context, name: str | None = None) -> threading.Thread:
    """Have a thread of its own run a call that handles its own outcome.

    Parameters:
        call: takes nothing, and lets no exception out.
        context: what it runs in.
        name: what the thread is called while it runs.

    Returns:
        The thread; it belongs to the call until the call ends.

    Raises:
        RuntimeError: the system allows no further thread, or the interpreter shuts down.
    """
    with _lock:
        worker = _idle.pop() if _idle else None
    if worker is None:
        worker = _Worker()
    worker.take(call, context, name)
    return worker.thread


class _Worker:
    """A thread with at most one call."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        # A daemon: a call that can't be stopped must not keep the program from ending. Whoever made it has waited for
        # it, or said that it did not.
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.bell = Bell()
        self.call: tuple[Callable[[], None], contextvars.Context] | None = None

    def take(self, call: Callable[[], None], context: contextvars.Context, name: str | None) -> None:
        self.call = call, context
        self.thread.name = name or f"whorl-{self.number}"
        if self.thread.ident is None:
            self.thread.start()
        else:
            self.bell.set()

    def _work(self) -> None:
        while self.call is not None:
            call, context = self.call
            self.call = None
            self.bell.clear()
            context.run(call)
            del call, context  # what they hold is not ours to keep while idle
            self.thread.name = f"whorl-{self.number} (idle)"
            with _lock:
                _idle.append(self)
            if not self.bell.wait(IDLE):
                with _lock:
                    if self in _idle:
                        _idle.remove(self)
                        return
                self.bell.wait()  # taken in this very moment
