"""The timer heap, in both builds, against a sorted list: order, cancelling, rebuilding when most of it is cancelled."""

import weakref
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import plain
from .drivers import FUTURE, Heap, NewHeap, PlainHeap, Timer, compiled_heap, plain_heap
from .turning import new_loop

# The bound up to which a heap is not rebuilt.
SMALLEST_TO_COMPACT = 100

builds = pytest.mark.parametrize("build", [compiled_heap, plain_heap])


class Model:
    """What has to be true of a heap after each step. Timers go by the number in which they were set."""

    def __init__(self, heap: Heap) -> None:
        self.heap = heap
        self.timers: list[Timer] = []
        self.whens: list[int] = []
        self.live: set[int] = set()

    def set(self, when: int) -> None:
        number = len(self.timers)
        self.live.add(number)
        self.timers.append(self.heap.set(when, number))
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
        assert self.heap.expire() == due
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
        if isinstance(self.heap, PlainHeap):
            assert self.heap.heap.cancelled == len(items) - len(self.live)

    def key(self, number: int) -> tuple[int, int]:
        return self.whens[number], number

    def numbers(self, timers: Sequence[Timer]) -> list[int]:
        known = {id(timer): number for number, timer in enumerate(self.timers)}  # equal timers are not the same
        return [known[id(timer)] for timer in timers]


# Few timers of any time, or more than a heap needs to be rebuilt, in an order that is none.
many = st.tuples(st.integers(60, 200), st.sampled_from([7919, 104729, 1299709]))
times = st.one_of(
    st.lists(st.integers(-9, 9), max_size=20),
    many.map(lambda some: [number * some[1] % 19 - 9 for number in range(some[0])]),
)
# Some timers, or one in so many of them all.
chosen = st.one_of(
    st.lists(st.integers(0, 500), max_size=20),
    st.tuples(st.integers(0, 9), st.integers(1, 3)).map(lambda some: list(range(some[0], 800, some[1]))),
)
rounds = st.tuples(times, chosen, st.sampled_from(["expire", "expire", "clear", "nothing"]))


@builds
@given(program=st.lists(rounds, min_size=1, max_size=6))
def test_a_heap_is_a_sorted_list(build: NewHeap, program: list[tuple[list[int], list[int], str]]) -> None:
    with build() as heap:
        model = Model(heap)
        for whens, cancelled, end in program:
            for when in whens:
                model.set(when)
            model.check()
            for number in cancelled if model.timers else []:
                model.cancel(number % len(model.timers))
            model.check()
            {"expire": model.expire, "clear": model.clear, "nothing": model.check}[end]()
            model.check()


@builds
@pytest.mark.parametrize("size", [SMALLEST_TO_COMPACT, SMALLEST_TO_COMPACT + 1, 1000])
def test_a_heap_is_rebuilt_when_more_than_half_of_it_is_cancelled(build: NewHeap, size: int) -> None:
    with build() as heap:
        timers = [heap.set(1 + number * 7919 % 50, number) for number in range(size)]
        for number, timer in enumerate(timers[: size // 2], 1):
            timer.cancel()
            assert len(heap.items()) == size, f"after {number}"
        timers[-1].cancel()
        assert len(heap.items()) == (size if size <= SMALLEST_TO_COMPACT else size - size // 2 - 1)
        assert heap.expire() == []


@given(whens=st.lists(st.floats(allow_nan=False), max_size=60), nows=st.lists(st.floats(allow_nan=False), max_size=10))
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
        timers = [loop.call_at(-1 if number % 8 else FUTURE, print) for number in range(400)]
        references = [weakref.ref(timer) for timer in timers]
        while timers:
            timer = timers.pop()
            if len(timers) % 4:
                timer.cancel()
        del timer
        assert sum(reference() is not None for reference in references) == len(loop.timers) < 200


class Wishes:
    """Timers that were cancelled have a last wish: when they go, others are cancelled and new ones set."""

    def __init__(self, heap: Heap) -> None:
        self.heap = heap
        self.live: dict[int, Timer] = {}
        self.set_so_far = 0
        self.wishes: list[weakref.ref[Timer]] = []

    def set(self, when: int) -> None:
        self.live[self.set_so_far] = self.heap.set(when, self.set_so_far)
        self.set_so_far += 1

    def cancel(self, numbers: list[int], cancels: int, sets: int) -> None:
        for number in numbers:
            timer = self.live.pop(number)
            self.wishes.append(weakref.ref(timer, lambda _: self.fulfil(cancels, sets)))
            timer.cancel()

    def fulfil(self, cancels: int, sets: int) -> None:
        future = [number for number, timer in self.live.items() if timer.when() > 0]
        for number in future[:cancels]:
            if number in self.live:  # another wish may be fulfilled in the middle of this one
                self.live.pop(number).cancel()
        for _ in range(sets):
            self.set(5)

    def check(self) -> None:
        items = self.heap.items()
        assert all(items[(child - 1) // 2].when() <= items[child].when() for child in range(1, len(items)))
        assert {id(timer) for timer in items if not timer.cancelled()} == {id(timer) for timer in self.live.values()}


@builds
@given(
    past=st.integers(0, 150),
    future=st.integers(0, 400),
    kept=st.integers(0, 150),
    cancels=st.integers(0, 60),
    sets=st.integers(0, 3),
    end=st.sampled_from(["expire", "clear"]),
)
def test_the_end_of_a_timer_may_change_the_heap(
    build: NewHeap, past: int, future: int, kept: int, cancels: int, sets: int, end: str
) -> None:
    with build() as heap:
        wishes = Wishes(heap)
        for number in range(past):
            wishes.set(-number % 7 - 9)
        for number in range(future):
            wishes.set(number * 7919 % 50 + 1)
        # Up to half of the heap is cancelled: what then makes it more than half is somebody's last wish, or the rest.
        half = (past + future) // 2
        wishes.cancel(list(wishes.live)[: max(0, half - kept)], cancels, sets)
        wishes.check()
        left = list(wishes.live)
        if end == "expire":
            left = [number for number in left if wishes.live[number].when() <= 0]
            left.sort(key=lambda number: (wishes.live[number].when(), number))
            assert heap.expire() == left
        else:
            heap.clear()
        for number in left:
            wishes.live.pop(number, None)
        wishes.check()
        wishes.wishes.clear()  # the rest goes with the loop, which takes no more timers
