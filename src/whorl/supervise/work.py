"""What a job runs in: a thread or a task. Both can be asked to stop, and both can be asked where they are."""

import asyncio
import sys
import threading
import traceback
from types import CoroutineType, FrameType
from typing import Any, Protocol

from whorl.cancellation import Cancellation


class Work(Protocol):
    """One run of a job's function."""

    def cancel(self, message: object) -> None:
        """Ask it to stop."""

    def claim(self) -> bool:
        """Return True to the first who asks, who decides whether it begins."""

    def frames(self) -> list[tuple[FrameType, int]]:
        """Return where it is: frames with their lines, the outermost first; empty when it is over."""

    def __str__(self) -> str: ...


class ThreadWork:
    """A run in a thread."""

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self.thread: threading.Thread | None = None
        self._claimed = threading.Lock()

    def claim(self) -> bool:
        return self._claimed.acquire(blocking=False)

    def cancel(self, message: object) -> None:
        self.cancellation.request(message)

    def frames(self) -> list[tuple[FrameType, int]]:
        if self.thread is None or self.thread.ident is None:
            return []
        innermost = sys._current_frames().get(self.thread.ident)
        found = [*traceback.walk_stack(innermost)] if innermost is not None else []
        found.reverse()
        return found

    def __str__(self) -> str:
        return "a thread"


class TaskWork:
    """A run as a task."""

    def __init__(self, task: "asyncio.Task[Any]") -> None:
        self.task = task

    def claim(self) -> bool:
        return False  # a task that was made will run

    def cancel(self, message: object) -> None:
        self.task.cancel(message)

    def frames(self) -> list[tuple[FrameType, int]]:
        found: list[tuple[FrameType, int]] = []
        awaited: Any = self.task.get_coro()
        # Along what each coroutine awaits; the last thing awaited is most often a future, which has no frame.
        while isinstance(awaited, CoroutineType):
            if awaited.cr_frame is not None:
                found.append((awaited.cr_frame, awaited.cr_frame.f_lineno))
            awaited = awaited.cr_await
        return found

    def __str__(self) -> str:
        return "a task"


def stack_of(work: Work) -> list[str]:
    """Return where a run is, as lines of a traceback, the innermost last; without whorl's own frames."""
    frames = [(frame, line) for frame, line in work.frames() if not _is_ours(frame)]
    return traceback.StackSummary.extract(iter(frames)).format()


def place_of(work: Work) -> str | None:
    """Return the innermost line of a run that is not whorl's own as ``file:line``."""
    for frame, line in reversed(work.frames()):
        if not _is_ours(frame):
            return f"{frame.f_code.co_filename}:{line}"
    return None


def _is_ours(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__"))
    return name == "threading" or name.partition(".")[0] == "whorl"
