"""A bell: what one thread waits at until another thread, or a signal handler of its own, rings it.

``threading.Event`` guards itself with a lock, in functions written in Python: Ctrl-C between two of their steps leaves
that lock taken for ever, and a handler that sets the event at which its own thread is about to wait waits for itself.
A bell is nothing but one lock of the interpreter's own, held as long as nobody has rung, so each of its steps is whole.
"""

import contextlib
import threading


class Bell:
    """Rung any number of times, heard once: a wait that was rung for leaves the bell silent. For one waiter."""

    def __init__(self) -> None:
        self._silence = threading.Lock()
        self._silence.acquire()

    def set(self) -> None:
        """Ring; from any thread, and from a signal handler."""
        with contextlib.suppress(RuntimeError):  # it rings already
            self._silence.release()

    def clear(self) -> None:
        """Make it silent."""
        self._silence.acquire(blocking=False)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is rung; return whether it was.

        Parameters:
            seconds: how long at most; ``None`` for as long as it takes.
        """
        return self._silence.acquire(timeout=-1 if seconds is None else min(seconds, threading.TIMEOUT_MAX))
