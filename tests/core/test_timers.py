"""The timer heap, in both builds, against a sorted list: order, cancelling, and the rebuilding of a heap of leftovers."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

import whorl

from . import plain
from .turning import new_loop

# The bound below which a heap is not rebuilt.
SMALLEST_TO_COMPACT = 100
NEVER = 1e9  # seconds on a clock that starts with the machine


class Timer(Protocol):
    def cancel(self) -> None: ...
    def cancelled(self) -> bool: ...
    @property
    def _scheduled(self) -> bool: ...


class Heap(Protocol):
    def set(self, when: int) -> Timer:
        """Set a timer; 0 and less are past, more than 0 is yet to come."""

    def expire(self) -> list[Timer]:
        """Take all that are past, in order."""

    def items(self) -> Sequence[Timer]:
        """What is in the heap, in the order of the array."""

    def clear(self) -> None: ...


class LoopHeap:
    """The compiled heap: a loop sets timers with ``call_at`` and takes those that are due when it turns."""

    def __init__(self, loop: whorl.EventLoop) -> None:
        self.loop = loop
        self.ran: list[int] = []
        self.timers: list[Timer] = []

    def set(self, when: int) -> Timer:
        self.timers.append(self.loop.call_at(when + (NEVER if when > 0 else -1), self.ran.append, len(self.timers)))
        return self.timers[-1]

    def expire(self) -> list[Timer]:
        self.loop.call_soon(self.ran.clear)  # with a callback ready the turn does not wait for the future ones
        self.loop._run_once()
        return [self.timers[number] for number in self.ran]

    def items(self) -> Sequence[Timer]:
        return list(self.loop.timers)

    def clear(self) -> None:
        self.loop.timers.clear()


class PlainHeap:
    def __init__(self) -> None:
        self.heap = plain.timers.TimerHeap()

    def set(self, when: int) -> Timer:
        timer = plain.timers.TimerHandle(when, print, (), None)
        self.heap.push(timer)
        return timer

    def expire(self) -> list[Timer]:
        return list(iter(lambda: self.heap.pop_due(0), None))

    def items(self) -> Sequence[Timer]:
        items = list(self.heap)
        assert len(self.heap) == len(items)
        assert self.heap.cancelled == sum(timer.cancelled() for timer in items)
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


Build = Callable[[], AbstractContextManager[Heap]]
builds = pytest.mark.parametrize("build", [compiled_heap, plain_heap])


class Model:
    """What has to be true of a heap after each step. Timers go by the number in which they were set."""

    def __init__(self, heap: Heap) -> None:
        self.heap = heap
        self.timers: list[Timer] = []
        self.whens: list[int] = []
        self.live: set[int] = set()

    def set(self, when: int) -> None:
        self.live.add(len(self.timers))
        self.timers.append(self.heap.set(when))
        self.whens.append(when)

    def cancel(self, number: int) -> None:
        """Cancel any timer that was ever set, perhaps once more."""
        before = len(self.heap.items())
        self.timers[number].cancel()
        assert self.timers[number].cancelled()
        counts = number in self.live
        self.live.discard(number)
        marked = before - len(self.live)
        rebuilt = counts and before > SMALLEST_TO_COMPACT and 2 * marked > before
        assert len(self.heap.items()) == (len(self.live) if rebuilt else before)

    def expire(self) -> None:
        due = sorted((number for number in self.live if self.whens[number] <= 0), key=self.key)
        assert self.numbers(self.heap.expire()) == due
        self.live.difference_update(due)

    def clear(self) -> None:
        self.heap.clear()
        self.live.clear()

    def check(self) -> None:
        items = self.numbers(self.heap.items())
        keys = [self.key(number) for number in items]
        assert all(keys[(child - 1) // 2] < keys[child] for child in range(1, len(keys)))
        assert {number for number in items if not self.timers[number].cancelled()} == self.live
        assert {number for number, timer in enumerate(self.timers) if timer._scheduled} == set(items)

    def key(self, number: int) -> tuple[int, int]:
        return self.whens[number], number

    def numbers(self, timers: Sequence[Timer]) -> list[int]:
        known = {id(timer): number for number, timer in enumerate(self.timers)}  # equal timers are not the same
        return [known[id(timer)] for timer in timers]


times = st.lists(st.integers(-9, 9), max_size=40)
steps = st.one_of(
    st.tuples(st.just("set"), times),
    st.tuples(st.just("set"), times.map(lambda some: some * 4)),
    st.tuples(st.just("cancel"), st.lists(st.integers(0, 500), max_size=40)),
    st.tuples(st.just("cancel"), st.integers(2, 9).map(lambda step: list(range(0, 500, step)))),
    st.tuples(st.just("expire"), st.just([])),
    st.tuples(st.just("clear"), st.just([])),
)


@builds
@given(program=st.lists(steps, max_size=12))
def test_a_heap_is_a_sorted_list(build: Build, program: list[tuple[str, list[int]]]) -> None:
    with build() as heap:
        model = Model(heap)
        for step, numbers in program:
            if step == "set":
                for when in numbers:
                    model.set(when)
            elif step == "cancel":
                for number in numbers if model.timers else []:
                    model.cancel(number % len(model.timers))
            else:
                {"expire": model.expire, "clear": model.clear}[step]()
            model.check()


@builds
@pytest.mark.parametrize("size", [SMALLEST_TO_COMPACT, SMALLEST_TO_COMPACT + 1, 1000])
def test_a_heap_is_rebuilt_when_more_than_half_of_it_is_cancelled(build: Build, size: int) -> None:
    with build() as heap:
        timers = [heap.set(1 + number * 7919 % 50) for number in range(size)]
        for number, timer in enumerate(timers[: size // 2], 1):
            timer.cancel()
            assert len(heap.items()) == size, f"after {number}"
        timers[-1].cancel()
        assert len(heap.items()) == (size if size <= SMALLEST_TO_COMPACT else size - size // 2 - 1)
        assert heap.expire() == []


@given(
    whens=st.lists(st.floats(allow_nan=False), max_size=60), nows=st.lists(st.floats(allow_nan=False), max_size=10)
)
def test_pop_due_takes_exactly_what_is_due(whens: list[float], nows: list[float]) -> None:
    heap = plain.timers.TimerHeap()
    left = [plain.timers.TimerHandle(when, print, (), None) for when in whens]
    for timer in left:
        heap.push(timer)
    for now in [*nows, float("inf")]:
        left.sort(key=lambda timer: timer.when())  # stable: equal times stay in the order in which they were set
        while left and left[0].when() <= now:
            assert heap.first() is left[0]
            assert heap.pop_due(now) is left.pop(0)
        assert heap.pop_due(now) is None
    assert len(heap) == 0


def test_the_plain_heap_lets_go_of_what_left_it() -> None:
    heap = plain.timers.TimerHeap()
    timers = [plain.timers.TimerHandle(when, print, (), None) for when in range(400)]
    references = [weakref.ref(timer) for timer in timers]
    for timer in timers:
        heap.push(timer)
    while timers:
        timer = timers.pop()
        if len(timers) % 4:
            timer.cancel()
    del timer
    assert sum(reference() is not None for reference in references) == len(heap) < 200
    assert [timer.when() for timer in iter(lambda: heap.pop_due(200), None)] == list(range(0, 201, 4))
    assert sum(reference() is not None for reference in references) == len(heap) < 100
    heap.clear()
    assert [reference() for reference in references] == [None] * 400


def test_the_compiled_heap_lets_go_of_what_left_it() -> None:
    with new_loop() as loop:
        timers = [loop.call_at(-1 if number % 8 else NEVER, print) for number in range(400)]
        references = [weakref.ref(timer) for timer in timers]
        while timers:
            timer = timers.pop()
            if len(timers) % 4:
                timer.cancel()
        del timer
        assert sum(reference() is not None for reference in references) == len(loop.timers) < 200
