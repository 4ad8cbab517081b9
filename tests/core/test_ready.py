"""The ready queue, in both builds, against a deque: the same order whatever is pushed, popped and cleared."""

import gc
import weakref
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import plain
from .drivers import NewQueue, Queue, compiled_queue, plain_queue
from .turning import new_loop

builds = pytest.mark.parametrize("build", [compiled_queue, plain_queue])

# A ring has 64 places at first: these grow it twice and more, at any place of its head.
steps = st.one_of(
    st.tuples(st.just("push"), st.integers(0, 90)),
    st.tuples(st.just("pop"), st.integers(0, 90)),
    st.tuples(st.just("clear"), st.just(1)),
)


@builds
@given(program=st.lists(steps, max_size=25))
def test_first_in_first_out(build: NewQueue, program: list[tuple[str, int]]) -> None:
    model: deque[int] = deque()
    pushed = 0
    with build() as queue:
        for step, times in program:
            if step == "clear":
                queue.clear()
                model.clear()
            elif step == "push":
                for _ in range(times):
                    pushed += 1
                    queue.push(pushed)
                    model.append(pushed)
            else:
                for _ in range(min(times, len(model))):
                    assert queue.pop() == model.popleft()
            assert list(queue) == list(model)
            assert len(queue) == len(model)


@builds
def test_iteration_shows_what_was_there_when_it_began(build: NewQueue) -> None:
    with build() as queue:
        for value in range(100):
            queue.push(value)
        values = iter(queue)
        queue.clear()
        queue.push(-1)
        assert list(values) == list(range(100))


class Thing:
    def run(self) -> None: ...


@pytest.mark.parametrize("end", ["pop", "clear"])
def test_the_plain_queue_keeps_nothing_alive(end: str) -> None:
    queue, things = plain.ready.ReadyQueue(), [Thing() for _ in range(200)]
    references = [weakref.ref(thing) for thing in things]
    while things:
        queue.push(things.pop(0))
    assert all(reference() is not None for reference in references)
    if end == "clear":
        queue.clear()
    for reference in references:
        if end == "pop":
            assert queue.pop() is reference()
        assert reference() is None


@pytest.mark.parametrize("end", ["run", "clear", "close"])
def test_the_compiled_queue_keeps_nothing_alive(end: str) -> None:
    with new_loop() as loop:
        things = [Thing() for _ in range(200)]
        references = [weakref.ref(thing) for thing in things]
        while things:
            loop.call_soon(things.pop().run)
        assert all(reference() is not None for reference in references)
        {"run": loop._run_once, "clear": loop.ready.clear, "close": loop.close}[end]()
        assert len(loop.ready) == 0
        assert [reference() for reference in references] == [None] * 200


class Last:
    """Has a last wish: values that are pushed when it goes."""

    def __init__(self, queue: Queue, values: range) -> None:
        self.queue, self.values = queue, values
        self.cycle: object = None

    def __del__(self) -> None:
        for value in self.values:
            self.queue.push(value)


@builds
@pytest.mark.parametrize("before", [1, 64, 65, 1000])
def test_what_is_pushed_while_the_queue_is_cleared_stays(build: NewQueue, before: int) -> None:
    with build() as queue:
        queue.push(Last(queue, range(100)))
        for value in range(before):
            queue.push(value)
        queue.clear()
        assert list(queue) == list(range(100))


@pytest.mark.parametrize("pushes", [1, 64, 200])
@pytest.mark.parametrize("allocations", range(12))
def test_the_garbage_collector_may_push_in_the_middle_of_a_push(allocations: int, pushes: int) -> None:
    """To the compiled queue, that is: each line of the plain one is a place where it may be interrupted.

    The collector starts at a number of allocations. The right one for it to start while the ring grows is among these,
    on Python 3.11; later ones let C code finish first.
    """
    with compiled_queue() as queue:
        gc.collect()
        gc.disable()
        thresholds = gc.get_threshold()
        try:
            for value in range(64):  # the ring is full now
                queue.push(value)
            last = Last(queue, range(65, 65 + pushes))
            last.cycle = last
            del last
            lists: list[list[int]] = [[] for _ in range(100)]  # none is left to be used again without an allocation
            gc.set_threshold(gc.get_count()[0] + allocations)
            gc.enable()
            queue.push(64)
        finally:
            gc.set_threshold(*thresholds)
            gc.enable()
        gc.collect()
        assert sorted(value for value in queue if isinstance(value, int)) == list(range(65 + pushes))
        assert len(lists) == 100
