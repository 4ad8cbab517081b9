"""The terminal is left whole when a signal ends the program, or Ctrl-Z stops it.

Python ends with its ``atexit`` functions run on an exception and on Ctrl-C, but SIGTERM and SIGTSTP do what they do
at once. While something turns they get a handler, if they have none: it restores the terminal, and then lets the
signal do what it would have done. A program that sits in a call into C hears of it when that call returns, as of
every signal that Python handles.

Only the main thread can set handlers. Where one of the signals would go unheard the cursor is not hidden.
"""

import os
import signal
from collections.abc import Callable
from types import FrameType

# Not every system can stop a program.
SIGNALS = (signal.SIGTERM, *([signal.SIGTSTP] if hasattr(signal, "SIGTSTP") else []))


class Guard:
    """Handlers for the time in which somebody holds it.

    Parameters:
        leave: restores the terminal, and lets nobody draw until `back`.
        back: the program goes on.
    """

    def __init__(self, leave: Callable[[], None], back: Callable[[], None]) -> None:
        self._leave = leave
        self._back = back
        self._holders: set[object] = set()

    def hold(self, holder: object) -> bool:
        """Have the terminal restored from now on; return whether it certainly will be."""
        self._holders.add(holder)
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                _set(number, self._on_signal)
        # A handler of the program's own raises or sets a flag, and the program ends as others do. None is one in C.
        return all(signal.getsignal(number) not in (signal.SIG_DFL, None) for number in SIGNALS)

    def release(self, holder: object) -> None:
        self._holders.discard(holder)
        if self._holders:
            return
        for number in SIGNALS:
            # Held from the main thread and released in another the handler stays: without holders it does nothing
            # that the default does not.
            if signal.getsignal(number) == self._on_signal:
                _set(number, signal.SIG_DFL)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._leave()
        try:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            # Only what was stopped comes here, when it goes on.
            signal.signal(number, self._on_signal)
        finally:
            self._back()


def _set(number: signal.Signals, handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    try:
        signal.signal(number, handler)
    except ValueError:  # not in the main thread
        return
