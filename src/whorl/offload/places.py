"""Places: how many may do something at once, whichever loop they wait on; who came first goes first."""

import threading
from collections import deque
from concurrent.futures import Future

from whorl.offload.outcome import outcome


class Places:
    """So many places; to be taken in a coroutine, and given back by whoever took one."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._lock = threading.Lock()
        self._waiting: deque[Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a place and take it."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            turn: Future[None] = Future()
            self._waiting.append(turn)
        try:
            await outcome(turn, None)
        except BaseException:
            if not turn.cancel():  # it was given to us in this very moment
                self.give()
            raise

    def give(self) -> None:
        """Give a place back: to who waits for it longest, if anybody does."""
        with self._lock:
            while self._waiting:
                turn = self._waiting.popleft()
                if turn.set_running_or_notify_cancel():
                    break
            else:
                self._free += 1
                return
        turn.set_result(None)
