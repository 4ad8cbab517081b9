# cython: annotation_typing=False
# Algorithm module: plain Python, compiled with ready.pxd.
"""The ready queue: handles in the order in which they are to run.

A ring in a list whose length is a power of two. ``head`` is the place of the next handle, ``count`` how many there
are; an index is taken modulo the length by masking. A full ring doubles. Popped places are emptied at once, so that
the queue never keeps a handle alive that has run.
"""

from collections.abc import Iterator
from typing import Any

import cython

_SMALLEST = 64  # places; most programs never have more callbacks ready than this at one time


@cython.no_gc_clear
@cython.cclass
class ReadyQueue:
    """First in, first out; appending and popping take constant time."""

    def __init__(self) -> None:
        self.ring: list[Any] = [None] * _SMALLEST
        self.mask = _SMALLEST - 1
        self.head = 0
        self.count = 0

    def push(self, handle: Any) -> int:
        while self.count > self.mask:
            self.grow()
        tail = (self.head + self.count) & self.mask
        self.ring[tail] = handle
        self.count += 1
        return 0

    def pop(self) -> Any:
        """Take the oldest handle; the caller knows that there is one."""
        handle = self.ring[self.head]
        self.ring[self.head] = None
        self.head = (self.head + 1) & self.mask
        self.count -= 1
        return handle

    def grow(self) -> int:
        places = self.mask + 1
        # Making a list may start the garbage collector, and a finalizer may push to this very queue.
        ring: list[Any] = [None] * (2 * places)
        if self.mask + 1 == places:
            for i in range(places):
                ring[i] = self.ring[(self.head + i) & self.mask]
            self.ring = ring
            self.head = 0
            self.mask = 2 * places - 1
        return 0

    def clear(self) -> None:
        """Drop every handle; a large ring shrinks to its first size."""
        # Held until the queue is in order again: what dies with a handle may push to it.
        fresh: list[Any] = [None] * _SMALLEST  # may start the garbage collector, and a finalizer may push
        before = self.ring
        self.ring = fresh
        self.mask = _SMALLEST - 1
        self.head = 0
        self.count = 0
        del before

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Any]:
        return iter([self.ring[(self.head + i) & self.mask] for i in range(self.count)])
