"""Ctrl-C while a block is left: heard, but never in the middle of the bookkeeping.

Python raises ``KeyboardInterrupt`` between any two steps of the main thread. Inside a block that is what a program
expects. On the way out it would leave jobs behind that nobody told, so there it is kept, and comes out only where the
block waits. In other threads, and where a program has a handler of its own, nothing is changed.
"""

import signal
import threading
from types import CodeType, FrameType
from typing import Any


class Interrupts:
    """Hears Ctrl-C from `hold` to `release`.

    Parameters:
        exit_code: of the function in which they wait for `armed`.
    """

    def __init__(self, exit_code: CodeType) -> None:
        self._exit_code = exit_code
        self._armed = False
        self._pending = False
        self._before: Any = None

    def hold(self) -> None:
        """Begin to listen, if it is ours to."""
        if threading.current_thread() is not threading.main_thread():
            return
        before = signal.getsignal(signal.SIGINT)
        if before is signal.default_int_handler or isinstance(getattr(before, "__self__", None), Interrupts):
            self._before = before
            signal.signal(signal.SIGINT, self._hear)

    def release(self) -> bool:
        """Leave the signal to whoever had it before; return whether one was heard that has not come out."""
        if self._before is not None and signal.getsignal(signal.SIGINT) == self._hear:
            signal.signal(signal.SIGINT, self._before)
        return self._pending

    def arm(self) -> None:
        """Let one come out from here on, until `disarm`; one that came before comes out now."""
        self._armed = True
        if self._pending:
            self._pending = self._armed = False
            raise KeyboardInterrupt

    def disarm(self) -> None:
        """Keep what comes from here on."""
        self._armed = False

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            self._armed = False  # one at a time: what handles it is not to be interrupted itself
            raise KeyboardInterrupt
        while frame is not None and frame.f_code is not self._exit_code:
            frame = frame.f_back
        if frame is None:
            raise KeyboardInterrupt
        self._pending = True
