"""A bell: what one thread waits at until another thread, or a signal handler of its own, rings it.

``threading.Event`` guards itself with a lock, in functions written in Python: Ctrl-C between two of their steps leaves
that lock taken for ever, and a handler that sets the event at which its own thread is about to wait waits for itself.
A bell is nothing but one lock of the interpreter's own, held as long as nobody has rung, so each of its steps is whole.
"""

import contextlib
import math
import threading
import time

# Seconds after which the main thread looks up from its wait. A signal that comes after Python's last look for one and
# before the lock's wait begins interrupts nothing; its handler would run only when somebody rings.
_LOOK_UP = 1.0


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
        ends = math.inf if seconds is None else time.monotonic() + seconds
        in_main = threading.get_ident() == threading.main_thread().ident
        longest = _LOOK_UP if in_main else threading.TIMEOUT_MAX
        while True:
            left = max(0.0, ends - time.monotonic())
            if self._silence.acquire(timeout=min(left, longest)):
                return True
            if left <= longest:
                return False
