# cython: annotation_typing=False
# Algorithm module: plain Python, compiled with timers.pxd.
"""Timers: handles that wait for a time, in a binary heap with lazy deletion.

The earliest timer is at index 0; a parent is never after its children; timers of the same time run in the order in
which they were set. Cancelling only marks a timer, as most timers are timeouts that are set and cancelled again:
a marked timer leaves when it comes to the top, or when more than half of the heap is marked and the heap is rebuilt.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import cython

from whorl._core.faces import face
from whorl._core.handle import Handle

_FACE = face("TimerHandle", asyncio.TimerHandle)

# An int; the compiled build has its own type for it (see the .pxd), and Cython minds the name ``int`` there.
Index = int

# Below this size a heap is not rebuilt: its marked timers cost less than the work. asyncio has the same bound.
_SMALLEST_TO_COMPACT = 100


class TimerHandle(Handle):
    """What ``call_later`` and ``call_at`` return: a handle that waits for its time."""

    if TYPE_CHECKING:
        _due: float
        order: int
        heap: "TimerHeap | None"

    def __init__(self, when: float, callback: Any, args: Any, loop: Any, context: Any = None) -> None:
        Handle.__init__(self, callback, args, loop, context)
        self._due = when
        self.order = 0
        self.heap = None

    def when(self) -> float:
        """Return the time at which the callback is due, in seconds on the clock of ``loop.time()``."""
        return self._due

    @property
    def _when(self) -> float:
        return self._due

    def cancel(self) -> None:
        """Take the callback back; it will not run. A second call does nothing."""
        if not self._cancelled:
            self.let_go()
            tell_heap(self)

    @property
    def _scheduled(self) -> bool:
        return self.heap is not None

    @property  # type: ignore[misc]  # what isinstance() is to see
    def __class__(self) -> type:
        return _FACE

    def _repr_info(self) -> list[str]:
        info = Handle._repr_info(self)
        info.insert(2 if self._cancelled else 1, f"when={self._due}")
        return info

    def __hash__(self) -> int:
        return hash(self._due)

    def __lt__(self, other: Any) -> Any:
        return self._due < other._when if isinstance(other, TimerHandle) else NotImplemented

    def __le__(self, other: Any) -> Any:
        if not isinstance(other, TimerHandle):
            return NotImplemented
        return self._due < other._when or self == other

    def __gt__(self, other: Any) -> Any:
        return self._due > other._when if isinstance(other, TimerHandle) else NotImplemented

    def __ge__(self, other: Any) -> Any:
        if not isinstance(other, TimerHandle):
            return NotImplemented
        return self._due > other._when or self == other

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, TimerHandle):
            return NotImplemented
        return (
            self._due == other._when
            and self._callback == other._callback
            and self._args == other._args
            and self._cancelled == other._cancelled
        )


def tell_heap(timer: TimerHandle) -> int:
    """Let the heap that a timer waits in, if any, know that the timer was cancelled."""
    heap = timer.heap
    if heap is not None:
        heap.note_cancelled()
    return 0


def before(a: TimerHandle, b: TimerHandle) -> bool:
    return a._due < b._due or (a._due == b._due and a.order < b.order)


@cython.no_gc_clear
@cython.cclass
class TimerHeap:
    """Timers by their time; pushing and popping take logarithmic time, cancelling constant time."""

    def __init__(self) -> None:
        self.items: list[TimerHandle] = []
        self.pushed = 0
        self.cancelled = 0

    def push(self, timer: TimerHandle) -> int:
        timer.heap = self
        timer.order = self.pushed
        self.pushed += 1
        items = self.items
        items.append(timer)
        self.sift_up(len(items) - 1)
        return 0

    def pop(self) -> TimerHandle:
        """Take the earliest timer; the caller knows that there is one."""
        items = self.items
        top = items[0]
        last = items.pop()
        if items:
            items[0] = last
            self.sift_down(0)
        top.heap = None
        if top._cancelled:
            self.cancelled -= 1
        return top

    def first(self) -> TimerHandle | None:
        """Return the earliest timer that is not cancelled, and leave it where it is."""
        while self.items:
            timer = self.items[0]
            if not timer._cancelled:
                return timer
            self.pop()
            # The last reference: what dies with it may set and cancel timers, so the heap is looked at anew.
            del timer
        return None

    def pop_due(self, now: float) -> TimerHandle | None:
        """Take the earliest timer if it is due at ``now`` (seconds), cancelled ones aside."""
        timer = self.first()
        if timer is None or timer._due > now:
            return None
        return self.pop()

    def note_cancelled(self) -> int:
        """Count one more marked timer; when they are the larger part of the heap, build it anew without them."""
        self.cancelled += 1
        if len(self.items) <= _SMALLEST_TO_COMPACT or 2 * self.cancelled <= len(self.items):
            return 0
        live = []
        # Cancelled timers are let go only when the heap is in order again, on return: what dies with them (values in
        # their contexts) may run code that sets and cancels timers.
        before_this = self.items
        for timer in before_this:
            if timer._cancelled:
                timer.heap = None
            else:
                live.append(timer)
        self.items = live
        self.cancelled = 0
        for index in range(len(live) // 2 - 1, -1, -1):
            self.sift_down(index)
        return 0

    def sift_up(self, index: Index) -> int:
        items = self.items
        timer = items[index]
        while index > 0:
            above = (index - 1) >> 1
            parent = items[above]
            if not before(timer, parent):
                break
            items[index] = parent
            index = above
        items[index] = timer
        return 0

    def sift_down(self, index: Index) -> int:
        # The timer comes from the end of the heap, so its place is near the end again most of the time: take the hole
        # all the way down along the earlier children, then let the timer rise from there.
        items = self.items
        size = len(items)
        timer = items[index]
        top = index
        below = 2 * index + 1
        while below + 1 < size:
            child = items[below]
            right = items[below + 1]
            if before(right, child):
                below += 1
                child = right
            items[index] = child
            index = below
            below = 2 * index + 1
        if below < size:
            items[index] = items[below]
            index = below
        while index > top:
            above = (index - 1) >> 1
            parent = items[above]
            if not before(timer, parent):
                break
            items[index] = parent
            index = above
        items[index] = timer
        return 0

    def clear(self) -> None:
        """Drop every timer."""
        # Held until the heap is in order again: what dies with a timer may set another one.
        before, self.items = self.items, []
        self.cancelled = 0
        for timer in before:
            timer.heap = None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Any:
        return iter(self.items)
