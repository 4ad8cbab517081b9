"""One face for both builds of a queue and of a heap.

The methods of the compiled ones are C functions, so a loop drives them: ``call_soon`` and ``call_at`` push, a turn
pops. The plain ones are called as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import whorl

from . import plain
from .turning import ending_the_turn, new_loop, run_one

FUTURE = 1e9  # seconds on a clock that started with the machine


class Queue(Protocol):
    def push(self, value: object) -> object: ...
    def pop(self) -> object: ...
    def clear(self) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[object]: ...


class LoopQueue:
    def __init__(self, loop: whorl.EventLoop) -> None:
        self.loop = loop
        self.queue = loop.ready
        self.popped: list[object] = []
        self.callback = ending_the_turn(self.popped.append)

    def push(self, value: object) -> None:
        self.loop.call_soon(self.callback, value)

    def pop(self) -> object:
        run_one(self.loop)
        return self.popped.pop()

    def clear(self) -> None:
        self.queue.clear()

    def __len__(self) -> int:
        return len(self.queue)

    def __iter__(self) -> Iterator[object]:
        return (handle._args[0] for handle in self.queue)


@contextmanager
def compiled_queue() -> Iterator[Queue]:
    with new_loop() as loop:
        yield LoopQueue(loop)


@contextmanager
def plain_queue() -> Iterator[Queue]:
    yield plain.ready.ReadyQueue()


class Timer(Protocol):
    def cancel(self) -> None: ...
    def cancelled(self) -> bool: ...
    def when(self) -> float: ...
    @property
    def _scheduled(self) -> bool: ...


class Heap(Protocol):
    def set(self, when: int, number: int) -> Timer:
        """Set a timer that is known by a number; a time of 0 and less is past, more than 0 is yet to come."""

    def expire(self) -> list[int]:
        """Take all that are past; their numbers, in order."""

    def items(self) -> Sequence[Timer]:
        """What is in the heap, in the order of the array."""

    def clear(self) -> None: ...


class LoopHeap:
    def __init__(self, loop: whorl.EventLoop) -> None:
        self.loop = loop
        self.ran: list[int] = []

    def set(self, when: int, number: int) -> Timer:
        return self.loop.call_at(when + (FUTURE if when > 0 else -1), self.ran.append, number)

    def expire(self) -> list[int]:
        self.loop.call_soon(self.ran.clear)  # with a callback ready the turn does not wait for the future timers
        self.loop._run_once()
        return list(self.ran)

    def items(self) -> Sequence[Timer]:
        return list(self.loop.timers)

    def clear(self) -> None:
        self.loop.timers.clear()


class PlainHeap:
    def __init__(self) -> None:
        self.heap = plain.timers.TimerHeap()

    def set(self, when: int, number: int) -> Timer:
        timer = plain.timers.TimerHandle(when, print, (number,), None)
        self.heap.push(timer)
        return timer

    def expire(self) -> list[int]:
        numbers: list[int] = []
        while (timer := self.heap.pop_due(0)) is not None:
            numbers.extend(timer._args or ())
        return numbers

    def items(self) -> Sequence[Timer]:
        items = list(self.heap)
        assert len(self.heap) == len(items)
        return items

    def clear(self) -> None:
        self.heap.clear()


@contextmanager
def compiled_heap() -> Iterator[Heap]:
    with new_loop() as loop:
        yield LoopHeap(loop)


@contextmanager
def plain_heap() -> Iterator[Heap]:
    yield PlainHeap()


NewQueue = Callable[[], AbstractContextManager[Queue]]
NewHeap = Callable[[], AbstractContextManager[Heap]]
