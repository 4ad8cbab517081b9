"""A coroutine around another one that counts its suspensions and says where each of them is."""

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any


class Probe(Coroutine[Any, Any, object]):
    """Runs ``inner`` unchanged; calls ``on_step`` around each step and ``on_wait`` at each suspension.

    ``on_wait`` gets what the operation waits for before the task does: what it adds to that future runs first.
    """

    def __init__(
        self,
        inner: Coroutine[Any, Any, object],
        on_step: Callable[[], None],
        on_wait: Callable[["Probe", object], None],
    ) -> None:
        self.inner = inner
        self.suspensions = 0
        self._on_step = on_step
        self._on_wait = on_wait

    def send(self, value: Any) -> Any:
        return self._step(lambda: self.inner.send(value))

    def throw(self, kind: Any, error: Any = None, trace: TracebackType | None = None) -> Any:
        if error is None and trace is None:
            return self._step(lambda: self.inner.throw(kind))
        return self._step(lambda: self.inner.throw(kind, error, trace))

    def close(self) -> None:
        self.inner.close()

    def __await__(self) -> Generator[Any, Any, object]:
        raise TypeError("a probe is for a task, not to be awaited")

    def where(self) -> str:
        """Name the place at which the operation is suspended: the innermost frame, and what it awaits."""
        place = ""
        waiting: Any = self.inner
        while waiting is not None:
            frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
            if frame is None:
                return f"{place} awaiting {type(waiting).__name__}"
            place = f"{frame.f_code.co_qualname}:{frame.f_lineno}"
            waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
        return place

    def _step(self, step: Callable[[], object]) -> object:
        self._on_step()
        try:
            waited_for = step()
        finally:
            self._on_step()
        self.suspensions += 1
        self._on_wait(self, waited_for)
        return waited_for
