"""The intensity of restarts: at most so many in so long, as Erlang's supervisors count them."""

from collections import deque


class Intensity:
    """Counts restarts; time is an argument.

    Parameters:
        times: how many restarts are allowed.
        seconds: within how long.
    """

    def __init__(self, times: int, seconds: float) -> None:
        self.times = times
        self.seconds = seconds
        self._restarts: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Return whether there may be a restart now, and count it if so."""
        while self._restarts and now - self._restarts[0] >= self.seconds:
            self._restarts.popleft()
        if len(self._restarts) >= self.times:
            return False
        self._restarts.append(now)
        return True

    def __str__(self) -> str:
        return f"{self.times} restart{'s' * (self.times != 1)} in {self.seconds:g} s"
