"""Ctrl-C while a block is left: heard, but never in the middle of the bookkeeping.

Python raises ``KeyboardInterrupt`` between any two steps of the main thread. Inside a block that is what a program
expects. On the way out it would leave jobs behind that nobody told, and locks that nobody frees, so there it only rings
the bell at which the block waits, and comes out when that has ended. In other threads, and where a program has a
handler of its own, nothing is changed.
"""

import signal
import threading
from types import CodeType, FrameType
from typing import Any

from whorl.bell import Bell


class Interrupts:
    """Hears Ctrl-C from `hold` to `release`.

    Parameters:
        exit_codes: of the functions in which they are kept.
        bell: rung for each that is.
    """

    def __init__(self, exit_codes: tuple[CodeType, ...], bell: Bell) -> None:
        self.pending = False
        """Whether one was kept that nobody took."""
        self._exit_codes = exit_codes
        self._bell = bell
        self._before: Any = None

    def hold(self) -> None:
        """Begin to listen, if it is ours to."""
        if threading.current_thread() is not threading.main_thread():
            return
        before = signal.getsignal(signal.SIGINT)
        if before is signal.default_int_handler or isinstance(getattr(before, "__self__", None), Interrupts):
            self._before = before
            signal.signal(signal.SIGINT, self._hear)

    def release(self) -> None:
        """Leave the signal to whoever had it before."""
        if self._before is not None and signal.getsignal(signal.SIGINT) == self._hear:
            signal.signal(signal.SIGINT, self._before)

    def take(self) -> bool:
        """Return whether one was kept, which is then the caller's."""
        taken, self.pending = self.pending, False
        return taken

    def _hear(self, number: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code not in self._exit_codes:
            frame = frame.f_back
        if frame is None:
            raise KeyboardInterrupt
        self.pending = True
        self._bell.set()
