# Kernel-facing module: compiled only; results.pyi is its face to type checkers.
"""Results: what threads have for a loop, left by them one by one, settled by the loop many at a time.

Compiled not for speed alone: Python runs signal handlers when it enters a function, and an exception of theirs (Ctrl-C)
there, before ``settle`` could say that it was woken, would have every later result wait for ever.
"""

from collections import deque

import cython

from whorl.compat import convert_future_error


@cython.final
@cython.cclass
class Results:
    """The results of one pool for its loop."""

    loop = cython.declare(object, visibility="readonly")
    left: object
    waking: cython.bint

    def __init__(self, loop):
        self.loop = loop
        self.left = deque()
        self.waking = False

    def leave(self, future, value, error):
        """Leave what a future is to get, a value or an error, from any thread."""
        self.left.append((future, value, error))
        self.wake()

    def wake(self):
        """Have the loop settle what is there, if it is not about to; a closed loop has nobody who waits."""
        if self.waking:
            return
        self.waking = True
        try:
            self.loop.call_soon_threadsafe(self.settle)
        except BaseException:
            self.waking = False
            if not self.loop.is_closed():
                raise
            self.left.clear()

    def settle(self):
        """Give the futures what was left for them, in the loop's thread."""
        self.waking = False  # before anything is taken: whoever leaves more from now on wakes the loop again
        left = self.left
        try:
            for _ in range(len(left)):
                future, value, error = left.popleft()
                if not future.cancelled():
                    self.give(future, value, error)
        finally:
            if left:  # Ctrl-C may have come between
                self.wake()

    def give(self, future, value, error):
        """Settle one future; one that somebody has settled already is reported, and holds up no other."""
        try:
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(convert_future_error(error))
        except Exception as refusal:
            if not future.done():  # Python 3.11 takes no StopIteration
                future.set_exception(refusal)
                return
            message = "A future that waited for a thread was settled by somebody else"
            self.loop.call_exception_handler({"message": message, "exception": refusal, "future": future})
